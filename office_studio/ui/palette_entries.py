"""What the command palette finds: agents, what can be done, themes. Pure matching and ranking, no Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

LIMIT = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. ``kind`` groups lines; ``reason`` says why it cannot be done now."""

    kind: str  # "agent", "agent_action", "action", "theme", "problem"
    title: str
    detail: str = ""
    glyph: str = ""
    key: str = ""
    agent_id: str = ""
    reason: str = ""
    run: Callable[[], object] = field(default=lambda: None, compare=False)


def score(words: str, entry: Entry) -> int:
    """How well the entry fits: higher is better, 0 does not fit. Every word must occur."""
    wanted = words.casefold().split()
    title, all_text = entry.title.casefold(), f"{entry.title} {entry.detail}".casefold()
    total = 0
    for word in wanted:
        if title.startswith(word):
            total += 40
        elif any(part.startswith(word) for part in title.split()):
            total += 25
        elif word in title:
            total += 12
        elif word in all_text:
            total += 5
        else:
            return 0
    return total + 1


_PREFIXES = {">": ("action", "agent_action"), "@": ("agent",), ":": ("problem",)}
_ORDER = ("agent", "agent_action", "action", "theme", "problem")
_ASKED_FOR = ("problem",)  # there may be hundreds, so they are found by their prefix only


def find(text: str, entries: Iterable[Entry]) -> list[Entry]:
    """Entries that fit, grouped by kind, best group first.

    ``>`` asks for commands only, ``@`` for agents, ``:`` for problems.
    """
    text = text.strip()
    kinds = _PREFIXES.get(text[:1])
    words = text[1:] if kinds else text
    wanted = kinds or tuple(kind for kind in _ORDER if kind not in _ASKED_FOR)
    scored = [(score(words, entry), entry) for entry in entries if entry.kind in wanted]
    fitting = [(points, entry) for points, entry in scored if points]
    if not words.strip():
        best: Sequence[str] = _ORDER
    else:
        top = {kind: max((p for p, e in fitting if e.kind == kind), default=0) for kind in _ORDER}
        best = sorted(_ORDER, key=lambda kind: (-top[kind], _ORDER.index(kind)))
    result: list[Entry] = []
    for kind in best:
        of_kind = sorted(((p, e) for p, e in fitting if e.kind == kind), key=lambda pair: -pair[0])
        result.extend(entry for _, entry in of_kind)
    return result[:LIMIT]
