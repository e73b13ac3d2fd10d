"""Cases of the rules on 3D themes."""

from __future__ import annotations

import math

from office_studio.core.validation.report import Severity
from tests.unit.core.validation import samples
from tests.unit.core.validation.cases import BACK, Case, Change, E, both, drop, file, put
from tests.unit.core.validation.samples import model, picture


# -- 3D ---------------------------------------------------------------------------------------------------------
def _space(rule: str, where: str, spoil: Change, setup: Change = lambda s: None, level: Severity | None = None) -> Case:
    return Case(rule, where, spoil, setup, samples.space, level)


def _skin(joints: int) -> bytes:
    nodes = [{"name": "Root", "mesh": 0, "skin": 0}, *({"name": f"Bone{i}"} for i in range(joints))]
    return model(1, samples.CLIPS, nodes=nodes, skins=[{"joints": list(range(1, joints + 1))}])


def _image_model(width: int) -> bytes:
    import base64

    uri = "data:image/png;base64," + base64.b64encode(picture(width, 8)).decode()
    return model(4, images=[{"name": "wood", "uri": uri}])


def _triangles(count: int) -> bytes:
    accessors = [
        {"componentType": 5126, "count": 3 * count, "type": "VEC3", "min": [-2, 0, -2], "max": [2, 4, 2]},
        {"componentType": 5125, "count": 3 * count, "type": "SCALAR"},
    ]
    return model(4, accessors=accessors)


def _extension(key: str, name: str) -> bytes:
    return model(4, **{key: [name]})


