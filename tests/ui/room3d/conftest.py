"""A display for the drawing process, while the tests themselves stay without one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

MODELS = Path(__file__).parents[2] / "fixtures" / "models"


@pytest.fixture(scope="session")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An X server of our own: pictures must not depend on what drives the tester's screen."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("Xvfb is not installed")
    ready, told = os.pipe()
    command = [program, "-displayfd", str(told), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(told,), stderr=subprocess.DEVNULL)
    os.close(told)
    with os.fdopen(ready) as answer:
        number = answer.readline().strip()
    if not number:
        pytest.skip("Xvfb does not start")
    # What one process compiled serves the next, though every test has a home of its own.
    kept = str(tmp_path_factory.mktemp("shaders"))
    mesa = os.environ.get("MESA_SHADER_CACHE_DIR", os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DISPLAY", f":{number}")
        patched.setenv("XDG_CACHE_HOME", kept)
        patched.setenv("MESA_SHADER_CACHE_DIR", mesa)
        yield f":{number}"
    server.terminate()
    server.wait()
