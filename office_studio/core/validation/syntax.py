"""What is wrong with text that is no JSON: every fault with its place and a sentence, not only the first.

A scanner that goes on after a fault as if it had been mended, which a grammar with error nodes cannot tell so plainly.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from office_studio.core.theme.manifest import MAX_DEPTH, MAX_DIGITS

MAX_FAULTS = 25
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<string>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")
    |(?P<mark>[{}\[\]:,])
    |(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![0-9A-Za-z_.+-]))
    |(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z)|\#[^\n]*)
    |(?P<open>"(?:[^"\\\n]|\\.)*"?)
    |(?P<quoted>'[^'\n]*'?|[“”„][^“”„\n]*[“”]?)
    |(?P<word>[^\s{}\[\]:,"']+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_CLOSE = {"{": "}", "[": "]"}
_VALUES = ("string", "number", "open", "quoted", "word")
_SPELT = {"true": "true", "false": "false", "null": "null", "none": "null", "undefined": "null", "nil": "null"}
_ESCAPES = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4}).?')


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where the text is no JSON. ``offset`` in characters; ``pointer`` of the value it is in."""

    offset: int
    message: str
    help: str = ""
    pointer: str = ""


@dataclass(slots=True)
class _Box:
    """An object or list that is open. ``expects``: key, colon, value or comma; ``comma``: where the last one was."""

    mark: str
    offset: int
    expects: str
    comma: int | None = None
    key: str = ""
    index: int = 0


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    offset: int

    @property
    def end(self) -> int:
        return self.offset + len(self.text)

    @property
    def is_value(self) -> bool:
        return self.kind in _VALUES or self.text in ("{", "[")


def faults(text: str) -> list[Fault]:
    """What is wrong, in the order of the text, at most ``MAX_FAULTS``. Empty for JSON. Never raises."""
    scanner = _Scanner(text)
    found: list[Fault] = []
    for fault in scanner.run():
        found.append(fault)
        if len(found) == MAX_FAULTS:
            break
    return found


