"""Verbs that have actions of their own (``theme check``, ``officex balance``): each module is loaded when its action is
the one that was asked for, so that checking a theme does not wait for what uploads one."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Mapping, Sequence
from typing import Any

# action -> (module in ``office_studio.cli`` with ``configure_<action>`` and ``run_<action>``, one line of help)
Actions = Mapping[str, tuple[str, str]]


class _ActionParser(argparse.ArgumentParser):
    """Gets its arguments when it is the one to parse."""

    actions: Actions = {}  # noqa: RUF012 - set once for each parser
    action = ""

    def parse_known_args(  # type: ignore[override]  # a plain Namespace is all that argparse hands in here
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        if self.actions:
            actions, self.actions = self.actions, {}
            getattr(_module(actions, self.action), f"configure_{self.action}")(self)
        return super().parse_known_args(args, namespace)


def add_actions(parser: argparse.ArgumentParser, actions: Actions) -> None:
    """One sub-command for each action, with its line of help."""
    verbs = parser.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=_ActionParser)
    for action, (_, line) in actions.items():
        told = line[0].upper() + line[1:] + "."
        formatter = argparse.RawDescriptionHelpFormatter
        verb = verbs.add_parser(action, help=line, description=told, formatter_class=formatter)
        verb.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        verb.actions, verb.action = actions, action


def run_action(actions: Actions, args: argparse.Namespace) -> int:
    """Run the one that was asked for. Returns the exit code."""
    return int(getattr(_module(actions, args.action), f"run_{args.action}")(args))


def _module(actions: Actions, action: str) -> Any:
    return importlib.import_module(f"office_studio.cli.{actions[action][0]}")
