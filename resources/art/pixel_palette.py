"""The colours of the pixel loft: ramps from dark to light, shared by the room, the things and the figures.

Shades turn towards plum, lights towards yellow, so a ramp never runs through grey. A material name of the
mesh kit is mapped to a ramp; nothing else in the theme has a colour.
"""

LINE = "#33233F"  # outlines
BACKDROP, BACKDROP_SHADE = "#2F2B52", "#25213F"

RAMPS = {  # dark, middle, light and, for big or shiny things, highlight
    "wall": ("#8177BE", "#A29ADB", "#BDB6EC", "#D0CBF5"),
    "panel": ("#5E5499", "#756BB3", "#8B82C8"),
    "floor": ("#B07A54", "#C8925F", "#E0B27B", "#E9C08B", "#FBDA9C"),  # shade seam, shade, seam, board, sun
    "tile": ("#B3A0B4", "#D9C7C2", "#F0E2D2"),
    "wood": ("#96583F", "#BE7F4E", "#DDA565", "#F3CC8B"),
    "brown": ("#4A2C38", "#6B4240", "#8E5D4A"),
    "white": ("#9D97C0", "#CDC9E3", "#F0EDF8"),
    "cream": ("#C79B86", "#EBCDAA", "#FBEACB"),
    "grey": ("#565276", "#7B779B", "#A5A1C3"),
    "dark": ("#241E36", "#3A3352", "#554D74"),
    "teal": ("#1B6D7C", "#23A097", "#4CD3B2", "#A5F3CF"),
    "orange": ("#A8472F", "#DD7338", "#FA9F4C", "#FFCB74"),
    "blue": ("#2C4C9B", "#3F7BD6", "#68ACF5", "#A9DDFF"),
    "yellow": ("#BE7A2B", "#EDB53B", "#FFE06B"),
    "pink": ("#A63C6B", "#E0628C", "#FF9BAF"),
    "purple": ("#503889", "#7757C2", "#A585E8"),
    "red": ("#862B44", "#C4414C", "#EE6A59"),
    "green": ("#1A5250", "#2A8257", "#55B45F", "#A0DC6C"),
    "skin1": ("#D2896C", "#F3BC95", "#FFDDBA"),
    "skin2": ("#AC664B", "#DA966B", "#F2B98C"),
    "skin3": ("#7E4838", "#B0704D", "#D2946B"),
    "skin4": ("#5A3434", "#87533D", "#A97050"),
}

NAMES = {  # material of the mesh kit -> ramp
    "wall_dim": "brown",
    "trim": "white",
    "wood2": "wood",
    "wood_dark": "brown",
    "teal_dark": "teal",
    "orange_dark": "orange",
    "navy": "dark",
    "grey_dark": "dark",
    "black": "dark",
    "green_dark": "green",
    "green_light": "green",
    "terracotta": "orange",
    "pot": "cream",
    "coffee": "brown",
    "hair_brown": "brown",
    "hair_black": "dark",
    "hair_blond": "yellow",
    "hair_red": "orange",
    "hair_grey": "white",
    "blush": "pink",
    "eye": "dark",
    "denim": "blue",
    "khaki": "wood",
    "charcoal": "dark",
    "sky": "blue",
    "peach": "orange",
    "sage": "teal",
    "slab": "brown",
}
SHIFT = {
    "green_dark": -1,
    "green_light": 1,
    "teal_dark": -1,
    "hair_red": -1,
    "terracotta": -1,
    "hair_grey": -1,
}
GLOW = 9  # tone of what is lit by itself: always the lightest of its ramp


def rgb(text: str) -> tuple[int, int, int]:
    """'#RRGGBB' -> three numbers."""
    return tuple(int(text[i : i + 2], 16) for i in (1, 3, 5))


def ramp_of(material: str) -> tuple[str, int, bool]:
    """Material name of the mesh kit -> (ramp, shift of the tone, lit by itself)."""
    base, _, kind = material.partition(":")
    ramp = base if base in RAMPS else NAMES[base]
    return ramp, SHIFT.get(base, 0), kind in ("glow", "led", "neon")


INDEX: list[tuple[int, int, int]] = [rgb(LINE), rgb(BACKDROP), rgb(BACKDROP_SHADE)]
START: dict[str, int] = {}
for _name, _colours in RAMPS.items():
    START[_name] = len(INDEX)
    INDEX += [rgb(c) for c in _colours]


def colour(ramp: str, tone: int) -> int:
    """Number in INDEX of a ramp's colour; a tone outside the ramp is its end."""
    return START[ramp] + min(max(tone, 0), len(RAMPS[ramp]) - 1)
