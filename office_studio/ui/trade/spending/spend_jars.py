"""A coin jar for each open reservation, at the agent it is for. Pure functions, no drawing."""

from __future__ import annotations

from office_studio.core.officex.limits import NEVER
from office_studio.core.officex.wire import ReservationView
from office_studio.ui import formats
from office_studio.ui.render.jar_looks import Jar
from office_studio.ui.trade import market_words
from office_studio.ui.trade.market_data import Snapshot
from office_studio.ui.trade.spending import spend
from office_studio.ui.trade.spending.spend_moves import jar_id


def jars_of(data: Snapshot | None, bound: dict[str, str], names: dict[str, str], *, is_old: bool = False) -> list[Jar]:
    """A jar for each open reservation, oldest first.

    Args:
        bound: Install -> agent, as the user said; what a reservation says itself counts more (contract, section 21).
        names: Of agents, by id.
        is_old: Whether OfficeX does not answer, so that things may be otherwise by now.
    """
    if data is None:
        return []
    found = sorted(data.open_reservations, key=lambda one: (one.created_ms or 0, one.reservation_id, one.install_id))
    return [_jar(one, agent_of(one, bound), data, names, is_old) for one in found]


def agent_of(one: ReservationView, bound: dict[str, str]) -> str:
    """Who it is held for: metadata, else the binding, else nobody. Never guessed."""
    said = one.metadata.get("agent_id")
    return said if isinstance(said, str) and said else bound.get(one.install_id, spend.SHARED)


def _jar(one: ReservationView, agent_id: str, data: Snapshot, names: dict[str, str], is_old: bool) -> Jar:
    used, whole = market_words.short(one.settled), market_words.short(one.amount)
    who = f"for {names.get(agent_id, agent_id)}" if agent_id else "for nobody in particular: shared"
    install = data.install(one.install_id)
    since = f"job {one.job_id}, since {formats.moment(one.created_ms)}"
    lines = [
        f"{data.app_name(one.app_id)} holds {market_words.amount(one.amount)} {who}",
        f"{used} used, {market_words.short(one.remaining)} left in it",
        since,
    ]
    if install is not None:
        until = install.limits.allowed_until
        lines.append(
            "may charge for ever" if until == NEVER else f"may charge until {formats.moment(until * 1000)}; "
            "what is held stays held until the app settles it"
        )  # fmt: skip
    if is_old:
        lines.append(f"{formats.as_of(data.at_ms)}: OfficeX is not reached")
    lines.append("Click for what it has taken so far")
    # Names come from strangers, and tool tips take markup.
    tip = "\n".join(lines).replace("<", "‹").replace(">", "›")
    level = one.remaining / one.amount if one.amount else 0.0
    owner = names.get(agent_id, agent_id)[:16] if agent_id else "shared"
    return Jar(jar_id(one), agent_id, level, f"{used}/{whole}", tip, owner, is_old)
