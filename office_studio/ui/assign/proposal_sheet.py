"""A step of many changes: what it would do, then how far it is, then what was not done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from office_studio.core.office.seat_changes import Change, describe
from office_studio.core.office.seat_plan import SeatPlan
from office_studio.ui import formats
from office_studio.ui.assign.controller import AssignController, EntryState, HistoryEntry
from office_studio.ui.assign.line_list import LineList
from office_studio.ui.assign.proposal import Proposal, effect_of, lines_of, report_lines, summary
from office_studio.ui.assign.sheet import Sheet
from office_studio.ui.portraits import Portraits
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import Item, button, hbox, label

_WIDTH = 520
_AT_ONCE = 60  # who has a seat: the changes of so many are worked out and listed in a millisecond
_LOOK_AGAIN_MS = 120  # after the seats changed while the proposal is being read

Propose = Callable[[Callable[[Proposal], None]], None]  # works it out, perhaps elsewhere, and hands it over


class ProposalSheet(Sheet):
    """Shows the proposal anew whenever somebody changes a seat, so that what is applied is what was read.

    Signals:
        applied(HistoryEntry): it was begun.
    """

    applied = Signal(object)

    def __init__(
        self,
        window: QWidget,
        controller: AssignController,
        portraits: Portraits,
        propose: Propose,
        *options: Item,
        title: str,
        deed: str,
        verb: str,
    ) -> None:
        self._controller, self._propose, self._deed, self._verb = controller, propose, deed, verb
        self._proposal = Proposal(problem="Working it out…")
        self._count = 0
        self.entry: HistoryEntry | None = None
        self.verdict = Paragraph("")
        self.list = LineList(portraits, "What changes")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Done")
        self._how_far = label("", "small-muted")
        self._progress = QWidget()
        self._progress.setLayout(hbox((self._bar, 1), self._how_far, spacing=12))
        self._progress.hide()
        super().__init__(window, title, *options, self.verdict, self.list, self._progress, width=_WIDTH)
        self.background = self.add_button(button("Run in background"))
        self.background.hide()
        self.background.clicked.connect(self.close_sheet)
        self.primary.clicked.connect(self._on_primary)
        self._later = QTimer(self, singleShot=True, interval=_LOOK_AGAIN_MS)
        self._later.timeout.connect(self.look_again)
        controller.changed.connect(self._on_changed)
        controller.progressed.connect(self._on_progressed)
        controller.saved.connect(self._on_ended)
        controller.failed.connect(self._on_ended)
        controller.conflicted.connect(self._on_conflicted)
        self._show()
        if len(controller.seated()) > _AT_ONCE:
            self.open()
            QTimer.singleShot(0, self, self.look_again)  # it is painted first
        else:
            self.look_again()
            self.open()

    # -- proposing ---------------------------------------------------------------------------------
    def look_again(self) -> None:
        if self.entry is None:
            self._propose(self._take)

    def _on_changed(self) -> None:
        if self.entry is None and not self._later.isActive():
            self._later.start()

    def _take(self, proposal: Proposal) -> None:
        if self.entry is None and not self._is_closed:
            self._proposal = proposal
            self._show()

    def _show(self) -> None:
        controller, proposal = self._controller, self._proposal
        effect = effect_of(controller.rows(), proposal.changes)
        self._count = effect.count
        reason = proposal.problem or controller.why_not()
        self.verdict.set_words(formats.sentences(reason) if reason else summary(effect, len(proposal.unfit)))
        self.list.show_lines(lines_of(effect, proposal, controller.name, controller.label), most=self._most())
        self.set_primary(self._verb.format(formats.plural(effect.count, "change")))
        self.primary.setEnabled(not reason and effect.count > 0)
        self.place()

    def _most(self) -> int:
        return max(96, min(360, self._window.height() - 380))

    def _on_primary(self) -> None:
        if self.entry is not None:
            self._try_rest()
            return
        self.entry = self._controller.apply_changes(self._proposal.changes, self._deed)
        if self.entry is None:
            self.close_sheet()  # refused, and the reason is told
            return
        self.applied.emit(self.entry)
        if self.entry.state is EntryState.SAVING:
            self._show_running()

    # -- running -----------------------------------------------------------------------------------
    def _show_running(self) -> None:
        assert self.entry is not None
        self.primary.hide()
        self.background.show()
        self._progress.show()
        self._bar.setRange(0, max(1, self.entry.total))
        self._on_progressed(self.entry)
        self.set_cancel("Cancel")
        self.verdict.set_words("What is done stays done when you cancel; the history can undo it.")
        self.background.setFocus()
        self.place()

    def _on_progressed(self, entry: HistoryEntry) -> None:
        if entry is self.entry:
            self._bar.setValue(entry.done)
            self._how_far.setText(f"{formats.quantity(entry.done)} of {formats.quantity(entry.total)}")

    def cancel(self) -> None:
        if self.entry is not None and self.entry.state is EntryState.SAVING:
            self._controller.cancel(self.entry)
            self.cancel_button.setEnabled(False)
        else:
            self.close_sheet()

    # -- ending ------------------------------------------------------------------------------------
    def _on_conflicted(self, entry: HistoryEntry) -> None:
        if entry is self.entry:
            self.close_sheet()

    def _on_ended(self, entry: HistoryEntry, *_: object) -> None:
        if entry is not self.entry or self._is_closed:
            return
        if entry.state is EntryState.SAVED:
            self.close_sheet()
        else:
            self._report(entry)

    def _report(self, entry: HistoryEntry) -> None:
        controller = self._controller
        self._progress.hide()
        self.background.hide()
        done = entry.done
        self.title.setText("Not all was done" if done else "Nothing was done")
        self.verdict.set_words(entry.reason)
        lines = report_lines(entry.failures, entry.remaining, entry.gone, self._say, controller.name, controller.label)
        self.list.show_lines(lines, most=self._most())
        self.cancel_button.setEnabled(True)
        self.set_cancel("Close")
        self.primary.show()
        self.primary.setEnabled(True)
        self.set_primary("Try the rest")
        self.primary.setFocus()
        self.place()

    def _say(self, change: Change) -> str:
        return describe(change, self._controller.name, self._controller.label)

    def _try_rest(self) -> None:
        """Look at what is still to be done, from what there is now."""
        self.entry = None
        self.title.setText(self.accessibleName())
        self._proposal = Proposal(problem="Working it out…")
        self._show()
        self.set_cancel("Cancel")
        self.look_again()


def plan_lines_title(plan: SeatPlan, theme_id: str) -> str:
    """The title of a plan's preview; it says when the plan was made for another theme."""
    if plan.theme_id == theme_id:
        return f"Apply “{plan.name}”"
    return f"Carry “{plan.name}” over from {plan.theme_name or plan.theme_id}"
