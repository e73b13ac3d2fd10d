"""What a plan or auto-assign would change, as lines to read before anything is sent. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from office_studio.core.office.model import Binding
from office_studio.core.office.seat_changes import Change, Labels, Names, seated, seated_after
from office_studio.ui import formats


@dataclass(frozen=True, slots=True)
class Proposal:
    """Changes worked out from the present rows.

    Attributes:
        unfit: Who gets no seat, by name, and why.
        why: Agent id -> why it gets that seat, for the line of it.
        problem: Why nothing can be proposed, in words; "" when something can.
    """

    changes: tuple[Change, ...] = ()
    unfit: tuple[tuple[str, str], ...] = ()
    why: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list: a head when ``glyph`` is empty. ``agent_id`` where one is shown with its picture."""

    words: str
    note: str = ""
    glyph: str = ""
    role: str = "text_muted"
    agent_id: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens to whom, by agent id; slots as they were and will be."""

    moved: tuple[tuple[str, int, int], ...]
    seated: tuple[tuple[str, int], ...]
    losing: tuple[tuple[str, int], ...]
    staying: int

    @property
    def count(self) -> int:
        return len(self.moved) + len(self.seated) + len(self.losing)


def effect_of(rows: Iterable[Binding], changes: Sequence[Change]) -> Effect:
    known = tuple(rows)
    if not changes:
        return Effect((), (), (), len(set(seated(known).values())))
    before = {who: slot for slot, who in seated(known).items()}
    after = {who: slot for slot, who in seated_after(known, changes).items()}
    moved = sorted((after[who], who) for who in before if who in after and after[who] != before[who])
    new = sorted((slot, who) for who, slot in after.items() if who not in before)
    gone = sorted((slot, who) for who, slot in before.items() if who not in after)
    staying = sum(after.get(who) == slot for who, slot in before.items())
    return Effect(
        tuple((who, before[who], slot) for slot, who in moved),
        tuple((who, slot) for slot, who in new),
        tuple((who, slot) for slot, who in gone),
        staying,
    )


def summary(effect: Effect, unfit: int) -> str:
    """The verdict before the list: "3 move, 2 get a seat, 1 loses its seat, 4 stay." """
    plural = [
        (len(effect.moved), "moves", "move"),
        (len(effect.seated), "gets a seat", "get a seat"),
        (len(effect.losing), "loses its seat", "lose their seats"),
        (unfit, "does not fit", "do not fit"),
        (effect.staying, "stays", "stay"),
    ]
    parts = [f"{formats.quantity(n)} {one if n == 1 else many}" for n, one, many in plural if n]
    if not effect.count:
        rest = f" {parts[0].capitalize()}." if unfit and parts else ""
        return f"Everybody sits there already.{rest}" if effect.staying else f"Nothing to change.{rest}"
    words = ", ".join(parts)
    return f"{words[:1].upper()}{words[1:]}."


def lines_of(effect: Effect, proposal: Proposal, name: Names, label: Labels) -> tuple[Line, ...]:
    why = proposal.why
    found: list[Line] = []

    def group(head: str, lines: Iterable[Line]) -> None:
        made = list(lines)
        if made:
            found.extend((Line(f"{head} {formats.quantity(len(made))}"), *made))

    group(
        "Lose their seat",
        (Line(name(who), f"leaves {label(slot)}", "user-minus", "warning", who) for who, slot in effect.losing),
    )
    group("Do not fit", (Line(who, reason, "warning-circle", "warning") for who, reason in proposal.unfit))
    group(
        "Move",
        (
            Line(name(who), f"{label(old)} → {label(new)}", "arrows-left-right", "accent", who)
            for who, old, new in effect.moved
        ),
    )
    group(
        "Get a seat",
        (
            Line(name(who), _seat(label, slot, why.get(who, "")), "armchair", "success", who)
            for who, slot in effect.seated
        ),
    )
    return tuple(found)


def report_lines(
    failures: Iterable[tuple[Change, str]],
    remaining: Sequence[Change],
    lost: Mapping[str, int],
    say: Callable[[Change], str],
    name: Names,
    label: Labels,
) -> tuple[Line, ...]:
    """What was not done, and why: first whoever has no seat because of it."""
    found: list[Line] = []
    if lost:
        found.append(Line("Without a seat now"))
        found += [Line(name(who), f"had {label(slot)}", "user-minus", "error", who) for who, slot in lost.items()]
    failed = list(failures)
    if failed:
        found.append(Line(f"Not done {formats.quantity(len(failed))}"))
        found += [Line(say(change), reason, "x-circle", "error", change.agent_id) for change, reason in failed]
    if remaining:
        found.append(Line(f"Not tried {formats.quantity(len(remaining))}"))
        found += [Line(say(change), "", "minus-circle", "text_muted", change.agent_id) for change in remaining]
    return tuple(found)


def _seat(label: Labels, slot: int, why: str) -> str:
    return f"{label(slot)} · {why}" if why else label(slot)
