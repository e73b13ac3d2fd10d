"""``doctor``: versions, rendering, paths, keyring and office at a glance, to read or to send with a report."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib import metadata
from typing import Any

from office_studio import __version__, paths
from office_studio.cli.output import print_json

_PACKAGES = ("PySide6", "httpx", "httpx-sse", "starlette", "uvicorn", "sqlalchemy", "jsonschema", "pillow", "trimesh")


def configure(parser: argparse.ArgumentParser) -> None:
    from office_studio.cli.office_options import add_office_options

    parser.epilog = "example:\n  office-studio doctor --json"
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_office_options(parser)


def run(args: argparse.Namespace) -> int:
    report = {
        "versions": _versions(),
        "rendering": _rendering(),
        "paths": _paths(),
        "checks": _checks(),
        "secrets": _keyring(),
        "office": _office(args),
    }
    if args.json:
        print_json(report)
        return 0
    for section, facts in report.items():
        print(section.capitalize())
        for name, value in facts.items():
            print(f"  {name:<20} {value}")
    return 0


def _versions() -> dict[str, str]:
    found = {"office-studio": __version__, "python": platform.python_version(), "system": platform.platform()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "missing"
    return found


def _rendering() -> dict[str, Any]:
    display = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    if sys.platform.startswith("linux") and not display:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    try:
        from PySide6.QtGui import QGuiApplication
    except ImportError as error:
        return {"error": f"Qt cannot be loaded: {error}"}
    app = QGuiApplication.instance() or QGuiApplication([])
    assert isinstance(app, QGuiApplication)
    screens = [
        f"{screen.size().width()}×{screen.size().height()} at {screen.devicePixelRatio():g}×"
        for screen in app.screens()
    ]
    return {
        "platform": app.platformName(),
        "display": display or ("none" if sys.platform.startswith("linux") else "native"),
        "screens": ", ".join(screens),
        "2d": "raster, no GPU needed",
    }


def _paths() -> dict[str, str]:
    return {
        "bundled": str(paths.bundled_dir()),
        "themes": str(paths.bundled_themes_dir()),
        "data": str(paths.data_dir()),
        "config": str(paths.config_dir()),
        "cache": str(paths.cache_dir()),
        "log": str(paths.log_dir()),
        "fonts": "present"
        if any((paths.resources_dir() / "fonts").glob("*.ttf"))
        else "missing, the system font is used",
    }


def _checks() -> dict[str, str]:
    from office_studio.services.gltf_validator import validator_state

    return {"glTF-Validator": validator_state()}


def _keyring() -> dict[str, str]:
    import keyring

    backend = keyring.get_keyring()
    usable = backend.priority > 0
    return {"keyring": backend.name, "usable": "yes" if usable else "no: tokens are kept for one run only"}


def _office(args: argparse.Namespace) -> dict[str, Any]:
    import asyncio

    from office_studio.cli.office_options import resolve_office
    from office_studio.errors import OfficeStudioError
    from office_studio.services.office_client import OfficeClient

    try:
        url, credentials = resolve_office(args)
    except OfficeStudioError as error:
        return {"office": "none", "reason": str(error)}

    async def ask() -> dict[str, Any]:
        client = OfficeClient(url, credentials)
        try:
            healthy = await client.health()
            agents = await client.agents()
            return {"url": url, "reachable": True, "plugin connected": healthy, "agents": len(agents)}
        except OfficeStudioError as error:
            return {"url": url, "reachable": False, "reason": str(error)}
        finally:
            await client.aclose()

    return asyncio.run(ask())
