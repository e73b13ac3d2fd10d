"""``.themepack.toml``: what its designer adds to a bundle by pattern, and what stays out.

    include = ["extras/*.png"]     # packed although theme.json names them nowhere
    exclude = ["drafts/**"]        # never packed

``*`` and ``?`` stay inside a folder, ``**`` goes through folders; a pattern without a slash means files of any folder.
"""

from __future__ import annotations

import fnmatch
import re
import tomllib
from dataclasses import dataclass

from office_studio.errors import PackageError

PACK_FILE = ".themepack.toml"
MAX_PACK_FILE_BYTES = 65_536
_MAX_PATTERNS = 200


@dataclass(frozen=True, slots=True)
class NamePattern:
    """One pattern, part by part; ``None`` stands for ``**``. Matching takes parts × folders steps at most."""

    parts: tuple[re.Pattern[str] | None, ...]

    def matches(self, name: str) -> bool:
        reached = {0}  # numbers of parts that fit what was read of the name
        for piece in name.split("/"):
            reached = {after for at in self._past_stars(reached) for after in self._step(at, piece)}
            if not reached:
                return False
        # A ``**`` at the end takes at least one name: "drafts/**" is not "drafts".
        return len(self.parts) in reached

    def _past_stars(self, reached: set[int]) -> set[int]:
        """``**`` may also stand for no folder at all."""
        found = set(reached)
        for at in reached:
            while at < len(self.parts) and self.parts[at] is None:
                at += 1
                found.add(at)
        return found

    def _step(self, at: int, piece: str) -> tuple[int, ...]:
        if at >= len(self.parts):
            return ()
        part = self.parts[at]
        if part is None:
            return (at, at + 1)
        return (at + 1,) if part.match(piece) else ()


@dataclass(frozen=True, slots=True)
class PackRules:
    """Patterns, compiled. Empty: only what is needed is packed."""

    include: tuple[NamePattern, ...] = ()
    exclude: tuple[NamePattern, ...] = ()

    def includes(self, name: str) -> bool:
        return any(pattern.matches(name) for pattern in self.include)

    def excludes(self, name: str) -> bool:
        return any(pattern.matches(name) for pattern in self.exclude)


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


def _patterns(value: object) -> tuple[NamePattern, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise _unusable("include and exclude are lists of patterns in quotes")
    if len(value) > _MAX_PATTERNS:
        raise _unusable(f"{_MAX_PATTERNS} patterns are the limit")
    return tuple(_compiled(item) for item in value)


def _compiled(pattern: str) -> NamePattern:
    pattern = pattern.removeprefix("./")
    if "/" not in pattern:
        pattern = f"**/{pattern}"
    return NamePattern(tuple(None if re.fullmatch(r"\*{2,}", part) else _part(part) for part in pattern.split("/")))


def _part(text: str) -> re.Pattern[str]:
    """Within one name: ``*`` and ``?`` alone are special. ``fnmatch`` makes expressions that many stars do not slow."""
    return re.compile(fnmatch.translate(re.sub(r"\*+", "*", text).replace("[", "[[]")))


def _unusable(why: str) -> PackageError:
    return PackageError("PACK_RULES", f"{PACK_FILE} cannot be used: {why}.", 'Its form: include = ["extras/*.png"]')
