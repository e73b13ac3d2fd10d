"""Colours in all the spellings of the format."""

from __future__ import annotations

import pytest

from office_studio.core.theme.color import BACKDROP_DEFAULT, RGBA, backdrop, parse_color, status_color


@pytest.mark.parametrize(
    ("text", "color"),
    [
        ("#fff", RGBA(255, 255, 255)),
        ("#0a1B2c", RGBA(10, 27, 44)),
        ("0x0f172a", RGBA(15, 23, 42)),
        ("0f172a", RGBA(15, 23, 42)),
        ("#11223380", RGBA(17, 34, 51, 128)),
        ("rgb(1, 2, 3)", RGBA(1, 2, 3)),
        ("rgba(255,255,255,0.6)", RGBA(255, 255, 255, 153)),
        ("rgba(300, -5, 10, 2)", RGBA(255, 0, 10, 255)),
        ("rgb(100% 0% 50% / 50%)", RGBA(255, 0, 128, 128)),
        ("transparent", RGBA(0, 0, 0, 0)),
    ],
)
def test_spellings(text, color):
    assert parse_color(text) == color


@pytest.mark.parametrize("text", ["", "#12345", "red-ish", "rgb(1,2)", "rgb(a,b,c)", None, 5, "#gggggg"])
def test_no_colour(text):
    assert parse_color(text) is None


def test_status_colours_fall_back_to_the_design_documents_keys_then_to_defaults():
    assert status_color({"working": "#00FF88"}, "working") == RGBA(0, 255, 136)  # V-10
    assert status_color({"busy": "#F59E0B"}, "working") == RGBA(245, 158, 11)
    assert status_color({"working": "nonsense"}, "working") == RGBA(22, 163, 74)
    assert status_color({}, "unbound") == RGBA(102, 102, 102)  # V-11


def test_backdrop_ignores_alpha_and_takes_pure_black():
    assert backdrop("0x000000") == RGBA(0, 0, 0)
    assert backdrop("#11223300") == RGBA(17, 34, 51)
    assert backdrop("nope") == BACKDROP_DEFAULT
