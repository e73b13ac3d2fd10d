"""Edits the text of a JSON file by pointer and leaves every other byte as it is: order, spaces, comments of layout."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from office_studio.core.theme.manifest import BOM
from office_studio.core.validation.fixes.model import Drop, FixFailed, JsonEdit, Put, RenameKey, StripBom


def edited(raw: bytes, edits: Iterable[JsonEdit]) -> bytes:
    """The text after the edits, one after the other. Raises FixFailed when a place is not there."""
    bom, body = (BOM, raw[len(BOM) :]) if raw.startswith(BOM) else (b"", raw)
    for edit in edits:
        if isinstance(edit, StripBom):
            bom = b""
        else:
            body = _Text(body).edit(edit)
    return bom + body


class _Text:
    """One parse of the text. Offsets are bytes."""

    def __init__(self, raw: bytes) -> None:
        import tree_sitter
        import tree_sitter_json

        self._raw = raw
        root = tree_sitter.Parser(tree_sitter.Language(tree_sitter_json.language())).parse(raw).root_node
        if root.has_error or not root.named_children:
            raise FixFailed("theme.json is not valid JSON")
        self._root = root.named_children[0]
        self._newline = "\r\n" if b"\r\n" in raw else "\n"

    def edit(self, edit: Put | Drop | RenameKey) -> bytes:
        parts = [part.replace("~1", "/").replace("~0", "~") for part in edit.pointer.split("/")[1:]]
        if isinstance(edit, Put):
            return self._put(parts, edit.value)
        if isinstance(edit, RenameKey):
            key = self._pair(parts).child_by_field_name("key")
            return self._replaced(key.start_byte, key.end_byte, json.dumps(edit.key, ensure_ascii=False))
        return self._drop(parts)

    # -- finding -------------------------------------------------------------------------------------------
    def _find(self, parts: list[str]) -> Any:
        """Node of a value, or None."""
        node = self._root
        for part in parts:
            node = self._member(node, part)
            if node is None:
                return None
            if node.type == "pair":
                node = node.child_by_field_name("value")
        return node

    def _member(self, node: Any, part: str) -> Any:
        """The pair of a key, the last if it is there twice, or the item of an index; None when absent."""
        if node.type == "object":
            pairs = [pair for pair in _children(node) if pair.type == "pair"]
            return next((pair for pair in reversed(pairs) if _key(pair) == part), None)
        items = _children(node) if node.type == "array" else []
        return items[int(part)] if part.isdigit() and int(part) < len(items) else None

    def _pair(self, parts: list[str]) -> Any:
        parent = self._find(parts[:-1])
        found = self._member(parent, parts[-1]) if parent is not None and parts else None
        if found is None:
            raise FixFailed(f"theme.json has no {'.'.join(parts)}")
        return found

    # -- changing ------------------------------------------------------------------------------------------
    def _replaced(self, start: int, end: int, text: str) -> bytes:
        return self._raw[:start] + text.encode() + self._raw[end:]

    def _put(self, parts: list[str], value: Any) -> bytes:
        there = self._find(parts)
        if there is not None:
            return self._replaced(there.start_byte, there.end_byte, self._dumped(value, there.parent, there))
        parent = self._find(parts[:-1])
        if parent is None:
            # The object it belongs to is missing too.
            return self._put(parts[:-1], {parts[-1]: value})
        if parent.type not in ("object", "array"):
            raise FixFailed(f"{'.'.join(parts[:-1])} is neither an object nor a list")
        siblings = _children(parent)
        is_spread = not siblings or b"\n" in self._raw[parent.start_byte : siblings[0].start_byte]
        text = self._dumped(value, parent, None) if is_spread else json.dumps(value, ensure_ascii=False)
        if parent.type == "object":
            text = f"{json.dumps(parts[-1], ensure_ascii=False)}: {text}"
        if not siblings:
            inner = self._line_indent(parent.start_byte) + self._unit()
            lines = f"{self._newline}{inner}{text}{self._newline}{self._line_indent(parent.start_byte)}"
            return self._replaced(parent.start_byte + 1, parent.end_byte - 1, lines)
        last = siblings[-1]
        gap = self._newline + self._line_indent(last.start_byte) if is_spread else " "
        return self._replaced(last.end_byte, last.end_byte, f",{gap}{text}")

    def _drop(self, parts: list[str]) -> bytes:
        node = self._pair(parts)
        siblings = _children(node.parent)
        # Wrappers of nodes are made anew at each access; their places are what they have in common.
        at = next(i for i, sibling in enumerate(siblings) if sibling.start_byte == node.start_byte)
        if at + 1 < len(siblings):
            return self._replaced(node.start_byte, siblings[at + 1].start_byte, "")
        if at:
            return self._replaced(siblings[at - 1].end_byte, node.end_byte, "")
        return self._replaced(node.parent.start_byte + 1, node.parent.end_byte - 1, "")

    def _dumped(self, value: Any, parent: Any, old: Any) -> str:
        """A value in the style of its surroundings: on one line where they are, else indented as the file is."""
        if not isinstance(value, dict | list) or not value:
            return json.dumps(value, ensure_ascii=False)
        siblings = [node for node in _children(parent) if node.type != "pair"] if parent is not None else []
        like = old if old is not None else (siblings[-1] if siblings else None)
        if like is not None and b"\n" not in self._raw[like.start_byte : like.end_byte]:
            return json.dumps(value, ensure_ascii=False)
        indent = self._line_indent(like.start_byte if like is not None else parent.start_byte)
        if like is None:
            indent += self._unit()
        text = json.dumps(value, ensure_ascii=False, indent=self._unit())
        return text.replace("\n", self._newline + indent)

    def _line_indent(self, offset: int) -> str:
        """Leading blanks of the line of an offset."""
        start = self._raw.rfind(b"\n", 0, offset) + 1
        line = self._raw[start:offset]
        return line[: len(line) - len(line.lstrip(b" \t"))].decode()

    def _unit(self) -> str:
        """One level of indentation of this file."""
        children = _children(self._root)
        unit = self._line_indent(children[0].start_byte) if children else ""
        return unit or "  "


def _children(node: Any) -> list[Any]:
    return [child for child in node.named_children if child.type != "comment"]


def _key(pair: Any) -> str:
    try:
        return str(json.loads(pair.child_by_field_name("key").text))
    except ValueError:
        return ""
