"""What a scene may cost the drawing process: the limit itself, and textures that are shown smaller to keep it."""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QSize

from office_studio.ui.room3d.assets import _decoded, load_asset
from office_studio.ui.room3d.picture_budget import fit_pictures, shrunk
from office_studio.ui.room3d.scene import ModelFile

_PROBE = """
import sys
import numpy
from office_studio.ui.room3d.engine_memory import MemoryBound
bound = MemoryBound()
bound.take_bare(sys.argv[1])
bound.make_room(int(sys.argv[2]))
try:
    numpy.empty(600 << 20, numpy.uint8)  # asked for, not used: nothing is written to it
except MemoryError:
    print("refused")
else:
    print("given")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts private memory")
@pytest.mark.parametrize(
    ("driver", "pixels", "says"),
    [
        ("llvmpipe (LLVM 15.0.6, 256 bits)", 640 * 360, "refused"),
        ("llvmpipe (LLVM 15.0.6, 256 bits)", 3840 * 2160, "given"),  # the picture is the user's, not the scene's
        ("NVIDIA GeForce", 640 * 360, "given"),  # what its driver maps is not ours to foresee
    ],
)
def test_a_scene_has_500_mb_beyond_what_the_process_needs(driver: str, pixels: int, says: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROBE, driver, str(pixels)], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == [says]


def test_textures_beyond_the_bound_are_shown_smaller_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "posters.glb"
    path.write_bytes(_posters((1024, 1024), (2048, 1024), (256, 256)))
    asset = load_asset(ModelFile(key="it", path=str(path)))
    fit_pictures([asset], None)
    assert (asset.halvings, asset.problems) == (0, [])
    fit_pictures([asset], 13 << 20)  # 12.25 MB are enough
    assert (asset.halvings, asset.problems) == (0, [])
    fit_pictures([asset], 4 << 20)
    assert asset.halvings == 1
    assert asset.problems == [
        "Its textures are shown at 1/2 of their size: those of all models here would take 12 MB, "
        "and without a GPU 4 MB are the most."
    ]
    assert asset.document is not None
    sizes = [_decoded(asset.document, number, asset.halvings).size() for number in range(3)]
    assert sizes == [QSize(512, 512), QSize(1024, 512), QSize(256, 256)]


def test_small_textures_are_spared() -> None:
    assert shrunk(QSize(4096, 2048), 2) == QSize(1024, 512)
    assert shrunk(QSize(4096, 512), 3) == QSize(4096, 512)
    assert shrunk(QSize(4096, 4096), 9) == QSize(512, 512)


def _posters(*sizes: tuple[int, int]) -> bytes:
    """A GLB of triangles, each with a picture of its own of one of the sizes."""
    buffer, views = bytearray(), []

    def view(content: bytes) -> int:
        buffer.extend(b"\0" * (-len(buffer) % 4))
        views.append({"buffer": 0, "byteOffset": len(buffer), "byteLength": len(content)})
        buffer.extend(content)
        return len(views) - 1

    places, corners = view(struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1, 0)), view(struct.pack("<6f", 0, 0, 1, 0, 0, 1))
    images = []
    for number, size in enumerate(sizes):
        file = io.BytesIO()
        Image.new("RGB", size, (200, 80, number)).save(file, "PNG")
        images.append({"bufferView": view(file.getvalue()), "mimeType": "image/png"})
    float_ = {"componentType": 5126, "count": 3}
    document = {
        "asset": {"version": "2.0"},
        "scene": 0,
        "scenes": [{"nodes": list(range(len(sizes)))}],
        "nodes": [{"mesh": number} for number in range(len(sizes))],
        "meshes": [
            {"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "material": number}]}
            for number in range(len(sizes))
        ],
        "materials": [
            {"pbrMetallicRoughness": {"baseColorTexture": {"index": number}}} for number in range(len(sizes))
        ],
        "textures": [{"source": number} for number in range(len(sizes))],
        "images": images,
        "accessors": [
            {"bufferView": places, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 0], **float_},
            {"bufferView": corners, "type": "VEC2", **float_},
        ],
    }
    document |= {"bufferViews": views, "buffers": [{"byteLength": len(buffer)}]}
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    buffer.extend(b"\0" * (-len(buffer) % 4))
    head = struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(buffer))
    return head + struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(buffer), b"BIN\0") + buffer
