"""``theme download``, ``theme diff``, ``theme history`` and ``theme republish``: what an office has, and had."""

from __future__ import annotations

import argparse
import asyncio
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from office_studio.cli.office_options import add_office_options, ask_office, resolve_office
from office_studio.cli.output import note, plain, print_json, print_table
from office_studio.cli.terminal import Pace, megabytes, progress, say
from office_studio.cli.theme_remote import check_id, send_bundle, tell_outcome
from office_studio.errors import UsageError
from office_studio.services.bundle_history import BundleHistory
from office_studio.services.office_client import OfficeClient
from office_studio.services.theme_client import ThemeClient
from office_studio.services.theme_diff import PublishedDiff, diff_with_published, write_version


# -- download ------------------------------------------------------------------------------------------------
def configure_download(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="id of the theme, as “theme list” shows it")
    parser.add_argument("--dir", metavar="DIR", type=Path, help="folder to make (default: one named after the id)")
    parser.add_argument("--json", action="store_true", help="print what was fetched as JSON")
    add_office_options(parser)
    parser.epilog = "example:\n  office-studio theme download my-loft --dir copies/my-loft"


def run_download(args: argparse.Namespace) -> int:
    check_id(args.id)
    folder = args.dir or Path(args.id)
    if folder.exists() or folder.is_symlink():
        raise UsageError("DOWNLOAD_EXISTS", f"{folder} is already there.", "Choose another folder with --dir.")
    url, credentials = resolve_office(args)
    missing: list[str] = []

    pace = Pace(time.monotonic)

    async def fetch() -> Path:
        with progress(f"Fetching {args.id}") as bar:

            def fetched(done: int, _total: int) -> None:  # how much there is shows only while files name others
                bar.show(bar.step, figures=megabytes(done, speed=pace.note(done)))

            async with ThemeClient(url, credentials) as client:
                return await client.download(args.id, folder, fetched, missing.append)

    ask_office(fetch())
    for name in missing:
        note(f"not served by this office: {plain(name)}")
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    if args.json:
        print_json({"path": str(folder), "themeId": args.id, "files": files, "missing": sorted(missing)})
    else:
        print(folder)
        note(f"{len(files)} files.")
    return 0


# -- diff ----------------------------------------------------------------------------------------------------
def configure_diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", type=Path, help="theme folder, its theme.json, or a zip")
    parser.add_argument("--bump", action="store_true", help="write the advised version into theme.json")
    parser.add_argument("--json", action="store_true", help="print the differences as JSON")
    add_office_options(parser)
    parser.epilog = (
        "A removed seat or zone asks for a major version, anything added for a minor one, else a patch.\n\n"
        "example:\n  office-studio theme diff my-loft --bump"
    )


def run_diff(args: argparse.Namespace) -> int:
    url, credentials = resolve_office(args)

    async def compare() -> PublishedDiff:
        async with ThemeClient(url, credentials) as themes, OfficeClient(url, credentials) as office:
            return await diff_with_published(args.path, themes, office)

    found = ask_office(compare())
    diff = found.diff
    bumps = args.bump and diff is not None and diff.needs_bump
    if bumps and diff is not None:
        write_version(args.path, diff.advised_version)
    if args.json:
        print_json(_diff_json(found, bumped=bumps))
    elif diff is None:
        print(f"{found.theme_id} is not in {url} yet.")
    else:
        _print_diff(found, url)
    if bumps and diff is not None:
        note(f"theme.json says version {diff.advised_version} now.")
    return 0


def _print_diff(found: PublishedDiff, url: str) -> None:
    diff = found.diff
    assert diff is not None
    if not found.is_complete:
        note("This office gives out no manifests: only name and version were compared.")
    marks = {"added": "+", "removed": "-", "changed": "~"}
    styles = {"added": "good", "removed": "bad", "changed": "warning"}
    for change in diff.changes:
        detail = f"  {change.detail}" if change.detail else ""
        say((marks[change.what], styles[change.what]), f" {change.kind} {change.name}", (detail, "faint"))
    for agent in found.unseated:
        now = f"sits at {agent.after} then" if agent.after else "loses the seat"
        say(("!", "error"), f" {agent.agent_name} (slot {agent.slot_index}, {agent.before}) {now}")
    if diff.is_same:
        print(f"{found.theme_id} is the same as in {url}.")
    elif diff.needs_bump:
        note(f"Published: {diff.before_version}; here: {diff.after_version}. These are {diff.advice.value} changes: "
             f"make it {diff.advised_version} (--bump).")  # fmt: skip
    else:
        note(f"Published: {diff.before_version}; here: {diff.after_version}, which fits {diff.advice.value} changes.")


def _diff_json(found: PublishedDiff, *, bumped: bool) -> dict[str, Any]:
    diff = found.diff
    if diff is None:
        return {"themeId": found.theme_id, "published": None, "changes": [], "unseated": []}
    return {
        "themeId": found.theme_id,
        "published": diff.before_version,
        "here": diff.after_version,
        "complete": found.is_complete,
        "changes": [
            {"what": change.what, "kind": change.kind, "name": change.name, "detail": change.detail}
            for change in diff.changes
        ],
        "unseated": [
            {"slotIndex": agent.slot_index, "agentId": agent.agent_id, "agentName": agent.agent_name,
             "before": agent.before, "after": agent.after}
            for agent in found.unseated
        ],
        "bound": found.bound,
        "advice": {"bump": diff.advice.value, "version": diff.advised_version, "needed": diff.needs_bump,
                   "written": bumped},
    }  # fmt: skip


# -- history -------------------------------------------------------------------------------------------------
def configure_history(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="id of the theme")
    parser.add_argument("--json", action="store_true", help="print the list as JSON")
    add_office_options(parser)
    parser.epilog = (
        "The last five bundles that went from this computer to an office are kept.\n\n"
        "example:\n  office-studio theme history my-loft"
    )


def run_history(args: argparse.Namespace) -> int:
    check_id(args.id)
    url, _ = resolve_office(args)
    kept = BundleHistory(url).kept(args.id)
    if args.json:
        print_json([
            {"themeId": each.theme_id, "name": each.name, "version": each.version, "sha256": each.sha256,
             "sizeBytes": each.size_bytes, "uploadedAt": each.uploaded_at_ms, "path": str(each.path)}
            for each in kept
        ])  # fmt: skip
        return 0
    rows = [
        (datetime.fromtimestamp(each.uploaded_at_ms / 1000).astimezone().strftime("%Y-%m-%d %H:%M"), each.version,
         f"{each.size_bytes / 1e6:.1f} MB", each.sha256[:12])
        for each in kept
    ]  # fmt: skip
    print_table(("UPLOADED", "VERSION", "SIZE", "SHA-256"), rows, f"No bundle of {args.id} is kept for {url}.")
    return 0


def configure_republish(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="id of the theme")
    parser.add_argument("--sha", metavar="SHA", default="", help="beginning of the SHA-256 (default: the newest)")
    parser.add_argument("--json", action="store_true", help="print what the office stored as JSON")
    add_office_options(parser)
    parser.epilog = "example:\n  office-studio theme republish my-loft --sha 3f9a12"


def run_republish(args: argparse.Namespace) -> int:
    check_id(args.id)
    url, credentials = resolve_office(args)
    kept = BundleHistory(url).find(args.id, args.sha)
    tell_outcome(asyncio.run(send_bundle(url, credentials, kept.path)), url, as_json=args.json)
    return 0
