"""JSON Pointer to line and column, from the text of the manifest (tree-sitter)."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from typing import Any

from office_studio.core.theme.manifest import BOM

_CONTINUATION = re.compile(rb"[\x80-\xbf]")  # all bytes of a UTF-8 character but its first
_HOLDERS = ("object", "array")


class Positions:
    """Places of the values of a document. It is parsed when first asked, and walked only where it is asked of."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._inner: list[int] = []
        self._places: dict[str, tuple[int, int]] = {"": (1, 1)}
        self._closed: dict[str, Any] | None = None  # objects and lists not looked into yet; None before parsing
        self._duplicates: list[tuple[str, str]] = []
        self._is_plain = _is_plain(raw)

    @property
    def duplicates(self) -> list[tuple[str, str]]:
        """Pointer of the object and key, of every key written twice."""
        if not self._is_plain and self._closed is None:
            self._parse()
        return self._duplicates

    def find(self, pointer: str) -> tuple[int | None, int | None]:
        """Line and column, from 1, of a value, or of its nearest parent that is there."""
        if pointer not in self._places:
            self._look_along(pointer)
        while pointer not in self._places:
            if not pointer:
                return None, None
            pointer = pointer.rpartition("/")[0]
        return self._places[pointer]

    def _look_along(self, pointer: str) -> None:
        """Look into all that lies on the way to a value."""
        if self._closed is None:
            self._parse()
        end = 0
        while end >= 0 and (at := pointer[:end]) in self._places:
            self._look_into(at)
            end = pointer.find("/", end + 1)

    def _parse(self) -> None:
        import tree_sitter
        import tree_sitter_json

        # Counted once: a minified manifest is one line, and counting it anew for each value takes seconds.
        self._inner = [] if self._raw.isascii() else [each.start() for each in _CONTINUATION.finditer(self._raw)]
        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_json.language()))
        top = parser.parse(self._raw).root_node.named_children
        self._closed = {}
        if self._is_plain and len(top) == 1:
            self._closed[""] = top[0]
            return
        # With a key that is there twice, one pointer has several places: all are walked, the first wins inside.
        todo: list[tuple[str, Any]] = [("", node) for node in top]
        while todo:
            at, node = todo.pop()
            todo += self._members(at, node)

    def _look_into(self, at: str) -> None:
        assert self._closed is not None
        node = self._closed.pop(at, None)
        if node is not None:
            self._closed |= dict(self._members(at, node))

    def _members(self, at: str, node: Any) -> list[tuple[str, Any]]:
        """Take down the places of what a node holds. Returns the pointers and nodes that hold something in turn."""
        found = []
        if node.type == "object":
            found = self._values(at, node.named_children)
        elif node.type == "array":
            items = (child for child in node.named_children if child.type != "comment")
            found = [(f"{at}/{number}", child) for number, child in enumerate(items)]
        for pointer, value in found:
            self._places[pointer] = self._place(value)
        return [(pointer, value) for pointer, value in found if value.type in _HOLDERS]

    def _values(self, at: str, pairs: list[Any]) -> list[tuple[str, Any]]:
        found, seen = [], set()
        for pair in pairs:
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if pair.type != "pair" or key is None or value is None:
                continue
            name = _name(key.text)
            if name in seen:
                self._duplicates.append((at, name))
            seen.add(name)
            found.append((f"{at}/{name.replace('~', '~0').replace('/', '~1')}", value))
        return found

    def _place(self, node: Any) -> tuple[int, int]:
        (row, byte_column), start = node.start_point, node.start_byte
        inside = bisect_left(self._inner, start) - bisect_left(self._inner, start - byte_column)
        return row + 1, byte_column - inside + 1


def _is_plain(raw: bytes) -> bool:
    """Whether the text is JSON in which no object has a key twice."""
    is_plain = True

    def look(pairs: list[tuple[str, Any]]) -> None:
        nonlocal is_plain
        is_plain = is_plain and len({key for key, _ in pairs}) == len(pairs)

    try:
        json.loads(raw.removeprefix(BOM), object_pairs_hook=look)
    except (ValueError, RecursionError):
        return False
    return is_plain


def _name(raw: bytes) -> str:
    """A key as JSON reads it, escapes resolved."""
    try:
        return str(json.loads(raw)) if b"\\" in raw else raw[1:-1].decode()
    except ValueError:
        return raw.decode("utf-8", "replace")[1:-1]
