"""Themes that are wrong, or too large, in one way each. Real files: pictures by Pillow, JSON, folders."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from tests.ui.render.conftest import manifest

Json = dict[str, Any]


@dataclass
class Hostile:
    """One theme. ``rules``: ids of findings of which each must be among what loading and checking report."""

    name: str
    document: Json = field(default_factory=manifest)
    files: dict[str, bytes] = field(default_factory=dict)
    rules: tuple[str, ...] = ()

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in {**sound_files(), **self.files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (folder / "theme.json").write_text(json.dumps(self.document), encoding="utf-8")
        return folder


CASES: dict[str, Callable[[], Hostile]] = {}


def case(*rules: str) -> Callable[[Callable[[Hostile], None]], Callable[[Hostile], None]]:
    def register(change: Callable[[Hostile], None]) -> Callable[[Hostile], None]:
        def make() -> Hostile:
            theme = Hostile(change.__name__, deepcopy(manifest()), {}, rules)
            change(theme)
            return theme

        CASES[change.__name__] = make
        return change

    return register


def picture(size: tuple[int, int], color: tuple[int, ...] = (200, 120, 40, 255), kind: str = "PNG") -> bytes:
    data = io.BytesIO()
    Image.new("RGBA" if len(color) == 4 else "RGB", size, color).save(data, kind)
    return data.getvalue()


def sound_files() -> dict[str, bytes]:
    """What ``conftest.manifest`` names."""
    sheet = Image.new("RGBA", (128, 128))
    for row, color in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]):
        for column in range(4):
            sheet.paste((*color, 255), (column * 32 + 8, row * 32 + 4, column * 32 + 24, row * 32 + 32))
    people = io.BytesIO()
    sheet.save(people, "PNG")
    return {
        "background.png": picture((400, 300), (40, 60, 80)),
        "preview.png": picture((640, 360), (40, 60, 80)),
        "people.png": people.getvalue(),
        "desk.png": picture((50, 40)),
        "glow.png": picture((60, 60), (255, 255, 255, 255)),
    }


def pieces(count: int, **more: Any) -> list[Json]:
    """Furniture on a grid over the canvas of 400 × 300."""
    columns = math.ceil(math.sqrt(count * 4 / 3))
    step = 400 / columns
    return [
        {"id": f"f{i}", "sprite": "desk.png", "layer": "furniture", "x": round(i % columns * step, 2),
         "y": round(i // columns * step, 2), "width": 8, "height": 6} | more
        for i in range(count)
    ]  # fmt: skip


def frame(x: float = 0, y: float = 0, w: float = 16, h: float = 16, **more: Any) -> Json:
    return {"frame": {"x": x, "y": y, "w": w, "h": h}} | more


def atlas(theme: Hostile, frames: Any, meta: Any = None) -> None:
    """Characters from a JSON atlas over the sheet."""
    theme.document["characters"]["atlas"] = "people.json"
    meta = {"image": "people.png"} if meta is None else meta
    theme.files["people.json"] = json.dumps({"frames": frames, "meta": meta}).encode()


# -- pictures --------------------------------------------------------------------------------------
@case("T2D-FILE-MISSING", "T2D-SPRITE-MISSING")
def every_picture_missing(theme: Hostile) -> None:
    document = theme.document
    document["canvas"]["background"]["image"] = "gone.png"
    document["characters"]["atlas"] = "nobody.png"
    document["furniture"][0]["sprite"] = "no-desk.png"
    document["effects"][0]["sprite"] = "no-glow.png"


@case("T2D-IMG-BROKEN")
def every_picture_damaged(theme: Hostile) -> None:
    for name, data in sound_files().items():
        theme.files[name] = data[: len(data) // 3]


@case("T2D-IMG-BROKEN")
def pictures_that_are_empty_or_text(theme: Hostile) -> None:
    theme.files |= {"desk.png": b"", "glow.png": b"<svg onload='x'/>", "people.png": b"\x89PNG\r\n\x1a\n"}


@case("T2D-IMG-MAGIC")
def a_jpeg_called_png(theme: Hostile) -> None:
    theme.files["background.png"] = picture((400, 300), (90, 140, 60), "JPEG")


@case("T2D-IMG-DIM")
def a_picture_above_the_limit(theme: Hostile) -> None:
    theme.files["background.png"] = picture((4097, 8), (90, 140, 60))


@case()
def pictures_of_4096_px(theme: Hostile) -> None:
    theme.files["background.png"] = picture((4096, 4096), (90, 140, 60))
    theme.files["desk.png"] = picture((4096, 4096))


@case("T2D-PATH-TRAVERSAL", "T2D-PATH-ABS")
def paths_that_lead_outside(theme: Hostile) -> None:
    theme.document["canvas"]["background"]["image"] = "../../../etc/passwd"
    theme.document["furniture"][0]["sprite"] = "/etc/passwd"
    theme.document["characters"]["atlas"] = "..\\people.png"


# -- atlases ---------------------------------------------------------------------------------------
@case("T2D-ATLAS-RECT")
def frames_outside_the_sheet(theme: Hostile) -> None:
    atlas(theme, {"i-down-0": frame(), "i-down-1": frame(x=120), "i-down-2": frame(x=1e300, y=-1e300)})


@case("T2D-ATLAS-FRAMES")
def frames_that_are_none(theme: Hostile) -> None:
    atlas(
        theme, {"i-down-0": frame(), "a": None, "b": [], "c": {"frame": {"x": "1"}}, "d": frame(w=0), "e": frame(w=-4)}
    )


@case("T2D-IMG-BROKEN")
def an_atlas_that_is_no_json(theme: Hostile) -> None:
    atlas(theme, {})
    theme.files["people.json"] = b'{"frames": {"i-down-0": '


@case("T2D-IMG-BROKEN")
def an_atlas_nested_without_end(theme: Hostile) -> None:
    atlas(theme, {})
    theme.files["people.json"] = b'{"frames": ' + b"[" * 100_000


@case("T2D-IMG-BROKEN")
def an_atlas_without_picture(theme: Hostile) -> None:
    atlas(theme, {"i-down-0": frame()}, meta={"image": 5})


@case("T2D-ATLAS-FRAMES")
def an_atlas_array_of_anything(theme: Hostile) -> None:
    atlas(theme, [None, 1, {"filename": "i-down-0.png"} | frame(), {"filename": None} | frame(), {"frame": 3}])


@case()
def an_atlas_without_alpha(theme: Hostile) -> None:
    theme.files["people.png"] = picture((128, 128), (200, 30, 30))


@case("T2D-ATLAS-GRID-SMALL")
def cells_larger_than_the_sheet(theme: Hostile) -> None:
    theme.document["characters"] |= {"frameWidth": 999, "frameHeight": 999}


@case()
def cells_of_one_pixel(theme: Hostile) -> None:
    theme.document["characters"] |= {"frameWidth": 1, "frameHeight": 1}


@case()
def twenty_thousand_frames(theme: Hostile) -> None:
    atlas(theme, {f"i-down-{i}": frame(x=i % 100, y=i % 97) for i in range(20_000)})
    theme.document["characters"]["states"]["idle"]["frames"] = 20_000


# -- states ----------------------------------------------------------------------------------------
@case()
def states_that_lead_round_and_round(theme: Hostile) -> None:
    states = ("idle", "working", "meeting", "blocked", "walking", "coffee", "offline")
    theme.document["characters"]["states"] = {
        name: {"prefix": states[(i + 1) % len(states)], "frames": 4, "fps": 2, "loop": True}
        for i, name in enumerate(states)
    }
    atlas(theme, {f"{name}-{side}-0": frame() for name in states[:2] for side in ("left", "right")})


@case("T2D-TYPE")
def states_unknown_and_senseless(theme: Hostile) -> None:
    theme.document["characters"]["states"] = {
        "dancing": {"prefix": "i", "frames": 4, "fps": 2, "loop": True},
        "": {"prefix": "", "frames": 1, "fps": 1, "loop": True},
        "idle": {"prefix": "i", "frames": -3, "fps": 0, "loop": "yes"},
        "working": {"prefix": "i", "frames": 10**30, "fps": 1e30, "loop": True},
        "blocked": 7,
    }


# -- room ------------------------------------------------------------------------------------------
@case("T2D-ZONE-BOUNDS")
def zones_without_size(theme: Hostile) -> None:
    theme.document["zones"][0]["bounds"] = {"x": 10, "y": 10, "width": 0, "height": 0}
    theme.document["zones"][1]["bounds"] = {"x": 10, "y": 10, "width": -5, "height": 50}


@case()
def seats_outside_the_canvas(theme: Hostile) -> None:
    seats = theme.document["zones"][0]["seats"]
    seats[0] |= {"x": -900, "y": 1_000_000}
    seats[1] |= {"x": 1e15, "y": -1e15}


@case()
def seats_all_in_one_place(theme: Hostile) -> None:
    theme.document["zones"][0]["seats"] = [{"id": f"d{i}", "x": 100, "y": 200, "direction": "down"} for i in range(200)]


@case("T2D-SEAT-DIR", "T2D-SEAT-XY")
def seats_of_the_wrong_kind(theme: Hostile) -> None:
    theme.document["zones"][0]["seats"] = [
        {"id": "d1", "x": 50, "y": 250, "direction": "sideways"}, {"id": "d1", "x": "x"}, None, 4, {}
    ]  # fmt: skip


@case()
def five_hundred_zones(theme: Hostile) -> None:
    theme.document["zones"] = [
        {"id": f"z{i}", "name": f"Zone {i}", "type": "work", "capacity": 1,
         "bounds": {"x": i % 25 * 16, "y": i // 25 * 15, "width": 15, "height": 14},
         "seats": [{"id": f"s{i}", "x": i % 25 * 16 + 8, "y": i // 25 * 15 + 13, "direction": "down"}]}
        for i in range(500)
    ]  # fmt: skip


@case("T2D-FURN-LAYER", "T2D-FX-LAYER")
def layers_that_do_not_exist(theme: Hostile) -> None:
    theme.document["layers"] = [{"id": "attic", "zIndex": 1e300}, {"id": "attic", "zIndex": -4}, {"zIndex": 3}, 9]
    theme.document["furniture"][0]["layer"] = "cellar"
    theme.document["effects"][0]["layer"] = "sky"


@case("T2D-FX-BLEND", "T2D-ANIM-TYPE")
def blends_and_animations_unknown(theme: Hostile) -> None:
    theme.document["effects"][0] |= {"blendMode": "dissolve", "animation": {"type": "explode"}}
    theme.document["furniture"][0]["animation"] = {"type": "spin", "interval": "often"}


@case("T2D-ANIM-RANGE")
def animations_faster_than_any_screen(theme: Hostile) -> None:
    fast = {"type": "flicker", "interval": 0.0001, "minOpacity": -3, "maxOpacity": 40}
    theme.document["furniture"][0]["animation"] = fast
    theme.document["effects"][0]["animation"] = {"type": "pulse", "duration": 1e-300, "minOpacity": 1, "maxOpacity": 0}
    theme.document["furniture"] += pieces(20, animation={"type": "sway", "duration": 0.0001, "angle": 1e300})
    theme.document["furniture"] += [
        piece | {"id": f"bob-{piece['id']}"}
        for piece in pieces(20, animation={"type": "bob", "duration": 1e-9, "distance": -1e300})
    ]


@case()
def twenty_thousand_pieces(theme: Hostile) -> None:
    theme.document["furniture"] = pieces(20_000)


@case()
def ten_thousand_moving_pieces(theme: Hostile) -> None:
    theme.document["furniture"] = pieces(
        10_000, sortY=True, interactive=True, tooltip="x", animation={"type": "pulse", "duration": 500}
    )


@case("T2D-FURN-FIELDS")
def furniture_without_measure(theme: Hostile) -> None:
    desk = theme.document["furniture"][0]
    theme.document["furniture"] = [
        desk | {"width": 0}, desk | {"width": -1}, desk | {"x": None}, desk | {"sprite": ""}, 5, None, [],
        desk | {"width": 1e308, "height": 1e308}, desk | {"x": 1e308, "y": -1e308}, desk | {"width": 1e-300},
        desk | {"anchor": {"x": 1e200, "y": -1e200}}, desk | {"id": {"a": 1}},
    ]  # fmt: skip


@case()
def effects_of_sixteen_thousand_units(theme: Hostile) -> None:
    glow = theme.document["effects"][0]
    theme.document["effects"] = [
        glow | {"id": f"g{i}", "x": -8000, "y": -8000, "width": 16_384, "height": 16_384, "blendMode": mode}
        for i, mode in enumerate(("screen", "add", "multiply", "overlay", "normal"))
    ]


# -- canvas ----------------------------------------------------------------------------------------
@case()
def a_canvas_of_one_unit(theme: Hostile) -> None:
    theme.document["canvas"] |= {"width": 1, "height": 1}


@case()
def a_canvas_of_16384_units(theme: Hostile) -> None:
    theme.document["canvas"] |= {"width": 16_384, "height": 16_384}


@case()
def a_canvas_like_a_thread(theme: Hostile) -> None:
    theme.document["canvas"] |= {"width": 1, "height": 1e9}


@case()
def a_canvas_beyond_counting(theme: Hostile) -> None:
    theme.document["canvas"] |= {"width": 1e12, "height": 1e15}


@case("T2D-TYPE")
def zooms_that_cannot_be(theme: Hostile) -> None:
    theme.document["viewport"] = {"minZoom": 1e-300, "maxZoom": 1e300, "defaultZoom": -3, "panBounds": "no"}


@case()
def zooms_the_wrong_way_round(theme: Hostile) -> None:
    theme.document["viewport"] = {"minZoom": 50, "maxZoom": 0.001, "defaultZoom": 1e9, "panBounds": False}


# -- labels ----------------------------------------------------------------------------------------
def name_tag(**more: Any) -> Json:
    return {"offsetY": -68, "font": "12px sans-serif", "color": "#fff", "bgColor": "rgba(0,0,0,0.5)",
            "padding": {"x": 6, "y": 2}, "borderRadius": 4, "maxWidth": 100} | more  # fmt: skip


@case()
def a_font_as_high_as_a_house(theme: Hostile) -> None:
    theme.document["characters"]["nameTag"] = name_tag(font="bold 900000px 'No Such Font'", maxWidth=1e9)


@case()
def a_name_tag_one_unit_wide(theme: Hostile) -> None:
    theme.document["characters"]["nameTag"] = name_tag(maxWidth=1, font="12px serif", padding={"x": -50, "y": 1e9})


@case()
def radii_of_a_planet(theme: Hostile) -> None:
    theme.document["characters"]["nameTag"] = name_tag(borderRadius=1e9, offsetY=1e9)
    theme.document["characters"]["statusBadge"] |= {"radius": 1e9, "offsetX": 1e9, "offsetY": -1e9}
    theme.document["characters"]["hitArea"] = {"type": "circle", "x": 0, "y": 0, "radius": 1e9}


@case()
def fonts_and_colors_that_are_none(theme: Hostile) -> None:
    theme.document["characters"]["nameTag"] = name_tag(font="'; DROP TABLE; 0px -1em", color="#12", bgColor="url(x)")
    theme.document["characters"]["statusBadge"]["colors"] = {"working": "no colour", "idle": "#ggg", "blocked": ""}
    theme.document["canvas"]["background"]["color"] = "0xZZZZZZ"


@case("T2D-SEATSPRITE-SEAT")
def seat_pictures_of_unknown_seats(theme: Hostile) -> None:
    theme.document["characters"]["seatSprites"] = {
        "nowhere": {"idle": ["desk.png"]}, "d1": {"flying": ["desk.png"], "idle": ["gone.png"], "working": []},
        "d2": {"idle": "desk.png"}, "s1": 4,
    }  # fmt: skip


@case()
def names_of_every_script(theme: Hostile) -> None:
    theme.document["name"] = "🏢" * 50
    theme.document["zones"][0] |= {"name": "قسم العمل 👩‍💻 " * 20, "id": "\u202eevil"}
    theme.document["zones"][1]["name"] = "\n\t\0 <b>bold</b> &amp; \u2028"
    theme.document["furniture"][0]["tooltip"] = "<img src=x onerror=alert(1)>" * 50


@case("T2D-TYPE")
def every_section_of_the_wrong_type(theme: Hostile) -> None:
    theme.document |= {"zones": 7, "layers": "all", "furniture": {}, "effects": None, "characters": [], "viewport": 1,
                       "audio": [], "quality": 3, "navigation": "here", "maxAgents": 1e30}  # fmt: skip


@case()
def navigation_that_leads_nowhere(theme: Hostile) -> None:
    far = [{"x": -1e300, "y": 1e300}, {"x": 1e300, "y": 0}, {"x": 0, "y": 1e300}]
    flat = [{"x": 5, "y": 5}] * 3
    theme.document["navigation"] = {
        "floor": [flat, far, [], "x", [{"x": 1}]],
        "obstacles": [[{"x": i, "y": i % 7} for i in range(5000)], far],
        "entrance": {"x": -1e300, "y": 1e300},
    }
