"""Themes of an office as files on this computer: names from strangers, and disks that are full."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import httpx
import pytest

from office_studio.errors import ApiError, StorageError
from office_studio.services.theme_client import ThemeClient
from office_studio.services.theme_download import confined


def downloaded(names: list[str], cache: Path, missing: list[str] | None = None) -> Path:
    manifest = json.dumps({"id": "t", "version": "1.0.0", "names": names}).encode()

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/manifest"):
            return httpx.Response(200, content=manifest)
        if "broken" in request.url.path:
            return httpx.Response(500)
        await asyncio.sleep(0.02)
        return httpx.Response(200, content=b"data")

    async def story() -> Path:
        async with ThemeClient("http://x", cache=cache, transport=httpx.MockTransport(answer)) as client:
            return await client.download("t", on_missing=None if missing is None else missing.append)

    return asyncio.run(story())


@pytest.mark.parametrize(
    "name",
    ["../a.png", "a/../../b.png", "/a.png", "%2e%2e/a.png", "..%2fa.png", "%2fa.png", "c:a.png", "a\\b.png",
     "a%5cb.png", "a%00.png", "a%0a.png", "a%3Ab.png", "\ud800.png", "x" * 252 + ".png", "d/" + "\u00e9" * 126 + ".png",
     "theme.json", "./theme.json", "a.exe"],
)  # fmt: skip
def test_names_that_cannot_be_files_of_a_theme_are_not_asked_for(name: str, tmp_path: Path) -> None:
    assert confined(name) is None
    folder = downloaded([name, "good.png"], tmp_path)
    assert sorted(path.name for path in folder.rglob("*")) == ["good.png", "theme.json"]
    assert [path for path in tmp_path.rglob("*.png") if path.parent != folder] == []


def test_a_name_that_is_file_and_folder_is_missing_and_no_error(tmp_path: Path) -> None:
    missing: list[str] = []
    folder = downloaded(["a.png", "a.png/b.png"], tmp_path, missing)
    assert len(missing) == 1
    assert (folder / "a.png").exists()


def test_a_failed_download_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ApiError):
        downloaded(["broken.png", *(f"{i}.png" for i in range(20))], tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file() or path.name.startswith(".")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a path below a file")
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "themes").write_text("")
    with pytest.raises(StorageError) as caught:
        downloaded(["a.png"], tmp_path)
    assert caught.value.code == "THEME_NOT_STORED"
