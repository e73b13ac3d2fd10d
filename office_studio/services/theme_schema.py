"""The bundled JSON Schema of the manifest, read once."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from office_studio.core.validation.schema import ManifestSchema
from office_studio.paths import resources_dir


def schema_folder() -> Path:
    """Where editors find the schema: name ``theme.schema.json`` of it in ``$schema``."""
    return resources_dir() / "schemas"


@cache
def manifest_schema() -> ManifestSchema:
    return ManifestSchema({path.name: json.loads(path.read_text("utf-8")) for path in schema_folder().glob("*.json")})
