"""The user's seat plans as the window knows them. Files are read and written on a thread of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from office_studio.core.office.seat_plan import SeatPlan
from office_studio.errors import OfficeStudioError
from office_studio.services.seat_plans import SeatPlanStore, read_plan, save_plan
from office_studio.ui.jobs import Jobs

Then = Callable[[SeatPlan], None]


class PlanShelf(QObject):
    """Signals:
    changed(): the plans differ.
    failed(str what, OfficeStudioError): "Plan not saved".
    """

    changed = Signal()
    failed = Signal(str, object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None, store: SeatPlanStore | None = None) -> None:
        super().__init__(parent)
        self._scope = jobs.scope()
        self._store = store or SeatPlanStore()
        self.plans: tuple[SeatPlan, ...] = ()
        self.damaged: tuple[Path, ...] = ()
        self.is_read = False

    def plan(self, name: str) -> SeatPlan | None:
        return next((plan for plan in self.plans if plan.name == name), None)

    def free_name(self, wanted: str) -> str:
        """The name, with a number behind it when a plan has it already."""
        return _free_name(wanted, {plan.name for plan in self.plans})

    def refresh(self) -> None:
        self._scope.run_blocking(self._store.contents, self._take, lambda error: self.failed.emit("Plans", error))

    def save(self, plan: SeatPlan, then: Then = lambda _plan: None) -> None:
        """Keep it under its name; one of that name is replaced."""
        self._write("Plan not saved", lambda: self._saved(plan), then)

    def rename(self, old: str, new: str, then: Then = lambda _plan: None) -> None:
        self._write("Plan not renamed", lambda: self._store.rename(old, new), then)

    def delete(self, plan: SeatPlan, then: Then = lambda _plan: None) -> None:
        def delete() -> SeatPlan:
            self._store.delete(plan.name)
            return plan

        self._write("Plan not deleted", delete, then)

    def export(self, plan: SeatPlan, path: Path, then: Then = lambda _plan: None) -> None:
        def export() -> SeatPlan:
            save_plan(plan, path)
            return plan

        self._write("Plan not exported", export, then)

    def import_file(self, path: Path, then: Then = lambda _plan: None) -> None:
        """Add the plan of a file; it gets another name when a plan has its own already."""

        def add() -> SeatPlan:
            plan = read_plan(path)
            wanted = plan.name.strip() or path.name.split(".")[0]
            known = {one.name: one for one in self._store.contents()[0]}
            plan = replace(plan, name=wanted)
            return plan if known.get(wanted) == plan else self._saved(replace(plan, name=_free_name(wanted, known)))

        self._write("Plan not imported", add, then)

    def close(self) -> None:
        self._scope.close()

    def _saved(self, plan: SeatPlan) -> SeatPlan:
        self._store.save(plan)
        return plan

    def _write(self, what: str, work: Callable[[], SeatPlan], then: Then) -> None:
        def both() -> tuple[SeatPlan, tuple[tuple[SeatPlan, ...], tuple[Path, ...]]]:
            return work(), self._store.contents()

        def done(result: tuple[SeatPlan, tuple[tuple[SeatPlan, ...], tuple[Path, ...]]]) -> None:
            self._take(result[1])
            then(result[0])

        def failed(error: OfficeStudioError) -> None:
            self.failed.emit(what, error)

        self._scope.run_blocking(both, done, failed)

    def _take(self, contents: tuple[tuple[SeatPlan, ...], tuple[Path, ...]]) -> None:
        is_new = contents != (self.plans, self.damaged) or not self.is_read
        self.plans, self.damaged = contents
        self.is_read = True
        if is_new:
            self.changed.emit()


def _free_name(wanted: str, taken: Collection[str]) -> str:
    found, number = wanted, 2
    while found in taken:
        found, number = f"{wanted} {number}", number + 1
    return found
