"""Pictures are proven whole without decoding, as exactly as decoding would."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from office_studio.core.validation.images import image_facts
from office_studio.core.validation.png import png_problem


def noise(side: int, mode: str = "RGB", **options: object) -> bytes:
    image = Image.frombytes("RGBA", (side, side), random.Random(side).randbytes(side * side * 4)).convert(mode)
    stream = io.BytesIO()
    image.save(stream, "PNG", **options)
    return stream.getvalue()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("side", [1, 7, 40])
def test_whole_pictures_of_every_kind(mode, side):
    if mode == "I;16":
        stream = io.BytesIO()
        Image.new("I;16", (side, side), 9).save(stream, "PNG")
        data = stream.getvalue()
    else:
        data = noise(side, mode)
    assert png_problem(data) == ""
    assert image_facts(data).is_usable


@pytest.mark.parametrize("side", [40, 400])  # 400: large enough that only checksums are looked at
def test_damage_is_found(side):
    data = noise(side)
    spoiled = bytearray(data)
    spoiled[len(data) // 2] ^= 0x40
    assert "checksum" in image_facts(bytes(spoiled)).problem
    assert "truncated" in image_facts(data[: len(data) // 2]).problem
    assert image_facts(data[:-12]).is_cut
    assert image_facts(data[:-12]).is_usable


def test_pixels_that_are_missing_though_all_parts_are_sound():
    rich, poor = noise(40), noise(20)
    header_end, pixels = 33, poor[33:]
    assert "truncated" in str(png_problem(rich[:header_end] + pixels))
    start = rich.index(b"IDAT") - 4
    assert "truncated" in str(png_problem(rich[:start] + rich[-12:]))


def test_what_is_said_of_a_damaged_header_is_for_people():
    data = noise(40)
    assert image_facts(data[:16] + b"\0" * 8 + data[24:]).problem == "its header is damaged"
