"""``theme unpack``, and zips that are named by a web address instead of a path."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from office_studio.cli.output import note, print_json
from office_studio.cli.terminal import Pace, megabytes, progress

_EPILOG = """Whole into a folder that is not there yet, or nothing at all. Names that lead out of it, links, and zips
that are larger inside than they say are refused.

examples:
  office-studio theme unpack my-loft.zip
  office-studio theme unpack https://example.com/my-loft.zip --dir work/my-loft"""


def path_or_address(text: str) -> Path | str:
    """For argparse: a web address stays text, for a path would lose one of its slashes."""
    return text if text.lower().startswith(("http://", "https://")) else Path(text)


@contextmanager
def local_bundle(source: Path | str) -> Iterator[Path]:
    """The path itself, or that of a zip that was fetched and goes at the end. Raises what fetching raises."""
    if isinstance(source, Path):
        yield source
        return
    from office_studio.services.bundle_unpacker import bundle_name, fetch_bundle

    pace = Pace(time.monotonic)
    with tempfile.TemporaryDirectory(prefix="office-studio-") as folder:
        target = Path(folder) / f"{bundle_name(source)}.zip"
        with progress("Fetching") as bar:

            def fetched(done: int, total: int) -> None:
                speed = pace.note(done)
                left = (total - done) / speed if speed and total else None
                bar.show("Fetching", done, total, megabytes(done, total, speed, left))

            fetch_bundle(source, target, fetched)
        yield target


def configure_unpack(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.add_argument("source", metavar="ZIP|URL", type=path_or_address, help="zip, or the web address of one")
    parser.add_argument("--dir", metavar="DIR", type=Path, help="folder to make (default: named after the zip)")
    parser.add_argument("--json", action="store_true", help="print what was unpacked as JSON")


def run_unpack(args: argparse.Namespace) -> int:
    from office_studio.services.bundle_unpacker import bundle_name, unpack_bundle

    folder = args.dir or Path(args.source.stem if isinstance(args.source, Path) else bundle_name(args.source))
    with local_bundle(args.source) as bundle, progress("Unpacking"):
        names = unpack_bundle(bundle, folder)
    if args.json:
        print_json({"path": str(folder), "files": list(names)})
    else:
        print(folder)
        note(f"{len(names)} files.")
    return 0
