"""Pictures of a theme that the original web renderer drew with: background, grid sheet, seat pictures. Any thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtGui import QImage

from office_studio.core.office.reference_look import has_layer
from office_studio.core.theme.model import Theme
from office_studio.core.validation.report import Finding, Severity
from office_studio.errors import AssetError, OfficeStudioError
from office_studio.services.theme_loader import LoadedTheme
from office_studio.ui.render.assets import MAX_THEME_PIXELS
from office_studio.ui.render.images import read_image


@dataclass(frozen=True, slots=True)
class ReferenceAssets:
    """What could be loaded; the rest is in ``findings``. ``seat_names``: of ``seat_pictures``, per seat and status."""

    theme: Theme | None = None
    background: QImage | None = None
    sheet: QImage | None = None
    seat_names: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    seat_pictures: Mapping[str, QImage] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def load_reference_assets(loaded: LoadedTheme | None) -> ReferenceAssets:
    """Decode what the original loaded: no variants for narrow or fine screens, no JSON atlas, no furniture. Slow (tens
    of ms); never raises for a bad picture."""
    if loaded is None:
        return ReferenceAssets()
    theme, left = loaded.theme, MAX_THEME_PIXELS
    findings = list(loaded.findings)

    def picture(name: str, pointer: str) -> QImage | None:
        nonlocal left
        try:
            image = read_image(loaded.files, name)
            left -= image.width() * image.height()
            if left < 0:
                raise AssetError(
                    "IMAGE_TOO_LARGE", f"“{name}” is left out: the pictures need too much memory.", file=name
                )
            return image
        except OfficeStudioError as error:
            rules = {"ASSET_MISSING": "T2D-FILE-MISSING", "IMAGE_TOO_LARGE": "T2D-IMG-DIM"}
            rule = rules.get(error.code, "T2D-IMG-BROKEN")
            findings.append(Finding(rule, Severity.WARNING, error.message, error.hint, file=name, pointer=pointer))
            return None

    back, atlas = theme.canvas.background.image, theme.characters.atlas
    wants_background = back and has_layer(theme, "background")
    background = picture(back, "/canvas/background/image") if back and wants_background else None
    sheet = picture(atlas, "/characters/atlas") if atlas and not atlas.lower().endswith(".json") else None
    if theme.characters.frame_width <= 0 or theme.characters.frame_height <= 0:
        sheet = None
    names: dict[str, dict[str, tuple[str, ...]]] = {}
    pictures: dict[str, QImage] = {}
    for seat_id, sets in theme.characters.seat_sprites.items():
        for status, files in sets.items():
            for name in files:
                if name not in pictures and (image := picture(name, f"/characters/seatSprites/{seat_id}/{status}")):
                    pictures[name] = image
            if found := tuple(name for name in files if name in pictures):
                names.setdefault(seat_id, {})[status] = found
    return ReferenceAssets(theme, background, sheet, names, pictures, tuple(findings))
