"""The third-party validator is fetched once, from where npm is told to look, and only if it is the pinned one."""

from __future__ import annotations

import base64
import hashlib
import http.server
import importlib.util
import io
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

_SCRIPT = Path(__file__).resolve().parents[3] / "packaging" / "fetch_gltf_validator.py"


def _package(**content: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, data in content.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return stream.getvalue()


GOOD = _package(**{"gltf_validator.dart.js": b"script", "LICENSE": b"licence", "NOTICES": b"notices", "evil.js": b"no"})


@pytest.fixture
def fetcher(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script with a package of ours pinned, which it only looks for where it is told."""
    spec = importlib.util.spec_from_file_location("fetch_gltf_validator", _SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "SHA512", base64.b64encode(hashlib.sha512(GOOD).digest()).decode())
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    return module


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, fetcher: ModuleType) -> Iterator[dict[str, bytes]]:
    """What a registry on a loopback socket answers, by path."""
    answers: dict[str, bytes] = {f"/npm/gltf-validator/-/gltf-validator-{fetcher.VERSION}.tgz": GOOD}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = answers.get(self.path)
            self.send_response(200 if data is not None else 404)
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{server.server_port}/npm/")
    yield answers
    server.shutdown()
    server.server_close()
    thread.join()


def test_it_is_fetched_once_with_its_licence_and_nothing_else(fetcher, registry, tmp_path):
    out = tmp_path / "vendor" / "validator"
    assert fetcher.fetch(out) is True
    assert {path.name for path in out.iterdir()} == {"gltf_validator.dart.js", "LICENSE", "NOTICES", "package.json"}
    assert (out / "gltf_validator.dart.js").read_bytes() == b"script"
    registry.clear()
    assert fetcher.fetch(out) is False
    assert [path.name for path in out.parent.iterdir()] == ["validator"]


def test_a_damaged_copy_is_fetched_anew(fetcher, registry, tmp_path):
    fetcher.fetch(tmp_path / "v")
    (tmp_path / "v" / "LICENSE").unlink()
    assert fetcher.fetch(tmp_path / "v") is True
    assert (tmp_path / "v" / "LICENSE").read_bytes() == b"licence"


def test_another_package_is_refused_and_nothing_changes(fetcher, registry, tmp_path):
    (path,) = registry
    registry[path] = _package(**{"gltf_validator.dart.js": b"other", "LICENSE": b"", "NOTICES": b""})
    with pytest.raises(fetcher.CannotFetch, match="SHA-512"):
        fetcher.fetch(tmp_path / "v")
    assert not (tmp_path / "v").exists()


def test_without_a_network_it_says_so(fetcher, tmp_path):
    with pytest.raises(fetcher.CannotFetch, match="cannot be fetched"):
        fetcher.fetch(tmp_path / "v")


def test_setting_up_goes_on_without_it(fetcher, tmp_path, monkeypatch, capsys):
    command = ["fetch_gltf_validator.py", "--out", str(tmp_path / "v")]
    monkeypatch.setattr("sys.argv", [*command, "--optional"])
    assert fetcher.main() == 0
    assert "structural checks only" in capsys.readouterr().err
    monkeypatch.setattr("sys.argv", command)
    assert fetcher.main() == 1


def test_a_package_from_elsewhere_is_checked_as_well(fetcher, tmp_path):
    (tmp_path / "good.tgz").write_bytes(GOOD)
    (tmp_path / "bad.tgz").write_bytes(GOOD + b"x")
    assert fetcher.fetch(tmp_path / "v", tmp_path / "good.tgz") is True
    with pytest.raises(fetcher.CannotFetch, match="SHA-512"):
        fetcher.fetch(tmp_path / "w", tmp_path / "bad.tgz")
    with pytest.raises(fetcher.CannotFetch, match="none"):
        fetcher.fetch(tmp_path / "w", tmp_path / "none.tgz")


def test_only_web_addresses_are_asked(fetcher, tmp_path, monkeypatch):
    monkeypatch.setenv("npm_config_registry", "file:///etc")
    with pytest.raises(fetcher.CannotFetch, match="no web address"):
        fetcher.fetch(tmp_path / "v")