SPOT = put("lighting/spot", {"color": "0xffffff", "intensity": 1, "position": [0, 3, 0], "angle": 0.5})
QUALITY = put("quality", {"high": {}, "performance": {}})
IDLE_MODEL = both(put("character/idleModel", "calm.glb"), file("calm.glb", model(1, ("breathe",))))
BARE = {"meshes": [{"name": "Wall", "primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}]}
METAL = {"materials": [{"name": "Steel", "pbrMetallicRoughness": {"metallicFactor": 1}}]}
PRIMITIVE = {"attributes": {"POSITION": 0}, "indices": 1, "material": 0}
SPACE = [
    _space("T3D-ROOM-MISSING", "/room/model", drop("room")),
    _space("T3D-LEGACY-FURNITURE", "/furniture",
           both(drop("room"), put("furniture", [{"id": "d", "sprite": "room.glb"}]))),
    _space("T3D-RENDERER-MISSING", "/renderer", drop("renderer")),
    _space("T3D-PATH-UNSAFE", "/room/model", put("room/model", "../room.glb")),
    _space("T3D-MODEL-EXT", "/room/model", put("room/model", "room.obj")),
    _space("T3D-IMAGE-EXT", f"/{BACK}", put(BACK, "room.gif")),
    _space("T3D-FILE-MISSING", "/room/model", put("room/model", "lost.glb")),
    _space("T3D-FILE-CASE", "/room/model", put("room/model", "Room.glb"), level=E),
    _space("T3D-GLB-SIZE-HIGH", "/room/model",
           file("room.glb", samples.glb({"asset": {"version": "2.0"}}, bytes(53_000_000)))),
    _space("T3D-GLB-SIZE-PERF", "/quality/performance/room/model",
           file("light.glb", samples.glb({"asset": {"version": "2.0"}}, bytes(22_000_000))),
           setup=both(put("quality/performance/room/model", "light.glb"), file("light.glb", model(4)))),
    _space("T3D-GLB-PERF-FALLBACK", "/room/model",
           file("room.glb", samples.glb({"asset": {"version": "2.0"}}, bytes(22_000_000)))),
    _space("T3D-QUALITY-PAIR", "/quality/high/room/model",
           put("quality/high/room", {"model": "room.glb"}), setup=QUALITY),
    _space("T3D-QUALITY-RANGE", "/quality/high/renderer/lighting", put("quality/high/renderer", {"lighting": "some"}),
           setup=QUALITY),
    _space("T3D-VEC3", "/room/scale", put("room/scale", [1, 1])),
    _space("T3D-SCALE-ZERO", "/room/scale", put("room/scale", [1, 0, 1])),
    _space("T3D-HEIGHT", "/character/height", put("character/height", 0)),
    _space("T3D-CAM-TYPE", "/camera/type", put("camera/type", "fisheye")),
    _space("T3D-CAM-PERSPECTIVE", "/camera/type", put("camera/type", "perspective")),
    _space("T3D-CAM-POSITIVE", "/camera/zoom", put("camera/zoom", 0)),
    _space("T3D-CAM-DEGENERATE", "/camera/position", put("camera/position", [0, 0, 0])),
    _space("T3D-CAM-FAR", "/camera/position", file("room.glb", model(400))),
    _space("T3D-CAM-FRUSTUM-IGNORED", "/camera/frustum", put("camera/frustum", 8)),
    _space("T3D-ZOOM-LIMITS", "/camera/zoom", put("camera/zoom", 5)),
    _space("T3D-LIGHT-RANGE", "/lighting/spot/penumbra", put("lighting/spot/penumbra", 2), setup=SPOT),
    _space("T3D-LIGHT-ANGLE-WIDE", "/lighting/spot/angle", put("lighting/spot/angle", math.pi - 0.1), setup=SPOT),
    _space("T3D-LIGHT-DARK", "/lighting", put("lighting/ambient/intensity", 0.1)),
    _space("T3D-COLOR-INVALID", "/lighting/ambient/color", put("lighting/ambient/color", "sunny")),
    _space("T3D-COLOR-FORM", "/lighting/ambient/color", put("lighting/ambient/color", "#ffffff")),
    _space("T3D-CHARACTER-MODEL", "/character/model", drop("character/model")),
    _space("T3D-CHAR-MISSING", "/character", drop("character")),
    _space("T3D-ANIM-UNKNOWN-CLIP", "/character/animations/idle", put("character/animations/idle", "Idle.001")),
    _space("T3D-ANIM-MISSING-IDLE", "/character/animations", file("figure.glb", model(1, samples.CLIPS[1:]))),
    _space("T3D-ANIM-MISSING-WALK", "/character/animations",
           file("figure.glb", model(1, (*samples.CLIPS[:1], *samples.CLIPS[2:])))),
    _space("T3D-ANIM-MISSING-STATE", "/character/animations", file("figure.glb", model(1, samples.CLIPS[:-1]))),
    _space("T3D-ANIM-DUP", "/character/animations/idle", put("character/animations/run", "idle")),
    _space("T3D-ANIM-KEY-UNKNOWN", "/character/animations/juggle", put("character/animations/juggle", "idle")),
    _space("T3D-IDLE-BONES", "/character/idleModel",
           file("calm.glb", model(1, ("breathe",), nodes=[{"name": "Spine", "mesh": 0}])), setup=IDLE_MODEL),
    _space("T3D-POS-KEY", "/character/positions/roof", put("character/positions/roof", [0, 0, 0])),
    _space("T3D-POS-OUTSIDE", "/character/positions/desk", put("character/positions/desk", [9, 0, 0])),
    _space("T3D-POS-MISSING", "/character/positions", drop("character/positions/bed")),
    _space("T3D-GLB-INVALID", "file:room.glb", file("room.glb", b"glTF")),
    _space("T3D-GLB-DOUBTFUL", "file:room.glb", file("room.glb", model(4, meshes=[]))),
    _space("T3D-GLB-EXT-REQUIRED", "file:room.glb",
           file("room.glb", _extension("extensionsRequired", "EXT_lights_ies"))),
    _space("T3D-GLB-EXT-USED", "file:room.glb", file("room.glb", _extension("extensionsUsed", "KHR_xmp_json_ld"))),
    _space("T3D-GLTF-EXTERNAL", "file:room.glb", file("room.glb", model(4, images=[{"uri": "wood.png"}]))),
    _space("T3D-GLB-DEFMAT", "file:room.glb", file("room.glb", model(4, **BARE))),
    _space("T3D-GLB-METAL", "file:room.glb", file("room.glb", model(4, **METAL))),
    _space("T3D-GLB-TRIS", "/room/model",
           file("room.glb", _triangles(500_001)), setup=file("room.glb", _triangles(500_000))),
    _space("T3D-GLB-TEX", "file:room.glb",
           file("room.glb", _image_model(5000)), setup=file("room.glb", _image_model(64))),
    _space("T3D-GLB-BONES", "file:figure.glb", file("figure.glb", _skin(129)), setup=file("figure.glb", _skin(128))),
    _space("T3D-GLB-CAMERA-LIGHT", "file:room.glb", file("room.glb", model(4, cameras=[{"type": "perspective"}]))),
    _space("T3D-BUDGET-TRIANGLES", "",
           file("room.glb", _triangles(300_001)), setup=file("room.glb", _triangles(299_998))),
    _space("T3D-BUDGET-DRAWS", "", file("room.glb", model(4, meshes=[{"primitives": [PRIMITIVE] * 600}]))),
    _space("T3D-BUDGET-JOINTS", "/character/model", file("figure.glb", _skin(65)), setup=file("figure.glb", _skin(64))),
    _space("T3D-BUDGET-CLIPS", "/character/model",
           file("figure.glb", model(1, (*samples.CLIPS, *(f"clip{i}" for i in range(40)))))),
    _space("T3D-BG-MISSING", f"/{BACK}", drop(BACK)),
    _space("T3D-CANVAS", "/canvas/width", put("canvas/width", 0)),
    _space("T3D-SUBDIR", "/room/model",
           both(put("room/model", "models/room.glb"), file("models/room.glb", model(4)))),
]  # fmt: skip
