"""The rule that every file can be read. It comes after all that look into files, and reads only the rest."""

from __future__ import annotations

from collections.abc import Iterator

from office_studio.core.validation.rule import E, Hit, rule
from office_studio.core.validation.subject import Subject, sorted_names
from office_studio.errors import AssetError


@rule("T2D-FILE-DAMAGED", E, "P", "{why}", "Pack the theme again.")
def file_damaged(subject: Subject) -> Iterator[Hit]:
    for name in subject.once(sorted_names) if subject.files is not None else ():
        # What was looked at before could be read.
        if any(subject.cache.get((kind, name)) is not None for kind in ("image", "model", "audio", "svg", "whole")):
            continue
        try:
            assert subject.files is not None
            subject.files.read(name)
            subject.cache["whole", name] = True
        except AssetError as error:
            yield Hit(file=name, args={"why": error.message})
