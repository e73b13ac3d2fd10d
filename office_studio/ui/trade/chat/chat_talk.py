"""One conversation with the assistant: what was said, what is being said, and stopping it."""

from __future__ import annotations

import secrets
import string
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from office_studio.core.officex import chat_stream, wire
from office_studio.core.officex.links import new_tracer
from office_studio.errors import OfficeStudioError
from office_studio.ui.trade import market_words
from office_studio.ui.trade.chat.chat_moments import Lane, Moment
from office_studio.ui.trade.market_session import MarketSession

if TYPE_CHECKING:
    from office_studio.ui.jobs import Scope

_FRAME_MS = 33  # however fast words come, the window is told this often
_TRACER_ALPHABET = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class Said:
    """``role``: "user" or "assistant". ``note``: why it is not whole, "" when it is."""

    role: str
    text: str
    note: str = ""


class ChatTalk(QObject):
    """Signals:
    changed(): what was said is other.
    status_changed(str, str): state ("thinking", "calling_app", "writing", "" when it rests) and words.
    thread_found(str): the conversation has an id now.
    read(): another conversation is open, or one was written on.
    """

    changed = Signal()
    status_changed = Signal(str, str)
    thread_found = Signal(str)
    read = Signal()

    def __init__(self, market: MarketSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._market = market
        self.said: list[Said] = []
        self.thread_id = self.tracer_id = ""
        self.state = self.status = self.app_id = ""  # what the assistant does, in words, by which app
        self.apps: list[str] = []  # that it may use
        self.moments: list[Moment] = []  # of this conversation, as far as it was seen here
        self._stream: Scope | None = None
        self._fresh: list[str] = []
        self._later = QTimer(self, singleShot=True, interval=_FRAME_MS)
        self._later.timeout.connect(self._flush)

    @property
    def is_talking(self) -> bool:
        return self._stream is not None

    def begin_anew(self, tracer_id: str = "") -> None:
        """An empty conversation, with a tracer of its own unless it goes on with one that is there."""
        self.cancel()
        self.said, self.thread_id, self.moments = [], "", []
        words = "".join(secrets.choice(_TRACER_ALPHABET) for _ in range(8))
        self.tracer_id = tracer_id or new_tracer(time.time_ns() // 1_000_000, words)
        self.changed.emit()
        self.read.emit()

    def open_thread(self, thread_id: str) -> None:
        """One of before; read from OfficeX, which alone knows what was said."""
        self.cancel()
        self.thread_id = thread_id
        self._market.run(lambda client: client.thread(thread_id), self._on_thread, self._on_error)

    def say(self, words: str, *, apps: list[str] | bool, project_id: str = "") -> None:
        """Send it and listen. Never sent again by itself: that would post it twice."""
        if self.is_talking or not words.strip():
            return
        self.said += [Said("user", words), Said("assistant", "")]
        self.apps = apps if isinstance(apps, list) else []
        self._note(Lane.SAID, f"You: {words}")
        options: dict[str, Any] = {"thread_id": self.thread_id or None, "tracer_id": self.tracer_id or None}
        options |= {"project_id": project_id or None, "include_apps": apps}
        self._set_status("thinking", "Sending…")
        self._stream = self._market.stream(
            lambda client: client.chat(words, **options), self._on_event, lambda _none: self._end(""), self._on_error
        )
        self.changed.emit()

    def cancel(self) -> None:
        """Close the connection. What came stays, marked as stopped."""
        if self._stream is not None:
            self._stream.close()
            self._end("You stopped it here.")

    # -- listening ---------------------------------------------------------------------------------
    def _on_event(self, event: chat_stream.ChatEvent) -> None:
        if isinstance(event, chat_stream.ThreadResolved):
            if event.thread_id != self.thread_id:
                self.thread_id = event.thread_id
                self.thread_found.emit(event.thread_id)
        elif isinstance(event, chat_stream.TracerResolved):
            self.tracer_id = event.tracer_id
        elif isinstance(event, chat_stream.Status):
            self._set_status(event.state or "thinking", event.text or "Working…", event.app_id)
            self._note(Lane.WORK, event.text or "Working…")
        elif isinstance(event, chat_stream.TextDelta):
            self._fresh.append(event.text)
            if not self._later.isActive():
                self._later.start()
        elif isinstance(event, chat_stream.StreamError):
            self._end(f"{event.message} The answer is not whole.")
        elif isinstance(event, chat_stream.Broken):
            self._end("The connection broke here. It is not sent again by itself.")

    def _flush(self) -> None:
        if self._fresh and self.said:
            self.said[-1] = replace(self.said[-1], text=self.said[-1].text + "".join(self._fresh))
            self._fresh = []
            self.changed.emit()

    def _end(self, note: str) -> None:
        if self._stream is None:
            return
        self._stream = None
        self._later.stop()
        self._flush()
        if note and self.said:
            self.said[-1] = replace(self.said[-1], note=note)
        self._note(Lane.SAID, f"Assistant: {note or self.said[-1].text}" if self.said else note)
        self._set_status("", "")
        self.changed.emit()
        self.read.emit()

    def _on_error(self, error: OfficeStudioError) -> None:
        if self._stream is not None:
            self._end(market_words.refusal(error))
        else:
            self.said.append(Said("assistant", "", market_words.refusal(error)))
            self.changed.emit()

    def _on_thread(self, found: tuple[wire.ThreadView, list[wire.ChatMessage]]) -> None:
        thread, messages = found
        if thread.thread_id != self.thread_id:
            return  # another was opened meanwhile
        self.tracer_id = thread.tracer_id
        self.moments = [
            Moment(one.created_ms, Lane.SAID, f"{'You' if one.role == 'user' else 'Assistant'}: {one.content}")
            for one in messages
            if one.created_ms is not None and one.role in ("user", "assistant")
        ]
        self.said = [
            Said(one.role, one.content, "It was interrupted here." if one.status == "interrupted" else "")
            for one in messages
            if one.role in ("user", "assistant")
        ]
        self.changed.emit()
        self.read.emit()

    def _note(self, lane: Lane, words: str) -> None:
        self.moments.append(Moment(time.time_ns() // 1_000_000, lane, words))

    def _set_status(self, state: str, words: str, app_id: str = "") -> None:
        self.state, self.status, self.app_id = state, words, app_id
        self.status_changed.emit(state, words)
