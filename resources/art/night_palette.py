"""Colours of the night lab.

The room takes over the names of the loft's materials, so that its plants and small things fit the night;
the figures keep the daylight colours and only get new names.
"""

import palette

DAY = dict(palette.HEX)

NEON = {
    "cyan": "#22D3EE",
    "magenta": "#F043B8",
    "violet": "#8B5CF6",
    "amber": "#FFB04A",
    "lime": "#3DF5A0",
    "ice": "#BFEFFF",
}

ROOM = {
    "wall": "#34315F",
    "wall_dim": "#2B2952",
    "trim": "#45427C",
    "panel": "#3C3970",
    "rack": "#23223F",
    "rackunit": "#3A3963",
    "bench": "#565292",
    "frame": "#3B3968",
    "pod": "#7E79BE",
    "indigo": "#5A55B8",
    "wood": "#4A4580",
    "wood2": "#3E3A70",
    "wood_dark": "#322F58",
    "floor": "#2A2750",
    "white": "#8D89C4",
    "cream": "#4A4580",
    "backdrop": "#0D0B20",
    "grey": "#77759F",
    "grey_dark": "#403E66",
    "black": "#1C1B33",
    "teal": "#25B9B6",
    "teal_dark": "#1B7F88",
    "orange": "#F0589A",
    "blue": "#5F72F2",
    "yellow": "#FFC46B",
    "green": "#2FB08E",
    "green_dark": "#1F8272",
    "green_light": "#56D6A8",
    "terracotta": "#8A4FA8",
    "pot": "#5B57A0",
    "pink": "#EE6FB6",
    "purple": "#8F6CF0",
    "coffee": "#2A2038",
    "sky": "#79C9F5",
}

WEAR = {
    "coat": "#EEF1FA",
    "night": "#3B3F6B",
    "steel": "#C9D2E6",
    "steel_dark": "#7C88A8",
    "hair_pink": "#F26FB5",
    "hair_blue": "#5C7BF0",
    "hair_silver": "#D7D6EC",
    "overall": "#F4873F",
    "visor": "#1B2C58",
}


def room() -> None:
    """Colours for the room; call before the first material is made."""
    _reset(DAY | NEON | ROOM)


def cast() -> None:
    """Colours for the figures."""
    _reset(DAY | NEON | WEAR)


def _reset(colours: dict) -> None:
    palette.HEX.clear()
    palette.HEX.update(colours)
