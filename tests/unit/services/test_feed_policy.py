from __future__ import annotations

import random

import pytest

from office_studio.services.feed_policy import Backoff, FeedPolicy, Silence


def listen(*chunks: tuple[float, bool]) -> Silence:
    """A connection that opened at 0 and got chunks at these seconds; True for a keep-alive."""
    silence = Silence(FeedPolicy())
    silence.opened(0)
    for at_s, is_keepalive in chunks:
        silence.bytes_came(at_s, is_keepalive=is_keepalive)
    return silence


def test_silence_proves_nothing_before_a_keepalive() -> None:
    silence = listen((1, False))
    assert silence.limit_s is None
    assert not silence.is_dead(10_000)


def test_after_one_keepalive_the_upper_bound_holds() -> None:
    silence = listen((15, True))
    assert not silence.is_dead(59)
    assert silence.is_dead(61)


def test_a_rhythm_by_the_clock_is_learned_whatever_else_comes() -> None:
    silence = listen((3, False), (15, True), (28, False), (30, True), (31, False), (45, True))
    assert silence.limit_s == pytest.approx(22.5)


def test_a_rhythm_after_silence_is_learned_between_bursts_of_news() -> None:
    silence = listen((10, False), (25, True), (26, False), (100, False), (115, True))
    assert silence.limit_s == pytest.approx(22.5)


def test_news_in_step_with_comments_does_not_shorten_the_rhythm() -> None:
    chunks = [(at, False) for at in range(2, 100, 5)] + [(at, True) for at in (15, 30, 45, 60)]
    assert listen(*sorted(chunks)).limit_s == pytest.approx(22.5)


def test_comments_in_a_burst_are_no_rhythm() -> None:
    assert listen((0.1, True), (0.2, True), (0.3, True)).limit_s == 45


def test_a_new_connection_starts_anew() -> None:
    silence = listen((15, True), (30, True))
    silence.opened(40)
    assert silence.limit_s is None


def test_waits_double_up_to_the_longest_with_jitter() -> None:
    backoff = Backoff(FeedPolicy(), random.Random(1))
    waits = [backoff.next_delay_s() for _ in range(12)]
    for number, wait in enumerate(waits):
        full = min(30, 2**number)
        assert full / 2 <= wait <= full
    assert len({round(wait, 3) for wait in waits[6:]}) == 6
    backoff.reset()
    assert backoff.next_delay_s() <= 1


def test_the_wait_the_server_asks_for_is_the_shortest() -> None:
    backoff = Backoff(FeedPolicy(), random.Random(1))
    backoff.minimum_ms = 5_000
    assert backoff.next_delay_s() == 5
