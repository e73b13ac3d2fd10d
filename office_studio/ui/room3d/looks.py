"""What glTF says of a surface, as values. Qt-free.

Colours are linear. A texture lies in the picture's own rows, first row at v = 0, as glTF counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from office_studio.core.gltf.model import Json, Model, obj, pick

CLAMP, MIRROR, REPEAT = 33071, 33648, 10497
_NEAREST = (9728, 9984, 9986)
_WITH_MIPS = (9984, 9985, 9986, 9987)
_TRANSFORM, _UNLIT, _STRENGTH = "KHR_texture_transform", "KHR_materials_unlit", "KHR_materials_emissive_strength"
_WEBP, _KTX = "EXT_texture_webp", "KHR_texture_basisu"
Affine = tuple[float, float, float, float, float, float]
IDENTITY: Affine = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Sampling:
    is_smooth: bool = True
    has_mips: bool = True
    wrap_s: int = REPEAT
    wrap_t: int = REPEAT


@dataclass(frozen=True, slots=True)
class TextureUse:
    """``image``: index in the model. ``affine``: two rows (a, b, tx, c, d, ty) that turn (u, v) into the place."""

    image: int
    sampling: Sampling = Sampling()
    uv: int = 0
    affine: Affine = IDENTITY


@dataclass(frozen=True, slots=True)
class Surface:
    """One material. ``emissive`` holds its strength. ``textures`` by slot: base, rough, normal, occlusion, emissive."""

    base: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    metallic: float = 1.0
    roughness: float = 1.0
    emissive: tuple[float, float, float] = (0.0, 0.0, 0.0)
    alpha: str = "OPAQUE"
    cutoff: float = 0.5
    is_double_sided: bool = False
    is_unlit: bool = False
    normal_scale: float = 1.0
    occlusion: float = 1.0
    textures: tuple[tuple[str, TextureUse], ...] = ()

    def texture(self, slot: str) -> TextureUse | None:
        return dict(self.textures).get(slot)


# three.js shows glTF's own default, white metal, nearly black; with colours per vertex that was never meant.
DEFAULT = Surface()
PAINTED = Surface(metallic=0.0)


def read_surface(model: Model, index: Any) -> Surface | None:
    """None when the model has no such material. What is of the wrong kind counts as not given."""
    material = pick(model.items("materials"), index)
    if material is None:
        return None
    pbr, extensions = obj(material, "pbrMetallicRoughness"), obj(material, "extensions")
    strength = _number(obj(extensions, _STRENGTH).get("emissiveStrength"), 1.0)
    glow = _numbers(material.get("emissiveFactor"), (0.0, 0.0, 0.0))
    normal, occlusion = obj(material, "normalTexture"), obj(material, "occlusionTexture")
    slots = {
        "base": obj(pbr, "baseColorTexture"),
        "rough": obj(pbr, "metallicRoughnessTexture"),
        "normal": normal,
        "occlusion": occlusion,
        "emissive": obj(material, "emissiveTexture"),
    }
    found = ((slot, _texture(model, info)) for slot, info in slots.items() if info)
    base = _numbers(pbr.get("baseColorFactor"), (1.0, 1.0, 1.0, 1.0))
    alpha = material.get("alphaMode")
    return Surface(
        base=(base[0], base[1], base[2], base[3]),
        metallic=_number(pbr.get("metallicFactor"), 1.0),
        roughness=_number(pbr.get("roughnessFactor"), 1.0),
        emissive=(glow[0] * strength, glow[1] * strength, glow[2] * strength),
        alpha=alpha if alpha in ("MASK", "BLEND") else "OPAQUE",
        cutoff=_number(material.get("alphaCutoff"), 0.5),
        is_double_sided=material.get("doubleSided") is True,
        is_unlit=_UNLIT in extensions,
        normal_scale=_number(normal.get("scale"), 1.0),
        occlusion=_number(occlusion.get("strength"), 1.0),
        textures=tuple((slot, use) for slot, use in found if use is not None),
    )


def _texture(model: Model, info: Json) -> TextureUse | None:
    texture = pick(model.items("textures"), info.get("index"))
    if texture is None:
        return None
    image = obj(obj(texture, "extensions"), _WEBP).get("source", texture.get("source"))
    if pick(model.items("images"), image) is None:
        return None
    sampler = pick(model.items("samplers"), texture.get("sampler")) or {}
    least = sampler.get("minFilter")
    sampling = Sampling(
        is_smooth=sampler.get("magFilter") != _NEAREST[0],
        has_mips=least is None or least in _WITH_MIPS,
        wrap_s=_wrap(sampler.get("wrapS")),
        wrap_t=_wrap(sampler.get("wrapT")),
    )
    moved = obj(obj(info, "extensions"), _TRANSFORM)
    uv = moved.get("texCoord", info.get("texCoord", 0))
    return TextureUse(int(image), sampling, 1 if uv == 1 else 0, _affine(moved) if moved else IDENTITY)


def _affine(moved: Json) -> Affine:
    tx, ty = _numbers(moved.get("offset"), (0.0, 0.0))
    sx, sy = _numbers(moved.get("scale"), (1.0, 1.0))
    turn = _number(moved.get("rotation"), 0.0)
    c, s = math.cos(turn), math.sin(turn)
    return (c * sx, s * sy, tx, -s * sx, c * sy, ty)


def _wrap(value: Any) -> int:
    return int(value) if value in (CLAMP, MIRROR, REPEAT) else REPEAT


def _number(value: Any, default: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_number else default


def _numbers(value: Any, default: tuple[float, ...]) -> tuple[float, ...]:
    if not isinstance(value, list) or len(value) != len(default):
        return default
    numbers: list[float] = [_number(part, math.nan) for part in value]
    read: Callable[[float], bool] = math.isfinite
    return tuple(numbers) if all(read(number) for number in numbers) else default
