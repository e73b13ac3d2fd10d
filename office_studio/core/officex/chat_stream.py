"""Chat streams (contract, section 17.2): prelude lines, then server-sent events. Any split of the bytes, same events.

The platform's lines end in LF or CR LF; a lone CR is no line end. A line decides by its name before the first colon.
"""

from __future__ import annotations

import json
from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_LINE = 1 << 20  # bytes
_BETWEEN = "\n\ndata: "


@dataclass(frozen=True, slots=True)
class ThreadResolved:
    thread_id: str


@dataclass(frozen=True, slots=True)
class TracerResolved:
    tracer_id: str


@dataclass(frozen=True, slots=True)
class Status:
    """What the assistant does. ``state`` ("thinking", "calling_app", "writing") and ``app_id`` are "" when not told."""

    text: str
    state: str = ""
    app_id: str = ""


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class RawEvent:
    """JSON that means nothing to us, as it came."""

    data: str


@dataclass(frozen=True, slots=True)
class StreamError:
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Done:
    pass


@dataclass(frozen=True, slots=True)
class Broken:
    """The stream ended without its end mark, or cannot be read on. The message is interrupted, never sent again."""

    reason: str


ChatEvent = ThreadResolved | TracerResolved | Status | TextDelta | RawEvent | StreamError | Done | Broken


class ChatStreamParser:
    """Feed bytes, get events. After ``Done`` or ``Broken`` nothing more comes.

    A block of whole lines is decoded and split at once; only the unfinished line is kept, so the cost is that of
    splitting, however the network cuts the bytes.
    """

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._rest: list[str] = []  # of the unfinished line
        self._rest_size = 0
        self._data: list[str] = []
        self._event = ""
        self._is_over = False

    @property
    def is_over(self) -> bool:
        return self._is_over

    def feed(self, chunk: bytes) -> list[ChatEvent]:
        """Events that the bytes complete, in order."""
        found: list[ChatEvent] = []
        if self._is_over or not chunk:
            return found
        text = self._decoder.decode(chunk)
        cut = text.rfind("\n")
        if cut < 0:
            self._keep(text)
        else:
            whole = "".join((*self._rest, text[: cut + 1]))
            self._rest, self._rest_size = [], 0
            self._keep(text[cut + 1 :])
            found = self._lines(whole)
            if self._is_over:
                return found
        if self._rest_size > MAX_LINE:
            self._is_over = True
            found.append(Broken("a line of the stream is over 1 MiB"))
        return found

    def close(self) -> list[ChatEvent]:
        """The connection has ended."""
        if self._is_over:
            return []
        self._is_over = True
        return [Broken("the stream ended before its end mark")]

    # -- inside --------------------------------------------------------------------------------------
    def _lines(self, block: str) -> list[ChatEvent]:
        """Events of whole lines."""
        found: list[ChatEvent] = []
        at, size, may_run = 0, len(block), len(block) <= MAX_LINE
        while at < size:
            if may_run and not self._data and not self._event and block.startswith("data: {", at):
                end = block.rfind("\n\n", at) + 2
                texts = _texts(block[at:end]) if end > 1 else None
                if texts is not None:
                    found += texts
                    at = end
                    continue
                may_run = False
            end = block.index("\n", at)
            if end - at > MAX_LINE:
                self._rest_size = MAX_LINE + 1
                break
            found += self._line(block[at : end - 1] if end > at and block[end - 1] == "\r" else block[at:end])
            if self._is_over:
                break
            at = end + 1
        return found

    def _keep(self, text: str) -> None:
        if text:
            self._rest.append(text)
            self._rest_size += len(text)

    def _line(self, line: str) -> Iterator[ChatEvent]:
        if not line:
            yield from self._dispatch()
            return
        name, _, value = line.partition(":")
        if name == "data":
            self._data.append(value[1:] if value.startswith(" ") else value)
        elif name == "event":
            self._event = value[1:] if value.startswith(" ") else value
        elif name == "s":
            yield status_of(value)
        elif name == "t" and value.strip():
            yield ThreadResolved(value.strip())
        elif name == "tracer" and value.strip():
            yield TracerResolved(value.strip())

    def _dispatch(self) -> Iterator[ChatEvent]:
        if not self._data:
            self._event = ""
            return
        data, event = "\n".join(self._data), self._event
        self._data, self._event = [], ""
        if event == "error":
            yield error_of(data)
        elif data.strip() == "[DONE]":
            self._is_over = True
            yield Done()
        else:
            yield delta_of(data)


def _texts(run: str) -> list[TextDelta] | None:
    """Deltas of a run of events in our own form, one data line each; None where anything else is among them.

    Nearly all of a stream is such runs: their JSON is read at once, as one list. What is put between two items holds a
    line feed, which no JSON string may, so no item can begin in one event and end in another inside a string; and
    since each has exactly two texts in it, none can do so by nesting.
    """
    count = run.count(_BETWEEN)
    if run.count("\n") != 2 * count + 2 or run.count(_BETWEEN + "{") != count or run.count("}\n\n") != count + 1:
        return None
    try:
        items = json.loads("[" + run[len("data: ") : -2].replace(_BETWEEN, ",\n") + "]")
    except (ValueError, RecursionError):
        return None
    if len(items) != count + 1:
        return None
    found = []
    for item in items:
        if type(item) is not dict or len(item) != 2 or item.get("type") != "text":
            return None
        text = item.get("delta")
        if type(text) is not str:
            return None
        found.append(TextDelta(text))
    return found


def status_of(text: str) -> Status:
    """A status line's JSON; what is no JSON object is its own label."""
    document = _object(text)
    if document is None:
        return Status(text.strip())
    label = next((document[key] for key in ("text", "message", "status") if isinstance(document.get(key), str)), "")
    state, app_id = document.get("state"), document.get("app_id")
    return Status(label, state if isinstance(state, str) else "", app_id if isinstance(app_id, str) else "")


def delta_of(data: str) -> TextDelta | RawEvent:
    """Text of an event: our own form, the form of completions, or plain text."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return TextDelta(data)
    if isinstance(document, dict):
        if document.get("type") == "text" and isinstance(document.get("delta"), str):
            return TextDelta(document["delta"])
        try:
            content = document["choices"][0]["delta"]["content"]
        except (KeyError, IndexError, TypeError):
            return RawEvent(data)
        if isinstance(content, str):
            return TextDelta(content)
    return RawEvent(data)


def error_of(data: str) -> StreamError:
    document = _object(data) or {}
    inner = document.get("error")
    if isinstance(inner, dict):
        document = inner
    code, message = document.get("code"), document.get("message")
    return StreamError(
        code if isinstance(code, str) else "INTERNAL_ERROR", message if isinstance(message, str) else data
    )


def _object(text: str) -> dict[str, Any] | None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
