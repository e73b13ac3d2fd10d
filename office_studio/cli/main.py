"""The command line. One module a verb; this one finds the verb, runs it, and turns errors into exit codes."""

from __future__ import annotations

import argparse
import importlib
import io
import json
import sys
import traceback
from collections.abc import Sequence
from itertools import pairwise
from types import ModuleType

from office_studio import __version__
from office_studio.errors import OfficeStudioError

# verb -> (module, one line of help). A module has ``configure(parser)`` and ``run(args) -> int``; it is imported
# only when its verb is used, so that ``office-studio --help`` stays quick.
VERBS: dict[str, tuple[str, str]] = {
    "serve": ("office_studio.cli.serve", "run an office server on this computer"),
    "simulate": ("office_studio.cli.simulate", "let simulated agents work in an office"),
    "watch": ("office_studio.cli.watch", "print every change of an agent as it happens"),
    "agents": ("office_studio.cli.agents", "list the agents of an office"),
    "bindings": ("office_studio.cli.bindings", "list, set, swap and clear who sits in which slot; seat plans"),
    "render": ("office_studio.cli.render", "draw a theme into a picture, without a window"),
    "theme": ("office_studio.cli.theme", "check, pack, upload, list and delete themes"),
    "officex": ("office_studio.cli.officex", "the OfficeX marketplace: wallet, apps, charges; a sandbox of it"),
    "doctor": ("office_studio.cli.doctor", "show versions, rendering, paths and the office"),
}
_WINDOW = "office_studio.cli.window"

EXIT_INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code (0 done, 2 usage, 3 theme has errors, 4 office or network, 5 OfficeX)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in arguments
    _write_everything()
    try:
        module, args = _parse(arguments)
        return int(module.run(args))
    except OfficeStudioError as error:
        if debug:
            traceback.print_exc()
        _report(error, as_json=_wants_json(arguments))
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away (``| head``). Nothing is wrong; keep Python from complaining at exit.
        sys.stderr.close()
        return 0
    except Exception as error:  # a defect of ours, or a system that does what nobody foresaw; never a traceback
        if debug:
            traceback.print_exc()
        words = f"Something unexpected happened: {type(error).__name__}: {error}"
        unforeseen = OfficeStudioError("UNEXPECTED", words, "Run it again with --debug to see where, and report it.")
        _report(unforeseen, as_json=_wants_json(arguments))
        return unforeseen.exit_code


def gui_main() -> int:
    """Entry point of the GUI script: no console, so errors are shown in a window by the application itself."""
    return main()


def _parse(arguments: list[str]) -> tuple[ModuleType, argparse.Namespace]:
    verb = next((word for word in arguments if word in VERBS), None)
    first_word = next((word for word in arguments if not word.startswith("-")), None)
    if verb is not None and verb == first_word:
        module_name, help_line = VERBS[verb]
        module = importlib.import_module(module_name)
        parser = argparse.ArgumentParser(
            prog=f"office-studio {verb}",
            description=help_line[0].upper() + help_line[1:] + ".",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        parser.add_argument("--debug", action="store_true", help="show tracebacks")
        module.configure(parser)
        rest = list(arguments)
        rest.remove(verb)
        return module, parser.parse_args(rest)
    module = importlib.import_module(_WINDOW)
    verbs = "\n".join(f"  {name:<10} {line}" for name, (_, line) in VERBS.items())
    parser = argparse.ArgumentParser(
        prog="office-studio",
        description="Watch AI agents at work in a virtual office. Without a verb, opens the window.",
        epilog=f"verbs (each has --help):\n{verbs}\n\nexample:\n  office-studio --theme cozy-loft",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"office-studio {__version__}")
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    module.configure(parser)
    return module, parser.parse_args(arguments)


def _write_everything() -> None:
    """Let no name of an agent or a file end a command, where the terminal or the pipe cannot show its letters."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _wants_json(arguments: list[str]) -> bool:
    return "--json" in arguments or "--format=json" in arguments or ("--format", "json") in pairwise(arguments)


def _report(error: OfficeStudioError, *, as_json: bool) -> None:
    if as_json:
        body = {"code": error.code, "message": error.message, "hint": error.hint, **error.details}
        print(json.dumps({"error": body}, ensure_ascii=False, default=str), file=sys.stderr)
        return
    print(f"office-studio: {error.message}", file=sys.stderr)
    if error.hint:
        print(f"  {error.hint}", file=sys.stderr)
