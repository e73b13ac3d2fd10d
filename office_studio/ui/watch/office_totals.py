"""What the inspector shows while no agent is selected: the office as a whole."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from office_studio.ui import formats
from office_studio.ui.office_store import OfficeStore
from office_studio.ui.status_shapes import STATUS_ORDER
from office_studio.ui.theming import theme
from office_studio.ui.watch import inspector_text as words
from office_studio.ui.watch.charts import MinuteBars
from office_studio.ui.widgets.basics import Paragraph, StatusDot
from office_studio.ui.widgets.layouts import hbox, label, line, vbox

_HINT = "Select an agent in the list or in the scene to inspect it."
_NOBODY = "Agents stand here once the office tells of them."


class OfficeTotalsView(QWidget):
    def __init__(self, store: OfficeStore) -> None:
        super().__init__()
        self._store = store
        self._title = label("Whole office", "title")
        self._hint = Paragraph(_HINT, "small-muted")
        rows = vbox(spacing=8)
        self._counts = {}
        for status in STATUS_ORDER:
            number = label("—", "small")
            number.setFont(theme().font("small", "medium", numeric=True))
            self._counts[status] = number
            name = label(theme().tokens["status"][status]["label"], "small")
            rows.addLayout(hbox(StatusDot(status, 11), name, None, number, spacing=8))
        self._bars = MinuteBars(words.BARS, 40)
        self._tokens, self._rate = label("—", "strong"), label("—", "strong")
        figures = hbox(
            (vbox(label("Total", "micro"), self._tokens, spacing=1), 1),
            (vbox(label("Per minute", "micro"), self._rate, spacing=1), 1),
            spacing=4,
        )
        self.setLayout(
            vbox(
                vbox(self._title, self._hint, margins=(12, 4, 12, 12), spacing=4),
                line(),
                vbox(rows, margins=(12, 12, 12, 12)),
                line(),
                vbox(label("Tokens", "strong"), self._bars, figures, margins=(12, 10, 12, 12), spacing=8),
                None,
                spacing=0,
            )
        )

    def refresh(self) -> None:
        agents = self._store.agents()
        self._hint.set_words(_HINT if agents else _NOBODY)
        counts, unknown = self._store.counts(), self._store.is_stale or not agents
        for status, number in self._counts.items():
            number.setText(formats.UNKNOWN if unknown else formats.quantity(counts[status]))
        found = words.totals(agents.values())
        self._bars.set_values(found.bars)
        self._tokens.setText(formats.tokens(found.tokens))
        self._rate.setText(formats.tokens(found.tokens_per_minute))
