"""``theme pack``: the zip that servers take."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from office_studio.cli.output import note, plain, print_json, print_table
from office_studio.cli.terminal import say
from office_studio.cli.theme_progress import pack_watched
from office_studio.core.packing.archive import ZLIB
from office_studio.errors import UsageError
from office_studio.services.theme_packer import PackedTheme

_EPILOG = """What theme.json refers to is packed. .themepack.toml beside it adds and leaves out files by pattern:
  include = ["extras/*.png"]
  exclude = ["drafts/**"]

example:
  office-studio theme pack my-loft -o my-loft.zip --explain"""


def configure_pack(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.add_argument("path", metavar="PATH", type=Path, help="theme folder, its theme.json, or a zip")
    parser.add_argument("-o", "--output", metavar="ZIP", type=Path, required=True, help="where to write the zip")
    parser.add_argument("--explain", action="store_true", help="say of every file whether it is packed, and why")
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")


def run_pack(args: argparse.Namespace) -> int:
    if args.path.resolve() == args.output.resolve():
        raise UsageError("PACK_ONTO_ITSELF", "The zip would replace the theme it is made of.", "Choose another -o.")
    packed = pack_watched(args.path, args.output)
    if args.json:
        print_json(_as_json(packed))
        return 0
    if args.explain:
        for item in packed.plan:
            fate = ("packed   ", "good") if item.packed else ("left out ", "warning")
            say(fate, f" {item.size_bytes:>11,}  {item.name}  ", (f"({item.reason})", "faint"))
        print()
        rows = [
            (row.folder or ".", row.kind, row.files, f"{row.size_bytes:,}", row.left_out, f"{row.left_out_bytes:,}")
            for row in packed.sizes
        ]
        print_table(("FOLDER", "KIND", "PACKED", "BYTES", "LEFT OUT", "BYTES"), rows, "There are no files.")
    else:
        for item in packed.plan:
            if not item.packed:
                note(f"left out: {plain(item.name)} ({plain(item.reason)})")
    for item in packed.plan:
        if item.packed and item.same_as:
            note(f"twice the same bytes: {plain(item.name)} and {plain(item.same_as)}")
    count = sum(item.packed for item in packed.plan)
    note(f"Packed {count} files, {packed.size_bytes / 1e6:.1f} MB, into {packed.path} and read it back.")
    note(f"SHA-256 {packed.sha256}")
    return 0


def _as_json(packed: PackedTheme) -> dict[str, Any]:
    return {
        "path": str(packed.path),
        "sizeBytes": packed.size_bytes,
        "sha256": packed.sha256,
        "zlib": ZLIB,
        "files": [
            {"name": item.name, "packed": item.packed, "reason": item.reason, "sizeBytes": item.size_bytes,
             "kind": item.kind, "sameAs": item.same_as or None}
            for item in packed.plan
        ],
        "sizes": [
            {"folder": row.folder, "kind": row.kind, "files": row.files, "sizeBytes": row.size_bytes,
             "leftOut": row.left_out, "leftOutBytes": row.left_out_bytes}
            for row in packed.sizes
        ],
        "report": packed.report.as_json(),
    }  # fmt: skip
