"""Signing in with a one-time code, in any environment. The key goes into the keyring, never into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QLineEdit

from office_studio.errors import OfficeStudioError
from office_studio.services.officex.client import OfficeXClient
from office_studio.services.officex.environments import PRODUCTION, STAGING, Environment
from office_studio.services.officex.http import Account
from office_studio.ui.trade import market_words
from office_studio.ui.trade.trade_sheet import TradeSheet, field_row
from office_studio.ui.widgets.basics import Paragraph

if TYPE_CHECKING:
    from office_studio.ui.studio import Studio


class SignInSheet(TradeSheet):
    """First the mail address, then the code that was mailed to it."""

    def __init__(self, studio: Studio) -> None:
        sandbox = studio.market.sandbox
        self._places: list[Environment] = ([sandbox.environment] if sandbox is not None else []) + [STAGING, PRODUCTION]
        self.where = QComboBox()
        self.where.setAccessibleName("Environment")
        for one in self._places:
            self.where.addItem(market_words.money_chip(one) if not one.is_real_money else f"{one.label} · real money")
        self.mail, self.code = QLineEdit(), QLineEdit()
        self.mail.setAccessibleName("E-mail address")
        self.mail.setPlaceholderText("me@example.org")
        self.code.setAccessibleName("Code from the mail")
        self.told = Paragraph("", "small-muted")
        super().__init__(
            studio, "Sign in to OfficeX", field_row("Where", self.where), field_row("E-mail address", self.mail),
            field_row("Code", self.code), self.told, glyph="sign-in",
        )  # fmt: skip
        self.is_sent = False
        self.where.currentIndexChanged.connect(self._start_over)
        self.mail.textChanged.connect(self._start_over)
        self.code.textChanged.connect(lambda _text: self._refresh())
        self.primary.clicked.connect(self._act)
        self._start_over()
        self.open(self.mail)

    @property
    def environment(self) -> Environment:
        return self._places[self.where.currentIndex()]

    def _start_over(self, *_: object) -> None:
        self.is_sent = False
        self.say_problem("")
        notice = self.market.book.notice
        words = "The sandbox sends no mail: the code is 0000." if self.environment.is_testable else notice
        self.told.set_words(words or "The key is kept in the keyring of this system.")
        self._refresh()

    def _refresh(self) -> None:
        if self.is_busy:
            return
        self.code.setEnabled(self.is_sent)
        self.set_primary("Sign in" if self.is_sent else "Mail me a code")
        is_ready = bool(self.code.text().strip()) if self.is_sent else "@" in self.mail.text().strip()[1:-1]
        self.primary.setEnabled(is_ready)
        missing = "Type the code" if self.is_sent else "Type your mail address"
        self.primary.setToolTip("" if is_ready else missing)

    def _act(self) -> None:
        if self.is_busy or not self.primary.isEnabled():
            return
        environment, mail, code = self.environment, self.mail.text().strip(), self.code.text().strip()
        for field in (self.where, self.mail, self.code):
            field.setEnabled(False)

        async def send() -> None:
            async with OfficeXClient(environment) as nobody:
                await nobody.send_code(mail)

        async def enter() -> Account:
            async with OfficeXClient(environment) as nobody:
                return await nobody.enter_code(mail, code)

        if self.is_sent:
            self.set_busy("Signing in…")
            self.market.scope.run(enter, lambda account: self._entered(environment, account, mail), self._failed)
        else:
            self.set_busy("Sending…")
            self.market.scope.run(send, lambda _none: self._sent(), self._failed)

    def _sent(self) -> None:
        self.is_sent = True
        self._wake()
        self.code.setFocus()

    def _wake(self) -> None:
        self.set_busy("")
        self.where.setEnabled(True)
        self.mail.setEnabled(True)
        self._refresh()

    def _entered(self, environment: Environment, account: Account, mail: str) -> None:
        self.market.add_account(environment, account, mail)  # which closes this sheet
        words = f"{environment.label} · real money" if environment.is_real_money else environment.label
        self.studio.toast(f"Signed in as {mail}", words, key="account")

    def _failed(self, error: OfficeStudioError) -> None:
        self._wake()
        self.say_problem(market_words.refusal(error))
        (self.code if self.is_sent else self.mail).setFocus()
