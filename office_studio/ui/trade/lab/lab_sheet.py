"""The question before the billing lab takes real money."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.lab.lab_runs import Plan
from office_studio.ui.trade.trade_sheet import TradeSheet
from office_studio.ui.widgets.basics import Paragraph

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


class LabSheet(TradeSheet):
    """``begin`` is called once the user agreed to the most that the plan can take."""

    def __init__(self, studio: Studio, plan: Plan, app: str, begin: Callable[[], object]) -> None:
        most = market_words.amount(plan.worst_case)
        worth = market_words.dollars(plan.worst_case, studio.market.price_usd)
        runs = formats.plural(len(plan.patterns), "pattern")
        words = Paragraph(
            f"The lab charges your install of {app} for {plan.items} pretended items, by {runs}: up to {most}, {worth} "
            "of real money. Nothing is delivered for it. The sandbox shows the same for nothing."
        )
        super().__init__(studio, f"Charge {app} for a test?", words, glyph="warning")
        self.set_primary(f"Charge up to {most}")
        self.primary.clicked.connect(lambda: (self.close_sheet(), begin()))
        self.open(self.cancel_button)
