"""The sandbox's assistant: no model, the same answer to the same words, and it costs nothing."""

from __future__ import annotations

import re


def answer_to(prompt: str, app_names: tuple[str, ...] = ()) -> str:
    """What is said to the last words of the user."""
    words = " ".join(prompt.split())
    asked = words if len(words) <= 120 else f"{words[:119]}…"
    lines = [f"You asked: “{asked}”" if words else "You have not asked anything."]
    if app_names:
        lines.append(f"I would use {_listed(app_names)} for it.")
    count = len(words.split())
    lines.append(
        f"This is the sandbox: no model answers here. Your message has {count} word{'' if count == 1 else 's'}."
    )
    return "\n\n".join(lines)


def pieces(answer: str) -> list[str]:
    """The answer in the pieces in which it is streamed: word by word, with the space after it."""
    return re.findall(r"\S+\s*|\s+", answer)


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
