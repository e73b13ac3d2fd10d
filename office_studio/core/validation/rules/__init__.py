"""All rules. Listed by hand: frozen builds miss what only a scan finds."""

from office_studio.core.validation.rules import (  # noqa: F401
    budgets,
    bundles,
    characters,
    contents,
    files,
    floor,
    khronos,
    layout,
    metadata,
    models,
    objects,
    space,
    space_figure,
    space_view,
    whole,
    zones,
)
