"""What a marketplace should hold after every step, kept in plain integers, independent of the code under test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from hypothesis import strategies as st

MICRO = 1_000_000
START = 1_773_136_800  # 2026-03-10T10:00:00Z


@dataclass
class Wallet:
    available: int = 0
    reserved: int = 0


@dataclass
class Job:
    install: str
    amount: int
    settled: int = 0
    refunded: int = 0
    status: str = "reserved"

    @property
    def left(self) -> int:
        return self.amount - self.settled - self.refunded

    @property
    def is_open(self) -> bool:
        return self.status in ("reserved", "partial")


@dataclass
class Install:
    user: str
    app: str
    until: int = -1
    cap: int = -1
    limits: dict[str, int] = field(default_factory=lambda: {"hour": 100, "day": 300, "month": 1000})
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    is_active: bool = True


@dataclass
class Payout:
    app: str
    amount: int
    fails: bool
    status: str = "pending"


class Market:
    """``expect_…`` tell the code that a call has to answer ("" for success); ``do_…`` carry it out."""

    def __init__(self) -> None:
        self.now = START
        self.treasury = 0
        self.users: dict[str, Wallet] = {}
        self.apps: dict[str, Wallet] = {}
        self.installs: dict[str, Install] = {}
        self.jobs: dict[tuple[str, str, str], Job] = {}  # user, app, job id
        self.payouts: dict[str, Payout] = {}
        self.bought: dict[tuple[str, str], tuple[int, bool]] = {}  # user, key: amount, whether it was paid
        self.redeemed: set[str] = set()

    # -- money in and out ------------------------------------------------------------------------------
    def expect_buy(self, user: str, amount: int, key: str, *, fails: bool) -> str:
        first = self.bought.get((user, key))
        if first is not None:
            if not first[1]:
                return "PREVIOUS_FAILURE"
            # The token is part of the body: only the same call again is a repeat.
            return "" if first == (amount, True) and not fails else "DUPLICATE_REQUEST"
        return "PAYMENT_FAILED" if fails else ""

    def do_buy(self, user: str, amount: int, key: str, *, fails: bool) -> None:
        if (user, key) in self.bought:
            return
        self.bought[user, key] = (amount, not fails)
        if not fails:
            self._credit(user, amount)

    def expect_redeem(self, user: str) -> str:
        return "DUPLICATE_REQUEST" if user in self.redeemed else ""

    def do_redeem(self, user: str, amount: int) -> None:
        self.redeemed.add(user)
        self._credit(user, amount)

    def _credit(self, user: str, amount: int) -> None:
        self.users[user].available += amount
        self.treasury -= amount

    def expect_payout(self, app: str, amount: int) -> str:
        return "INSUFFICIENT_FUNDS" if amount > self.apps[app].available else ""

    def do_payout(self, payout_id: str, app: str, amount: int, *, fails: bool) -> None:
        self.payouts[payout_id] = Payout(app, amount, fails)
        self.apps[app].available -= amount
        self.apps[app].reserved += amount

    def expect_decision(self, payout_id: str, *, approve: bool) -> str:
        payout = self.payouts[payout_id]
        if payout.status != "pending":
            return "INVALID_REQUEST"
        return "PAYOUT_FAILED" if approve and payout.fails else ""

    def do_decision(self, payout_id: str, *, approve: bool) -> None:
        payout = self.payouts[payout_id]
        if payout.status != "pending":
            return
        wallet = self.apps[payout.app]
        wallet.reserved -= payout.amount
        if approve and not payout.fails:
            payout.status = "completed"
            self.treasury += payout.amount
        else:
            payout.status = "failed"
            wallet.available += payout.amount

    # -- charges -----------------------------------------------------------------------------------------
    def windows(self) -> dict[str, int]:
        hour = datetime.fromtimestamp(self.now, UTC).replace(minute=0, second=0, microsecond=0)
        day = hour.replace(hour=0)
        starts = {"hour": hour, "day": day, "month": day.replace(day=1)}
        return {name: int(moment.timestamp()) for name, moment in starts.items()}

    def expect_reserve(self, install_id: str, job: str, amount: int) -> str:
        install = self.installs[install_id]
        if not install.is_active:
            return "UNAUTHORIZED"
        if (install.user, install.app, job) in self.jobs:
            return "DUPLICATE_JOB"
        if install.until != -1 and self.now >= install.until:
            return "INSTALL_EXPIRED"
        own = [one for one in self.jobs.values() if one.install == install_id]
        if install.cap != -1 and sum(one.settled + one.left for one in own) + amount > install.cap:
            return "LIFETIME_LIMIT_REACHED"
        used = {name: install.counts.get((name, start), 0) for name, start in self.windows().items()}
        if any(used[name] >= install.limits[name] for name in used):
            return "RATE_LIMITED"
        return "INSUFFICIENT_FUNDS" if amount > self.users[install.user].available else ""

    def do_reserve(self, install_id: str, job: str, amount: int) -> None:
        install = self.installs[install_id]
        wallet = self.users[install.user]
        wallet.available -= amount
        wallet.reserved += amount
        self.jobs[install.user, install.app, job] = Job(install_id, amount)
        for window in self.windows().items():
            install.counts[window] = install.counts.get(window, 0) + 1

    def job_of(self, install_id: str, job: str) -> Job | None:
        install = self.installs[install_id]
        return self.jobs.get((install.user, install.app, job))

    def expect_settle(self, install_id: str, job: str, amount: int, *, final: bool) -> str:
        held = self.job_of(install_id, job)
        if not self.installs[install_id].is_active:
            return "UNAUTHORIZED"
        if held is None:
            return "RESERVATION_NOT_FOUND"
        if not held.is_open or amount > held.left or (amount == 0 and not final):
            return "INVALID_REQUEST"
        return ""

    def do_settle(self, install_id: str, job: str, amount: int, *, final: bool) -> None:
        held, install = self.job_of(install_id, job), self.installs[install_id]
        assert held is not None
        held.settled += amount
        held.status = "partial"
        self.users[install.user].reserved -= amount
        self.apps[install.app].available += amount
        if final:
            self._release(install, held, "completed")

    def expect_cancel(self, install_id: str, job: str) -> str:
        held = self.job_of(install_id, job)
        if not self.installs[install_id].is_active:
            return "UNAUTHORIZED"
        if held is None:
            return "RESERVATION_NOT_FOUND"
        return "INVALID_REQUEST" if held.status == "completed" else ""

    def do_cancel(self, install_id: str, job: str) -> None:
        held = self.job_of(install_id, job)
        assert held is not None
        if held.is_open:
            self._release(self.installs[install_id], held, "cancelled")

    def do_uninstall(self, install_id: str) -> None:
        install = self.installs[install_id]
        install.is_active = False
        for held in self.jobs.values():
            if held.install == install_id and held.is_open:
                self._release(install, held, "cancelled")

    def _release(self, install: Install, held: Job, status: str) -> None:
        rest = held.left
        held.refunded += rest
        held.status = status
        self.users[install.user].reserved -= rest
        self.users[install.user].available += rest


FAULTS = [None, None, None, "drop_before", "drop_after", "error", "not_json"]
AMOUNTS = [1, 100_000, 333_333, MICRO, 2_500_000, 40 * MICRO]
GIFT = 25 * MICRO
JOBS = st.integers(0, 30).map("j{}".format)


# What can happen: how often, with which arguments. One rule draws from all of it: Hypothesis leaves whole rules out
# of most examples, and a market in which nobody reserves proves nothing.
EVENTS = {
    "buy": (
        2,
        st.fixed_dictionaries(
            {
                "user": st.sampled_from(["u1", "u2"]),
                "amount": st.sampled_from(AMOUNTS),
                "key": st.sampled_from("abcdef"),
                "fails": st.sampled_from([False, False, True]),
                "fault": st.sampled_from(FAULTS),
            }
        ),
    ),
    "redeem": (1, st.fixed_dictionaries({"user": st.sampled_from(["u1", "u2"]), "fault": st.sampled_from(FAULTS)})),
    "install": (2, st.fixed_dictionaries({"user": st.sampled_from(["u1", "u2"]), "number": st.integers(0, 1)})),
    "limit": (
        2,
        st.fixed_dictionaries(
            {
                "which": st.integers(0, 7),
                "hour": st.sampled_from([0, 1, 3, 100]),
                "cap": st.sampled_from([-MICRO, 5 * MICRO, 60 * MICRO]),
                "until": st.sampled_from([-1, 600, 7200]),
            }
        ),
    ),
    "uninstall": (1, st.fixed_dictionaries({"which": st.integers(0, 7)})),
    "reserve": (
        6,
        st.fixed_dictionaries(
            {
                "which": st.integers(0, 7),
                "job": JOBS,
                "amount": st.sampled_from(AMOUNTS),
                "fault": st.sampled_from(FAULTS),
            }
        ),
    ),
    "settle": (
        6,
        st.fixed_dictionaries(
            {
                "which": st.integers(0, 7),
                "job": st.integers(0, 40),
                "share": st.sampled_from([0, 1, 2, 3, 4, 5]),
                "final": st.booleans(),
                "fault": st.sampled_from(FAULTS),
            }
        ),
    ),
    "cancel": (
        2,
        st.fixed_dictionaries(
            {"which": st.integers(0, 7), "job": st.integers(0, 40), "fault": st.sampled_from(FAULTS)}
        ),
    ),
    "ask_for_payout": (
        2,
        st.fixed_dictionaries(
            {"number": st.integers(0, 1), "amount": st.sampled_from(AMOUNTS), "fails": st.booleans()}
        ),
    ),
    "decide": (
        2,
        st.fixed_dictionaries({"which": st.integers(0, 5), "approve": st.booleans(), "fault": st.sampled_from(FAULTS)}),
    ),
    "wait": (1, st.fixed_dictionaries({"seconds": st.sampled_from([1, 599, 3600, 86_400, 31 * 86_400])})),
    "kill_during_a_reserve": (
        1,
        st.fixed_dictionaries(
            {
                "which": st.integers(0, 7),
                "job": JOBS,
                "amount": st.sampled_from(AMOUNTS),
                "after_ms": st.sampled_from([0, 1, 2, 5, 10, 30]),
                "calm": st.integers(0, 3),
            }
        ),
    ),
}
WEIGHTED = [name for name, (weight, _) in EVENTS.items() for _ in range(weight)]
