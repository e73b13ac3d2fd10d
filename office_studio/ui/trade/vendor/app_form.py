"""All fields of a listing in sections, with an index at the left that says where something is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from office_studio.core.officex.app_fields import Setup
from office_studio.services.officex.environments import Environment
from office_studio.ui import paint
from office_studio.ui.theming import theme
from office_studio.ui.trade.vendor.app_form_fields import (
    AddressesField,
    FlagField,
    FormField,
    IconField,
    LineField,
    PricesField,
    PriceTypeField,
    TagsField,
    TextField,
)
from office_studio.ui.trade.vendor.app_form_words import TITLES
from office_studio.ui.trade.vendor.app_limits_field import LimitsField
from office_studio.ui.widgets.layouts import button, hbox, label, line, vbox

_INDEX_WIDTH = 164
_TOLD = Qt.ItemDataRole.UserRole
_LOOPBACK = "In the sandbox an address on this computer works too."
SECTIONS: dict[str, tuple[str, ...]] = {
    "Basics": ("name", "subtitle", "icon", "category", "developer", "tags", "description"),
    "Price": ("price_type", "pricing_lines", "inAppPurchases"),
    "Addresses": ("webhook_url", "iframe_url", "app_url", "support_url", "contact_email"),
    "For agents": ("context_prompt", "documentation"),
    "Limits": ("suggested_rate_limits", "minimum_rate_limits"),
    "Pictures": ("preview_images", "youtube_url"),
}
_BESIDE = {"category": "developer", "app_url": "support_url"}  # share a row


class AppForm(QWidget):
    """``begin`` is what the listing says now; ``costs`` what each price line costs the vendor.

    Signals:
        changed(): some field is other.
        picture_wanted(str): upload one for this field.
    """

    changed = Signal()
    picture_wanted = Signal(str)

    def __init__(
        self, setup: Setup, place: Environment, begin: Mapping[str, Any], costs: Mapping[str, str], *, is_new: bool
    ) -> None:
        super().__init__()
        self._setup, self._place, self._is_new = setup, place, is_new
        self._listing, self._costs = begin, costs
        self.fields: dict[str, FormField] = {}
        self._heads: dict[str, QWidget] = {}
        self.area = _TallArea()
        self.index = _Index()
        self.setLayout(hbox(self.index, (self.area, 1), spacing=4))

    def build(self) -> None:
        """Make the fields, once the form has its place: Qt styles all of them anew with each change of parent."""
        body = QWidget()
        body.setProperty("level", "clear")
        self.area.setWidget(body)
        self.fields = _fields(self._setup, self._place, is_new=self._is_new)
        self._add_upload_buttons()
        self._lay_out(body)
        self.index.show_sections(list(self._heads))
        self.begin(self._listing, self._costs)
        for field in self.fields.values():
            field.changed.connect(self._on_changed)
        self.index.chosen.connect(self.show_section)
        self.area.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self._tell_index()

    def _has(self, section: str) -> bool:
        return any(name in self.fields for name in SECTIONS[section])

    def _lay_out(self, body: QWidget) -> None:
        self._column = vbox(spacing=10, margins=(4, 2, 16, 8))
        body.setLayout(self._column)
        for section in SECTIONS:
            if self._has(section):
                part = self._heads[section] = QWidget()
                self._column.addWidget(part)
                if len(self._heads) > 1:
                    part.hide()  # it comes once the first can be seen
                self._fill(part, section)
        self._column.addStretch(1)
        QTimer.singleShot(0, self, self._reveal_next)

    def _fill(self, part: QWidget, section: str) -> None:
        items: list[Any] = [8, line(), 8] if len(self._heads) > 1 else []
        items.append(label(section.upper(), "overline"))
        beside = set(_BESIDE.values())
        for name in SECTIONS[section]:
            if name in beside or name not in self.fields:
                continue
            other = _BESIDE.get(name)
            row = hbox((self.fields[name], 1), (self.fields[other], 1), spacing=16) if other else self.fields[name]
            items.append(row)
        part.setLayout(vbox(*items, spacing=10))

    def _reveal_next(self) -> None:
        """One section at a time: Qt takes its time to style each when it is shown."""
        hidden = next((part for part in self._heads.values() if part.isHidden()), None)
        if hidden is not None:
            hidden.show()
            QTimer.singleShot(0, self, self._reveal_next)

    def _reveal_all(self) -> None:
        for part in self._heads.values():
            part.show()
        self._column.activate()

    def _add_upload_buttons(self) -> None:
        icon = self.fields["icon"]
        assert isinstance(icon, IconField)
        self.upload_icon = button("Upload…", density="small")
        icon.row.addWidget(self.upload_icon)
        self.upload_icon.clicked.connect(lambda: self.picture_wanted.emit("icon"))
        previews = self.fields.get("preview_images")
        self.upload_preview = button("Upload a picture…", density="small")
        if previews is not None:
            previews.layout().addWidget(self.upload_preview)  # type: ignore[union-attr]
            self.upload_preview.clicked.connect(lambda: self.picture_wanted.emit("preview_images"))

    # -- what it holds -----------------------------------------------------------------------------
    @property
    def prices(self) -> PricesField:
        found = self.fields["pricing_lines"]
        assert isinstance(found, PricesField)
        return found

    def begin(self, listing: Mapping[str, Any], costs: Mapping[str, str]) -> None:
        """Show a listing; from now on changes count against it."""
        for name, field in self.fields.items():
            field.set_value(listing.get(name))
        lines = listing.get("pricing_lines")
        self.prices.rows.set_lines([str(text) for text in lines] if isinstance(lines, list) else [], dict(costs))
        self.base = self.values()
        self._base_typed = {name: field.typed() for name, field in self.fields.items()}
        for field in self.fields.values():
            field.check()

    def values(self) -> dict[str, Any]:
        return {name: field.value for name, field in self.fields.items()}

    @property
    def changes(self) -> dict[str, Any]:
        """Fields that are other than at the beginning; None clears one."""
        return {name: value for name, value in self.values().items() if value != self.base[name]}

    @property
    def reasons(self) -> dict[str, str]:
        """Why it cannot be saved, by field, in the order of the form."""
        found = {name: field.reason for name, field in self.fields.items() if field.reason}
        if not self._is_new:  # what the listing says already was taken once: only changes are judged
            changed = self.changes
            found = {name: reason for name, reason in found.items() if name in changed}
        return found

    @property
    def unsaved(self) -> list[str]:
        """Fields that somebody typed into, even what cannot be sent yet."""
        return [name for name, field in self.fields.items() if field.typed() != self._base_typed[name]]

    def raw(self) -> dict[str, Any]:
        """Of the unsaved fields only: the others follow the listing, whoever changes it meanwhile."""
        return {name: self.fields[name].raw() for name in self.unsaved}

    def restore(self, raw: Mapping[str, Any]) -> None:
        for name, field in self.fields.items():
            if name in raw:
                field.set_raw(raw[name])

    # -- moving about ------------------------------------------------------------------------------
    def show_field(self, name: str) -> None:
        field = self.fields.get(name)
        if field is not None:
            if not field.isVisible():
                self._reveal_all()
            self._column.activate()
            self.area.ensureWidgetVisible(field, 0, 40)
            field.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_section(self, section: str) -> None:
        self._reveal_all()
        top = self._heads[section].y() + (18 if self._heads[section].y() > 2 else -2)
        self.area.verticalScrollBar().setValue(top)
        first = next(name for name in SECTIONS[section] if name in self.fields)
        self.fields[first].editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def follow_focus(self, focused: QWidget | None) -> None:
        """Scroll to where the keyboard is."""
        if focused is not None and self.area.isAncestorOf(focused):
            self.area.ensureWidgetVisible(focused, 0, 40)

    def _on_scrolled(self, at: int) -> None:
        passed = [section for section, head in self._heads.items() if head.y() <= at + 60]
        is_at_end = at == self.area.verticalScrollBar().maximum() and at > 0
        self.index.mark(list(self._heads)[-1] if is_at_end else passed[-1] if passed else next(iter(self._heads)))

    def _on_changed(self, _name: str) -> None:
        self._tell_index()
        self.changed.emit()

    def _tell_index(self) -> None:
        wrong = {name for name in self.reasons if self.fields[name].is_scolding}
        for section, names in SECTIONS.items():
            if section in self._heads:
                loses = self.prices.rows.losses if section == "Price" else 0
                self.index.tell(section, sum(name in wrong for name in names), bool(loses))


def _fields(setup: Setup, place: Environment, *, is_new: bool) -> dict[str, FormField]:
    here = _LOOPBACK if setup.allows_loopback else ""
    found: list[FormField] = [
        LineField("name", setup, "Lead Finder"),
        LineField("subtitle", setup, "What it does, in one line"),
        IconField(setup),
        LineField("category", setup, "Sales"),
        LineField("developer", setup, "Who makes it"),
        TagsField("tags", setup, "leads, research", "Commas between them."),
        TextField("description", setup, 96, "What buyers get"),
        PriceTypeField(setup),
        PricesField(setup, place.credit_price_usd, place.payout_rate_usd),
        FlagField("inAppPurchases", setup, "More can be bought inside the app"),
        LineField("webhook_url", setup, "https://…", f"Told of each install; buyers never see it. {here}".strip()),
        LineField("iframe_url", setup, "https://…", f"Opened when somebody launches the app. {here}".strip()),
        LineField("app_url", setup, "https://…"),
        LineField("support_url", setup, "https://…"),
        LineField("contact_email", setup, "you@example.org"),
        TextField("context_prompt", setup, 84, "When and how an agent should use the app", "Only agents read it."),
        TextField("documentation", setup, 150, "How an agent calls the app", "Public: agents of buyers read it.",
                  place.documentation_warning),
        LimitsField("suggested_rate_limits", setup, "Installs begin with these, unless the user says otherwise.",
                    has_presets=True),
        LimitsField("minimum_rate_limits", setup, "Users cannot go below these. Leave them empty if in doubt.",
                    has_presets=False),
    ]  # fmt: skip
    if not is_new:
        found.append(AddressesField("preview_images", setup, 84, "https://…", "One address a line."))
        found.append(LineField("youtube_url", setup, "https://www.youtube.com/watch?v=…"))
    assert all(field.name in TITLES for field in found)
    return {field.name: field for field in found}


class _TallArea(QScrollArea):
    """Takes the height that the window leaves."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(160)

    def sizeHint(self) -> QSize:
        return QSize(560, 720)


