"""Numeric vectors V-01 to V-06 of the 2D theme format, section 20."""

from __future__ import annotations

import pytest

from office_studio.core.theme.model import Point, Rect, Viewport
from office_studio.core.theme.viewport import Camera, Fit, initial_zoom


@pytest.mark.parametrize(
    ("view", "zoom", "base", "pan"),
    [
        ((1280, 720), 1, 0.666667, (0, 0)),  # V-01
        ((1000, 700), 1, 0.648148, (-122.22, 0)),  # V-02
        ((800, 600), 1, 0.555556, (-133.33, 0)),  # V-03
        ((390, 844), 0.6, 0.781481, (-255.13, 168.80)),  # V-04
        ((1920, 1080), 0.5, 1.0, (480, 270)),  # V-05
    ],
)
def test_cover_vectors(view, zoom, base, pan):
    camera = Camera(1920, 1080, *view, fit=Fit.COVER, zoom=zoom).centred()
    assert camera.base_scale == pytest.approx(base, abs=1e-6)
    assert (camera.pan.x, camera.pan.y) == pytest.approx(pan, abs=0.01)


def test_zoom_towards_a_point():  # V-06
    camera = Camera(1920, 1080, 1280, 720, fit=Fit.COVER).centred().zoomed(1.1, Point(320, 180))
    assert (camera.pan.x, camera.pan.y) == pytest.approx((-32, -18))


def test_contain_shows_everything_and_centres_it():
    camera = Camera(1920, 1080, 1000, 1000).centred()
    assert camera.scale == pytest.approx(1000 / 1920)
    assert (camera.pan.x, camera.pan.y) == pytest.approx((0, (1000 - 562.5) / 2))


def test_view_and_canvas_coordinates_are_inverse():
    camera = Camera(1920, 1080, 777, 333).centred().zoomed(2, Point(10, 20))
    at = Point(123.4, 567.8)
    back = camera.to_canvas(camera.to_view(at))
    assert (back.x, back.y) == pytest.approx((at.x, at.y))


def test_panning_never_shows_a_gap():
    camera = Camera(1920, 1080, 1280, 720, zoom=2, pan=Point(500, -99999)).clamped()
    assert camera.pan == Point(0, 720 - 1440)


def test_the_narrow_zoom_counts_only_for_the_cropping_fit():
    viewport = Viewport(mobile_default_zoom=0.6)
    assert initial_zoom(viewport, 390, Fit.COVER) == 0.6
    assert initial_zoom(viewport, 390, Fit.CONTAIN) == 1
    assert initial_zoom(Viewport(default_zoom=9), 1000, Fit.CONTAIN) == 3


def test_a_part_of_the_canvas_is_fitted_and_the_pan_stays_within_the_canvas():
    part = Rect(100, 60, 1600, 900)
    camera = Camera(1920, 1080, 960, 960).fitted_to(part)
    assert camera.scale == pytest.approx(0.6)
    left, right = camera.to_view(Point(100, 0)).x, camera.to_view(Point(1700, 0)).x
    assert (left, right) == (pytest.approx(0), pytest.approx(960))
    corner = Camera(1920, 1080, 960, 540).fitted_to(Rect(0, 0, 960, 540))
    assert (corner.pan.x, corner.pan.y, corner.zoom) == (0, 0, 2)
