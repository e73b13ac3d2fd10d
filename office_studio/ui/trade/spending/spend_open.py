"""Where a click on a mark in the office leads (contract, section 21): the page that explains it and can change it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from office_studio.ui.render.jar_looks import Sign, SignKind, Thing
from office_studio.ui.trade.installs.pausing import can_charge
from office_studio.ui.trade.spending.spend_moves import jar_id
from office_studio.ui.trade.spending.spend_signs import LIMITS, SAFE
from office_studio.ui.trade.spending.spend_threads import TRACER

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


def open_mark(studio: Studio, mark_id: str, things: Iterable[Thing]) -> None:
    """A jar: what it has taken, in the ledger. A lamp or sign: the limits of the install. The safe: the wallet, and
    buying where it is empty. A thread: its timeline."""
    if mark_id == SAFE:
        is_empty = any(isinstance(one, Sign) and one.kind is SignKind.EMPTY for one in things)
        _open_wallet(studio, is_empty)
    elif mark_id.startswith(LIMITS):
        _open_limits(studio, mark_id.removeprefix(LIMITS))
    elif mark_id.startswith(TRACER):
        page = _page(studio, "chat")
        if page is not None:
            page.show_tracer(mark_id.removeprefix(TRACER))
    else:
        _open_jar(studio, mark_id)


def _page(studio: Studio, page_id: str):  # type: ignore[no-untyped-def]
    from office_studio.ui.trade.actions import show_page

    return show_page(studio, page_id)


def _open_wallet(studio: Studio, is_empty: bool) -> None:
    from office_studio.ui.trade.market_words import why_no_purchase

    page = _page(studio, "wallet")
    if page is not None and is_empty and not why_no_purchase(studio.market.environment):
        page.open_purchase()


def _open_limits(studio: Studio, install_id: str) -> None:
    market, page = studio.market, _page(studio, "installs")
    install = market.data.install(install_id) if market.data is not None else None
    if page is None or install is None:
        return
    page.choose(install_id)
    place = market.environment
    is_paused = place is not None and market.memory.paused_until(place.name, install_id) is not None
    if can_charge(install) or not is_paused:  # what the user paused goes on with one button of the page
        page.change_limits()


def _open_jar(studio: Studio, mark_id: str) -> None:
    data, page = studio.market.data, _page(studio, "wallet")
    one = next((one for one in data.reservations if jar_id(one) == mark_id), None) if data is not None else None
    if page is not None and data is not None and one is not None:
        page.ledger.show_job(data.app_name(one.app_id), one.job_id)
