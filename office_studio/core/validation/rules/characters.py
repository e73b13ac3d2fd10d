"""Rules on characters, their atlas and seat overlays. 2D theme format, section 21.4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from office_studio.core.theme.atlas import GRID_COLUMNS, GRID_ROWS, Atlas, json_atlas
from office_studio.core.theme.color import parse_color
from office_studio.core.theme.files import is_safe_name
from office_studio.core.theme.model import Characters, Direction
from office_studio.core.theme.reading import Reader, is_number
from office_studio.core.theme.sections import read_characters
from office_studio.core.validation.images import empty_cells
from office_studio.core.validation.rule import E, Hit, I, W, rule
from office_studio.core.validation.rules.layout import is_whole
from office_studio.core.validation.subject import IMAGE_EXTENSIONS, Subject, escape, extension, texts
from office_studio.errors import AssetError

_STATUSES = ("working", "idle", "blocked", "collaborating")
_MIN_TARGET = 44
_AT = "/characters"


def _characters(subject: Subject) -> Mapping[str, Any]:
    return {} if subject.is_3d else subject.section("characters")


@dataclass(frozen=True, slots=True)
class _AtlasUse:
    """One JSON atlas of the theme, read."""

    name: str
    pointer: str
    atlas: Atlas | None
    problem: AssetError | None


def _atlas_names(subject: Subject) -> Iterator[tuple[str, str]]:
    """Pointer and file of the atlas and its variants, each file once."""
    characters = _characters(subject)
    variants = characters.get("variants")
    listed = [(f"{_AT}/atlas", characters.get("atlas"))]
    listed += [(f"{_AT}/variants/{i}", v) for i, v in enumerate(variants if isinstance(variants, list) else ())]
    seen: set[str] = set()
    for pointer, name in listed:
        if isinstance(name, str) and name and name not in seen:
            seen.add(name)
            yield pointer, name


def _json_atlases(subject: Subject) -> Iterator[_AtlasUse]:
    model = read_characters(Reader(), subject.document)
    for pointer, name in _atlas_names(subject):
        if extension(name) != "json" or name not in subject.names or subject.files is None:
            continue
        try:
            yield _AtlasUse(name, pointer, json_atlas(subject.files.read(name), name, model), None)
        except AssetError as error:
            yield _AtlasUse(name, pointer, None, error)


def _grid(subject: Subject) -> tuple[str, int, int] | None:
    """File and cell size of an image sheet."""
    characters = _characters(subject)
    name, width, height = (characters.get(key) for key in ("atlas", "frameWidth", "frameHeight"))
    if not isinstance(name, str) or extension(name) not in IMAGE_EXTENSIONS:
        return None
    if not (is_whole(width) and is_whole(height)):
        return None
    assert isinstance(width, int)
    assert isinstance(height, int)
    return (name, width, height) if width > 0 and height > 0 else None


@rule("T2D-CHAR-MISSING", E, "SEED", "characters configuration is required")
def characters_missing(subject: Subject) -> Iterator[Hit]:
    if not subject.is_3d and not subject.section("characters"):
        yield Hit(_AT)


@rule("T2D-CHAR-ATLAS-EMPTY", W, "ZOD", "No sprite sheet: agents appear as round avatars")
def atlas_empty(subject: Subject) -> Iterator[Hit]:
    characters = _characters(subject)
    if characters and characters.get("atlas") in (None, ""):
        yield Hit(f"{_AT}/atlas")


@rule("T2D-CHAR-ATLAS-EXT", E, "ZOD", 'unsupported atlas format ".{ext}"', "Use png, jpg, jpeg, webp or json.")
def atlas_extension(subject: Subject) -> Iterator[Hit]:
    for pointer, name in _atlas_names(subject):
        if extension(name) not in (*IMAGE_EXTENSIONS, "json"):
            yield Hit(pointer, {"ext": extension(name)})


@rule("T2D-CHAR-ATLAS-JSON", I, "ZOD", "Upstream expects an image sheet here; it cannot draw a JSON atlas")
def atlas_json(subject: Subject) -> Iterator[Hit]:
    if extension(str(_characters(subject).get("atlas", ""))) == "json":
        yield Hit(f"{_AT}/atlas")


@rule("T2D-CHAR-FRAME", E, "ZOD", "frameWidth and frameHeight must be positive")
def frame_size(subject: Subject) -> Iterator[Hit]:
    characters = _characters(subject)
    if not characters.get("atlas"):
        return
    for key in ("frameWidth", "frameHeight"):
        value = characters.get(key)
        if not is_whole(value) or value < 1:  # type: ignore[operator]
            yield Hit(f"{_AT}/{key}")


@rule("T2D-ATLAS-GRID-SMALL", E, "PIXI", "The sheet must hold 4 columns and 4 rows of {w}×{h}; it is {iw}×{ih} px")
def grid_small(subject: Subject) -> Iterator[Hit]:
    grid = _grid(subject)
    facts = subject.facts(grid[0]) if grid else None
    if grid and facts and facts.is_usable:
        _, width, height = grid
        if facts.width < GRID_COLUMNS * width or facts.height < GRID_ROWS * height:
            args = {"w": width, "h": height, "iw": facts.width, "ih": facts.height}
            # A whole row is enough to draw with here: missing rows borrow it. The old renderer needed all four.
            drawable = facts.width >= GRID_COLUMNS * width and facts.height >= height
            yield Hit(f"{_AT}/atlas", args, file=grid[0], severity=W if drawable else E)


@rule("T2D-ATLAS-GRID-REST", I, "P", "{n} px of the sheet are unused")
def grid_rest(subject: Subject) -> Iterator[Hit]:
    grid = _grid(subject)
    facts = subject.facts(grid[0]) if grid else None
    if grid and facts and facts.is_usable:
        rest = max(facts.width % grid[1], facts.height % grid[2])
        if rest:
            yield Hit(f"{_AT}/atlas", {"n": rest}, file=grid[0])


@rule("T2D-ATLAS-ALPHA", W, "DOC", "Sprite sheets need transparency")
def atlas_alpha(subject: Subject) -> Iterator[Hit]:
    for pointer, name in _sheets(subject):
        facts = subject.facts(name)
        if facts and facts.is_usable and not facts.has_alpha:
            yield Hit(pointer, file=name)


@rule("T2D-ATLAS-POT", I, "DOC", "{w}×{h} is not a power of two")
def atlas_power_of_two(subject: Subject) -> Iterator[Hit]:
    for pointer, name in _sheets(subject):
        facts = subject.facts(name)
        if facts and facts.is_usable and any(side & (side - 1) for side in (facts.width, facts.height)):
            yield Hit(pointer, {"w": facts.width, "h": facts.height}, file=name)


def _sheets(subject: Subject) -> Iterator[tuple[str, str]]:
    """Pointer and picture of every atlas, image sheets and the pictures of JSON atlases."""
    for pointer, name in _atlas_names(subject):
        if extension(name) in IMAGE_EXTENSIONS:
            yield pointer, name
    for use in _json_atlases(subject):
        if use.atlas is not None:
            yield use.pointer, use.atlas.image


@rule("T2D-ATLAS-ROWEMPTY", W, "P", "Row {r} of the sheet has empty frames")
def grid_row_empty(subject: Subject) -> Iterator[Hit]:
    grid = _grid(subject)
    facts = subject.facts(grid[0]) if grid else None
    if not (grid and facts and facts.is_usable and subject.files is not None):
        return
    name, width, height = grid
    columns, rows = min(GRID_COLUMNS, facts.width // width), min(GRID_ROWS, facts.height // height)
    kind = f"cells {width}×{height}"
    cells = subject.fact(kind, name, lambda data: empty_cells(data, width, height, columns, rows))
    for row in sorted({row for row, _ in cells or ()}):
        yield Hit(f"{_AT}/atlas", {"r": row}, file=name)


@rule("T2D-ATLAS-JSONREF", E, "P", "{why}")
def atlas_reference(subject: Subject) -> Iterator[Hit]:
    for use in _json_atlases(subject):
        if use.problem is not None:
            yield Hit(use.pointer, {"why": use.problem.message}, file=use.name)
        elif use.atlas is not None and use.atlas.image not in subject.names:
            yield Hit(use.pointer, {"why": f'atlas image "{use.atlas.image}" not found'}, file=use.name)


@rule("T2D-ATLAS-FRAMES", E, "DOC", 'frame "{name}" is missing', "Export the atlas again, or correct states.")
def atlas_frames(subject: Subject) -> Iterator[Hit]:
    model = read_characters(Reader(), subject.document)
    for use in _json_atlases(subject):
        if use.atlas is not None:
            yield from _missing_frames(model, use)


def _missing_frames(model: Characters, use: _AtlasUse) -> Iterator[Hit]:
    assert use.atlas is not None
    for state, rule_ in model.states.items():
        for direction in model.directions or (Direction.DOWN,):
            for index in range(min(rule_.frames, 200)):
                name = f"{rule_.prefix}-{direction}-{index}"
                if name not in use.atlas.frames:
                    yield Hit(f"{_AT}/states/{escape(state)}", {"name": name}, file=use.name)
                    break  # one finding a state and direction is enough


@rule("T2D-ATLAS-RECT", E, "P", 'frame "{name}" exceeds the image')
def atlas_rect(subject: Subject) -> Iterator[Hit]:
    for use in _json_atlases(subject):
        facts = subject.facts(use.atlas.image) if use.atlas else None
        if use.atlas is None or facts is None or not facts.is_usable:
            continue
        for frame in use.atlas.frames.values():
            if frame.rect.x + frame.rect.width > facts.width or frame.rect.y + frame.rect.height > facts.height:
                yield Hit(use.pointer, {"name": frame.name}, file=use.name)


@rule("T2D-CHAR-ANCHOR", W, "ZOD", "anchor should be within 0–1")
def anchor(subject: Subject) -> Iterator[Hit]:
    characters = _characters(subject)
    value = characters.get("anchor")
    inside = isinstance(value, dict) and all(is_number(v := value.get(key)) and 0 <= v <= 1 for key in ("x", "y"))
    if characters and not inside:
        yield Hit(f"{_AT}/anchor")


@rule("T2D-CHAR-HIT", W, "ZOD", "hitArea is incomplete")
def hit_area(subject: Subject) -> Iterator[Hit]:
    characters = _characters(subject)
    area = characters.get("hitArea")
    if characters and not _is_whole_area(area):
        yield Hit(f"{_AT}/hitArea")


def _is_whole_area(area: Any) -> bool:
    if not isinstance(area, dict):
        return False
    needed = {"rect": ("width", "height"), "circle": ("radius",)}.get(str(area.get("type")))
    return needed is not None and all(is_number(v := area.get(key)) and v > 0 for key in needed)


@rule("T2D-CHAR-HIT-SMALL", W, "DOC", "click area is small: less than 44 units")
def hit_area_small(subject: Subject) -> Iterator[Hit]:
    area = _characters(subject).get("hitArea")
    if _is_whole_area(area):
        assert isinstance(area, dict)
        sides = (area["radius"] * 2,) if area["type"] == "circle" else (area["width"], area["height"])
        if min(sides) < _MIN_TARGET:
            yield Hit(f"{_AT}/hitArea")


@rule("T2D-CHAR-NAMETAG", W, "ZOD", "nameTag incomplete; defaults apply")
def name_tag(subject: Subject) -> Iterator[Hit]:
    characters = _characters(subject)
    if not characters:
        return
    tag = characters.get("nameTag")
    whole = isinstance(tag, dict) and is_number(tag.get("offsetY")) and isinstance(tag.get("font"), str)
    if not whole or not all(parse_color(subject.section("nameTag", characters).get(k)) for k in ("color", "bgColor")):
        yield Hit(f"{_AT}/nameTag")


@rule("T2D-CHAR-BADGE", E, "LOADER", "statusBadge.colors is required")
def badge(subject: Subject) -> Iterator[Hit]:
    characters = _characters(subject)
    if characters and not isinstance(subject.section("statusBadge", characters).get("colors"), dict):
        yield Hit(f"{_AT}/statusBadge/colors")


def _badge_colors(subject: Subject) -> Mapping[str, Any]:
    return subject.section("colors", subject.section("statusBadge", _characters(subject)))


@rule("T2D-CHAR-BADGE-KEYS", W, "PIXI", "Use working, idle, blocked, collaborating as colour keys")
def badge_keys(subject: Subject) -> Iterator[Hit]:
    colors = _badge_colors(subject)
    if colors and not any(key in colors for key in _STATUSES):
        yield Hit(f"{_AT}/statusBadge/colors")


@rule("T2D-CHAR-BADGE-COLOR", W, "PIXI", 'colour "{v}" is not understood upstream')
def badge_color(subject: Subject) -> Iterator[Hit]:
    for key, value in _badge_colors(subject).items():
        if parse_color(value) is None or len(str(value).lstrip("#")) == 3:
            yield Hit(f"{_AT}/statusBadge/colors/{escape(key)}", {"v": str(value)[:40]})


@rule("T2D-CHAR-STATES", W, "DOC", "states should contain idle and working")
def states(subject: Subject) -> Iterator[Hit]:
    characters = _characters(subject)
    if characters and not {"idle", "working"} <= set(subject.section("states", characters)):
        yield Hit(f"{_AT}/states")


@rule("T2D-CHAR-STATE-VAL", E, "ZOD", 'state "{s}" is incomplete')
def state_values(subject: Subject) -> Iterator[Hit]:
    for name, state in subject.section("states", _characters(subject)).items():
        if not _is_whole_state(state):
            yield Hit(f"{_AT}/states/{escape(name)}", {"s": name})


def _is_whole_state(state: Any) -> bool:
    if (
        not isinstance(state, dict)
        or not isinstance(state.get("prefix"), str)
        or not isinstance(state.get("loop"), bool)
    ):
        return False
    frames, fps = state.get("frames"), state.get("fps")
    return isinstance(frames, int) and is_whole(frames) and frames > 0 and is_number(fps) and fps > 0


@rule("T2D-CHAR-STATE-GRID", I, "PIXI", 'The sheet always provides 4 frames; state "{s}" asks for {n}')
def state_grid(subject: Subject) -> Iterator[Hit]:
    if _grid(subject) is None:
        return
    for name, state in subject.section("states", _characters(subject)).items():
        if isinstance(state, dict) and is_whole(state.get("frames")) and state["frames"] != GRID_COLUMNS:
            yield Hit(f"{_AT}/states/{escape(name)}/frames", {"s": name, "n": state["frames"]})


@rule("T2D-CHAR-DIRS", W, "ZOD", "directions may contain up, down, left, right")
def directions(subject: Subject) -> Iterator[Hit]:
    characters = _characters(subject)
    value = characters.get("directions")
    if characters and not (isinstance(value, list) and all(item in tuple(Direction) for item in value)):
        yield Hit(f"{_AT}/directions", severity=None if value is None else E)


def _overlays(subject: Subject) -> Iterator[tuple[str, str, Any]]:
    """Pointer, seat id and pictures by status."""
    for seat_id, by_status in subject.section("seatSprites", _characters(subject)).items():
        yield f"{_AT}/seatSprites/{escape(seat_id)}", seat_id, by_status


@rule("T2D-SEATSPRITE-SEAT", E, "P", 'seatSprites names unknown seat "{id}"')
def overlay_seat(subject: Subject) -> Iterator[Hit]:
    seats = texts(((at, seat) for at, seat, _ in subject.seats()), "id")
    for at, seat_id, _ in _overlays(subject):
        if seat_id not in seats:
            yield Hit(at, {"id": seat_id})


@rule("T2D-SEATSPRITE-STATUS", W, "P", '"{k}" is not an agent status')
def overlay_status(subject: Subject) -> Iterator[Hit]:
    for at, _, by_status in _overlays(subject):
        for key in by_status if isinstance(by_status, dict) else ():
            if key not in _STATUSES:
                yield Hit(f"{at}/{escape(key)}", {"k": key})


@rule("T2D-SEATSPRITE-IDLE", W, "PIXI", 'Seat "{id}" needs an idle picture as fallback')
def overlay_idle(subject: Subject) -> Iterator[Hit]:
    for at, seat_id, by_status in _overlays(subject):
        if not (isinstance(by_status, dict) and by_status.get("idle")):
            yield Hit(at, {"id": seat_id})


@rule("T2D-SEATSPRITE-EMPTY", E, "P", "picture list is empty")
def overlay_empty(subject: Subject) -> Iterator[Hit]:
    for at, _, by_status in _overlays(subject):
        if not isinstance(by_status, dict):
            yield Hit(at)
            continue
        for key, names in by_status.items():
            if not isinstance(names, list) or not names:
                yield Hit(f"{at}/{escape(key)}")


@rule("T2D-SEATSPRITE-COUNT", I, "PIXI", "Upstream shows only the first two pictures")
def overlay_count(subject: Subject) -> Iterator[Hit]:
    for at, _, by_status in _overlays(subject):
        for key, names in by_status.items() if isinstance(by_status, dict) else ():
            if isinstance(names, list) and len(names) > 2:
                yield Hit(f"{at}/{escape(key)}")


def _overlay_facts(subject: Subject) -> Iterator[tuple[str, str, Any]]:
    for reference in subject.references():
        if reference.pointer.startswith(f"{_AT}/seatSprites/") and is_safe_name(reference.value):
            facts = subject.facts(reference.value)
            if facts and facts.is_usable:
                yield reference.pointer, reference.value, facts


@rule("T2D-SEATSPRITE-SIZE", W, "P", "overlay must cover the whole canvas")
def overlay_size(subject: Subject) -> Iterator[Hit]:
    size = subject.canvas_size
    for pointer, name, facts in _overlay_facts(subject):
        if size and abs(facts.width / facts.height / (size[0] / size[1]) - 1) > 0.005:
            yield Hit(pointer, file=name)


@rule("T2D-SEATSPRITE-ALPHA", W, "P", "overlay hides the room: it has no transparency")
def overlay_alpha(subject: Subject) -> Iterator[Hit]:
    for pointer, name, facts in _overlay_facts(subject):
        if not facts.has_alpha:
            yield Hit(pointer, file=name)
