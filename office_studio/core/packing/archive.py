"""Zip bytes that depend on nothing but names and contents: same theme, same bytes, on every machine."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable
from typing import BinaryIO

from office_studio.core.theme.manifest import BOM
from office_studio.core.validation.subject import extension

_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can hold
_DEFLATED = {"json", "svg", "gltf"}  # the rest is compressed already
_LEVEL = 9
_MODE = 0o100644 << 16


def write_zip(target: BinaryIO, names: Iterable[str], read: Callable[[str], bytes]) -> int:
    """Write a bundle: sorted entries, fixed dates and modes. Returns the number of entries."""
    count = 0
    with zipfile.ZipFile(target, "w") as archive:
        for name in sorted(names):
            data = read(name)
            if name == "theme.json":
                data = data.removeprefix(BOM)
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system = 3
            info.external_attr = _MODE
            info.compress_type = zipfile.ZIP_DEFLATED if extension(name) in _DEFLATED else zipfile.ZIP_STORED
            archive.writestr(info, data, compresslevel=_LEVEL)
            count += 1
    return count
