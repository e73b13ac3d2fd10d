"""The registry of Market's pages: what the left panel lists. A new page is one registration and one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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


def _wallet(studio: Studio, market: MarketSession) -> QWidget:
    from office_studio.ui.trade.wallet.wallet_page import WalletPage

    return WalletPage(studio, market)


def _catalog(studio: Studio, market: MarketSession) -> QWidget:
    from office_studio.ui.trade.installs.catalog_page import CatalogPage

    return CatalogPage(studio, market)


def _installs(studio: Studio, market: MarketSession) -> QWidget:
    from office_studio.ui.trade.installs.installs_page import InstallsPage

    return InstallsPage(studio, market)


def _inbox(studio: Studio, market: MarketSession) -> QWidget:
    from office_studio.ui.trade.inbox.inbox_page import InboxPage

    return InboxPage(studio, market)


def _chat(studio: Studio, market: MarketSession) -> QWidget:
    from office_studio.ui.trade.chat.chat_page import ChatPage

    return ChatPage(studio, market)


def _lab(studio: Studio, market: MarketSession) -> QWidget:
    from office_studio.ui.trade.lab.lab_page import LabPage

    return LabPage(studio, market)


def _my_apps(studio: Studio, market: MarketSession) -> QWidget:
    from office_studio.ui.trade.vendor.vendor_page import VendorPage

    return VendorPage(studio, market)


def _publish(studio: Studio, market: MarketSession) -> QWidget:
    from office_studio.ui.trade.publish.publish_page import PublishPage

    return PublishPage(studio, market)


def _webhooks(studio: Studio, market: MarketSession) -> QWidget:
    from office_studio.ui.trade.webhooks.receiver_page import ReceiverPage

    return ReceiverPage(studio, market)


register_page("wallet", "Wallet", "wallet", _wallet)
register_page("catalog", "Catalog", "squares-four", _catalog)
register_page("installs", "Installs", "link-simple", _installs)
register_page("inbox", "Inbox", "envelope-simple", _inbox)
register_page("chat", "Chat", "chat-circle", _chat)
register_page("lab", "Billing lab", "flask", _lab, group="sell")
register_page("vendor", "My apps", "storefront", _my_apps, group="sell")
register_page("publish", "Publish a theme", "tag", _publish, group="sell")
register_page("webhooks", "Webhooks", "broadcast", _webhooks, group="sell")
