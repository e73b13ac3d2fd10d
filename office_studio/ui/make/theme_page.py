"""The tab of one theme: the verdict, its problems, and below them the text and the room they are in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSplitter, QStackedLayout, QToolButton, QWidget

from office_studio.core.validation.report import Finding, Severity
from office_studio.core.validation.rule import Profile
from office_studio.ui import formats
from office_studio.ui.icons import icon
from office_studio.ui.make.document import Checked, ThemeDocument
from office_studio.ui.make.library_page import Segments
from office_studio.ui.make.manifest_text import ManifestText
from office_studio.ui.make.places import place_of
from office_studio.ui.make.problem_details import ProblemDetails
from office_studio.ui.make.problem_rows import rows_of, verdict
from office_studio.ui.make.problem_view import ProblemHead, ProblemModel, ProblemView
from office_studio.ui.make.room_view import RoomView
from office_studio.ui.widgets.basics import ElidingLabel, EmptyState, Glyph
from office_studio.ui.widgets.layouts import button, frame, hbox, search_field, vbox

_PROFILES = {"Server": Profile.SERVER, "Schema": Profile.SCHEMA, "Store": Profile.STORE}
_SEVERITIES = (
    (Severity.ERROR, "warning-octagon-fill", "blocked_mark", "Errors"),
    (Severity.WARNING, "warning-fill", "idle_mark", "Warnings"),
    (Severity.INFO, "info-fill", "collaborating_mark", "Notes"),
)
_BOTH_FROM = 1300  # px of the page from which text and room stand side by side
_DETAILS_FROM = 860
_MOST_MODELS = 60


class ThemePage(QFrame):
    """Signals:
    changed(): verdict, name or state of saving are others.
    copied(str)
    unpack_requested(): it is a zip, and somebody wants to mend it.
    model_requested(object): the path of one of its 3D models, to be looked at.
    """

    changed = Signal()
    copied = Signal(str)
    unpack_requested = Signal()
    model_requested = Signal(object)

    def __init__(self, document: ThemeDocument) -> None:
        super().__init__()
        self.setProperty("level", "surface")
        self.document = document
        self.model = ProblemModel(self)
        self.view = ProblemView(self.model)
        self.head = ProblemHead(self.view)
        self.details = ProblemDetails()
        self.text, self.room = ManifestText(), RoomView()
        self._wanted: Finding | None = None
        self._build_verdict()
        self._build_filters()
        self._arrange()
        self._connect()
        self._show_result(None)

    # -- building ----------------------------------------------------------------------------------
    def _build_verdict(self) -> None:
        self._verdict_glyph = Glyph("spinner-gap", "text_muted", 26)
        self.verdict = ElidingLabel("Checking…", "title")
        self._facts = ElidingLabel("", "small-muted")
        self.check_button = button("Check again", glyph="arrows-clockwise")
        self.fix_all_button = button("Fix all safe ones", "primary", "wrench")
        self.unpack_button = button("Unpack to a folder…", glyph="package")
        self.unpack_button.setToolTip("A zip is read only here; its folder can be mended. The zip stays as it is.")
        self.unpack_button.setVisible(not self.document.is_mendable)
        self.models_button = button("Models", glyph="cube")
        self.models_button.setToolTip("Look at a 3D model of the theme")
        self.models_menu = QMenu(self.models_button)
        self.models_menu.aboutToShow.connect(self._fill_models)
        self.models_button.setMenu(self.models_menu)
        self.models_button.setVisible(bool(self._models()))
        words = vbox(self.verdict, self._facts, spacing=0)
        self._top = frame(
            hbox(self._verdict_glyph, (words, 1), self.models_button, self.check_button, self.unpack_button,
                 self.fix_all_button,
                 margins=(16, 10, 16, 10), spacing=12),
            edge="bottom",
        )  # fmt: skip

    def _models(self) -> list[Path]:
        folder = self.document.path
        if not self.document.is_mendable or not folder.is_dir():
            return []
        return sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".glb", ".gltf"))[:_MOST_MODELS]

    def _fill_models(self) -> None:
        self.models_menu.clear()
        for path in self._models():
            name = path.relative_to(self.document.path).as_posix()
            self.models_menu.addAction(name, lambda chosen=path: self.model_requested.emit(chosen))

    def _build_filters(self) -> None:
        self.search = search_field("Filter by text, file, rule")
        self.search.setMinimumWidth(120)
        self.profiles = Segments(tuple(_PROFILES), "Profile", "Schema")
        tips = {"Server": "What an upload is judged by", "Schema": "Also the full manifest schema",
                "Store": "Also the marketplace's tighter limits"}  # fmt: skip
        for word, tip in tips.items():
            self.profiles.button_of(word).setToolTip(tip)
        self.severities: dict[Severity, QToolButton] = {}
        pills: QHBoxLayout = hbox(spacing=6)
        for severity, glyph, role, words in _SEVERITIES:
            pill = QToolButton()
            pill.setProperty("kind", "filter")
            pill.setIcon(icon(glyph, role, role))
            pill.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            pill.setCheckable(True)
            pill.setChecked(True)
            pill.setToolTip(f"{words}: show or hide")
            pill.setAccessibleName(words)
            pill.toggled.connect(self._refresh_rows)
            self.severities[severity] = pill
            pills.addWidget(pill)
        self.grouping = Segments(("By file", "One list"), "Grouping")
        self._filters = hbox((self.search, 1), self.profiles, pills, self.grouping, margins=(16, 8, 16, 8), spacing=10)

    def _arrange(self) -> None:
        self._nothing = EmptyState("check-circle", "No problems", "")
        lists = QWidget()
        self._lists = QStackedLayout(lists)
        self._lists.addWidget(self.view)
        self._lists.addWidget(self._nothing)
        upper = frame(vbox(self._filters, self.head, (lists, 1), spacing=0), "surface")
        self.viewers = Segments(("theme.json", "Room"), "Show")
        self._viewer_bar = frame(hbox(self.viewers, None, margins=(12, 4, 12, 4)), "surface", "top")
        self._viewers = QSplitter(Qt.Orientation.Horizontal)
        self._viewers.addWidget(self.text)
        self._viewers.addWidget(self.room)
        self._viewers.setChildrenCollapsible(False)
        lower = frame(vbox(self._viewer_bar, (self._viewers, 1), spacing=0), "surface")
        self._rows = QSplitter(Qt.Orientation.Vertical)
        self._rows.addWidget(upper)
        self._rows.addWidget(lower)
        self._rows.setSizes([320, 270])
        self._rows.setStretchFactor(0, 1)
        self._rows.setStretchFactor(1, 1)
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        self._columns.addWidget(frame(vbox(self._top, (self._rows, 1), spacing=0), "surface"))
        self._columns.addWidget(self.details)
        self._columns.setSizes([900, 320])
        self._columns.setStretchFactor(0, 1)
        self._columns.setStretchFactor(1, 0)
        for splitter in (self._rows, self._columns):
            splitter.setChildrenCollapsible(False)
        self.setLayout(vbox(self._columns, spacing=0))
        self._show_viewer("theme.json")

    def _connect(self) -> None:
        document = self.document
        document.checked.connect(self._show_result)
        document.checking_changed.connect(self._on_checking)
        self.check_button.clicked.connect(lambda: document.check())
        self.fix_all_button.clicked.connect(document.fix_all_safe)
        self.unpack_button.clicked.connect(self.unpack_requested)
        self.details.unpack_requested.connect(self.unpack_requested)
        self.search.textChanged.connect(self._refresh_rows)
        self.profiles.chosen.connect(lambda word: document.set_profile(_PROFILES[word]))
        self.grouping.chosen.connect(self._refresh_rows)
        self.head.sort_changed.connect(self._refresh_rows)
        self.viewers.chosen.connect(self._show_viewer)
        self.view.chosen.connect(self._on_chosen)
        self.view.opened.connect(self.go_to)
        self.view.clicked.connect(lambda _index: self._go_beside(self.view.finding()))
        self.view.fix_requested.connect(document.fix)
        self.details.fix_requested.connect(document.fix)
        self.details.text_requested.connect(self.go_to)
        self.details.room_requested.connect(self._go_to_room)
        self.details.copy_requested.connect(self._copy)
        self.details.ignore_requested.connect(document.ignore)

    # -- showing -----------------------------------------------------------------------------------
    def _on_checking(self, _is_busy: bool) -> None:
        self.check_button.setEnabled(not self.document.is_busy)
        self._refresh_fix_all()
        self.changed.emit()

    def _show_result(self, result: Checked | None) -> None:
        if result is None:
            self._refresh_fix_all()
            return
        report = result.report
        level = report.verdict.value
        look = {"reject": ("x-circle-fill", "blocked_mark"), "warn": ("check-circle-fill", "success"),
                "accept": ("check-circle-fill", "success")}[level]  # fmt: skip
        self._verdict_glyph.set_glyph(*look)
        self.verdict.setText(verdict(report))
        self._facts.setText(
            f"Checked {formats.clock_seconds(result.at_ms)} · {formats.plural(result.rules, 'rule')} · "
            f"{formats.plural(result.files, 'file')} · {formats.quantity(max(1, round(result.took_ms)))} ms"
        )
        for severity, pill in self.severities.items():
            pill.setText(f" {formats.quantity(report.counts[severity.value])}")
        self.text.show_text(result.text, report.findings)
        self.room.set_theme(result.loaded)
        self._refresh_rows()
        self._refresh_fix_all()
        self.changed.emit()

    def _refresh_fix_all(self) -> None:
        result = self.document.result
        safe = result.safe_count if result is not None else 0
        self.fix_all_button.setVisible(bool(safe))
        self.fix_all_button.setText(
            f" Fix {formats.plural(safe, 'safe one')}" if safe < 2 else f" Fix all {safe} safe ones"
        )
        self.fix_all_button.setEnabled(not self.document.is_busy)

    def _refresh_rows(self, *_: object) -> None:
        result = self.document.result
        if result is None:
            return
        shown = frozenset(severity for severity, pill in self.severities.items() if pill.isChecked())
        by_file = self.grouping.current == "By file"
        chosen, row = self.view.finding() or self._wanted, self.view.currentIndex().row()
        rows = rows_of(
            result.report.findings, self.search.text(), shown,
            by_file=by_file, sort=self.head.sort, is_descending=self.head.is_descending,
        )  # fmt: skip
        self.model.set_rows(rows, dict(result.fixes))
        self._lists.setCurrentWidget(self.view if rows else self._nothing)
        self.head.update()
        total = len(result.report.findings)
        if not rows:
            hidden = f"The filter hides {formats.plural(total, 'problem')}." if total else "Nothing to mend."
            self._nothing.say(
                "funnel" if total else "check-circle", "No problem fits" if total else "No problems", hidden
            )
        self._restore(chosen, row)

    def _restore(self, chosen: Finding | None, row: int) -> None:
        """Keep the chosen problem; when it is mended, the one that took its place."""
        findings = self.model.findings
        same = next((f for f in findings if chosen is not None and _same(f, chosen)), None)
        if same is None and chosen is not None and findings:
            near = [r for r in self.model.rows[max(0, row) :] if isinstance(r, Finding)]
            same = near[0] if near else findings[-1]
        self.view.choose(same or (findings[0] if findings else None))

    def _on_chosen(self, finding: Finding | None) -> None:
        result = self.document.result
        if result is None:
            return
        self._wanted = finding or self._wanted
        place = place_of(finding, result.document) if finding is not None else None
        fix = result.fixes.get(finding) if finding is not None else None
        self.details.show_finding(finding, fix, place, self.document.profile.value, can_mend=self.document.is_mendable)
        self._go_beside(finding)

    def _go_beside(self, finding: Finding | None) -> None:
        """Show line and object of a problem without taking the focus from the list."""
        result = self.document.result
        if result is None:
            return
        is_in_text = finding is not None and finding.line is not None and finding.file in (None, "theme.json")
        self.text.go_to(
            finding.line if finding is not None and is_in_text else None, finding.column if finding else None
        )
        self.room.go_to(place_of(finding, result.document) if finding is not None else None)

    def go_to(self, finding: Finding | None) -> None:
        """To its line."""
        self._go_beside(finding)
        if finding is not None and finding.line is not None:
            self._show_viewer("theme.json")
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_to_room(self, finding: Finding) -> None:
        self._show_viewer("Room")
        self._go_beside(finding)

    # -- actions -----------------------------------------------------------------------------------
    def step(self, by: int) -> None:
        """Next or previous problem, from wherever the focus is."""
        self.view.step(by)

    def show_problem(self, finding: Finding) -> None:
        """Choose it, also when a filter hides it, and go to its line."""
        if not self.model.index_of(finding).isValid():
            self.search.clear()
            self.severities[finding.severity].setChecked(True)
        self.view.choose(finding)
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._go_beside(finding)

    def fix_chosen(self) -> None:
        finding, result = self.view.finding(), self.document.result
        if finding is not None and result is not None and finding in result.fixes:
            self.document.fix(finding)

    def focus_filter(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _copy(self, words: str) -> None:
        QGuiApplication.clipboard().setText(words)
        self.copied.emit(words)

    def _show_viewer(self, word: str) -> None:
        self.viewers.choose(word)
        both = self.width() >= _BOTH_FROM
        self._viewer_bar.setVisible(not both)
        self.text.setVisible(both or word == "theme.json")
        self.room.setVisible(both or word == "Room")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        was_both, both = self._viewer_bar.isHidden(), event.size().width() >= _BOTH_FROM
        self.details.setVisible(event.size().width() >= _DETAILS_FROM)
        if was_both != both:
            self._show_viewer(self.viewers.current)
            if both:
                half = event.size().width() // 3
                self._viewers.setSizes([half, half])

    def close_page(self) -> None:
        self.document.close()
        self.room.close_room()


def _same(one: Finding, other: Finding) -> bool:
    return (one.rule, one.pointer, one.file) == (other.rule, other.pointer, other.file)
