"""Pictures of listings: drawn by a program of its own, and fetched from strangers within bounds."""

from __future__ import annotations

import asyncio
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from office_studio.errors import OfficeStudioError
from office_studio.paths import bundled_themes_dir
from office_studio.services.officex import publish as officex_publish
from office_studio.services.officex.environments import PRODUCTION, sandbox_environment
from office_studio.services.officex.listing_pictures import MAX_BYTES, ListingPictures, is_at_home, may_be_asked
from office_studio.services.officex.publish import PROGRAM, draw_pictures


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/missing.jpg":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("content-type", "text/html" if self.path == "/page.jpg" else "image/jpeg")
        self.end_headers()
        try:
            self.wfile.write(b"x" * (MAX_BYTES + 10 if self.path == "/huge.jpg" else 40))
        except OSError:
            pass  # whoever asked has had enough

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def root() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_only_pictures_of_a_sane_size_come_and_each_of_them_once(root: str) -> None:
    place = sandbox_environment("http://127.0.0.1:1")
    pictures = ListingPictures()
    urls = tuple(f"{root}/{name}.jpg" for name in ("good", "missing", "page", "huge", "fifth"))
    assert asyncio.run(pictures.fetch(urls, place)) == (b"x" * 40, None, None, None)
    kept = asyncio.run(pictures.fetch(urls[:1], PRODUCTION))  # from memory: nobody there would be asked
    assert kept == (b"x" * 40,)


def test_who_is_asked_at_all() -> None:
    sandbox = sandbox_environment("http://127.0.0.1:8123")
    assert is_at_home("http://127.0.0.1:8123/uploads/a.jpg", sandbox)
    assert not is_at_home("http://127.0.0.1:9999/uploads/a.jpg", sandbox)
    assert may_be_asked("http://127.0.0.1:9/a.jpg", sandbox)
    assert may_be_asked("https://cdn.example.org/a.jpg", PRODUCTION)
    for url in ("http://127.0.0.1/a.jpg", "https://localhost/a.jpg", "http://cdn.example.org/a.jpg", "file:///a.jpg"):
        assert not may_be_asked(url, PRODUCTION), url


def test_a_theme_that_cannot_be_drawn_says_why(tmp_path: Path) -> None:
    async def draw() -> None:
        async for _ in draw_pictures(tmp_path, tmp_path):
            raise AssertionError("there is nothing to draw")

    with pytest.raises(OfficeStudioError) as caught:
        asyncio.run(draw())
    assert caught.value.code == "PACKAGE_NO_MANIFEST"


@pytest.mark.parametrize("program", ["office_studio.no_such_program", "this"])
def test_a_program_that_says_nothing_or_nonsense_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr(officex_publish, "PROGRAM", program)

    async def draw() -> list[str]:
        return [name async for name, _ in draw_pictures(tmp_path, tmp_path)]

    with pytest.raises(OfficeStudioError) as caught:
        asyncio.run(draw())
    assert caught.value.code == "PREVIEWS_FAILED"


def test_who_needs_no_more_pictures_ends_the_program(tmp_path: Path) -> None:
    async def draw() -> str:
        pictures = draw_pictures(bundled_themes_dir() / "pixel-loft", tmp_path)
        name, path = await anext(pictures)
        assert path.is_file()
        assert any(PROGRAM in child.cmdline() for child in psutil.Process().children())
        await pictures.aclose()  # type: ignore[attr-defined]
        return name

    assert asyncio.run(draw()) == "day"
    assert not any(PROGRAM in child.cmdline() for child in psutil.Process().children())
