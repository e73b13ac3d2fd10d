"""What an office says to an upload and shows afterwards, and what is kept of it. Real server, real sockets."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from office_studio.errors import ApiError, AuthError, OfficeStudioError
from office_studio.services.bundle_history import BundleHistory
from office_studio.services.theme_client import ThemeClient
from office_studio.services.uploader import State, UploadOutcome
from tests.integration.theme.uploading import TEN_TIMES, bundle, send, version_at


def canned(status: int, error: str) -> bytes:
    body = json.dumps({"error": error}).encode()
    return b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (
        status, len(body), body)  # fmt: skip


@pytest.mark.parametrize("time_", TEN_TIMES)
@pytest.mark.parametrize(
    ("status", "said", "code", "words"),
    [
        (400, "Bundle extraction failed: Invalid zip: x", "THEME_REFUSED", "Invalid zip: x"),
        (400, "Failed to read bundle field", "THEME_TOO_LARGE_FOR_SERVER", "refused a body of this size (2.0 MB)"),
        (401, "Unauthorized", "OFFICE_UNAUTHORIZED", "does not know this token"),
        (413, "too large", "THEME_TOO_LARGE_FOR_SERVER", "refused a body of this size (2.0 MB)"),
        (500, "Internal error during extraction", "OFFICE_FAULT", "Internal error during extraction"),
    ],
)
@pytest.mark.parametrize("after", [0.5, 1.0])
def test_refusals_are_told_in_the_offices_words(office, old, proxy, status, said, code, words, after, time_: int):
    between = proxy(office.address.url)
    between.answer, between.answer_at, between.spoil = canned(status, said), after, 99
    error, uploader, _ = send(between.url, office.address.token, old)
    assert isinstance(error, ApiError)
    if after < 1 and error.code == "THEME_UPLOAD_FAILED":
        # The system may throw an answer away that comes while the body still goes out. Nothing was stored then.
        assert between.uploads == 3
    else:
        assert error.code == code
        assert between.uploads == 1 or after < 1
        assert words in error.message
    assert (uploader.state, error.details["state"]) == (State.UNCHANGED, "unchanged")
    assert version_at(office) == "1.0.0"


def test_a_wrong_token_is_told(office, old):
    error, _, _ = send(office.address.url, "wrong-token", old)
    assert isinstance(error, AuthError)
    assert (error.details["state"], version_at(office)) == ("unchanged", "1.0.0")


def test_a_bundle_that_would_be_refused_is_never_sent(office, old, proxy, tmp_path: Path):
    between = proxy(office.address.url)
    with zipfile.ZipFile(old, "a") as archive:
        archive.writestr("x.exe", b"")
    error, _, _ = send(between.url, office.address.token, old)
    assert isinstance(error, OfficeStudioError)
    assert (error.code, between.uploads) == ("THEME_WOULD_BE_REFUSED", 0)
    assert "Disallowed file in bundle: 'x.exe'" in error.message


def test_another_theme_json_in_the_office_is_an_error(office, old, monkeypatch: pytest.MonkeyPatch):
    real = ThemeClient.published
    asked = 0

    async def changed(self: ThemeClient, theme_id: str):
        nonlocal asked
        asked += 1
        if asked == 2:  # somebody else uploads between our upload and our look at it
            intruder = bundle(old.parent, "9.9.9")
            await self.send(zipfile.ZipFile(intruder).read("theme.json"), intruder)
        return await real(self, theme_id)

    monkeypatch.setattr(ThemeClient, "published", changed)
    error, uploader, _ = send(office.address.url, office.address.token, old)
    assert isinstance(error, ApiError)
    assert (error.code, uploader.state) == ("THEME_READBACK_DIFFERS", State.DIFFERENT)
    assert "version 9.9.9 instead of 2.0.0" in error.message


def test_five_bundles_are_kept(office, tmp_path: Path):
    history = BundleHistory(office.address.url)
    for number in range(7):
        outcome, _, _ = send(office.address.url, office.address.token, bundle(tmp_path, f"1.0.{number}", 1000),
                             history=history)  # fmt: skip
        assert isinstance(outcome, UploadOutcome)
    kept = history.kept("test-theme")
    assert [each.version for each in kept] == ["1.0.6", "1.0.5", "1.0.4", "1.0.3", "1.0.2"]
    assert {path.name for path in kept[0].path.parent.iterdir()} == {f"{e.sha256}.zip" for e in kept} | {"index.json"}
    assert history.find("test-theme", kept[3].sha256[:8]) == kept[3]
    assert BundleHistory("http://other").kept("test-theme") == ()
