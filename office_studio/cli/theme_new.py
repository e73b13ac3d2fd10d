"""``theme new``: begin a theme."""

from __future__ import annotations

import argparse
from pathlib import Path

from office_studio.cli.output import note, print_json
from office_studio.services.theme_templates import TEMPLATES, new_theme


def configure_new(parser: argparse.ArgumentParser) -> None:
    lines = "\n".join(f"  {template.id:<11} {template.description}" for template in TEMPLATES.values())
    parser.epilog = f"templates:\n{lines}\n\nexample:\n  office-studio theme new 2d-full “My Loft”\n"
    parser.add_argument("template", metavar="TEMPLATE", help=", ".join(TEMPLATES))
    parser.add_argument("name", metavar="NAME", help="name of the theme; its id is made of it")
    parser.add_argument("--dir", metavar="DIR", type=Path, help="folder to put it in (default: the current one)")
    parser.add_argument("--json", action="store_true", help="print what was made as JSON")


def run_new(args: argparse.Namespace) -> int:
    folder = new_theme(args.template, args.name, args.dir)
    if args.json:
        files = sorted(path.name for path in folder.iterdir())
        print_json({"path": str(folder), "themeId": folder.name, "template": args.template, "files": files})
    else:
        print(folder)
        note(f"Look at it with: office-studio --theme {folder}")
    return 0
