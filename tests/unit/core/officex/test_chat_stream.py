"""Chat streams: the same events for every split of the bytes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office_studio.core.officex.chat_stream import (
    MAX_LINE,
    Broken,
    ChatEvent,
    ChatStreamParser,
    Done,
    RawEvent,
    Status,
    StreamError,
    TextDelta,
    ThreadResolved,
    TracerResolved,
)

VECTOR = (
    't:th1\ntracer:trc_a-b\ns:{"state":"thinking","text":"…"}\n\n'
    'data: {"type":"text","delta":"Hé"}\n\ndata: {"type":"text","delta":"llo"}\n\ndata: [DONE]\n\n'
).encode()
EVENTS: list[ChatEvent] = [
    ThreadResolved("th1"), TracerResolved("trc_a-b"), Status("…", "thinking"),
    TextDelta("Hé"), TextDelta("llo"), Done(),
]  # fmt: skip


def parsed(*chunks: bytes) -> list[ChatEvent]:
    parser = ChatStreamParser()
    found = [event for chunk in chunks for event in parser.feed(chunk)]
    return found + parser.close()


def test_every_split_gives_the_same_events():
    assert parsed(VECTOR) == EVENTS
    assert parsed(*(VECTOR[at : at + 1] for at in range(len(VECTOR)))) == EVENTS
    for cut in range(len(VECTOR)):
        assert parsed(VECTOR[:cut], VECTOR[cut:]) == EVENTS
    assert parsed(VECTOR.replace(b"\n", b"\r\n")) == EVENTS


LINES = st.sampled_from(
    ["t:x", "tracer:trc_1", "s:{bad", 's:{"text":"a"}', "data: x", "data:{}", 'data: {"type":"text","delta":"ü"}', "",
     "event: error", "id: 1", ": hello", "nonsense", "\r", "data: [DONE]", "data", "data: [1", "event", "ä:ö"]
)  # fmt: skip


@given(st.lists(LINES, max_size=30), st.lists(st.integers(1, 40), max_size=30), st.sampled_from(["\n", "\r\n"]))
def test_any_stream_is_read_alike_in_any_pieces(lines: list[str], sizes: list[int], end: str):
    body = end.join([*lines, ""]).encode()
    chunks, at = [], 0
    for size in sizes:
        chunks.append(body[at : at + size])
        at += size
    assert parsed(*chunks, body[at:]) == parsed(body)


@given(st.binary(max_size=300), st.integers(0, 300))
def test_any_bytes_are_only_events(body: bytes, cut: int):
    assert parsed(body[:cut], body[cut:]) == parsed(body)


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("s:{bad", Status("{bad")),
        ('s:{"message":"m","status":"s","app_id":"a","state":"calling_app"}', Status("m", "calling_app", "a")),
        ("s:[1]", Status("[1]")),
        ('data: {"choices":[{"delta":{"content":"hi"}}]}\n', TextDelta("hi")),
        ('data: {"other":1}\n', RawEvent('{"other":1}')),
        ("data: plain words\n", TextDelta("plain words")),
        ('data: {"type":"text","delta":"a\\ud83d"}\n', TextDelta("a\ufffd")),
        ('data: {"choices":[{"delta":{"content":"\\ude00"}}]}\n', TextDelta("\ufffd")),
        ('s:{"text":"\\ud83d"}', Status("\ufffd")),
        ("data: a\ndata: b\n", TextDelta("a\nb")),
        ('event: error\ndata: {"error":{"code":"X","message":"m"}}\n', StreamError("X", "m")),
        ("event: error\ndata: nope\n", StreamError("INTERNAL_ERROR", "nope")),
    ],
)
def test_each_kind_of_line(line: str, event: ChatEvent):
    assert parsed(f"{line}\n".encode())[0] == event


def test_without_the_end_mark_a_message_is_interrupted():
    assert isinstance(parsed(b"t:x\n")[-1], Broken)
    assert parsed(b"data: [DONE]\n\ndata: more\n\n") == [Done()]


def test_an_endless_line_ends_the_stream():
    parser = ChatStreamParser()
    found = [event for _ in range(40) for event in parser.feed(b"x" * 65_536)]
    assert [type(event) for event in found] == [Broken]
    assert parser.is_over
    assert isinstance(parsed(b"x" * (MAX_LINE + 1) + b"\n")[0], Broken)


_LINES = [
    'data: {"type":"text","delta":"Hé"}', 'data: {"type": "text", "delta": "a\\n\\"b\\u00e9"}', "data: plain",
    "event: foo", 'data: {"type":"text","delta":"bad \\x"}', 'data: {"type":"text","delta":"x","y":1}', "event: error",
    ": c", "t:a",
    's:{"state":"x"}', 'data:{"type":"text","delta":""}', 'data: {"type":"text","delta":"\\ud83d"}', "id: 3", "",
    'data: {"type":"text","type":"x","delta":"a"}', 'data: {"type":"x","type":"text","delta":"a"}', "data: {}",
    'data: {"type":"text","delta":"a","delta":"b"}', 'data: {"delta":"a\\u0000\\/","type":"text"}',
    'data: {"delta":"a"}', 'data: {"type":"\\u0000","never":1}',
    'data: {"type":"text","delta":"\\ud83d\\ude00"}', 'data: { "type":"text" , "delta":"a" }', 'data: {"type":"text"',
    'data: {"type":"text","delta":null}', 'data: {"type":1,"delta":"a"}', 'data: "delta":"x"}', 'data: {"type":"text"}',
    # Lines that would make sense only if they were read as one.
    'data: {"type":"text","delta":"a"},{"type":"text","delta":"b"}', 'data: {"type":"text","delta":"a}', 'data: {b"}',
    'data: {"type":"text","delta":"c","x":[{}', "data: {}]}", "data: [DONE]",
]  # fmt: skip


@given(
    lines=st.lists(st.tuples(st.sampled_from(_LINES), st.sampled_from(["\n", "\n\n", "\n\n", "\r\n\r\n", "\r"]))),
    cuts=st.lists(st.integers(0, 400), max_size=5),
)
def test_runs_of_text_are_read_as_they_are_line_by_line(lines: list[tuple[str, str]], cuts: list[int]):
    data = "".join(line + end for line, end in lines).encode()
    whole = ChatStreamParser()
    pieces = ChatStreamParser()
    at = sorted({0, *(min(cut, len(data)) for cut in cuts), len(data)})
    found = [event for one, other in pairwise(at) for event in pieces.feed(data[one:other])] + pieces.close()
    assert found == whole.feed(data) + whole.close()
    slow = ChatStreamParser()
    assert found == [event for byte in data for event in slow.feed(bytes([byte]))] + slow.close()
