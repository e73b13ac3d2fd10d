"""``officex conformance``: the 62 scenario vectors against a sandbox of its own, or any environment marked testable."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from office_studio import paths
from office_studio.cli.output import note, print_json
from office_studio.errors import UsageError
from office_studio.services.officex import local as officex_local
from office_studio.services.officex.conformance.run import VectorResult, names, run_all
from office_studio.services.officex.conformance.world import Controls
from office_studio.services.officex.environments import Environment, environment_of, sandbox_environment

_MARKS = {"passed": "ok", "failed": "FAILED", "skipped": "skipped"}


def configure_conformance(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--env", metavar="NAME|URL", help="what to test (default: a fresh sandbox that is thrown away)")
    parser.add_argument("--only", metavar="V26,V27", help="some vectors only")
    parser.add_argument("--reset", action="store_true",
                        help="with --env sandbox: empty it before each vector; without, what needs its controls is "
                             "skipped")  # fmt: skip
    parser.add_argument("--mark-testable", action="store_true", help="allow the suite to write to --env from now on")
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder of the sandbox to look for")
    parser.add_argument("--json", action="store_true", help='{"passed", "failed", "skipped", "vectors": […]}')
    parser.epilog = (
        "Exit code 3 when a vector fails. Accounts that it makes stay behind in an environment without controls.\n"
        "examples:\n  office-studio officex conformance\n"
        "  office-studio officex conformance --env staging --mark-testable --only V08,V09"
    )


def run_conformance(args: argparse.Namespace) -> int:
    wanted = _wanted(args.only)
    with ExitStack() as stack:
        environment, controls = _target(args, stack)

        def tell(result: VectorResult) -> None:
            if not args.json or sys.stderr.isatty():
                note(f"{result.name}  {_MARKS[result.outcome]:<8}{result.title}"
                     + (f": {result.words}" if result.words else ""))  # fmt: skip

        results = asyncio.run(run_all(environment, controls, wanted, tell))
    counts = {kind: sum(result.outcome == kind for result in results) for kind in _MARKS}
    if args.json:
        rows = [{"name": one.name, "title": one.title, "outcome": one.outcome, "words": one.words} for one in results]
        print_json({"environment": environment.name, **counts, "vectors": rows})
    else:
        print(", ".join(f"{count} {kind}" for kind, count in counts.items()))
    return 3 if counts["failed"] else 0


def _wanted(text: str | None) -> list[str]:
    """Raises UsageError OFFICEX_VECTOR_UNKNOWN."""
    known = names()
    if text is None:
        return known
    found = []
    for word in text.replace(" ", "").split(","):
        digits = word.upper().removeprefix("V")
        name = f"V{int(digits):02d}" if digits.isascii() and digits.isdigit() and len(digits) < 4 else word
        if name not in known:
            raise UsageError("OFFICEX_VECTOR_UNKNOWN", f"There is no vector {word!r}.", "They are V01 to V62.")
        found.append(name)
    return found


def _target(args: argparse.Namespace, stack: ExitStack) -> tuple[Environment, Controls | None]:
    """Raises UsageError OFFICEX_NOT_TESTABLE, OFFICEX_SANDBOX_NOT_RUNNING."""
    if args.env is None:
        return _own_sandbox(stack)
    local = officex_local.read(args.data)
    if args.env == "sandbox":
        if local is None:
            raise UsageError("OFFICEX_SANDBOX_NOT_RUNNING", "No sandbox runs.", "Leave out --env for a fresh one.")
        environment = sandbox_environment(local.root)
    else:
        environment = environment_of(args.env)
    if environment.is_real_money:
        raise UsageError(
            "OFFICEX_NOT_TESTABLE", f"{environment.label} is real: the suite buys and spends there.", "Test staging."
        )
    marks = paths.config_dir() / "officex-testable.json"
    marked = _marked(marks)
    if args.mark_testable and environment.api not in marked:
        marked.append(environment.api)
        marks.parent.mkdir(parents=True, exist_ok=True)
        marks.write_text(json.dumps(marked, indent=1), "utf-8")
    if not environment.is_testable and environment.api not in marked:
        raise UsageError(
            "OFFICEX_NOT_TESTABLE",
            f"{environment.label} is not marked as testable: the suite makes accounts there and spends.",
            "Add --mark-testable once if that is wanted.",
        )
    is_ours = local is not None and sandbox_environment(local.root).api == environment.api
    controls = None
    if args.reset:
        if not is_ours or local is None:
            raise UsageError("OFFICEX_NO_CONTROLS", "Only a sandbox of this computer can be emptied.")
        controls = Controls(local.root, local.control_token, local.admin_secret)
    return replace(environment, is_testable=True), controls


def _marked(path: Path) -> list[str]:
    try:
        found = json.loads(path.read_text("utf-8"))
        return [str(one) for one in found] if isinstance(found, list) else []
    except (OSError, ValueError):
        return []


def _own_sandbox(stack: ExitStack) -> tuple[Environment, Controls]:
    from office_studio.server.officex.lifecycle import SandboxServer
    from office_studio.server.officex.sandbox import SandboxConfig

    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="officex-")))
    server = SandboxServer(SandboxConfig(data_dir=folder, seed=False, durable=False, webhook_timeout_s=2.0))
    address = server.start()
    stack.callback(server.stop)
    return sandbox_environment(address.root), Controls(address.root, address.control_token, address.admin_secret)
