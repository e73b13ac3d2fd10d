"""Which agent uses which app, and how much each is meant to spend in a month. Kept on this computer only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QScrollArea, QWidget

from office_studio.ui.trade.spending.spend_budgets import AGENT, APP
from office_studio.ui.trade.trade_sheet import AmountField, TradeSheet
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import label

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_SHARED = "Nobody: shared"
_WIDTH, _MOST_HEIGHT = 640, 340  # px
_ABOUT = (
    "What a charge says of its agent counts first, then the agent chosen here, else it is shared. "
    "A budget warns; what stops an app is its cap."
)


class SpendSheet(TradeSheet):
    """``agents``: combo box of each install; ``budgets``: field of each key (``spend_budgets``)."""

    def __init__(self, studio: Studio) -> None:
        market = studio.market
        place = market.environment
        assert place is not None
        self._place = place.name
        self.agents: dict[str, QComboBox] = {}
        self.budgets: dict[str, AmountField] = {}
        self._bound, self._kept = market.memory.agents(place.name), market.memory.budgets(place.name)
        names = {agent_id: studio.store.name(agent_id) for agent_id in studio.store.agents()}
        for agent_id in (*self._bound.values(), *(k.removeprefix(AGENT) for k in self._kept if k.startswith(AGENT))):
            names.setdefault(agent_id, studio.store.name(agent_id))
        self._names = dict(sorted(names.items(), key=lambda item: item[1].casefold()))
        super().__init__(
            studio, "Agents and budgets", Paragraph(_ABOUT, "small-muted"), self._table(studio), width=_WIDTH,
            glyph="users",
        )  # fmt: skip
        self.set_primary("Keep")
        self.primary.clicked.connect(self._keep)
        for field in self.budgets.values():
            field.textChanged.connect(lambda _text: self._check())
        self.open(next(iter(self.agents.values()), None))

    def _table(self, studio: Studio) -> QWidget:
        body = QWidget()
        body.setProperty("level", "clear")
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        data = studio.market.data
        installs = sorted(data.installs, key=lambda one: data.app_name(one.app_id)) if data is not None else []
        row = self._head(grid, 0, "Apps", "Used by")
        for one in installs:
            app = data.app_name(one.app_id) if data is not None else ""
            box = self.agents[one.install_id] = self._agent_box(app, self._bound.get(one.install_id, ""))
            grid.addWidget(label(app), row, 0)
            grid.addWidget(box, row, 1)
            grid.addWidget(self._field(f"{APP}{one.app_id}", app), row, 2)
            row += 1
        if not installs:
            grid.addWidget(label("Nothing is installed.", "muted"), row, 0)
            row += 1
        row = self._head(grid, row, "Agents", "")
        for agent_id, name in self._names.items():
            grid.addWidget(label(name), row, 0)
            grid.addWidget(self._field(f"{AGENT}{agent_id}", name), row, 2)
            row += 1
        if not self._names:
            grid.addWidget(label("No agents are known: open an office.", "muted"), row, 0, 1, 3)
            row += 1
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(body)
        area.setFixedHeight(min(_MOST_HEIGHT, body.sizeHint().height() + 4))
        return area

    def _head(self, grid: QGridLayout, row: int, first: str, second: str) -> int:
        if row:
            grid.setRowMinimumHeight(row, 10)
            row += 1
        for column, words in enumerate((first, second, "Credits a month")):
            grid.addWidget(label(words.upper(), "overline"), row, column)
        return row + 1

    def _agent_box(self, app: str, bound: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(f"Agent that uses {app}")
        box.addItem(_SHARED, "")
        for agent_id, name in self._names.items():
            box.addItem(name, agent_id)
        box.setCurrentIndex(max(0, box.findData(bound)))
        box.setFixedWidth(180)
        return box

    def _field(self, key: str, name: str) -> AmountField:
        field = self.budgets[key] = AmountField(f"Budget of {name} a month", self._kept.get(key), "no budget")
        field.setFixedWidth(130)
        return field

    def _check(self) -> None:
        reason = next((field.reason for field in self.budgets.values() if field.reason), "")
        self.say_problem(reason)
        self.primary.setEnabled(not reason)

    def _keep(self) -> None:
        memory = self.market.memory
        for install_id, box in self.agents.items():
            chosen = str(box.currentData() or "")
            if chosen != self._bound.get(install_id, ""):
                memory.bind(self._place, install_id, chosen)
        for key, field in self.budgets.items():
            wanted = field.micro if field.text().strip() else None
            if wanted != self._kept.get(key):
                memory.set_budget(self._place, key, wanted)
        self.market.data_changed.emit()
        self.close_sheet()
