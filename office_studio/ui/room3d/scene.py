"""What the drawing process is told: a scene, and from frame to frame what changes in it. Qt-free, written as JSON.

World units, right-handed, +Y up, as glTF has it. Turns are degrees about +Y, 0 looks along +Z, 90 along +X. Colours are
sRGB, each channel 0 to 1; light is linear, intensity included, in the sense of three.js r183: a white matt wall under
ambient light of 1 shows 1/π.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Vec3 = tuple[float, float, float]
Rgb = tuple[float, float, float]

ORIGIN: Vec3 = (0.0, 0.0, 0.0)
ONES: Vec3 = (1.0, 1.0, 1.0)
BLACK: Rgb = (0.0, 0.0, 0.0)
MAX_SIDE = 8192  # of a picture, pixels


class Camera(msgspec.Struct, frozen=True, kw_only=True):
    """Looks from ``position`` to ``target``, upright.

    ``half_height``: half of the visible height at the target, world units, zoom included. With ``is_perspective`` the
    opening follows from it and the distance of the target.
    """

    position: Vec3
    target: Vec3
    half_height: float
    near: float = 0.1
    far: float = 200.0
    is_perspective: bool = False


class Light(msgspec.Struct, frozen=True, kw_only=True):
    """One light. ``color``: linear, times intensity.

    ambient: ``color``. hemisphere: ``color`` from above, ``ground`` from below. directional: from ``position`` towards
    ``target``. spot and point: ``position``, ``distance`` (0: no end), ``decay``; spot besides ``target``,
    ``angle`` (radians, axis to edge) and ``penumbra`` 0 to 1.
    """

    kind: Literal["ambient", "hemisphere", "directional", "spot", "point"]
    color: Rgb
    ground: Rgb = BLACK
    position: Vec3 = ORIGIN
    target: Vec3 = ORIGIN
    angle: float = 0.7853981633974483
    penumbra: float = 0.0
    distance: float = 0.0
    decay: float = 2.0
    casts_shadow: bool = False


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """A prepared GLB (``ModelStore``) and the name by which props and figures wear it.

    ``clips_of``: prepared GLBs of which only the clips are used, found by names of nodes (``character.idleModel``).
    """

    key: str
    path: str
    clips_of: tuple[str, ...] = ()


class Prop(msgspec.Struct, frozen=True, kw_only=True):
    """A model that stands still. ``position`` is where the model's origin comes to lie, after ``scale``."""

    model: str
    position: Vec3 = ORIGIN
    turn_deg: float = 0.0
    scale: Vec3 = ONES
    clip: str = ""  # held at clip_s; "" is the rest pose
    clip_s: float = 0.0


class Plane(msgspec.Struct, frozen=True, kw_only=True):
    """A flat rectangle that faces up, matt; ``size`` along x and z. Seen from above only."""

    center: Vec3
    size: tuple[float, float]
    color: Rgb
    opacity: float = 1.0
    roughness: float = 0.9


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """An agent as seen at one moment. ``lift`` is added to y, as the scaled model's feet may lie below its origin.

    ``clip``, ``clip_s``: name of a clip of the model and the time in it, seconds; "" is the rest pose. While clips
    change, ``from_clip`` is shown with the share ``from_share``. ``glow``: linear light that its materials give off
    besides (tint of the status in dialect 3a). ``color``: of the ball that stands for a figure without ``model``.
    """

    id: str
    model: str
    position: Vec3
    turn_deg: float = 0.0
    scale: Vec3 = ONES
    lift: float = 0.0
    clip: str = ""
    clip_s: float = 0.0
    from_clip: str = ""
    from_s: float = 0.0
    from_share: float = 0.0
    glow: Rgb = BLACK
    color: Rgb = (0.5, 0.5, 0.5)


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """All that is loaded once. ``backdrop``: path of a picture, stretched over the view behind the room.

    ``tone``: "linear" shows light as it is (rooms), "aces" as three.js' ACESFilmicToneMapping with ``exposure``.
    ``figure_models``: loaded with the scene, so that the first figure does not have to wait. ``has_own_lights``: lights
    inside the models of props shine too (KHR_lights_punctual); leave it off where ``lights`` names them already.
    """

    models: tuple[ModelFile, ...] = ()
    props: tuple[Prop, ...] = ()
    planes: tuple[Plane, ...] = ()
    lights: tuple[Light, ...] = ()
    figure_models: tuple[str, ...] = ()
    clear: Rgb | None = BLACK  # None: see-through
    backdrop: str = ""
    tone: Literal["linear", "aces"] = "linear"
    exposure: float = 1.0
    has_shadows: bool = False
    has_own_lights: bool = False
    anisotropy: bool = False


class ViewOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the inspector draws besides, or instead. ``ground``: in place of ``Scene.clear``."""

    axes: bool = False
    grid: bool = False
    wireframe: bool = False
    normals: bool = False
    lights: bool = False
    ground: Rgb | None = None


class Size(msgspec.Struct, frozen=True):
    """Of the picture, device pixels. ``samples``: 1, or 4 for smooth edges."""

    width: int
    height: int
    samples: int = 4


# -- commands --------------------------------------------------------------------------------------------------------
class Open(msgspec.Struct, frozen=True, tag="open", kw_only=True):
    serial: int
    scene: Scene


class Draw(msgspec.Struct, frozen=True, tag="draw", kw_only=True, omit_defaults=True):
    """One picture; parts that are None stay as they were. ``area`` names the shared memory, ``area_bytes`` its size."""

    number: int
    area: str = ""
    area_bytes: int = 0
    size: Size | None = None
    camera: Camera | None = None
    figures: tuple[Figure, ...] | None = None
    lights: tuple[Light, ...] | None = None
    options: ViewOptions | None = None


class Close(msgspec.Struct, frozen=True, tag="close"):
    """Forget the scene and free what it holds."""


# -- answers ---------------------------------------------------------------------------------------------------------
class Ready(msgspec.Struct, frozen=True, tag="ready", kw_only=True):
    driver: str


class Progress(msgspec.Struct, frozen=True, tag="progress", kw_only=True):
    serial: int
    share: float  # 0 to 1
    step: str


class ModelBounds(msgspec.Struct, frozen=True, kw_only=True):
    """Of a loaded model, unscaled, in its rest pose; ``clips`` with their lengths in seconds."""

    key: str
    low: Vec3
    high: Vec3
    clips: dict[str, float] = {}
    draw_calls: int = 0
    triangles: int = 0


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Something of a scene that is left out of the picture."""

    code: str
    message: str
    hint: str = ""
    model: str = ""


class Opened(msgspec.Struct, frozen=True, tag="opened", kw_only=True):
    serial: int
    models: tuple[ModelBounds, ...] = ()
    problems: tuple[Problem, ...] = ()


class Drawn(msgspec.Struct, frozen=True, tag="drawn", kw_only=True):
    """``slot``: which half of the shared memory holds the picture; ``changed``: x, y, width, height of what differs
    from the picture before."""

    number: int
    slot: int
    width: int
    height: int
    changed: tuple[int, int, int, int]
    draw_ms: float = 0.0


class Failed(msgspec.Struct, frozen=True, tag="failed", kw_only=True):
    """``is_fatal``: the process ends."""

    code: str
    message: str
    hint: str = ""
    is_fatal: bool = False


Command = Open | Draw | Close
Answer = Ready | Progress | Opened | Drawn | Failed
