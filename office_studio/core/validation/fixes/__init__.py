"""Quick fixes: what mends a finding, as values."""

from __future__ import annotations


def fix_titles(rule: str) -> list[str]:
    """What mends findings of a rule, in words."""
    return []
