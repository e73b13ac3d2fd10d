"""What people at a terminal see and pipes do not: colours and progress. A real pseudo-terminal, real processes."""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.theme.uploading import Proxy, bundle
from tests.unit.core.validation import samples

pty = pytest.importorskip("pty", reason="there are no pseudo-terminals")
ROOT = Path(__file__).resolve().parents[3]
COLOR = re.compile(r"\x1b\[(?:[0-9;]*;)?3[0-7](?:;[0-9;]*)?m")
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
LEFT_OUT = ("DISPLAY", "WAYLAND_DISPLAY", "NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS")


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in LEFT_OUT}
    return kept | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color"} | more


def on_terminal(*words: str | Path, **more: str) -> tuple[str, int]:
    """Output and error of the verb as a terminal of 120 columns gets them, and the exit code."""
    import fcntl
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "office_studio", "theme", *map(str, words)],
        stdin=theirs, stdout=theirs, stderr=theirs, env=environment(**more), close_fds=True,
    )  # fmt: skip
    os.close(theirs)
    told, until = b"", time.monotonic() + 100
    while time.monotonic() < until:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # Linux says so when the other side is gone
            break
        if not piece:
            break
        told += piece
    os.close(ours)
    return told.decode(), process.wait(20)


def in_a_pipe(*words: str | Path, **more: str) -> tuple[str, str, int]:
    command = [sys.executable, "-m", "office_studio", "theme", *map(str, words)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=environment(**more), check=False, timeout=100,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.stdout, done.stderr, done.returncode


@pytest.fixture
def theme(tmp_path: Path) -> Path:
    """With an error: its version."""
    sample = samples.flat()
    sample.document |= {"version": "1.0", "id": "office"}
    root = tmp_path / "office"
    root.mkdir()
    for name, data in (sample.files | {"theme.json": json.dumps(sample.document, indent=2).encode()}).items():
        (root / name).write_bytes(data)
    return root


def test_the_same_words_with_colours_on_a_terminal_only(theme: Path):
    shown, code = on_terminal("validate", theme)
    piped, told, piped_code = in_a_pipe("validate", theme, FORCE_COLOR="1")
    plain, _ = on_terminal("validate", theme, NO_COLOR="1")
    assert (code, piped_code) == (3, 3)
    assert "T2D-META-VERSION" in piped
    assert COLOR.search(shown)
    assert "\x1b[1;31merror" in shown
    assert not COLOR.search(plain)
    assert "\x1b" not in piped + told
    for line in (*piped.splitlines(), *told.splitlines()):
        assert line in ESCAPE.sub("", shown)
        assert line in ESCAPE.sub("", plain)


def test_json_is_never_coloured(theme: Path):
    shown, code = on_terminal("validate", theme, "--format", "json")
    body = ESCAPE.sub("", shown)
    assert code == 3
    assert json.loads(body[body.index("{") : body.rindex("}") + 1])["verdict"] == "reject"
    assert not COLOR.search(shown[shown.index('"theme"') : shown.rindex('"counts"')])


def test_an_upload_tells_bytes_speed_and_time_left(office, proxy: Callable[[str], Proxy], tmp_path: Path):
    between = proxy(office.address.url)
    between.pause_s = 0.02
    package = bundle(tmp_path, "1.0.0", 9_000_000)
    words = ("upload", package, "--office", between.url, "--token", office.address.token)
    shown, code = on_terminal(*words)
    seen = ESCAPE.sub("\n", re.sub(r"\x1b\[[0-9;]*m", "", shown))
    assert code == 0, seen
    figures = re.findall(r"Sending\s+\S+\s+([\d.]+) of 9\.0 MB, ([\d.]+) MB/s, (\d+) s left", seen)
    assert len(figures) > 3, seen
    sent = [float(found[0]) for found in figures]
    assert sent == sorted(sent)
    assert sent[0] < sent[-1] <= 9.0
    assert "Test theme 1.0.0 (test-theme) is in" in seen
    between.uploads = 0
    out, told, code = in_a_pipe(*words)
    assert (code, out.count("\n")) == (0, 1)
    assert "Sending" not in told
    assert "\x1b" not in out + told
