"""The right panel: everything known of the selected agent, or the totals of the office when none is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QStackedWidget, QWidget

from office_studio.core.office.live import LiveAgent
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.portraits import Portraits
from office_studio.ui.theming import theme
from office_studio.ui.watch import inspector_text as words
from office_studio.ui.watch.activity_list import ActivityList
from office_studio.ui.watch.charts import MinuteBars
from office_studio.ui.watch.office_totals import OfficeTotalsView
from office_studio.ui.widgets.basics import (
    AgentChip,
    Chip,
    ElidingLabel,
    Glyph,
    PanelHeader,
    Paragraph,
    Portrait,
    Section,
)
from office_studio.ui.widgets.flow import FlowLayout
from office_studio.ui.widgets.layouts import button, frame, hbox, label, tool, vbox, wide

_REFRESH_MS = 100  # a busy agent changes faster than anybody reads
_CLOCK_MS = 1_000


class InspectorPanel(QFrame):
    """Signals:
    jump_requested(str): another agent was clicked.
    find_requested(str): show the agent in the scene.
    assign_requested(str): choose a slot for the agent.
    """

    jump_requested = Signal(str)
    find_requested = Signal(str)
    assign_requested = Signal(str)

    def __init__(self, store: OfficeStore, portraits: Portraits) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._store, self._portraits = store, portraits
        self.slot_label = lambda _agent_id: None
        self._shown = ""
        self.header = PanelHeader("Inspector")
        self.totals = OfficeTotalsView(store)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.totals)
        self._stack.addWidget(self._build_agent())
        self._foot = self._build_foot()
        self.setLayout(vbox(self.header, (self._stack, 1), self._foot, spacing=0))
        self._later = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._later.timeout.connect(self.refresh)
        self._clock = QTimer(self, interval=_CLOCK_MS)
        self._clock.timeout.connect(self.refresh)
        store.selection_changed.connect(self.refresh)
        store.agents_changed.connect(self._on_agents_changed)
        store.agents_reset.connect(self._soon)
        store.bindings_changed.connect(self._soon)
        store.connection_changed.connect(self._soon)
        portraits.changed.connect(self._soon)
        self.refresh()

    # -- building ----------------------------------------------------------------------------------
    def _build_agent(self) -> QWidget:
        self._portrait = Portrait(44)
        self._name, self._subtitle = ElidingLabel("", "title"), ElidingLabel("", "small-muted")
        self._find = tool("crosshair", "Find in scene  F", "mini", 16)
        self._find.clicked.connect(lambda: self.find_requested.emit(self._shown))
        self._status = Chip()
        self._why = Paragraph("", "small-muted")
        names = vbox(self._name, self._subtitle, spacing=1)
        top = hbox(self._portrait, (names, 1), self._find, spacing=12)
        self._head = QWidget()
        self._head.setLayout(vbox(top, hbox(self._status, None), self._why, margins=(12, 2, 12, 12), spacing=8))
        parts = (self._head, self._task(), self._tokens(), self._session(), self._partners(), self._activity())
        body = QWidget()
        body.setProperty("level", "clear")
        body.setLayout(vbox(*parts, None, spacing=0))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return area

    def _task(self) -> Section:
        self._task_words = Paragraph()
        self._tool = ElidingLabel("", "mono")
        self._tool_row = QWidget()
        self._tool_row.setLayout(hbox(Glyph("terminal-window", "text_muted", 15), (self._tool, 1), spacing=6))
        return Section("Task", _padded(vbox(self._task_words, self._tool_row, spacing=6)))

    def _tokens(self) -> Section:
        self._bars = MinuteBars(words.BARS)
        columns = hbox(spacing=4)
        self._figures: list[QLabel] = []
        for title, _ in words.token_columns(None):
            figure = label()
            figure.setFont(theme().font("body", "medium", numeric=True))
            self._figures.append(figure)
            columns.addLayout(vbox(label(title, "micro"), figure, spacing=1), 1)
        extra = label(f"per minute, {words.BARS} min", "micro")
        return Section("Tokens", _padded(vbox(self._bars, columns, spacing=8)), extra)

    def _session(self) -> Section:
        self._session_words, self._model = ElidingLabel("", "small"), ElidingLabel("", "small")
        rows = vbox(_fact("Session", self._session_words), _fact("Model", self._model), spacing=6)
        return Section("Session", _padded(rows))

    def _partners(self) -> Section:
        self._partner_ids: tuple[tuple[str, str, str], ...] = ()
        self._partner_row = FlowLayout(spacing=6)
        box = QWidget()
        self._partner_row.setContentsMargins(12, 0, 12, 12)
        box.setLayout(self._partner_row)
        self._partner_section = Section("Works with", box)
        return self._partner_section

    def _activity(self) -> Section:
        self.activity = ActivityList()
        box = QWidget()
        box.setLayout(vbox(self.activity, margins=(12, 0, 12, 12)))
        return Section("Recent activity", box)

    def _build_foot(self) -> QFrame:
        self._assign = wide(button("Assign to…", glyph="armchair"))
        self._assign.clicked.connect(lambda: self.assign_requested.emit(self._shown))
        return frame(hbox((self._assign, 1), margins=(12, 8, 12, 8)), edge="top")

    # -- refreshing --------------------------------------------------------------------------------
    def _soon(self, *_: object) -> None:
        if not self._later.isActive():
            self._later.start()

    def _on_agents_changed(self, changed: frozenset[str], removed: frozenset[str]) -> None:
        if not self._shown or self._shown in changed or self._shown in removed:
            self._soon()

    def showEvent(self, event: QEvent) -> None:
        super().showEvent(event)
        self._clock.start()
        self.refresh()

    def hideEvent(self, event: QEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    def refresh(self, *_: object) -> None:
        agent = self._store.agent(self._store.selected) if self._store.selected else None
        self._shown = agent.id if agent is not None else ""
        self._foot.setVisible(agent is not None)
        self._stack.setCurrentIndex(0 if agent is None else 1)
        if agent is None:
            self.totals.refresh()
            return
        self._fill_head(agent)
        self._fill_facts(agent)
        self._fill_partners(agent)
        self.activity.show_lines(tuple(words.activity_line(item) for item in agent.activity))

    def _fill_head(self, agent: LiveAgent) -> None:
        now, is_stale = self._store.now_ms(), self._store.is_stale
        self._portrait.set_pixmap(self._portraits.of(agent.id, 44, self.devicePixelRatioF()))
        self._name.setText(agent.agent.name)
        self._subtitle.setText(words.subtitle(agent, self.slot_label(agent.id)))
        fact = words.status_fact(agent, self._store.connection, is_stale, now)
        self._status.set_fact(
            fact.words, status=fact.status, glyph=fact.glyph, tone=fact.tone, detail=fact.age, tip=fact.tip
        )
        sentence = words.why(agent, is_stale)
        self._why.set_words(sentence)
        self._why.setVisible(bool(sentence))
        self._assign.setEnabled(not agent.is_foreign)
        self._assign.setToolTip("This agent belongs to someone else" if agent.is_foreign else "Ctrl+M")

    def _fill_facts(self, agent: LiveAgent) -> None:
        self._task_words.set_words(words.task_words(agent))
        detail = words.tool_words(agent)
        self._tool.setText(detail)
        self._tool_row.setVisible(bool(detail))
        self._bars.set_values(words.bars(agent.tokens_per_minute))
        for figure, (_, number) in zip(self._figures, words.token_columns(agent.agent.token_usage), strict=True):
            if figure.text() != number:
                figure.setText(number)
        self._session_words.setText(words.session_words(agent, self._store.now_ms()))
        self._model.setText(agent.agent.model or "—")

    def _fill_partners(self, agent: LiveAgent) -> None:
        partners = []
        for partner_id in agent.agent.collaborating_with:
            partner = self._store.agent(partner_id)
            status = "" if partner is None or self._store.is_stale else partner.status.value
            partners.append((partner_id, self._store.name(partner_id), status))
        self._partner_section.setVisible(bool(partners))
        if tuple(partners) == self._partner_ids:
            return
        self._partner_ids = tuple(partners)
        self._partner_row.clear()
        for partner_id, name, status in partners:
            self._partner_row.addWidget(AgentChip(partner_id, name, status, self.jump_requested.emit))


def _padded(layout: object) -> QWidget:
    box = QWidget()
    layout.setContentsMargins(12, 0, 12, 12)  # type: ignore[attr-defined]
    box.setLayout(layout)  # type: ignore[arg-type]
    return box


def _fact(title: str, value: ElidingLabel) -> QHBoxLayout:
    name = label(title, "small-muted")
    name.setFixedWidth(74)
    return hbox(name, (value, 1), spacing=6)
