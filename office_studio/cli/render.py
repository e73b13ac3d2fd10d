"""``office-studio render``: a picture of an office, without a window."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from office_studio.cli.output import note, print_json
from office_studio.core.office.live import LiveAgent
from office_studio.core.office.model import Agent, AgentStatus, Binding
from office_studio.core.office.seating import slot_count
from office_studio.errors import UsageError
from office_studio.paths import bundled_themes_dir
from office_studio.services.theme_loader import LoadedTheme, load_theme

_EXAMPLES = """examples:
  office-studio render cozy-loft -o office.png
  office-studio render my-theme.zip --agents agents.json --size 1920x1080 --at 2.5 -o office.png
  office-studio render themes/cozy-loft --json -o office.png

An agents file is a JSON list of {"id", "name", "status", "online", "emoji", "color", "currentTask",
"collaboratingWith"}; "slot" puts an agent on a slot, without it they are bound in order."""
_SIZE = re.compile(r"(\d{2,5})[x×](\d{2,5})\Z")
_MAX_PIXELS = 64_000_000
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EXAMPLES
    parser.add_argument("theme", metavar="THEME", help="id of a bundled theme, theme folder, theme.json or zip")
    parser.add_argument("--agents", metavar="FILE", type=Path, help="JSON list of agents to draw")
    parser.add_argument("--size", metavar="WxH", default="1280x720", help="size of the view (default %(default)s)")
    parser.add_argument("--scale", metavar="F", type=float, default=1.0, help="device pixels per view pixel")
    parser.add_argument("--at", metavar="SECONDS", type=float, default=0.0, help="time since the office appeared")
    parser.add_argument("--select", metavar="AGENT", help="draw this agent as selected")
    parser.add_argument("--reference", action="store_true", help="draw as the old web renderer did (not yet)")
    parser.add_argument("--json", action="store_true", help="print what is on the picture as JSON")
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help="picture to write (.png)")


def run(args: argparse.Namespace) -> int:
    size = _size(args.size, args.scale)
    if args.at < 0:
        raise UsageError("RENDER_TIME", "--at must not be negative.", "Give seconds since the office appeared.")
    loaded = load_theme(find_theme(args.theme))
    agents, bindings, looks = read_agents(args.agents, slot_count(loaded.theme)) if args.agents else ((), (), {})
    image, dump = _draw(loaded, agents, bindings, size, args, looks)
    args.output.parent.mkdir(parents=True, exist_ok=True)
    if not image.save(str(args.output)):
        raise UsageError("RENDER_WRITE", f"{args.output} cannot be written.", "Use a .png, .jpg or .webp file name.")
    for finding in dump["findings"]:
        note(f"{finding['severity']}: {finding['message']} [{finding['rule']}]")
    if args.json:
        print_json(dump)
    else:
        note(f"Wrote {args.output}, {image.width()} × {image.height()} px.")
    return 0


def find_theme(name: str) -> Path:
    """A path, or the folder of a bundled theme of that id."""
    path = Path(name)
    if path.exists() or "/" in name or "\\" in name or path.suffix:
        return path
    bundled = bundled_themes_dir() / name
    if bundled.is_dir():
        return bundled
    known = sorted(p.name for p in bundled_themes_dir().glob("*") if (p / "theme.json").is_file())
    raise UsageError(
        "THEME_UNKNOWN",
        f"There is no theme “{name}”, neither here nor among the bundled ones.",
        f"Give a folder, a theme.json or a zip, or one of: {', '.join(known)}.",
    )


def _draw(
    loaded: LoadedTheme,
    agents: tuple[LiveAgent, ...],
    bindings: tuple[Binding, ...],
    size: tuple[int, int],
    args: argparse.Namespace,
    looks: dict[str, tuple[str, str]],
) -> tuple[Any, dict[str, Any]]:
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in _DISPLAYS):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from office_studio.ui.render.offscreen import render_still

    app = QApplication.instance() or QApplication(["office-studio"])
    assert app is not None
    return render_still(
        loaded, agents, bindings, size, args.scale, args.at, args.reference, looks=looks, selected=args.select
    )


def _size(text: str, scale: float) -> tuple[int, int]:
    found = _SIZE.match(text)
    if found is None:
        raise UsageError("RENDER_SIZE", f"“{text}” is not a size.", "Write width x height, e.g. 1280x720.")
    width, height = int(found[1]), int(found[2])
    if not 0.1 <= scale <= 8 or width * height * scale * scale > _MAX_PIXELS:
        raise UsageError(
            "RENDER_SIZE", f"{text} at scale {scale} is too large or too small.", "Stay below 64 megapixels."
        )
    return width, height


def read_agents(
    path: Path, slots: int
) -> tuple[tuple[LiveAgent, ...], tuple[Binding, ...], dict[str, tuple[str, str]]]:
    """Agents of a file, their bindings, and emoji and colour by id. Raises UsageError AGENTS_FILE."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise UsageError("AGENTS_FILE", f"{path} cannot be read: {exc.strerror}.") from exc
    except ValueError as exc:
        raise UsageError("AGENTS_FILE", f"{path} is not JSON: {exc}.", "See --help for the form.") from exc
    if not isinstance(data, list):
        raise UsageError("AGENTS_FILE", f"{path} must hold a list of agents.", "See --help for the form.")
    agents, bindings, looks = [], [], {}
    for number, item in enumerate(data):
        agent, slot, look = _agent(item, number, path)
        agents.append(agent)
        looks[agent.id] = look
        wanted = number if slot is None else slot
        if wanted < slots:
            bindings.append(Binding(wanted, agent.id, agent.agent.name))
    return tuple(agents), tuple(bindings), looks


def _agent(item: Any, number: int, path: Path) -> tuple[LiveAgent, int | None, tuple[str, str]]:
    where = f"{path}, agent {number + 1}"
    if not isinstance(item, dict) or not isinstance(item.get("id"), str) or not item["id"]:
        raise UsageError("AGENTS_FILE", f"{where} has no id.", 'Write {"id": "ada", "name": "Ada", "status": "idle"}.')
    written = item.get("status", "idle")
    if written not in tuple(AgentStatus):
        known = ", ".join(AgentStatus)
        raise UsageError("AGENTS_FILE", f"{where}: “{written}” is not a status.", f"Known: {known}.")
    online = item.get("online", True) is not False
    status = AgentStatus(written) if online else AgentStatus.OFFLINE
    others = item.get("collaboratingWith") or ()
    agent = Agent(
        id=item["id"],
        name=str(item.get("name") or item["id"]),
        status=AgentStatus(written),
        online=online,
        current_task=_text(item.get("currentTask")),
        collaborating_with=tuple(str(other) for other in others) if isinstance(others, list) else (),
    )
    slot = item.get("slot")
    live = LiveAgent(agent=agent, status=status, status_since_ms=None, blocked_by=_text(item.get("blockedBy")) or "")
    look = (str(item.get("emoji") or ""), str(item.get("color") or ""))
    return live, slot if isinstance(slot, int) and not isinstance(slot, bool) and slot >= 0 else None, look


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
