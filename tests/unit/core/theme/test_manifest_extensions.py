"""Extensions of the manifest: navigation, quality hints, own animation types."""

from office_studio.core.theme.manifest import theme_from_document
from office_studio.core.theme.model import Point

_BASE = {"id": "t", "name": "T", "version": "1.0.0", "canvas": {"width": 100, "height": 50}}


def test_navigation_is_read_and_what_is_no_polygon_is_reported():
    square = [{"x": 0, "y": 0}, {"x": 10, "y": 0}, {"x": 10, "y": 10}]
    theme, findings = theme_from_document(
        _BASE | {"navigation": {"floor": [square, "x"], "obstacles": [square[:2]], "entrance": {"x": 5, "y": 6}}}
    )
    assert theme.navigation is not None
    assert theme.navigation.floor == ((Point(0, 0), Point(10, 0), Point(10, 10)),)
    assert theme.navigation.obstacles == ()
    assert theme.navigation.entrance == Point(5, 6)
    assert [finding.pointer for finding in findings if "navigation" in (finding.pointer or "")] == [
        "/navigation/floor/1"
    ]


def test_without_navigation_there_is_none():
    theme, _ = theme_from_document(_BASE)
    assert theme.navigation is None
    assert theme.quality == {}


def test_quality_hints_are_read():
    hints = {"high": {"renderer": {"antialias": False, "pixelRatio": 2}, "background": {"image": "b.png"}}}
    theme, _ = theme_from_document(_BASE | {"quality": hints})
    mode = theme.quality["high"]
    assert (mode.antialias, mode.pixel_ratio, mode.background) == (False, 2, "b.png")
