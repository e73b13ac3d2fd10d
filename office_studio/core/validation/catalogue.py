"""All rules as a page and as JSON: what ``theme rules`` prints and ``resources/rules.md`` holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from office_studio.core.validation import lint as _lint  # noqa: F401 - registers rules
from office_studio.core.validation import rules as _rules  # noqa: F401 - registers rules
from office_studio.core.validation.fixes import fix_titles
from office_studio.core.validation.rule import RULES, Profile, Rule, rule_of
from office_studio.errors import UsageError

_GROUPS = {
    "T2D-JSON": "theme.json as a file",
    "T2D-META": "Metadata",
    "T2D-SCHEMA": "Shape of the manifest",
    "T2D-TYPE": "Shape of the manifest",
    "T2D-LINT": "Settings of the check",
    "T2D-CANVAS": "Canvas",
    "T2D-VIEW": "Viewport",
    "T2D-LAYER": "Layers",
    "T2D-ZONE": "Zones, doors and seats",
    "T2D-DOOR": "Zones, doors and seats",
    "T2D-SEAT-": "Zones, doors and seats",
    "T2D-CHAR": "Characters and atlas",
    "T2D-ATLAS": "Characters and atlas",
    "T2D-SEATSPRITE": "Seat overlays",
    "T2D-FURN": "Furniture, effects, animation",
    "T2D-FX": "Furniture, effects, animation",
    "T2D-ANIM": "Furniture, effects, animation",
    "T2D-NAV": "Walkable floor",
    "T2D-AUDIO": "Audio",
    "T2D-QUALITY": "Quality modes",
    "T2D-BUDGET": "Budgets",
    "T2D-PATH": "Paths",
    "T2D-BUNDLE": "Bundle and upload",
    "T2D-UPLOAD": "Bundle and upload",
    "T3D-GLTF": "3D models",
    "GLTF": "3D models",
    "T3D": "3D themes",
    "T2D": "Files and pictures",
}
_SOURCES = {
    "SEED": "published Office API", "SRV": "office server", "SRV17": "later office server", "ZOD": "manifest schema",
    "LOADER": "the web client's loader", "PIXI": "the original 2D renderer", "DOC": "design document",
    "TPL": "theme template", "U": "the original 3D renderer", "P": "this project", "STORE": "marketplace budgets",
    "KHR": "Khronos glTF-Validator",
}  # fmt: skip
_INTRO = """# Rules

What the validator checks. This page is written by `office-studio theme rules --markdown`; change a rule, not the page.

| Profile | Asks |
|---|---|
| `server` | exactly what an upload is judged by |
| `schema` | also the full manifest schema; editing and packing use it |
| `store` | also the design document's tighter limits and the marketplace's budgets |

Levels: **E** error, blocks packing and upload; **W** warning, works but look; **I** hint; – not asked in that profile.
The level is the rule's usual one; single places may be judged milder or more severely.
Suppress a rule, or give it another level, in `.themelint.toml` beside `theme.json`:

```toml
[[suppress]]
rule = "T2D-ATLAS-POT"
path = "sprites/**"      # file pattern; or: pointer = "/characters/**"

[severity]
"T2D-ZONE-OVERLAP" = "warning"
```
"""


def find_rule(ident: str) -> Rule:
    """Raises UsageError RULE_UNKNOWN."""
    found = rule_of(ident.upper())
    if found is None:
        import difflib

        near = difflib.get_close_matches(ident.upper(), RULES, 1, 0.6)
        hint = f"Did you mean {near[0]}?" if near else "office-studio theme rules lists all."
        raise UsageError("RULE_UNKNOWN", f"There is no rule “{ident}”.", hint)
    return found


def rule_as_json(rule: Rule) -> dict[str, Any]:
    levels = {profile.value: level.value if (level := rule.level(profile)) else None for profile in Profile}
    return {
        "rule": rule.id,
        "severity": levels,
        "message": rule.message,
        "help": rule.help,
        "source": rule.source,
        "themes": rule.scope.value,
        "group": group_of(rule.id),
        "fixes": fix_titles(rule.id),
    }


def group_of(ident: str) -> str:
    """Title of the part of the page a rule belongs to; the longest prefix decides."""
    return _GROUPS[max((prefix for prefix in _GROUPS if ident.startswith(prefix)), key=len)]


def counts() -> dict[str, int]:
    """How many rules each profile asks."""
    return {profile.value: sum(rule.applies_to(profile) for rule in RULES.values()) for profile in Profile}


def markdown(rules: Iterable[Rule] | None = None) -> str:
    """The page of all rules, grouped, each group sorted by id."""
    listed = sorted(RULES.values() if rules is None else rules, key=lambda rule: rule.id)
    asked = ", ".join(f"{count} in `{name}`" for name, count in counts().items())
    parts = [_INTRO, f"{len(listed)} rules: {asked}.\n"]
    for title in dict.fromkeys(_GROUPS.values()):
        group = [rule for rule in listed if group_of(rule.id) == title]
        if group:
            parts.append(f"## {title}\n")
            parts.append("| Rule | server | schema | store | Message | Help | Mended by | Stated by |")
            parts.append("|---|---|---|---|---|---|---|---|")
            parts += [_row(rule) for rule in group]
            parts.append("")
    return "\n".join(parts)


def _row(rule: Rule) -> str:
    levels = [level.value[0].upper() if (level := rule.level(profile)) else "–" for profile in Profile]
    fixes = "; ".join(fix_titles(rule.id))
    cells = [f"`{rule.id}`", *levels, _cell(rule.message), _cell(rule.help), _cell(fixes)]
    return f"| {' | '.join(cells)} | {_SOURCES[rule.source]} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
