#!/usr/bin/env python3
"""One file that prepares, runs, tests and builds Office Studio from a bare checkout. Standard library only.

python3 packaging/dev.py run [arguments of office-studio]   start the app with the demo office
python3 packaging/dev.py test [--full] [arguments of pytest]  run every check
python3 packaging/dev.py setup                               only prepare
python3 packaging/dev.py build                               build the wheel into dist/
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "office-studio-setup"
WINDOWS = sys.platform == "win32"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
MINIMUM = (3, 11)

# What Qt's wheels expect of a Linux system: shared object -> Debian package. Measured on a bare Debian 12.
LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libbrotlidec.so.1": "libbrotli1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    # Sound: QtMultimedia and its decoder.
    "libpulse.so.0": "libpulse0",
    "libX11.so.6": "libx11-6",
    "libXext.so.6": "libxext6",
    "libXrandr.so.2": "libxrandr2",
}
TEST_PROGRAMS = {"Xvfb": "xvfb", "xauth": "xauth", "xdotool": "xdotool"}


def main(arguments: Sequence[str]) -> int:
    verbs = {"setup": setup, "run": run, "test": test, "build": build}
    if not arguments or arguments[0] not in verbs:
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    if sys.version_info < MINIMUM:
        say(f"Python {sys.version.split()[0]} is too old; Office Studio needs {MINIMUM[0]}.{MINIMUM[1]} or newer.")
        return 2
    os.chdir(ROOT)
    return verbs[arguments[0]](list(arguments[1:]))


def setup(_: list[str], *, for_tests: bool = False) -> int:
    """Make ``.venv``, install the app and its tools into it, see to the system libraries."""
    install_system_packages(missing_system_packages(for_tests=for_tests))
    fingerprint = hashlib.sha256((ROOT / "pyproject.toml").read_bytes() + str(ROOT).encode()).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == fingerprint and PYTHON.is_file():
        if for_tests:
            fetch_third_party()
        return 0
    started = time.monotonic()
    if not PYTHON.is_file():
        say("making .venv")
        if importlib.util.find_spec("ensurepip") is None:
            version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
            install_system_packages([version])
        venv.EnvBuilder(with_pip=True, clear=VENV.exists()).create(VENV)
    say("installing Office Studio and its tools (a few minutes the first time)")
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    # Dependency groups need pip 25.1.
    subprocess.run([*pip, "--upgrade", "pip>=25.1"], check=True)
    subprocess.run([*pip, "--editable", ".", "--group", "dev"], check=True)
    subprocess.run([str(PYTHON), "packaging/make_fonts.py"], check=True)
    fetch_third_party()
    STAMP.write_text(fingerprint)
    say(f"ready after {time.monotonic() - started:.0f} s")
    return 0


def fetch_third_party() -> None:
    """What is shipped but not kept in the repository. Without a network the app does without, and says so."""
    subprocess.run([str(PYTHON), "packaging/fetch_gltf_validator.py", "--optional"], check=True)


def run(arguments: list[str]) -> int:
    """Start the app with the embedded demo office; further arguments go to ``office-studio``."""
    setup([])
    command = [str(PYTHON), "-m", "office_studio", *(arguments or ["--demo"])]
    try:
        return subprocess.run(command).returncode
    except KeyboardInterrupt:
        return 130


def test(arguments: list[str]) -> int:
    """Format, lint, types, tests. Every check runs even after one failed; the exit code says whether all passed."""
    setup([], for_tests=True)
    checks = {
        "format": ["ruff", "format", "--check", "."],
        "lint": ["ruff", "check", "."],
        "types": ["mypy"],
    }
    failed = [name for name, command in checks.items() if not passes(name, command)]
    workers = [] if any(word.startswith(("-n", "--numprocesses")) for word in arguments) else ["-n", "2"]
    if not passes("tests", ["pytest", *workers, *arguments]):
        failed.append("tests")
    if failed:
        say(f"not passed: {', '.join(failed)}")
    return 1 if failed else 0


def build(arguments: list[str]) -> int:
    """Build the wheel into ``dist/``."""
    setup([])
    return subprocess.run([str(PYTHON), "-m", "build", "--wheel", *arguments]).returncode


def passes(name: str, command: list[str]) -> bool:
    say(name)
    # Tests start the program hundreds of times: compiled anew each time, it would take a second longer.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return subprocess.run([str(PYTHON), "-m", *command], env=environment).returncode == 0


# -- system packages -------------------------------------------------------------------------------
def missing_system_packages(*, for_tests: bool) -> list[str]:
    """Debian names of the shared libraries and programs that are not there; empty outside Linux."""
    if not sys.platform.startswith("linux"):
        return []
    missing = [package for library, package in LIBRARIES.items() if not can_load(library)]
    if for_tests:
        missing += [package for program, package in TEST_PROGRAMS.items() if shutil.which(program) is None]
    return missing


def can_load(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_system_packages(packages: Iterable[str]) -> None:
    """Install with apt where we may; else name the packages and go on, since the app may not need them all."""
    names = list(packages)
    if not names:
        return
    apt = shutil.which("apt-get")
    prefix = root_prefix() if apt else None
    if apt is None or prefix is None:
        say("these system libraries are missing (Debian names): " + " ".join(names))
        if apt is not None:
            say("to install them: sudo apt-get install -y --no-install-recommends " + " ".join(names))
        return
    say("installing system libraries: " + " ".join(names))
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    install = [*prefix, apt, "install", "-y", "-qq", "--no-install-recommends", *names]
    quiet = {"env": environment, "stdout": subprocess.DEVNULL}
    # The package lists of a fresh machine are empty or old, so they are fetched only when they are needed.
    subprocess.run([*prefix, apt, "update", "-qq"], **quiet)
    if subprocess.run(install, **quiet).returncode != 0:
        say("could not install them; to do it by hand: sudo apt-get install -y " + " ".join(names))


def root_prefix() -> list[str] | None:
    """What to put before a command that needs root: nothing, ``sudo``, or None when neither is possible."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    allowed = sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0
    return [sudo, "-n"] if sudo and allowed else None


def say(text: str) -> None:
    print(f"── {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        say(f"stopped: {' '.join(map(str, error.cmd))} ended with {error.returncode}")
        raise SystemExit(1) from None
