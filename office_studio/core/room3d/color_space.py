"""sRGB and linear light. Linear channels run from 0 to 1, and beyond where lights add up."""

from __future__ import annotations

import colorsys

from office_studio.core.theme.room_model import Tint, Vec3


def to_linear(channel: float) -> float:
    """One sRGB channel, 0 to 1, as light."""
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def to_srgb(light: float) -> float:
    return light * 12.92 if light <= 0.0031308 else float(1.055 * light ** (1 / 2.4) - 0.055)


def linear(color: Tint) -> Vec3:
    return (to_linear(color.red / 255), to_linear(color.green / 255), to_linear(color.blue / 255))


def encoded(light: Vec3) -> Tint:
    """The nearest sRGB colour; what is too bright is cut."""
    red, green, blue = (round(255 * to_srgb(min(1.0, max(0.0, channel)))) for channel in light)
    return Tint(red, green, blue)


def darkened(color: Tint, by: float) -> Tint:
    """With less HSL lightness, computed on linear channels (as three.js' ``offsetHSL``; format section 9)."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*linear(color))
    return encoded(colorsys.hls_to_rgb(hue, min(1.0, max(0.0, lightness - by)), saturation))
