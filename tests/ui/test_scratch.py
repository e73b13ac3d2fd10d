"""Temporary folders go with their process, and with the next start when it was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from office_studio.ui.scratch import PREFIX, sweep

posix = pytest.mark.skipif(os.name == "nt", reason="there, only old folders are removed")


def gone_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


@posix
def test_only_folders_of_processes_that_are_gone_are_removed(tmp_path):
    left, mine = tmp_path / f"{PREFIX}{gone_process()}-a", tmp_path / f"{PREFIX}{os.getpid()}-b"
    unnamed, other = tmp_path / f"{PREFIX}x1y2", tmp_path / "office-studio-else"
    for folder in (left, mine, unnamed, other):
        (folder / "dark1").mkdir(parents=True)
    target = tmp_path / "target"
    target.mkdir()
    link = tmp_path / f"{PREFIX}{gone_process()}-link"
    link.symlink_to(target)
    assert sweep(tmp_path) == [left]
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in (mine, unnamed, other, target, link))


def test_old_folders_that_name_no_process_are_removed(tmp_path):
    old = tmp_path / f"{PREFIX}abcd"
    old.mkdir()
    os.utime(old, (0, 0))
    assert sweep(tmp_path) == [old]


def test_a_process_removes_its_own_at_its_end(tmp_path):
    code = "from office_studio.ui.scratch import make_folder; print(make_folder())"
    env = {**os.environ, "TMPDIR": str(tmp_path), "TEMP": str(tmp_path), "TMP": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    made = Path(done.stdout.strip())
    assert made.parent == tmp_path
    assert not made.exists()
