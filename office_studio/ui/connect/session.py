"""The connection of the window to one office: opens it, feeds the store, keeps the bindings fresh, tells what fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from office_studio.core.office.live import Connection, ConnectionState
from office_studio.core.office.model import Binding
from office_studio.errors import AuthError, OfficeStudioError
from office_studio.ui.bridge import FeedBridge
from office_studio.ui.connect.demo_office import DemoOffice
from office_studio.ui.connect.office_ref import DEMO, OfficeKind, OfficeRef
from office_studio.ui.jobs import Jobs, Scope
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.watch.status_history import StatusHistory

if TYPE_CHECKING:
    import asyncio

    from office_studio.services.feed_output import FeedUpdate
    from office_studio.services.http import Credentials
    from office_studio.services.live_feed import LiveFeed
    from office_studio.services.office_client import OfficeClient

Result = TypeVar("Result")
_log = logging.getLogger(__name__)
_LAST_WORDS_S = 4.0  # for the end of a change of seats when the office is left
BINDINGS_PERIOD_MS = 4_000  # so that, with the time of a call, what others change is seen within 5 s


class OfficeSession(QObject):
    """One office at a time. All methods on the GUI thread; the work happens on the service loop.

    Signals:
        office_changed(OfficeRef | None)
        failed(OfficeStudioError): the office could not be opened.
        ready(): client and token are there; calls can be made.
        bindings_read(): the office has told who sits where; the store has it, whether it changed or not.
        demo_progress(str): what the demo office is doing while it starts.
    """

    office_changed = Signal(object)
    failed = Signal(object)
    ready = Signal()
    bindings_read = Signal()
    demo_progress = Signal(str)

    def __init__(self, store: OfficeStore, history: StatusHistory, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._history, self._jobs = store, history, jobs
        self._bridge = FeedBridge(self._on_update, self)
        self._scope: Scope = jobs.scope()
        self._feed: LiveFeed | None = None
        self.demo = DemoOffice(jobs)
        self.office: OfficeRef | None = None
        self.client: OfficeClient | None = None
        self.credentials: Credentials | None = None
        self.theme_id = ""
        self.url = ""
        self.events_received = 0
        self._bindings_asked, self._bindings_taken = 0, 0
        self._polling = QTimer(self, interval=BINDINGS_PERIOD_MS)
        self._polling.timeout.connect(self.refresh_bindings)
        self._is_watched = True
        self._writing: set[asyncio.Task[Any]] = set()  # touched on the service loop only
        store.connection_changed.connect(self._poll_while_useful)
        store.staleness_changed.connect(self._on_staleness_changed)

    @property
    def scope(self) -> Scope:
        """Jobs of the present office; ends with it."""
        return self._scope

    @property
    def is_demo(self) -> bool:
        return self.office is not None and self.office.kind is OfficeKind.DEMO

    @property
    def bridge(self) -> FeedBridge:
        return self._bridge

    # -- opening and leaving -----------------------------------------------------------------------
    def open(self, office: OfficeRef) -> None:
        """Leave the present office and connect to ``office``; news arrives in the store."""
        self._leave()
        self.office = office
        self.office_changed.emit(office)
        self._say(ConnectionState.CONNECTING, "Connecting to the office.")
        if office.kind is OfficeKind.DEMO:
            self.demo_progress.emit("Starting the demo office")
            self._scope.run(self.demo.start, self._on_demo_started, self._on_failed)
        else:
            self._connect(office)

    def open_demo(self) -> None:
        self.open(DEMO)

    def leave(self) -> None:
        if self.office is not None:
            self._leave()
            self.office = None
            self.office_changed.emit(None)
        self._say(ConnectionState.OFFLINE, "Not connected.")

    def retry(self) -> None:
        """Try at once, whatever the link waits for."""
        feed = self._feed
        if feed is not None:

            async def kick() -> None:
                feed.reconnect_now()

            self._scope.run(kick)
        elif self.office is not None:
            self.open(self.office)

    def close(self) -> None:
        self._leave()

    # -- bindings ----------------------------------------------------------------------------------
    def set_theme(self, theme_id: str) -> None:
        """Bindings belong to a theme: show those of this one."""
        if theme_id != self.theme_id:
            self.theme_id = theme_id
            self._store.set_bindings(())
            self.refresh_bindings()

    def set_watched(self, is_watched: bool) -> None:
        """Whether anybody can see the seats; changes by others are not asked for while nobody can."""
        if is_watched != self._is_watched:
            self._is_watched = is_watched
            if is_watched:
                self.refresh_bindings()
            self._poll_while_useful()

    def note_write(self) -> None:
        """Seats are being changed: what was read before is old when it arrives after."""
        self._bindings_taken = self._bindings_asked

    async def write(self, make: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Await ``make()`` on the service loop; leaving the office lets it clean up before the client closes."""
        import asyncio

        task = asyncio.current_task()
        assert task is not None
        self._writing.add(task)
        try:
            return await make()
        finally:
            self._writing.discard(task)

    def refresh_bindings(self) -> None:
        client, theme_id = self.client, self.theme_id
        if client is None or not theme_id:
            return
        self._bindings_asked += 1
        number = self._bindings_asked

        def take(rows: tuple[Binding, ...]) -> None:
            if theme_id == self.theme_id and number > self._bindings_taken:
                self._bindings_taken = number
                self._store.set_bindings(rows)
                self.bindings_read.emit()

        self._scope.run(lambda: client.bindings(theme_id), take, lambda error: _log.info("bindings: %s", error.message))

    # -- inside ------------------------------------------------------------------------------------
    def _poll_while_useful(self, *_: object) -> None:
        is_useful = self._is_watched and self.client is not None and self._store.is_reachable
        if is_useful != self._polling.isActive():
            self._polling.start() if is_useful else self._polling.stop()

    def _leave(self) -> None:
        self._scope.close()
        self._scope = self._jobs.scope()
        self._bridge.forget()
        self._feed, self.client, self.credentials, self.url = None, None, None, ""
        self._polling.stop()
        self.events_received = 0
        self._history.clear()
        self._store.clear()

    def _on_demo_started(self, address: tuple[str, str]) -> None:
        url, token = address
        self.demo_progress.emit("")
        assert self.office is not None
        self._connect(OfficeRef(OfficeKind.DEMO, url, self.office.name, token))

    def _connect(self, office: OfficeRef) -> None:
        sink = self._bridge.sink()
        self.url = office.url

        async def follow() -> None:
            import asyncio

            from office_studio.services.http import Credentials
            from office_studio.services.live_feed import LiveFeed
            from office_studio.services.office_client import OfficeClient

            token = office.token or await asyncio.to_thread(_known_token, office.url)
            credentials = Credentials(token)
            async with OfficeClient(office.url, credentials) as client:
                feed = LiveFeed(client, sink=sink)
                self._jobs.post(lambda: self._on_ready(scope, client, credentials, feed))
                try:
                    await feed.run()
                finally:
                    if self._writing:  # half a swap is put back on this client before it closes
                        await asyncio.wait(tuple(self._writing), timeout=_LAST_WORDS_S)

        scope = self._scope
        scope.run(follow, failed=self._on_failed)

    def _on_ready(self, scope: Scope, client: OfficeClient, credentials: Credentials, feed: LiveFeed) -> None:
        if not scope.is_open:
            return
        self.client, self.credentials, self._feed = client, credentials, feed
        self._scope.run(client.agents, self._on_own_agents, self._on_own_agents_failed)
        self.refresh_bindings()
        self._poll_while_useful()
        self.ready.emit()

    def _on_own_agents(self, rows: tuple[Any, ...]) -> None:
        self._store.set_known_agents({row.id: row.name for row in rows})

    def _on_own_agents_failed(self, error: OfficeStudioError) -> None:
        _log.info("own agents: %s", error.message)

    def _on_failed(self, error: OfficeStudioError) -> None:
        self.demo_progress.emit("")
        state = ConnectionState.REFUSED if isinstance(error, AuthError) else ConnectionState.OFFLINE
        self._say(state, error.message, error.hint)
        self.failed.emit(error)

    def _say(self, state: ConnectionState, message: str, hint: str = "") -> None:
        self._store.set_connection(Connection(state, self._store.now_ms(), message=message, hint=hint))

    def _on_update(self, update: FeedUpdate) -> None:
        if update.connection is not None:
            self._store.set_connection(update.connection)
        for agent in update.agents:
            if not agent.is_foreign:
                self._history.note(agent.id, agent.status.value, self._store.now_ms(), agent.status_since_ms)
        self.events_received = update.events_received
        if update.reset:
            self._store.replace_agents(update.agents)
            if update.events_received == 0:
                self._refresh_own_agents()
        elif update.agents or update.removed:
            for agent_id in update.removed:
                self._history.note_gone(agent_id, self._store.now_ms())
            self._store.merge_agents(update.agents, update.removed)

    def _refresh_own_agents(self) -> None:
        if self.client is not None:
            self._scope.run(self.client.agents, self._on_own_agents, self._on_own_agents_failed)

    def _on_staleness_changed(self, is_stale: bool) -> None:
        at = self._store.connection.last_news_ms if is_stale else None
        self._history.note_link(not is_stale, at or self._store.now_ms())
        if not is_stale:
            self.refresh_bindings()


def _known_token(url: str) -> str | None:
    """Token of an office: an office of this computer tells its own, any other is looked up in the keyring. Blocks."""
    from office_studio.services import local_offices
    from office_studio.services.secrets import SecretStore

    local = local_offices.find(url)
    return local.token if local is not None else SecretStore().get(url)
