"""Webhooks: the receiver of this window, its address, how it behaves, and everything that came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDoubleSpinBox, QFrame, QLineEdit, QStackedWidget, QWidget

from office_studio.errors import OfficeStudioError
from office_studio.services.officex.receiver_log import MAX_DELAY_S, Mode, Received
from office_studio.ui import formats
from office_studio.ui.make.library_page import Segments
from office_studio.ui.trade import market_words
from office_studio.ui.trade.market_page import PageHead
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.webhooks.receiver_answer import AnswerSheet
from office_studio.ui.trade.webhooks.receiver_details import ReceiverDetails
from office_studio.ui.trade.webhooks.receiver_host import receiver_host
from office_studio.ui.trade.webhooks.receiver_log import ReceiverModel, ReceiverTable
from office_studio.ui.widgets.basics import ElidingLabel, EmptyState, Glyph, Paragraph
from office_studio.ui.widgets.flow import FlowLayout
from office_studio.ui.widgets.layouts import button, frame, hbox, label, line, pad_spin, vbox

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

MODES = {"Normally": Mode.ANSWER, "Hang": Mode.HANG, "500": Mode.FAIL, "Redirect": Mode.REDIRECT,
         "Garbage": Mode.GARBAGE}  # fmt: skip
_TIPS = {
    Mode.ANSWER: "Within two seconds, as OfficeX wants it",
    Mode.HANG: "Takes the delivery and says nothing, until you choose something else",
    Mode.FAIL: "Answers 500: a server in trouble",
    Mode.REDIRECT: "Sends it elsewhere; OfficeX does not follow",
    Mode.GARBAGE: "Answers 200 with something that is no JSON",
}
_TROUBLE = "Deliveries are lost like this, and nothing is sold: OfficeX never sends one again."
_DETAILS_WIDTH = 340
_OFF = (
    "It hears of installs in the sandbox, proves their secrets, sells your themes and hands them over. A real shop "
    "needs a server of its own; this one is for trying."
)


class ReceiverPage(QFrame):
    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._studio, self._market = studio, market
        self.host = receiver_host(studio)
        self.sheet: AnswerSheet | None = None
        self.model = ReceiverModel(self._app_name)
        self.stop = button("Stop", glyph="stop")
        self.stop.setToolTip("Stop listening; what is being answered is finished")
        self.stop.clicked.connect(self.host.stop)
        self.clear = button("Clear the log", "ghost")
        self.clear.setToolTip("What came before is still not taken twice")
        self.clear.clicked.connect(self.clear_log)
        self._stack = QStackedWidget()
        self.setLayout(vbox(PageHead(market, "Webhooks", self.clear, self.stop), (self._stack, 1), spacing=0))

    def making(self) -> Iterator[None]:
        """Each part gets its place before it holds anything."""
        self._on, self._off, self._log = QWidget(), QWidget(), QStackedWidget()
        self._side, self._top = frame(edge="left"), frame()
        self._side.setFixedWidth(_DETAILS_WIDTH)
        self._stack.addWidget(self._on)
        self._stack.addWidget(self._off)
        self._on.setLayout(vbox(self._top, line(), (hbox((self._log, 1), self._side, spacing=0), 1), spacing=0))
        yield
        yield from self._build_top()
        self.view = ReceiverTable(self.model)
        self._log.addWidget(self.view)
        yield
        self.empty = self._nothing_yet()
        self._log.addWidget(self.empty)
        yield
        self.details = ReceiverDetails(self._app_name, self.replay)
        self._side.setLayout(vbox(self.details, spacing=0))
        yield from self.details.making()
        self._build_off()
        yield
        self.view.selectionModel().currentChanged.connect(lambda *_: self.details.show_entry(self.view.entry()))
        self.view.replay_requested.connect(self.replay_chosen)
        self.host.changed.connect(self.refresh)
        self.host.received.connect(self.show_log)
        self._market.account_changed.connect(self.refresh)
        self.refresh()

    def _build_top(self) -> Iterator[None]:
        self.who = label("", "strong")
        self.url = QLineEdit()
        self.url.setReadOnly(True)
        self.url.setAccessibleName("Address of the webhook")
        self.url.setProperty("role", "mono")
        self.copy = button("Copy", glyph="copy")
        self.copy.setToolTip("Copy the address  Ctrl+Shift+C")
        self.copy.clicked.connect(self.copy_url)
        yield
        self.modes = Segments(tuple(MODES), "Answers")
        for words, mode in MODES.items():
            self.modes.button_of(words).setToolTip(_TIPS[mode])
        self.modes.chosen.connect(self._on_mode)
        yield
        self.delay = QDoubleSpinBox()
        self.delay.setRange(0, MAX_DELAY_S)
        self.delay.setDecimals(1)
        self.delay.setSingleStep(0.5)
        self.delay.setSuffix(" s")
        self.delay.setFixedWidth(84)
        pad_spin(self.delay)
        self.delay.setAccessibleName("Delay before any answer")
        self.delay.valueChanged.connect(self._on_delay)
        self.context = button("Answer to installs…", glyph="key")
        self.context.setToolTip("The agent_context that every install gets")
        self.context.clicked.connect(self.edit_answer)
        self.warning, self._warned = ElidingLabel("", "small"), Glyph("warning", "warning", 16)
        switches = FlowLayout(spacing=8)
        for one in (label("Answers", "muted"), self.modes, label("after", "muted"), self.delay, self.context):
            one.setMinimumHeight(28)  # words stand in the middle of their line
            switches.addWidget(one)
        yield
        self._top.setLayout(vbox(
            hbox(Glyph("broadcast", "success", 18), self.who, (self.url, 1), self.copy, spacing=10),
            switches, hbox(self._warned, (self.warning, 1), spacing=8),
            margins=(20, 2, 20, 12), spacing=10,
        ))  # fmt: skip
        yield

    def _nothing_yet(self) -> EmptyState:
        to_publish = button("Publish a theme", glyph="tag")
        to_publish.clicked.connect(lambda: self._market.page_requested.emit("publish"))
        words = "Give an app this address, or publish a theme; then install it as somebody else."
        return EmptyState("broadcast", "Nothing has come yet", words, to_publish)

    def _build_off(self) -> None:
        self.start = button("Start the receiver", "primary", "broadcast")
        self.start.clicked.connect(lambda: self.host.start())
        self.off = EmptyState("broadcast", "The receiver is off", _OFF, self.start, width=400)
        self.problem = Paragraph("", "negative")
        self._off.setLayout(vbox((self.off, 1), hbox(None, self.problem, None, margins=(20, 0, 20, 30)), spacing=0))

    # -- showing -----------------------------------------------------------------------------------
    def refresh(self) -> None:
        host, listener = self.host, self.host.listener
        is_on = listener is not None
        self._stack.setCurrentWidget(self._on if is_on else self._off)
        self.stop.setVisible(is_on)
        self.clear.setVisible(is_on)
        reason = host.why_not()
        self.start.setEnabled(not reason and not host.is_starting)
        self.start.setToolTip(reason or "Listen on this computer")
        self.start.setText(" Starting…" if host.is_starting else " Start the receiver")
        title = "The receiver is for the sandbox" if reason else "The receiver is off"
        self.off.say("broadcast", title, f"{reason}." if reason else _OFF)
        self.problem.set_words(market_words.refusal(host.error) if host.error is not None else "")
        self.problem.setVisible(host.error is not None)
        if listener is not None:
            self.who.setText(f"Listening for {listener.choice.email}")
            self.url.setText(listener.receiver.url)
            self.url.setCursorPosition(0)
            self._show_switches()
        self.show_log()

    def show_log(self) -> None:
        log = self.host.log
        entries = log.entries() if log is not None else ()
        chosen = self.view.entry()
        self.model.show(entries)
        if entries and self.view.entry() is None:
            at = next((i for i, row in enumerate(self.model.rows) if chosen and row.number == chosen.number), 0)
            self.view.setCurrentIndex(self.model.index(at, 0))
        self.details.show_entry(self.view.entry())
        self._log.setCurrentWidget(self.view if entries else self.empty)
        self._side.setVisible(bool(entries))
        self.clear.setEnabled(bool(entries))

    def _show_switches(self) -> None:
        listener = self.host.listener
        if listener is None:
            return
        now = listener.receiver.switches
        self.modes.choose(next(words for words, mode in MODES.items() if mode is now.mode))
        if self.delay.value() != now.delay_s:
            self.delay.setValue(now.delay_s)
        many = f" ({formats.plural(len(now.context), 'key')})" if now.context else ""
        self.context.setText(f" Answer to installs{many}…")
        is_odd = now.mode is not Mode.ANSWER
        self._warned.setVisible(is_odd)
        self.warning.setVisible(is_odd)
        self.warning.setText(_TROUBLE if is_odd else "")

    def _app_name(self, app_id: str) -> str:
        data = self._market.data
        if not app_id:
            return ""
        return data.app_name(app_id) if data is not None and app_id in data.apps else app_id[:8]

    # -- acting ------------------------------------------------------------------------------------
    def copy_url(self) -> None:
        QApplication.clipboard().setText(self.host.url)
        self._studio.toast("Address copied", "Whoever has it can send deliveries here.", key="copied")

    def edit_answer(self) -> None:
        listener = self.host.listener
        if listener is not None:
            self.sheet = AnswerSheet(self._studio, listener.receiver.switches.context, self._on_context)

    def replay(self, entry: Received, is_same: bool) -> None:
        self.host.replay(entry, self._on_not_sent, is_same=is_same)

    def replay_chosen(self) -> None:
        entry = self.view.entry()
        if entry is not None:
            self.replay(entry, False)

    def clear_log(self) -> None:
        if self.host.log is not None:
            self.host.log.clear()
            self.show_log()

    def _on_not_sent(self, error: OfficeStudioError) -> None:
        self._studio.toast("Not sent again", market_words.refusal(error), tone="error", key="replay")

    def _on_mode(self, words: str) -> None:
        if self.host.listener is not None:
            self.host.listener.receiver.set_switches(mode=MODES[words])
            self._show_switches()

    def _on_delay(self, seconds: float) -> None:
        if self.host.listener is not None:
            self.host.listener.receiver.set_switches(delay_s=seconds)

    def _on_context(self, context: dict[str, str]) -> None:
        if self.host.listener is not None:
            self.host.listener.receiver.set_switches(context=context)
            self._show_switches()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if event.key() == Qt.Key.Key_C and event.modifiers() == both and self.host.listener is not None:
            self.copy_url()
        else:
            super().keyPressEvent(event)
