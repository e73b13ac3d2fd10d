"""What stands in the office of limits and of the wallet: lamps, "closed" signs, the safe. No drawing here.

Only what OfficeX says counts: limits and use of installs (E15), the balance (E35), letters of apps (E57), and refusals
of calls that this window made itself. OfficeX tells a user nothing of the calls of apps that it refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from office_studio.core.officex.codes import Refusal
from office_studio.core.officex.limits import NEVER, WINDOWS, check_reserve, window_end
from office_studio.core.officex.wire import InboxMessage, InstallView
from office_studio.ui import formats
from office_studio.ui.render.jar_looks import Sign, SignKind
from office_studio.ui.trade import market_words
from office_studio.ui.trade.market_data import Refused, Snapshot

SAFE = "safe"
LIMITS = "limits:"  # begins the ids of what the limits of an install say
_TOPUP = "topup-"  # begins the ids of letters of apps that found too few credits (contract, section 18.3)
_OWNER = 16  # characters of an app's name in the corner


@dataclass(frozen=True, slots=True)
class Stop:
    """Why an install charges no more. ``until_s``: Unix seconds when that is over by itself; None: never.

    ``window``: "hour", "day", "month" where a limit of charges is used up.
    """

    code: str
    until_s: float | None = None
    window: str = ""


def stop_of(install: InstallView, read_s: float, now_s: float, refused: Iterable[Refused] = ()) -> Stop | None:
    """Why the next charge of an install would be refused whatever it asks for; None where it may be taken.

    Args:
        read_s: Unix seconds of which ``install`` is; its counts are of the windows that held that moment.
    """
    try:
        check_reserve(install.limits, install.usage, 1, now_s)
        return None if not (until := _refused_until(install, now_s, refused)) else Stop("RATE_LIMITED", until, "")
    except Refusal as why:
        if why.code != "RATE_LIMITED":
            return Stop(why.code)
    full = [
        (window_end(name, read_s), name) for field, name in WINDOWS.items()
        if getattr(install.usage, name) >= getattr(install.limits, field) > 0
    ]  # fmt: skip
    if any(getattr(install.limits, field) == 0 for field in WINDOWS):
        return Stop("FORBIDDEN")  # it is allowed no charge at all, however long one waits
    ends, window = max(full)
    return Stop("RATE_LIMITED", ends, window) if ends > now_s else None  # a new window has begun since


def _refused_until(install: InstallView, now_s: float, refused: Iterable[Refused]) -> float | None:
    """Until when OfficeX told us to wait, which knows its windows better than we do."""
    waits = [
        one.until_s for one in refused
        if one.install_id == install.install_id and one.code == "RATE_LIMITED" and one.until_s is not None
    ]  # fmt: skip
    return next((until for until in waits if until > now_s), None)


def left_words(length_s: float) -> str:
    """How long a lamp is still on: "42 min", "2 h 14 min", "3 d 4 h"; told anew each minute."""
    return "under 1 min" if length_s < 60 else formats.duration(int(length_s // 60) * 60_000).removesuffix(" 0 s")


def signs_of(
    data: Snapshot | None,
    bound: Mapping[str, str],
    names: Mapping[str, str],
    now_s: float,
    *,
    paused: Collection[str] = (),
    refused: Collection[Refused] = (),
    unread: Collection[str] = (),
    is_old: bool = False,
) -> list[Sign]:
    """The safe, and a lamp or a sign for each install that charges no more.

    Args:
        bound: Install -> agent, as the user said; an install of nobody stands in the corner. Never guessed.
        names: Of agents, by id.
        paused: Installs that the user paused here.
        unread: Ids of letters that nobody has read.
    """
    if data is None or not data.installs:
        return []
    found = [_safe(data, refused, unread, is_old)]
    for install in data.installs:
        stop = stop_of(install, data.at_ms / 1000, now_s, refused)
        if stop is not None:
            found.append(_sign(install, stop, data, bound, names, now_s, install.install_id in paused, is_old))
    return found


def next_change_s(data: Snapshot | None, now_s: float, refused: Collection[Refused] = ()) -> float | None:
    """Seconds until a sign says something else by itself; None when none does."""
    if data is None:
        return None
    due: list[float] = []
    for install in data.installs:
        stop = stop_of(install, data.at_ms / 1000, now_s, refused)
        if stop is None:
            until = install.limits.allowed_until
            due += [until - now_s] if until != NEVER and until > now_s else []
        elif stop.until_s is not None:
            due.append((stop.until_s - now_s) % 60 or 60)  # the minutes left are another number then
    return max(0.05, min(due)) if due else None


# -- installs --------------------------------------------------------------------------------------
def _sign(
    install: InstallView, stop: Stop, data: Snapshot, bound: Mapping[str, str], names: Mapping[str, str],
    now_s: float, is_paused: bool, is_old: bool,
) -> Sign:  # fmt: skip
    app, agent_id = data.app_name(install.app_id), bound.get(install.install_id, "")
    who = f" for {names.get(agent_id, agent_id)}" if agent_id else ""
    until = install.limits.allowed_until
    kind, way = SignKind.CLOSED, "Click to extend it"
    if stop.until_s is not None:
        kind, words = SignKind.LAMP, left_words(stop.until_s - now_s)
        what = f"has charged{who} as often as it may this {stop.window}" if stop.window else f"has to wait{who}"
        way = f"It may charge again at {formats.moment(int(stop.until_s * 1000))}\nClick to raise the limit"
    elif stop.code == "INSTALL_EXPIRED" and is_paused:
        words, what, way = "paused", f"is paused{who}: you stopped it here", "Click to let it go on"
    elif stop.code == "INSTALL_EXPIRED":
        words, what = "ended", f"may not charge{who} since {formats.moment(until * 1000)}: its permission ended"
    elif stop.code == "LIFETIME_LIMIT_REACHED" and install.limits.lifetime_micro > 0:
        cap = market_words.amount(install.limits.lifetime_micro)
        words, what, way = "cap", f"has reached its cap{who}: {cap} in all", "Click to raise it"
    else:
        words, what, way = "closed", f"is allowed no charge{who}", "Click to change its limits"
    lines = [f"{app} {what}", "What it holds already can still be taken" if install.usage.open_reserved else "", way]
    tip = _tip(lines, data, is_old)
    return Sign(f"{LIMITS}{install.install_id}", agent_id, kind, words, tip, app[:_OWNER], is_old)


# -- the wallet ------------------------------------------------------------------------------------
def _safe(data: Snapshot, refused: Iterable[Refused], unread: Collection[str], is_old: bool) -> Sign:
    held = data.balance
    why = too_little(data, refused, unread)
    line = f"{market_words.credits(held.available, 6)} available, {market_words.credits(held.reserved, 6)} held"
    first = "The wallet is empty" if why and not held.available else "Too few credits" if why else "Wallet"
    tip = _tip([f"{first}: {line}", why, "Click to buy credits" if why else "Click for the wallet"], data, is_old)
    kind = SignKind.EMPTY if why else SignKind.SAFE
    return Sign(SAFE, "", kind, market_words.credits(held.available), tip, "", is_old)


def too_little(data: Snapshot, refused: Iterable[Refused], unread: Collection[str]) -> str:
    """Why the safe stands empty, in words; "" where nobody lacks credits.

    What was said before credits came back or were added counts no more.
    """
    if not data.balance.available:
        return "Nothing can be charged until credits are added"
    added_ms = max((one.created_ms or 0 for one in data.entries if one.delta_available > 0), default=0)
    for one in refused:
        if one.code == "INSUFFICIENT_FUNDS" and one.at_s * 1000 > added_ms:
            install = data.install(one.install_id)
            who = data.app_name(install.app_id) if install is not None else "An app"
            return f"{who} found too few for what it asked at {formats.clock_seconds(int(one.at_s * 1000))}"
    letters = [one for one in data.inbox if _asks_for_credits(one, added_ms) and one.message_id in unread]
    newest = max(letters, key=lambda one: one.created_ms or 0, default=None)
    if newest is None:
        return ""
    return f"{data.app_name(newest.app_id)} wrote: {' '.join(newest.title.split())}"


def _asks_for_credits(letter: InboxMessage, added_ms: int) -> bool:
    return letter.id.startswith(_TOPUP) and (letter.created_ms or 0) > added_ms


def _tip(lines: Iterable[str], data: Snapshot, is_old: bool) -> str:
    old = f"{formats.as_of(data.at_ms)}: OfficeX is not reached" if is_old else ""
    # Names come from strangers, and tool tips take markup.
    return "\n".join(line for line in (*lines, old) if line).replace("<", "‹").replace(">", "›")
