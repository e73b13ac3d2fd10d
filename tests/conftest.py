"""Fixtures for every test: own user folders, the shared data where it lies, the ``--full`` switch."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# No test asserts a time: on a machine with two busy cores drawing one example may take seconds.
_COMMON: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
# The same tree gives the same verdict each time; new examples are looked for by the long runs.
settings.register_profile("check", derandomize=True, **_COMMON)
settings.register_profile("explore", **_COMMON)
settings.load_profile("check")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT = Path(__file__).resolve().parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="also run what is marked full (long)")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--full"):
        settings.load_profile("explore")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--full"):
        return
    full = [item for item in items if item.get_closest_marker("full")]
    if full:
        config.hook.pytest_deselected(items=full)
        items[:] = [item for item in items if item not in full]


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """User folders of this test alone; the tester's own settings, keyring and cache stay untouched."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("OFFICE_STUDIO_HOME", str(home))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("OFFICE_STUDIO_OFFICE", raising=False)
    monkeypatch.delenv("OFFICE_STUDIO_TOKEN", raising=False)
    return home


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Specs and test data beside the checkout; tests that need them are skipped where they are absent."""
    path = Path(os.environ.get("OFFICE_STUDIO_SHARED", ROOT.parent / "shared"))
    if not path.is_dir():
        pytest.skip(f"the shared test data is not at {path}")
    return path
