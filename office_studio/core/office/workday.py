"""A believable working day as a pure script: the same random seed gives the same day.

Spells (work, a huddle of two to four, idle, stuck, away) have lengths in real seconds; the wanted event rate only
sets how densely a busy agent reports. Times are milliseconds since the script began; nothing here reads a clock.
"""

from __future__ import annotations

import heapq
import random as random_module
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from office_studio.core.office import workplace

MAX_GAP_MS = 20_000  # a busy agent speaks more often than this, or the office would think it idle
DAY_MS = 9 * 3_600_000
LUNCH_MS = (3 * 3_600_000, 4 * 3_600_000)  # since the day began
_OPENING_MS = 1_500  # by then the whole cast has come in


@dataclass(frozen=True, slots=True)
class ScriptedEvent:
    """One event to send: ``agent`` is the index of its agent, ``at_ms`` counts from the start of the script."""

    at_ms: int
    agent: int
    type: str
    session_id: str
    data: Mapping[str, Any]


class _Spell(Enum):
    AWAY = "away"
    IDLE = "idle"
    WORK = "work"
    HUDDLE = "huddle"
    STUCK = "stuck"


_BUSY = frozenset({_Spell.WORK, _Spell.HUDDLE})

# Share of agents wanted in each spell, and how long one lasts in seconds.
_SHARES = {_Spell.WORK: 0.46, _Spell.HUDDLE: 0.24, _Spell.IDLE: 0.19, _Spell.STUCK: 0.08, _Spell.AWAY: 0.03}
_LENGTHS_S = {
    _Spell.WORK: (40, 180),
    _Spell.HUDDLE: (45, 140),
    _Spell.IDLE: (25, 120),
    _Spell.STUCK: (20, 110),
    _Spell.AWAY: (30, 120),
}


@dataclass(slots=True)
class _Worker:
    index: int
    model: tuple[str, str]
    spell: _Spell = _Spell.AWAY
    until_ms: int = 0
    session_id: str = ""
    session_from_ms: int = 0
    run_from_ms: int = 0
    sessions: int = 0
    messages: int = 0
    job: workplace.Job = workplace.JOBS[0]
    step: int = 0
    lead: int | None = None  # in a huddle: whose sub-agent it is; the lead itself has its own index
    child_session: str = ""
    queue: deque[tuple[str, dict[str, Any]]] = field(default_factory=deque)
    turn: int = 0  # invalidates what was scheduled for an earlier spell


