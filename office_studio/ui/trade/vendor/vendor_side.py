"""What the sides of an app share: each is brought up to date only while somebody looks at it."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from office_studio.ui.trade.vendor.vendor_desk import VendorDesk


class VendorSide(QWidget):
    """``making`` makes what it shows, once it has its place; it is not refreshed before."""

    def __init__(self, vendor: VendorDesk) -> None:
        super().__init__()
        self._vendor = vendor
        vendor.changed.connect(self._on_vendor_changed)

    def making(self) -> Iterator[None]:
        raise NotImplementedError

    def refresh(self) -> None:
        """Show what the desk knows of the chosen app."""
        raise NotImplementedError

    def _on_vendor_changed(self) -> None:
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        self.refresh()
        super().showEvent(event)
