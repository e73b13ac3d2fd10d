"""``theme validate``, ``theme fix`` and ``theme rules``: what is wrong with a theme, and what mends it."""

from __future__ import annotations

import argparse
import difflib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from office_studio import __version__
from office_studio.cli.output import note, plain, print_json, print_json_line, print_table
from office_studio.cli.terminal import progress, say
from office_studio.cli.theme_progress import check_watched
from office_studio.cli.theme_unpack import local_bundle, path_or_address
from office_studio.errors import UsageError

if TYPE_CHECKING:
    from office_studio.core.validation.report import Report
    from office_studio.services.theme_fixer import FixResult

EXIT_THEME_HAS_ERRORS = 3
_FORMATS = ("text", "json", "sarif", "github")
_PROFILE_HELP = (
    "server: what an upload is judged by; schema (default): also the full manifest schema; "
    "store: also the marketplace's tighter limits"
)
_WORDS = (("error", "error(s)"), ("warning", "warning(s)"), ("info", "hint(s)"))
_POLL_S = 0.4
_VALIDATE_EPILOG = """examples:
  office-studio theme validate themes/cozy-loft
  office-studio theme validate my-theme.zip --profile server --format json
  office-studio theme validate my-theme --format sarif > theme.sarif
  office-studio theme validate my-theme --watch
  office-studio theme validate https://example.com/my-theme.zip

Exit code 0: no errors; 3: errors were found; 2: wrong usage. --format json prints {"theme", "profile", "verdict",
"findings": [{"rule", "severity", "message", "help", "file", "pointer", "line", "column", "object", "fix"}], "counts"},
as resources/schemas/theme-report.schema.json has it; with --watch one such object a line at each change.
Settings in .themelint.toml beside theme.json silence findings."""
_FIX_EPILOG = """examples:
  office-studio theme fix my-theme --dry-run
  office-studio theme fix my-theme --rule T2D-SEAT-ZONE
  office-studio theme fix my-theme --all
  office-studio theme fix my-theme --undo

Without --all or --rule only fixes are applied that lose nothing and cannot mean something else. Either all files are
written or none; --undo brings back every byte of the last run."""


