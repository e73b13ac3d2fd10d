"""Every code of OfficeX, answered by the real sandbox, is told in the window in plain words, wherever it turns up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from office_studio.core.officex.codes import CODES, UNREACHABLE
from office_studio.ui.trade.chat.chat_page import ChatPage
from office_studio.ui.trade.installs.installs_page import InstallsPage
from office_studio.ui.trade.wallet.money_sheets import BuySheet, VoucherSheet
from office_studio.ui.trade.wallet.wallet_page import WalletPage
from tests.ui.trade.conftest import Bazaar

# Reading the certificates of the machine for a loopback address takes longer than the call.
_PLAIN: dict[str, Any] = {"trust_env": False, "verify": False}
_NOT_WORDS = ("Traceback", "Error", "failed", "invalid", "oops", "please", "None", "HTTP")  # ui.md, section 7


def _refuse(bazaar: Bazaar, route: str, code: str, calls: int = 1) -> None:
    """The next calls of a route get this code; without one, an answer that is no JSON."""
    sandbox = bazaar.market.sandbox
    assert sandbox is not None
    kind = {"kind": "not_json"} if code == UNREACHABLE else {"kind": "error", "code": code}
    httpx.post(
        f"{sandbox.root}/__sandbox/faults", json={"route": route, "calls": calls} | kind,
        headers={"x-sandbox-token": sandbox.control_token}, **_PLAIN,
    ).raise_for_status()  # fmt: skip


def _check(told: str, code: str, way_on: str = "") -> None:
    words, way = (CODES[code].words, CODES[code].way_on) if code in CODES else ("cannot be reached", "Try again")
    assert words.rstrip(".") in told, (code, told)
    assert (way_on or way).rstrip(".") in told, (code, told)
    assert code not in told, told  # it stands beside the sentence, not in it
    assert not [word for word in _NOT_WORDS if word in told], told


def _on_the_page(bazaar: Bazaar) -> Callable[[str], None]:
    banner = bazaar.middle.trouble

    def meet(code: str) -> None:
        _refuse(bazaar, "GET /balance", code, calls=3 if code == UNREACHABLE else 1)  # such reads are tried thrice
        bazaar.market.refresh()
        bazaar.wait(lambda: bazaar.market.error is not None)
        assert banner.isVisible()
        _check(banner.words, code)
        assert "What is shown is of" in banner.words  # and it is still shown
        assert code in banner.toolTip()
        assert "not re" in bazaar.studio.window.status.words
        _clear(bazaar)
        retry = next(made for made in banner._actions if made.text() == "Try again")
        retry.click()
        bazaar.wait(lambda: bazaar.market.error is None)
        assert not banner.isVisible()

    return meet


def _in_a_sheet(bazaar: Bazaar) -> Callable[[str], None]:
    page = bazaar.page("wallet")
    assert isinstance(page, WalletPage)

    def meet(code: str) -> None:
        page.open_purchase()
        sheet = page.sheet
        assert isinstance(sheet, BuySheet)
        _refuse(bazaar, "POST /purchase-credits", code, calls=2)  # it may be sent twice, for it has a key
        sheet.primary.click()
        bazaar.wait(lambda: not sheet.problem.isHidden())
        _check(sheet.problem.accessibleName(), code)
        assert sheet.amount.text() == "25"  # the form stays
        sheet.cancel()
        _clear(bazaar)

    return meet


def _in_a_toast(bazaar: Bazaar) -> Callable[[str], None]:
    key = bazaar.install("lead-finder")
    bazaar.again()
    page = bazaar.page("installs")
    assert isinstance(page, InstallsPage)
    page.choose(key.install_id)

    def meet(code: str) -> None:
        toasts = bazaar.middle.toasts
        for toast in list(toasts.toasts):
            toast.dismiss()
        _refuse(bazaar, "PATCH /users/me/installs/{id}", code)
        page.pause_all()
        bazaar.wait(lambda: any(toast.title.startswith("Not paused") for toast in toasts.toasts))
        _check(" ".join(f"{toast.title} {toast.detail}" for toast in toasts.toasts), code)

    return meet


def _in_a_conversation(bazaar: Bazaar) -> Callable[[str], None]:
    page = bazaar.page("chat")
    assert isinstance(page, ChatPage)

    def meet(code: str) -> None:
        _refuse(bazaar, "POST /chat/", code)
        page.begin_anew()
        page.input.setPlainText("Hello")
        page.send_or_stop()
        bazaar.wait(lambda: not page.talk.is_talking)
        _check(page.words.lines[-1][1], code)
        assert page.words.lines[0][0] == "Hello"

    return meet


@pytest.mark.parametrize("place", [_on_the_page, _in_a_sheet, _in_a_toast, _in_a_conversation])
def test_every_code_is_told_in_words(
    bazaar: Bazaar, place: Callable[[Bazaar], Callable[[str], None]], caplog: pytest.LogCaptureFixture
) -> None:
    meet = place(bazaar)
    for code in (*CODES, UNREACHABLE):
        meet(code)
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert not any(record.exc_info for record in caplog.records)


def _clear(bazaar: Bazaar) -> None:
    sandbox = bazaar.market.sandbox
    assert sandbox is not None
    headers = {"x-sandbox-token": sandbox.control_token}
    httpx.delete(f"{sandbox.root}/__sandbox/faults", headers=headers, **_PLAIN).raise_for_status()


def test_some_of_them_for_real(bazaar: Bazaar) -> None:
    """Without planned faults: what the rules of the sandbox refuse by themselves."""
    page = bazaar.page("wallet")
    assert isinstance(page, WalletPage)
    page.open_voucher()
    sheet = page.sheet
    assert isinstance(sheet, VoucherSheet)
    sheet.code.setText("NOSUCH")
    sheet.primary.click()
    bazaar.wait(lambda: not sheet.problem.isHidden())
    assert "Check the code" in sheet.problem.accessibleName()
    sheet.cancel()

    # Somebody changed the key of the account elsewhere: signing in is the way on.
    market = bazaar.market

    async def change_key(client: object) -> None:
        await client.rotate_key("another-key-that-is-long-enough-for-it")  # type: ignore[attr-defined]

    bazaar.ask("consumer", change_key)
    market.refresh()
    banner = bazaar.middle.trouble
    bazaar.wait(banner.isVisible)
    assert market.error is not None
    assert market.error.code == "INVALID_SECRET"
    assert [made.text() for made in banner._actions] == ["Sign in…", "Try again"]
    assert page.available.figure == "100.00"  # the last picture stays
    assert "not read since" in page.available.detail
    market.switch(market.choices[1])
    bazaar.wait(lambda: market.data is not None)
    assert not banner.isVisible()
