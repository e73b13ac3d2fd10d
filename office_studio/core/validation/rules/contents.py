"""Rules on what files contain beyond pictures and models: sound, SVG that runs or reaches out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from office_studio.core.validation.audio import AudioFacts, audio_facts
from office_studio.core.validation.rule import E, Hit, W, rule
from office_studio.core.validation.rules.files import is_litter
from office_studio.core.validation.subject import Subject, extension, sorted_names

_ACTIVE = re.compile(
    r"<\s*(?:[a-z]+:)?(?:script|foreignObject|iframe|handler)|\son[a-z]+\s*=|javascript:|<!ENTITY|<!DOCTYPE[^>]*\[",
    re.IGNORECASE,
)
_REMOTE = re.compile(r"(?:href|src|url\(|@import)\s*=?\s*[\"']?\s*(?:[a-z]+:)?//", re.IGNORECASE)
_NAMESPACE = re.compile(r"xmlns(?::[\w-]+)?\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}));")


def _svg_faults(data: bytes) -> tuple[bool, bool]:
    """Whether a drawing runs something, and whether it names another server."""
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace").replace("\0", "")
    # Characters may be written as numbers inside attributes: j&#97;vascript:
    text = _REFERENCE.sub(_resolved, _NAMESPACE.sub("", text))
    return _ACTIVE.search(text) is not None, _REMOTE.search(text) is not None


def _resolved(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code) if 0 < code < 0x110000 else ""


def _drawings(subject: Subject) -> Iterator[tuple[str, bool, bool]]:
    for name in subject.once(sorted_names):
        faults = subject.fact("svg", name, _svg_faults) if extension(name) == "svg" else None
        if faults is not None:
            yield name, *faults


@rule("T2D-SVG-ACTIVE", E, "P", "{f} contains a script, an event handler or entities", "Export it as plain SVG.")
def svg_active(subject: Subject) -> Iterator[Hit]:
    for name, is_active, _ in _drawings(subject):
        if is_active:
            yield Hit(file=name, args={"f": name})


@rule("T2D-SVG-REMOTE", W, "P", "{f} refers to another server; it is not fetched", "Embed the picture.")
def svg_remote(subject: Subject) -> Iterator[Hit]:
    for name, is_active, is_remote in _drawings(subject):
        if is_remote and not is_active:
            yield Hit(file=name, args={"f": name})


def sounds(subject: Subject) -> Iterator[tuple[str | None, str, AudioFacts]]:
    """Every sound among the files, with the pointer that names it."""
    used = {str(each.value): each.pointer for each in subject.references() if each.kind == "audio"}
    for name in subject.once(sorted_names):
        facts = subject.fact("audio", name, audio_facts) if extension(name) in ("mp3", "ogg", "wav") else None
        if facts is not None and not is_litter(name):
            yield used.get(name), name, facts


@rule("T2D-AUDIO-MAGIC", W, "P", '"{f}" contains {real} data', "Give it the right extension.")
def audio_magic(subject: Subject) -> Iterator[Hit]:
    for pointer, name, facts in sounds(subject):
        if facts.kind and facts.kind != extension(name):
            yield Hit(pointer, {"f": name, "real": facts.kind.upper()}, file=name)


@rule("T2D-AUDIO-BROKEN", E, "P", "sound is damaged: {f}, {why}", "Export it again.")
def audio_broken(subject: Subject) -> Iterator[Hit]:
    for pointer, name, facts in sounds(subject):
        if facts.problem:
            yield Hit(pointer, {"f": name, "why": facts.problem}, file=name)
