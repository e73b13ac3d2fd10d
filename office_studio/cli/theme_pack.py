"""``theme pack``: the zip that servers take."""

from __future__ import annotations

import argparse
from pathlib import Path

from office_studio.cli.output import note, print_json
from office_studio.errors import UsageError


def configure_pack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", type=Path, help="theme folder, its theme.json, or a zip")
    parser.add_argument("-o", "--output", metavar="ZIP", type=Path, required=True, help="where to write the zip")
    parser.add_argument("--explain", action="store_true", help="say of every file whether it is packed, and why")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")


def run_pack(args: argparse.Namespace) -> int:
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
