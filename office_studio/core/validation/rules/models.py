"""Rules on the content of 3D models. 3D theme format, sections 13 to 15."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from office_studio.core.theme.files import is_safe_name
from office_studio.core.validation.glb import glb_warning
from office_studio.core.validation.model_facts import ModelFacts
from office_studio.core.validation.rule import E, Hit, I, Scope, W, rule
from office_studio.core.validation.rules.space import get, used_models
from office_studio.core.validation.subject import Subject, extension, sorted_names

_HIGH_BYTES, _PERFORMANCE_BYTES = 50 << 20, 20 << 20
_ROOM_TRIANGLES, _FIGURE_TRIANGLES = 500_000, 100_000
_TEXTURE_SIDE, _TEXTURE_BYTES, _JOINTS = 4096, 256 << 20, 128


def _all(subject: Subject) -> Iterator[tuple[str, ModelFacts]]:
    """Every model among the files, usable or not."""
    for name in subject.once(sorted_names):
        facts = subject.model(name) if extension(name) in ("glb", "gltf") else None
        if facts is not None:
            yield name, facts


def _usable(subject: Subject) -> Iterator[tuple[str, ModelFacts]]:
    return ((name, facts) for name, facts in _all(subject) if not facts.problem)


def _is_light(pointer: str) -> bool:
    return pointer.startswith("/quality/performance/")


def _mb(size: int) -> str:
    return f"{size / (1 << 20):.1f}"


@rule("T3D-GLB-INVALID", E, "P", "{f} is not a valid GLB file: {why}", "Export it again.", Scope.ALL)
def glb_invalid(subject: Subject) -> Iterator[Hit]:
    for name, facts in _all(subject):
        if facts.problem:
            yield Hit(file=name, args={"f": name, "why": facts.problem})


@rule("T3D-GLB-DOUBTFUL", W, "P", "{f}: {why}", scope=Scope.ALL)
def glb_doubtful(subject: Subject) -> Iterator[Hit]:
    for name, _ in _usable(subject):
        warning = subject.fact("doubt", name, partial(glb_warning, name=name))
        if warning is not None:
            yield Hit(file=name, args={"f": name, "why": warning})


@rule("T3D-GLB-EXT-REQUIRED", E, "P", '{f} needs "{ext}", which is not supported', scope=Scope.ALL)
def extension_required(subject: Subject) -> Iterator[Hit]:
    for name, facts in _usable(subject):
        for ext in facts.unsupported_required:
            yield Hit(file=name, args={"f": name, "ext": ext[:60]})


@rule("T3D-GLB-EXT-USED", I, "P", '{f} uses "{ext}"; it will be ignored', scope=Scope.ALL)
def extension_used(subject: Subject) -> Iterator[Hit]:
    for name, facts in _usable(subject):
        for ext in facts.unsupported_used:
            yield Hit(file=name, args={"f": name, "ext": ext[:60]})


@rule("T3D-GLTF-EXTERNAL", E, "P", '{f} refers to "{uri}"', "Export as GLB instead.", Scope.ALL)
def external(subject: Subject) -> Iterator[Hit]:
    for name, facts in _usable(subject):
        for uri in facts.external:
            beside = f"{name.rpartition('/')[0]}/{uri}".lstrip("/")
            # Bundles cannot hold buffers (.bin); a picture beside a .gltf is fine.
            is_there = is_safe_name(uri) and beside in subject.names and extension(uri) != "bin"
            if extension(name) == "glb" or not is_there:
                yield Hit(file=name, args={"f": name, "uri": uri[:60]})


@rule("T3D-GLB-SIZE-HIGH", E, "P", "{f} is {size} MB; the limit for high quality is 50 MB")
def size_high(subject: Subject) -> Iterator[Hit]:
    for pointer, name in used_models(subject):
        facts = subject.model(name)
        if facts and not _is_light(pointer) and facts.size_bytes > _HIGH_BYTES:
            yield Hit(pointer, {"f": name, "size": _mb(facts.size_bytes)}, file=name)


@rule("T3D-GLB-SIZE-PERF", E, "P", "{f} is {size} MB; the limit for performance mode is 20 MB")
def size_performance(subject: Subject) -> Iterator[Hit]:
    for pointer, name in used_models(subject):
        facts = subject.model(name)
        if facts and _is_light(pointer) and facts.size_bytes > _PERFORMANCE_BYTES:
            yield Hit(pointer, {"f": name, "size": _mb(facts.size_bytes)}, file=name)


@rule("T3D-GLB-PERF-FALLBACK", W, "P", "Performance mode will load the full {size} MB model; add a lighter one")
def performance_fallback(subject: Subject) -> Iterator[Hit]:
    for part in ("room", "character"):
        facts = subject.model(get(subject, f"{part}/model"))
        if facts and facts.size_bytes > _PERFORMANCE_BYTES and not get(subject, f"quality/performance/{part}/model"):
            yield Hit(f"/{part}/model", {"size": _mb(facts.size_bytes)})


@rule("T3D-GLB-DEFMAT", W, "P", '{f}: mesh "{mesh}" has no material and looks dark in other viewers')
def default_material(subject: Subject) -> Iterator[Hit]:
    for name, facts in _usable(subject):
        if facts.bare_meshes:
            yield Hit(file=name, args={"f": name, "mesh": facts.bare_meshes[0][:60]})


@rule("T3D-GLB-METAL", I, "P", '{f}: metallic material "{mat}" looks dark because rooms have no reflections')
def metallic(subject: Subject) -> Iterator[Hit]:
    for name, facts in _usable(subject):
        for material in facts.metallic[:5]:
            yield Hit(file=name, args={"f": name, "mat": material[:60]})


@rule(
    "T3D-GLB-TRIS",
    W,
    "P",
    "{f} has {n} triangles; this may be slow",
    "Keep rooms below 500 000, characters below 100 000.",
)
def triangles(subject: Subject) -> Iterator[Hit]:
    for pointer, name in used_models(subject):
        facts = subject.model(name)
        limit = _ROOM_TRIANGLES if "/room/" in pointer else _FIGURE_TRIANGLES
        if facts and facts.triangles > (limit // 2 if _is_light(pointer) else limit):
            yield Hit(pointer, {"f": name, "n": facts.triangles}, file=name)


@rule("T3D-GLB-TEX", W, "P", '{f}: texture "{name}" is {w}×{h}')
def textures(subject: Subject) -> Iterator[Hit]:
    for name, facts in _usable(subject):
        for texture in facts.textures:
            if max(texture.width, texture.height) > _TEXTURE_SIDE:
                args = {"f": name, "name": texture.name[:60], "w": texture.width, "h": texture.height}
                yield Hit(file=name, args=args)
        memory = sum(texture.decoded_bytes for texture in facts.textures)
        if memory > _TEXTURE_BYTES:
            yield Hit(file=name, message=f"{name}: its textures take {memory >> 20} MiB of memory; keep below 256 MiB")


@rule("T3D-GLB-BONES", W, "P", "{f}: skin has {n} joints")
def bones(subject: Subject) -> Iterator[Hit]:
    for name, facts in _usable(subject):
        if facts.joints > _JOINTS:
            yield Hit(file=name, args={"f": name, "n": facts.joints})
        elif facts.has_more_influences:
            yield Hit(file=name, message=f"{name}: a vertex follows more than 4 bones; only 4 count")


@rule("T3D-GLB-CAMERA-LIGHT", I, "P", "Cameras in {f} are ignored")
def camera_or_light(subject: Subject) -> Iterator[Hit]:
    for name, facts in _usable(subject):
        if facts.cameras:
            yield Hit(file=name, args={"f": name})
        if facts.lights:
            yield Hit(file=name, message=f"Lights in {name} are ignored; use lighting in theme.json")
