"""The banner over the stage while the link is not as it should be: what happened, since when, what to do. Pure text."""

from __future__ import annotations

from dataclasses import dataclass

from office_studio.core.office.live import Connection, ConnectionState
from office_studio.ui import formats

S = ConnectionState


@dataclass(frozen=True, slots=True)
class BannerFact:
    """``actions``: ids of ``actions.py``, the first one drawn as a button."""

    tone: str
    glyph: str
    title: str
    detail: str
    actions: tuple[tuple[str, str], ...]


def banner_fact(connection: Connection, office: str, has_picture: bool, now_ms: int) -> BannerFact | None:
    """What to say, None while all is well."""
    state = connection.state
    next_try = ""
    if connection.retry_at_ms is not None:
        next_try = f"Next try in {max(0, -(-(connection.retry_at_ms - now_ms) // 1000))} s."
    seen = (
        f"You see {formats.clock_seconds(connection.last_news_ms)}." if connection.last_news_ms and has_picture else ""
    )
    retry, change = ("Try now", "office.retry"), ("Connection…", "office.connect")
    if state is S.REFUSED:
        detail = f"{connection.message} {connection.hint}".strip()
        return BannerFact(
            "blocked", "lock-key", f"{office} refused you", detail, (("Sign in…", "office.connect"), retry)
        )
    if state is S.WAITING:
        detail = " ".join(filter(None, (connection.message or "No agent is connected to it yet.", next_try)))
        return BannerFact("idle", "hourglass", f"{office} waits for agents", detail, (retry, change))
    if state is S.STALE:
        return BannerFact("idle", "clock", f"{office} has gone silent", seen or connection.message, (retry, change))
    if state is S.RECONNECTING:
        words = " ".join(filter(None, (seen or connection.message, next_try)))
        title = f"{office} stopped answering" if has_picture else f"{office} does not answer"
        return BannerFact("blocked", "wifi-slash", title, words, (retry, change))
    if state is S.OFFLINE and connection.hint:  # an error ended it; a plain "not connected" needs no banner
        detail = f"{connection.message} {connection.hint}"
        return BannerFact("blocked", "wifi-slash", f"{office} is not connected", detail, (retry, change))
    return None
