"""What the menu Market and the palette can do in the marketplace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from office_studio.ui.action import Action
from office_studio.ui.trade.pages import pages

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


def open_page(studio: Studio, page_id: str) -> None:
    """Go there."""
    studio.window.show_workspace("market")
    studio.market.page_requested.emit(page_id)


def show_page(studio: Studio, page_id: str) -> Any:
    """Go there and have the page at once; None while the sandbox is still starting."""
    open_page(studio, page_id)
    return studio.market_page.page if studio.market_page is not None else None


def _not_open(studio: Studio) -> str:
    session = studio.market_session
    return "" if session is not None and session.choice is not None else "Open Market first"


def _no_purchase(studio: Studio) -> str:
    # Reasons are asked for whenever a menu or the palette opens: nothing of Market is imported before it is opened.
    reason = _not_open(studio)
    if reason:
        return reason
    from office_studio.ui.trade.market_words import why_no_purchase

    return why_no_purchase(studio.market.environment)


def _nothing_charges(studio: Studio) -> str:
    reason = _not_open(studio)
    if reason:
        return reason
    from office_studio.ui.trade.installs.pausing import can_charge

    data = studio.market.data
    return "" if data is not None and any(can_charge(one) for one in data.installs) else "No app may charge now"


def _accounts(studio: Studio) -> None:
    from office_studio.ui.trade.nav_panel import MarketPanel

    studio.window.show_workspace("market")
    panel = studio.window.panel("market")
    if isinstance(panel, MarketPanel):
        panel.show_accounts()


def _sign_in(studio: Studio) -> None:
    from office_studio.ui.trade.nav_panel import sign_in

    studio.window.show_workspace("market")
    sign_in(studio)


MARKET_ACTIONS = (
    *(
        Action(f"market.{spec.id}", spec.title, "Market", lambda s, key=spec.id: open_page(s, key), glyph=spec.icon)
        for spec in pages()
    ),
    Action("market.account", "Switch account…", "Market", _accounts, "", "user-circle", _not_open, starts_group=True),
    Action("market.sign_in", "Sign in to OfficeX…", "Market", _sign_in, "", "sign-in", _not_open),
    Action("market.buy", "Buy credits…", "Market", lambda s: show_page(s, "wallet").open_purchase(), "", "credit-card",
           _no_purchase, starts_group=True),
    Action("market.voucher", "Redeem voucher…", "Market", lambda s: show_page(s, "wallet").open_voucher(), "", "ticket",
           _not_open),
    Action("market.budgets", "Agents and budgets…", "Market", lambda s: show_page(s, "wallet").open_budgets(), "",
           "users", _not_open, tip="Which agent uses which app, and what each is meant to spend in a month"),
    Action("market.register_app", "Register an app…", "Market", lambda s: show_page(s, "vendor").open_register(), "",
           "storefront", _not_open, tip="List an app of yours in the catalog"),
    Action("market.pause_all", "Pause all apps", "Market", lambda s: show_page(s, "installs").pause_all(), "",
           "hand-palm", _nothing_charges, tip="Nothing charges any more until you let it go on"),
)  # fmt: skip
