"""What the receiver answers an install with: an agent_context of your own, as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPlainTextEdit

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.requests import MAX_KEYS
from office_studio.services.officex.receiver_log import typed_context
from office_studio.ui.trade.trade_sheet import TradeSheet
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.layouts import hbox, label, restyle

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_EXAMPLE = '{\n  "base_url": "https://api.example.org",\n  "token": "…"\n}'


class AnswerSheet(TradeSheet):
    """``save`` gets the new map once it keeps the limits."""

    def __init__(self, studio: Studio, context: Mapping[str, str], save: Callable[[dict[str, str]], object]) -> None:
        self._save = save
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("agent_context")
        self.text.setPlaceholderText(_EXAMPLE)
        self.text.setProperty("kind", "code")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(220)
        if context:
            self.text.setPlainText(json.dumps(dict(context), indent=2, ensure_ascii=False))
        self.count = label("", "small-muted")
        words = Paragraph(
            "Every new install gets this as its credentials. An app that sells a theme gets the theme's keys besides.",
            "small-muted",
        )
        super().__init__(studio, "Answer to installs", words, self.text, hbox(None, self.count), width=560, glyph="key")
        self.set_primary("Answer with this")
        self.text.textChanged.connect(self._refresh)
        self.primary.clicked.connect(self._go)
        self._refresh()
        self.open(self.text)

    def _refresh(self) -> None:
        try:
            found = typed_context(self.text.toPlainText())
            reason = ""
        except Refusal as refusal:
            found, reason = {}, refusal.message
        self.count.setText(f"{len(found)} of {MAX_KEYS} keys" if not reason else " ")
        restyle(self.text, invalid="true" if reason else "")
        self.say_problem(reason)
        self.primary.setEnabled(not reason)

    def _go(self) -> None:
        self._save(typed_context(self.text.toPlainText()))
        self.close_sheet()
