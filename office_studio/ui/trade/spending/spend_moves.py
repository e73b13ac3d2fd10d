"""What happened to jars between two readings: sips, final settles, cancellations. Pure functions, no Qt."""

from __future__ import annotations

from collections.abc import Sequence

from office_studio.core.officex.reservations import ReservationStatus
from office_studio.core.officex.wire import LedgerEntry, ReservationView
from office_studio.ui.render.jar_layer import Move, MoveKind
from office_studio.ui.trade.market_data import Snapshot

_BACK = frozenset({"REFUND", "CANCEL"})


def jar_id(one: ReservationView) -> str:
    """The id of a reservation's jar: ids of reservations alone are those of jobs, which two apps may share."""
    return f"{one.install_id}/{one.reservation_id}"


def moves_of(before: Snapshot | None, after: Snapshot | None) -> list[Move]:
    """Of all that was open before, in the order in which it was told."""
    if before is None or after is None or before.profile.user_id != after.profile.user_id:
        return []
    now = {jar_id(one): one for one in after.reservations}
    fresh = _fresh(before, after)
    found: list[Move] = []
    for one in before.open_reservations:
        found += [Move(kind, jar_id(one)) for kind in _moves(one, now.get(jar_id(one)), fresh)]
    return found


def _moves(one: ReservationView, now: ReservationView | None, fresh: Sequence[LedgerEntry]) -> list[MoveKind]:
    if now is not None and now.is_open:
        return [MoveKind.SIP] if now.settled > one.settled else []
    if now is not None:
        back = [MoveKind.BACK] if now.refunded > one.refunded else []
        return [MoveKind.SETTLE, *back] if now.status == ReservationStatus.COMPLETED.value else back
    # Once nothing is held, reservations are not asked for: the ledger says how it ended.
    kinds = {entry.type for entry in fresh if (entry.install_id, entry.job_id) == (one.install_id, one.job_id)}
    closed = [MoveKind.SETTLE] if "SETTLE" in kinds else []
    return [*closed, *([MoveKind.BACK] if kinds & _BACK else [])]


def _fresh(before: Snapshot, after: Snapshot) -> list[LedgerEntry]:
    """Entries that were not there before; newest first."""
    newest = before.entries[0].log_id if before.entries else ""
    found: list[LedgerEntry] = []
    for entry in after.entries:
        if entry.log_id == newest:
            break
        found.append(entry)
    return found
