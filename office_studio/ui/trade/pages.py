"""The registry of Market's pages: what the left panel lists. A new page is one registration and one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio
    from office_studio.ui.trade.market_session import MarketSession

Factory = Callable[["Studio", "MarketSession"], QWidget]


@dataclass(frozen=True, slots=True)
class MarketPageSpec:
    """A page is made when it is shown for the first time.

    Attributes:
        icon: Glyph (``ui/icons.py``).
        group: Pages of one group stand together; a line divides the groups. "use" comes first, then "sell".
    """

    id: str
    title: str
    icon: str
    factory: Factory
    group: str = "use"


_pages: dict[str, MarketPageSpec] = {}


def register_page(id: str, title: str, icon: str, factory: Factory, *, group: str = "use") -> None:
    """Add a page below those of its group; one with the same id is replaced."""
    _pages[id] = MarketPageSpec(id, title, icon, factory, group)


def pages() -> tuple[MarketPageSpec, ...]:
    """All of them, group by group."""
    order = {"use": 0, "sell": 1}
    return tuple(sorted(_pages.values(), key=lambda page: order.get(page.group, 2)))


def _page(module: str, name: str) -> Factory:
    """Loads the module of a page when it is opened for the first time."""

    def make(studio: Studio, market: MarketSession) -> QWidget:
        made: QWidget = getattr(import_module(f"office_studio.ui.trade.{module}"), name)(studio, market)
        return made

    return make


register_page("wallet", "Wallet", "wallet", _page("wallet.wallet_page", "WalletPage"))
register_page("catalog", "Catalog", "squares-four", _page("installs.catalog_page", "CatalogPage"))
register_page("installs", "Installs", "link-simple", _page("installs.installs_page", "InstallsPage"))
register_page("inbox", "Inbox", "envelope-simple", _page("inbox.inbox_page", "InboxPage"))
register_page("chat", "Chat", "chat-circle", _page("chat.chat_page", "ChatPage"))
register_page("lab", "Billing lab", "flask", _page("lab.lab_page", "LabPage"), group="sell")
register_page("vendor", "My apps", "storefront", _page("vendor.vendor_page", "VendorPage"), group="sell")
register_page("publish", "Publish a theme", "tag", _page("publish.publish_page", "PublishPage"), group="sell")
register_page("webhooks", "Webhooks", "broadcast", _page("webhooks.receiver_page", "ReceiverPage"), group="sell")