class _Index(QListWidget):
    """Signals:
    chosen(str): go to this section.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(_INDEX_WIDTH)
        self.setAccessibleName("Sections of the form")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes through the fields; the index is for the mouse
        self.setItemDelegate(_SectionDelegate(self))
        self.setMouseTracking(True)
        self._items: dict[str, QListWidgetItem] = {}
        self.itemClicked.connect(lambda item: self.chosen.emit(item.text()))

    def show_sections(self, sections: list[str]) -> None:
        self._items = {section: QListWidgetItem(section) for section in sections}
        for item in self._items.values():
            self.addItem(item)
        self.setCurrentRow(0)

    def mark(self, section: str) -> None:
        self.setCurrentItem(self._items[section])

    def tell(self, section: str, wrong: int, is_losing: bool) -> None:
        words = f"{wrong} to fix" if wrong else "loses money" if is_losing else ""
        item = self._items[section]
        if item.data(_TOLD) != words:
            item.setData(_TOLD, words)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(filter(None, (section, words))))


class _SectionDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, 30)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        ui, row = theme(), QRectF(option.rect).adjusted(0, 1, 0, -1)
        is_on = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_on or option.state & QStyle.StateFlag.State_MouseOver:
            paint.pill(painter, row, ui.color("selection" if is_on else "hover"), radius=6)
        inner, told = row.adjusted(10, 0, -8, 0), str(index.data(_TOLD) or "")
        used = paint.text(painter, inner, told, "error", ui.font("micro"), paint.RIGHT)
        words = str(index.data(Qt.ItemDataRole.DisplayRole))
        paint.text(painter, inner.adjusted(0, 0, -used - 6, 0), words, "text", ui.font("body", "medium"))
