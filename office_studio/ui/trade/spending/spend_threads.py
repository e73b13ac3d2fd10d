"""Which agents a tracer joins: those for whom its jobs are held or were charged, and those who talk. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from office_studio.core.officex.wire import LedgerEntry, ReservationView
from office_studio.ui import formats
from office_studio.ui.render.thread_layer import Thread
from office_studio.ui.trade import market_words
from office_studio.ui.trade.market_data import Snapshot
from office_studio.ui.trade.spending import spend

TRACER = "tracer:"  # begins the ids of threads
MOST = 6  # at a time; more would be a web


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation that is being answered. ``agents``: whose apps it may use, as the user bound them."""

    tracer_id: str = ""
    agents: tuple[str, ...] = ()


def threads_of(
    data: Snapshot | None, bound: Mapping[str, str], names: Mapping[str, str], talk: Talk | None = None
) -> list[Thread]:
    """A thread for each tracer that is at work now and joins two agents or more, the newest first.

    At work is what has an open reservation, and the conversation that is being answered.
    """
    talk = talk or Talk()
    tracers: dict[str, int] = {talk.tracer_id: 1 << 62} if talk.tracer_id else {}
    for one in data.open_reservations if data is not None else ():
        tracer = spend_tracer(one)
        if tracer:
            tracers[tracer] = max(tracers.get(tracer, 0), one.created_ms or 0)
    newest = sorted(tracers, key=lambda one: (-tracers[one], one))
    found = [_thread(tracer, data, bound, names, talk if tracer == talk.tracer_id else Talk()) for tracer in newest]
    return [one for one in found if len(one.agents) > 1][:MOST]


def spend_tracer(one: ReservationView | LedgerEntry) -> str:
    """The tracer that a charge names (contract, section 17.3); "" for none."""
    said = one.metadata.get("tracer_id")
    return said if isinstance(said, str) else ""


def _thread(
    tracer: str, data: Snapshot | None, bound: Mapping[str, str], names: Mapping[str, str], talk: Talk
) -> Thread:
    charges = _charges(tracer, data)
    agents = [_agent(one, bound) for one in charges] + list(talk.agents)
    whole = tuple(dict.fromkeys(agent for agent in agents if agent))
    lines = [formats.sentence_list(names.get(agent, agent) for agent in whole) + " work on the same thing"]
    if data is not None and charges:
        apps = dict.fromkeys(data.app_name(one.app_id) for one in charges)
        jobs = {(one.install_id, one.job_id) for one in charges}
        spent = sum(spend.spent_of(one) for one in data.entries if (one.install_id, one.job_id) in jobs)
        held = sum(one.remaining for one in data.open_reservations if (one.install_id, one.job_id) in jobs)
        lines.append(
            f"{formats.sentence_list(apps)}: {market_words.amount(spent)} spent, {market_words.short(held)} held"
        )
    lines += ["A conversation asks for it now"] if talk.tracer_id else []
    lines += [f"Tracer {tracer}", "Click for its timeline"]
    tip = "\n".join(lines).replace("<", "‹").replace(">", "›")
    return Thread(f"{TRACER}{tracer}", whole, tip)


def _charges(tracer: str, data: Snapshot | None) -> list[ReservationView | LedgerEntry]:
    """Reservations and their entries that name the tracer, oldest first."""
    if data is None:
        return []
    known: Iterable[ReservationView | LedgerEntry] = (*data.reservations, *data.entries)
    found = [one for one in known if spend_tracer(one) == tracer]
    return sorted(found, key=lambda one: (one.created_ms or 0, one.job_id))


def _agent(one: ReservationView | LedgerEntry, bound: Mapping[str, str]) -> str:
    """Metadata, else the user's binding, else nobody. Never guessed."""
    said = one.metadata.get("agent_id")
    return said if isinstance(said, str) and said else bound.get(one.install_id, "")