def configure_validate(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _VALIDATE_EPILOG
    add = parser.add_argument
    add("path", metavar="PATH|URL", type=path_or_address,
        help="theme folder, its theme.json, a zip, or the web address of one")  # fmt: skip
    add("--profile", choices=["server", "schema", "store"], default="schema", help=_PROFILE_HELP)
    add("--format", choices=_FORMATS, default="text", help="text (default), json, sarif, or github annotations")
    add("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    add("--fix", action="store_true", help="mend first what can be mended safely")
    add("--watch", action="store_true", help="check again whenever a file changes, until Ctrl+C")


def configure_fix(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _FIX_EPILOG
    add = parser.add_argument
    add("path", metavar="PATH", type=Path, help="theme folder, or its theme.json")
    add("--rule", metavar="ID", action="append", default=[], help="mend findings of this rule only; may be repeated")
    add("--all", action="store_true", help="also fixes that delete, rename or guess")
    add("--profile", choices=["server", "schema", "store"], default="schema", help=_PROFILE_HELP)
    add("--dry-run", action="store_true", help="show what would change, and change nothing")
    add("--undo", action="store_true", help="take the last run back")
    add("--json", action="store_true", help="print what was done as JSON")


def configure_rules(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("id", metavar="ID", nargs="?", help="one rule, e.g. T2D-SEAT-ZONE; without it all of them")
    add("--json", action="store_true", help="print as JSON")
    add("--markdown", action="store_true", help="print the page of all rules")


# -- validate ----------------------------------------------------------------------------------------------
def run_validate(args: argparse.Namespace) -> int:
    from office_studio.core.validation.rule import Profile
    from office_studio.services.theme_check import ThemeChecker

    if args.watch and args.format == "sarif":
        raise UsageError("WATCH_FORMAT", "--watch goes on for ever, and SARIF is one file.", "Choose another --format.")
    if isinstance(args.path, str):
        if args.fix or args.watch:
            raise UsageError("FIX_ZIP", "--fix and --watch are for files of this computer.", "See: theme unpack")
        with local_bundle(args.path) as args.path:
            return run_validate(args)
    profile = Profile(args.profile)
    if args.fix:
        _tell_fixes(_fix(args.path, (), safe_only=True, profile=args.profile))
    checker = ThemeChecker(args.path)
    seen = _stamps(args.path)  # before the check, so that no change falls between the two
    report = check_watched(checker, profile)
    _show(report, args)
    if args.watch:
        try:
            for _ in _changes(args.path, seen):
                report = check_watched(checker, profile)
                _show(report, args)
        except KeyboardInterrupt:
            note("")
    return EXIT_THEME_HAS_ERRORS if report.errors else 0


def _show(report: Report, args: argparse.Namespace) -> None:
    from office_studio.core.validation.formats import github_lines, sarif

    folder = args.path.as_posix() if args.path.is_dir() else args.path.parent.as_posix()
    if args.format == "json":
        (print_json_line if args.watch else print_json)(report.as_json())
    elif args.format == "sarif":
        print_json(sarif(report, __version__, folder))
    elif args.format == "github":
        for line in github_lines(report, folder):
            print(line, flush=True)
    else:
        _print_findings(report)
    if args.format in ("text", "github"):
        _tell_verdict(report, str(args.path))


def _print_findings(report: Report) -> None:
    for finding in report.findings:
        place = finding.file or ""
        if finding.line is not None:
            place = f"{place}:{finding.line}:{finding.column}"
        fixable = ", fixable" if finding.fix else ""
        level = finding.severity.value
        rule = f"  [{finding.rule}{fixable}]"
        say((f"{level:<8}", level), " ", (f"{plain(place):<28}", "place"), f" {finding.message}", (rule, "faint"))
        if finding.help:
            say((f"{'':<37} {finding.help}", "faint"))


def _tell_verdict(report: Report, path: str) -> None:
    counts = report.counts
    parts = [f"{counts[key]} {word}" for key, word in _WORDS if counts[key]]
    said = {"accept": "can be uploaded", "warn": "can be uploaded, but look at the warnings", "reject": "is blocked"}
    told = said[report.verdict.value]
    style = {"accept": "good", "warn": "warning", "reject": "error"}[report.verdict.value]
    counted = ", ".join(parts) or "no findings"
    say(f"{report.theme or path} ", (told, style), f" ({counted}; profile {report.profile}).", to=sys.stderr)


def _changes(path: Path, seen: dict[str, tuple[int, int]]) -> Iterator[None]:
    """Yields whenever a file of the theme changed. Asks the file system, which works on all of them alike."""
    while True:
        now = _stamps(path)
        if now != seen:
            seen = now
            yield
        time.sleep(_POLL_S)


def _stamps(path: Path) -> dict[str, tuple[int, int]]:
    root = path if path.is_dir() else path.parent
    found: dict[str, tuple[int, int]] = {}
    places = [path] if path.is_file() and path.suffix.lower() != ".json" else root.rglob("*")
    for place in places:
        try:
            status = place.stat()
        except OSError:
            continue
        found[str(place)] = (status.st_mtime_ns, status.st_size)
    return found


# -- fix -----------------------------------------------------------------------------------------------------
def run_fix(args: argparse.Namespace) -> int:
    from office_studio.core.validation.catalogue import find_rule
    from office_studio.services.theme_fixer import undo_last

    if args.undo:
        names = undo_last(args.path)
        if args.json:
            print_json({"restored": list(names)})
        note(f"Brought back: {', '.join(names)}.")
        return 0
    rules = tuple(find_rule(rule).id for rule in args.rule)
    safe_only = not (args.all or rules)
    result = _fix(args.path, rules, safe_only=safe_only, profile=args.profile, dry_run=args.dry_run)
    if args.json:
        print_json(_fix_json(result, args.dry_run))
    else:
        if args.dry_run:
            _print_diff(result)
        _tell_fixes(result, dry_run=args.dry_run)
        _tell_verdict(result.after, str(args.path))
    return EXIT_THEME_HAS_ERRORS if result.after.errors else 0


def _fix(path: Path, rules: tuple[str, ...], *, safe_only: bool, profile: str, dry_run: bool = False) -> FixResult:
    from office_studio.cli.preview import paint_preview
    from office_studio.core.validation.rule import Profile
    from office_studio.services.theme_fixer import fix_theme

    wanted = Profile(profile)
    with progress("Mending"):
        return fix_theme(path, rules, safe_only=safe_only, dry_run=dry_run, profile=wanted, painter=paint_preview)


def _tell_fixes(result: FixResult, *, dry_run: bool = False) -> None:
    for applied in result.applied:
        note(f"{'would be ' if dry_run else ''}mended: {plain(applied.fix.title)}  [{applied.finding.rule}]")
    for finding, why in result.failures:
        note(f"not mended: {plain(finding.message)} ({why})  [{finding.rule}]")
    if not result.applied:
        note("There is nothing to mend without being asked; see --all.")


def _print_diff(result: FixResult) -> None:
    """The change of theme.json as a unified diff, and the other files by name."""
    first: dict[str, bytes | None] = {}
    last: dict[str, bytes | None] = {}
    for applied in result.applied:
        for change in applied.changes:
            first.setdefault(change.name, change.before)
            last[change.name] = change.after
    for name, before in first.items():
        after = last[name]
        if name.endswith(".json") and before is not None and after is not None:
            old, new = (data.decode("utf-8", "replace").splitlines(keepends=True) for data in (before, after))
            for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"):
                say((line.rstrip("\n"), {"+": "good", "-": "bad", "@": "info"}.get(line[0], "")))
        elif before != after:
            what = "delete" if after is None else "write" if before is None else "replace"
            say(f"{what} {name}")


def _fix_json(result: FixResult, dry_run: bool) -> dict[str, Any]:
    applied = [
        {
            "fix": each.fix.id,
            "title": each.fix.title,
            "finding": each.finding.as_json(),
            "files": [change.name for change in each.changes],
        }
        for each in result.applied
    ]
    failed = [{"finding": finding.as_json(), "why": why} for finding, why in result.failures]
    return {"applied": applied, "failed": failed, "dryRun": dry_run, "report": result.after.as_json()}


# -- rules -----------------------------------------------------------------------------------------------------
def run_rules(args: argparse.Namespace) -> int:
    from office_studio.core.validation import catalogue
    from office_studio.core.validation.rule import RULES

    listed = [catalogue.find_rule(args.id)] if args.id else sorted(RULES.values(), key=lambda rule: rule.id)
    if args.json:
        found = [catalogue.rule_as_json(rule) for rule in listed]
        print_json(found[0] if args.id else found)
    elif args.markdown:
        print(catalogue.markdown(), end="")
    elif args.id:
        _explain(catalogue.rule_as_json(listed[0]))
    else:
        rows = [(rule.id, rule.severity.value, rule.message) for rule in listed]
        print_table(("RULE", "LEVEL", "MESSAGE"), rows, "There are no rules.")
    return 0


def _explain(rule: dict[str, Any]) -> None:
    print(f"{rule['rule']}  ({rule['group']})\n\n  {rule['message']}")
    if rule["help"]:
        print(f"  {rule['help']}")
    levels = ", ".join(f"{profile}: {level or 'not asked'}" for profile, level in rule["severity"].items())
    print(f"\n  {levels}\n  stated by: {rule['source']}; themes: {rule['themes']}")
    for title in rule["fixes"]:
        print(f"  theme fix: {title}")
