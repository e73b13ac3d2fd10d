"""Bundles of strangers: whole into a fresh folder, or nothing; quick and small for every hostile file there is."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from office_studio.cli.main import main
from office_studio.errors import ApiError, PackageError, UsageError
from office_studio.services.bundle_unpacker import fetch_bundle, unpack_bundle
from office_studio.services.theme_packer import pack_theme
from office_studio.services.theme_templates import new_theme

ROOT = Path(__file__).resolve().parents[3]
_MEASURE = """
import json, re, resource, sys, time
from pathlib import Path
from office_studio.core.validation.rule import Profile
from office_studio.errors import OfficeStudioError
from office_studio.services.bundle_unpacker import unpack_bundle
from office_studio.services.theme_check import check_path
folder, out = Path(sys.argv[1]), Path(sys.argv[2])
check_path(folder / "good" / "v2-minimal.zip", Profile.SCHEMA)  # imports and the schema are not what is measured
found = {}
for name in json.loads((folder / "expected.json").read_text()):
    start = time.process_time()
    verdict = check_path(folder / name, Profile.SCHEMA).verdict.value
    seconds = time.process_time() - start
    start = time.process_time()
    unpacked = None
    if name.endswith(".zip"):
        try:
            unpacked = len(unpack_bundle(folder / name, out / name.replace("/", "-")))
        except OfficeStudioError as error:
            unpacked = error.code
    found[name] = [max(seconds, time.process_time() - start), verdict, unpacked]
# Not ru_maxrss alone: on Linux a new program inherits that of the one that started it.
status = Path("/proc/self/status")
if status.is_file():
    peak_kb = int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1])
else:
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"files": found, "peak_mb": peak_kb / 1024}))
"""


@pytest.mark.full  # verdicts of all of them are tested in every run, in test_bad_bundles.py
@pytest.mark.timeout(600)
def test_every_hostile_bundle_is_quick_and_small(shared_dir: Path, tmp_path: Path):
    corpus = shared_dir / "data" / "bad-bundles"
    out = tmp_path / "out"
    done = subprocess.run([sys.executable, "-c", _MEASURE, str(corpus), str(out)], capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=580, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    slow = {name: seconds for name, (seconds, _, _) in measured["files"].items() if seconds > 2}
    assert slow == {}
    assert measured["peak_mb"] < 200
    # What was unpacked lies in its folder and nowhere else; what was refused left nothing.
    expected = {name.replace("/", "-") for name, (_, _, n) in measured["files"].items() if isinstance(n, int)}
    assert {path.name for path in out.iterdir()} == expected
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert not any(path.is_symlink() for path in out.rglob("*"))
    bombs = [
        name for name in measured["files"] if "bomb" in name and "9000" not in name and name.startswith("zips/bomb")
    ]
    assert len(bombs) >= 3
    assert all(measured["files"][name][2] == "PACKAGE_ZIP" for name in bombs)


def zipped(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def test_a_good_bundle_comes_out_whole(tmp_path: Path):
    bundle = zipped(tmp_path / "a.zip", {"theme.json": b"{}", "d/e/a.png": b"x"})
    assert unpack_bundle(bundle, tmp_path / "out") == ("d/e/a.png", "theme.json")
    assert (tmp_path / "out" / "d" / "e" / "a.png").read_bytes() == b"x"
    with pytest.raises(UsageError):
        unpack_bundle(bundle, tmp_path / "out")


def test_damage_at_the_end_leaves_nothing(tmp_path: Path):
    bundle = zipped(tmp_path / "a.zip", {"a.png": b"1" * 5000, "b.png": b"2" * 5000})
    data = bytearray(bundle.read_bytes())
    data[data.index(b"2222") + 100] ^= 1
    bundle.write_bytes(data)
    with pytest.raises(PackageError) as caught:
        unpack_bundle(bundle, tmp_path / "out")
    assert (caught.value.code, caught.value.details["fault"]) == ("PACKAGE_ZIP", "ENTRY_CORRUPT")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/good.zip":
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"z" * 100_000)
            elif self.path == "/endless.zip":  # says small, sends more than anybody takes
                self.send_response(200)
                self.end_headers()
                block = bytes(1 << 20)
                try:
                    for _ in range(300):
                        self.wfile.write(block)
                except OSError:
                    pass
            elif self.path == "/Box%20Room.zip":
                self.send_response(200)
                self.end_headers()
                self.wfile.write((tmp_path / "served.zip").read_bytes())
            elif self.path == "/huge.zip":
                self.send_response(200)
                self.send_header("Content-Length", "300000000")
                self.end_headers()
                self.wfile.write(b"x")
            else:
                self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_bundle_is_fetched_within_bounds(web: str, tmp_path: Path):
    place = tmp_path / "in"
    place.mkdir()
    assert fetch_bundle(f"{web}/good.zip", place / "a.zip") == 100_000
    for path, code in (("endless", "PACKAGE_TOO_LARGE"), ("huge", "PACKAGE_TOO_LARGE")):
        with pytest.raises(PackageError) as caught:
            fetch_bundle(f"{web}/{path}.zip", place / "b.zip")
        assert caught.value.code == code
    with pytest.raises(ApiError):
        fetch_bundle(f"{web}/none.zip", place / "b.zip")
    for address in ("file:///etc/passwd", "a.zip", "ftp://x/a.zip"):
        with pytest.raises(UsageError):
            fetch_bundle(address, place / "b.zip")
    assert [path.name for path in place.iterdir()] == ["a.zip"]


def test_a_zip_of_the_web_is_checked_and_unpacked(
    web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    theme = new_theme("2d-minimal", "Box Room", tmp_path)
    pack_theme(theme, tmp_path / "served.zip")
    monkeypatch.chdir(tmp_path)
    address = f"{web}/Box%20Room.zip"
    assert main(["theme", "validate", address, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["theme"] == "box-room"
    assert main(["theme", "unpack", address, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["path"] == "Box-Room"
    assert {name: (tmp_path / "Box-Room" / name).read_bytes() for name in told["files"]} == {
        path.name: path.read_bytes() for path in theme.iterdir()
    }
    assert main(["theme", "unpack", address]) == 2  # it is there already
    assert main(["theme", "validate", address, "--fix"]) == 2
    assert main(["theme", "validate", f"{web}/none.zip"]) == 4
    assert "HTTP 404" in capsys.readouterr().err
    assert main(["theme", "unpack", "served.zip", "--dir", "here"]) == 0
    assert sorted(path.name for path in (tmp_path / "here").iterdir()) == sorted(told["files"])
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")], "nothing is left behind"
