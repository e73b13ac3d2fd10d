"""The last question before a theme is listed, then its steps: what changes, how far it is, cancel."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QProgressBar, QWidget

from office_studio.errors import OfficeStudioError
from office_studio.services.officex.listing import FieldChange
from office_studio.services.officex.publish import Plan, Published, Publisher, Step
from office_studio.ui import formats
from office_studio.ui.trade import market_words
from office_studio.ui.trade.trade_sheet import TradeSheet
from office_studio.ui.trade.vendor.app_form_words import TITLES
from office_studio.ui.trade.webhooks.receiver_host import ReceiverHost
from office_studio.ui.widgets.basics import ElidingLabel, Glyph, Paragraph
from office_studio.ui.widgets.layouts import hbox, label, vbox

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_WIDTH = 560
_MOST_SHOWN = 8
# Of each step: to come, under way, done.
_STEPS = {
    Step.PACK: ("Check and pack", "Packing", "Checked and packed"),
    Step.PICTURES: ("Send the pictures", "Sending the pictures", "Pictures sent"),
    Step.LIST: ("List it", "Listing it", "Listed"),
    Step.HAND_OVER: ("Open the shop", "Opening the shop", "The shop hands it over"),
}


class PublishSheet(TradeSheet):
    """``make_plan``: what to publish, once the receiver's address is known; ``changes``: of an app that is there."""

    def __init__(
        self,
        studio: Studio,
        host: ReceiverHost,
        make_plan: Callable[[], Plan],
        changes: tuple[FieldChange, ...],
        done: Callable[[Published], None],
    ) -> None:
        self._host, self._make_plan, self._done_with = host, make_plan, done
        plan = make_plan()  # its addresses come once the receiver runs
        self._uploaded: dict[str, str] = {}  # so that a second try does not send the pictures again
        facts, price = plan.facts, market_words.amount(plan.price)
        self.diff = _Diff(changes) if plan.app is not None else None
        self.steps = {step: _StepRow(words) for step, words in _STEPS.items()}
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Published")
        self._is_forced = False
        who = studio.market.choice.email if studio.market.choice is not None else ""
        words = f"{facts.name} {facts.version}, {price if plan.price else 'free'}, sold by {who}."
        steps = QWidget()
        steps.setLayout(vbox(*self.steps.values(), hbox(26, (self.bar, 1), spacing=0), spacing=6))
        title = f"Publish {facts.name}" if plan.app is None else f"Update {facts.name}"
        parts: list[Any] = [Paragraph(words)]
        if self.diff is not None:
            parts.append(self.diff)
        super().__init__(studio, title, *parts, 2, steps, width=_WIDTH, glyph="storefront")
        self.bar.hide()
        self._scope = studio.jobs.scope()
        self._verb = self._verb_of(plan, changes)
        self.set_primary(self._verb)
        self.primary.clicked.connect(self._go)
        host.changed.connect(self._on_host)
        self.closed.connect(self._scope.close)
        self.open()

    @staticmethod
    def _verb_of(plan: Plan, changes: tuple[FieldChange, ...]) -> str:
        price = f"for {market_words.amount(plan.price)}" if plan.price else "for nothing"
        if plan.app is None:
            return f"Publish {price}"
        return f"Publish {plan.facts.version}" if not changes else f"Publish {formats.plural(len(changes), 'change')}"

    # -- running -----------------------------------------------------------------------------------
    def _go(self) -> None:
        if self.is_busy:
            return
        self.set_busy("Publishing…")
        self._show(Step.PACK, 0, 0)
        if self.market.environment is not None and self.market.environment.allows_loopback:
            self._host.start(self._begin)
        else:
            self._begin()

    def _on_host(self) -> None:
        if self._host.error is not None and self.is_busy:
            self._on_failed(self._host.error)

    def _begin(self) -> None:
        if self._is_closed:
            return
        plan = replace(self._make_plan(), is_forced=self._is_forced)
        jobs, scope, shop, uploaded = self.studio.jobs, self._scope, self._host.shop, self._uploaded
        choice = self.market.choice
        assert choice is not None

        pace = _Pace()

        def tell(step: Step, done: int, whole: int) -> None:
            if pace.is_due(step):
                jobs.post(lambda: scope.is_open and self._show(step, done, whole))

        async def publish() -> Published:
            from office_studio.services.officex.client import OfficeXClient

            async with OfficeXClient(choice.environment, choice.account) as client:
                return await Publisher(client, shop, uploaded).publish(plan, tell)

        scope.run(publish, self._on_published, self._on_failed)

    def _show(self, step: Step, done: int, whole: int) -> None:
        if self.steps[step].state:  # it has just begun
            order = list(Step)
            for other, row in self.steps.items():
                row.show_state(order.index(other) - order.index(step))
            self.bar.setVisible(True)
            is_late = step in (Step.LIST, Step.HAND_OVER)
            self.cancel_button.setEnabled(not is_late)
            self.cancel_button.setToolTip("It is being listed: that is done in a moment" if is_late else "")
            self.place()
        if step is Step.PACK and whole:
            self.steps[step].detail.setText(f"{formats.size(done)} of {formats.size(whole)}")
        elif step is Step.PICTURES and whole:
            self.steps[step].detail.setText(f"{done} of {whole}")
        self.bar.setRange(0, 1000 if whole else 0)
        self.bar.setValue(1000 * done // whole if whole else 0)

    def cancel(self) -> None:
        """Before the listing nothing of it is seen by anybody; after that it is finished."""
        if self.cancel_button.isEnabled():
            was_busy = self.is_busy
            super().cancel()
            if was_busy:
                self.studio.toast("Not published", "Nothing was listed.", key="publish")

    def _on_published(self, found: Published) -> None:
        for row in self.steps.values():
            row.show_state(-1)
        self.market.refresh()
        offer = found.offer
        title = f"{offer.name} {offer.version} is on sale" if found.is_new else f"{offer.name} {offer.version} is out"
        here = self.market.environment is not None and self.market.environment.allows_loopback
        if here:
            to_catalog = ("Show in the catalog", lambda: self.market.page_requested.emit("catalog"))
            self.studio.toast(title, "Its webhook is on the page Webhooks.", action=to_catalog, key="publish")
        else:
            bundle, studio = self._host.shop.bundle(offer), self.studio
            words = f"Put the bundle on your server; its SHA-256 is {offer.sha256}."
            studio.toast(title, words, action=("Show the bundle", lambda: studio.reveal(bundle)), key="publish")
        self._done_with(found)
        self.cancel_button.setEnabled(True)
        self.close_sheet()

    def _on_failed(self, error: OfficeStudioError) -> None:
        self.set_busy("")
        self.bar.hide()
        self.cancel_button.setEnabled(True)
        for row in self.steps.values():
            row.show_failed()
        self._is_forced = error.code == "VERSION_NOT_RAISED"
        self.set_primary("Publish it all the same" if self._is_forced else "Try again")
        self.primary.setEnabled(True)
        self.say_problem(market_words.refusal(error))


class _Pace:
    """Ten times a second is enough to see something move. Asked on threads that work."""

    def __init__(self) -> None:
        self._step: Step | None = None
        self._told_s = 0.0

    def is_due(self, step: Step) -> bool:
        now_s = time.monotonic()
        if step is self._step and now_s - self._told_s < 0.1:
            return False
        self._step, self._told_s = step, now_s
        return True


class _StepRow(QWidget):
    def __init__(self, words: tuple[str, str, str]) -> None:
        super().__init__()
        self._words = words
        self.state = 1
        self._glyph, self._title = Glyph("circle", "text_disabled", 16), label(words[0], "muted")
        self.detail = label("", "small-muted")
        self.setLayout(hbox(self._glyph, self._title, None, self.detail, spacing=10))

    def show_state(self, state: int) -> None:
        """Below 0: done; 0: under way; above: to come."""
        self.state = state
        look = ("circle", "text_disabled") if state > 0 else ("check-circle-fill", "success")
        self._glyph.set_glyph(*(("spinner-gap", "accent") if state == 0 else look))
        self._title.setText(self._words[0 if state > 0 else 1 if state == 0 else 2])
        if state:
            self.detail.setText("")

    def show_failed(self) -> None:
        if self.state == 0:
            self._glyph.set_glyph("x-circle-fill", "error")
            self._title.setText(self._words[0])
            self.detail.setText("")


class _Diff(QWidget):
    """What an update changes: field, before, after."""

    def __init__(self, changes: tuple[FieldChange, ...]) -> None:
        super().__init__()
        rows: list[Any] = [label("WHAT CHANGES IN THE LISTING", "overline")]
        for change in changes[:_MOST_SHOWN]:
            name = label(TITLES.get(change.field, change.field), "small")
            name.setFixedWidth(150)
            words = f"{shown(change.before)}  →  {shown(change.after)}"
            told = ElidingLabel(words, "small-muted")
            told.setAccessibleName(f"{TITLES.get(change.field, change.field)}: {words}")
            rows.append(hbox(name, (told, 1)))
        left = len(changes) - _MOST_SHOWN
        if left > 0:
            rows.append(label(f"and {formats.plural(left, 'more field', 'more fields')}", "small-muted"))
        if not changes:
            rows.append(label("Nothing in its words; the theme itself is sent anew.", "small-muted"))
        self.setLayout(vbox(*rows, spacing=4))


def shown(value: Any) -> str:
    """A value of a listing on one line."""
    if value in (None, "", []):
        return "nothing"
    if isinstance(value, list):
        is_addresses = any(str(item).startswith("http") for item in value)
        return formats.plural(len(value), "picture") if is_addresses else ", ".join(str(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(str(item) for item in value.values())
    return " ".join(str(value).split())[:200]