@dataclass(slots=True)
class _Scanner:
    text: str
    boxes: list[_Box] = field(default_factory=list)
    end: int = 0  # of the last token that counted
    is_done: bool = False

    def run(self) -> Iterator[Fault]:
        for match in _TOKEN.finditer(self.text):
            token = _Token(match.lastgroup or "other", match[0], match.start())
            if token.kind == "space":
                continue
            if token.kind == "comment":
                yield self._fault(token.offset, "JSON has no comments", "Remove it.")
                continue
            if self.is_done:
                yield self._fault(token.offset, f"{_shown(token)} stands after the end of the manifest", "Remove it.")
                return
            yield from self._take(token)
            if len(self.boxes) > MAX_DEPTH:
                text = f"theme.json is nested more than {MAX_DEPTH} levels deep"
                yield self._fault(token.offset, text, "No field of the format needs more than ten.")
                return
            self.end = token.end
        yield from self._unclosed()

    def _fault(self, offset: int, message: str, help_text: str = "") -> Fault:
        return Fault(offset, message, help_text, self._pointer())

    def _pointer(self) -> str:
        parts = (box.key if box.mark == "{" else str(box.index) for box in self.boxes)
        return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in parts if part)

    def _unclosed(self) -> Iterator[Fault]:
        if not self.boxes and not self.is_done:
            yield Fault(0, "theme.json is empty", "Write a manifest into it.")
        for number, box in enumerate(reversed(self.boxes)):
            if number == 0 and box.expects in ("colon", "value") and (box.mark == "{" or box.comma is not None):
                yield self._fault(self.end, "A value is missing", "The text ends here.")
            if number < 3:
                line = self.text.count("\n", 0, box.offset) + 1
                yield self._fault(self.end, f"“{_CLOSE[box.mark]}” is missing for the “{box.mark}” of line {line}")

    # -- one token ----------------------------------------------------------------------------------------
    def _take(self, token: _Token) -> Iterator[Fault]:
        if not self.boxes:
            yield from self._begin(token)
            return
        box = self.boxes[-1]
        if box.expects == "comma":
            yield from self._after_value(token, box)
        elif box.expects == "key":
            yield from self._key(token, box)
        elif box.expects == "colon":
            yield from self._colon(token, box)
        else:
            yield from self._value(token, box)

    def _begin(self, token: _Token) -> Iterator[Fault]:
        if token.is_value:
            yield from self._put(token)
        else:
            yield self._fault(token.offset, f"{_shown(token)} is out of place", "A manifest begins with {.")

    def _put(self, token: _Token) -> Iterator[Fault]:
        """A value, as a whole or as the beginning of an object or list."""
        if self.boxes:
            self.boxes[-1].expects = "comma"
        if token.text in _CLOSE and token.kind == "mark":
            self.boxes.append(_Box(token.text, token.offset, "key" if token.text == "{" else "value"))
            return
        problem = _value_problem(token)
        if problem:
            yield self._fault(token.offset, *problem)
        self.is_done = not self.boxes

    def _after_value(self, token: _Token, box: _Box) -> Iterator[Fault]:
        if token.text == "," and token.kind == "mark":
            box.comma, box.expects = token.offset, "key" if box.mark == "{" else "value"
            box.index += 1
        elif token.text in ("}", "]"):
            yield from self._close(token)
        elif token.is_value:
            yield self._fault(self.end, f"A comma is missing before {_shown(token)}")
            box.expects = "key" if box.mark == "{" else "value"
            box.index += 1
            yield from self._take(token)
        else:
            yield self._fault(token.offset, f"{_shown(token)} is out of place", "Remove it.")

    def _key(self, token: _Token, box: _Box) -> Iterator[Fault]:
        if token.kind in _VALUES:
            box.key, box.expects = token.text.strip("\"'“”„"), "colon"
            problem = _value_problem(token) if token.kind in ("open", "quoted") else None
            if problem:
                yield self._fault(token.offset, *problem)
            elif token.kind != "string":
                yield self._fault(
                    token.offset, f"The key {token.text[:40]} needs double quotes", f'Write "{token.text[:40]}".'
                )
        elif token.text in ("}", "]"):
            yield from self._after_comma(token, box)
        elif token.text == ",":
            yield self._fault(token.offset, "A comma too many", "Remove it.")
        else:
            yield self._fault(token.offset, f"A key is missing before {_shown(token)}")
            box.expects = "value"
            if token.text != ":":
                yield from self._take(token)

    def _colon(self, token: _Token, box: _Box) -> Iterator[Fault]:
        if token.text == ":" and token.kind == "mark":
            box.expects = "value"
        elif token.is_value:
            yield self._fault(self.end, f'A colon is missing after the key "{box.key[:40]}"')
            box.expects = "value"
            yield from self._take(token)
        else:
            yield self._fault(self.end, f'The key "{box.key[:40]}" has no value')
            box.expects = "comma"
            yield from self._take(token)

    def _value(self, token: _Token, box: _Box) -> Iterator[Fault]:
        if token.is_value:
            yield from self._put(token)
        elif box.mark == "[" and token.text in ("}", "]"):
            yield from self._after_comma(token, box)
        elif token.text in (",", "}", "]"):
            after = f' after the key "{box.key[:40]}"' if box.mark == "{" else " before the comma"
            yield self._fault(token.offset, f"A value is missing{after}")
            box.expects = "comma"
            yield from self._take(token)
        else:
            yield self._fault(token.offset, f"{_shown(token)} is out of place", "Remove it.")

    def _after_comma(self, token: _Token, box: _Box) -> Iterator[Fault]:
        """The end where another member could stand: fine in an empty box, else the comma before is too many."""
        if box.comma is not None:
            yield self._fault(box.comma, f"A comma too many before {_shown(token)}", "Remove the comma.")
        yield from self._close(token)

    def _close(self, token: _Token) -> Iterator[Fault]:
        if not any(_CLOSE[box.mark] == token.text for box in self.boxes):
            yield self._fault(token.offset, f"{_shown(token)} closes nothing", "Remove it.")
            return
        while _CLOSE[self.boxes[-1].mark] != token.text:
            box = self.boxes[-1]
            line = self.text.count("\n", 0, box.offset) + 1
            yield self._fault(self.end, f"“{_CLOSE[box.mark]}” is missing for the “{box.mark}” of line {line}")
            self.boxes.pop()
        self.boxes.pop()
        if self.boxes:
            self.boxes[-1].expects = "comma"
        self.is_done = not self.boxes


def _value_problem(token: _Token) -> tuple[str, str] | None:
    """What is wrong with one value that is written down, and what to do."""
    text = token.text
    if token.kind == "number":
        digits = sum(char.isdigit() for char in text)
        is_whole = not set(text) & set(".eE")
        if (is_whole and digits > MAX_DIGITS) or (not is_whole and math.isinf(float(text))):
            return f"The number {text[:20]}… is too large", "Write a smaller one."
        return None
    if token.kind == "open":
        if len(text) < 2 or not text.endswith('"') or "\n" in text:
            return "The text is not closed", 'Put a " at its end.'
        escape = _ESCAPES.search(text)
        if escape:
            return f"“{escape[0]}” is no escape of JSON", "Write \\\\ for a backslash."
        return "The text holds a control character", "Write \\n for a line break and \\t for a tab."
    if token.kind == "quoted":
        return "Text needs double quotes", 'Write "…" with straight quotation marks.'
    return _word_problem(text) if token.kind == "word" else None


def _word_problem(word: str) -> tuple[str, str] | None:
    if word in ("true", "false", "null"):
        return None
    if word.lower() in _SPELT:
        return f"{word} is not JSON", f"Write {_SPELT[word.lower()]}."
    if word.lstrip("+-") in ("NaN", "Infinity", "inf", "nan"):
        return f"{word[:20]} is not JSON", "Write a number."
    if re.match(r"[+-]?[.0-9]", word):
        return f"{word[:30]} is no JSON number", "No leading zero or plus, a digit on both sides of the point."
    return f"{word[:30]} is not JSON", f'Text needs double quotes: "{word[:30]}".'


def _shown(token: _Token) -> str:
    return f"“{token.text[:30]}{'…' if len(token.text) > 30 else ''}”" if token.kind != "string" else token.text[:40]
