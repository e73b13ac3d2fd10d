"""Colour and progress for people at a terminal. In a pipe, a file or a dumb terminal there is neither.

``NO_COLOR`` takes the colours away and leaves the progress.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from office_studio.cli.output import plain

if TYPE_CHECKING:
    from rich.console import Console

STYLES = {
    "error": "bold red", "warning": "yellow", "info": "cyan", "good": "green", "bad": "red",
    "place": "bold", "faint": "dim",
}  # fmt: skip
_SHOW_AFTER_S = 0.3  # what is over sooner needs no bar
_REFRESH_S = 0.1

Part = str | tuple[str, str]  # words, or words and a key of STYLES


def is_terminal(stream: IO[str]) -> bool:
    """Whether somebody looks at it who can see a line being written over."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def has_color(stream: IO[str]) -> bool:
    return is_terminal(stream) and not os.environ.get("NO_COLOR")


def say(*parts: Part, to: IO[str] | None = None) -> None:
    """One line, the same words everywhere; in colours on a terminal. Without what could steer the terminal."""
    stream = to or sys.stdout
    pieces = [(plain(part), "") if isinstance(part, str) else (plain(part[0]), part[1]) for part in parts]
    if not has_color(stream):
        print("".join(words for words, _ in pieces), file=stream, flush=True)
        return
    from rich.text import Text

    line = Text()
    for words, style in pieces:
        line.append(words, STYLES.get(style, ""))
    _console(stream).print(line, soft_wrap=True)


def _console(stream: IO[str]) -> Console:
    from rich.console import Console

    return Console(file=stream, highlight=False, emoji=False, markup=False, no_color=not has_color(stream) or None)


# -- progress --------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Progress:
    """How far some work is. Set from any thread; ``total`` 0 when it is not known.

    ``figures``: what is said beside the bar instead of nothing: "3.1 of 20.0 MB, 1.2 MB/s, 14 s left".
    """

    step: str
    done: float = 0
    total: float = 0
    figures: str = ""

    def show(self, step: str, done: float = 0, total: float = 0, figures: str = "") -> None:
        self.step, self.done, self.total, self.figures = step, done, total, figures


@contextmanager
def progress(step: str, look: Callable[[Progress], None] | None = None) -> Iterator[Progress]:
    """A bar on stderr while the block runs, if that is a terminal and the block takes a while; gone at the end.

    Args:
        look: Called before each refresh, to ask the work how far it is.
    """
    state = Progress(step)
    if not is_terminal(sys.stderr):
        yield state
        return
    ended = threading.Event()
    shower = threading.Thread(target=_show, args=(state, look, ended), name="progress", daemon=True)
    shower.start()
    try:
        yield state
    finally:
        ended.set()
        shower.join()


def _show(state: Progress, look: Callable[[Progress], None] | None, ended: threading.Event) -> None:
    if ended.wait(_SHOW_AFTER_S):
        return
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bars

    step, figures = (TextColumn(f"{{task.{what}}}", markup=False) for what in ("description", "fields[figures]"))
    bar = BarColumn(bar_width=28, complete_style="cyan", finished_style="cyan", pulse_style="cyan")
    with Bars(step, bar, figures, console=_console(sys.stderr), transient=True, auto_refresh=False) as bars:
        key = bars.add_task(plain(state.step), total=None, figures="")
        task = bars.tasks[0]
        while True:
            if look is not None:
                look(state)
            task.total = state.total or None  # ``update`` cannot make a known length unknown again
            bars.update(key, description=plain(state.step), completed=state.done, figures=state.figures)
            bars.refresh()
            if ended.wait(_REFRESH_S):
                return


def megabytes(done: float, total: float = 0, speed: float | None = None, seconds_left: float | None = None) -> str:
    """ "3.1 of 20.0 MB, 1.2 MB/s, 14 s left"; what is not known is left out."""
    amount = f"{done / 1e6:.1f} of {total / 1e6:.1f} MB" if total else f"{done / 1e6:.1f} MB"
    pace = f"{speed / 1e6:.1f} MB/s" if speed else ""
    left = f"{seconds_left:.0f} s left" if seconds_left is not None and speed else ""
    return ", ".join(filter(None, (amount, pace, left)))


class Pace:
    """Bytes a second over the last seconds, of amounts that are told from time to time."""

    def __init__(self, now: Callable[[], float], over_s: float = 3.0) -> None:
        self._now, self._over_s = now, over_s
        self._marks: list[tuple[float, float]] = []

    def note(self, done: float) -> float | None:
        """The speed now; None while there is nothing to measure."""
        at = self._now()
        self._marks.append((at, done))
        while len(self._marks) > 2 and self._marks[0][0] < at - self._over_s:
            self._marks.pop(0)
        start, first = self._marks[0]
        return (done - first) / (at - start) if at > start and done > first else None
