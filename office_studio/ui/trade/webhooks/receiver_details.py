"""One delivery: what came, whether it is proven, what was answered, and sending it once more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QScrollArea, QWidget

from office_studio.services.officex.receiver_log import Proof, Received
from office_studio.ui import formats
from office_studio.ui.trade.webhooks.receiver_log import event_words, outcome_words, took_words
from office_studio.ui.widgets.basics import Chip, ElidingLabel, EmptyState, Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, vbox

_PROOFS = {
    Proof.GOOD: ("Secret proven", "check-circle", "working", "A harmless read with its secret went through"),
    Proof.BAD: ("Secret refused", "x-circle", "blocked", "OfficeX does not know this secret: it is not trusted"),
    Proof.UNKNOWN: ("Not proven", "question", "idle", "OfficeX was not reached"),
    Proof.NONE: ("Not asked", "minus-circle", "", "There was nothing to prove, or nothing to prove it with"),
}


class ReceiverDetails(QWidget):
    """``replay(entry, is_same)`` sends it once more."""

    def __init__(self, app_name: Callable[[str], str], replay: Callable[[Received, bool], object]) -> None:
        super().__init__()
        self._app_name, self._replay = app_name, replay
        self.entry: Received | None = None

    def making(self) -> Iterator[None]:
        """Make what it shows, once it has its place."""
        body = QWidget()
        body.setProperty("level", "clear")
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(body)
        self.nothing = EmptyState("list", "No delivery is chosen", "Choose one at the left.", width=220)
        self.setLayout(vbox((self.area, 1), (self.nothing, 1), spacing=0))
        yield
        self.title, self.when = label("", "title"), label("", "small-muted")
        self.proof = Chip()
        self.outcome = Paragraph("")
        self.again = button("Replay", glyph="arrow-counter-clockwise", density="small")
        self.again.setToolTip("Send it once more as a new delivery  R")
        self.again.clicked.connect(lambda: self.entry is not None and self._replay(self.entry, False))
        self.same = button("Send as a repeat", "ghost", density="small")
        self.same.setToolTip("The same uuid once more: a good receiver ignores it")
        self.same.clicked.connect(lambda: self.entry is not None and self._replay(self.entry, True))
        self.facts = {name: ElidingLabel("", "mono") for name in ("App", "Install", "User", "uuid")}
        self.facts["App"].setProperty("role", "small")  # a name, not an id
        yield
        rows: list[Any] = []
        for name, value in self.facts.items():
            head = label("UUID" if name == "uuid" else name, "small-muted")
            head.setFixedWidth(52)
            rows.append(hbox(head, (value, 1)))
        self.payload, self.answer = _code("What came"), _code("What was answered")
        yield
        body.setLayout(
            vbox(hbox(self.title, None, self.proof), self.when, 4, self.outcome, 4, hbox(self.again, self.same, None),
                 6, *rows, 8, label("WHAT CAME", "overline"), self.payload, 6, label("WHAT WAS ANSWERED", "overline"),
                 self.answer, None, margins=(16, 12, 16, 16), spacing=5)
        )  # fmt: skip
        self.show_entry(None)
        yield

    def show_entry(self, entry: Received | None) -> None:
        self.area.setVisible(entry is not None)
        self.nothing.setVisible(entry is None)
        if entry == self.entry or entry is None:
            self.entry = entry
            return
        self.entry = entry
        self.title.setText(event_words(entry))
        answered = f"answered {entry.status} in {took_words(entry)}" if entry.status is not None else "not answered yet"
        self.when.setText(f"{formats.clock_seconds(entry.at_ms)} · {answered}")
        words, glyph, tone, tip = _PROOFS[entry.proof]
        self.proof.set_fact(words, glyph=glyph, tone=tone, tip=tip)
        self.outcome.set_words(f"{outcome_words(entry)}.")
        values = (self._app_name(entry.app_id), entry.install_id, entry.user_id, entry.uuid)
        for field, value in zip(self.facts.values(), values, strict=True):
            field.setText(value or formats.UNKNOWN)
        _show(self.payload, entry.payload)
        _show(self.answer, entry.answer)


def _code(name: str) -> QPlainTextEdit:
    found = QPlainTextEdit()
    found.setReadOnly(True)
    found.setAccessibleName(name)
    found.setProperty("kind", "code")
    found.setTabChangesFocus(True)
    found.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    return found


def _show(field: QPlainTextEdit, value: object) -> None:
    text = json.dumps(value, indent=2, ensure_ascii=False) if value else "{}"
    if field.toPlainText() != text:
        field.setPlainText(text)
    lines = min(12, text.count("\n") + 1)
    field.setFixedHeight(round(lines * field.fontMetrics().lineSpacing() + 24))
