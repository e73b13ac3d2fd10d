"""What the validator found in a bought theme that was not taken: to read, and to send to its seller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QListWidget, QListWidgetItem

from office_studio.core.validation.report import Finding, Report
from office_studio.ui import formats
from office_studio.ui.icons import icon
from office_studio.ui.trade.trade_sheet import TradeSheet
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import button

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_MOST = 200
_GLYPHS = {"error": ("x-circle", "error"), "warning": ("warning", "warning"), "info": ("info", "info")}


class ProblemsSheet(TradeSheet):
    def __init__(self, studio: Studio, name: str, report: Report) -> None:
        self.report = report
        counts = report.counts
        many = formats.sentence_list(
            formats.plural(counts[kind], kind) for kind in ("error", "warning") if counts.get(kind)
        )
        self.list = QListWidget()
        self.list.setAccessibleName("Problems")
        self.list.setWordWrap(True)
        self.list.setFixedHeight(300)
        for finding in report.findings[:_MOST]:
            item = QListWidgetItem(icon(*_GLYPHS[finding.severity.value]), told(finding))
            item.setToolTip(finding.rule)
            self.list.addItem(item)
        words = Paragraph(f"{many}. Nothing of it was kept; its seller can mend it.", "muted")
        super().__init__(studio, f"Problems of {name}", words, self.list, width=640, glyph="warning")
        self.copy = self.add_button(button("Copy all", "ghost", "copy"), at_left=True)
        self.copy.clicked.connect(self.copy_all)
        self.cancel_button.hide()
        self.set_primary("Close")
        self.primary.clicked.connect(self.close_sheet)
        self.open()

    def copy_all(self) -> None:
        """As lines with rule ids, for a letter to the seller."""
        lines = [f"{one.severity.value}\t{one.rule}\t{told(one)}" for one in self.report.findings]
        QApplication.clipboard().setText("\n".join(lines))
        self.studio.toast(f"{formats.plural(len(lines), 'problem')} copied", key="copied")


def told(finding: Finding) -> str:
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file or ""
    return f"{finding.message} ({place})" if place else finding.message
