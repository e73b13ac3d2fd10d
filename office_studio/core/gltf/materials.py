"""Materials and textures of a model, written anew: known parts, numbers in range, pictures that can be shown."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

from office_studio.core.gltf.accessors import view_bytes
from office_studio.core.gltf.limits import MAX_IMAGE_BYTES, check_limit
from office_studio.core.gltf.model import Json, Model, name_of, obj, pick
from office_studio.core.gltf.pictures import Picture, as_shown
from office_studio.core.gltf.source import ReadFile, data_uri
from office_studio.core.gltf.writer import GlbWriter
from office_studio.errors import ModelError

_GLOSSY: Final = "KHR_materials_pbrSpecularGlossiness"
_TRANSFORM, _STRENGTH = "KHR_texture_transform", "KHR_materials_emissive_strength"
_PICTURE_EXTENSIONS: Final = ("KHR_texture_basisu", "EXT_texture_webp")
_WRAPS: Final = (33071, 33648, 10497)
_FILTERS: Final = {"magFilter": (9728, 9729), "minFilter": (9728, 9729, 9984, 9985, 9986, 9987)}
_TRANSMISSION: Final = "KHR_materials_transmission"
_CLEAREST: Final = 0.85  # of light that goes through glass; the rest keeps it visible
_BRIGHTEST: Final = 1e4  # emissive strength


class MaterialWriter:
    """Writes materials as they are asked for, so that what nobody wears costs nothing.

    ``problems`` collects what could not be shown; ``pictures`` the pictures used, as (name, picture).
    """

    def __init__(self, model: Model, writer: GlbWriter, read_file: ReadFile) -> None:
        self.problems: list[str] = []
        self.pictures: list[tuple[str, Picture]] = []
        self._model = model
        self._writer = writer
        self._read_file = read_file
        self._materials: dict[Any, int] = {}
        self._textures: dict[int, int | None] = {}
        self._images: dict[int, int | None] = {}
        self._decoded_bytes = 0

    def material(self, index: Any, *, has_colors: bool) -> int:
        """Index in the new document. None, or an index of nothing, is glTF's default material.

        Args:
            has_colors: Vertex colours on no material make a matt one: glTF's default is a mirror, which would look
                black where there is nothing to reflect.
        """
        source = pick(self._model.items("materials"), index)
        key = (index if source is not None else None, has_colors and source is None)
        if key not in self._materials:
            made = self._written(source, index) if source is not None else _default(is_matt=has_colors)
            self._materials[key] = self._add("materials", made)
        return self._materials[key]

    def _add(self, key: str, item: Json) -> int:
        items: list[Json] = self._writer.document.setdefault(key, [])
        items.append(item)
        return len(items) - 1

    def _written(self, source: Json, index: int) -> Json:
        extensions = obj(source, "extensions")
        pbr = obj(source, "pbrMetallicRoughness")
        if not pbr and _GLOSSY in extensions:
            pbr = _from_glossy(obj(extensions, _GLOSSY))
        made: Json = {"name": name_of(source, "material", index), "pbrMetallicRoughness": self._surface(pbr)}
        for key in ("normalTexture", "occlusionTexture", "emissiveTexture"):
            self._put_texture(made, key, obj(source, key))
        glow = _numbers(source.get("emissiveFactor"), 3, (0.0, 0.0, 0.0), 1.0)
        if any(glow):
            made["emissiveFactor"] = glow
        mode = source.get("alphaMode")
        if mode in ("MASK", "BLEND"):
            made["alphaMode"] = mode
        if mode == "MASK":
            made["alphaCutoff"] = _number(source.get("alphaCutoff"), 0.5, 1e6)
        self._see_through(made, obj(extensions, _TRANSMISSION))
        if source.get("doubleSided") is True:
            made["doubleSided"] = True
        kept: Json = {}
        if "KHR_materials_unlit" in extensions:
            kept["KHR_materials_unlit"] = {}
        if _STRENGTH in extensions:
            kept[_STRENGTH] = {
                "emissiveStrength": _number(obj(extensions, _STRENGTH).get("emissiveStrength"), 1.0, _BRIGHTEST)
            }
        if kept:
            made["extensions"] = kept
        return made

    def _see_through(self, made: Json, transmission: Json) -> None:
        """Light that goes through glass, as plain transparency: what lies behind is neither bent nor blurred."""
        share = _number(transmission.get("transmissionFactor"), 0.0, 1.0)
        if not share or "transmissionTexture" in transmission or "alphaMode" in made:
            return
        made["alphaMode"] = "BLEND"
        made["pbrMetallicRoughness"]["baseColorFactor"][3] *= 1 - _CLEAREST * share
        self.problems.append(f'Material "{made["name"]}" is glass; it is drawn as see-through, without refraction.')

    def _surface(self, pbr: Json) -> Json:
        made: Json = {
            "baseColorFactor": _numbers(pbr.get("baseColorFactor"), 4, (1.0, 1.0, 1.0, 1.0), 1.0),
            "metallicFactor": _number(pbr.get("metallicFactor"), 1.0, 1.0),
            "roughnessFactor": _number(pbr.get("roughnessFactor"), 1.0, 1.0),
        }
        for key in ("baseColorTexture", "metallicRoughnessTexture"):
            self._put_texture(made, key, obj(pbr, key))
        return made

    # -- textures --------------------------------------------------------------------------------------
    def _put_texture(self, made: Json, key: str, info: Json) -> None:
        texture = self._texture(info.get("index")) if info else None
        if texture is None:
            return
        entry: Json = {"index": texture}
        number = info.get("texCoord", 0)
        if isinstance(number, int) and not isinstance(number, bool) and 0 < number < 4:
            entry["texCoord"] = number
        for factor in ("scale", "strength"):
            if factor in info:
                entry[factor] = _number(info[factor], 1.0, 1e6, least=-1e6 if factor == "scale" else 0.0)
        transform = obj(obj(info, "extensions"), _TRANSFORM)
        if transform:
            entry["extensions"] = {_TRANSFORM: _transform(transform)}
        made[key] = entry

    def _texture(self, index: Any) -> int | None:
        source = pick(self._model.items("textures"), index)
        if source is None or not isinstance(index, int):
            return None
        if index not in self._textures:
            image = next((found for each in _sources(source) if (found := self._image(each)) is not None), None)
            made = None
            if image is not None:
                entry: Json = {"source": image}
                sampler = _sampler(pick(self._model.items("samplers"), source.get("sampler")) or {})
                if sampler:
                    entry["sampler"] = self._add("samplers", sampler)
                made = self._add("textures", entry)
            self._textures[index] = made
        return self._textures[index]

    def _image(self, index: Any) -> int | None:
        source = pick(self._model.items("images"), index)
        if source is None or not isinstance(index, int):
            return None
        if index not in self._images:
            self._images[index] = self._shown(source, name_of(source, "picture", index))
        return self._images[index]

    def _shown(self, source: Json, name: str) -> int | None:
        try:
            data = self._picture_bytes(source, name)
        except ModelError as error:
            if error.code == "MODEL_OUTSIDE" or error.code == "MODEL_TOO_LARGE":
                raise
            self.problems.append(error.message)
            return None
        picture = as_shown(data)
        if isinstance(picture, str):
            self.problems.append(f'The picture "{name}" {picture} and is left out.')
            return None
        self._decoded_bytes += min(picture.width, 4096) * min(picture.height, 4096) * 4
        check_limit(self._decoded_bytes, MAX_IMAGE_BYTES, "bytes of decoded pictures")
        if picture.is_smaller:
            self.problems.append(f'The picture "{name}" ({picture.width} × {picture.height}) is shown smaller.')
        self.pictures.append((name, picture))
        view = self._writer.view(picture.data)
        return self._add("images", {"name": name, "bufferView": view, "mimeType": picture.media_type})

    def _picture_bytes(self, source: Json, name: str) -> bytes:
        uri = source.get("uri")
        if isinstance(uri, str):
            inline = data_uri(uri)
            return inline[1] if inline is not None else self._read_file(uri)
        return view_bytes(self._model, source.get("bufferView"), f'The picture "{name}"')


def _sources(texture: Json) -> Iterator[Any]:
    """Images that may serve, the preferred one first."""
    for extension in _PICTURE_EXTENSIONS:
        found = obj(obj(texture, "extensions"), extension)
        if found:
            yield found.get("source")
    yield texture.get("source")


def _sampler(source: Json) -> Json:
    made: Json = {key: source[key] for key, known in _FILTERS.items() if source.get(key) in known}
    return made | {key: source[key] for key in ("wrapS", "wrapT") if source.get(key) in _WRAPS}


def _transform(source: Json) -> Json:
    made: Json = {
        "offset": _numbers(source.get("offset"), 2, (0.0, 0.0), 1e6, least=-1e6),
        "rotation": _number(source.get("rotation"), 0.0, 1e6, least=-1e6),
        "scale": _numbers(source.get("scale"), 2, (1.0, 1.0), 1e6, least=-1e6),
    }
    number = source.get("texCoord")
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 4:
        made["texCoord"] = number
    return made


def _default(*, is_matt: bool) -> Json:
    surface = {"baseColorFactor": [1.0] * 4, "metallicFactor": 0.0 if is_matt else 1.0, "roughnessFactor": 1.0}
    return {"name": "no material", "pbrMetallicRoughness": surface}


def _from_glossy(source: Json) -> Json:
    """The nearest metal-and-roughness surface of an archived extension; its reflection colour has no place there."""
    glossiness = source.get("glossinessFactor", 1.0)
    rough = 1.0 - glossiness if isinstance(glossiness, int | float) else 0.0
    made = {"metallicFactor": 0.0, "roughnessFactor": rough, "baseColorFactor": source.get("diffuseFactor")}
    return made | ({"baseColorTexture": source["diffuseTexture"]} if "diffuseTexture" in source else {})


def _number(value: Any, default: float, most: float, *, least: float = 0.0) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return min(max(float(value), least), most) if is_number else default


def _numbers(value: Any, count: int, default: tuple[float, ...], most: float, *, least: float = 0.0) -> list[float]:
    if not isinstance(value, list) or len(value) != count:
        return list(default)
    return [_number(each, default[i], most, least=least) for i, each in enumerate(value)]
