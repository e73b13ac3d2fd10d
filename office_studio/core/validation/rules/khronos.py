"""The Khronos glTF-Validator's messages as findings, each under its own code: ``GLTF-SCENE_NON_ROOT_NODE``."""

from __future__ import annotations

from collections.abc import Iterator

from office_studio.core.validation.gltf_checker import (
    MAX_MODEL_BYTES,
    ExternalFiles,
    GltfChecker,
    GltfMessage,
    GltfVerdict,
)
from office_studio.core.validation.report import Finding, Severity
from office_studio.core.validation.rule import RULES, E, I, Profile, declare
from office_studio.core.validation.rules.files import is_litter
from office_studio.core.validation.subject import Subject, extension
from office_studio.errors import AssetError

_MEND = "Mend the model in the program that made it, and export it again."
_FORGIVEN = "Common loaders forgive it, the specification and the store profile do not."
FAMILY, UNCHECKED, MORE = "GLTF-*", "T3D-GLTF-UNCHECKED", "T3D-GLTF-MORE"
# The specification calls these errors, yet models of well-kept sources have them and every common loader draws them.
# They block nobody who only wants to see a theme; in a shop they do.
TOLERATED = frozenset(
    {
        "ACCESSOR_TOTAL_OFFSET_ALIGNMENT",
        "ACCESSOR_VECTOR3_NON_UNIT",
        "ANIMATION_SAMPLER_ACCESSOR_WITH_BYTESTRIDE",
        "ANIMATION_SAMPLER_INPUT_ACCESSOR_WITHOUT_BOUNDS",
        "BUFFER_VIEW_TARGET_OVERRIDE",
        "EMPTY_ENTITY",
        "GLB_CHUNK_LENGTH_UNALIGNED",
        "IO_ERROR",  # a file that cannot be bundled is the business of T3D-GLTF-EXTERNAL
        "MESH_PRIMITIVE_ACCESSOR_UNALIGNED",
        "MESH_PRIMITIVE_ACCESSOR_WITHOUT_BYTESTRIDE",
        "MESH_PRIMITIVE_INDEXED_SEMANTIC_CONTINUITY",
        "MESH_PRIMITIVE_POSITION_ACCESSOR_WITHOUT_BOUNDS",
        "NODE_SKIN_WITH_NON_SKINNED_MESH",
        "SCENE_NON_ROOT_NODE",
        "SKIN_NO_COMMON_ROOT",
        "UNDECLARED_EXTENSION",
    }
)

declare(
    FAMILY,
    E,
    "KHR",
    "what the Khronos glTF-Validator says of a model, under its own code (GLTF-SCENE_NON_ROOT_NODE)",
    "Mend the model in the program that made it, and export it again. The place is a JSON Pointer into the model, or a "
    "byte of it. Errors that every common loader forgives are warnings outside the store profile.",
)
declare(
    UNCHECKED,
    I,
    "P",
    "Models were checked by our own structural checks only: {why}",
    "The Khronos glTF-Validator knows the whole specification; office-studio doctor says whether it is there.",
)
declare(MORE, I, "KHR", "{f}: about {n} more messages of the Khronos glTF-Validator", "Mend some of the others first.")


def khronos_findings(subject: Subject, profile: Profile, checker: GltfChecker | None) -> Iterator[Finding]:
    """What ``checker`` says of every model of a theme; without one, what is known of them from before."""
    if subject.files is None or not RULES[FAMILY].applies_to(profile):
        return
    names = sorted(name for name in subject.names if extension(name) in ("glb", "gltf") and not is_litter(name))
    if names and checker is not None and checker.absence:
        yield _finding(UNCHECKED, I, f"Models were checked by our own structural checks only: {checker.absence}.", None)
        return
    for name in names:
        verdict = _verdict(subject, name, checker)
        if verdict is not None:
            yield from _findings(name, verdict, profile)


def _verdict(subject: Subject, name: str, checker: GltfChecker | None) -> GltfVerdict | None:
    known: GltfVerdict | None = subject.cache.get(("gltf", name))
    # Files beside a model may have changed while it did not.
    if checker is None or (known is not None and not known.external):
        return known
    assert subject.files is not None
    try:
        size = subject.files.size(name)
        if size > MAX_MODEL_BYTES:
            why = f"it has {size >> 20} MB, and {MAX_MODEL_BYTES >> 20} MB is the limit"
            found = GltfVerdict(is_conformant=None, unchecked=why)
        else:
            found = checker.check(subject.files.read(name), name, ExternalFiles(subject.files, name).read)
    except AssetError:
        return None  # T2D-FILE-DAMAGED says it
    subject.cache["gltf", name] = found
    return found


def _findings(name: str, verdict: GltfVerdict, profile: Profile) -> Iterator[Finding]:
    if verdict.unchecked:
        text = f"{name} was checked by our own structural checks only: {verdict.unchecked}."
        yield _finding(UNCHECKED, Severity.WARNING, text, name)
    for message in verdict.messages:
        level = _level(message, profile)
        text, about = _told(name, message)
        yield Finding(f"GLTF-{message.code}", level, text, _help(message, level), name, object=about)
    if verdict.left_out:
        text = f"{name}: about {verdict.left_out} more messages of the Khronos glTF-Validator"
        yield _finding(MORE, I, text, name)


def _level(message: GltfMessage, profile: Profile) -> Severity:
    is_forgiven = message.severity is Severity.ERROR and message.code in TOLERATED and profile is not Profile.STORE
    return Severity.WARNING if is_forgiven else message.severity


def _help(message: GltfMessage, level: Severity) -> str:
    if message.severity is not Severity.ERROR:
        return ""
    return _MEND if level is Severity.ERROR else _FORGIVEN


def _told(name: str, message: GltfMessage) -> tuple[str, str]:
    """Text and object: the place in the model as a URI fragment, which the 3D inspector can follow."""
    if message.offset is not None:
        return f"{name}: {message.message} (byte {message.offset})", f"{name}#byte={message.offset}"
    if message.pointer:
        return f"{name}: {message.message} ({message.pointer})", f"{name}#{message.pointer}"
    return f"{name}: {message.message}", name


def _finding(rule: str, severity: Severity, text: str, file: str | None) -> Finding:
    return Finding(rule, severity, text, RULES[rule].help, file)
