"""The cards of the library as a list to look through: filtered by words and by renderer."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from office_studio.ui.make.cards import Card
from office_studio.ui.make.shelf import Shelf

CardRole = Qt.ItemDataRole.UserRole + 1
_Index = QModelIndex | QPersistentModelIndex


class LibraryModel(QAbstractListModel):
    def __init__(self, shelf: Shelf) -> None:
        super().__init__(shelf)
        self.shelf = shelf
        self._words, self._renderer = "", "All"
        self._cards: list[Card] = []
        shelf.changed.connect(self.refresh)
        shelf.picture_arrived.connect(self._on_picture)
        self.refresh()

    def set_filter(self, words: str, renderer: str) -> None:
        if (words, renderer) != (self._words, self._renderer):
            self._words, self._renderer = words, renderer
            self.refresh()

    @property
    def hidden_count(self) -> int:
        return len(self.shelf.cards) - len(self._cards)

    def refresh(self) -> None:
        cards = [card for card in self.shelf.cards if self._fits(card)]
        if [card.key for card in cards] == [card.key for card in self._cards]:
            self._cards = cards
            if cards:
                self.dataChanged.emit(self.index(0), self.index(len(cards) - 1))
            return
        self.beginResetModel()
        self._cards = cards
        self.endResetModel()

    def _fits(self, card: Card) -> bool:
        about = f"{card.name} {card.theme_id} {card.line} {' '.join(c.words for c in card.all_chips)}".casefold()
        is_kind = self._renderer in ("All", card.renderer)
        return is_kind and all(word in about for word in self._words.casefold().split())

    def card_at(self, row: int) -> Card | None:
        return self._cards[row] if 0 <= row < len(self._cards) else None

    def index_of(self, key: str) -> QModelIndex:
        return next((self.index(i) for i, card in enumerate(self._cards) if card.key == key), QModelIndex())

    def _on_picture(self, key: str) -> None:
        index = self.index_of(key)
        if index.isValid():
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._cards)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        card = self.card_at(index.row()) if index.isValid() else None
        if card is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return card.name
        if role == CardRole:
            return card
        if role == Qt.ItemDataRole.ToolTipRole:
            return card.tip
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return card.spoken
        return None
