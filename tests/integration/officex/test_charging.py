"""Reserve, sip, settle and cancel in the tables: the scenario vectors of money, in the sandbox's own database."""

from __future__ import annotations

from typing import Any

import pytest

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.money import literal, typed_amount
from office_studio.server.officex import charging


class Till:
    """One install at work, in amounts as people write them."""

    def __init__(self, books: Any, install_id: str = "u-a") -> None:
        self.books, self.install_id = books, install_id

    def reserve(self, amount: str, job: str = "j") -> Any:
        install = self.books.install(self.install_id)
        return self.books.run(charging.reserve, install, typed_amount(amount), job, None, self.books.now_ms)

    def find(self, job: str = "j") -> Any:
        return self.books.run(charging.find, self.books.install(self.install_id), f"RESV#{job}")

    def sip(self, amount: str, job: str = "j", *, final: bool = False) -> tuple[str, str, str]:
        row = self.books.run(charging.settle, self.find(job), typed_amount(amount), self.books.now_ms, final=final)
        return literal(row.settled), literal(row.amount - row.settled - row.refunded), row.status

    def final(self, amount: str, job: str = "j") -> tuple[str, str, str]:
        return self.sip(amount, job, final=True)

    def cancel(self, job: str = "j") -> tuple[str, str]:
        row = self.books.run(charging.cancel, self.find(job), self.books.now_ms)
        return literal(row.refunded), row.status

    def refused(self, call: Any, *arguments: Any) -> str:
        before = (self.books.wallet("u"), self.books.wallet("a"))
        with pytest.raises(Refusal) as refusal:
            call(*arguments)
        assert (self.books.wallet("u"), self.books.wallet("a")) == before
        return refusal.value.code


@pytest.fixture
def till(books: Any) -> Till:
    return Till(books)


def test_v08_and_v18(books: Any, till: Till):
    till.reserve("0.5")
    assert books.wallet("u") == ("99.5", "0.5")
    assert till.final("0.5") == ("0.5", "0", "completed")
    assert (books.wallet("u"), books.wallet("a")) == (("99.5", "0"), ("0.5", "0"))
    assert till.refused(till.sip, "0.1") == "INVALID_REQUEST"
    assert till.refused(till.cancel) == "INVALID_REQUEST"


def test_v10(books: Any, till: Till):
    till.reserve("100")
    assert [till.sip("10")[:2] for _ in range(3)] == [("10", "90"), ("20", "80"), ("30", "70")]
    assert till.final("70")[0] == "100"
    assert (books.wallet("u"), books.wallet("a")) == (("0", "0"), ("100", "0"))


def test_v12(books: Any, till: Till):
    till.reserve("1")
    for _ in range(10):
        last = till.sip("0.1")
    assert last == ("1", "0", "partial")
    assert till.final("0") == ("1", "0", "completed")
    assert books.wallet("a") == ("1", "0")


def test_v13(books: Any, till: Till):
    books.add_user("v", "20")
    other = Till(books, books.add_install("v", "a"))
    other.reserve("10")
    for _ in range(37):
        other.sip("0.1")
    assert other.final("0") == ("3.7", "0", "completed")
    assert (books.wallet("v"), books.wallet("a")) == (("16.3", "0"), ("3.7", "0"))


def test_v14_and_v15(books: Any, till: Till):
    till.reserve("10")
    assert till.cancel() == ("10", "cancelled")
    assert till.cancel() == ("10", "cancelled")
    till.reserve("10", "k")
    till.sip("3", "k")
    assert till.cancel("k") == ("7", "cancelled")
    assert (books.wallet("u"), books.wallet("a")) == (("97", "0"), ("3", "0"))


def test_v16(books: Any, till: Till):
    till.reserve("5")
    assert till.refused(till.sip, "6") == "INVALID_REQUEST"
    assert till.refused(till.final, "5.000001") == "INVALID_REQUEST"
    assert till.final("5")[0] == "5"


def test_v19_v20_and_v23(books: Any, till: Till):
    till.reserve("10")
    assert till.refused(till.reserve, "5") == "DUPLICATE_JOB"
    till.cancel()
    assert till.refused(till.reserve, "5") == "DUPLICATE_JOB"
    books.add_app("b", "vendor")
    Till(books, books.add_install("u", "b")).reserve("5")
    till.reserve("95", "k")
    assert books.wallet("u") == ("0", "100")
    assert till.refused(till.reserve, "95", "k") == "DUPLICATE_JOB"
    assert literal(till.find("k").amount) == "95"


def test_v21(books: Any, till: Till):
    till.reserve("95")
    assert till.refused(till.reserve, "6", "k") == "INSUFFICIENT_FUNDS"
    till.reserve("5", "k")
    assert books.wallet("u") == ("0", "100")


def test_v25(books: Any, till: Till):
    till.reserve("1", "e-1")
    books.add_user("v", "5")
    other = Till(books, books.add_install("v", "a"))
    assert other.refused(other.find, "e-1") == "RESERVATION_NOT_FOUND"
    for wrong in ("e-1", "RESV#", "RESV", "X#e-1"):
        with pytest.raises(Refusal):
            books.run(charging.find, books.install("u-a"), wrong)


def test_v26_and_v28(books: Any):
    books.add_app("c", "vendor")
    till = Till(books, books.add_install("u", "c", max_per_hour=10))
    for number in range(10):
        till.reserve("0.01", f"j{number}")
    assert till.refused(till.reserve, "0.01", "more") == "RATE_LIMITED"
    books.now_ms += 3_600_000
    till.reserve("0.01", "more")
    found = books.run(charging.usage_of, "u-c", books.now_ms)
    assert (found.hour, found.day, found.month) == (1, 11, 11)
    books.add_app("b", "vendor")
    narrow = Till(books, books.add_install("u", "b", max_per_hour=2))
    narrow.reserve("1", "x")
    assert narrow.refused(narrow.reserve, "1000", "y") == "INSUFFICIENT_FUNDS"
    narrow.reserve("1", "z")
    narrow.cancel("z")
    assert narrow.refused(narrow.reserve, "1", "w") == "RATE_LIMITED"


def test_v32(books: Any, till: Till):
    books.add_app("b", "vendor")
    capped = Till(books, books.add_install("u", "b", lifetime_micro=typed_amount("10")))
    capped.reserve("6", "a")
    capped.final("6", "a")
    capped.reserve("3", "b")
    assert capped.refused(capped.reserve, "2", "c") == "LIFETIME_LIMIT_REACHED"
    capped.reserve("1", "d")
    capped.cancel("b")
    capped.reserve("3", "e")
    assert capped.refused(capped.reserve, "0.000001", "f") == "LIFETIME_LIMIT_REACHED"


def test_v42_releases_what_an_install_holds(books: Any, till: Till):
    till.reserve("10")
    till.sip("4")
    assert books.wallet("u") == ("90", "6")
    assert books.run(charging.release_all, books.now_ms, install_id="u-a") == 1
    assert (books.wallet("u"), books.wallet("a")) == (("96", "0"), ("4", "0"))


def test_books_that_were_tampered_with_are_found(books: Any, till: Till):
    from sqlalchemy import text

    from office_studio.server.officex.ledger import reconcile

    till.reserve("10")
    with books.engine.connect() as connection, connection.begin() as transaction:
        connection.execute(text("UPDATE ox_entries SET delta_available = delta_available + 1 WHERE log_id = 2"))
        found = reconcile(connection)
        assert not found.is_balanced
        assert len(found.violations) >= 2
        transaction.rollback()
