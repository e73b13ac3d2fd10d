"""How much memory the drawing process may have: what is shown decides little of it, its size on screen the rest.

A room or a model gets 500 MB beyond what the process needs without one. Pictures are paid for separately: their size is
the user's choice, not that of who made the model. That is so where everything is drawn in this process' own memory;
what a GPU's driver maps here besides is not ours to foresee, and only the wider limit holds.
"""

from __future__ import annotations

from pathlib import Path

MOST_ADDRESS_BYTES = 6 << 30  # a software renderer reserves far more than it uses
MOST_DATA_BYTES = 1536 << 20
TEXTURE_BYTES = 96 << 20  # decoded: in all they take three times as much, with their smaller copies and Qt's own
SCENE_BYTES = 500 << 20  # measured: 225 MB for loft-3d with twelve figures, 360 for the hungriest model of the corpus
PIXEL_BYTES = 96  # measured: 69 with 4 samples, 80 for a moment while the size changes
SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swiftshader", "lavapipe")


class MemoryBound:
    """Limits of this process; on systems without such limits it does nothing."""

    def __init__(self) -> None:
        self._bare = 0
        self._pixels = 0
        self._limit(MOST_DATA_BYTES)
        try:
            import resource

            resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESS_BYTES, MOST_ADDRESS_BYTES))
        except (ImportError, ValueError, OSError):
            pass

    def take_bare(self, driver: str) -> None:
        """From now on whatever comes on top is a scene's, if the driver is one that draws in our own memory."""
        if any(name in driver.lower() for name in SOFTWARE):
            self._bare = data_bytes()
            self.make_room(0)

    @property
    def picture_bytes(self) -> int | None:
        """How much of a scene may be its textures, decoded; None: only the wide limit holds."""
        return TEXTURE_BYTES if self._bare else None

    def make_room(self, pixels: int) -> None:
        """Allow for pictures of so many pixels; not less than for those before, which may be kept."""
        self._pixels = max(self._pixels, pixels)
        if self._bare:
            self._limit(min(MOST_DATA_BYTES, self._bare + SCENE_BYTES + self._pixels * PIXEL_BYTES))

    def _limit(self, wanted: int) -> None:
        try:
            import resource

            _, hard = resource.getrlimit(resource.RLIMIT_DATA)
            hard = MOST_DATA_BYTES if hard == resource.RLIM_INFINITY else min(hard, MOST_DATA_BYTES)
            resource.setrlimit(resource.RLIMIT_DATA, (min(wanted, hard), hard))
        except (ImportError, ValueError, OSError):
            pass


def data_bytes() -> int:
    """Private memory of this process that can be written, as the limit counts it; 0 where it is not told."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmData:")), 0)
