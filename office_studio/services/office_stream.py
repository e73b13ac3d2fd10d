"""One connection to ``/api/office/stream``: bytes in, frames out. Policy (retry, back-off) is ``live_feed.py``'s."""

from __future__ import annotations

import codecs
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
from httpx_sse import aconnect_sse

# Private, yet the only part of httpx-sse that takes lines one by one; see EventStreamParser for why its public
# EventSource cannot be used. The corpus test guards it against a change.
from httpx_sse._decoders import SSEDecoder

from office_studio.errors import OfficeStudioError, StreamLost, StreamRefused
from office_studio.services.http import CALL_TIMEOUT, not_an_office, response_error, transport_error

STREAM_PATH = "/api/office/stream"
MAX_FRAME_CHARS = 8 * 1024 * 1024
RETRY_RANGE_MS = (500, 30_000)
# No read timeout: a quiet office sends a comment every 15 s or nothing at all. The feed watches the silence.
STREAM_TIMEOUT = httpx.Timeout(CALL_TIMEOUT.connect, read=None)
_MAX_ERROR_BODY = 4_096


@dataclass(frozen=True, slots=True)
class Frame:
    """One dispatched event of the stream."""

    data: str
    event: str = "message"
    last_event_id: str = ""


class EventStreamParser:
    """Incremental parser of ``text/event-stream`` (WHATWG HTML 9.2.6), fed with any split of the bytes.

    Fields are interpreted by httpx-sse's decoder. Around it stands what httpx-sse 0.4.3 leaves open:

    * it decodes by the response's charset and keeps a BOM; a stream is UTF-8, and one leading BOM is dropped;
    * it holds a line that ends in CR back until the next byte, so a frame of a CR-only server arrives late;
    * it yields an event for a block without ``data`` (an id or retry alone), which must dispatch nothing;
    * it takes ``retry: -5`` and ``retry: 1_0``, where only digits count, and does not clamp;
    * it has no bound on the size of a frame.
    """

    def __init__(self, max_frame_chars: int = MAX_FRAME_CHARS) -> None:
        self.last_event_id = ""
        self.retry_ms: int | None = None  # clamped to RETRY_RANGE_MS
        self.comments = 0  # keep-alives seen
        self.oversized = 0  # frames dropped because of their size
        self._max = max_frame_chars
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")
        self._at_start = True
        self._skip_lf = False
        self._pending: list[str] = []  # pieces of the line that has no end yet
        self._decoder = SSEDecoder()
        self._has_data = False
        self._frame_chars = 0
        self._dropping = False  # inside a frame that is too large
        self._line_cut = False  # the running line lost its beginning, so it is not a blank one

    def feed(self, data: bytes) -> list[Frame]:
        """Frames completed by these bytes. Bytes that are not UTF-8 become U+FFFD."""
        text = self._utf8.decode(data)
        if not text:
            return []
        if self._at_start:
            self._at_start = False
            text = text.removeprefix("\ufeff")
        if self._skip_lf and text:
            # The CR before was already taken as a line end; an LF right behind it belongs to it.
            self._skip_lf = False
            text = text.removeprefix("\n")
        if "\r" in text:
            self._skip_lf = text.endswith("\r")
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        # Not str.splitlines: it would also split at U+2028 and the like, which are plain text here.
        *lines, rest = text.split("\n")
        frames = []
        for line in lines:
            if self._pending:
                self._pending.append(line)
                line = "".join(self._pending)
                self._pending.clear()
            frame = self._line(line)
            if frame is not None:
                frames.append(frame)
        if rest:
            self._keep(rest)
        return frames

    def _keep(self, rest: str) -> None:
        if self._dropping:
            self._line_cut = True
            return
        self._pending.append(rest)
        self._frame_chars += len(rest)
        if self._frame_chars > self._max:
            self._pending.clear()
            self._line_cut = True
            self._drop_frame()

    def _line(self, line: str) -> Frame | None:
        if self._line_cut:
            self._line_cut = False
            return None
        if not line:
            return self._dispatch()
        if line[0] == ":":
            self.comments += 1
            return None
        if self._dropping:
            return None
        self._frame_chars += len(line)
        if self._frame_chars > self._max * 2:  # pieces of a split line count twice
            self._drop_frame()
            return None
        if line.startswith("retry"):
            self._retry(line)
            return None
        if line == "data" or line.startswith("data:"):
            self._has_data = True
        self._decoder.decode(line)
        return None

    def _retry(self, line: str) -> None:
        name, _, value = line.partition(":")
        digits = value.removeprefix(" ")
        if name == "retry" and digits.isascii() and digits.isdigit():
            low, high = RETRY_RANGE_MS
            # Nine digits are beyond any sane wait; int() of a very long one would raise.
            self.retry_ms = high if len(digits) > 9 else min(high, max(low, int(digits)))

    def _dispatch(self) -> Frame | None:
        has_data, self._has_data = self._has_data, False
        self._frame_chars = 0
        if self._dropping:
            self._dropping = False
            return None
        found = self._decoder.decode("")
        if found is None:
            return None
        self.last_event_id = found.id
        return Frame(found.data, found.event or "message", found.id) if has_data else None

    def _drop_frame(self) -> None:
        self.oversized += 1
        self._dropping = True
        self._has_data = False
        self._decoder = SSEDecoder()
        if self.last_event_id:
            self._decoder.decode(f"id: {self.last_event_id}")


