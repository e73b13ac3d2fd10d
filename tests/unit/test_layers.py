"""Imports point one way; only ``ui`` may load Qt; importing the package stays cheap."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROBE = """
import importlib, pkgutil, sys
for name in {packages!r}:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        if "migrations" not in module.name and not module.name.startswith({skipped!r}):
            importlib.import_module(module.name)
loaded = {{name.split(".")[0] for name, module in sys.modules.items() if module is not None}}
print(" ".join(sorted(loaded & set({forbidden!r}))))
print(" ".join(sorted(name for name in sys.modules if name.startswith({layers!r}))))
"""

# services/gltf_engine.py hosts the glTF-Validator in Qt's JavaScript engine, but loads Qt only where it is run: in a
# process of its own, of which the services know no more than its two pipes.
_QT = ("PySide6", "shiboken6")
_NETWORK = ("httpx", "starlette", "uvicorn", "sqlalchemy", "trimesh", "numpy", "keyring")


# Models are arrays of numbers; who only watches an office never imports this.
_WITH_NUMPY = "office_studio.core.gltf"


def _loaded(package: str, forbidden: tuple[str, ...], layers: tuple[str, ...]) -> tuple[str, str]:
    skipped = "" if package == _WITH_NUMPY else _WITH_NUMPY
    code = _PROBE.format(packages=(package,), forbidden=forbidden, layers=layers, skipped=skipped or "-")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    third_party, own = done.stdout.split("\n")[:2]
    return third_party, own


@pytest.mark.parametrize(
    ("package", "forbidden", "layers"),
    [
        ("office_studio.core", (*_QT, *_NETWORK), ("services", "server", "cli", "ui")),
        (_WITH_NUMPY, tuple({*_QT, *_NETWORK} - {"numpy"}), ("services", "server", "cli", "ui")),
        ("office_studio.services", _QT, ("cli", "ui")),
        ("office_studio.server", _QT, ("cli", "ui")),
    ],
)
def test_a_layer_loads_nothing_above_it(package: str, forbidden: tuple[str, ...], layers: tuple[str, ...]) -> None:
    third_party, own = _loaded(package, forbidden, tuple(f"office_studio.{layer}" for layer in layers))
    assert third_party == ""
    assert own == ""


def test_the_package_itself_is_cheap() -> None:
    code = "import office_studio, office_studio.cli.main, sys; print(len([m for m in sys.modules if m in %r]))"
    done = subprocess.run(
        [sys.executable, "-c", code % ((*_QT, *_NETWORK),)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0"
