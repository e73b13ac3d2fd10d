"""``office-studio theme``: check and pack here, upload, list and delete on a server."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import Any

from office_studio.cli.output import note, print_json, print_table
from office_studio.errors import UsageError

EXIT_THEME_HAS_ERRORS = 3
_EXAMPLES = """examples:
  office-studio theme validate themes/cozy-loft
  office-studio theme validate my-theme.zip --profile server --json
  office-studio theme rules T2D-SEAT-ZONE
  office-studio theme pack themes/cozy-loft -o cozy-loft.zip --explain
  office-studio theme upload cozy-loft.zip
  office-studio theme list"""
_REMOTE = {
    "upload": "send a theme to an office server",
    "list": "list the themes of an office server",
    "delete": "delete a theme from an office server",
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLES
    verbs = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    validate = verbs.add_parser("validate", help="check a theme", description="Check a theme and say what to mend.")
    validate.add_argument("path", metavar="PATH", type=Path, help="theme folder, its theme.json, or a zip")
    validate.add_argument("--profile", choices=["server", "schema", "store"], default="schema", help=_PROFILE_HELP)
    validate.add_argument("--json", action="store_true", help="print the report as JSON")
    rules = verbs.add_parser("rules", help="what is checked", description="List the rules, or explain one.")
    rules.add_argument("id", metavar="ID", nargs="?", help="one rule, e.g. T2D-SEAT-ZONE; without it all of them")
    rules.add_argument("--json", action="store_true", help="print as JSON")
    rules.add_argument("--markdown", action="store_true", help="print the page of all rules")
    pack = verbs.add_parser(
        "pack", help="pack a theme into a zip", description="Pack a theme into the zip servers take."
    )
    pack.add_argument("path", metavar="PATH", type=Path, help="theme folder, its theme.json, or a zip")
    pack.add_argument("-o", "--output", metavar="ZIP", type=Path, required=True, help="where to write the zip")
    pack.add_argument("--explain", action="store_true", help="say of every file whether it is packed, and why")
    pack.add_argument("--json", action="store_true", help="print what was done as JSON")
    for action, line in _REMOTE.items():
        remote = verbs.add_parser(action, help=line, description=line[0].upper() + line[1:] + ".")
        getattr(_remote(), f"configure_{action}")(remote)


_PROFILE_HELP = (
    "server: what an upload is judged by; schema (default): also the full manifest schema; "
    "store: also the marketplace's tighter limits"
)


def run(args: argparse.Namespace) -> int:
    if args.action == "validate":
        return _validate(args)
    if args.action == "rules":
        return _rules(args)
    if args.action == "pack":
        return _pack(args)
    return int(getattr(_remote(), f"run_{args.action}")(args))


def _remote() -> Any:
    return importlib.import_module("office_studio.cli.theme_remote")


def _validate(args: argparse.Namespace) -> int:
    from office_studio.core.validation.rule import Profile
    from office_studio.services.theme_check import check_path

    report = check_path(args.path, Profile(args.profile))
    if args.json:
        print_json(report.as_json())
    else:
        for finding in report.findings:
            place = finding.file or ""
            if finding.line is not None:
                place = f"{place}:{finding.line}:{finding.column}"
            print(f"{finding.severity.value:<8} {place:<28} {finding.message}  [{finding.rule}]")
            if finding.help:
                print(f"{'':<37} {finding.help}")
        note(_verdict(report.theme or str(args.path), report.verdict.value, report.counts, args.profile))
    return EXIT_THEME_HAS_ERRORS if report.errors else 0


def _verdict(theme: str, verdict: str, counts: Any, profile: str) -> str:
    parts = [f"{counts[key]} {word}" for key, word in _WORDS if counts[key]]
    said = {"accept": "can be uploaded", "warn": "can be uploaded, but look at the warnings", "reject": "is blocked"}
    return f"{theme} {said[verdict]} ({', '.join(parts) or 'no findings'}; profile {profile})."


_WORDS = (("error", "error(s)"), ("warning", "warning(s)"), ("info", "hint(s)"))


def _rules(args: argparse.Namespace) -> int:
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


def _pack(args: argparse.Namespace) -> int:
    from office_studio.services.theme_packer import pack_theme

    if args.path.resolve() == args.output.resolve():
        raise UsageError("PACK_ONTO_ITSELF", "The zip would replace the theme it is made of.", "Choose another -o.")
    packed = pack_theme(args.path, args.output)
    if args.json:
        files = [{"name": item.name, "packed": item.packed, "reason": item.reason} for item in packed.plan]
        body = {"path": str(packed.path), "sizeBytes": packed.size_bytes, "sha256": packed.sha256, "files": files}
        print_json(body | {"report": packed.report.as_json()})
        return 0
    if args.explain:
        for item in packed.plan:
            print(f"{'packed' if item.packed else 'left out':<9} {item.name}  ({item.reason})")
    else:
        for item in packed.plan:
            if not item.packed:
                note(f"left out: {item.name} ({item.reason})")
    count = sum(item.packed for item in packed.plan)
    note(f"Packed {count} files, {packed.size_bytes / 1e6:.1f} MB, into {packed.path} and read it back.")
    return 0
