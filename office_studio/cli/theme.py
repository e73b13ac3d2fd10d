"""``office-studio theme``: begin, check and pack here; upload, compare, list and delete on a server."""

from __future__ import annotations

import argparse

from office_studio.cli.verb_actions import add_actions, run_action

_EXAMPLES = """examples:
  office-studio theme new 2d-full "My Loft"
  office-studio theme validate themes/cozy-loft
  office-studio theme validate my-theme.zip --profile server --json
  office-studio theme fix my-theme --dry-run
  office-studio theme rules T2D-SEAT-ZONE
  office-studio theme pack themes/cozy-loft -o cozy-loft.zip --explain
  office-studio theme upload cozy-loft.zip
  office-studio theme list"""
# action -> (module with ``configure_<action>`` and ``run_<action>``, one line of help)
_ACTIONS = {
    "new": ("theme_new", "begin a theme from a template"),
    "validate": ("theme_validate", "check a theme and say what to mend"),
    "fix": ("theme_validate", "mend what can be mended"),
    "rules": ("theme_validate", "list what is checked, or explain one rule"),
    "pack": ("theme_pack", "pack a theme into the zip servers take"),
    "unpack": ("theme_unpack", "unpack a zip, also of the web, into a new folder"),
    "upload": ("theme_remote", "send a theme to an office server"),
    "diff": ("theme_published", "compare a theme with the one an office server has"),
    "list": ("theme_remote", "list the themes of an office server"),
    "download": ("theme_published", "fetch a theme from an office server"),
    "delete": ("theme_remote", "delete a theme from an office server"),
    "history": ("theme_published", "list the bundles that were uploaded from here"),
    "republish": ("theme_published", "upload one of those bundles again"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLES
    add_actions(parser, _ACTIONS)


def run(args: argparse.Namespace) -> int:
    return run_action(_ACTIONS, args)
