"""Progress and colour: nothing where nobody looks, the truth where somebody does."""

from __future__ import annotations

import io
import sys
import threading

import pytest

from office_studio.cli import terminal
from office_studio.cli.terminal import Pace, Progress, megabytes, progress, say


class Terminal(io.StringIO):
    """Tells when something was written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        found = super().write(text)
        self.written.set()
        return found


@pytest.fixture
def tty(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(terminal, "_SHOW_AFTER_S", 0.0)
    return Terminal()


def test_the_bar_shows_what_the_work_is_at_and_goes(tty: Terminal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stderr", tty)  # here: between a fixture and its test pytest puts its own
    looks = threading.Event()

    def look(state: Progress) -> None:
        state.show("Checking [b]x[/b]\x1b[2J", 3, 12, "3 of 12 files")
        looks.set()

    with progress("Begin", look):
        assert looks.wait(60)
        assert tty.written.wait(60)
        while "3 of 12 files" not in tty.getvalue():
            tty.written.clear()
            assert tty.written.wait(60)
    shown = tty.getvalue()
    assert "[b]x[/b]" in shown, "names are no markup"
    assert "\x1b[2J" not in shown, "and steer nothing"
    assert shown.endswith("\x1b[2K"), "the line is cleared at the end"
    assert not [thread for thread in threading.enumerate() if thread.name == "progress"]


def test_no_bar_for_what_is_over_at_once_nor_in_a_pipe(tty: Terminal, monkeypatch: pytest.MonkeyPatch):
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    with progress("Long") as bar:
        bar.show("Longer", 1, 2)
    monkeypatch.setattr(sys, "stderr", tty)
    monkeypatch.setattr(terminal, "_SHOW_AFTER_S", 60.0)
    with progress("Short"):
        pass
    assert tty.getvalue() == ""
    assert pipe.getvalue() == ""


def test_the_bar_goes_when_the_work_ends_in_an_error(tty: Terminal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stderr", tty)
    with pytest.raises(ValueError, match="broken"), progress("Begin"):
        assert tty.written.wait(60)
        raise ValueError("broken")
    assert not [thread for thread in threading.enumerate() if thread.name == "progress"]


def test_colours_are_for_terminals_that_want_them(tty: Terminal, monkeypatch: pytest.MonkeyPatch):
    say(("bad [red]\x1b[1m", "error"), " words", to=tty)
    assert "\x1b[1;31mbad [red]�[1m\x1b[0m words\n" in tty.getvalue()
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        plain = Terminal()
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            say(("bad", "error"), to=plain)
        assert plain.getvalue() == "bad\n"


def test_figures_leave_out_what_is_not_known():
    assert megabytes(3_100_000, 20_000_000, 1_200_000, 14.2) == "3.1 of 20.0 MB, 1.2 MB/s, 14 s left"
    assert megabytes(3_100_000) == "3.1 MB"
    assert megabytes(0, 20_000_000, None, None) == "0.0 of 20.0 MB"


def test_the_pace_is_that_of_the_last_seconds():
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert pace.note(0) is None
    for _ in range(10):
        now[0] += 1
        slow = pace.note(now[0] * 100)
    assert slow == pytest.approx(100)
    for _ in range(5):
        now[0] += 1
        fast = pace.note(1000 + (now[0] - 10) * 900)
    assert fast == pytest.approx(900)
