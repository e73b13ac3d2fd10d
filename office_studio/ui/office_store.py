"""What the window knows of the connected office. The one place panels read from, and the one selection they share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from office_studio.core.office.live import Connection, ConnectionState, LiveAgent
from office_studio.core.office.model import Agent, AgentStatus, Binding

# In these states the picture is news of now; in all others it is of ``Connection.last_news_ms``.
_FRESH = frozenset({ConnectionState.LIVE, ConnectionState.QUIET, ConnectionState.POLLING})


def wall_clock_ms() -> int:
    return time.time_ns() // 1_000_000


class OfficeStore(QObject):
    """Agents, connection, bindings and selection. Lives on the GUI thread; only the session writes to it.

    Signals:
        agents_reset(): everything about the agents may differ (another office, a reconnect).
        agents_changed(frozenset[str] changed, frozenset[str] removed): ids.
        connection_changed(Connection)
        staleness_changed(bool): whether the picture is old news.
        bindings_changed()
        selection_changed(str): id of the selected agent, "" for none.
    """

    agents_reset = Signal()
    agents_changed = Signal(object, object)
    connection_changed = Signal(object)
    staleness_changed = Signal(bool)
    bindings_changed = Signal()
    selection_changed = Signal(str)

    def __init__(self, parent: QObject | None = None, clock_ms: Callable[[], int] = wall_clock_ms) -> None:
        super().__init__(parent)
        self.now_ms = clock_ms
        self._live: dict[str, LiveAgent] = {}
        self._absent: dict[str, LiveAgent] = {}  # the user's agents that are not in the office now
        self._known: dict[str, str] = {}
        self._connection = Connection(ConnectionState.OFFLINE, clock_ms())
        self._bindings: tuple[Binding, ...] = ()
        self._selected = ""

    # -- reading -----------------------------------------------------------------------------------
    @property
    def live_agents(self) -> Mapping[str, LiveAgent]:
        """Agents the office reports."""
        return MappingProxyType(self._live)

    def agents(self) -> dict[str, LiveAgent]:
        """Agents the office reports, then the user's others, which are offline."""
        return self._live | self._absent

    def agent(self, agent_id: str) -> LiveAgent | None:
        return self._live.get(agent_id) or self._absent.get(agent_id)

    def knows(self, agent_id: str) -> bool:
        """Whether the agent is in the office, or one of the user's."""
        return agent_id in self._live or agent_id in self._known

    def name(self, agent_id: str) -> str:
        found = self.agent(agent_id)
        return found.agent.name if found is not None and found.agent.name else self._known.get(agent_id, agent_id[:8])

    @property
    def connection(self) -> Connection:
        return self._connection

    @property
    def is_stale(self) -> bool:
        return self._connection.state not in _FRESH

    @property
    def is_connected(self) -> bool:
        return self._connection.state in _FRESH

    @property
    def is_reachable(self) -> bool:
        """Whether the office answers, if only that nobody is there yet."""
        return self.is_connected or self._connection.state is ConnectionState.WAITING

    @property
    def bindings(self) -> tuple[Binding, ...]:
        return self._bindings

    def slot_of(self, agent_id: str) -> int | None:
        return next((row.slot_index for row in self._bindings if row.agent_id == agent_id), None)

    def occupant(self, slot: int) -> str | None:
        return next((row.agent_id for row in self._bindings if row.slot_index == slot), None)

    @property
    def selected(self) -> str:
        return self._selected

    def counts(self) -> dict[str, int]:
        """Number of the user's agents per status."""
        found = {status.value: 0 for status in AgentStatus}
        for agent in (*self._live.values(), *self._absent.values()):
            if not agent.is_foreign:
                found[agent.status.value] += 1
        return found

    # -- writing -----------------------------------------------------------------------------------
    def replace_agents(self, agents: Iterable[LiveAgent]) -> None:
        self._live = {agent.id: agent for agent in agents}
        self._refresh_absent()
        self.agents_reset.emit()
        if self._selected and self.agent(self._selected) is None:
            self.select("")

    def merge_agents(self, agents: Iterable[LiveAgent], removed: Iterable[str] = ()) -> None:
        changed = set()
        for agent in agents:
            self._live[agent.id] = agent
            self._absent.pop(agent.id, None)
            changed.add(agent.id)
        gone = {agent_id for agent_id in removed if self._live.pop(agent_id, None) is not None}
        for agent_id in gone & self._known.keys():
            self._absent[agent_id] = _absent_agent(agent_id, self._known[agent_id])
        stays = gone & self._absent.keys()
        self.agents_changed.emit(frozenset(changed | stays), frozenset(gone - stays))
        if self._selected in gone - stays:
            self.select("")

    def set_known_agents(self, names: Mapping[str, str]) -> None:
        """The user's agents, id -> name; those the office does not report are shown as offline."""
        if names == self._known:
            return
        self._known = dict(names)
        self._refresh_absent()
        self.agents_reset.emit()

    def set_connection(self, connection: Connection) -> None:
        if connection == self._connection:
            return
        was_stale = self.is_stale
        self._connection = connection
        self.connection_changed.emit(connection)
        if self.is_stale != was_stale:
            self.staleness_changed.emit(self.is_stale)

    def set_bindings(self, bindings: Iterable[Binding]) -> None:
        found = tuple(sorted(bindings, key=lambda row: row.slot_index))
        if found != self._bindings:
            self._bindings = found
            self.bindings_changed.emit()

    def select(self, agent_id: str) -> None:
        if agent_id != self._selected and (not agent_id or self.agent(agent_id) is not None):
            self._selected = agent_id
            self.selection_changed.emit(agent_id)

    def clear(self) -> None:
        """Forget the office; the next one starts empty."""
        self._live, self._absent, self._known, self._bindings = {}, {}, {}, ()
        self.select("")
        self.agents_reset.emit()
        self.bindings_changed.emit()

    def _refresh_absent(self) -> None:
        self._absent = {
            agent_id: _absent_agent(agent_id, name)
            for agent_id, name in self._known.items()
            if agent_id not in self._live
        }


def _absent_agent(agent_id: str, name: str) -> LiveAgent:
    agent = Agent(agent_id, name or agent_id[:8], AgentStatus.OFFLINE, online=False)
    return LiveAgent(agent=agent, status=AgentStatus.OFFLINE, status_since_ms=None)
