"""The wheel carries everything: built, installed into a new environment outside the checkout, and used from there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
WINDOWS = sys.platform == "win32"


@pytest.fixture(scope="module", params=["lent", pytest.param("own", marks=pytest.mark.full)])
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``office-studio`` command of a new environment with the freshly built wheel.

    Its dependencies are its own, or lent by the environment of the tests: to install Qt takes a minute.
    """
    work = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--outdir", str(work), str(ROOT)], check=True, cwd=work)
    (wheel,) = work.glob("*.whl")
    venv.EnvBuilder(with_pip=True).create(work / "env")
    scripts = work / "env" / ("Scripts" if WINDOWS else "bin")
    python = str(scripts / "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", str(wheel)]
    if request.param == "lent":
        pip.append("--no-deps")
        site = subprocess.check_output(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
        )
        lent = [path for path in sys.path if path.endswith("site-packages") and Path(path).is_dir()]
        (Path(site.strip()) / "lent.pth").write_text("\n".join(lent) + "\n", "utf-8")
    subprocess.run(pip, check=True, cwd=work)
    if request.param == "lent":
        # What the wheel asks for is there in a version it accepts; the other run installs it for real.
        missing = [line for line in _check(python) if line.startswith("office-studio ")]
        assert missing == []
    return scripts / "office-studio"


def _check(python: str) -> list[str]:
    done = subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "check"], capture_output=True, text=True)
    return done.stdout.splitlines()


def _environment(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHONPATH", "OFFICE_STUDIO"))}
    return kept | {"OFFICE_STUDIO_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}


@pytest.mark.timeout(600)
def test_render_draws_a_bundled_theme(installed: Path, tmp_path: Path) -> None:
    picture = tmp_path / "loft.png"
    command = [str(installed), "render", "cozy-loft", "--size", "640x360", "-o", str(picture)]
    done = subprocess.run(command, env=_environment(tmp_path), cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    from PIL import Image

    with Image.open(picture) as image:
        assert image.size == (640, 360)
        assert len(image.convert("RGB").getcolors(640 * 360) or ()) > 1000, "an empty picture"


@pytest.mark.timeout(600)
def test_models_are_checked_by_the_bundled_validator(installed: Path, tmp_path: Path) -> None:
    def studio(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(installed), *arguments]
        return subprocess.run(command, env=_environment(tmp_path), cwd=tmp_path, capture_output=True, text=True)

    if "missing" in json.loads(studio("doctor", "--json").stdout)["checks"]["glTF-Validator"]:
        pytest.skip("the glTF-Validator could not be fetched when the wheel was built")
    assert studio("theme", "new", "3d-room", "My Room").returncode == 0
    assert studio("theme", "validate", "my-room").returncode == 0
    loop = {"asset": {"version": "2.0"}, "nodes": [{"children": [1]}, {"children": [0]}]}
    (tmp_path / "my-room" / "loop.gltf").write_text(json.dumps(loop))
    report = json.loads(studio("theme", "validate", "my-room", "--json").stdout)
    assert "GLTF-NODE_LOOP" in {finding["rule"] for finding in report["findings"]}


@pytest.mark.timeout(600)
def test_serve_answers(installed: Path, tmp_path: Path) -> None:
    command = [str(installed), "serve", "--port", "0", "--data", str(tmp_path / "office"), "--json"]
    with subprocess.Popen(
        command, env=_environment(tmp_path), cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        ready = json.loads(server.stdout.readline())
        try:
            with urllib.request.urlopen(f"{ready['url']}/api/office/health", timeout=60) as answer:
                assert json.load(answer)["connected"] is False
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)
