"""The stream parser against the corpus of recorded streams, at every split that borders care about."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import pytest

from office_studio.core.office import events as ev
from office_studio.core.office.wire import decode_event, is_snapshot
from office_studio.services.office_stream import EventStreamParser, Frame, parse_frame

SHARED = Path(__file__).resolve().parents[4] / "shared"
SSE_DIR = SHARED / "data" / "streams" / "sse"
NAMES = sorted(path.name for path in SSE_DIR.glob("*.sse")) if SSE_DIR.is_dir() else []
BIG = 150_000  # bytes; a megabyte one byte at a time takes ten seconds and shows no border that a small file lacks
CASES = [
    pytest.param(name, size, marks=[pytest.mark.full] if size < 4096 and (SSE_DIR / name).stat().st_size > BIG else [])
    for size in (10**9, 1, 7, 4096)
    for name in NAMES
]


def parse(body: bytes, size: int) -> tuple[list[Frame], EventStreamParser]:
    parser = EventStreamParser()
    frames: list[Frame] = []
    for start in range(0, len(body), size):
        frames += parser.feed(body[start : start + size])
    return frames, parser


def kind_of(frame: Frame) -> str:
    try:
        document = parse_frame(frame)
    except ValueError as exc:
        return "other" if "deep" in str(exc) else "invalid"
    if document is None:
        return "other"
    if is_snapshot(document):
        return "snapshot"
    event = decode_event(document)
    known = event is not None and event.agent_id and not isinstance(event, ev.UnknownEvent)
    return "internal_event" if known else "other"


@pytest.fixture(scope="module")
def expected(shared_dir: Path) -> dict[str, Any]:
    return json.loads((shared_dir / "data/streams/sse/expected.json").read_text("utf-8"))


def same(frame: Frame, item: dict[str, Any]) -> bool:
    if (frame.event, frame.last_event_id, kind_of(frame)) != (item["event"], item["lastEventId"], item["json"]):
        return False
    if "data" in item:
        return frame.data == item["data"]
    digest = hashlib.sha256(frame.data.encode()).hexdigest()
    return (len(frame.data), digest) == (item["dataLength"], item["dataSha256"]) or (
        len(frame.data.encode()),
        digest,
    ) == (item["dataLength"], item["dataSha256"])


@pytest.mark.parametrize(("name", "size"), CASES)
def test_corpus(name: str, size: int, expected: dict[str, Any], shared_dir: Path) -> None:
    want = expected[name]
    frames, parser = parse((shared_dir / "data/streams/sse" / name).read_bytes(), size)
    assert len(frames) == want["events"]
    kinds: dict[str, int] = {}
    for frame in frames:
        kind = kind_of(frame)
        kinds[kind] = kinds.get(kind, 0) + 1
    assert kinds == want["kinds"]
    if "parsed" in want:
        assert all(same(frame, item) for frame, item in zip(frames, want["parsed"], strict=True))
    for frame, item in zip(frames, want.get("parsedFirst", []), strict=False):
        assert same(frame, item)
    for frame, item in zip(reversed(frames), reversed(want.get("parsedLast", [])), strict=False):
        assert same(frame, item)
    assert parser.last_event_id == want["lastEventId"]
    retry = want["retry"]
    assert parser.retry_ms == (None if retry is None else min(30_000, max(500, int(retry))))


def test_every_file_of_the_corpus_is_covered(expected: dict[str, Any]) -> None:
    assert sorted(expected) == NAMES


def test_line_separators_of_unicode_do_not_end_a_line() -> None:
    frames, _ = parse('data: {"a":"x\u2028y\u0085z\x0b"}\n\n'.encode(), 3)
    assert [frame.data for frame in frames] == ['{"a":"x\u2028y\u0085z\x0b"}']


def test_a_cr_only_frame_arrives_with_its_last_byte() -> None:
    parser = EventStreamParser()
    assert [frame.data for frame in parser.feed(b"data: 1\r\r")] == ["1"]
    assert parser.feed(b"\n") == []
    assert [frame.data for frame in parser.feed(b"data: 2\r\n\r\n")] == ["2"]


@pytest.mark.parametrize("size", [1, 10, 10**6])
def test_a_frame_beyond_the_bound_is_dropped_and_the_next_one_arrives(size: int) -> None:
    parser = EventStreamParser(max_frame_chars=100)
    body = b"id: 7\n\ndata: " + b"x" * 1000 + b"\nid: 9\n\ndata: after\n\n"
    frames = [frame for start in range(0, len(body), size) for frame in parser.feed(body[start : start + size])]
    assert [(frame.data, frame.last_event_id) for frame in frames] == [("after", "7")]
    assert parser.oversized == 1


def test_a_frame_of_many_small_lines_is_bounded_too() -> None:
    parser = EventStreamParser(max_frame_chars=100)
    assert parser.feed(b"data: 0123456789\n" * 50 + b"\ndata: ok\n\n") == [Frame("ok")]


def test_an_endless_line_keeps_memory_bounded() -> None:
    parser = EventStreamParser(max_frame_chars=1000)
    for _ in range(1000):
        parser.feed(b"x" * 100)
    assert sum(map(len, parser._pending)) <= 1000
    assert [frame.data for frame in parser.feed(b"\n\ndata: 1\n\n")] == ["1"]


def test_parsing_time_grows_with_the_size_only() -> None:
    def seconds(lines: int) -> float:
        body = b"data: 0123456789\n" * lines + b"\n"
        start = time.process_time()
        parse(body, 7)
        return time.process_time() - start

    small = min(seconds(2_000) for _ in range(3))
    # 20 times the input; quadratic work would take 400 times as long.
    assert seconds(40_000) < small * 80
