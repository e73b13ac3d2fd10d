"""A payout's way as a track of three steps, and the list of payouts with one track each."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from office_studio.core.officex.money import MICRO
from office_studio.core.officex.payouts import PayoutStatus
from office_studio.core.officex.wire import PayoutView
from office_studio.ui import formats, paint
from office_studio.ui.icons import draw_glyph
from office_studio.ui.theming import theme
from office_studio.ui.trade import market_words

_Index = QModelIndex | QPersistentModelIndex
PayoutRole = Qt.ItemDataRole.UserRole
_ROW = 104  # px
WAY_NAMES = {"stripe": "Stripe account", "bank": "Bank account", "usdc_solana": "USDC on Solana"}
DONE, NOW, TODO, BROKEN = "done", "now", "to do", "broken"


@dataclass(frozen=True, slots=True)
class Step:
    """``state``: DONE, NOW (waiting here), TODO or BROKEN."""

    title: str
    state: str
    at_ms: int | None = None


def steps(payout: PayoutView) -> tuple[Step, ...]:
    """Requested, approved, paid out; a payout that failed ends where it broke."""
    at = dict(payout.history)
    asked = at.get(PayoutStatus.PENDING.value, payout.created_ms)
    burned, ended = at.get(PayoutStatus.BURNED.value), at.get(payout.status)
    status = payout.status
    if status == PayoutStatus.PENDING.value:
        return Step("Requested", DONE, asked), Step("Approval", NOW), Step("Paid out", TODO)
    if status == PayoutStatus.BURNED.value:
        return Step("Requested", DONE, asked), Step("Approved", DONE, burned), Step("Month-end transfer", NOW)
    if status == PayoutStatus.COMPLETED.value:
        return Step("Requested", DONE, asked), Step("Approved", DONE, burned), Step("Paid out", DONE, ended)
    if PayoutStatus.BURNED.value in at:
        return Step("Requested", DONE, asked), Step("Approved", DONE, burned), Step("Transfer refused", BROKEN, ended)
    return Step("Requested", DONE, asked), Step("Not approved", BROKEN, ended), Step("Paid out", TODO)


def told(payout: PayoutView, now_ms: int) -> str:
    """Where a payout stands and what comes next, in one or two sentences."""
    amount = market_words.amount(payout.amount)
    if payout.status == PayoutStatus.PENDING.value:
        return f"The wallet holds {amount} for it until OfficeX approves."
    if payout.status == PayoutStatus.BURNED.value:
        return f"The money is sent in the transfers of {formats.date(month_end_ms(now_ms))}."
    if payout.status == PayoutStatus.COMPLETED.value:
        return f"{destination_told(payout)} has received ${payout.usd:,.2f}."
    if payout.status == PayoutStatus.FAILED.value:
        is_one = payout.amount == MICRO
        return formats.sentences(reason_told(payout), f"{amount} {'is' if is_one else 'are'} back in the wallet")
    return f"OfficeX calls its state “{payout.status}”."


def reason_told(payout: PayoutView) -> str:
    """Why it failed, in plain words; what only the server knows is quoted."""
    reason = payout.failure_reason.strip()
    if reason == "rejected":
        return "OfficeX did not approve it and gave no reason"
    if reason.startswith("rejected:"):
        return f"OfficeX did not approve it: {reason.removeprefix('rejected:').strip()}"
    if reason == "the transfer was refused":
        return f"{account_of(payout)} did not take the transfer: check the account"
    return f"It did not go through: {reason}" if reason else "It did not go through, and OfficeX gave no reason"


def account_of(payout: PayoutView) -> str:
    return str(payout.destination.get("account_id", "")) or "The account"


def destination_told(payout: PayoutView) -> str:
    account = account_of(payout)
    kind = str(payout.destination.get("type", ""))
    return f"{WAY_NAMES.get(kind, kind)} {account}" if kind else account


def month_end_ms(now_ms: int) -> int:
    """Noon of the last day of the month (UTC) that holds the moment: when transfers run."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    last = now.replace(day=monthrange(now.year, now.month)[1], hour=12, minute=0, second=0, microsecond=0)
    return int(last.timestamp() * 1000)


class PayoutsModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[PayoutView] = []
        self.now_ms = 0

    def show(self, payouts: Sequence[PayoutView], now_ms: int) -> None:
        self.now_ms = now_ms
        rows = sorted(payouts, key=lambda one: -(one.created_ms or 0))
        if [one.payout_id for one in rows] == [one.payout_id for one in self.rows]:
            changed = rows != self.rows
            self.rows = rows
            if rows and changed:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def index_of(self, payout_id: str) -> QModelIndex:
        return next((self.index(i) for i, one in enumerate(self.rows) if one.payout_id == payout_id), QModelIndex())

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        payout = self.rows[index.row()]
        if role == PayoutRole:
            return payout
        if role == Qt.ItemDataRole.DisplayRole:
            return market_words.amount(payout.amount)
        if role == Qt.ItemDataRole.ToolTipRole:
            return told(payout, self.now_ms)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            way = ", ".join(f"{step.title}: {step.state}" for step in steps(payout))
            return f"{market_words.amount(payout.amount)}, ${payout.usd:,.2f}, {way}. {told(payout, self.now_ms)}"
        return None


class PayoutsView(QListView):
    def __init__(self, model: PayoutsModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_PayoutDelegate(self))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAccessibleName("Payouts")

    def payout(self) -> PayoutView | None:
        found = self.currentIndex().data(PayoutRole)
        return found if isinstance(found, PayoutView) else None


class _PayoutDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(240, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        payout, model, ui = index.data(PayoutRole), index.model(), theme()
        if not isinstance(payout, PayoutView) or not isinstance(model, PayoutsModel):
            return
        row = QRectF(option.rect).adjusted(0, 1, 0, -1)
        is_on = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_on or option.state & QStyle.StateFlag.State_MouseOver:
            paint.pill(painter, row, ui.color("selection" if is_on else "hover"), radius=6)
        left, width = row.x() + 12, row.width() - 24
        small, strong = ui.font("small", numeric=True), ui.font("body", "semibold", numeric=True)
        head = QRectF(left, row.y() + 8, width, 20)
        where = destination_told(payout)
        used = paint.text(painter, head, f"{market_words.credits(payout.amount)} credits", "text", strong)
        money = head.adjusted(used + 10, 0, 0, 0)
        used += 10 + paint.text(painter, money, f"${payout.usd:,.2f}", "text_muted", small)
        paint.text(painter, head.adjusted(used + 16, 0, 0, 0), where, "text_muted", small, paint.RIGHT)
        paint_track(painter, QRectF(left, row.y() + 34, width, 40), steps(payout))
        is_broken = payout.status == PayoutStatus.FAILED.value
        ink = "error" if is_broken else "text_muted"
        paint.text(painter, QRectF(left, row.y() + 78, width, 18), told(payout, model.now_ms), ink, ui.font("small"))


def paint_track(painter: QPainter, area: QRectF, way: Sequence[Step]) -> None:
    """Discs joined by lines: filled with a check where done, a ring where it waits, a cross where it broke."""
    ui, each = theme(), area.width() / max(1, len(way))
    middle, radius = area.y() + 10, 9.0
    for at, step in enumerate(way):
        center = QPointF(area.x() + at * each + radius + 1, middle)
        if at + 1 < len(way):
            is_gone = way[at + 1].state in (DONE, BROKEN, NOW) and step.state == DONE
            painter.setPen(QPen(ui.color("success" if is_gone else "border_strong"), 2))
            painter.drawLine(QPointF(center.x() + radius + 5, middle), QPointF(center.x() + each - radius - 5, middle))
        _paint_disc(painter, center, radius, step.state)
        when = formats.day_clock(step.at_ms) if step.at_ms is not None else ""
        words = step.title if not when else f"{step.title} · {when}"
        ink = {BROKEN: "error", TODO: "text_faint", NOW: "text"}.get(step.state, "text_muted")
        label = QRectF(area.x() + at * each, middle + 12, each - 8, 18)
        paint.text(painter, label, words, ink, ui.font("micro", "medium" if step.state == NOW else "regular"))


def _paint_disc(painter: QPainter, center: QPointF, radius: float, state: str) -> None:
    ui = theme()
    box = QRectF(center.x() - radius, center.y() - radius, 2 * radius, 2 * radius)
    if state == DONE:
        paint.pill(painter, box, ui.color("success"))
        draw_glyph(painter, box.adjusted(4, 4, -4, -4), "check", ui.color("surface"))
    elif state == BROKEN:
        paint.pill(painter, box, ui.color("error"))
        draw_glyph(painter, box.adjusted(4, 4, -4, -4), "x", ui.color("surface"))
    else:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ui.color("accent" if state == NOW else "border_strong"), 2))
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))
        if state == NOW:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ui.color("accent"))
            painter.drawEllipse(center, 3.5, 3.5)
        painter.restore()
