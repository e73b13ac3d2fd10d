"""Which rectangle of a character atlas to draw: JSON Hash atlases and grid sheets. Format sections 3.1, 3.2, 11.3.

Coordinates are pixels of the atlas image, origin top left, unless they say canvas.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from office_studio.core.office.model import AgentStatus
from office_studio.core.theme.files import is_safe_name
from office_studio.core.theme.model import AnimationState, Characters, Direction, Point, Rect, ZoneType
from office_studio.core.theme.reading import is_number
from office_studio.errors import AssetError

FEET = Point(0.5, 1)  # anchor in the middle of the bottom edge
GRID_SIZE = 140.0  # canvas units a grid cell is drawn at, whatever its pixels (3.2)
MAX_SOURCE_PX = 4096  # side of a frame before trimming; the format's limit for whole pictures
MAX_PIVOT = 4.0  # frame sizes a pivot may lie off its frame; more is a slip
GRID_COLUMNS, GRID_ROWS = 4, 4
# Row, frames per second (3.2, 11.1). Blocked and idle use the idle row, working and collaborating the working row.
_GRID_STATES = {"idle": (0, 1.8), "blocked": (0, 1.8), "working": (1, 3.0)}
_GRID_LIKE = {"walking": "walk", "blocked": "idle"}  # whose fps, frames and loop count when a state has none of its own
_GRID_WALK_RIGHT, _GRID_WALK_LEFT, _GRID_WALK_FPS = 2, 3, 7.8

_CHAINS = {
    AgentStatus.WORKING: ("working", "idle"),
    AgentStatus.IDLE: ("idle",),
    AgentStatus.COLLABORATING: ("collaborating", "meeting", "working", "idle"),
    AgentStatus.BLOCKED: ("blocked", "working", "idle"),
    # Ours: a theme that can show sleepers shows those who are not there asleep at home, which reads at a glance.
    AgentStatus.OFFLINE: ("offline", "sleeping", "idle"),
    AgentStatus.UNBOUND: ("offline", "sleeping", "idle"),
}
_WALK_CHAIN = ("walking", "walk", "idle")
_MIRROR = {Direction.LEFT: Direction.RIGHT, Direction.RIGHT: Direction.LEFT}
_FRAME_NAME = re.compile(r"(?P<prefix>.+)-(?P<direction>up|down|left|right)-(?P<index>\d+)\Z")


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of the atlas and where it lies on the figure.

    ``rect`` is the region as stored; a rotated one is stored turned 90° clockwise (its rect has the stored size).
    ``offset`` is where the trimmed picture lies in the untrimmed one of ``source_width`` × ``source_height`` pixels.
    ``anchor``: foot point of this frame, 0..1 of the untrimmed picture; None: the atlas's.
    """

    name: str
    rect: Rect
    offset: Point
    source_width: float
    source_height: float
    rotated: bool = False
    anchor: Point | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """The frames of one state in one direction, in order. ``mirrored``: draw them flipped left to right."""

    state: str
    direction: Direction
    frames: tuple[Frame, ...]
    fps: float
    loop: bool = True
    mirrored: bool = False

    def index_at(self, elapsed_ms: float) -> int:
        """Frame to show ``elapsed_ms`` (>= 0) after the state began. Loops, or holds the last frame."""
        count = len(self.frames)
        step = int(max(0.0, elapsed_ms) * self.fps / 1000 + 1e-6)
        return step % count if self.loop else min(step, count - 1)

    def next_change_ms(self, elapsed_ms: float) -> float | None:
        """Elapsed time at which the frame changes next; None when it never does."""
        if len(self.frames) < 2:
            return None
        step = int(max(0.0, elapsed_ms) * self.fps / 1000 + 1e-6)
        if not self.loop and step >= len(self.frames) - 1:
            return None
        return (step + 1) * 1000 / self.fps


@dataclass(frozen=True, slots=True)
class Atlas:
    """Frames by state and direction, and the factor from atlas pixels to canvas units."""

    image: str  # name of the picture in the package
    clips: Mapping[tuple[str, Direction], Clip]
    frames: Mapping[str, Frame]
    units_per_px: float = 1.0
    anchor: Point = FEET  # of the untrimmed frame
    is_grid: bool = False
    problems: tuple[str, ...] = field(default=())

    def clip(self, states: Sequence[str], direction: Direction) -> Clip | None:
        """The first of ``states`` the atlas has, seen from ``direction``.

        A direction that is missing: left and right mirror each other, then ``down``, then any (3.1).
        """
        for state in states:
            for seen_from in (direction, Direction.DOWN, Direction.RIGHT, Direction.LEFT, Direction.UP):
                if clip := self.clips.get((state, seen_from)):
                    return clip
        return None

    def frame_for(self, states: Sequence[str], direction: Direction, elapsed_ms: float) -> tuple[Frame, bool] | None:
        """Frame to draw and whether it is mirrored; None when the atlas has none of the states."""
        clip = self.clip(states, direction)
        return None if clip is None else (clip.frames[clip.index_at(elapsed_ms)], clip.mirrored)

    def top_of(self, clip: Clip) -> float:
        """Height of the figure's topmost pixel above the foot point, canvas units, over all frames of the clip."""
        tops = (frame.source_height * (frame.anchor or self.anchor).y - frame.offset.y for frame in clip.frames)
        return max(tops, default=0.0) * self.units_per_px


