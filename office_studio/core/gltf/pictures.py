"""Pictures of a model as PNG or JPEG, whatever they were, and never larger than is worth showing."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import Any, Final

from office_studio.core.gltf.limits import MAX_IMAGE_SIDE, SHOWN_IMAGE_SIDE
from office_studio.errors import ModelError

_KTX2: Final = b"\xabKTX 20\xbb\r\n\x1a\n"
_PLAIN_MODES: Final = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
_MAX_PIXELS: Final = MAX_IMAGE_SIDE * MAX_IMAGE_SIDE


@dataclass(frozen=True, slots=True)
class Picture:
    """``data`` is PNG or JPEG; ``width`` and ``height`` of the original, in pixels."""

    data: bytes
    media_type: str
    width: int
    height: int
    is_smaller: bool = False  # than the original


def as_shown(data: bytes) -> Picture | str:
    """The picture; a phrase after "picture X …" when there is none to show.

    Raises:
        ModelError: MODEL_TOO_LARGE.
    """
    from PIL import Image

    if data.startswith(_KTX2):
        return _from_ktx2(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data)) as picture:
                _check_size(*picture.size)
                return _from_pillow(data, picture)
        except Image.DecompressionBombError:
            raise _too_large("more than 100 million") from None
        except MemoryError:
            raise
        except ModelError:
            raise
        except Exception as error:  # Pillow's plugins raise what they like for broken files
            return f"cannot be read ({type(error).__name__})"


def _from_pillow(data: bytes, picture: Any) -> Picture:
    width, height = picture.size
    is_small = max(width, height) <= SHOWN_IMAGE_SIDE
    if is_small and picture.format in ("PNG", "JPEG") and picture.mode in _PLAIN_MODES:
        return Picture(data, f"image/{picture.format.lower()}", width, height)
    if not is_small:
        if picture.format == "JPEG":
            picture.draft("RGB", (SHOWN_IMAGE_SIDE, SHOWN_IMAGE_SIDE))
        picture.thumbnail((SHOWN_IMAGE_SIDE, SHOWN_IMAGE_SIDE))
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    return Picture(_png(picture.convert("RGBA" if has_alpha else "RGB")), "image/png", width, height, not is_small)


def _from_ktx2(data: bytes) -> Picture | str:
    import opengl_basisu
    from PIL import Image

    try:
        texture = opengl_basisu.open(data)
        width, height = texture.width, texture.height
        _check_size(width, height)
        pixels = texture.transcode(opengl_basisu.Target.RGBA8).data
    except opengl_basisu.UnsupportedError:
        return "is a KTX picture of a kind that is not supported"
    except (ValueError, IndexError) as error:
        return f"cannot be read (KTX: {str(error)[:60]})"
    picture = Image.fromarray(pixels, "RGBA")
    if not texture.has_alpha:
        picture = picture.convert("RGB")
    is_small = max(width, height) <= SHOWN_IMAGE_SIDE
    if not is_small:
        picture.thumbnail((SHOWN_IMAGE_SIDE, SHOWN_IMAGE_SIDE))
    return Picture(_png(picture), "image/png", width, height, not is_small)


def _png(picture: Any) -> bytes:
    sink = io.BytesIO()
    picture.save(sink, "PNG", compress_level=1)
    return sink.getvalue()


def _check_size(width: int, height: int) -> None:
    if max(width, height) > MAX_IMAGE_SIDE:
        raise _too_large(f"{width} × {height}")


def _too_large(size: str) -> ModelError:
    return ModelError(
        "MODEL_TOO_LARGE",
        f"The model is too large: a picture in it has {size} pixels; {MAX_IMAGE_SIDE} a side are the most.",
        "Make its pictures smaller.",
    )
