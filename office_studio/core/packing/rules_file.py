"""``.themepack.toml``: what its designer adds to a bundle by pattern, and what stays out.

    include = ["extras/*.png"]     # packed although theme.json names them nowhere
    exclude = ["drafts/**"]        # never packed

``*`` and ``?`` stay inside a folder, ``**`` goes through folders; a pattern without a slash means files of any folder.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

from office_studio.errors import PackageError

PACK_FILE = ".themepack.toml"
MAX_PACK_FILE_BYTES = 65_536
_MAX_PATTERNS = 200
_PARTS = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")


@dataclass(frozen=True, slots=True)
class PackRules:
    """Patterns, compiled. Empty: only what is needed is packed."""

    include: tuple[re.Pattern[str], ...] = ()
    exclude: tuple[re.Pattern[str], ...] = ()

    def includes(self, name: str) -> bool:
        return any(pattern.fullmatch(name) for pattern in self.include)

    def excludes(self, name: str) -> bool:
        return any(pattern.fullmatch(name) for pattern in self.exclude)


def parse_pack_rules(content: bytes) -> PackRules:
    """Raises PackageError PACK_RULES for anything that is not the form above."""
    try:
        document = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as exc:
        raise _unusable(str(exc)) from exc
    unknown = sorted(set(document) - {"include", "exclude"})
    if unknown:
        raise _unusable(f"it knows include and exclude, not “{unknown[0]}”")
    return PackRules(_patterns(document.get("include", [])), _patterns(document.get("exclude", [])))


def _patterns(value: object) -> tuple[re.Pattern[str], ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise _unusable("include and exclude are lists of patterns in quotes")
    if len(value) > _MAX_PATTERNS:
        raise _unusable(f"{_MAX_PATTERNS} patterns are the limit")
    return tuple(_compiled(item) for item in value)


def _compiled(pattern: str) -> re.Pattern[str]:
    pattern = pattern.removeprefix("./")
    if "/" not in pattern:
        pattern = f"**/{pattern}"
    wild = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    # Runs of stars would make matching slow; one says the same.
    pattern = re.sub(r"\*{3,}", "**", pattern)
    return re.compile("".join(wild.get(part) or re.escape(part) for part in _PARTS.findall(pattern)), re.DOTALL)


def _unusable(why: str) -> PackageError:
    return PackageError("PACK_RULES", f"{PACK_FILE} cannot be used: {why}.", 'Its form: include = ["extras/*.png"]')
