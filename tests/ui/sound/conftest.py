"""What QtMultimedia says on machines without sound device, PulseAudio, PipeWire or graphics card, and of bad files."""

from __future__ import annotations

from pathlib import Path

import pytest

_NOISE = "|".join(
    (
        "This plugin does not support",
        "symbolsresolver",
        "FFmpeg",
        "PulseAudio",
        "pa_context",
        "pipewire",
        "va(-x11|-drm|\\(in plugin\\))? (library|symbols)",  # video decoding on the graphics card
        "No audio device",
        "Could not open media",
    )
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            # In front: only the closest mark counts.
            item.add_marker(pytest.mark.qt_log_ignore(_NOISE, extend=True), append=False)
