"""The right side of the problems: what it is, why it matters, what mends it, and the places to go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from office_studio.core.validation.lint import is_fixed
from office_studio.core.validation.report import Finding
from office_studio.ui.make.places import Place
from office_studio.ui.make.problem_rows import SEVERITY_WORDS, verb, where
from office_studio.ui.widgets.basics import Chip, ElidingLabel, EmptyState, Glyph, Paragraph
from office_studio.ui.widgets.layouts import button, hbox, label, line, vbox

if TYPE_CHECKING:
    from office_studio.core.validation.fixes.model import Fix

_LOOKS = {
    "error": ("warning-octagon-fill", "blocked_mark"),
    "warning": ("warning-fill", "idle_mark"),
    "info": ("info-fill", "collaborating_mark"),
}
_WEIGHTS = {
    "error": "A theme with this cannot be packed or uploaded.",
    "warning": "It works, but not as it was meant.",
    "info": "Good to know; nothing has to be done.",
}
_PROFILE_WORDS = {"server": "Server", "schema": "Schema", "store": "Store"}


class ProblemDetails(QFrame):
    """Signals:
    fix_requested(Finding)
    text_requested(Finding), room_requested(Finding): show the place.
    copy_requested(str)
    ignore_requested(str): of this rule, in this theme.
    unpack_requested(): the theme is a zip, which must be unpacked to be mended.
    """

    fix_requested = Signal(object)
    text_requested = Signal(object)
    room_requested = Signal(object)
    copy_requested = Signal(str)
    ignore_requested = Signal(str)
    unpack_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self.setProperty("edge", "left")
        self.setMinimumWidth(260)
        self._finding: Finding | None = None
        self._is_packed = False  # it has a fix, but lies in a zip
        self._build()
        self.show_finding(None, None, None, "schema", can_mend=False)

    def _build(self) -> None:
        self._glyph = Glyph("info-fill", "info", 20)
        self._title = Paragraph("", "title")
        self._message = Paragraph("")
        self._rule, self._level = Chip(), Chip()
        self._why_head, self._why = label("Why it matters", "strong"), Paragraph("", "muted")
        self._fix_head, self._fix_words = label("Fix", "strong"), Paragraph("", "muted")
        self.fix_button = button("Fix", "primary")
        self._fix_note = Paragraph("", "small-muted")
        self._text_row = _PlaceRow("file-text", "Open", mono=True)
        self._room_row = _PlaceRow("bounding-box", "Show in the room")
        self._pointer_row = _PlaceRow("code", "Copy", mono=True)
        self.ignore_button = button("Ignore this rule in this theme", "link")
        content = QWidget()
        content.setProperty("level", "clear")
        places = (self._text_row, self._room_row, self._pointer_row)
        content.setLayout(
            vbox(
                hbox(self._glyph, (self._title, 1), spacing=8), self._message,
                hbox(self._rule, self._level, None, spacing=6),
                4, self._why_head, self._why, 4, self._fix_head, self._fix_words, hbox(self.fix_button, None),
                self._fix_note, 4, line(), *places, None, hbox(self.ignore_button, None),
                margins=(16, 18, 16, 12), spacing=8,
            )
        )  # fmt: skip
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidget(content)
        self._nothing = EmptyState("cursor", "Nothing selected", "Choose a problem to see what it is about.", width=220)
        self.setLayout(vbox(self._scroll, self._nothing, spacing=0))
        self.fix_button.clicked.connect(self._on_fix)
        self._text_row.act.clicked.connect(lambda: self.text_requested.emit(self._finding))
        self._room_row.act.clicked.connect(lambda: self.room_requested.emit(self._finding))
        self._pointer_row.act.clicked.connect(lambda: self.copy_requested.emit(self._finding.pointer or ""))  # type: ignore[union-attr]
        self.ignore_button.clicked.connect(lambda: self.ignore_requested.emit(self._finding.rule))  # type: ignore[union-attr]

    def show_finding(
        self, finding: Finding | None, fix: Fix | None, place: Place | None, profile: str, *, can_mend: bool
    ) -> None:
        self._finding = finding
        self._scroll.setVisible(finding is not None)
        self._nothing.setVisible(finding is None)
        if finding is None:
            return
        self._glyph.set_glyph(*_LOOKS[finding.severity.value])
        self._title.set_words(place.words if place is not None else finding.message)
        self._message.set_words(finding.message)
        self._message.setVisible(place is not None)
        self._rule.set_fact(finding.rule)
        self._level.set_fact(f"{SEVERITY_WORDS[finding.severity].capitalize()} in {_PROFILE_WORDS[profile]}")
        self._show_help(finding, profile)
        self._is_packed = not can_mend and bool(finding.fix)
        self._show_fix(fix)
        self._text_row.say(where(finding) if finding.line is not None else "")
        self._room_row.say(place.words if place is not None and place.rect is not None else "")
        self._pointer_row.say(finding.pointer or "")
        fixed = is_fixed(finding)
        self.ignore_button.setEnabled(can_mend and not fixed)
        why_not = "The server refuses such a theme" if fixed else "" if can_mend else "A zip is read only here"
        self.ignore_button.setToolTip(why_not or f"Writes {finding.rule} into .themelint.toml; can be undone")

    def _on_fix(self) -> None:
        if self._is_packed:
            self.unpack_requested.emit()
        else:
            self.fix_requested.emit(self._finding)

    def _show_help(self, finding: Finding, profile: str) -> None:
        weight = _WEIGHTS[finding.severity.value]
        if profile == "store" and finding.severity.value == "error":
            weight = "The marketplace does not take a theme with this."
        self._why.set_words(f"{finding.help} {weight}".strip() if finding.help else weight)

    def _show_fix(self, fix: Fix | None) -> None:
        has_one = fix is not None or self._is_packed
        for part in (self._fix_head, self.fix_button, self._fix_note):
            part.setVisible(has_one)
        self._fix_words.setVisible(has_one and (fix is None or fix.title != verb(fix)))
        if fix is not None:
            self._fix_words.set_words(f"{fix.title}.")
            self.fix_button.setText(verb(fix))
            self.fix_button.setAccessibleName(fix.title)
            careful = "" if fix.is_safe else "Look whether it is what you meant. "
            self._fix_note.set_words(f"{careful}One undo step.")
        elif self._is_packed:
            self._fix_words.set_words("There is a quick fix, but a zip is read only here.")
            self.fix_button.setText("Unpack to a folder…")
            self.fix_button.setAccessibleName("Unpack to a folder")
            self._fix_note.set_words("The zip stays as it is; you choose where the folder goes.")


class _PlaceRow(QWidget):
    def __init__(self, glyph: str, words: str, *, mono: bool = False) -> None:
        super().__init__()
        self._words = ElidingLabel("", "mono" if mono else "small")
        self.act = button(words, "link")
        self.setLayout(hbox(Glyph(glyph, "text_muted", 16), (self._words, 1), self.act, spacing=8))

    def say(self, words: str) -> None:
        self._words.setText(words)
        self.act.setAccessibleName(f"{self.act.text()} {words}")
        self.setVisible(bool(words))
