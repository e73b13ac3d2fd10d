"""Chat: conversations at the left, what is said in the middle, words that come as they are written, and Stop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QStackedWidget,
    QWidget,
)

from office_studio.core.officex.wire import ThreadView
from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.icons import icon
from office_studio.ui.trade import market_words
from office_studio.ui.trade.chat.chat_figures import ChatFigures
from office_studio.ui.trade.chat.chat_moments import as_csv, moments_of
from office_studio.ui.trade.chat.chat_talk import ChatTalk, Said
from office_studio.ui.trade.chat.chat_timeline import TracerTimeline
from office_studio.ui.trade.confirm_sheet import ConfirmSheet
from office_studio.ui.trade.market_page import PageHead
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.wallet import ledger_export
from office_studio.ui.widgets.basics import Chip, ElidingLabel, EmptyState, Glyph
from office_studio.ui.widgets.header import Picker
from office_studio.ui.widgets.layouts import button, frame, hbox, label, tool, vbox

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_GLYPHS = {"thinking": "spinner-gap", "calling_app": "puzzle-piece", "writing": "chat-circle"}
_MOST_SHOWN = 200  # messages of one conversation


class ChatPage(QFrame):
    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._studio, self._market = studio, market
        self.sheet: ConfirmSheet | None = None
        self.talk = ChatTalk(market, self)
        self.figures = ChatFigures(studio, market, self.talk)
        self.timeline = TracerTimeline()
        self._related: list[ThreadView] = []  # of the tracer
        self._wanted_tracer = ""  # asked for from the office
        self.threads = QListWidget()
        self.threads.setFrameShape(QFrame.Shape.NoFrame)
        self.threads.setAccessibleName("Conversations")
        self.threads.setIconSize(QSize(16, 16))
        self.threads.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.threads.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.new, self.delete = (
            button("New conversation", glyph="plus"),
            tool("trash", "Delete conversation", "mini", 14),
        )
        self.tracer, self.export = Chip(), tool("download-simple", "Export the timeline as CSV…")
        self.export.clicked.connect(self.export_timeline)
        self.ask_path: Callable[[str], str] = self._ask_path
        self.words = Transcript()
        self.input = QPlainTextEdit()
        self.input.setPlaceholderText("Ask the assistant. Enter sends, Shift+Enter begins a line.")
        self.input.setAccessibleName("Your message")
        self.input.setFixedHeight(68)
        self.input.setTabChangesFocus(True)
        self.input.installEventFilter(self)
        self.send = button("Send", "primary")
        self.apps = AppPicker(market)
        self._status_glyph, self.status = Glyph("chat-circle", "accent", 14), ElidingLabel("", "small-muted")
        self.empty = EmptyState("chat-circle", "Nothing said yet", "The assistant may use the apps you choose below.")
        self._middle = QStackedWidget()
        self._middle.addWidget(self.empty)
        self._middle.addWidget(self.words)
        self._arrange()
        self._connect()
        self.talk.begin_anew()
        self._read_threads()

    def _arrange(self) -> None:
        column = frame(
            vbox(
                hbox((self.new, 0), None, self.delete, margins=(20, 0, 12, 8)),
                (hbox(self.threads, margins=(8, 0, 8, 8)), 1),
                spacing=0,
            ),
            edge="right",
        )
        column.setFixedWidth(260)
        below = hbox(self.apps, self._status_glyph, (self.status, 1), self.send)
        foot = vbox(self.timeline, self.input, below, margins=(20, 8, 20, 16))
        talk = QWidget()
        talk.setLayout(vbox((self._middle, 1), foot, spacing=0))
        self.setLayout(
            vbox(
                PageHead(self._market, "Chat", self.tracer, self.export),
                (hbox(column, (talk, 1), spacing=0), 1),
                spacing=0,
            )
        )

    def _connect(self) -> None:
        self.new.clicked.connect(self.begin_anew)
        self.delete.clicked.connect(self.ask_to_delete)
        self.send.clicked.connect(self.send_or_stop)
        self.input.textChanged.connect(self._refresh)
        self.threads.itemClicked.connect(self._open)
        self.threads.itemActivated.connect(self._open)
        self.talk.changed.connect(self._refresh)
        self.talk.status_changed.connect(lambda _state, _words: self._refresh())
        self.talk.status_changed.connect(lambda _state, _words: self._show_timeline())
        self.talk.read.connect(self._read_related)
        self.talk.thread_found.connect(lambda _thread: self._read_threads())
        self._market.account_changed.connect(self._on_account)
        self._market.data_changed.connect(self.apps.refresh)
        self._market.data_changed.connect(self._show_timeline)

    # -- saying ------------------------------------------------------------------------------------
    def send_or_stop(self) -> None:
        if self.talk.is_talking:
            self.talk.cancel()
            return
        words = self.input.toPlainText().strip()
        if words:
            office = self._studio.session.office
            self.input.clear()
            self.talk.say(words, apps=self.apps.chosen, project_id=office.key[:200] if office is not None else "")

    def begin_anew(self) -> None:
        self.talk.begin_anew()
        self.threads.setCurrentItem(None)
        self.input.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.input and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                if not self.talk.is_talking:
                    self.send_or_stop()
                return True
            if event.key() == Qt.Key.Key_Escape and self.talk.is_talking:
                self.talk.cancel()
                return True
        return False

    def _refresh(self) -> None:
        talk = self.talk
        self.words.show_said(talk.said, is_open=talk.is_talking)
        self._middle.setCurrentWidget(self.words if talk.said else self.empty)
        self.send.setText("Stop" if talk.is_talking else "Send")
        self.send.setToolTip("Stop  Esc" if talk.is_talking else "Send  Enter")
        self.send.setEnabled(talk.is_talking or bool(self.input.toPlainText().strip()))
        self._status_glyph.setVisible(talk.is_talking)
        self._status_glyph.set_glyph(_GLYPHS.get(talk.state, "chat-circle"))
        self.status.setText(talk.status)
        self.tracer.setVisible(bool(talk.said and talk.tracer_id))
        tip = "The tracer: ties together what this conversation causes, here and in the apps"
        self.tracer.set_fact("Tracer", detail=talk.tracer_id, glyph="link-simple", tip=tip)

    # -- timeline ----------------------------------------------------------------------------------
    def _read_related(self) -> None:
        """Other conversations of the same cause."""
        tracer_id, self._related = self.talk.tracer_id, []
        self._show_timeline()
        if tracer_id:
            self._market.run(
                lambda client: client.threads(tracer_id=tracer_id),
                lambda found: self._on_related(tracer_id, found),
                lambda _error: None,
            )

    def _on_related(self, tracer_id: str, found: list[ThreadView]) -> None:
        if tracer_id == self.talk.tracer_id:
            self._related = found
            self._show_timeline()

    def _show_timeline(self) -> None:
        talk, store = self.talk, self._studio.store
        agents = [agent for each in self.figures.agents if (agent := store.agent(each)) is not None]
        found = moments_of(talk.tracer_id, talk.moments, self._market.data, self._related, talk.thread_id, agents)
        self.timeline.show_moments(found)
        self.export.setEnabled(bool(found))

    def show_tracer(self, tracer_id: str) -> None:
        """The newest conversation of a tracer with its timeline; an empty one of the same cause where there is none.

        An answer that is under way is not broken off for it.
        """
        if tracer_id == self.talk.tracer_id or self.talk.is_talking:
            return
        self._wanted_tracer = tracer_id
        self._market.run(
            lambda client: client.threads(tracer_id=tracer_id),
            lambda found: self._on_tracer(tracer_id, found), self._not_read,
        )  # fmt: skip

    def _on_tracer(self, tracer_id: str, found: list[ThreadView]) -> None:
        if tracer_id != self._wanted_tracer or self.talk.is_talking:
            return
        if not found:
            self.talk.begin_anew(tracer_id)
            return
        newest = max(found, key=lambda one: one.updated_ms or 0).thread_id
        rows = (self.threads.item(row) for row in range(self.threads.count()))
        self.threads.setCurrentItem(next((i for i in rows if i.data(Qt.ItemDataRole.UserRole) == newest), None))
        self.talk.open_thread(newest)

    def export_timeline(self) -> None:
        """What the timeline shows, a line each."""
        path = self.ask_path(f"{self.talk.tracer_id or 'conversation'}.csv")
        if not path:
            return
        target = Path(path) if Path(path).suffix else Path(path).with_suffix(".csv")
        text = as_csv(self.talk.tracer_id, self.timeline.moments)
        self._market.scope.run_blocking(
            lambda: ledger_export.write_text(target, text, "The timeline"),
            lambda _path: self._studio.toast("Timeline exported", target.name, key="chat"),
            lambda error: self._studio.toast("Timeline not exported", formats.sentences(error.message, error.hint),
                                             tone="error", key="chat"),
        )  # fmt: skip

    def _ask_path(self, name: str) -> str:
        return QFileDialog.getSaveFileName(self, "Export the timeline", name, "Comma-separated values (*.csv)")[0]

    def _on_account(self) -> None:
        self.talk.begin_anew()
        self.threads.clear()
        self._read_threads()

    # -- conversations -----------------------------------------------------------------------------
    def _read_threads(self) -> None:
        self._market.run(lambda client: client.threads(), self._show_threads, self._not_read)

    def _show_threads(self, found: list[ThreadView]) -> None:
        self.threads.clear()
        for one in found:
            title = " ".join(one.title.split()) or "Without a title"
            item = QListWidgetItem(icon("chat-circle"), title)
            item.setData(Qt.ItemDataRole.UserRole, one.thread_id)
            item.setToolTip(
                f"{title}\n{formats.plural(one.message_count, 'message')} · {formats.moment(one.updated_ms)}"
            )
            self.threads.addItem(item)
            if one.thread_id == self.talk.thread_id:
                self.threads.setCurrentItem(item)
        self.delete.setEnabled(bool(found))

    def _not_read(self, error: OfficeStudioError) -> None:
        self._studio.toast("Conversations not read", market_words.refusal(error), tone="error", key="chat")

    def _open(self, item: QListWidgetItem) -> None:
        thread_id = item.data(Qt.ItemDataRole.UserRole)
        if thread_id != self.talk.thread_id:
            self.talk.open_thread(thread_id)

    def ask_to_delete(self) -> None:
        item = self.threads.currentItem()
        if item is None:
            return
        thread_id, words = (
            str(item.data(Qt.ItemDataRole.UserRole)),
            "All that was said in it goes, here and at OfficeX.",
        )

        async def act(client: object) -> None:
            await client.delete_thread(thread_id)  # type: ignore[attr-defined]

        self.sheet = ConfirmSheet(
            self._studio, "Delete this conversation?", words, "Delete conversation", act, "Deleted", destroys=True
        )
        self.sheet.closed.connect(self._after_delete)

    def _after_delete(self) -> None:
        item = self.threads.currentItem()
        self._read_threads()
        if item is not None and item.data(Qt.ItemDataRole.UserRole) == self.talk.thread_id and not self.talk.is_talking:
            self.talk.open_thread(self.talk.thread_id)


class AppPicker(Picker):
    """Which installed apps the assistant may use: none at first, since calls may cost."""

    def __init__(self, market: MarketSession) -> None:
        super().__init__("No apps", "puzzle-piece", "Apps the assistant may use")
        self._market = market
        self._ids: set[str] = set()
        self._menu = QMenu(self)
        self.setMenu(self._menu)
        self._menu.aboutToShow.connect(self._fill)
        self.refresh()

    @property
    def chosen(self) -> list[str] | bool:
        """For ``include_apps``."""
        return sorted(self._ids) if self._ids else False

    def choose(self, app_id: str, is_on: bool) -> None:
        (self._ids.add if is_on else self._ids.discard)(app_id)
        self.refresh()

    def refresh(self) -> None:
        data = self._market.data
        if data is not None:
            self._ids &= {one.app_id for one in data.installs}
        names = [data.app_name(app_id) for app_id in sorted(self._ids)] if data is not None else []
        words = names[0] if len(names) == 1 else formats.plural(len(names), "app") if names else "No apps"
        self.set_words(words)
        self.setToolTip("Apps the assistant may use; what they charge counts against their limits")

    def _fill(self) -> None:
        self._menu.clear()
        data = self._market.data
        for one in data.installs if data is not None else ():
            entry = self._menu.addAction(data.app_name(one.app_id) if data is not None else "")
            entry.setCheckable(True)
            entry.setChecked(one.app_id in self._ids)
            entry.toggled.connect(lambda is_on, app_id=one.app_id: self.choose(app_id, is_on))
        if self._menu.isEmpty():
            self._menu.addAction("No app is installed").setEnabled(False)


class Transcript(QScrollArea):
    """What was said, newest last; it follows the end unless somebody scrolled away from it."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lines: list[_Line] = []
        body = QWidget()
        body.setProperty("level", "clear")
        self._column = vbox(None, spacing=12, margins=(20, 8, 20, 8))
        body.setLayout(self._column)
        self.setWidget(body)
        self._is_at_end = True
        bar = self.verticalScrollBar()
        bar.valueChanged.connect(lambda value: setattr(self, "_is_at_end", value >= bar.maximum() - 4))
        bar.rangeChanged.connect(lambda _low, high: bar.setValue(high) if self._is_at_end else None)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Text and note of each message."""
        return [(line.text.text(), line.note.text()) for line in self._lines if not line.isHidden()]

    def show_said(self, said: list[Said], *, is_open: bool) -> None:
        said = said[-_MOST_SHOWN:]
        while len(self._lines) < len(said):
            self._lines.append(_Line())
            self._column.insertWidget(self._column.count() - 1, self._lines[-1])
        for at, line in enumerate(self._lines):
            line.setVisible(at < len(said))
            if at < len(said):
                line.show_said(said[at], is_open=is_open and at == len(said) - 1)


class _Line(QFrame):
    def __init__(self) -> None:
        super().__init__()
        self._who, self.text, self.note = label("", "overline"), QLabel(), label("", "small-muted")
        self.text.setTextFormat(Qt.TextFormat.PlainText)  # a model wrote it: no markup of its own
        self.text.setWordWrap(True)
        self.note.setWordWrap(True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setLayout(vbox(self._who, self.text, self.note, spacing=4, margins=(14, 10, 14, 10)))

    def show_said(self, said: Said, *, is_open: bool) -> None:
        is_mine = said.role == "user"
        if self.property("level") != ("card" if is_mine else "clear"):
            self.setProperty("level", "card" if is_mine else "clear")
            self.style().unpolish(self)
            self.style().polish(self)
        self._who.setText("YOU" if is_mine else "ASSISTANT")
        words = said.text or ("…" if is_open else "")
        if words != self.text.text():
            self.text.setText(words)
        self.text.setVisible(bool(words))
        self.note.setText(said.note)
        self.note.setVisible(bool(said.note))
