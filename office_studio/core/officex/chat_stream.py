"""Chat streams (contract, section 17.2): prelude lines, then server-sent events. Any split of the bytes, same events.

The platform's lines end in LF or CR LF; a lone CR is no line end. A line decides by its name before the first colon.
"""

from __future__ import annotations

import json
from codecs import getincrementaldecoder
from collections.abc import Iterator
from typing import Any, cast

import msgspec

MAX_LINE = 1 << 20  # bytes
_BETWEEN, _COMMA = "}\n\ndata: {", "},\n      {"


class ThreadResolved(msgspec.Struct, frozen=True):
    thread_id: str


class TracerResolved(msgspec.Struct, frozen=True):
    tracer_id: str


class Status(msgspec.Struct, frozen=True):
    """What the assistant does. ``state`` ("thinking", "calling_app", "writing") and ``app_id`` are "" when not told."""

    text: str
    state: str = ""
    app_id: str = ""


class TextDelta(msgspec.Struct, frozen=True, gc=False, tag_field="type", tag="text", forbid_unknown_fields=True):
    """What comes by the hundred thousand: read from JSON straight into this, which is most of the parser's speed."""

    text: str = msgspec.field(name="delta")


class RawEvent(msgspec.Struct, frozen=True):
    """JSON that means nothing to us, as it came."""

    data: str


class StreamError(msgspec.Struct, frozen=True):
    code: str
    message: str


class Done(msgspec.Struct, frozen=True):
    pass


class Broken(msgspec.Struct, frozen=True):
    """The stream ended without its end mark, or cannot be read on. The message is interrupted, never sent again."""

    reason: str


ChatEvent = ThreadResolved | TracerResolved | Status | TextDelta | RawEvent | StreamError | Done | Broken


class _Nothing:
    """What no JSON becomes."""


class _Never(msgspec.Struct, tag_field="type", tag="\0"):
    """Makes the type of a text necessary: only between two kinds does msgspec insist on it."""

    never: _Nothing


_DELTAS = msgspec.json.Decoder(list[TextDelta | _Never])


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

    Nearly all of a stream is such runs: their JSON is read at once, as one list. What stands between two events is
    turned into what stands between two items, of the same length, which is quickest. One line feed of the two stays: no
    JSON string may have one, so no item can begin in one event and end in another inside a string; and since every
    event begins and ends with a brace and has as many items as there are events, none can do so by nesting.
    """
    if not run.endswith("}\n\n"):
        return None
    joined = run[len("data: ") : -2].replace(_BETWEEN, _COMMA)
    count = run.count("\n") // 2
    if joined.count("\n") != count - 1:
        return None
    try:
        items = _DELTAS.decode(f"[{joined}]")
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
    return cast("list[TextDelta]", items) if len(items) == count else None


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
        document = _json(data)
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


def _json(text: str) -> Any:
    """JSON of whole characters: half of one ("\\ud83d" alone) could be neither shown nor printed nor kept."""
    document = json.loads(text)
    return _mended(document) if "\\u" in text else document


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return [_mended(item) for item in value] if isinstance(value, list) else value


def _object(text: str) -> dict[str, Any] | None:
    try:
        document = _json(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