def state_chain(status: AgentStatus, zone_type: ZoneType | None, *, walking: bool) -> tuple[str, ...]:
    """Names of states to try for an agent (11.3, decision 9)."""
    if walking:
        return _WALK_CHAIN
    if status is AgentStatus.IDLE and zone_type is ZoneType.LOUNGE:
        return ("coffee", "idle")
    return _CHAINS[status]


def json_atlas(source: bytes, name: str, characters: Characters) -> Atlas:
    """An atlas from TexturePacker's JSON (hash or array form). ``name`` is its path in the package.

    Raises AssetError: ATLAS_JSON, ATLAS_IMAGE, ATLAS_FRAMES.
    """
    try:
        data = json.loads(source.decode("utf-8-sig"))
    except (ValueError, RecursionError) as exc:
        place = f" at line {exc.lineno}, column {exc.colno}" if isinstance(exc, json.JSONDecodeError) else ""
        raise AssetError(
            "ATLAS_JSON", f"{name} is not valid JSON{place}.", "Export the atlas again.", file=name
        ) from exc
    meta = data.get("meta") if isinstance(data, dict) else None
    image = meta.get("image") if isinstance(meta, dict) else None
    if not is_safe_name(image):
        raise AssetError("ATLAS_IMAGE", f"{name} does not name its picture in meta.image.", "", file=name)
    frames, problems = _frames(data.get("frames"), name)
    if not frames:
        raise AssetError("ATLAS_FRAMES", f"{name} holds no usable frame.", "Export the atlas again.", file=name)
    assert isinstance(meta, dict)
    return Atlas(
        image=f"{name.rpartition('/')[0]}/{image}".lstrip("/"),
        clips=_clips(frames, characters.states),
        frames=frames,
        units_per_px=1 / _scale(meta.get("scale")),
        anchor=characters.anchor,
        problems=tuple(problems),
    )


def finer_name(name: str) -> str:
    """What an atlas with twice the pixels is called beside this one: ``people.json`` → ``people@2x.json``."""
    stem, dot, kind = name.rpartition(".")
    return f"{stem}@2x{dot}{kind}"


def finer_atlas(source: bytes, name: str, characters: Characters, base: Atlas) -> Atlas:
    """The atlas of ``finer_name``. Without a ``meta.scale`` of its own it holds twice the pixels of ``base``.

    Raises AssetError as ``json_atlas``.
    """
    atlas = json_atlas(source, name, characters)
    return atlas if atlas.units_per_px < base.units_per_px else replace(atlas, units_per_px=base.units_per_px / 2)


