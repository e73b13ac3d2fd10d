"""Cases of the rules on characters, furniture, effects, sound and quality."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.core.validation import samples
from tests.unit.core.validation.cases import Case, E, W, both, drop, file, put
from tests.unit.core.validation.samples import Sample, effect, furniture, picture

PLANT = file("plant.png", picture(32, 32, "RGBA"))
SPRITE = both(put("furniture", [furniture()]), PLANT)
EFFECT = both(put("effects", [effect()]), PLANT)
PULSE = put("effects", [effect(animation={"type": "pulse", "minOpacity": 0, "maxOpacity": 1})])
AUDIO = both(put("audio", {"ambient": {"src": "hum.wav", "volume": 0.5, "loop": True}}),
             file("hum.wav", samples.sound()))  # fmt: skip
OVERLAY = both(
    put("characters/seatSprites", {"desk-1": {"idle": ["over.png"]}}), file("over.png", picture(640, 360, "RGBA"))
)

RECT = {"x": 0, "y": 0, "w": 32, "h": 32}


def _atlas(sample: Sample, *, image: str = "figures.png", rect: dict[str, Any] = RECT, leave_out: str = "") -> None:
    names = [f"char-{state}-{d}-{i}" for state in ("idle", "working") for d in ("up", "down", "left", "right")
             for i in range(4)]  # fmt: skip
    frames = {
        name: {"frame": rect, "sourceSize": {"w": 32, "h": 32}, "spriteSourceSize": RECT}
        for name in names
        if name != leave_out
    }
    meta = {"image": image, "format": "RGBA8888", "size": {"w": 128, "h": 128}, "scale": "1"}
    sample.document["characters"]["atlas"] = "figures.json"
    sample.files.pop("sheet.png", None)
    sample.files["figures.json"] = json.dumps({"frames": frames, "meta": meta}).encode()
    sample.files["figures.png"] = picture(128, 128, "RGBA")


CHARACTERS = [
    Case("T2D-CHAR-MISSING", "/characters", put("characters", {})),
    Case("T2D-CHAR-ATLAS-EMPTY", "/characters/atlas", put("characters/atlas", "")),
    Case("T2D-CHAR-ATLAS-EXT", "/characters/atlas", put("characters/atlas", "sheet.tga")),
    Case("T2D-CHAR-ATLAS-JSON", "/characters/atlas", _atlas),
    Case("T2D-CHAR-FRAME", "/characters/frameWidth", put("characters/frameWidth", 0)),
    Case("T2D-ATLAS-GRID-SMALL", "/characters/atlas", file("sheet.png", picture(64, 128, "RGBA"))),
    Case("T2D-ATLAS-GRID-REST", "/characters/atlas", file("sheet.png", picture(130, 128, "RGBA"))),
    Case("T2D-ATLAS-ALPHA", "/characters/atlas", file("sheet.png", picture(128, 128))),
    Case("T2D-ATLAS-POT", "/characters/atlas", file("sheet.png", picture(160, 128, "RGBA")), level=W),
    Case("T2D-ATLAS-ROWEMPTY", "/characters/atlas", file("sheet.png", picture(128, 128, "RGBA", filled=False)),
         level=None),
    Case("T2D-ATLAS-JSONREF", "/characters/atlas", lambda s: _atlas(s, image="lost.png"), setup=_atlas),
    Case("T2D-ATLAS-FRAMES", "/characters/states/idle", lambda s: _atlas(s, leave_out="char-idle-up-0"), setup=_atlas),
    Case("T2D-ATLAS-RECT", "/characters/atlas", lambda s: _atlas(s, rect=RECT | {"w": 400}), setup=_atlas),
    Case("T2D-CHAR-ANCHOR", "/characters/anchor", put("characters/anchor/x", 2)),
    Case("T2D-CHAR-HIT", "/characters/hitArea", drop("characters/hitArea/width")),
    Case("T2D-CHAR-HIT-SMALL", "/characters/hitArea", put("characters/hitArea/width", 20)),
    Case("T2D-CHAR-NAMETAG", "/characters/nameTag", put("characters/nameTag/color", "no colour")),
    Case("T2D-CHAR-BADGE", "/characters/statusBadge/colors", drop("characters/statusBadge/colors")),
    Case("T2D-CHAR-BADGE-KEYS", "/characters/statusBadge/colors",
         put("characters/statusBadge/colors", {"busy": "#fff000"})),
    Case("T2D-CHAR-BADGE-COLOR", "/characters/statusBadge/colors/idle",
         put("characters/statusBadge/colors/idle", "#fff")),
    Case("T2D-CHAR-STATES", "/characters/states", drop("characters/states/working")),
    Case("T2D-CHAR-STATE-VAL", "/characters/states/idle", put("characters/states/idle/fps", 0)),
    Case("T2D-CHAR-STATE-GRID", "/characters/states/idle/frames", put("characters/states/idle/frames", 6)),
    Case("T2D-CHAR-DIRS", "/characters/directions", put("characters/directions", ["up", "north"]), level=E),
    Case("T2D-SEATSPRITE-SEAT", "/characters/seatSprites/desk-9",
         put("characters/seatSprites/desk-9", {"idle": ["over.png"]}),
         setup=OVERLAY),
    Case("T2D-SEATSPRITE-STATUS", "/characters/seatSprites/desk-1/busy",
         put("characters/seatSprites/desk-1/busy", ["over.png"]), setup=OVERLAY),
    Case("T2D-SEATSPRITE-IDLE", "/characters/seatSprites/desk-1",
         put("characters/seatSprites/desk-1", {"working": ["over.png"]}), setup=OVERLAY),
    Case("T2D-SEATSPRITE-EMPTY", "/characters/seatSprites/desk-1/working",
         put("characters/seatSprites/desk-1/working", []), setup=OVERLAY),
    Case("T2D-SEATSPRITE-COUNT", "/characters/seatSprites/desk-1/idle",
         put("characters/seatSprites/desk-1/idle", ["over.png"] * 3), setup=OVERLAY),
    Case("T2D-SEATSPRITE-SIZE", "/characters/seatSprites/desk-1/idle/0", file("over.png", picture(640, 300, "RGBA")),
         setup=OVERLAY),
    Case("T2D-SEATSPRITE-ALPHA", "/characters/seatSprites/desk-1/idle/0", file("over.png", picture(640, 360)),
         setup=OVERLAY),
]  # fmt: skip

OBJECTS = [
    Case("T2D-FURN-FIELDS", "/furniture/0/width", put("furniture/0/width", 0), setup=SPRITE),
    Case("T2D-FURN-DUP", "/furniture/1/id", lambda s: s.document["furniture"].append(furniture()), setup=SPRITE),
    Case("T2D-FURN-LAYER", "/furniture/0/layer", put("furniture/0/layer", "attic"), setup=SPRITE),
    Case("T2D-FURN-OUTSIDE", "/furniture/0", put("furniture/0/x", 5000), setup=SPRITE),
    Case("T2D-FURN-TOOLTIP", "/furniture/0", put("furniture/0/tooltip", "A plant"), setup=SPRITE),
    Case("T2D-FURN-UPSTREAM", "/furniture", SPRITE, setup=EFFECT),
    Case("T2D-ANIM-TYPE", "/effects/0/animation/type", put("effects/0/animation/type", "spin"),
         setup=both(EFFECT, PULSE)),
    Case("T2D-ANIM-RANGE", "/effects/0/animation/maxOpacity", put("effects/0/animation/maxOpacity", 2),
         setup=both(EFFECT, PULSE)),
    Case("T2D-ANIM-MINMAX", "/effects/0/animation/minOpacity",
         both(put("effects/0/animation/minOpacity", 0.9), put("effects/0/animation/maxOpacity", 0.1)),
         setup=both(EFFECT, PULSE)),
    Case("T2D-FX-FIELDS", "/effects/0/opacity", put("effects/0/opacity", 2), setup=EFFECT),
    Case("T2D-FX-LAYER", "/effects/0/layer", put("effects/0/layer", "attic"), setup=EFFECT),
    Case("T2D-FX-BLEND", "/effects/0/blendMode", put("effects/0/blendMode", "glow"), setup=EFFECT),
    Case("T2D-AUDIO-FIELDS", "/audio/ambient/volume", put("audio/ambient/volume", 2), setup=AUDIO),
    Case("T2D-AUDIO-EXT", "/audio/ambient/src", put("audio/ambient/src", "hum.flac"), setup=AUDIO),
    Case("T2D-AUDIO-SIZE", "/audio/ambient/src", file("hum.wav", samples.sound() + bytes(6_000_000)), setup=AUDIO),
    Case("T2D-AUDIO-MAGIC", "/audio/ambient/src", file("hum.ogg", samples.sound()),
         setup=both(AUDIO, put("audio/ambient/src", "hum.ogg"), file("hum.ogg", b""))),
    Case("T2D-AUDIO-BROKEN", "/audio/ambient/src", file("hum.wav", b"RIFF\0\0\0\0WAVE"), setup=AUDIO),
    Case("T2D-BUDGET-AUDIO", "/audio/ambient/src", file("hum.wav", samples.sound(181)), setup=AUDIO),
    Case("T2D-QUALITY-PAIR", "/quality", put("quality", {"high": {}}),
         setup=put("quality", {"high": {}, "performance": {}})),
    Case("T2D-QUALITY-HINT", "/quality/high/renderer/pixelRatio", put("quality/high/renderer", {"pixelRatio": 9}),
         setup=put("quality", {"high": {}, "performance": {}})),
]  # fmt: skip
