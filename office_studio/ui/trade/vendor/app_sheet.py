"""Registering and editing an app: checked while typing, kept as a draft, saved with Ctrl+Enter, undone."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from office_studio.core.officex.wire import AppView
from office_studio.errors import OfficeStudioError
from office_studio.ui import formats
from office_studio.ui.assign.sheet import Sheet
from office_studio.ui.slices import Slices
from office_studio.ui.trade import market_words
from office_studio.ui.trade.trade_sheet import TradeSheet
from office_studio.ui.trade.vendor import app_form_words, app_pictures
from office_studio.ui.trade.vendor.app_form import AppForm
from office_studio.ui.trade.vendor.app_form_fields import AddressesField
from office_studio.ui.trade.vendor.app_form_words import TITLES
from office_studio.ui.trade.vendor.vendor_desk import VendorDesk
from office_studio.ui.trade.vendor.vendor_memory import NEW
from office_studio.ui.widgets.basics import Paragraph
from office_studio.ui.widgets.floating import Banner
from office_studio.ui.widgets.layouts import button, label

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio

_WIDTH = 800
_DRAFT_MS = 300  # after the last key; what a kill can take at most


class AppSheet(TradeSheet):
    """``app``: the one to edit, None for a new one, which then begins with the listing ``begin``.

    ``ask_path``: the picture to upload; "" when the user changed their mind. The form is made in slices while the sheet
    is there; whoever asks for ``form`` has it whole.
    """

    def __init__(
        self,
        studio: Studio,
        vendor: VendorDesk,
        app: AppView | None,
        *,
        at_field: str = "name",
        begin: Mapping[str, Any] | None = None,
        on_registered: Callable[[str], None] = lambda _app_id: None,
    ) -> None:
        place = studio.market.environment
        assert place is not None
        self._vendor, self.app, self._on_registered = vendor, app, on_registered
        self._where, self._key = vendor.where, app.app_id if app is not None else NEW
        self.ask_path: Callable[[], str] = self._ask_path
        self.guard: GuardSheet | None = None
        listing = app.fields if app is not None else {}
        costs = vendor.costs(app.app_id) if app is not None else {}
        self._form = AppForm(vendor.setup, place, listing, costs, is_new=app is None)
        self.banner, self.kept = Banner(), label("", "micro")
        title = f"Edit {app.name}" if app is not None else "Register an app"
        super().__init__(studio, title, self.banner, self._form, width=_WIDTH, glyph="storefront")
        self.set_cancel("Close")
        self.foot.insertWidget(0, self.kept)
        self._draft_later = QTimer(self, singleShot=True, interval=_DRAFT_MS)
        self._draft_later.timeout.connect(self._keep_draft)
        self.primary.clicked.connect(self.save)
        self.primary.setEnabled(False)
        self.set_primary("Register" if app is None else "Save")
        self._begin, self._at_field = begin, at_field
        self._making = Slices(self._form.making(), self._on_made, self)
        self.open()

    @property
    def form(self) -> AppForm:
        self._making.finish()
        return self._form

    def _on_made(self) -> None:
        if self._begin is not None:
            self._begin_with(self._begin)
        else:
            self._offer_draft()
        self._form.changed.connect(self._on_changed)
        self._form.picture_wanted.connect(self.upload_picture)
        self._refresh()
        if QApplication.focusWidget() is self:
            self._form.show_field(self._at_field)

    # -- drafts ------------------------------------------------------------------------------------
    def _begin_with(self, listing: Mapping[str, Any]) -> None:
        for name, value in listing.items():
            if name in self.form.fields:
                self.form.fields[name].set_value(value)
        self._keep_draft()

    def _offer_draft(self) -> None:
        draft = self._vendor.memory.draft(self._where, self._key)
        if draft is None:
            return
        self.form.restore(draft["fields"])
        since = formats.day_clock(draft["at_ms"])
        self.banner.say(
            "accent", "file-text", "Your draft", f"as you left it on {since}.", ("Start over", self.start_over)
        )

    def start_over(self) -> None:
        """Drop the draft and show the listing as it is."""
        app = self.app
        self.banner.hide()
        self.form.begin(app.fields if app is not None else {}, self._vendor.costs(self._key) if app is not None else {})
        self._drop_draft()
        self._refresh()
        self.place()

    def _keep_draft(self) -> None:
        self._draft_later.stop()
        if self.form.unsaved:
            now_ms = time.time_ns() // 1_000_000
            self._vendor.memory.keep_draft(self._where, self._key, now_ms, self.form.raw())
            self.kept.setText(f"Draft kept {formats.clock_seconds(now_ms)}")
        else:
            self._drop_draft()

    def _drop_draft(self) -> None:
        self._draft_later.stop()
        self._vendor.memory.drop_draft(self._where, self._key)
        self.kept.setText("")

    # -- showing -----------------------------------------------------------------------------------
    def _on_changed(self) -> None:
        self.say_problem("")
        self._draft_later.start()
        self._refresh()

    @property
    def why_not(self) -> str:
        """Why it cannot be saved as it stands; "" where it can."""
        reasons = self.form.reasons
        if self.app is None and not reasons and not self.form.values()["name"]:
            return "The app needs a name"
        if reasons:
            field, reason = next(iter(reasons.items()))
            first = f"{TITLES[field]}: {reason}"
            return first if len(reasons) == 1 else f"{first} {formats.plural(len(reasons) - 1, 'more field')} to fix."
        return "" if self.form.changes else "Nothing is changed"

    def _refresh(self) -> None:
        why, count = self.why_not, len(self.form.changes)
        self.primary.setEnabled(not why and not self.is_busy)
        self.primary.setToolTip(why or ("Register it  Ctrl+Enter" if self.app is None else "Save  Ctrl+Enter"))
        if not self.is_busy:
            words = "Register" if self.app is None else "Save"
            self.set_primary(f"Save {formats.plural(count, 'change')}" if self.app is not None and count else words)

    # -- saving ------------------------------------------------------------------------------------
    def save(self) -> None:
        if self.why_not or self.is_busy:
            self.form.show_field(next(iter(self.form.reasons), ""))
            return
        self._keep_draft()  # a lost answer must not cost what was typed
        if self.app is None:
            self._register()
        else:
            self._save_changes(self.app)

    def _register(self) -> None:
        fields = {name: value for name, value in self.form.values().items() if value is not None}
        known = (
            frozenset(one.app_id for one in self._vendor.data.desks) if self._vendor.data is not None else frozenset()
        )
        self.set_busy("Registering…")
        self.market.run(
            lambda client: client.register_app(fields),
            lambda made: self._registered(made[0]),
            lambda error: self._not_registered(error, str(fields["name"]), known),
        )

    def _registered(self, app_id: str) -> None:
        self._vendor.memory.keep_costs(self._where, app_id, self.form.prices.rows.costs)
        self._drop_draft()
        self._vendor.refresh()
        self.market.refresh()
        name = self.form.values()["name"]
        self.studio.toast(f"{name} is in the catalog", "Everybody can install it now.", key="app")
        self._on_registered(app_id)
        self.close_sheet()

    def _not_registered(self, error: OfficeStudioError, name: str, known: frozenset[str]) -> None:
        if error.code != "OFFICEX_UNREACHABLE":
            self._failed(error)
            return
        # The answer was lost. Asking once more could list the app twice: look first.

        def found(apps: list[AppView]) -> None:
            made = next((one for one in apps if one.name == name and one.app_id not in known), None)
            if made is not None:
                self._registered(made.app_id)
            else:
                self._say_no_answer("It is not registered. Your draft is kept; try again.")

        words = "The app may be registered or not. Look at your apps before you try again; your draft is kept."
        self.market.run(lambda client: client.my_apps(), found, lambda _error: self._say_no_answer(words))

    def _say_no_answer(self, words: str) -> None:
        self.set_busy("")
        self._refresh()
        self.say_problem(f"No answer from OfficeX. {words}")

    def _save_changes(self, app: AppView) -> None:
        changes = self.form.changes
        before = {name: app.fields.get(name) for name in changes}
        self.set_busy("Saving…")
        self._vendor.change(app.app_id, changes, lambda _app: self._saved(app, before), self._failed)

    def _saved(self, app: AppView, before: Mapping[str, Any]) -> None:
        self._vendor.memory.keep_costs(self._where, app.app_id, self.form.prices.rows.costs)
        self._drop_draft()
        self.market.refresh()
        tell_saved(self.studio, self._vendor, app, before)
        self.close_sheet()

    def _failed(self, error: OfficeStudioError) -> None:
        self.set_busy("")
        self._refresh()
        field = app_form_words.field_of(error.message) if error.code == "INVALID_REQUEST" else ""
        if field in self.form.fields:
            self.form.fields[field].refuse(app_form_words.refused_words(field, error.message))
            self.form.show_field(field)
            return
        words = market_words.refusal(error)
        if error.code == "OFFICEX_UNREACHABLE":
            words = "No answer from OfficeX. Save again: the same change twice does no harm. Your draft is kept."
        elif error.code == "APP_NOT_FOUND":
            words = "This app is gone: it was deleted meanwhile. Close this and register it anew."
        self.say_problem(words)

    # -- pictures ----------------------------------------------------------------------------------
    def upload_picture(self, field: str) -> None:
        path = self.ask_path()
        if path:
            self.say_problem("")
            self.kept.setText(f"Uploading {Path(path).name}…")
            self.market.run(
                lambda client: app_pictures.upload(client, Path(path)),
                lambda url: self._uploaded(field, url), self._not_uploaded,
            )  # fmt: skip

    def _uploaded(self, field: str, url: str) -> None:
        found = self.form.fields[field]
        if isinstance(found, AddressesField):
            found.append(url)
        else:
            found.set_raw({"type": "image", "content": url})
        self.form.show_field(field)

    def _not_uploaded(self, error: OfficeStudioError) -> None:
        self.kept.setText("")
        self.say_problem(market_words.refusal(error))

    def _ask_path(self) -> str:
        return QFileDialog.getOpenFileName(self, "Upload a picture", "", "Pictures (*.png *.jpg *.jpeg *.webp *.gif)")[
            0
        ]

    # -- keyboard, closing -------------------------------------------------------------------------
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._making.is_running and event.text().isprintable():  # typed for the field that is about to be there
            self.form.show_field(self._at_field)
            focused = QApplication.focusWidget()
            if focused is not None and focused is not self:
                QApplication.sendEvent(focused, event)
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.save()
            elif self.focusWidget() in (self.primary, self.cancel_button):
                super().keyPressEvent(event)
            return  # Enter in one of twenty fields is no wish to publish
        super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        found = super().focusNextPrevChild(forward)
        self.form.follow_focus(QApplication.focusWidget())
        return found

    def cancel(self) -> None:
        """Esc, Close or a click beside it: asks while something is not saved."""
        if self.is_busy or self.guard is not None:
            return
        if self._making.is_running:  # nobody can have typed yet
            self.close_sheet()
            return
        if not self.form.unsaved:
            self._drop_draft()
            self._keep_costs()
            self.close_sheet()
            return
        self.guard = GuardSheet(self, [TITLES[name] for name in self.form.unsaved])
        self.guard.closed.connect(self._on_guard_closed)

    def _keep_costs(self) -> None:
        """They are no part of the listing: what was typed of lines that are there is simply kept."""
        if self.app is not None and not self.form.prices.reason:
            self._vendor.memory.keep_costs(self._where, self.app.app_id, self.form.prices.rows.costs)

    def _on_guard_closed(self) -> None:
        self.guard = None
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keep_and_close(self) -> None:
        self._keep_draft()
        self.studio.toast("Your draft is kept", "It is here when you open the form again.", key="app")
        self.close_sheet()

    def discard(self) -> None:
        self._drop_draft()
        self.close_sheet()

    def hideEvent(self, event: QHideEvent) -> None:
        if self._draft_later.isActive():  # the window closes over it
            self._keep_draft()
        super().hideEvent(event)

    def close_sheet(self) -> None:
        self._making.stop()
        if self._draft_later.isActive():
            self._keep_draft()
        if self.guard is not None:
            self.guard.close_sheet()
        super().close_sheet()

    def place(self) -> None:
        super().place()
        if getattr(self, "guard", None) is not None and self.guard is not None:
            self.guard.place()  # it stays on top


class GuardSheet(Sheet):
    """What to do with changes that are not saved. Enter keeps them, Esc goes on editing."""

    def __init__(self, sheet: AppSheet, changed: list[str]) -> None:
        named = formats.sentence_list(changed) if len(changed) < 5 else formats.plural(len(changed), "field")
        words = f"Not saved: {named}. A draft stays on this computer until you save or discard it."
        super().__init__(sheet.studio.window, "Keep what you wrote?", Paragraph(words), width=460, glyph="warning")
        self.set_cancel("Go on editing")
        self.discard = button("Discard", "danger")
        self.add_button(self.discard, at_left=True)
        self.set_primary("Keep as a draft")
        self.primary.clicked.connect(lambda: self._leave(sheet.keep_and_close))
        self.discard.clicked.connect(lambda: self._leave(sheet.discard))
        self.open()

    def _leave(self, act: Callable[[], None]) -> None:
        self.close_sheet()
        act()


def tell_saved(studio: Studio, vendor: VendorDesk, app: AppView, before: Mapping[str, Any]) -> None:
    """The toast after a change of a listing; Undo puts these fields back, and no others."""

    def undo() -> None:
        vendor.change(
            app.app_id, before,
            lambda _app: studio.toast(f"{app.name} is as before", key="app"),
            lambda error: studio.toast("Not undone", market_words.refusal(error), tone="error", key="app"),
        )  # fmt: skip

    what = formats.sentence_list(TITLES.get(name, name) for name in before)
    studio.toast(
        f"{app.name} is saved", formats.sentences(what) if len(before) < 4 else "", action=("Undo", undo), key="app"
    )
