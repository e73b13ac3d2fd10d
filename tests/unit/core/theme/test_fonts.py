"""The short form of fonts in name tags."""

from __future__ import annotations

import pytest

from office_studio.core.theme.fonts import CssFont, parse_font


@pytest.mark.parametrize(
    ("text", "font"),
    [
        ("12px sans-serif", CssFont(12, 400, False, ("sans-serif",))),
        ("600 13px sans-serif", CssFont(13, 600, False, ("sans-serif",))),
        ("bold 10pt 'Fira Sans', serif", CssFont(40 / 3, 700, False, ("Fira Sans", "serif"))),
        ('italic small-caps 700 1.5em/1.2 "A B",monospace', CssFont(24, 700, True, ("A B", "monospace"))),
        ("normal normal 75% x", CssFont(12, 400, False, ("x",))),
        ("12px system-ui, sans-serif", CssFont(12, 400, False, ("system-ui", "sans-serif"))),
        ("Georgia, serif", CssFont(12, 400, False, ("Georgia", "serif"))),
        ("", CssFont()),
        ("bold", CssFont(12, 700)),
        ("0px x", CssFont(1, 400, False, ("x",))),
        ("99999px x", CssFont(200, 400, False, ("x",))),
        ("12px ,,", CssFont()),
    ],
)
def test_font(text: str, font: CssFont):
    got = parse_font(text)
    assert got.size_px == pytest.approx(font.size_px)
    assert (got.weight, got.is_italic, got.families) == (font.weight, font.is_italic, font.families)
