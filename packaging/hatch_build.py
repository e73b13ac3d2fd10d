"""Build hook: make the static fonts and fetch the glTF-Validator; a wheel carries them, the repository does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ResourcesHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        subprocess.run([sys.executable, str(root / "packaging" / "make_fonts.py")], check=True)
        subprocess.run([sys.executable, str(root / "packaging" / "fetch_gltf_validator.py"), "--optional"], check=True)
        if version != "editable":
            self._include(build_data, root / "resources" / "fonts")
            self._include(build_data, root / "resources" / "vendor")

    def _include(self, build_data: dict[str, Any], folder: Path) -> None:
        # Without the validator the app checks models by itself and says so.
        if folder.is_dir():
            build_data["force_include"][str(folder)] = f"office_studio/_bundled/resources/{folder.name}"
