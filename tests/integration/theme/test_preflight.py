"""The verdict that is foretold is the one that the server gives: the same words, for every hostile bundle there is."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from office_studio.core.packing.intake import Refused, foretell
from office_studio.services.preflight import preflight


@pytest.mark.timeout(900)
@pytest.mark.parametrize("one_in", [4, pytest.param(1, marks=pytest.mark.full)])  # of 244 uploads
def test_the_corpus_is_foretold_word_for_word(office, upload, shared_dir: Path, one_in: int):
    folder = shared_dir / "data" / "bad-bundles"
    cases = json.loads((folder / "expected.json").read_text("utf-8"))
    wrong, refused = [], 0
    for name in list(cases)[::one_in]:
        content = (folder / name).read_bytes()
        if name.endswith(".zip"):
            field = _manifest(folder, name)
            told = preflight(folder / name, field)
            answer = upload(office.owner, field, content)
            expected = (told.status, told.error)
        else:
            try:
                foretell(content, None)
                expected = (201, "")
            except Refused as exc:
                expected = (400, exc.error)
            answer = upload(office.owner, content)
        said = "" if answer.status_code == 201 else answer.json()["error"]
        refused += answer.status_code == 400
        if (answer.status_code, said) != expected:
            wrong.append((name, expected, (answer.status_code, said)))
    assert wrong == []
    assert refused > 80 // one_in


def _manifest(folder: Path, name: str) -> bytes:
    try:
        with zipfile.ZipFile(folder / name) as archive:
            field = archive.read("theme.json")
        json.loads(field)
        return field
    except Exception:
        kind = "v3" if name.startswith("zips/glb") or "room" in name else "v2"
        return (folder / "good" / f"{kind}-minimal.json").read_bytes()


def test_the_order_of_checks_is_the_servers(tmp_path: Path, manifest):
    path = tmp_path / "b.zip"
    path.write_bytes(b"no zip")
    assert preflight(path, b" " * 262_145).error == "theme.json exceeds 256 KB limit"
    assert preflight(path, b"{}").error == "Manifest validation failed: Invalid JSON: missing field `id`"
    assert preflight(path).error == "Missing 'manifest' field (theme.json content)"
    good = json.dumps(manifest()).encode()
    assert preflight(path, good).error == "Bundle extraction failed: Invalid zip: Could not find EOCD"
    with path.open("wb") as stream:
        stream.truncate(209_715_201)
    assert preflight(path, good).error == "Bundle size (209715201 bytes) exceeds 200 MB limit"


def test_a_large_bundle_is_warned_of(tmp_path: Path, manifest):
    path = tmp_path / "b.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("theme.json", json.dumps(manifest()))
        archive.writestr("a.png", bytes(11 << 20))
    told = preflight(path)
    assert (told.is_accepted, told.theme_id, told.version) == (True, "test-theme", "1.0.0")
    assert "10 MiB" in told.warnings[0]
