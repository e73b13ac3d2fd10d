"""Rules on what files contain beyond pictures and models: damage, SVG that runs or reaches out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from office_studio.core.validation.rule import E, Hit, W, rule
from office_studio.core.validation.subject import Subject, extension
from office_studio.errors import AssetError

_ACTIVE = re.compile(rb"<\s*script|\son[a-z]+\s*=|javascript:|<!ENTITY|<!DOCTYPE[^>]*\[", re.IGNORECASE)
_REMOTE = re.compile(rb"(?:href|src|url\()\s*=?\s*[\"']?\s*(?:https?:)?//", re.IGNORECASE)


def _contents(subject: Subject, *kinds: str) -> Iterator[tuple[str, bytes]]:
    for name in sorted(subject.names):
        if extension(name) in kinds and subject.files is not None:
            try:
                yield name, subject.files.read(name)
            except AssetError:
                continue


@rule("T2D-SVG-ACTIVE", E, "P", "{f} contains a script, an event handler or entities", "Export it as plain SVG.")
def svg_active(subject: Subject) -> Iterator[Hit]:
    for name, data in _contents(subject, "svg"):
        if _ACTIVE.search(data):
            yield Hit(file=name, args={"f": name})


@rule("T2D-SVG-REMOTE", W, "P", "{f} refers to another server; it is not fetched", "Embed the picture.")
def svg_remote(subject: Subject) -> Iterator[Hit]:
    for name, data in _contents(subject, "svg"):
        if _REMOTE.search(data.replace(b"http://www.w3.org/", b"")) and not _ACTIVE.search(data):
            yield Hit(file=name, args={"f": name})


@rule("T2D-FILE-DAMAGED", E, "P", "{why}", "Pack the theme again.")
def file_damaged(subject: Subject) -> Iterator[Hit]:
    for name in sorted(subject.names):
        try:
            assert subject.files is not None
            subject.files.read(name)
        except AssetError as error:
            yield Hit(file=name, args={"why": error.message})
