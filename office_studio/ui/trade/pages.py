"""The registry of Market's pages: what the left panel lists. A new page is one registration and one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
        needs: Modules below ``ui/trade``, or with their whole names, that ``factory`` would import: each after those
            that it needs itself.
    """

    id: str
    title: str
    icon: str
    factory: Factory
    group: str = "use"
    needs: tuple[str, ...] = ()

    def reading(self) -> Iterator[None]:
        """Import what the page needs, one module a step: together they take longer than a window may stand still."""
        for name in self.needs:
            import_module(_whole(name))
            yield


_pages: dict[str, MarketPageSpec] = {}


def register_page(
    id: str, title: str, icon: str, factory: Factory, *, group: str = "use", needs: tuple[str, ...] = ()
) -> None:
    """Add a page below those of its group; one with the same id is replaced."""
    _pages[id] = MarketPageSpec(id, title, icon, factory, group, needs)


def pages() -> tuple[MarketPageSpec, ...]:
    """All of them, group by group."""
    order = {"use": 0, "sell": 1}
    return tuple(sorted(_pages.values(), key=lambda page: order.get(page.group, 2)))


def _whole(name: str) -> str:
    return name if name.startswith("office_studio.") else f"office_studio.ui.trade.{name}"


def _page(module: str, name: str) -> Factory:
    """Loads the module of a page when it is opened for the first time."""

    def make(studio: Studio, market: MarketSession) -> QWidget:
        made: QWidget = getattr(import_module(_whole(module)), name)(studio, market)
        return made

    return make


# fmt: off
_OFFICEX = "office_studio.services.officex"
_PRICES = ("vendor.app_prices", "vendor.app_form_words", "vendor.app_price_rows")
_RECEIVER = (f"{_OFFICEX}.receiver_log", f"{_OFFICEX}.delivery", f"{_OFFICEX}.receiver", "webhooks.receiver_host")
_SEGMENTS = ("office_studio.ui.make.local_facts", "office_studio.ui.make.cards", "office_studio.ui.make.shelf",
             "office_studio.ui.make.library_model", "office_studio.ui.make.library_view",
             "office_studio.ui.make.library_page")

register_page("wallet", "Wallet", "wallet", _page("wallet.wallet_page", "WalletPage"), needs=(
    *_RECEIVER, "office_studio.ui.assign.sheet", "trade_sheet", *_SEGMENTS, "wallet.wallet_cards",
    "wallet.ledger_model", "wallet.ledger_panel", "installs.pausing", "installs.installing", "installs.catalog_view",
    "installs.installs_view", "spending.spend_chart", "spending.spend_budgets", "spending.spend_watch",
    "spending.spend_strip", "spending.spend_sheet", "wallet.money_sheets", "wallet.wallet_page"))
register_page("catalog", "Catalog", "squares-four", _page("installs.catalog_page", "CatalogPage"), needs=(
    "installs.limits_form", "installs.install_sheets", f"{_OFFICEX}.theme_offer",
    "publish.publish_themes", "publish.publish_previews", "installs.listing_strip", "installs.catalog_page"))
register_page("installs", "Installs", "link-simple", _page("installs.installs_page", "InstallsPage"), needs=(
    "installs.context_sheet", "installs.launch_sheet", "publish.theme_purchase",
    "spending.spend_consent", "installs.installs_page"))
register_page("inbox", "Inbox", "envelope-simple", _page("inbox.inbox_page", "InboxPage"), needs=(
    "inbox.inbox_view", "inbox.inbox_page"))
register_page("chat", "Chat", "chat-circle", _page("chat.chat_page", "ChatPage"), needs=(
    "chat.chat_moments", "chat.chat_talk", "chat.chat_figures", "chat.chat_timeline", "chat.chat_page"))
register_page("lab", "Billing lab", "flask", _page("lab.lab_page", "LabPage"), group="sell", needs=(
    f"{_OFFICEX}.till", f"{_OFFICEX}.outbox", f"{_OFFICEX}.billing", "lab.lab_runs", "lab.lab_chart", "lab.lab_job",
    "lab.lab_model", "lab.lab_page"))
register_page("vendor", "My apps", "storefront", _page("vendor.vendor_page", "VendorPage"), group="sell", needs=(
    "vendor.vendor_data", "vendor.vendor_memory", "vendor.vendor_desk", "vendor.vendor_table", *_PRICES,
    "vendor.vendor_installs", "vendor.vendor_inbox", "vendor.vendor_list", "vendor.vendor_listing",
    "vendor.vendor_prices", "vendor.vendor_sandbox", "vendor.vendor_track", "vendor.vendor_payout",
    "vendor.vendor_wallet", "vendor.vendor_page"))
register_page("publish", "Publish a theme", "tag", _page("publish.publish_page", "PublishPage"), group="sell", needs=(
    *_PRICES, "vendor.app_form_fields", f"{_OFFICEX}.listing", f"{_OFFICEX}.publish", *_RECEIVER,
    "publish.publish_form", "publish.publish_themes", "publish.publish_previews", "publish.publish_sheet",
    "publish.publish_page"))
register_page("webhooks", "Webhooks", "broadcast", _page("webhooks.receiver_page", "ReceiverPage"), group="sell",
              needs=(*_RECEIVER, "webhooks.receiver_answer", "webhooks.receiver_log", "webhooks.receiver_details",
                     "webhooks.receiver_page"))
# fmt: on
