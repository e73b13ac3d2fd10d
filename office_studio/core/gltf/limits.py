"""How much of a model is read, converted and shown. Beyond that it is refused, by the number that is too large."""

from __future__ import annotations

from typing import Final

from office_studio.errors import ModelError

MAX_FILE_BYTES: Final = 128 << 20  # of the model, and of each file it names
MAX_READ_BYTES: Final = 192 << 20  # of all files it names
MAX_OUTPUT_BYTES: Final = 128 << 20
MAX_NODES: Final = 20_000
MAX_DEPTH: Final = 400  # nodes inside nodes: what reads the file after us goes down recursively
MAX_MESHES: Final = 20_000  # pieces drawn one by one
MAX_VERTICES: Final = 3_000_000
MAX_TRIANGLES: Final = 3_000_000  # as drawn: a mesh in two places counts twice
SHOWN_COPIES: Final = 4_000  # of EXT_mesh_gpu_instancing, in all
COPIED_TRIANGLES: Final = 500_000
MAX_JOINTS: Final = 1_000  # of one skin
MAX_TARGETS: Final = 256  # morph targets of one mesh
MAX_IMAGES: Final = 256
MAX_IMAGE_SIDE: Final = 8192  # pixels
SHOWN_IMAGE_SIDE: Final = 4096  # larger ones are made smaller
MAX_IMAGE_BYTES: Final = 512 << 20  # decoded, all of them


def check_limit(value: int, most: int, what: str) -> None:
    """Raise MODEL_TOO_LARGE when ``value`` is over ``most``. ``what``: the plural of what is counted."""
    if value > most:
        raise ModelError(
            "MODEL_TOO_LARGE",
            f"The model is too large: it has {value:,} {what}; {most:,} are the most.",
            "Make it simpler, or split it.",
        )
