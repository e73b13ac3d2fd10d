"""The table of fields, ``resources/theme-2d-fields.md``: every row of the format is in it, its tests exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "resources" / "theme-2d-fields.md"
_ROW = re.compile(r"^\| (?P<field>[^|]+) \| (?P<how>[^|]+) \| (?P<where>[^|]+) \| (?P<tests>[^|]+) \|$")
_FIELD_SECTIONS = ("2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7")


def rows() -> list[tuple[str, str, str, str, list[str]]]:
    """Section, field, what becomes of it, module, names of tests."""
    found, section = [], ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line[3:].split()[0]
        elif (match := _ROW.match(line)) and match["field"] not in ("Field", "---"):
            found.append(
                (section, match["field"], match["how"], match["where"], re.findall("`([^`]+)`", match["tests"]))
            )
    return found


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[0]} {row[1]}".replace("::", ":"))
def test_row_names_tests_that_exist_and_a_module(row: tuple[str, str, str, str, list[str]]):
    _, _, how, where, tests = row
    assert tests
    for name in tests:
        path, _, function = name.partition("::")
        assert function in functions_of(ROOT / path), name
    module = where.strip("`")
    places = (ROOT / "office_studio" / module, ROOT / "office_studio" / "ui" / "render" / module)
    assert any(place.exists() for place in places), module
    assert how


@pytest.mark.parametrize("section", _FIELD_SECTIONS)
def test_every_field_of_the_format_has_a_row(section: str, shared_dir: Path):
    """Names in the first column of the format's tables, against those of ours."""
    text = (shared_dir / "spec" / "theme-2d.md").read_text(encoding="utf-8")
    part = text.split(f"### {section} ", 1)[1].split("\n### ", 1)[0].split("\n#### ", 1)[0]
    first_columns = re.findall(r"^\| (`[^|]+) \|", part, re.MULTILINE)
    wanted = {name for cell in first_columns for name in re.findall(r"`([^`]+)`", cell)}
    ours = {name.strip() for s, field, *_ in rows() if s == section for name in field.split(",")}
    assert wanted
    assert wanted - ours == set()


def test_there_are_many_rows():
    """Guards the pattern: a table that is not understood would check nothing."""
    assert len(rows()) > 120
