"""What is remembered of the seats of one theme in one office: pinned agents, rules of auto-assign, the plan in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from office_studio.core.office.auto_assign import Rule, parse_rule
from office_studio.errors import OfficeStudioError
from office_studio.ui.settings_box import SettingsBox

MAX_RULES = 20


@dataclass(frozen=True, slots=True)
class SeatMemory:
    """``plan``: name of the plan that was saved or applied last, "" for none."""

    pins: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()
    plan: str = ""


def recall(settings: SettingsBox, office: str, theme_id: str) -> SeatMemory:
    """What was kept; anything that cannot be read counts as not kept."""
    kept = settings.now.seating.get(_key(office, theme_id))
    if not isinstance(kept, Mapping):
        return SeatMemory()
    plan = kept.get("plan")
    pins = frozenset(one for one in _list(kept, "pins") if isinstance(one, str))
    return SeatMemory(pins, tuple(_rules(_list(kept, "rules"))), plan if isinstance(plan, str) else "")


def remember(settings: SettingsBox, office: str, theme_id: str, memory: SeatMemory) -> None:
    key = _key(office, theme_id)
    seating = {at: what for at, what in settings.now.seating.items() if at != key}
    if memory != SeatMemory():
        rules = [str(rule) for rule in memory.rules]
        seating[key] = {"pins": sorted(memory.pins), "rules": rules, "plan": memory.plan}
    settings.change(lambda now: replace(now, seating=seating))


def _key(office: str, theme_id: str) -> str:
    return f"{office} {theme_id}"


def _list(kept: Mapping[str, Any], key: str) -> list[Any]:
    value = kept.get(key)
    return value if isinstance(value, list) else []


def _rules(texts: list[Any]) -> list[Rule]:
    found = []
    for text in texts[:MAX_RULES]:
        try:
            found.append(parse_rule(str(text)))
        except OfficeStudioError:
            continue
    return found
