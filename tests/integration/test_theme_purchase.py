"""Bringing a bought theme here: everything that may go wrong on the way, against a real server on loopback."""

from __future__ import annotations

import asyncio
import hashlib
import http.server
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from office_studio.core.validation.report import Report
from office_studio.errors import OfficeStudioError
from office_studio.paths import bundled_themes_dir
from office_studio.services.officex.theme_offer import Bought, BoughtThemes, PurchaseStep, ThemeOffer, offer_of
from office_studio.services.officex.theme_purchase import check_offer, fetch, import_theme
from office_studio.services.theme_packer import pack_theme

WHOSE = Bought("sandbox", "install-1", "", "", "", "", "", "")


class _Handler(http.server.BaseHTTPRequestHandler):
    files: ClassVar[dict[str, Callable[[_Handler], None]]] = {}
    headers_seen: ClassVar[list[dict[str, str]]] = []

    def do_GET(self) -> None:
        self.headers_seen.append(dict(self.headers))
        self.files.get(self.path, lambda one: one.send_error(404))(self)

    def log_message(self, *_: object) -> None:
        pass

    def give(self, data: bytes, *, length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("content-length", str(len(data) if length is None else length))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("bundle") / "theme.zip"
    pack_theme(bundled_themes_dir() / "pixel-loft", path)
    return path.read_bytes()


def _serve(name: str, answer: bytes | Callable[[_Handler], None]) -> None:
    _Handler.files[name] = answer if callable(answer) else lambda one: one.give(answer)


def _offer(root: str, name: str, data: bytes = b"x") -> ThemeOffer:
    return ThemeOffer(root + name, hashlib.sha256(data).hexdigest(), "1.0.0", "standard")


def _refused(offer: ThemeOffer, target: Path, **options: object) -> OfficeStudioError:
    with pytest.raises(OfficeStudioError) as caught:
        asyncio.run(fetch(offer, target, **({"allows_loopback": True} | options)))  # type: ignore[arg-type]
    assert not list(target.parent.iterdir())  # not even a part of it
    return caught.value


def test_a_good_bundle_is_proven_checked_and_kept(root: str, bundle: bytes, tmp_path: Path) -> None:
    _serve("/good.zip", bundle)
    steps: list[PurchaseStep] = []
    note = lambda step, _done, _all: steps.append(step)  # noqa: E731
    bought, report = asyncio.run(
        import_theme(_offer(root, "/good.zip", bundle), WHOSE, tmp_path / "kept", allows_loopback=True, tell=note)
    )
    assert not report.errors
    assert list(dict.fromkeys(steps)) == [PurchaseStep.FETCH, PurchaseStep.CHECK, PurchaseStep.KEEP]
    assert (bought.theme_id, bought.name, bought.version) == ("pixel-loft", "Pixel Loft", "1.0.0")
    assert (bought.path / "theme.json").is_file()
    again, _ = asyncio.run(
        import_theme(_offer(root, "/good.zip", bundle), WHOSE, tmp_path / "kept", allows_loopback=True)
    )
    assert again.path != bought.path  # what somebody may have changed meanwhile stays
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {bought.path.name, again.path.name}
    assert not any("x-officex" in name.lower() for headers in _Handler.headers_seen for name in headers)
    book = BoughtThemes(tmp_path)
    book.note(bought)
    book.note(again)
    assert BoughtThemes(tmp_path).all() == (again,)


def test_another_hash_is_not_looked_at(root: str, bundle: bytes, tmp_path: Path) -> None:
    _serve("/swapped.zip", bundle[:-1] + b"!")
    error = _refused(_offer(root, "/swapped.zip", bundle), tmp_path / "a" / "t.zip")
    assert error.code == "THEME_HASH_DIFFERS"
    assert "Nothing of it was used" in error.hint


@pytest.mark.parametrize(
    ("says", "code"), [(None, "PACKAGE_TOO_LARGE"), (10, "THEME_CONNECTION_LOST"), (99_999_999, "PACKAGE_TOO_LARGE")]
)
def test_size_is_bounded_whatever_it_says(root: str, tmp_path: Path, says: int | None, code: str) -> None:
    """A length that is told, one that is a lie, and none at all: what counts is what comes in."""
    data = b"x" * 200_000

    def answer(one: _Handler) -> None:
        if says is None:
            one.send_response(200)
            one.end_headers()
            one.wfile.write(data)
        else:
            one.give(data, length=says)

    _serve("/large.zip", answer)
    error = _refused(_offer(root, "/large.zip"), tmp_path / "a" / "t.zip", max_bytes=100_000)
    assert error.code in (code, "THEME_HASH_DIFFERS")


@pytest.mark.parametrize("status", [401, 404, 410, 500, 503])
def test_a_server_that_has_nothing(root: str, tmp_path: Path, status: int) -> None:
    _serve("/gone.zip", lambda one: one.send_error(status))
    error = _refused(_offer(root, "/gone.zip"), tmp_path / "a" / "t.zip")
    assert (error.code, error.details["status"]) == ("THEME_NOT_SERVED", status)
    assert error.hint


def test_nobody_there_and_broken_connections(root: str, tmp_path: Path) -> None:
    assert _refused(_offer("http://127.0.0.1:1", "/t.zip"), tmp_path / "a" / "t.zip").code == "THEME_UNREACHABLE"
    _serve("/half.zip", lambda one: one.give(b"half", length=4_000))
    assert _refused(_offer(root, "/half.zip"), tmp_path / "b" / "t.zip").code == "THEME_CONNECTION_LOST"


def test_redirects_lead_only_where_the_address_could(root: str, bundle: bytes, tmp_path: Path) -> None:
    def to(place: str) -> Callable[[_Handler], None]:
        def answer(one: _Handler) -> None:
            one.send_response(302)
            one.send_header("location", place)
            one.send_header("content-length", "0")
            one.end_headers()

        return answer

    _serve("/good.zip", bundle)
    _serve("/moved.zip", to("/good.zip"))
    target = tmp_path / "a" / "t.zip"
    assert asyncio.run(fetch(_offer(root, "/moved.zip", bundle), target, allows_loopback=True)) == len(bundle)
    for place in ("http://example.org/t.zip", "file:///etc/passwd", "ftp://example.org/t.zip", "//"):
        _serve("/away.zip", to(place))
        assert _refused(_offer(root, "/away.zip"), tmp_path / "b" / "t.zip").code == "THEME_URL_REFUSED", place
    _serve("/round.zip", to("/round.zip"))
    assert _refused(_offer(root, "/round.zip"), tmp_path / "b" / "t.zip").code == "THEME_URL_REFUSED"


@pytest.mark.parametrize(
    ("url", "allows_loopback"),
    [
        ("http://shop.example.org/t.zip", True),
        ("http://127.0.0.1/t.zip", False),
        ("https://127.0.0.1/t.zip", False),
        ("https://localhost/t.zip", False),
        ("file:///tmp/t.zip", True),
        ("javascript:alert(1)", True),
        ("shop.example.org/t.zip", True),
        ("https://shop.example.org/" + "x" * 3000, True),
    ],
)
def test_addresses_that_are_not_asked(url: str, allows_loopback: bool) -> None:
    with pytest.raises(OfficeStudioError) as caught:
        check_offer(ThemeOffer(url, "0" * 64), allows_loopback=allows_loopback)
    assert caught.value.code == "THEME_URL_REFUSED"


@pytest.mark.parametrize("sha256", ["", "abc", "g" * 64, "0" * 63])
def test_without_a_hash_nothing_is_fetched(sha256: str) -> None:
    with pytest.raises(OfficeStudioError) as caught:
        check_offer(ThemeOffer("https://shop.example.org/t.zip", sha256), allows_loopback=False)
    assert caught.value.code == "THEME_HASH_MISSING"
    found = offer_of({"theme_url": " https://a.test/t.zip ", "theme_sha256": "SHA256:" + "A" * 64})
    assert found is not None
    assert (found.url, found.sha256) == ("https://a.test/t.zip", "a" * 64)
    assert "t.zip" not in repr(found).replace("'t.zip'", "")
    assert offer_of({"token": "x"}) is None


def test_what_the_validator_refuses_is_not_kept(root: str, bundle: bytes, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("theme.json", '{"id": "x", "name": "X", "version": "1.0.0"}')
    no_zip = b"<html>Not found</html>"
    sly = tmp_path / "sly.zip"
    with zipfile.ZipFile(sly, "w") as archive:
        archive.writestr("../../escape.txt", "out")
        archive.writestr("theme.json", "{}")
    for name, data in (("/broken.zip", broken.read_bytes()), ("/no.zip", no_zip), ("/sly.zip", sly.read_bytes())):
        _serve(name, data)
        kept = tmp_path / "kept"
        with pytest.raises(OfficeStudioError) as caught:
            asyncio.run(import_theme(_offer(root, name, data), WHOSE, kept, allows_loopback=True))
        assert caught.value.code in ("THEME_HAS_PROBLEMS", "PACKAGE_ZIP", "PACKAGE_UNREADABLE"), name
        if caught.value.code == "THEME_HAS_PROBLEMS":
            assert isinstance(caught.value.details["report"], Report)
        assert list(kept.iterdir()) == []
    assert not (tmp_path.parent / "escape.txt").exists()


def test_cancelled_in_the_middle_nothing_is_left(root: str, tmp_path: Path) -> None:
    """Also of a server that says nothing any more."""
    released = threading.Event()

    def stuck(one: _Handler) -> None:
        one.send_response(200)
        one.send_header("content-length", "10000000")
        one.end_headers()
        one.wfile.write(b"x" * 200_000)
        released.wait(20)

    _serve("/stuck.zip", stuck)
    kept = tmp_path / "kept"

    async def scene() -> float:
        begun = asyncio.Event()
        work = import_theme(
            _offer(root, "/stuck.zip"), WHOSE, kept, allows_loopback=True, tell=lambda *_: begun.set()
        )  # fmt: skip
        task = asyncio.create_task(work)
        await asyncio.wait_for(begun.wait(), 20)
        start = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - start

    try:
        assert asyncio.run(scene()) < 15
    finally:
        released.set()
    assert list(kept.iterdir()) == []