def grid_atlas(characters: Characters, image_width: int, image_height: int) -> Atlas:
    """An atlas over a 4 × 4 sheet (3.2). Cells outside the picture are left out.

    Raises AssetError ATLAS_GRID when not even one cell fits.
    """
    width, height = characters.frame_width, characters.frame_height
    columns = min(GRID_COLUMNS, image_width // width) if width > 0 else 0
    rows = min(GRID_ROWS, image_height // height) if height > 0 else 0
    if columns < 1 or rows < 1:
        raise AssetError(
            "ATLAS_GRID",
            f"The sheet {characters.atlas} ({image_width} × {image_height} px) holds no cell of {width} × {height} px.",
            "Correct characters.frameWidth and frameHeight, or the picture.",
            file=characters.atlas,
        )
    clips: dict[tuple[str, Direction], Clip] = {}

    def add(state: str, direction: Direction, row: int, fps: float) -> None:
        if row >= rows:
            return
        own = characters.states.get(state) or characters.states.get(_GRID_LIKE.get(state, ""))
        count = min(columns, own.frames) if own else columns
        cells = tuple(_cell(row, column, width, height) for column in range(max(1, count)))
        clips[(state, direction)] = Clip(state, direction, cells, own.fps if own else fps, own.loop if own else True)

    for state, (row, fps) in _GRID_STATES.items():
        add(state, Direction.DOWN, row, fps)
    add("walking", Direction.RIGHT, _GRID_WALK_RIGHT, _GRID_WALK_FPS)
    add("walking", Direction.LEFT, _GRID_WALK_LEFT, _GRID_WALK_FPS)
    _add_mirrors(clips)
    return Atlas(
        image=characters.atlas,
        clips=clips,
        frames={frame.name: frame for clip in clips.values() for frame in clip.frames},
        units_per_px=GRID_SIZE / max(width, height),
        anchor=FEET,
        is_grid=True,
    )


def _cell(row: int, column: int, width: int, height: int) -> Frame:
    return Frame(f"{row}-{column}", Rect(column * width, row * height, width, height), Point(0, 0), width, height)


def _add_mirrors(clips: dict[tuple[str, Direction], Clip]) -> None:
    """Give every state that has only one of left and right the other one, flipped."""
    for (state, direction), clip in list(clips.items()):
        other = _MIRROR.get(direction)
        if other is not None and (state, other) not in clips:
            clips[(state, other)] = Clip(state, other, clip.frames, clip.fps, clip.loop, mirrored=True)


def _scale(written: object) -> float:
    try:
        value = float(written) if isinstance(written, str | int | float) else 1.0
    except ValueError:
        return 1.0
    return value if 0.01 <= value <= 100 else 1.0


def _frames(data: object, name: str) -> tuple[dict[str, Frame], list[str]]:
    """Usable frames by name, and a sentence for each that is not."""
    if isinstance(data, list):
        pairs = [(item.get("filename"), item) for item in data if isinstance(item, dict)]
    elif isinstance(data, dict):
        pairs = list(data.items())
    else:
        return {}, [f"{name} has no frames."]
    frames, problems = {}, []
    for key, item in pairs:
        frame = _frame(str(key), item)
        if frame is None:
            problems.append(f'Frame "{key}" of {name} has no usable rectangle.')
        else:
            frames[_stem(str(key))] = frame
    return frames, problems


def _stem(key: str) -> str:
    """Frame names may carry the file extension of the picture they came from."""
    return re.sub(r"\.(png|webp|jpe?g)\Z", "", key, flags=re.IGNORECASE)


def _frame(key: str, item: Any) -> Frame | None:
    if not isinstance(item, dict):
        return None
    box = _numbers(item.get("frame"), ("x", "y", "w", "h"))
    if box is None or box[2] <= 0 or box[3] <= 0 or box[0] < 0 or box[1] < 0:
        return None
    rotated = item.get("rotated") is True
    x, y, w, h = box
    source = _numbers(item.get("sourceSize"), ("w", "h")) or (w, h)
    inside = _numbers(item.get("spriteSourceSize"), ("x", "y")) or (0.0, 0.0)
    if not all(0.5 <= side <= MAX_SOURCE_PX for side in source) or max(map(abs, inside)) > MAX_SOURCE_PX:
        return None  # the picture before trimming is made in memory, so a few bytes must not ask for gigabytes
    rect = Rect(x, y, h, w) if rotated else Rect(x, y, w, h)
    # TexturePacker writes "pivot", PixiJS reads "anchor"; both are fractions of the untrimmed picture.
    pivot = _numbers(item.get("anchor"), ("x", "y")) or _numbers(item.get("pivot"), ("x", "y"))
    anchor = Point(*pivot) if pivot is not None and max(map(abs, pivot)) <= MAX_PIVOT else None
    return Frame(_stem(key), rect, Point(inside[0], inside[1]), source[0], source[1], rotated, anchor)


def _numbers(data: object, keys: tuple[str, ...]) -> tuple[float, ...] | None:
    if not isinstance(data, dict):
        return None
    values = tuple(float(value) for key in keys if is_number(value := data.get(key)))
    return values if len(values) == len(keys) else None


def _clips(frames: Mapping[str, Frame], states: Mapping[str, AnimationState]) -> dict[tuple[str, Direction], Clip]:
    by_clip: dict[tuple[str, Direction], dict[int, Frame]] = {}
    for name, frame in frames.items():
        if found := _FRAME_NAME.match(name):
            key = (found["prefix"], Direction(found["direction"]))
            by_clip.setdefault(key, {})[int(found["index"])] = frame
    clips: dict[tuple[str, Direction], Clip] = {}
    for state, rule in states.items():
        for direction in Direction:
            numbered = by_clip.get((rule.prefix, direction), {})
            chosen = tuple(numbered[i] for i in sorted(numbered) if i < rule.frames)
            if chosen:
                clips[(state, direction)] = Clip(state, direction, chosen, rule.fps, rule.loop)
    _add_mirrors(clips)
    return clips
