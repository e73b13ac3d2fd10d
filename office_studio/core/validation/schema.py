"""The manifest's JSON Schema (draft 2020-12) as a check. The schema documents are passed in; nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from office_studio.core.validation.report import Finding
from office_studio.core.validation.subject import escape

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

ROOT = "theme.schema.json"
MAX_PROBLEMS = 500
MAX_REMEMBERED = 20_000

# Rules whose findings speak for everything inside the value they point at.
_COVER_INSIDE = frozenset(
    {
        "T2D-META-AUTHOR", "T2D-META-TAGS", "T2D-CANVAS-MISSING", "T2D-ZONE-BOUNDS", "T2D-DOOR", "T2D-SEAT-XY",
        "T2D-CHAR-ANCHOR", "T2D-CHAR-HIT", "T2D-CHAR-NAMETAG", "T2D-CHAR-BADGE", "T2D-CHAR-STATE-VAL",
        "T2D-CHAR-DIRS", "T2D-SEATSPRITE-EMPTY", "T2D-CHAR-MISSING", "T3D-VEC3", "T2D-TYPE",
    }
)  # fmt: skip
_TYPES = {
    "object": "an object", "array": "a list", "string": "text", "number": "a number", "integer": "a whole number",
    "boolean": "true or false",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """``pointer`` of what is wrong, or of what is missing. ``keyword``: the schema's word that it breaks."""

    pointer: str
    keyword: str
    message: str
    help: str = ""


class ManifestSchema:
    """Checks manifests against schema documents, by file name. Building it is cheap; the first check compiles it."""

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self.documents = dict(documents)
        self._validator: Any = None  # a Draft202012Validator
        self._passed: set[tuple[int, str]] = set()  # items of lists that fit their part of the schema

    def problems(self, document: Any, limit: int = MAX_PROBLEMS) -> Iterator[SchemaProblem]:
        """What does not fit, in the order of the schema, at most ``limit``."""
        for error in islice(self._ready().iter_errors(document), limit):
            yield from _problems_of(error)

    def _ready(self) -> Any:
        if self._validator is None:
            from jsonschema import Draft202012Validator
            from jsonschema.validators import extend
            from referencing import Registry
            from referencing.jsonschema import DRAFT202012

            # With "$schema" in it, a document brings its own kind of validator along, which forgets.
            plain = {name: {k: v for k, v in body.items() if k != "$schema"} for name, body in self.documents.items()}
            resources = [(name, DRAFT202012.create_resource(body)) for name, body in plain.items()]
            registry: Registry[Any] = Registry().with_resources(resources)
            remembering: Any = extend(  # type: ignore[no-untyped-call]
                Draft202012Validator, {"items": self._items}
            )
            self._validator = remembering({"$ref": ROOT}, registry=registry)
        return self._validator

    def _items(self, validator: Any, items: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        """The keyword ``items``, which remembers what has passed: after an edit hundreds of pieces are as before."""
        if not isinstance(instance, list):
            return
        for index in range(len(schema.get("prefixItems", ())), len(instance)):
            # The text of an item tells 1, 1.0 and true apart. A part of the schema stays one object as long as we do.
            key = (id(items), repr(instance[index]))
            if key in self._passed:
                continue
            errors = list(validator.descend(instance[index], items, path=index))
            if not errors:
                if len(self._passed) >= MAX_REMEMBERED:
                    self._passed.clear()
                self._passed.add(key)
            yield from errors


def uncovered(problems: Iterable[SchemaProblem], findings: Iterable[Finding]) -> Iterator[SchemaProblem]:
    """Problems that no finding speaks of yet, each place once."""
    told: set[str] = set()
    inside: set[str] = set()
    for finding in findings:
        if finding.pointer is not None:
            told.add(finding.pointer)
            if finding.rule in _COVER_INSIDE:
                inside.add(finding.pointer)
    for problem in problems:
        if problem.pointer not in told and not any(above in inside for above in _above(problem.pointer)):
            told.add(problem.pointer)
            yield problem


def _above(pointer: str) -> Iterator[str]:
    while "/" in pointer:
        pointer = pointer.rpartition("/")[0]
        yield pointer


def _problems_of(error: ValidationError) -> Iterator[SchemaProblem]:
    at = "".join(f"/{escape(str(part))}" for part in error.absolute_path)
    keyword = str(error.validator)
    if keyword == "required":
        instance: Any = error.instance
        for key in _list(error.validator_value) if isinstance(instance, dict) else ():
            if key not in instance:
                here = f"{at}/{escape(key)}"
                yield SchemaProblem(here, keyword, f"{_dotted(here)} is missing", _about(error, key))
        return
    yield SchemaProblem(at, keyword, f"{_dotted(at)} {_wanted(keyword, error.validator_value)}", _about(error))


def _about(error: ValidationError, key: str | None = None) -> str:
    """What the schema says of a field."""
    schema: Any = error.schema
    if key is not None:
        schema = schema.get("properties", {}).get(key, {}) if isinstance(schema, dict) else {}
    return str(schema.get("description", "")) if isinstance(schema, dict) else ""


def _dotted(pointer: str) -> str:
    return pointer[1:].replace("/", ".") or "theme.json"


def _wanted(keyword: str, value: Any) -> str:
    if keyword == "type":
        kinds = value if isinstance(value, list) else [value]
        return f"must be {' or '.join(_TYPES.get(kind, str(kind)) for kind in kinds)}"
    if keyword in ("enum", "const"):
        return f"must be {' or '.join(map(str, value if isinstance(value, list) else [value]))}"
    words = {
        "exclusiveMinimum": "must be above {}", "minimum": "must be at least {}", "maximum": "must be at most {}",
        "minItems": "must hold at least {} item(s)", "maxItems": "must hold at most {} items",
        "minLength": "must have at least {} character(s)", "maxLength": "must have at most {} characters",
        "pattern": "does not have the right form",
    }  # fmt: skip
    return words.get(keyword, "does not fit the schema").format(value)


def _list(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
