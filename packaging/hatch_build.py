"""Build hook: make the static font instances, so that a wheel carries them although the repository does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FontsHook(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        subprocess.run([sys.executable, str(root / "packaging" / "make_fonts.py")], check=True)
        if version != "editable":
            build_data["force_include"][str(root / "resources" / "fonts")] = "office_studio/_bundled/resources/fonts"
