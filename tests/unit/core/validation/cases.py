"""What a case of a rule is, and the changes that spoil a sample."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from office_studio.core.validation.report import Severity
from tests.unit.core.validation import samples
from tests.unit.core.validation.samples import Sample

Change = Callable[[Sample], Any]
W, E, I = Severity.WARNING, Severity.ERROR, Severity.INFO  # noqa: E741


@dataclass(frozen=True)
class Case:
    """``where``: JSON Pointer, or ``file:NAME``. ``setup`` is applied to the good sample as well."""

    rule: str
    where: str
    spoil: Change
    setup: Change = lambda s: None
    base: Callable[[], Sample] = samples.flat
    level: Severity | None = None  # where one place is judged otherwise than the rule


def put(path: str, value: Any) -> Change:
    """Put a value at a pointer; a missing object on the way is made."""

    def change(sample: Sample) -> None:
        at: Any = sample.document
        *keys, last = path.strip("/").split("/")
        for key in keys:
            at = at[int(key)] if isinstance(at, list) else at.setdefault(key, {})
        if isinstance(at, list):
            at[int(last)] = copy.deepcopy(value)
        else:
            at[last] = copy.deepcopy(value)

    return change


def drop(path: str) -> Change:
    def change(sample: Sample) -> None:
        at: Any = sample.document
        *keys, last = path.strip("/").split("/")
        for key in keys:
            at = at[int(key)] if isinstance(at, list) else at[key]
        at.pop(int(last) if isinstance(at, list) else last)

    return change


def file(name: str, content: bytes) -> Change:
    return lambda s: s.files.__setitem__(name, content)


def both(*changes: Change) -> Change:
    return lambda s: [change(s) for change in changes]


def rewritten(make: Callable[[bytes], bytes]) -> Change:
    return lambda s: setattr(s, "raw", make(json.dumps(s.document, indent=2).encode()))


def attribute(name: str, value: Any) -> Change:
    return lambda s: setattr(s, name, value)


BACK = "canvas/background/image"
