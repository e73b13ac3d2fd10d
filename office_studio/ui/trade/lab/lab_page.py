"""The billing lab: the five patterns against an install, to see what each holds, takes, earns and risks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QProgressBar, QScrollArea, QSpinBox, QWidget

from office_studio.core.officex.money import MICRO
from office_studio.errors import OfficeStudioError
from office_studio.services.officex.billing import FACTS, Pattern
from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.lab.lab_chart import LabChart, LabLegend
from office_studio.ui.trade.lab.lab_job import LabJob
from office_studio.ui.trade.lab.lab_model import LabModel, LabView, told
from office_studio.ui.trade.lab.lab_runs import MOST_ITEMS, Plan
from office_studio.ui.trade.lab.lab_sheet import LabSheet
from office_studio.ui.trade.market_page import PageHead
from office_studio.ui.trade.market_session import MarketSession
from office_studio.ui.trade.trade_sheet import AmountField
from office_studio.ui.widgets.basics import ElidingLabel, EmptyState, Paragraph
from office_studio.ui.widgets.layouts import Item, button, hbox, label, pad_spin, vbox

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_ALL = "All five"
_CHART = 220  # px, at least


class LabPage(QFrame):
    def __init__(self, studio: Studio, market: MarketSession) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self._studio, self._market = studio, market
        self.sheet: LabSheet | None = None
        self.job = LabJob(market, studio.jobs, self)
        self.model = LabModel()

    def making(self) -> Iterator[None]:
        market = self._market
        self.view = LabView(self.model)
        self.chart = LabChart()
        self.chart.setMinimumHeight(_CHART)
        self.chart.setMaximumHeight(2 * _CHART)
        self.run = button("Run all five", "primary")
        yield
        self._build_form()
        yield
        self._build_foot()
        yield
        to_catalog = button("Open the catalog")
        to_catalog.clicked.connect(lambda: market.page_requested.emit("catalog"))
        words = "The lab charges an install of this account for work that is only pretended. Install an app first."
        self.empty = EmptyState("flask", "Nothing to charge", words, to_catalog)
        yield
        self._arrange()
        yield
        self.run.clicked.connect(self.run_or_stop)
        self.job.changed.connect(self._show_rows)
        self.job.ended.connect(self._on_ended)
        self.chart.chosen.connect(self.choose)
        self.view.selectionModel().currentRowChanged.connect(lambda *_: self._tell())
        market.data_changed.connect(self._refresh)
        market.environment_changed.connect(self._refresh)
        self._refresh()

    def _build_form(self) -> None:
        self.install, self.pattern = QComboBox(), QComboBox()
        self.install.setAccessibleName("Install to charge")
        self.pattern.setAccessibleName("Billing pattern")
        self.pattern.addItem(_ALL, "")
        for pattern, (name, words) in FACTS.items():
            self.pattern.addItem(name, pattern.value)
            self.pattern.setItemData(self.pattern.count() - 1, words, Qt.ItemDataRole.ToolTipRole)
        self.items = _spin("Items", 12, 1, MOST_ITEMS)
        self.failures = _spin("Items that fail", 20, 0, 100)
        self.failures.setSuffix(" %")
        self.seed = _spin("Seed", 4, 0, 999_999)
        self.seed.setToolTip("The same seed fails the same items, so that a run can be repeated")
        self.price = AmountField("Price of an item", MICRO // 4)
        self.price.setFixedWidth(90)
        for changed in (self.items.valueChanged, self.price.textChanged, self.pattern.currentIndexChanged,
                        self.install.currentIndexChanged):  # fmt: skip
            changed.connect(lambda _value: self._refresh_run())

    def _build_foot(self) -> None:
        self.cost = ElidingLabel("", "small-muted")
        self.told, self.problem = Paragraph("", "muted"), Paragraph("", "negative")
        self.problem.hide()
        self.to_installs = button("Open Installs", "ghost")
        self.to_installs.clicked.connect(lambda: self._market.page_requested.emit("installs"))
        self.to_installs.hide()
        self.bar, self.progress = QProgressBar(), label("", "small-muted")
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setAccessibleName("Progress of the run")
        self._going = QWidget()
        self._going.setLayout(hbox((self.bar, 1), self.progress, spacing=12))
        self._going.hide()

    def _arrange(self) -> None:
        form = hbox(
            _named("Install", self.install), _named("Pattern", self.pattern), _named("Items", self.items),
            _named("Credits an item", self.price), _named("Fail at work", self.failures), _named("Seed", self.seed),
            None, margins=(20, 0, 20, 0), spacing=12,
        )  # fmt: skip
        self._body = QWidget()
        self._body.setProperty("level", "clear")
        self._body.setLayout(
            vbox(form, hbox((self.cost, 1), margins=(20, 6, 20, 0)),
                 hbox(self._going, margins=(20, 4, 20, 0)),
                 hbox((self.problem, 1), self.to_installs, margins=(20, 0, 20, 0)),
                 hbox(label("Held and taken, item by item", "title"), None, LabLegend(), margins=(20, 10, 20, 6)),
                 (hbox(self.chart, margins=(20, 0, 20, 0)), 3), 10, self.view,
                 hbox((self.told, 1), margins=(20, 10, 20, 16)), None, spacing=0)
        )  # fmt: skip
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(self._body)
        self._area = area
        self.setLayout(vbox(PageHead(self._market, "Billing lab", self.run), (area, 1), (self.empty, 1), spacing=0))

    # -- what is asked for -------------------------------------------------------------------------
    @property
    def plan(self) -> Plan | None:
        """As the form says; None while it has no price."""
        price = self.price.micro
        if not price:
            return None
        chosen = str(self.pattern.currentData() or "")
        patterns = (Pattern(chosen),) if chosen else tuple(Pattern)
        return Plan(patterns, self.items.value(), price, self.failures.value() / 100, self.seed.value())

    def _refresh(self) -> None:
        data, chosen = self._market.data, self.install.currentData()
        wanted = [(data.app_name(one.app_id), one.install_id) for one in data.installs] if data is not None else []
        wanted.sort()
        if [self.install.itemData(at) for at in range(self.install.count())] != [each for _, each in wanted]:
            self.install.clear()
            for name, install_id in wanted:
                self.install.addItem(name, install_id)
            self.install.setCurrentIndex(max(0, self.install.findData(chosen)))
        self._area.setVisible(bool(wanted))
        self.empty.setVisible(not wanted)
        self.run.setVisible(bool(wanted))
        self._refresh_run()

    def _refresh_run(self) -> None:
        job, plan = self.job, self.plan
        words = "Run all five" if not self.pattern.currentData() else f"Run {self.pattern.currentText()}"
        self.run.setText("Stop" if job.is_running else words)
        self.run.setEnabled((plan is not None and not job.is_running) or (job.is_running and not job.is_stopping))
        self.run.setToolTip("What is held is given back" if job.is_running else "" if plan else "Say a price above 0")
        for made in (self.install, self.pattern, self.items, self.price, self.failures, self.seed):
            made.setEnabled(not job.is_running)
        if plan is not None:
            most = market_words.amount(plan.worst_case)
            worth = market_words.dollars(plan.worst_case, self._market.price_usd)
            real = "real money" if self._market.has_real_money else "no real money"
            self.cost.setText(f"Takes {most} at most, {worth}: {real}. The work itself is only pretended.")
        else:
            self.cost.setText(self.price.reason or "Say what an item costs.")

    # -- running -----------------------------------------------------------------------------------
    def run_or_stop(self) -> None:
        """Where credits are real money it asks first, with the most that it can take."""
        if self.job.is_running:
            self.job.cancel()
            self._refresh_run()
            return
        plan, install_id = self.plan, str(self.install.currentData() or "")
        if plan is None or not install_id:
            return
        if self._market.has_real_money and plan.worst_case:
            self.sheet = LabSheet(self._studio, plan, self.install.currentText(), lambda: self._begin(install_id, plan))
        else:
            self._begin(install_id, plan)

    def _begin(self, install_id: str, plan: Plan) -> None:
        self._say_problem("")
        self.job.begin(install_id, plan)
        self.choose(plan.patterns[0])

    def choose(self, pattern: Pattern) -> None:
        self.view.selectRow(self.model.row_of(pattern))

    def _chosen(self) -> Pattern | None:
        at = self.view.currentIndex().row()
        return self.model.rows[at].pattern if 0 <= at < len(self.model.rows) else None

    def _show_rows(self) -> None:
        job = self.job
        self.model.show(job.rows, self._market.environment)
        over, total = job.progress
        self._going.setVisible(job.is_running)
        self.bar.setRange(0, max(1, total))
        self.bar.setValue(over)
        calls = formats.plural(sum(len(row.steps) for row in job.rows), "call")
        going = "Stopping, gives back what it holds" if job.is_stopping else f"{over} of {total} items"
        self.progress.setText(f"{going} · {calls}")
        self._tell()
        self._refresh_run()

    def _tell(self) -> None:
        chosen = self._chosen()
        self.chart.show_rows(self.model.rows, chosen)
        at = self.model.row_of(chosen) if chosen is not None else -1
        if at >= 0:
            row = self.model.rows[at]
            self.told.set_words(f"{row.name}: {told(row)}")
        else:
            self.told.set_words("Each pattern bills the same items, of which the same fail.")

    def _on_ended(self, error: OfficeStudioError | None) -> None:
        self._market.refresh()
        if error is not None:
            self._say_problem(market_words.refusal(error))
            self.to_installs.setVisible(error.code in ("OFFICEX_SECRET_UNKNOWN", "INVALID_SECRET", "UNAUTHORIZED"))

    def _say_problem(self, words: str) -> None:
        self.problem.set_words(words)
        self.problem.setVisible(bool(words))
        self.to_installs.hide()


def _spin(name: str, value: int, least: int, most: int) -> QSpinBox:
    found = QSpinBox()
    found.setRange(least, most)
    found.setValue(value)
    found.setAccessibleName(name)
    found.setFixedWidth(90)
    pad_spin(found)
    return found


def _named(words: str, field: QWidget) -> Item:
    name = label(words, "small-muted")
    name.setBuddy(field)
    return vbox(name, field, None, spacing=4)
