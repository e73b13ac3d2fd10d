"""``theme upload``, ``theme list``, ``theme delete``: the themes of an office."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from office_studio.cli.office_options import add_office_options, ask_office, resolve_office
from office_studio.cli.output import note, print_json, print_table
from office_studio.core.validation.upload import (
    MAX_MANIFEST_BYTES,
    UploadProblem,
    check_assets,
    check_entry_name,
    check_manifest,
    is_theme_id,
)
from office_studio.errors import ApiError, PackageError, UsageError
from office_studio.services.theme_client import ThemeClient, ThemeSummary, UploadResult
from office_studio.services.theme_loader import open_files, read_manifest
from office_studio.services.theme_packer import pack_theme

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
    with bundle_of(args.path) as (manifest, bundle):

        async def send() -> tuple[UploadResult, ThemeSummary | None]:
            async with ThemeClient(url, credentials) as client:
                themes = {theme.id: theme for theme in await client.list()}
                shows = sys.stderr.isatty() and not args.json
                result = await client.upload(manifest, bundle, _show_progress if shows else None)
                if shows:
                    print(file=sys.stderr)
                return result, themes.get(result.theme_id)

        result, replaced = ask_office(send())
    if result.confirmed_later:
        note("The connection broke after sending; the office has the theme all the same.")
    if args.json:
        body = {"themeId": result.theme_id, "name": result.name, "version": result.version}
        print_json({**body, "replacedVersion": replaced.version if replaced else None, "office": url})
    else:
        instead = f", instead of version {replaced.version}" if replaced else ""
        print(f"{result.name} {result.version} ({result.theme_id}) is in {url}{instead}.")
    return 0


@contextmanager
def bundle_of(path: Path) -> Iterator[tuple[bytes, Path]]:
    """Manifest and zip of a theme, checked as an office will; a folder is packed into a temporary zip.

    Raises:
        PackageError: THEME_WOULD_BE_REFUSED, and what opening a theme raises.
    """
    if path.is_file() and path.suffix.lower() != ".json":
        yield _checked_zip(path), path
        return
    with tempfile.TemporaryDirectory(prefix="office-studio-") as folder:
        bundle = Path(folder) / "theme.zip"
        pack_theme(path, bundle)
        yield _checked_zip(bundle), bundle


def _checked_zip(path: Path) -> bytes:
    """The manifest of a zip that an office will take."""
    files = open_files(path)
    manifest = read_manifest(files, path)
    if len(manifest) > MAX_MANIFEST_BYTES:
        raise PackageError("THEME_TOO_LARGE", "theme.json is larger than 256 KB.", "Shorten it.")
    facts = check_manifest(manifest)
    if isinstance(facts, UploadProblem):
        raise _refused(path, facts)
    names = [name for name in files.names if not name.endswith("/")]
    problem = next(filter(None, map(check_entry_name, names)), None) or check_assets(facts, names)
    if problem is not None:
        raise _refused(path, problem)
    return manifest


def _refused(path: Path, problem: UploadProblem) -> PackageError:
    where = problem.entry or problem.pointer
    return PackageError(
        "THEME_WOULD_BE_REFUSED",
        f"An office would refuse {path.name or path}: {problem.text}" + (f" (at {where})" if where else ""),
        "Run “office-studio theme validate” for everything that is to mend.",
        rule=problem.code,
        pointer=problem.pointer,
        entry=problem.entry,
    )


def _show_progress(done: int, size: int) -> None:
    print(f"\r{done / 1e6:.1f} of {size / 1e6:.1f} MB sent ", end="", file=sys.stderr, flush=True)


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
    if not is_theme_id(args.id):
        raise UsageError("THEME_ID_INVALID", f"Not an id of a theme: {args.id}", "Ids look like my-cool-theme.")
    url, credentials = resolve_office(args)
    _confirm(args.id, url, asked_not=args.yes)

    async def act() -> None:
        async with ThemeClient(url, credentials) as client:
            await client.delete(args.id)

    ask_office(act())
    if args.json:
        print_json({"deleted": args.id})
    else:
        print(f"{args.id} is gone from {url}.")
    return 0


def _confirm(theme_id: str, url: str, *, asked_not: bool) -> None:
    """Anybody signed in may delete any theme, so nobody does it by a slip of the keyboard."""
    if asked_not:
        return
    if not sys.stdin.isatty():
        raise UsageError("THEME_DELETE_UNCONFIRMED", f"{theme_id} is still there.", "Add --yes to delete it.")
    note(f"Delete {theme_id} from {url} for everybody? Type yes:")
    if sys.stdin.readline().strip().lower() != "yes":
        raise ApiError("THEME_DELETE_UNCONFIRMED", f"{theme_id} is still there.")