class Workday:
    """Endless script of an office. Iterate it for events in order of time."""

    def __init__(self, random: random_module.Random, agents: int, rate: float) -> None:
        """``rate``: events a second wanted of the whole office, > 0."""
        self._random = random
        self._rate = rate
        self._workers = [_Worker(i, random.choice(workplace.MODELS)) for i in range(agents)]
        self._heap: list[tuple[int, int, int, int]] = []  # (at, order, worker, turn)
        self._order = 0
        self._busy = 0  # workers in a spell of _BUSY
        self._out: list[ScriptedEvent] = []
        self._quiet_from_ms = self._quiet_until_ms = 0
        self._plan_quiet(60_000)

    def __iter__(self) -> Iterator[ScriptedEvent]:
        self._open()
        yield from self._take()
        while self._heap:
            at_ms, _, index, turn = heapq.heappop(self._heap)
            worker = self._workers[index]
            if turn == worker.turn:
                self._step(worker, at_ms)
                yield from self._take()

    # -- spells ------------------------------------------------------------------------------------------
    def _open(self) -> None:
        """Let the cast come in within two seconds: most at work, a huddle, some idle, one stuck."""
        count = len(self._workers)
        order = self._random.sample(self._workers, count)
        gap_ms = _OPENING_MS / max(1, count)
        for place, worker in enumerate(order):
            self._start_session(worker, int(place * gap_ms * 0.6))
        at_ms = int(_OPENING_MS * 0.6)
        stuck = order[:1] if count >= 4 else []
        huddle = order[1 : 1 + min(4, max(2, count // 4))] if count >= 5 else []
        idle = order[1 + len(huddle) : 1 + len(huddle) + count // 5] if count >= 5 else []
        for place, worker in enumerate([w for w in order if w not in huddle]):
            start_ms = at_ms + int(place * gap_ms * 0.4)
            spell = _Spell.STUCK if worker in stuck else _Spell.IDLE if worker in idle else _Spell.WORK
            self._enter(worker, spell, start_ms)
        if huddle:
            self._huddle(huddle[0], huddle[1:], at_ms)

    def _step(self, worker: _Worker, at_ms: int) -> None:
        if at_ms >= worker.until_ms:
            self._leave(worker, at_ms)
            return
        if not worker.queue:
            self._plan_work(worker)
        type_name, data = worker.queue.popleft()
        self._emit(worker, at_ms, type_name, data)
        self._schedule(worker, min(worker.until_ms, at_ms + self._gap_ms()))

    def _enter(self, worker: _Worker, spell: _Spell, at_ms: int) -> None:
        self._busy += (spell in _BUSY) - (worker.spell in _BUSY)
        worker.spell = spell
        worker.turn += 1
        worker.until_ms = at_ms + self._length_ms(spell, at_ms)
        if spell is _Spell.AWAY:
            self._end_session(worker, at_ms)
        elif spell is _Spell.IDLE:
            self._emit(worker, at_ms, "agent_end", {"durationMs": at_ms - worker.run_from_ms})
            worker.run_from_ms = at_ms
        elif spell is _Spell.STUCK:
            self._get_stuck(worker, at_ms)
        if spell in _BUSY:
            self._take_job(worker)
            # Spread over one gap, so that agents who begin together do not speak in step.
            self._schedule(worker, min(worker.until_ms, at_ms + int(self._gap_ms() * self._random.random())))
        else:
            self._schedule(worker, worker.until_ms)

    def _leave(self, worker: _Worker, at_ms: int) -> None:
        if worker.spell is _Spell.HUDDLE:
            if worker.lead == worker.index:
                self._end_huddle(worker, at_ms)
            else:
                self._schedule(worker, at_ms + self._gap_ms())  # the lead ends it
            return
        if worker.spell is _Spell.AWAY:
            self._start_session(worker, at_ms)
        elif worker.spell in (_Spell.IDLE, _Spell.STUCK):
            self._message_in(worker, at_ms)
        elif self._random.random() < 0.6:
            self._message_out(worker, at_ms)
        if worker.spell is not _Spell.WORK:
            self._enter(worker, _Spell.WORK, at_ms)
            return
        spell = self._choose(at_ms)
        if spell is _Spell.HUDDLE:
            helpers = self._helpers(worker)
            if helpers:
                self._huddle(worker, helpers, at_ms)
                return
            spell = _Spell.WORK
        self._enter(worker, spell, at_ms)

    def _choose(self, at_ms: int) -> _Spell:
        """The next spell after work: the more a spell lacks agents, the likelier it is."""
        count = len(self._workers)
        level = self._level(at_ms)
        weights = {}
        for spell, share in _SHARES.items():
            wanted = share * count * ((2.5 - 1.5 * level) if spell in (_Spell.IDLE, _Spell.AWAY) else level)
            lacking = wanted - sum(1 for one in self._workers if one.spell is spell)
            weights[spell] = max(0.02 * share, lacking)
        # One who has just worked goes on only now and then: a new task.
        weights[_Spell.WORK] *= 0.3
        return self._random.choices(list(weights), list(weights.values()))[0]

    def _huddle(self, lead: _Worker, helpers: list[_Worker], at_ms: int) -> None:
        self._enter(lead, _Spell.HUDDLE, at_ms)
        lead.lead = lead.index
        for place, helper in enumerate(helpers):
            self._enter(helper, _Spell.HUDDLE, at_ms)
            helper.lead, helper.job, helper.until_ms = lead.index, lead.job, lead.until_ms
            helper.step = place + 1  # each has its own part of the job
            helper.queue.clear()
            helper.child_session = f"{lead.session_id}:sub-{helper.index}-{lead.turn}"
            data = {"parentSessionKey": lead.session_id, "label": lead.job.label, "mode": "run"}
            self._emit(helper, at_ms + 40 * (place + 1), "subagent_start", data, helper.child_session)

    def _end_huddle(self, lead: _Worker, at_ms: int) -> None:
        for helper in self._workers:
            if helper.lead == lead.index and helper is not lead and helper.spell is _Spell.HUDDLE:
                data = {"parentSessionKey": lead.session_id, "outcome": "ok", "reason": "done"}
                self._emit(helper, at_ms, "subagent_end", data, helper.child_session)
                helper.lead = None
                self._enter(helper, _Spell.IDLE if self._random.random() < 0.3 else _Spell.WORK, at_ms)
        lead.lead = None
        self._enter(lead, _Spell.WORK, at_ms)

    def _helpers(self, lead: _Worker) -> list[_Worker]:
        free = [one for one in self._workers if one is not lead and one.spell in (_Spell.IDLE, _Spell.WORK)]
        wanted = self._random.choices((1, 2, 3), (5, 3, 1))[0]
        return self._random.sample(free, min(wanted, len(free)))

    # -- events ------------------------------------------------------------------------------------------
    def _start_session(self, worker: _Worker, at_ms: int) -> None:
        worker.sessions += 1
        worker.session_id = f"agent:{worker.index}:{self._random.randrange(16**8):08x}"
        worker.session_from_ms = worker.run_from_ms = at_ms
        worker.messages = 0
        self._emit(worker, at_ms, "session_start", {})

    def _end_session(self, worker: _Worker, at_ms: int) -> None:
        data = {"messageCount": worker.messages, "durationMs": at_ms - worker.session_from_ms}
        self._emit(worker, at_ms, "session_end", data)

    def _get_stuck(self, worker: _Worker, at_ms: int) -> None:
        trouble = self._random.choice(workplace.TROUBLES)
        if trouble.tool:
            self._emit(worker, at_ms, "tool_call", {"toolName": trouble.tool, "durationMs": self._duration_ms()})
            data = {"toolName": trouble.tool, "durationMs": self._duration_ms(), "error": trouble.text}
            self._emit(worker, at_ms, "tool_result", data)
            self._emit(worker, at_ms, "agent_error", {"error": trouble.text, "toolName": trouble.tool})
        else:
            data = {"error": trouble.text, "durationMs": at_ms - worker.run_from_ms}
            self._emit(worker, at_ms, "agent_error", data)

    def _message_in(self, worker: _Worker, at_ms: int) -> None:
        worker.messages += 1
        worker.run_from_ms = at_ms
        data = {"from": self._random.choice(workplace.PEOPLE), "channelId": self._random.choice(workplace.CHANNELS)}
        self._emit(worker, at_ms, "message_in", data)

    def _message_out(self, worker: _Worker, at_ms: int) -> None:
        worker.messages += 1
        data = {"to": self._random.choice(workplace.PEOPLE), "success": True, "channelId": "arinova"}
        self._emit(worker, at_ms, "message_out", data)

    def _take_job(self, worker: _Worker) -> None:
        worker.job = self._random.choice(workplace.JOBS)
        worker.step = 0
        worker.queue.clear()
        self._plan_work(worker)

    def _plan_work(self, worker: _Worker) -> None:
        """One turn of a run: the tools the model asked for, then the next model call."""
        model, provider = worker.model
        tools = worker.job.tools
        for _ in range(self._random.choice((1, 1, 2, 3))):
            tool = tools[worker.step % len(tools)]
            worker.step += 1
            worker.queue.append(("tool_call", {"toolName": tool, "durationMs": self._duration_ms()}))
        usage = self._usage()
        worker.queue.append(("llm_input", {"model": model, "provider": provider}))
        worker.queue.append(("llm_output", {"model": model, "provider": provider, "usage": usage}))

    def _usage(self) -> dict[str, int]:
        fresh = int(self._random.lognormvariate(7.6, 0.7))
        cached = int(self._random.lognormvariate(9.2, 0.6))
        output = int(self._random.lognormvariate(5.8, 0.8))
        written = fresh // 2
        total = fresh + cached + written + output
        return {"input": fresh, "output": output, "cacheRead": cached, "cacheWrite": written, "total": total}

    def _duration_ms(self) -> int:
        return int(self._random.lognormvariate(6.6, 1.1)) + 3

    def _emit(
        self, worker: _Worker, at_ms: int, type_name: str, data: dict[str, Any], session_id: str | None = None
    ) -> None:
        self._out.append(ScriptedEvent(at_ms, worker.index, type_name, session_id or worker.session_id, data))

    def _take(self) -> list[ScriptedEvent]:
        out, self._out = sorted(self._out, key=lambda event: event.at_ms), []
        return out

    # -- time --------------------------------------------------------------------------------------------
    def _schedule(self, worker: _Worker, at_ms: int) -> None:
        self._order += 1
        heapq.heappush(self._heap, (at_ms, self._order, worker.index, worker.turn))

    def _gap_ms(self) -> int:
        mean_ms = 1000 * max(1, self._busy) / self._rate
        return max(1, min(MAX_GAP_MS, round(mean_ms * self._random.uniform(0.5, 1.5))))

    def _length_ms(self, spell: _Spell, at_ms: int) -> int:
        low, high = _LENGTHS_S[spell]
        length_ms = self._random.randint(low * 1000, high * 1000)
        return int(length_ms * (2 - self._level(at_ms))) if spell is _Spell.IDLE else length_ms

    def _level(self, at_ms: int) -> float:
        """How busy the office is, 0 to 1: lower at lunch and in quiet spells of a minute or so."""
        if LUNCH_MS[0] <= at_ms % DAY_MS < LUNCH_MS[1]:
            return 0.35
        if at_ms >= self._quiet_until_ms:
            self._plan_quiet(at_ms)
        return 0.5 if at_ms >= self._quiet_from_ms else 1.0

    def _plan_quiet(self, at_ms: int) -> None:
        self._quiet_from_ms = at_ms + self._random.randint(6 * 60_000, 14 * 60_000)
        self._quiet_until_ms = self._quiet_from_ms + self._random.randint(45_000, 90_000)
