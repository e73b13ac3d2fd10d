"""A theme as a listing: the fields of an app by section 21.2 of the contract, and what an update changes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from office_studio.core.officex.app_fields import Setup, problems
from office_studio.core.officex.money import MICRO, literal
from office_studio.core.officex.wire import AppView
from office_studio.services.officex.environments import Environment
from office_studio.services.officex.shop import major_of

CATEGORY = "Office themes"
LIMITS = {"name": 50, "subtitle": 200, "description": 5000, "category": 50, "developer": 100, "tag": 50,
          "pricing_line": 100}  # fmt: skip
MOST_TAGS = 10
RATE_LIMITS = {"max_per_hour": 5, "max_per_day": 10, "max_per_month": 20}
_FIRST_SENTENCE = re.compile(r"(.+?[.!?])(\s|$)", re.DOTALL)
_NEVER_CLEARED = ("webhook_url", "iframe_url", "preview_images", "icon")


@dataclass(frozen=True, slots=True)
class ThemeFacts:
    """What of a manifest a listing is made of. Texts are as long as they are written."""

    theme_id: str
    name: str
    version: str
    tagline: str = ""
    description: str = ""
    author: str = ""
    license: str = "standard"
    renderer: str = ""
    tags: tuple[str, ...] = ()
    slots: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """``cut``: field -> (characters written, characters kept) of what was too long."""

    fields: Mapping[str, Any]
    cut: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    before: Any
    after: Any


def theme_facts(document: Mapping[str, Any], slots: int = 0) -> ThemeFacts:
    """Of a manifest as it was written; what is missing or of another kind is empty."""
    author = document.get("author")
    tags = document.get("tags")
    return ThemeFacts(
        _text(document, "id"),
        _text(document, "name") or _text(document, "id"),
        _text(document, "version") or "1.0.0",
        _text(document, "tagline") or _text(document, "subtitle"),
        _text(document, "description"),
        _text(author, "name") if isinstance(author, Mapping) else author if isinstance(author, str) else "",
        _text(document, "license") or "standard",
        _text(document, "renderer"),
        tuple(tag.strip() for tag in tags if isinstance(tag, str) and tag.strip()) if isinstance(tags, list) else (),
        slots,
    )


def listing_of(facts: ThemeFacts, price: int) -> Listing:
    """The fields of an app that sells this theme for ``price`` micro-credits (0: free), cut where they are too long."""
    cut: dict[str, tuple[int, int]] = {}

    def fitted(name: str, text: str) -> str:
        most = LIMITS[name]
        if len(text) <= most:
            return text
        cut[name] = (len(text), most)
        return text[: most - 1].rstrip() + "…"

    name = facts.name if len(facts.name) >= 3 else f"{facts.name} theme".strip()
    fields: dict[str, Any] = {
        "name": fitted("name", name),
        "subtitle": fitted("subtitle", facts.tagline or _first_sentence(facts.description)),
        "description": fitted("description", facts.description),
        "category": CATEGORY,
        "developer": fitted("developer", facts.author),
        "tags": _tags(facts, cut),
        "suggested_rate_limits": dict(RATE_LIMITS),
        "documentation": documentation(facts, price),
        "context_prompt": context_prompt(facts),
    }
    return Listing(fields | price_fields(facts.version, price), cut)


def price_fields(version: str, price: int) -> dict[str, Any]:
    """Price type and lines, which the buyer's side reads the suggested cap from."""
    major = major_of(version)
    if not price:
        return {"price_type": "FREE", "pricing_lines": [f"Free: full theme, all updates of version {major}"],
                "inAppPurchases": False}  # fmt: skip
    many = "credit" if price == MICRO else "credits"
    return {
        "price_type": "ONE_TIME",
        "pricing_lines": [f"{literal(price)} {many}: full theme, all updates of version {major}"],
        "inAppPurchases": True,
    }


