"""How a deed ended: from what the writer reports to what the history says. No Qt."""

from __future__ import annotations

from office_studio.core.office.model import Binding
from office_studio.core.office.seat_changes import Labels, Names, seated
from office_studio.errors import ConflictError, OfficeStudioError
from office_studio.services.binding_writer import WriteReport
from office_studio.ui import formats
from office_studio.ui.assign.deeds import EntryState, SeatConflict, deed_of
from office_studio.ui.assign.write_queue import WriteJob


def settle(
    job: WriteJob, outcome: WriteReport | OfficeStudioError, now_ms: int, name: Names, label: Labels
) -> tuple[Binding, ...] | None:
    """Note in the job's entry how it ended. Returns the rows of the office, None when they are not known."""
    entry = job.entry
    if isinstance(outcome, OfficeStudioError):
        if isinstance(outcome, ConflictError) and outcome.code == "ASSIGNMENT_OUTDATED":
            return _conflict(job, outcome, now_ms)
        entry.state, entry.error, entry.reason = EntryState.FAILED, outcome, outcome.message
        return None
    _report(job, outcome, name, label)
    return outcome.rows


def _conflict(job: WriteJob, error: ConflictError, now_ms: int) -> tuple[Binding, ...]:
    rows: tuple[Binding, ...] = error.details["bindings"]
    slots: tuple[int, ...] = error.details["slots"]
    after = job.deed.after
    # First the seat the user spoke of: where somebody was to be put, not where that one came from.
    ordered = tuple(sorted(slots, key=lambda slot: (after.get(slot) is None, slot)))
    job.entry.conflict = SeatConflict(ordered, rows, now_ms)
    job.entry.state, job.entry.reason = EntryState.CONFLICT, "Another window changed it."
    return rows


def _report(job: WriteJob, report: WriteReport, name: Names, label: Labels) -> None:
    entry = job.entry
    entry.done = sum(change.calls for change in report.done)
    entry.failures = tuple((failure.change, failure.error.message) for failure in report.failed)
    entry.remaining = tuple(change for change in report.remaining if not change.is_aside)
    entry.gone = dict(report.adrift)  # who may have lost a seat is looked for when the office answers (doubts.py)
    if report.is_complete:
        entry.state = EntryState.SAVED
        return
    first = report.stopped_by or (report.failed[0].error if report.failed else None)
    lost = _lost(report, name, label)
    if not report.done:
        entry.state = EntryState.FAILED
        entry.error = first or OfficeStudioError("ASSIGNMENT_CANCELLED", "Cancelled before anything was changed.")
        entry.reason = formats.sentences(entry.error.message, lost or _as_it_was(job, report))
        return
    count = len(report.failed) + len(entry.remaining)
    entry.state = EntryState.PARTLY if count or lost else EntryState.SAVED
    entry.error = first
    why = "Cancelled." if report.was_cancelled else first.message if first is not None and count else ""
    undone = f"{formats.plural(count, 'change')} not done." if count else ""
    entry.reason = formats.sentences(undone, why, lost)
    entry.deed = deed_of(job.base, report.done, entry.deed.title)


def _lost(report: WriteReport, name: Names, label: Labels) -> str:
    """Who had a seat, should have one, and has none: the one thing that must never go unsaid."""
    words = [f"{name(agent_id)} has lost {label(slot)}" for agent_id, slot in report.adrift.items()]
    words += [f"{name(agent_id)} may have lost {label(slot)}" for agent_id, slot in report.in_doubt.items()]
    return f"{formats.sentence_list(words)}." if words else ""


def _as_it_was(job: WriteJob, report: WriteReport) -> str:
    """After half a swap was undone the user is told so."""
    was_swap = any(change.calls > 1 for change in job.changes)
    return "Both sit where they sat." if was_swap and seated(report.rows or ()) == dict(job.expected) else ""
