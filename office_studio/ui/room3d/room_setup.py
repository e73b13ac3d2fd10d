"""From a theme to a scene that can be drawn: models prepared, lights and floor worked out, characters measured.

Runs on a worker thread; nothing here touches widgets. What cannot be read is left out and told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

from office_studio.core.room3d import lights as light_sums
from office_studio.core.room3d.clips import ClipTable, clip_table
from office_studio.core.room3d.color_space import linear
from office_studio.core.room3d.placement import (
    BALL_RADIUS,
    ROBOT_HEIGHT,
    floor_patches,
    ground_box,
    kit_name,
    place_piece,
    sprite_names,
)
from office_studio.core.room3d.space import Box, scaled
from office_studio.core.theme.room_model import (
    Ambient,
    Dialect,
    Directional,
    Hemisphere,
    ModelPiece,
    RoomTheme,
    Tint,
    Vec3,
)
from office_studio.core.validation.report import Finding, Severity
from office_studio.errors import ModelError, OfficeStudioError
from office_studio.paths import bundled_themes_dir, resources_dir
from office_studio.services.room_files import RoomFiles
from office_studio.services.theme_loader import LoadedTheme, load_theme
from office_studio.ui.room3d.scene import Light, ModelFile, Plane, Prop, Rgb, Scene

if TYPE_CHECKING:
    from office_studio.services.model_store import ModelStore, PreparedModel

ROBOT_THEME = "loft-3d"  # whose figure stands for the robot of dialect 3a, which is not ours
_GLOW = 0.2  # of the status colour, on a figure of dialect 3a
_FURNITURE_KIT = "office3d"
Tell = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class FigureModel:
    """One of the costumes of a room. ``lift`` brings the soles to the floor; sizes are world units, as scaled."""

    key: str
    scale: Vec3
    lift: float
    height: float
    width: float


@dataclass(frozen=True, slots=True)
class RoomSetup:
    """``box`` of the room, its scale included; None: it could not be read."""

    loaded: LoadedTheme
    scene: Scene
    box: Box | None
    clips: ClipTable
    figures: tuple[FigureModel, ...]
    findings: tuple[Finding, ...] = ()
    files: RoomFiles | None = field(default=None, compare=False)

    @property
    def room(self) -> RoomTheme:
        assert self.loaded.theme.room is not None
        return self.loaded.theme.room

    def figure_of(self, agent_id: str) -> FigureModel:
        """Look of an agent: the same for the same id, on every machine (decision 11a)."""
        return self.figures[crc32(agent_id.encode()) % len(self.figures)]


def set_up(
    loaded: LoadedTheme,
    quality: str = "high",
    *,
    reference: bool = False,
    store: ModelStore | None = None,
    cancel: threading.Event | None = None,
    tell: Tell | None = None,
) -> RoomSetup:
    """Everything of a theme that a picture needs.

    Args:
        reference: Furniture where the reference drew it (dialect 3a).
        tell: Told of the share done and a word for the step.
    Raises ModelError MODEL_CANCELLED.
    """
    from office_studio.services.model_store import shared_store

    return _Builder(loaded, quality, store or shared_store(), cancel, tell or (lambda *_: None)).built(reference)


class _Builder:
    def __init__(
        self, loaded: LoadedTheme, quality: str, store: ModelStore, cancel: threading.Event | None, tell: Tell
    ) -> None:
        assert loaded.theme.room is not None
        self._loaded, self._room = loaded, loaded.theme.room
        self._quality = self._room.quality(quality)
        self._store, self._cancel, self._tell = store, cancel, tell
        self._files = RoomFiles(loaded)
        self._robot: RoomFiles | None = None
        self._findings: list[Finding] = []
        self._models: dict[str, ModelFile] = {}
        self._prepared: dict[str, PreparedModel | None] = {}
        self._total = max(1, len(self._room.model_names(quality)))

    def built(self, reference: bool) -> RoomSetup:
        light_set = light_sums.room_lights(self._room, self._quality.full_lighting)
        lights = [_light(light) for light in light_set.lights]
        if light_set.shadow is not None:
            first = next(number for number, light in enumerate(lights) if light.kind == "directional")
            lights[first] = Light(
                kind="directional", color=lights[first].color, position=lights[first].position, casts_shadow=True
            )
        props, planes, box, clips, figures = self._room_parts(lights) if self._is_room else self._flat_parts(reference)
        scene = Scene(
            models=tuple(self._models.values()),
            props=tuple(props),
            planes=tuple(planes),
            lights=tuple(lights),
            figure_models=tuple(figure.key for figure in figures if figure.key),
            clear=_rgb(self._room.clear),
            backdrop=self._backdrop(),
            tone="aces" if light_set.filmic else "linear",
            exposure=light_set.exposure,
            has_shadows=light_set.shadow is not None,
            anisotropy=self._quality.anisotropy,
        )
        return RoomSetup(self._loaded, scene, box, clips, figures, tuple(self._findings), self._files)

    @property
    def _is_room(self) -> bool:
        return self._room.dialect is Dialect.ROOM

    # -- dialect 3b ----------------------------------------------------------------------------------
    def _room_parts(
        self, lights: list[Light]
    ) -> tuple[list[Prop], list[Plane], Box | None, ClipTable, tuple[FigureModel, ...]]:
        props, box, scale = [], None, self._room.scale
        name = self._quality.room_model
        prepared = self._prepare(name) if name is not None else None
        if prepared is not None and name is not None:
            self._models["room"] = ModelFile(key="room", path=str(prepared.path))
            props.append(Prop(model="room", scale=scale))
            own = _box(prepared)
            box = own.scaled(scale) if own is not None else None
            lights += _lights_of(prepared, scale)
        clips, figures = self._characters()
        return props, [], box, clips, figures

    def _characters(self) -> tuple[ClipTable, tuple[FigureModel, ...]]:
        character, name = self._room.character, self._quality.character_model
        if character is None or name is None:
            return ClipTable(), (_ball(self._unit()),)
        idle = self._prepare(character.idle_model) if character.idle_model else None
        extra = (str(idle.path),) if idle is not None else ()
        figures, clips = [], ClipTable()
        for number, each in enumerate((name, *character.variants)):
            prepared = self._prepare(each)
            if prepared is None:
                continue
            key = f"figure-{number}"
            self._models[key] = ModelFile(key=key, path=str(prepared.path), clips_of=extra)
            figures.append(_figure_model(key, prepared, character.scale))
            if len(figures) == 1:
                clips = clip_table(character.animations, _lengths(prepared), _lengths(idle) if idle else None)
        return clips, tuple(figures) or (_ball(self._unit()),)

    def _unit(self) -> float:
        """Height of the ball that stands for a character which is not there."""
        character = self._room.character
        return 0.4 if character is None else 0.5 * character.height * character.scale[1]

    # -- dialect 3a ----------------------------------------------------------------------------------
    def _flat_parts(
        self, reference: bool
    ) -> tuple[list[Prop], list[Plane], Box | None, ClipTable, tuple[FigureModel, ...]]:
        theme, props = self._loaded.theme, []
        for number, piece in enumerate(self._room.pieces):
            prepared = self._prepare_piece(piece, number)
            own = _box(prepared) if prepared is not None else None
            if prepared is None or own is None:
                continue
            placed = place_piece(piece, own, theme.canvas, exact=reference)
            key = f"model-{prepared.key}"
            self._models[key] = ModelFile(key=key, path=str(prepared.path))
            props.append(Prop(model=key, position=placed.position, scale=placed.scale))
        planes = [
            Plane(center=at.center, size=at.size, color=_rgb(at.color), opacity=at.opacity, roughness=at.roughness)
            for at in floor_patches(theme)
        ]
        clips, figures = self._robots()
        return props, planes, ground_box(theme.canvas), clips, figures

    def _prepare_piece(self, piece: ModelPiece, number: int) -> PreparedModel | None:
        names = sprite_names(piece.sprite, self._loaded.theme.id)
        known = self._loaded.files.names
        for name in names:
            if name in known:
                return self._prepare(name, pointer=f"/furniture/{number}/sprite")
        kit = kit_name(piece.sprite)
        path = resources_dir() / _FURNITURE_KIT / kit if kit is not None else None
        if path is not None and path.is_file():
            return self._store.prepare(path, path.parent, cancel=self._cancel)
        words = f"The theme has no file “{piece.sprite[:80]}”; it is left out."
        self._note("ASSET_MISSING", words, "Add the model, or correct the name.", f"furniture {piece.id}")
        return None

    def _robots(self) -> tuple[ClipTable, tuple[FigureModel, ...]]:
        """Our own figure, as tall as the robot, or balls where it is not there."""
        try:
            ours = load_theme(bundled_themes_dir() / ROBOT_THEME)
            room = ours.theme.room
            if room is None or room.character is None:
                raise ModelError("MODEL_NOT_FOUND", "There is no figure.")
            self._robot = RoomFiles(ours)
            prepared = self._store.prepare(
                self._robot.path(room.character.model), self._robot.root, cancel=self._cancel
            )
            own = _box(prepared)
        except OfficeStudioError as error:
            self._give_up_if_cancelled(error)
            return ClipTable(), (_ball(2 * BALL_RADIUS),)
        if own is None:
            return ClipTable(), (_ball(2 * BALL_RADIUS),)
        factor = ROBOT_HEIGHT / max(*own.size, 1e-9)
        self._models["figure-0"] = ModelFile(key="figure-0", path=str(prepared.path))
        figure = _figure_model("figure-0", prepared, (factor, factor, factor))
        return clip_table(room.character.animations, _lengths(prepared)), (figure,)

    # -- files ---------------------------------------------------------------------------------------
    def _prepare(self, name: str, pointer: str | None = None) -> PreparedModel | None:
        if name in self._prepared:
            return self._prepared[name]
        self._tell(len(self._prepared) / self._total * 0.5, f"Preparing {name}")
        found = None
        try:
            found = self._store.prepare(self._files.path(name), self._files.root, cancel=self._cancel)
        except OfficeStudioError as error:
            self._give_up_if_cancelled(error)
            self._findings.append(
                Finding(error.code, Severity.WARNING, error.message, error.hint, file=name, pointer=pointer)
            )
        self._prepared[name] = found
        return found

    def _give_up_if_cancelled(self, error: OfficeStudioError) -> None:
        if error.code == "MODEL_CANCELLED":
            self._files.close()
            raise error

    def _backdrop(self) -> str:
        name = self._quality.background
        if name is None:
            return ""
        try:
            return str(self._files.path(name))
        except OfficeStudioError as error:
            self._note(error.code, error.message, error.hint, None)
            return ""

    def _note(self, code: str, message: str, hint: str, what: str | None) -> None:
        self._findings.append(Finding(code, Severity.WARNING, message, hint, file="theme.json", object=what))


def status_glow(color: Rgb, dialect: Dialect) -> Rgb:
    """Light that a figure gives off besides: the tint of its status in dialect 3a, none in rooms."""
    if dialect is Dialect.ROOM:
        return (0.0, 0.0, 0.0)
    return scaled(color, _GLOW)


# -- inside ------------------------------------------------------------------------------------------
def _figure_model(key: str, prepared: PreparedModel, scale: Vec3) -> FigureModel:
    """Lifted so that the lowest point of the rest pose is on the floor (7.1)."""
    own = _box(prepared) or Box((-0.2, 0.0, -0.2), (0.2, 1.6, 0.2))
    box = own.scaled(scale)
    return FigureModel(key, scale, -box.low[1], box.size[1], min(max(box.size[0], box.size[2]), box.size[1] * 0.6))


def _ball(height: float) -> FigureModel:
    """A ball on the floor in the colour of the status: for a character that is not there."""
    radius = height / 2
    return FigureModel("", (radius, radius, radius), radius, height, height)


def _box(prepared: PreparedModel) -> Box | None:
    facts = prepared.facts
    return None if facts.low is None or facts.high is None else Box(facts.low, facts.high)


def _lengths(prepared: PreparedModel) -> Mapping[str, float]:
    return {clip.name: clip.length_s for clip in prepared.facts.clips}


def _rgb(color: Tint) -> Rgb:
    return (color.red / 255, color.green / 255, color.blue / 255)


def _light(light: light_sums.Light) -> Light:
    if isinstance(light, Ambient):
        return Light(kind="ambient", color=scaled(linear(light.color), light.intensity))
    if isinstance(light, Hemisphere):
        sky, ground = (scaled(linear(color), light.intensity) for color in (light.sky, light.ground))
        return Light(kind="hemisphere", color=sky, ground=ground)
    color = scaled(linear(light.color), light.intensity)
    if isinstance(light, Directional):
        return Light(kind="directional", color=color, position=light.position)
    return Light(
        kind="spot",
        color=color,
        position=light.position,
        target=light.target,
        angle=light.angle,
        penumbra=light.penumbra,
        distance=light.distance,
        decay=light.decay,
    )


def _lights_of(prepared: PreparedModel, scale: Vec3) -> list[Light]:
    """Lights that a room's model brings along (KHR_lights_punctual); they count as three.js counts them."""
    found = []
    for light in prepared.facts.lights:
        at = (light.position[0] * scale[0], light.position[1] * scale[1], light.position[2] * scale[2])
        towards = (at[0] + light.direction[0], at[1] + light.direction[1], at[2] + light.direction[2])
        color = scaled(light.color, light.intensity)
        if light.kind == "directional":
            found.append(Light(kind="directional", color=color, position=at, target=towards))
        elif light.kind == "point":
            found.append(Light(kind="point", color=color, position=at, distance=light.range))
        else:
            soft = 1 - light.inner_angle / light.outer_angle if light.outer_angle > 0 else 0.0
            found.append(
                Light(kind="spot", color=color, position=at, target=towards, distance=light.range,
                      angle=light.outer_angle, penumbra=min(1.0, max(0.0, soft)))
            )  # fmt: skip
    return found
