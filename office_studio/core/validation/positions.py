"""JSON Pointer to line and column, from the text of the manifest (tree-sitter)."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from typing import Any

_CONTINUATION = re.compile(rb"[\x80-\xbf]")  # all bytes of a UTF-8 character but its first


class Positions:
    """Places of all values of a document. Building it costs a few ms per 100 KB, once, when first asked."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        # Counted once: a minified manifest is one line, and counting it anew for each value takes seconds.
        self._inner = [] if raw.isascii() else [found.start() for found in _CONTINUATION.finditer(raw)]
        self._places: dict[str, tuple[int, int]] = {"": (1, 1)}
        self.duplicates: list[tuple[str, str]] = []  # pointer of the object, key written twice
        self._read()

    def find(self, pointer: str) -> tuple[int | None, int | None]:
        while pointer not in self._places:
            if not pointer:
                return None, None
            pointer = pointer.rpartition("/")[0]
        return self._places[pointer]

    def _read(self) -> None:
        import tree_sitter
        import tree_sitter_json

        parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_json.language()))
        root = parser.parse(self._raw).root_node
        todo: list[tuple[Any, str]] = [(child, "") for child in root.named_children]
        while todo:
            node, at = todo.pop()
            if node.type == "object":
                todo += self._members(node, at)
            elif node.type == "array":
                for number, child in enumerate(c for c in node.named_children if c.type != "comment"):
                    self._places[f"{at}/{number}"] = self._place(child)
                    todo.append((child, f"{at}/{number}"))

    def _members(self, node: Any, at: str) -> list[tuple[Any, str]]:
        found, seen = [], set()
        for pair in node.named_children:
            key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
            if pair.type != "pair" or key is None or value is None:
                continue
            name = _name(key.text)
            if name in seen:
                self.duplicates.append((at, name))
            seen.add(name)
            pointer = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
            self._places[pointer] = self._place(value)
            found.append((value, pointer))
        return found

    def _place(self, node: Any) -> tuple[int, int]:
        row, byte_column = node.start_point[0], node.start_point[1]
        start = node.start_byte
        inside = bisect_left(self._inner, start) - bisect_left(self._inner, start - byte_column)
        return row + 1, byte_column - inside + 1


def _name(raw: bytes) -> str:
    """A key as JSON reads it, escapes resolved."""
    try:
        return str(json.loads(raw))
    except ValueError:
        return raw.decode("utf-8", "replace")[1:-1]
