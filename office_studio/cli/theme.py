"""``office-studio theme``: check and pack here, upload, list and delete on a server."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import Any

from office_studio.cli.output import note, print_json
from office_studio.errors import UsageError

_RAW = argparse.RawDescriptionHelpFormatter
_EXAMPLES = """examples:
  office-studio theme validate themes/cozy-loft
  office-studio theme validate my-theme.zip --profile server --json
  office-studio theme fix my-theme --dry-run
  office-studio theme rules T2D-SEAT-ZONE
  office-studio theme pack themes/cozy-loft -o cozy-loft.zip --explain
  office-studio theme upload cozy-loft.zip
  office-studio theme list"""
_CHECKS = {
    "validate": "check a theme and say what to mend",
    "fix": "mend what can be mended",
    "rules": "list what is checked, or explain one rule",
}
_REMOTE = {
    "upload": "send a theme to an office server",
    "list": "list the themes of an office server",
    "delete": "delete a theme from an office server",
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLES
    verbs = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for action, line in _CHECKS.items():
        check = verbs.add_parser(action, help=line, description=line[0].upper() + line[1:] + ".", formatter_class=_RAW)
        getattr(_checks(), f"configure_{action}")(check)
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


def run(args: argparse.Namespace) -> int:
    if args.action in _CHECKS:
        return int(getattr(_checks(), f"run_{args.action}")(args))
    if args.action == "pack":
        return _pack(args)
    return int(getattr(_remote(), f"run_{args.action}")(args))


def _remote() -> Any:
    return importlib.import_module("office_studio.cli.theme_remote")


def _checks() -> Any:
    return importlib.import_module("office_studio.cli.theme_validate")


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
