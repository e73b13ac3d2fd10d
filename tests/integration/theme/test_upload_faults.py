"""Faults of the line while a theme is sent: each ends in the right words and in a known state. Real sockets."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest

from office_studio.errors import ApiError
from office_studio.services.http import Credentials
from office_studio.services.theme_client import ThemeClient
from office_studio.services.uploader import Phase, State, Uploader, UploadOutcome
from tests.integration.theme.uploading import TEN_TIMES, send, version_at


@pytest.mark.parametrize("time_", TEN_TIMES)
@pytest.mark.parametrize("part", [0.0, 0.5, 0.99, 1.0])
def test_a_cut_connection_is_tried_again(office, old, proxy, part: float, time_: int):
    between = proxy(office.address.url)
    between.cut_at = part
    outcome, uploader, _ = send(between.url, office.address.token, old)
    assert isinstance(outcome, UploadOutcome), outcome
    assert uploader.state is State.STORED
    assert outcome.replaced_version == "1.0.0"
    assert version_at(office) == "2.0.0"
    if part < 1:  # with all of the body the server may have taken it in before the office was asked
        assert (outcome.attempts, outcome.confirmed_later) == (2, False)
        assert "did not have the theme" in outcome.notes[0]
    else:
        assert outcome.confirmed_later == (outcome.attempts == 1)


@pytest.mark.parametrize("time_", TEN_TIMES)
def test_a_lost_answer_is_asked_about_and_nothing_is_sent_twice(office, old, proxy, time_: int):
    between = proxy(office.address.url)
    between.swallow = True
    outcome, uploader, seen = send(between.url, office.address.token, old)
    assert isinstance(outcome, UploadOutcome), outcome
    assert (outcome.confirmed_later, outcome.attempts, outcome.is_verified) == (True, 1, True)
    assert "has the theme all the same" in outcome.notes[0]
    assert (uploader.state, between.uploads) == (State.STORED, 1)
    assert Phase.ASKING in {progress.phase for progress in seen}


def test_a_connection_that_always_breaks_ends_unchanged(office, old, proxy):
    between = proxy(office.address.url)
    between.cut_at, between.spoil = 0.3, 99
    error, uploader, _ = send(between.url, office.address.token, old)
    assert isinstance(error, ApiError)
    assert (error.code, error.details["state"], uploader.state) == ("THEME_UPLOAD_FAILED", "unchanged", State.UNCHANGED)
    assert between.uploads == 3
    assert version_at(office) == "1.0.0"


def test_an_office_that_never_answers_times_out_and_is_asked(office, old, proxy):
    between = proxy(office.address.url)
    between.spoil, between.cut_at = 99, 1.0
    between.at_cut = lambda: time.sleep(1.5)
    waits = httpx.Timeout(0.5, connect=2)
    outcome, uploader, _ = send(between.url, office.address.token, old, timeout=waits)
    # The server got everything: however often the answer is lost, asking finds the new version.
    assert isinstance(outcome, UploadOutcome), outcome
    assert (outcome.confirmed_later, uploader.state, version_at(office)) == (True, State.STORED, "2.0.0")


@pytest.mark.parametrize("when", [Phase.SENDING, Phase.WAITING])
def test_cancelling_leaves_a_known_state(office, old, proxy, when: Phase):
    between = proxy(office.address.url)
    if when is Phase.SENDING:
        between.cut_at, between.at_cut = 0.3, lambda: time.sleep(0.5)
    else:
        between.answer, between.answer_at = b"", 1.0

    async def run() -> State:
        async with ThemeClient(between.url, Credentials(office.address.token)) as client:
            uploader = Uploader(client)
            reached = asyncio.Event()
            watch = lambda p: reached.set() if p.phase is when and p.sent_bytes > 0 else None  # noqa: E731
            task = asyncio.create_task(uploader.upload(old, watch))
            await asyncio.wait_for(reached.wait(), 20)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return uploader.state

    state = asyncio.run(run())
    if when is Phase.SENDING:
        assert (state, version_at(office)) == (State.UNCHANGED, "1.0.0")
    else:
        assert state in (State.STORED, State.UNKNOWN)
        if state is State.STORED:
            assert version_at(office) == "2.0.0"
