"""Seat plans on disk, and what applying one to an office would change. Blocking file work: off the GUI thread."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from office_studio import paths
from office_studio.core.office.model import Binding
from office_studio.core.office.seat_changes import Change, changes_to, whole_seating
from office_studio.core.office.seat_plan import (
    MAX_PLAN_BYTES,
    SeatPlan,
    SlotPlace,
    Unfit,
    carry,
    encode_plan,
    parse_plan,
    recast,
)
from office_studio.errors import OfficeStudioError, StorageError, UsageError

SUFFIX = ".seats.json"


@dataclass(frozen=True, slots=True)
class PreparedPlan:
    """A plan as this office and theme can have it, what that changes, and who did not fit."""

    plan: SeatPlan
    changes: tuple[Change, ...]
    unfit: tuple[Unfit, ...]


def prepare(
    plan: SeatPlan,
    rows: Iterable[Binding],
    agents: Mapping[str, str],
    places: Sequence[SlotPlace],
    theme_id: str,
    theme_name: str = "",
) -> PreparedPlan:
    """What applying ``plan`` to a theme changes; nothing is sent. Slots the plan does not name become empty.

    Args:
        agents: The user's agents, id -> name.
        places: Slots of the theme; none when the theme is not known, which only its own plans can do without.

    Raises:
        UsageError: THEME_SLOTS_UNKNOWN.
    """
    known = tuple(rows)
    ours = recast(plan, agents)
    if not places and plan.theme_id == theme_id:
        return PreparedPlan(ours.plan, changes_to(known, whole_seating(known, ours.plan.target)), ours.unfit)
    if not places:
        raise UsageError(
            "THEME_SLOTS_UNKNOWN",
            f"The seats of {theme_id} are not known, so a plan for {plan.theme_id} cannot be carried to it.",
            "Upload the theme to the office, or give its folder as --theme.",
        )
    there = carry(ours.plan, places, theme_id, theme_name)
    changes = changes_to(known, whole_seating(known, there.plan.target))
    return PreparedPlan(there.plan, changes, ours.unfit + there.unfit)


def read_plan(path: Path) -> SeatPlan:
    """The plan in a file.

    Raises:
        UsageError: SEAT_PLAN_NOT_FOUND, SEAT_PLAN_UNREADABLE, and what ``parse_plan`` raises.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_PLAN_BYTES + 1)
    except FileNotFoundError as exc:
        raise UsageError("SEAT_PLAN_NOT_FOUND", f"There is no file {path}.", "Check the name.", file=str(path)) from exc
    except (OSError, ValueError) as exc:
        reason = getattr(exc, "strerror", None) or exc
        words = f"{path} cannot be read: {reason}."
        raise UsageError("SEAT_PLAN_UNREADABLE", words, "Choose a file you may read.", file=str(path)) from exc
    return parse_plan(data, str(path))


def save_plan(plan: SeatPlan, path: Path) -> None:
    """Write the plan, all of it or nothing; a file of that name is replaced.

    Raises:
        StorageError: SEAT_PLAN_NOT_WRITTEN.
    """
    text = json.dumps(encode_plan(plan), ensure_ascii=False, indent=2) + "\n"
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".plan-")
        temporary = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        temporary.replace(path)
    except (OSError, ValueError) as exc:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        reason = getattr(exc, "strerror", None) or exc
        raise StorageError(
            "SEAT_PLAN_NOT_WRITTEN", f"{path} cannot be written: {reason}.", "Choose another place.", file=str(path)
        ) from exc


class SeatPlanStore:
    """The user's named plans, one file each in one folder."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @property
    def folder(self) -> Path:
        return self._folder if self._folder is not None else paths.data_dir() / "seat-plans"

    def names(self) -> tuple[str, ...]:
        """Names of the plans that can be read, in alphabetical order."""
        return tuple(sorted((plan.name for plan in self.plans()), key=str.casefold))

    def plans(self) -> tuple[SeatPlan, ...]:
        """Every plan that can be read; damaged files are passed over."""
        return self.contents()[0]

    def contents(self) -> tuple[tuple[SeatPlan, ...], tuple[Path, ...]]:
        """Every plan that can be read, by name, and the files that cannot."""
        found, damaged = [], []
        for path in sorted(self.folder.glob(f"*{SUFFIX}")) if self.folder.is_dir() else ():
            try:
                found.append(read_plan(path))
            except OfficeStudioError:
                damaged.append(path)
        return tuple(sorted(found, key=lambda plan: plan.name.casefold())), tuple(damaged)

    def load(self, name: str) -> SeatPlan:
        """Raises UsageError as ``read_plan``."""
        return read_plan(self._path(name))

    def save(self, plan: SeatPlan) -> None:
        """Keep the plan under its name; one of that name is replaced.

        Raises:
            UsageError: SEAT_PLAN_NAME, when it has none.
            StorageError: SEAT_PLAN_NOT_WRITTEN.
        """
        if not plan.name.strip():
            raise UsageError("SEAT_PLAN_NAME", "The plan has no name.", "Give it one.")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            words = f"{self.folder} cannot be made: {exc.strerror}."
            raise StorageError("SEAT_PLAN_NOT_WRITTEN", words, "Free the place.", file=str(self.folder)) from exc
        save_plan(plan, self._path(plan.name))

    def delete(self, name: str) -> None:
        """Forget a plan; harmless when there is none of that name."""
        self._path(name).unlink(missing_ok=True)

    def rename(self, old: str, new: str) -> SeatPlan:
        """The plan under its new name.

        Raises:
            UsageError: SEAT_PLAN_NAME_TAKEN, SEAT_PLAN_NAME, and what ``load`` raises.
            StorageError: SEAT_PLAN_NOT_WRITTEN; then it still has its old name.
        """
        new = new.strip()
        plan = self.load(old)
        if new == old:
            return plan
        if self._path(new).exists():
            raise UsageError("SEAT_PLAN_NAME_TAKEN", f"There is a plan “{new}” already.", "Choose another name.")
        renamed = replace(plan, name=new)
        self.save(renamed)
        self.delete(old)
        return renamed

    def _path(self, name: str) -> Path:
        # Names are free text; two that differ only in what a file name cannot hold must not meet.
        words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return self.folder / f"{words or 'plan'}-{digest}{SUFFIX}"