def parse_frame(frame: Frame) -> Mapping[str, Any] | None:
    """The JSON object of a frame; None for other JSON, which says nothing to us.

    Raises:
        ValueError: the frame is no JSON, or nested deeper than can be read.
    """
    try:
        document = msgspec.json.decode(frame.data)
    except RecursionError as exc:
        raise ValueError("nested too deeply") from exc
    return document if isinstance(document, Mapping) else None


class StreamConnection:
    """An open stream. Iterate it for the frames of each chunk of bytes; a chunk of keep-alives gives no frames."""

    def __init__(self, response: httpx.Response, base_url: str) -> None:
        self.parser = EventStreamParser()
        self.bytes_received = 0
        self._response = response
        self._base_url = base_url

    async def __aiter__(self) -> AsyncIterator[list[Frame]]:
        """Raises StreamLost when the connection breaks or the server ends it."""
        try:
            async for chunk in self._response.aiter_bytes():
                self.bytes_received += len(chunk)
                yield self.parser.feed(chunk)
        except httpx.HTTPError as exc:
            raise _lost(transport_error(exc, self._base_url)) from exc
        raise StreamLost("STREAM_ENDED", "The office ended the stream.", "Connecting again.")


@asynccontextmanager
async def open_stream(client: httpx.AsyncClient, last_event_id: str = "") -> AsyncIterator[StreamConnection]:
    """The stream of an office.

    Raises:
        StreamRefused: an answer that another try will not change; the HTTP status is in ``details["status"]``.
        StreamLost: no connection, or a fault of the server.
    """
    base_url = str(client.base_url).rstrip("/")
    headers = {"Accept-Encoding": "identity"}  # a compressing proxy would hold frames back
    if last_event_id:
        headers["Last-Event-ID"] = last_event_id
    try:
        async with aconnect_sse(client, "GET", STREAM_PATH, headers=headers, timeout=STREAM_TIMEOUT) as source:
            await _check(source.response, base_url)
            yield StreamConnection(source.response, base_url)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as exc:
        raise _lost(transport_error(exc, base_url)) from exc


async def _check(response: httpx.Response, base_url: str) -> None:
    status = response.status_code
    if status == 200:
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type == "text/event-stream":
            return
        error = not_an_office(base_url)
        raise StreamRefused(error.code, error.message, error.hint, status=status, media_type=media_type)
    found = response_error(response, await _start_of_body(response))
    details = {**found.details, "status": status}
    if status == 429 or status >= 500:
        raise StreamLost(found.code, found.message, found.hint, **details) from found
    raise StreamRefused(found.code, found.message, found.hint, **details) from found


async def _start_of_body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) >= _MAX_ERROR_BODY:
            break
    return bytes(body[:_MAX_ERROR_BODY])


def _lost(error: OfficeStudioError) -> StreamLost:
    return StreamLost(error.code, error.message, error.hint, **error.details)
