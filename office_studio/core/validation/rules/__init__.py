"""All rules. Listed by hand: frozen builds miss what only a scan finds."""

from office_studio.core.validation.rules import (  # noqa: F401
    characters,
    contents,
    files,
    layout,
    metadata,
    objects,
    space,
    zones,
)
