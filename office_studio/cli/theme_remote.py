"""``theme upload``, ``theme list`` and ``theme delete``: the themes of an office."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from office_studio.cli.office_options import add_office_options, ask_office, resolve_office
from office_studio.cli.output import note, print_json, print_table
from office_studio.cli.terminal import megabytes, progress, say
from office_studio.cli.theme_progress import pack_watched
from office_studio.core.validation.upload import is_theme_id
from office_studio.errors import ApiError, UsageError
from office_studio.services.bundle_history import BundleHistory
from office_studio.services.http import Credentials
from office_studio.services.office_client import OfficeClient
from office_studio.services.theme_client import ThemeClient, ThemeSummary
from office_studio.services.theme_diff import bindings_of
from office_studio.services.theme_loader import is_folder
from office_studio.services.uploader import Phase, State, Uploader, UploadOutcome, UploadProgress

_KEYS = {"preview_url": "previewUrl", "max_agents": "maxAgents"}


# -- upload --------------------------------------------------------------------------------------------------
def configure_upload(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="ZIP|PATH", help="zip, theme folder or theme.json")
    parser.add_argument("--json", action="store_true", help="print what the office stored as JSON")
    add_office_options(parser)
    parser.epilog = (
        "A theme with the same id in the office is replaced.\n\nexample:\n  office-studio theme upload my-loft/"
    )


def run_upload(args: argparse.Namespace) -> int:
    url, credentials = resolve_office(args)
    with bundle_of(args.path) as bundle:
        outcome = ask_office(send_bundle(url, credentials, bundle))
    tell_outcome(outcome, url, as_json=args.json)
    return 0


@contextmanager
def bundle_of(path: Path) -> Iterator[Path]:
    """Zip of a theme; a folder is packed into a temporary one. Raises what packing raises."""
    if not is_folder(path) and path.suffix.lower() != ".json":
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="office-studio-") as folder:
        bundle = Path(folder) / "theme.zip"
        pack_watched(path, bundle)
        yield bundle


async def send_bundle(url: str, credentials: Credentials | None, bundle: Path) -> UploadOutcome:
    """Upload with a bar on a terminal: bytes, speed, time left; then what the office is doing."""
    with progress(_PHASES[Phase.CHECKING]) as bar:

        def watch(now: UploadProgress) -> None:
            sent, total = now.sent_bytes, now.total_bytes
            again = f" (try {now.attempt})" if now.attempt > 1 else ""
            if now.phase is Phase.SENDING:
                bar.show(_PHASES[now.phase] + again, sent, total, megabytes(sent, total, now.speed, now.seconds_left))
            else:
                bar.show(_PHASES[now.phase] + again)

        async with ThemeClient(url, credentials) as client:
            uploader = Uploader(client, BundleHistory(url))
            try:
                return await uploader.upload(bundle, watch)
            except asyncio.CancelledError:
                note(_CANCELLED[uploader.state])
                raise


def tell_outcome(outcome: UploadOutcome, url: str, *, as_json: bool) -> None:
    for words in outcome.notes:
        note(words)
    if as_json:
        body = {"themeId": outcome.theme_id, "name": outcome.name, "version": outcome.version}
        more = {"attempts": outcome.attempts, "confirmedLater": outcome.confirmed_later}
        print_json({**body, "replacedVersion": outcome.replaced_version, "office": url, **more,
                    "verified": outcome.is_verified})  # fmt: skip
    else:
        instead = f", instead of version {outcome.replaced_version}" if outcome.replaced_version else ""
        say((f"{outcome.name} {outcome.version}", "good"), f" ({outcome.theme_id}) is in {url}{instead}.")


_CANCELLED = {
    State.STORED: "Cancelled after the office had taken the theme: it is there.",
    State.UNCHANGED: "Cancelled. The office has what it had before.",
    State.UNKNOWN: "Cancelled while the office was taking the theme in: look at the list of themes.",
    State.GONE: "Cancelled. The office has no such theme now.",
    State.DIFFERENT: "Cancelled. The office has another version of the theme.",
}


_PHASES = {
    Phase.CHECKING: "Checking",
    Phase.SENDING: "Sending",
    Phase.WAITING: "Sent, the office unpacks it",
    Phase.ASKING: "The connection broke, asking the office",
    Phase.RETRYING: "The connection broke, trying again soon",
    Phase.CONFIRMING: "Reading back",
}


# -- list ----------------------------------------------------------------------------------------------------
def configure_list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the list as JSON")
    add_office_options(parser)
    parser.epilog = "example:\n  office-studio theme list --json"


def run_list(args: argparse.Namespace) -> int:
    url, credentials = resolve_office(args)

    async def ask() -> tuple[ThemeSummary, ...]:
        async with ThemeClient(url, credentials) as client:
            return await client.list()

    themes = ask_office(ask())
    if args.json:
        print_json([{_KEYS.get(key, key): value for key, value in asdict(theme).items()} for theme in themes])
    else:
        rows = [[theme.id, theme.name, theme.version, theme.renderer, theme.max_agents] for theme in themes]
        print_table(["Id", "Name", "Version", "Renderer", "Seats"], rows, "This office has no themes yet.")
    return 0


# -- delete --------------------------------------------------------------------------------------------------
def configure_delete(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="id of the theme, as “theme list” shows it")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    add_office_options(parser)
    parser.epilog = (
        "The seats of agents in that theme are kept.\n\nexample:\n  office-studio theme delete my-loft --yes"
    )


def run_delete(args: argparse.Namespace) -> int:
    check_id(args.id)
    url, credentials = resolve_office(args)

    told, bound = ask_office(_who_sits_in(url, credentials, args.id))
    _confirm(args.id, url, told, asked_not=args.yes)

    async def act() -> None:
        async with ThemeClient(url, credentials) as client:
            await client.delete(args.id)

    ask_office(act())
    if args.json:
        print_json({"deleted": args.id, "bound": bound})
    else:
        print(f"{args.id} is gone from {url}." + (f" {told}" if told else ""))
    return 0


async def _who_sits_in(url: str, credentials: Credentials | None, theme_id: str) -> tuple[str, list[str] | None]:
    """A sentence on the agents that are bound in a theme, and their names; None when the office cannot tell."""
    async with OfficeClient(url, credentials) as office:
        rows = await bindings_of(office, theme_id)
    if not rows:
        return "", None if rows is None else []
    names = [row.agent_name or row.agent_id for row in rows]
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    agents = "1 agent sits" if len(names) == 1 else f"{len(names)} agents sit"
    return f"{agents} in it: {shown}.", names


def check_id(theme_id: str) -> None:
    """Raises UsageError THEME_ID_INVALID."""
    if not is_theme_id(theme_id):
        raise UsageError("THEME_ID_INVALID", f"Not an id of a theme: {theme_id}", "Ids look like my-cool-theme.")


def _confirm(theme_id: str, url: str, told: str, *, asked_not: bool) -> None:
    """Anybody signed in may delete any theme, so nobody does it by a slip of the keyboard."""
    if asked_not:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            "THEME_DELETE_UNCONFIRMED", f"{theme_id} is still there. {told}".strip(), "Add --yes to delete it."
        )
    note(f"Delete {theme_id} from {url} for everybody? {told} Type its id:".replace("  ", " "))
    if sys.stdin.readline().strip() != theme_id:
        raise ApiError("THEME_DELETE_UNCONFIRMED", f"{theme_id} is still there.")
