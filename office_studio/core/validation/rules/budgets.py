"""Budgets of the marketplace: what a theme asks of three usual machines. Asked in the ``store`` profile alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from office_studio.core.validation.rule import STORE_SOURCE, Hit, Scope, W, rule
from office_studio.core.validation.rules.contents import sounds
from office_studio.core.validation.rules.files import needed_files, pictures
from office_studio.core.validation.rules.space import used_models
from office_studio.core.validation.subject import IMAGE_EXTENSIONS, Subject, extension
from office_studio.errors import AssetError

_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Device:
    """What a theme may take of one machine and still leave room for the work that is done on it."""

    name: str
    texture_bytes: int  # decoded, in graphics memory
    triangles: int
    draw_calls: int
    joints: int  # of all skins on screen, for one character


DEVICES = (
    Device("a laptop with integrated graphics", 256 * _MIB, 300_000, 500, 64),
    Device("an office PC", 512 * _MIB, 1_000_000, 1_500, 128),
    Device("a workstation", 2048 * _MIB, 5_000_000, 5_000, 256),
)
_KIND_BYTES = {"pictures": 30_000_000, "models": 50_000_000, "sound": 5_000_000}
_AUDIO_SECONDS = 180
_CLIPS = 40


def _too_much(value: int, field: str) -> str:
    """The machines for which this is too much, in words; empty when all can bear it."""
    names = [device.name for device in DEVICES if value > getattr(device, field)]
    return " and ".join(names) if len(names) < 3 else ", ".join(names[:-1]) + f" and {names[-1]}"


def kind_of(name: str) -> str | None:
    ext = extension(name)
    if ext in (*IMAGE_EXTENSIONS, "gif", "svg"):
        return "pictures"
    return "models" if ext in ("glb", "gltf") else "sound" if ext in ("mp3", "ogg", "wav") else None


def bytes_by_kind(subject: Subject) -> dict[str, int]:
    """Bytes of the files a viewer needs, by kind."""
    used = {name for _, name in used_models(subject)}
    sizes = dict.fromkeys(_KIND_BYTES, 0)
    for name in (needed_files(subject) | used) & subject.names:
        kind = kind_of(name)
        if kind is not None and subject.files is not None:
            try:
                sizes[kind] += subject.files.size(name)
            except AssetError:
                continue
    return sizes


def texture_bytes(subject: Subject) -> int:
    """Graphics memory of all pictures that are used, decoded to four bytes a pixel."""
    total = 0
    for pointer, name in pictures(subject):
        facts = subject.facts(name) if pointer is not None and pointer != "/preview" else None
        total += facts.width * facts.height * 4 if facts else 0
    for _, name in used_models(subject):
        model = subject.model(name)
        total += sum(texture.decoded_bytes for texture in model.textures) if model else 0
    return total


@rule("T2D-BUDGET-BYTES", W, STORE_SOURCE, "{kind} take {mb} MB; {limit} MB is the budget", "Make them smaller.")
def budget_bytes(subject: Subject) -> Iterator[Hit]:
    for kind, size in bytes_by_kind(subject).items():
        if size > _KIND_BYTES[kind]:
            args = {"kind": kind.title(), "mb": f"{size / 1e6:.1f}", "limit": f"{_KIND_BYTES[kind] / 1e6:g}"}
            yield Hit("", args)


@rule("T2D-BUDGET-TEXTURES", W, STORE_SOURCE, "pictures take {mb} MiB of graphics memory: too much for {devices}")
def budget_textures(subject: Subject) -> Iterator[Hit]:
    size = texture_bytes(subject)
    devices = _too_much(size, "texture_bytes")
    if devices:
        yield Hit("", {"mb": size // _MIB, "devices": devices})


@rule("T2D-BUDGET-AUDIO", W, STORE_SOURCE, "{f} is {s} s long; {limit} s are enough for a loop")
def budget_audio(subject: Subject) -> Iterator[Hit]:
    for pointer, name, facts in sounds(subject):
        if facts.seconds > _AUDIO_SECONDS:
            yield Hit(pointer, {"f": name, "s": round(facts.seconds), "limit": _AUDIO_SECONDS}, file=name)


def _sum(subject: Subject, what: str) -> int:
    """Of the models of the usual mode; those of the performance mode replace them."""
    total = 0
    for pointer, name in used_models(subject):
        model = subject.model(name)
        if model is not None and not pointer.startswith("/quality/") and "/variants/" not in pointer:
            total += getattr(model, what)
    return total


@rule("T3D-BUDGET-TRIANGLES", W, STORE_SOURCE, "the scene has {n} triangles: too many for {devices}", scope=Scope.SPACE)
def budget_triangles(subject: Subject) -> Iterator[Hit]:
    count = _sum(subject, "triangles")
    devices = _too_much(count, "triangles")
    if devices:
        yield Hit("", {"n": count, "devices": devices})


@rule("T3D-BUDGET-DRAWS", W, STORE_SOURCE, "the scene needs {n} draw calls: too many for {devices}", "Join meshes.")
def budget_draws(subject: Subject) -> Iterator[Hit]:
    count = _sum(subject, "primitives")
    devices = _too_much(count, "draw_calls")
    if devices:
        yield Hit("", {"n": count, "devices": devices})


@rule("T3D-BUDGET-JOINTS", W, STORE_SOURCE, "a skin has {n} joints: too many for {devices}")
def budget_joints(subject: Subject) -> Iterator[Hit]:
    for pointer, name in used_models(subject):
        model = subject.model(name)
        devices = _too_much(model.joints, "joints") if model else ""
        if model is not None and devices:
            yield Hit(pointer, {"n": model.joints, "devices": devices}, file=name)


@rule("T3D-BUDGET-CLIPS", W, STORE_SOURCE, "{f} holds {n} clips; the office plays at most 17", "Remove those unused.")
def budget_clips(subject: Subject) -> Iterator[Hit]:
    for pointer, name in used_models(subject):
        model = subject.model(name)
        if model is not None and len(model.clips) > _CLIPS:
            yield Hit(pointer, {"f": name, "n": len(model.clips)}, file=name)
