"""Auto-assign: rules, what they would do, and only then the button that does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from office_studio.core.office.auto_assign import MAX_PATTERN, Candidate, Rule, RuleField, auto_assign
from office_studio.core.office.seat_changes import changes_to, seated
from office_studio.errors import OfficeStudioError
from office_studio.ui.assign.controller import AssignController
from office_studio.ui.assign.memory import MAX_RULES
from office_studio.ui.assign.proposal import Proposal
from office_studio.ui.assign.proposal_sheet import ProposalSheet
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.portraits import Portraits
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, tool, vbox

_FIELDS = {RuleField.NAME: "Name", RuleField.MODEL: "Model"}


def propose_auto(controller: AssignController, store: OfficeStore, rules: Sequence[Rule], *, anew: bool) -> Proposal:
    """Seats for the user's agents that have none; ``anew`` seats all but the pinned ones again."""
    own = [agent for agent in store.agents().values() if not agent.is_foreign]
    candidates = [
        Candidate(one.id, one.agent.name, one.agent.model, one.agent.online, controller.is_pinned(one.id))
        for one in own
    ]
    rows = controller.rows()
    try:
        found = auto_assign(candidates, rows, controller.places, rules, keep_bound=not anew)
    except OfficeStudioError as error:
        return Proposal(problem=f"{error.message} {error.hint}".strip())
    known = {info.slot for info in controller.slots}
    wanted: dict[int, str | None] = {slot: None for slot in seated(rows) if slot in known} if anew else {}
    changes = changes_to(rows, wanted | found.target)
    patterns = {f"rule {rule}": f"rule “{rule.pattern}”" for rule in rules}
    why = {placement.agent_id: patterns.get(placement.why, placement.why) for placement in found.placed}
    return Proposal(changes, tuple((controller.name(who), "no seat is left") for who in found.unplaced), why)


class AutoSheet(ProposalSheet):
    """Signals:
    rules_changed(tuple[Rule, ...]): to be kept.
    """

    rules_changed = Signal(object)

    def __init__(
        self,
        window: QWidget,
        controller: AssignController,
        store: OfficeStore,
        portraits: Portraits,
        rules: Sequence[Rule],
    ) -> None:
        self._store = store
        zones: dict[str, str] = {}
        for info in controller.slots:
            if info.place is not None:
                zones.setdefault(info.place.zone_id, info.zone)
        self._zones = zones
        self._rows: list[RuleRow] = []
        self.anew = QCheckBox("Seat everybody anew")
        pinned = sum(who in controller.pins for who in controller.seated().values())
        self.anew.setText("Seat everybody anew" + (f", but the {pinned} pinned" if pinned else ""))
        self.add_rule = button("Add a rule", "ghost", "plus", "small")
        self._column: QVBoxLayout = vbox(spacing=6)
        self._holder = QWidget()
        self._holder.setLayout(self._column)
        intro = Paragraph("Free seats are filled, work seats first; rules come before that.", "muted")
        head = hbox(label("Rules", "strong"), None, self.add_rule)
        super().__init__(
            window, controller, portraits, self._work_out, intro, head, self._holder, self.anew,
            title="Auto-assign", deed="Auto-assign", verb="Assign: {}",
        )  # fmt: skip
        for rule in rules:
            self._add(rule)
        self._holder.setVisible(bool(self._rows))
        self.add_rule.clicked.connect(self._on_add)
        self.anew.toggled.connect(self.look_again)
        self.look_again()

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(rule for row in self._rows if (rule := row.rule()) is not None)

    @property
    def rule_rows(self) -> tuple[RuleRow, ...]:
        return tuple(self._rows)

    def _work_out(self, take: Callable[[Proposal], None]) -> None:
        take(propose_auto(self._controller, self._store, self.rules, anew=self.anew.isChecked()))

    def _on_add(self) -> None:
        self._add(None).pattern.setFocus()

    def _add(self, rule: Rule | None) -> RuleRow:
        row = RuleRow(self._zones, rule)
        row.changed.connect(self._on_rules_changed)
        row.removed.connect(lambda: self._remove(row))
        self._rows.append(row)
        self._column.addWidget(row)
        self._holder.show()
        self.add_rule.setEnabled(len(self._rows) < MAX_RULES)
        self.place()
        return row

    def _remove(self, row: RuleRow) -> None:
        self._rows.remove(row)
        row.setParent(None)
        row.deleteLater()
        self._holder.setVisible(bool(self._rows))
        self.add_rule.setEnabled(True)
        self.add_rule.setFocus()
        self._on_rules_changed()

    def _on_rules_changed(self) -> None:
        self.rules_changed.emit(self.rules)
        self.look_again()


class RuleRow(QWidget):
    """Signals:
    changed(), removed()
    """

    changed = Signal()
    removed = Signal()

    def __init__(self, zones: dict[str, str], rule: Rule | None) -> None:
        super().__init__()
        self.field, self.pattern, self.zone = QComboBox(), QLineEdit(), QComboBox()
        self.field.setAccessibleName("Rule looks at")
        self.pattern.setAccessibleName("Pattern")
        self.zone.setAccessibleName("Zone")
        for field, words in _FIELDS.items():
            self.field.addItem(words, field)
        for zone_id, name in zones.items():
            self.zone.addItem(name or zone_id, zone_id)
        self.pattern.setPlaceholderText("Build*  (* stands for anything)")
        self.pattern.setMaxLength(MAX_PATTERN)
        if rule is not None:
            self.field.setCurrentIndex(max(0, self.field.findData(rule.field)))
            self.pattern.setText(rule.pattern)
            if self.zone.findData(rule.zone) < 0:
                self.zone.addItem(rule.zone, rule.zone)
            self.zone.setCurrentIndex(self.zone.findData(rule.zone))
        remove = tool("x", "Remove this rule", size=14)
        self.setLayout(hbox(self.field, (self.pattern, 1), label("to", "muted"), self.zone, remove, spacing=6))
        self.field.currentIndexChanged.connect(self.changed)
        self.pattern.textChanged.connect(self.changed)
        self.zone.currentIndexChanged.connect(self.changed)
        remove.clicked.connect(self.removed)

    def rule(self) -> Rule | None:
        """None while the pattern is empty."""
        pattern = self.pattern.text().strip()
        zone = self.zone.currentData()
        return Rule(RuleField(self.field.currentData()), pattern, zone) if pattern and zone else None
