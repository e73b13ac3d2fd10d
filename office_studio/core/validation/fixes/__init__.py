"""Quick fixes: what mends a finding, as values. Listed by hand, as rules are."""

from __future__ import annotations

from office_studio.core.validation.fixes import names, paths, pictures, values  # noqa: F401 - register fixes
from office_studio.core.validation.fixes.model import FIXES, Fix, FixContext
from office_studio.core.validation.report import Finding


def find_fix(context: FixContext, finding: Finding) -> Fix | None:
    """What would mend the finding; None when nobody knows. Never raises for bad manifests."""
    for kind in FIXES:
        if finding.rule in kind.rules:
            try:
                found = kind.make(context, finding)
            except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError):
                continue  # the values around are not what the fix needs
            if found is not None:
                return found
    return None


def fix_titles(rule: str) -> list[str]:
    """What mends findings of a rule, in words."""
    return [kind.title for kind in FIXES if rule in kind.rules]
