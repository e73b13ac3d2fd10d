"""The question before an install may charge real money again, or longer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from office_studio.core.officex.limits import NEVER
from office_studio.core.officex.wire import InstallView
from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.installs import installing
from office_studio.ui.trade.trade_sheet import TradeSheet
from office_studio.ui.widgets.basics import Paragraph

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


def most_of(install: InstallView) -> int | None:
    """Micro-credits that an install can still take under its cap; None without one."""
    cap = install.limits.lifetime_micro
    return None if cap == NEVER else max(0, cap - install.usage.settled - install.usage.open_reserved)


class ConsentSheet(TradeSheet):
    """``act`` is called once the user agreed. ``until``: Unix s to which the permission is given, per install."""

    def __init__(
        self,
        studio: Studio,
        installs: Sequence[tuple[InstallView, int]],
        name_of: Callable[[InstallView], str],
        act: Callable[[], object],
    ) -> None:
        data = studio.market.data
        available = data.balance.available if data is not None else 0
        lines = [
            f"{name_of(one)}: " + installing.worst_case(
                installing.permission_of(replace(one.limits, allowed_until=until)), available, studio.market.price_usd)
            for one, until in installs
        ]  # fmt: skip
        most = [most_of(one) for one, _ in installs]
        total = None if None in most else sum(micro or 0 for micro in most)
        names = formats.sentence_list(name_of(one) for one, _ in installs[:3])
        who = names if len(installs) <= 3 else formats.plural(len(installs), "app")
        super().__init__(
            studio, f"Let {who} charge real money?", *(Paragraph(words) for words in lines[:6]), glyph="warning"
        )
        self.set_primary("Allow without a cap" if total is None else f"Allow up to {market_words.amount(total)}")
        self.primary.clicked.connect(lambda: (self.close_sheet(), act()))
        self.open(self.cancel_button)