def documentation(facts: ThemeFacts, price: int) -> str:
    """For the buyer's agents: what it is, what it costs, and where the purchase is."""
    paid = f"{literal(price)} credits, once" if price else "nothing"
    seats = f" It seats {facts.slots} agents." if facts.slots else ""
    return (
        f"# {facts.name} {facts.version}\n\n"
        f"An office theme for Office Studio ({_kind(facts)}).{seats} Installing it costs {paid}: it is charged as job "
        f"`theme-{facts.theme_id}-{major_of(facts.version)}`, which OfficeX takes only once for each account, also "
        "after a new install.\n\n"
        "After the purchase `agent_context` carries:\n\n"
        "- `theme_url`: address of the bundle, a zip; it is yours alone, so show it to nobody\n"
        "- `theme_sha256`: SHA-256 of the bundle, 64 hexadecimal digits; do not use a bundle with another one\n"
        "- `theme_version`: version of the bundle\n"
        f"- `license`: terms and receipt; the theme itself is licensed as `{facts.license}`\n\n"
        "In Office Studio open Market, Installs, choose this app and press Import theme. There is nothing to call.\n\n"
        "Of the pictures, “night” shows the room with its light lowered for the picture.\n"
    )


def context_prompt(facts: ThemeFacts) -> str:
    return (
        f"{facts.name} is an office theme, a bundle of pictures and a manifest. It has no API. theme_url in "
        "agent_context is where the user's bundle is: never show or send that address to others. theme_sha256 proves "
        "the bundle. To use it, the user presses Import theme beside this install in Office Studio."
    )[:5000]


def setup_of(environment: Environment) -> Setup:
    limit = environment.documentation_warning if environment.is_testable else environment.documentation_limit
    return Setup(limit, allows_loopback=environment.allows_loopback)


def problems_of(fields: Mapping[str, Any], environment: Environment) -> dict[str, str]:
    """Field -> why OfficeX would refuse it; all limits of section 13, before anything is sent."""
    found = problems(fields, setup_of(environment), is_new="preview_images" not in fields)
    if not str(fields.get("webhook_url") or ""):
        found["webhook_url"] = "A theme is sold by a webhook: say where OfficeX tells of installs."
    elif "webhook_url" in found and not environment.allows_loopback:
        found["webhook_url"] = (
            f"{environment.label} cannot reach this computer: a shop there needs a public https:// address."
        )
    return found


def changes_of(now: AppView, wanted: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """What publishing would change, in the order of the listing. A field that both lack is no change."""
    found = []
    for name, after in wanted.items():
        before = now.fields.get(name)
        if not after and name in _NEVER_CLEARED:
            continue
        if _plain(before) != _plain(after):
            found.append(FieldChange(name, before, after))
    return tuple(found)


def version_doubt(before: str, after: str, *, is_same_bundle: bool) -> str:
    """Why buyers may not notice this version; "" when they will."""
    if before == after:
        return "" if is_same_bundle else f"Version {after} is published already, with other files."
    if _numbers(after) < _numbers(before):
        return f"Version {before} is published; {after} is older."
    return ""


def _tags(facts: ThemeFacts, cut: dict[str, tuple[int, int]]) -> list[str]:
    wanted = list(dict.fromkeys(tag for tag in ("office-theme", facts.renderer, *facts.tags) if tag))
    if len(wanted) > MOST_TAGS:
        cut["tags"] = (len(wanted), MOST_TAGS)
    return [tag[: LIMITS["tag"]] for tag in wanted[:MOST_TAGS]]


def _kind(facts: ThemeFacts) -> str:
    return "a room in 3D" if facts.renderer == "threejs" else "drawn in 2D"


def _first_sentence(text: str) -> str:
    found = _FIRST_SENTENCE.match(text.strip())
    return found[1] if found is not None else text.strip()


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value.strip() if isinstance(value, str) else ""


def _plain(value: Any) -> Any:
    """Equal for what means the same, whether it was read from JSON as Decimal or made here."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value or None
    return str(int(value)) if value == int(value) else str(value)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d{1,9}", version)[:4])
