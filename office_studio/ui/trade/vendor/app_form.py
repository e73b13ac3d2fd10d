"""All fields of a listing in sections, with an index at the left that says where something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
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
from office_studio.ui.slices import polishing
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

    def making(self) -> Iterator[None]:
        """Make the fields, once the form has its place: the first section is shown when it is there, then the rest."""
        body = QWidget()
        body.setProperty("level", "clear")
        self._column = vbox(None, spacing=10, margins=(4, 2, 16, 8))
        body.setLayout(self._column)
        self.area.setWidget(body)
        makers = _makers(self._setup, self._place, is_new=self._is_new)
        for section, names in SECTIONS.items():
            for name in names:
                if name in makers:
                    self.fields[name] = makers[name]()
                    assert self.fields[name].name == name
                    yield
            if any(name in makers for name in names):
                yield from self._add_section(section)
        for part in self._heads.values():  # together: each would have the whole sheet painted again
            part.show()
        self._column.activate()
        yield
        self._begin_counting()
        for field in self.fields.values():
            field.changed.connect(self._on_changed)
        self.index.chosen.connect(self.show_section)
        self.area.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self._tell_index()

    def _add_section(self, section: str) -> Iterator[None]:
        part = self._heads[section] = QWidget()
        part.hide()
        self._column.insertWidget(len(self._heads) - 1, part)
        self._fill(part, section)
        self._add_upload_button(section)
        self.index.add_section(section)
        yield
        for name in SECTIONS[section]:
            if name in self.fields:
                self._show_listing(self.fields[name])
                yield
        yield from polishing(part)
        if len(self._heads) == 1:
            part.show()
            yield

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

    def _add_upload_button(self, section: str) -> None:
        icon, previews = self.fields["icon"], self.fields.get("preview_images")
        if section == "Basics":
            assert isinstance(icon, IconField)
            self.upload_icon = button("Upload…")
            icon.row.addWidget(self.upload_icon)
            self.upload_icon.clicked.connect(lambda: self.picture_wanted.emit("icon"))
        elif section == "Pictures" and previews is not None:
            self.upload_preview = button("Upload a picture…", density="small")
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
        self._listing, self._costs = listing, costs
        for field in self.fields.values():
            self._show_listing(field)
        self._begin_counting()

    def _show_listing(self, field: FormField) -> None:
        field.set_value(self._listing.get(field.name))
        if isinstance(field, PricesField):
            lines = self._listing.get("pricing_lines")
            field.rows.set_lines([str(text) for text in lines] if isinstance(lines, list) else [], dict(self._costs))
        field.check()

    def _begin_counting(self) -> None:
        self.base = self.values()
        self._base_typed = {name: field.typed() for name, field in self.fields.items()}

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
            self._column.activate()
            self.area.ensureWidgetVisible(field, 0, 40)
            field.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_section(self, section: str) -> None:
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


def _makers(setup: Setup, place: Environment, *, is_new: bool) -> dict[str, Callable[[], FormField]]:
    """By the name of the field; each is made in a slice of its own."""
    here = f" {_LOOPBACK}" if setup.allows_loopback else ""

    def line_of(name: str, *words: str) -> Callable[[], FormField]:
        return lambda: LineField(name, setup, *words)

    found: dict[str, Callable[[], FormField]] = {
        "name": line_of("name", "Lead Finder"),
        "subtitle": line_of("subtitle", "What it does, in one line"),
        "icon": lambda: IconField(setup),
        "category": line_of("category", "Sales"),
        "developer": line_of("developer", "Who makes it"),
        "tags": lambda: TagsField("tags", setup, "leads, research", "Commas between them."),
        "description": lambda: TextField("description", setup, 96, "What buyers get"),
        "price_type": lambda: PriceTypeField(setup),
        "pricing_lines": lambda: PricesField(setup, place.credit_price_usd, place.payout_rate_usd),
        "inAppPurchases": lambda: FlagField("inAppPurchases", setup, "More can be bought inside the app"),
        "webhook_url": line_of("webhook_url", "https://…", f"Told of each install; buyers never see it.{here}"),
        "iframe_url": line_of("iframe_url", "https://…", f"Opened when somebody launches the app.{here}"),
        "app_url": line_of("app_url", "https://…"),
        "support_url": line_of("support_url", "https://…"),
        "contact_email": line_of("contact_email", "you@example.org"),
        "context_prompt": lambda: TextField("context_prompt", setup, 84, "When and how an agent should use the app",
                                            "Only agents read it."),
        "documentation": lambda: TextField("documentation", setup, 150, "How an agent calls the app",
                                           "Public: agents of buyers read it.", place.documentation_warning),
        "suggested_rate_limits": lambda: LimitsField("suggested_rate_limits", setup,
                                                     "Installs begin with these, unless the user says otherwise.",
                                                     has_presets=True),
        "minimum_rate_limits": lambda: LimitsField("minimum_rate_limits", setup,
                                                   "Users cannot go below these. Leave them empty if in doubt.",
                                                   has_presets=False),
    }  # fmt: skip
    if not is_new:
        found["preview_images"] = lambda: AddressesField(
            "preview_images", setup, 84, "https://…", "One address a line."
        )
        found["youtube_url"] = line_of("youtube_url", "https://www.youtube.com/watch?v=…")
    assert all(name in TITLES for name in found)
    return found


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

    def add_section(self, section: str) -> None:
        self._items[section] = QListWidgetItem(section)
        self.addItem(self._items[section])
        if len(self._items) == 1:
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
