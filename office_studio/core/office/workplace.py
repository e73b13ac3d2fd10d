"""The words of simulated working days: who works, on what, with which tools, and what goes wrong."""

from __future__ import annotations

from dataclasses import dataclass

NAMES = (
    *("Vivi", "Otto", "Sana", "Bram", "Mika", "Kai", "Lumi", "Zoe", "Pia", "Ron", "Ines", "Theo"),
    *("Nora", "Emil", "Yuki", "Lars", "Aya", "Milo", "Freya", "Hugo", "Leila", "Jonas", "Tess", "Idris"),
)

MODELS = (
    ("claude-sonnet-4.5", "anthropic"),
    ("claude-haiku-4.5", "anthropic"),
    ("gpt-5-mini", "openai"),
    ("gpt-5", "openai"),
    ("gemini-2.5-pro", "google"),
    ("qwen3-32b", "local"),
)


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work: its label for sub-agents, and the tools it takes in a sensible order."""

    label: str
    tools: tuple[str, ...]


JOBS = (
    Job(
        "invoice export",
        ("read invoice.py", "edit invoice.py", "pytest -q tests/export", "git diff", "edit test_export.py"),
    ),
    Job("search ranking", ("search docs", "query orders", "edit ranking.py", "run benchmark", "plot results")),
    Job("release notes", ("git log v2.3..", "read CHANGELOG.md", "write release notes", "open pull request")),
    Job(
        "sign-in page", ("read login.tsx", "edit login.tsx", "npm run build", "take screenshot", "compare screenshots")
    ),
    Job("customer mail", ("read inbox", "look up order 4711", "draft reply", "check tone", "translate reply")),
    Job("price table", ("fetch price list", "compare prices", "edit prices.csv", "validate table", "render preview")),
    Job("crash report", ("read crash log", "grep stack trace", "git bisect", "edit cache.py", "pytest -x tests/cache")),
    Job("travel plan", ("search trains", "compare routes", "check calendar", "write itinerary")),
    Job("data import", ("read schema.sql", "edit importer.py", "run import dry-run", "query row counts", "git commit")),
    Job("onboarding guide", ("read handbook", "outline chapter", "write section", "check links", "render preview")),
    Job("weekly report", ("query sales", "query support tickets", "plot results", "write summary", "check figures")),
    Job("theme art", ("read mood board", "draw sketch", "render preview", "crop sprites", "pack atlas")),
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stops an agent. With a ``tool`` it is a tool that failed, else the run itself."""

    text: str
    tool: str = ""


TROUBLES = (
    Trouble("Needs a decision: keep the old invoice ids?"),
    Trouble("Rate limit of the model provider reached"),
    Trouble("3 tests fail in tests/export after the merge", "pytest -q tests/export"),
    Trouble("Permission denied: billing database", "query orders"),
    Trouble("Needs approval: delete 214 stale branches?"),
    Trouble("Merge conflict in prices.csv", "git rebase"),
    Trouble("The mail account asks for a new password", "read inbox"),
    Trouble("Two sources disagree on the delivery date; which one counts?"),
    Trouble("Disk quota of the build machine is used up", "npm run build"),
    Trouble("Context is full: 41 files do not fit"),
    Trouble("Needs a decision: ship on Friday without the fix?"),
    Trouble("The price list has no currency column", "validate table"),
)

PEOPLE = ("Marta", "Deniz", "Ole", "Priya", "Sam")
CHANNELS = ("arinova", "mail", "chat")


def names(count: int) -> tuple[str, ...]:
    """``count`` different names; beyond the list they get numbers ("Vivi 2")."""
    size = len(NAMES)
    return tuple(NAMES[i % size] + (f" {i // size + 1}" if i >= size else "") for i in range(count))
