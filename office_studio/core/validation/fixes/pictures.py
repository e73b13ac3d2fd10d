"""Fixes that make pictures: the preview from the theme itself, and smaller versions of what is too large."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

from office_studio.core.validation.fixes.model import (
    PREVIEW_SIZE,
    Fix,
    FixContext,
    FixFailed,
    JsonEdit,
    Put,
    WriteFile,
    fix,
)
from office_studio.core.validation.report import Finding
from office_studio.core.validation.rules.files import preview_name
from office_studio.core.validation.subject import extension

_LIMITS = {"T2D-IMG-SIZE": 10 << 20, "T2D-PREVIEW-SIZE": 200_000, "T2D-IMG-DIM": 10 << 20}
_MAX_SIDE = 4096
_QUALITIES = (92, 85, 75, 65)


@fix("T2D-PREVIEW-MISSING", "T2D-PREVIEW-DIM", title="draw the preview from the theme, 640×360")
def draw_preview(context: FixContext, finding: Finding) -> Fix | None:
    render, name = context.render_preview, preview_name(context.subject)
    if render is None:
        return None
    edits: tuple[JsonEdit, ...] = ()
    if extension(name) != "png":  # a picture drawn here is a PNG
        name = "preview.png"
        edits = (Put("/preview", name),)
    elif context.subject.document.get("preview") != name:
        edits = (Put("/preview", name),)
    make = WriteFile(name, lambda: _small_enough(render(*PREVIEW_SIZE)))
    return Fix(
        "draw-preview", f"Draw {name} from the theme", edits, (make,), is_safe=finding.rule == "T2D-PREVIEW-MISSING"
    )


@fix("T2D-IMG-SIZE", "T2D-IMG-DOCSIZE", "T2D-PREVIEW-SIZE", "T2D-IMG-DIM", title="store the picture smaller")
def store_smaller(context: FixContext, finding: Finding) -> Fix | None:
    subject, name = context.subject, finding.object or finding.file
    if name is None or name not in subject.names or subject.files is None:
        return None
    facts = subject.facts(name)
    if facts is None or not facts.is_usable or facts.kind not in ("png", "jpeg", "webp"):
        return None
    limit = _LIMITS.get(finding.rule) or (2_000_000 if (finding.pointer or "").startswith("/canvas/") else 1_000_000)
    files = subject.files
    make = WriteFile(name, lambda: smaller(files.read(name), limit))
    return Fix("store-smaller", f"Store {name} in at most {limit / 1e6:g} MB", files=(make,), is_safe=False)


def _small_enough(data: bytes) -> bytes:
    """Within the size recommended for previews, if that can be had."""
    try:
        return smaller(data, _LIMITS["T2D-PREVIEW-SIZE"]) if len(data) > _LIMITS["T2D-PREVIEW-SIZE"] else data
    except FixFailed:
        return data


def smaller(data: bytes, limit: int) -> bytes:
    """The same picture, in the same format, in at most ``limit`` bytes and 4096 px a side.

    Tries without loss first, then fewer colours or lower quality. Raises FixFailed when that is not enough.
    """
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data)) as picture:
                kind = picture.format or ""
                picture.load()
                image = picture.copy()
        except Exception as exc:  # decoders raise what they like for damaged data
            raise FixFailed(f"it cannot be decoded: {exc}") from exc
    if max(image.size) > _MAX_SIDE:
        image.thumbnail((_MAX_SIDE, _MAX_SIDE), Image.Resampling.LANCZOS)
    best = len(data)
    for attempt in _attempts(image, kind):
        best = min(best, len(attempt))
        if len(attempt) <= limit:
            return attempt
    raise FixFailed(f"it cannot be stored in {limit} bytes; the best is {best}")


def _attempts(image: object, kind: str) -> Iterator[bytes]:
    from PIL import Image

    assert isinstance(image, Image.Image)
    if kind == "PNG":
        yield _saved(image, "PNG", optimize=True)
        rich = image.convert("RGBA")
        yield _saved(rich.quantize(256, method=Image.Quantize.FASTOCTREE), "PNG", optimize=True)
        yield _saved(rich.quantize(64, method=Image.Quantize.FASTOCTREE), "PNG", optimize=True)
        return
    plain = image.convert("RGB") if kind == "JPEG" else image
    for quality in _QUALITIES:
        yield _saved(plain, kind, quality=quality)


def _saved(image: object, kind: str, **options: object) -> bytes:
    from PIL import Image

    assert isinstance(image, Image.Image)
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()
