"""The five billing patterns against the real sandbox: what the app earned is what its wallet holds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from office_studio.core.officex.money import MICRO, Amount
from office_studio.server.officex.lifecycle import SandboxAddress, SandboxServer
from office_studio.server.officex.sandbox import SandboxConfig
from office_studio.services.officex.billing import BLOCK, PERIOD, BillingRun, Pattern, Step, run_pattern
from office_studio.services.officex.errors import OfficeXUnreachable

from .test_client import Stage, play

PRICE = MICRO // 4


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxAddress]:
    folder = tmp_path_factory.mktemp("officex")
    server = SandboxServer(SandboxConfig(data_dir=folder, seed=False, durable=False))
    yield server.start()
    server.stop()


def billed(address: SandboxAddress, pattern: Pattern, *, items: int = 12, limits: dict[str, Any] | None = None,
           **options: Any) -> tuple[BillingRun, int, int, int]:  # fmt: skip
    """The run; what the user's wallet lost, what it still holds reserved, what the app's wallet gained."""
    found: list[tuple[BillingRun, int, int, int]] = []

    async def scene(stage: Stage) -> None:
        till = await stage.till()
        if limits:
            await stage.user.change_install(till.install_id, **limits)
        run = await run_pattern(till, pattern, items, PRICE, **options)
        wallet = await stage.user.balance()
        earned = (await stage.vendor.wallet(stage.app_wallet)).available
        found.append((run, 100 * MICRO - wallet.total, wallet.reserved, earned))

    play(address, scene)
    return found[0]


@pytest.mark.parametrize("pattern", Pattern)
def test_what_is_billed_is_what_moved(address: SandboxAddress, pattern: Pattern):
    run, lost, reserved, earned = billed(address, pattern, failure_rate=0.4, seed=3)
    assert (lost, reserved, earned) == (run.income, 0, run.income)
    assert run.delivered + run.failed == 12
    assert run.failed > 0
    assert (run.unserved, run.stopped_by) == (0, "")
    expected = {
        Pattern.FREE: 0,
        Pattern.ONE_TIME: run.worth,  # only what worked
        Pattern.PROGRESSIVE: run.worth,
        Pattern.SUBSCRIPTION: 12 * PRICE,  # periods, whatever fails in them
        Pattern.INTERNAL: BLOCK * PRICE,
    }
    assert run.income == expected[pattern]
    calls = {
        Pattern.FREE: 1,
        Pattern.ONE_TIME: 2 * 12,
        Pattern.PROGRESSIVE: 1 + run.delivered + 1,
        Pattern.SUBSCRIPTION: 2 * -(-12 // PERIOD),
        Pattern.INTERNAL: 2,
    }
    assert run.calls == calls[pattern]
    if pattern in (Pattern.ONE_TIME, Pattern.PROGRESSIVE):
        assert run.refunded == run.failed * PRICE
    if pattern is Pattern.INTERNAL:
        assert run.minted == BLOCK * PRICE - run.worth


@pytest.mark.parametrize("pattern", [one for one in Pattern if one is not Pattern.FREE])
def test_the_same_run_again_charges_nothing(address: SandboxAddress, pattern: Pattern):
    async def scene(stage: Stage) -> None:
        till = await stage.till()
        first = await run_pattern(till, pattern, 5, PRICE, run_id="r")
        before = await stage.available()
        again = await run_pattern(till, pattern, 5, PRICE, run_id="r")
        assert (first.income > 0, again.income) == (True, 0)
        assert await stage.available() == before

    play(address, scene)


@pytest.mark.parametrize("pattern", [one for one in Pattern if one is not Pattern.FREE])
def test_a_refusal_ends_a_run_with_a_letter_and_nothing_held(address: SandboxAddress, pattern: Pattern):
    run, lost, reserved, earned = billed(address, pattern, limits={"lifetime_spend_limit": Amount(PRICE // 2)})
    assert (run.stopped_by, run.unserved, run.income) == ("LIFETIME_LIMIT_REACHED", 12, 0)
    assert (lost, reserved, earned) == (0, 0, 0)
    assert run.steps[-1].call == "inbox"


def test_a_run_that_is_cut_off_gives_back_what_it_held(address: SandboxAddress):
    async def scene(stage: Stage) -> None:
        till = await stage.till()
        sips = 0

        def on_step(step: Step) -> None:
            nonlocal sips
            sips += step.call == "sip"
            if sips == 3 and step.call == "sip":
                stage.fault("POST /reservations/{resv}/settle", "drop_before")

        with pytest.raises(OfficeXUnreachable):
            await run_pattern(till, Pattern.PROGRESSIVE, 6, PRICE, on_step=on_step)
        view = await till.reservation("RESV#run-batch")
        assert (view.status, view.settled, view.remaining) == ("cancelled", 3 * PRICE, 0)

    play(address, scene)


def test_figures_that_make_no_sense_are_refused():
    for items, price, rate in ((-1, 1, 0.0), (1, -1, 0.0), (1, 1, 1.5)):
        with pytest.raises(ValueError, match="0 or more"):
            asyncio.run(run_pattern(None, Pattern.FREE, items, price, rate))  # type: ignore[arg-type]
