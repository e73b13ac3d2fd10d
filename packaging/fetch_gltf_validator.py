"""Fetch the Khronos glTF-Validator: ``resources/vendor/gltf-validator``. Called by set-up and by the wheel build.

Third-party code is not kept in the repository, so the pinned npm package is downloaded once, checked against its
digest and unpacked: the script, its licence and its notices. Idempotent. Standard library only.

The registry is npm's own, or the one that ``npm_config_registry`` (or ``NPM_CONFIG_REGISTRY``) or ``npm`` itself names.
``--from FILE`` takes a package that was downloaded elsewhere. Nothing is run.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

NAME, VERSION = "gltf-validator", "2.0.0-dev.3.10"
SHA512 = "odJ4k0tRkGXiDGn78yDBg+fBbAIvBnXxh3RwAta0emSxGtyagFE8B4xELB1oYe3S5RD8Ci3uZAsZaascH2LAEQ=="
FILES = ("gltf_validator.dart.js", "LICENSE", "NOTICES")
DEFAULT_OUT = Path(__file__).resolve().parents[1] / "resources" / "vendor" / NAME
_STAMP = "package.json"  # written last: which version lies there, in which integrity
_DEFAULT_REGISTRY = "https://registry.npmjs.org"
_MAX_BYTES = 8 << 20
_TIMEOUT_S = 30
_TRIES = 2


class CannotFetch(Exception):
    """Why the validator is not there, in one sentence."""


def fetch(out: Path = DEFAULT_OUT, package: Path | None = None) -> bool:
    """Put the validator into ``out``; False when it was there already.

    Args:
        package: The npm package as a file; None downloads it.
    Raises:
        CannotFetch: it cannot be had, or it is not the one we pinned. ``out`` is then as it was.
    """
    if is_current(out):
        return False
    try:
        data = package.read_bytes() if package is not None else _download()
        _check(data)
        _unpack(data, out)
    except OSError as error:
        raise CannotFetch(f"{error.filename or out}: {error.strerror or error}") from error
    return True


def is_current(out: Path = DEFAULT_OUT) -> bool:
    """Whether the pinned version lies in ``out``, whole."""
    try:
        stamp = json.loads((out / _STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return stamp == _stamp() and all((out / name).is_file() for name in FILES)


def _stamp() -> dict[str, str]:
    return {"name": NAME, "version": VERSION, "license": "Apache-2.0", "integrity": f"sha512-{SHA512}"}


def _download() -> bytes:
    url = f"{_registry()}/{NAME}/-/{NAME}-{VERSION}.tgz"
    if not url.startswith(("https://", "http://")):
        raise CannotFetch(f"the npm registry is no web address: {url}")
    for attempt in range(_TRIES):
        try:
            with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - the scheme is checked above
                return answer.read(_MAX_BYTES)
        except (urllib.error.URLError, OSError, ValueError) as error:
            if attempt + 1 == _TRIES:
                raise CannotFetch(f"{url} cannot be fetched: {getattr(error, 'reason', error)}") from error
    raise AssertionError


def _registry() -> str:
    for name in ("npm_config_registry", "NPM_CONFIG_REGISTRY"):
        if os.environ.get(name):
            return os.environ[name].rstrip("/")
    npm = shutil.which("npm")
    if npm is not None:
        try:
            asked = [npm, "config", "get", "registry"]
            said = subprocess.run(asked, capture_output=True, text=True, timeout=20).stdout.strip()
        except (OSError, subprocess.SubprocessError):
            said = ""
        if said.startswith("http"):
            return said.rstrip("/")
    return _DEFAULT_REGISTRY


def _check(data: bytes) -> None:
    digest = base64.b64encode(hashlib.sha512(data).digest()).decode()
    if digest != SHA512:
        raise CannotFetch(f"the package is not {NAME} {VERSION}: its SHA-512 is {digest}")


def _unpack(data: bytes, out: Path) -> None:
    """Write beside and move, so that an interrupted run leaves no half folder that looks whole."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".fetch-") as folder:
        fresh = Path(folder) / NAME
        fresh.mkdir()
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            for name in FILES:
                member = archive.extractfile(f"package/{name}")
                if member is None:
                    raise CannotFetch(f"the package holds no {name}")
                (fresh / name).write_bytes(member.read())
        (fresh / _STAMP).write_text(json.dumps(_stamp(), indent=1) + "\n", encoding="utf-8")
        if out.exists():
            shutil.rmtree(out)
        fresh.replace(out)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=DEFAULT_OUT, help="folder (default: resources/vendor/…)")
    parser.add_argument("--from", dest="package", type=Path, help=f"{NAME}-{VERSION}.tgz instead of downloading it")
    parser.add_argument("--optional", action="store_true", help="end with 0 even when it cannot be fetched")
    args = parser.parse_args()
    try:
        is_new = fetch(args.out, args.package)
    except CannotFetch as error:
        print(f"glTF-Validator: {error}", file=sys.stderr)
        print(
            "Models are then checked by our own structural checks only. Try again with: "
            "python packaging/fetch_gltf_validator.py",
            file=sys.stderr,
        )
        return 0 if args.optional else 1
    if is_new:
        print(f"glTF-Validator {VERSION} in {args.out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
