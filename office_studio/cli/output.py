"""How verbs print: results on stdout, everything else on stderr; progress and colour only on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str), flush=True)


def print_json_line(value: Any) -> None:
    """One object a line, flushed, so that a reader of a pipe sees it at once."""
    print(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str), flush=True)


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """Rows in aligned columns, or the sentence ``empty`` on stderr when there are none."""
    if not rows:
        print(empty, file=sys.stderr)
        return
    cells = [[str(cell) if cell is not None else "—" for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(head), *cells]) for i in range(len(head))]
    for row in [list(head), *cells]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def note(text: str) -> None:
    """A line for people, beside the result."""
    print(text, file=sys.stderr, flush=True)


def plain(text: str) -> str:
    """Without what could steer a terminal: names and values come out of files of strangers."""
    return "".join(char if char.isprintable() or char == "\t" else "\N{REPLACEMENT CHARACTER}" for char in text)
