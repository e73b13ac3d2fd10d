"""Light of the night lab that moves: screen- and add-blended sprites, drawn by numpy from the floor plan."""

import itertools
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

import night_plan as plan
from plan import D
from project import project

CYAN, PINK, AMBER, LIME, VIOLET = (
    (60, 220, 255),
    (255, 80, 200),
    (255, 180, 90),
    (80, 255, 180),
    (150, 110, 255),
)


@dataclass
class Glow:
    """A picture of light in canvas pixels: straight RGBA floats 0..1 and its top left corner."""

    pixels: np.ndarray
    x: int
    y: int

    @classmethod
    def around(cls, points, pad: int) -> "Glow":
        """Empty picture around canvas points."""
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        x, y = int(min(xs)) - pad, int(min(ys)) - pad
        w, h = int(max(xs)) + pad - x + 1, int(max(ys)) + pad - y + 1
        return cls(np.zeros((h, w, 4), np.float32), x, y)

    def _add(self, strength: np.ndarray, colour) -> None:
        """Lay light of one colour over what is there."""
        a = np.clip(strength, 0, 1)[..., None]
        old = self.pixels[..., 3:]
        total = a + old * (1 - a)
        rgb = (np.float32(colour) / 255 * a + self.pixels[..., :3] * old * (1 - a)) / np.maximum(total, 1e-5)
        self.pixels = np.concatenate([rgb, total], -1)

    def spot(
        self, at, radius: float, strength: float, colour, squash: float = 1.0, power: float = 2.0
    ) -> "Glow":
        """Round light at a canvas point."""
        h, w = self.pixels.shape[:2]
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        r = np.hypot(x + self.x - at[0], (y + self.y - at[1]) / squash) / radius
        self._add(np.clip(1 - r, 0, 1) ** power * strength, colour)
        return self

    def line(self, points, radius: float, strength: float, colour, power: float = 2.4) -> "Glow":
        """Light around a polyline of canvas points."""
        h, w = self.pixels.shape[:2]
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        x, y = x + self.x, y + self.y
        near = np.full((h, w), np.inf, np.float32)
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            dx, dy = bx - ax, by - ay
            t = np.clip(((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-6), 0, 1)
            near = np.minimum(near, np.hypot(x - ax - t * dx, y - ay - t * dy))
        self._add(np.clip(1 - near / radius, 0, 1) ** power * strength, colour)
        return self

    def area(self, corners, blur: float, strength: float, colour) -> "Glow":
        """Soft patch inside canvas corners."""
        h, w = self.pixels.shape[:2]
        mask = Image.new("L", (w, h))
        ImageDraw.Draw(mask).polygon([(px - self.x, py - self.y) for px, py in corners], fill=255)
        soft = np.asarray(mask.filter(ImageFilter.GaussianBlur(blur)), np.float32) / 255
        self._add(soft * strength, colour)
        return self


def pulse(low: float, high: float, seconds: float) -> dict:
    """Manifest animation."""
    return {"type": "pulse", "minOpacity": low, "maxOpacity": high, "duration": round(seconds * 1000)}


def flicker(seconds: float, low: float) -> dict:
    """Manifest animation."""
    return {"type": "flicker", "interval": round(seconds * 1000), "minOpacity": low}


class Box:
    """Collects effects for one theme folder."""

    def __init__(self, out: Path):
        self.out, self.entries = out, []

    def put(self, ident, glow: Glow, animation=None, layer="effects", blend="screen", opacity=1.0) -> None:
        """Save a picture, cut to what shows, and describe it."""
        ys, xs = np.nonzero(glow.pixels[..., 3] > 0.004)
        x0, y0 = int(xs.min()), int(ys.min())
        part = glow.pixels[y0 : ys.max() + 1, x0 : xs.max() + 1]
        image = (np.clip(part, 0, 1) * 255 + 0.5).astype(np.uint8)
        image[image[..., 3] == 0] = 0
        name = f"effect-{ident}.png"
        Image.fromarray(image).save(self.out / name, optimize=True)
        entry = {
            "id": ident,
            "type": "sprite",
            "sprite": name,
            "layer": layer,
            "x": glow.x + x0,
            "y": glow.y + y0,
            "width": image.shape[1],
            "height": image.shape[0],
            "opacity": opacity,
            "blendMode": blend,
        }
        if animation:
            entry["animation"] = animation
        self.entries.append(entry)


def write(out: Path) -> list[dict]:
    """Save the pictures; manifest entries."""
    box = Box(out)
    _window(box)
    _walls(box)
    _benches(box)
    _racks(box)
    _hologram(box)
    _lounge(box)
    return box.entries


def _round(at, radius, strength, colour, **options) -> Glow:
    return Glow.around([at], int(radius)).spot(at, radius, strength, colour, **options)


def _window(box: Box) -> None:
    """City light that falls through the panes onto the floor, an aircraft, lights far away."""
    x0, x1, z0, z1 = plan.PANORAMA
    wide = (x1 - x0) / 3
    panes = []
    for k in range(3):
        a, b = x0 + wide * k + 0.08, x0 + wide * (k + 1) - 0.08
        far, near = D - 0.35, D - 2.6
        panes.append(
            [project(a + 0.15, far), project(b + 0.15, far), project(b + 0.75, near), project(a + 0.75, near)]
        )
    glow = Glow.around([p for pane in panes for p in pane], 40)
    for pane in panes:
        glow.area(pane, 12, 0.5, (150, 110, 255))
    box.put("city-light", glow, None, "floor-decor", opacity=0.32)
    craft = project(x0 + 1.15, D + 0.1, z1 - 0.22)
    box.put(
        "aircraft",
        _round(craft, 11, 1.0, (255, 90, 90), power=1.6),
        pulse(0.0, 1.0, 1.8),
        "floor-decor",
        "add",
    )
    rng = np.random.default_rng(6)
    spots = [
        project(rng.uniform(x0 + 0.2, x1 - 0.2), D + 0.1, rng.uniform(z0 + 0.15, z0 + 0.55))
        for _ in range(16)
    ]
    far = Glow.around(spots, 8)
    for k, at in enumerate(spots):
        far.spot(at, 7, 0.8, (AMBER, CYAN, PINK)[k % 3])
    box.put("city-windows", far, flicker(3.7, 0.2), "floor-decor", "add")


def _walls(box: Box) -> None:
    """The tube over the machines that will not settle, the neon cat, the lift's arrow."""
    z = plan.TUBE_Z + 0.03
    tube = [project(7.16, D - 0.05, z), project(plan.SERVER[0] - 0.10, D - 0.05, z)]
    glow = Glow.around(tube, 60).line(tube, 60, 0.55, PINK).line(tube, 9, 0.9, (255, 190, 240), 1.2)
    box.put("tube", glow, flicker(2.3, 0.05), "floor-decor", "add", 0.9)
    y, z = plan.CAT_SIGN
    cat = project(0.05, y, z + 0.05)
    box.put("neon-cat", _round(cat, 92, 0.62, PINK), flicker(4.9, 0.25), "floor-decor")
    planet = project(plan.PLANET_SIGN[0], D - 0.05, plan.PLANET_SIGN[1] - 0.10)
    box.put("neon-planet", _round(planet, 62, 0.55, AMBER), flicker(6.1, 0.4), "floor-decor")
    arrow = project(plan.LIFT_X, D - 0.02, 1.82)
    box.put("lift-arrow", _round(arrow, 30, 0.9, LIME), pulse(0.1, 0.9, 2.6), "floor-decor", "add")


def _benches(box: Box) -> None:
    """Screen light on the people behind the monitors, and around the screens that face us."""
    for i, (x, y, turn) in enumerate(plan.BENCHES):
        if turn == 0:
            at = project(x - 0.03, y + 0.42, 0.72)
            box.put(f"screen-{i + 1}", _round(at, 78, 0.42, CYAN), flicker(1.9 + 0.63 * i, 0.55))
        else:
            at = project(x, y + 0.20, 0.80)
            box.put(f"screen-{i + 1}", _round(at, 84, 0.40, (90, 190, 255)), flicker(2.7 + 0.5 * i, 0.5))
    x, y, _ = plan.CONSOLE
    box.put("screen-console", _round(project(x, y + 0.45, 0.72), 92, 0.42, LIME), flicker(3.1, 0.55))
    arm = project(plan.ROBOT[0] - 0.24, plan.ROBOT[1] - 0.06, 0.76)
    box.put("robot-cube", _round(arm, 40, 0.75, LIME), pulse(0.3, 1.0, 2.2))


def _racks(box: Box) -> None:
    """Three groups of rack lamps that blink at their own pace."""
    tones = (LIME, CYAN, AMBER, PINK)
    groups: list[list] = [[], [], []]
    for index, (x, y, _) in enumerate(plan.RACKS):
        for k, (dx, z, tone) in enumerate(plan.rack_leds(index)):
            groups[(k * 7 + index) % 3].append((project(x + dx, y - 0.38, z), tones[tone]))
    for number, group in enumerate(groups):
        glow = Glow.around([at for at, _ in group], 10)
        for at, colour in group[:: 2 if number else 1]:
            glow.spot(at, 8, 0.95, colour, power=1.6)
        box.put(
            f"rack-lamps-{number + 1}", glow, flicker((0.45, 0.8, 1.3)[number], 0.0), "floor-decor", "add"
        )
    middle = [project(x, y - 0.55, 0.02) for x, y, _ in plan.RACKS]
    floor = Glow.around(middle, 90)
    for at in middle:
        floor.spot(at, 88, 0.22, LIME, squash=0.5)
    box.put("rack-floor", floor, None, "floor-decor")


def _hologram(box: Box) -> None:
    """A beam of light over the table and a turning globe of lines in it."""
    hx, hy = plan.HOLO
    foot, head = project(hx, hy, 0.53), project(hx, hy, 1.42)
    beam = Glow.around([(foot[0] - 82, head[1]), (foot[0] + 82, foot[1] + 26)], 6)
    h, w = beam.pixels.shape[:2]
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    up = np.clip((foot[1] - (y + beam.y)) / (foot[1] - head[1]), 0, 1)
    wide = 16 + 58 * up
    side = np.clip(1 - np.abs(x + beam.x - foot[0]) / wide, 0, 1)
    below = (y + beam.y <= foot[1]).astype(np.float32)
    beam._add(side**0.9 * (1 - up) ** 1.1 * 0.42 * below, CYAN)
    beam.spot(foot, 66, 0.5, CYAN, squash=0.5)
    box.put("holo-beam", beam, pulse(0.45, 1.0, 3.2))
    box.put("holo-globe", _globe(project(hx, hy, 1.10), 50), {"type": "bob", "distance": 5, "duration": 3600})


def _globe(at, radius: float) -> Glow:
    """Wire globe with lands, a ring and two satellites."""
    glow = Glow.around([at], int(radius * 1.7))
    glow.spot(at, radius * 1.3, 0.30, CYAN, power=1.2)
    tilt = math.radians(22)

    def flat(px, py, pz):  # tilt towards the viewer, then drop the depth
        return at[0] + px * radius, at[1] - (pz * math.cos(tilt) - py * math.sin(tilt)) * radius

    turn = [2 * math.pi * k / 40 for k in range(41)]
    for lat in (-60, -30, 0, 30, 60):
        r, z = math.cos(math.radians(lat)), math.sin(math.radians(lat))
        front = [flat(r * math.cos(t), r * math.sin(t), z) for t in turn]
        glow.line(front, 2.2, 0.75 if lat == 0 else 0.5, (150, 240, 255), 1.0)
    for lon in range(0, 180, 36):
        c, s = math.cos(math.radians(lon)), math.sin(math.radians(lon))
        ring = [flat(math.cos(t) * c, math.cos(t) * s, math.sin(t)) for t in turn]
        glow.line(ring, 2.0, 0.42, (120, 225, 255), 1.0)
    rim = [(at[0] + radius * math.cos(t), at[1] + radius * math.sin(t)) for t in turn]
    glow.line(rim, 3.0, 0.85, (200, 250, 255), 1.0)
    orbit = [
        (
            at[0] + 1.5 * radius * math.cos(t),
            at[1] + 0.42 * radius * math.sin(t) - 0.25 * radius * math.cos(t),
        )
        for t in turn
    ]
    glow.line(orbit, 2.2, 0.75, PINK, 1.0)
    for k in (6, 25):
        glow.spot(orbit[k], 9, 1.0, (255, 210, 120), power=1.3)
    rng = np.random.default_rng(3)
    for _ in range(14):
        a, b = rng.uniform(math.pi, 2 * math.pi), rng.uniform(-0.8, 0.8)
        p = flat(math.cos(b) * math.cos(a), math.cos(b) * math.sin(a), math.sin(b))
        glow.spot(p, 5, 0.9, LIME, power=1.2)
    return glow


def _lounge(box: Box) -> None:
    """Lamp, lava, tanks, machines, the charging dock and steam over the noodles."""
    lamp = plan.PLACES["tube-lamp"]
    low, high = project(lamp[0], lamp[1], 0.1), project(lamp[0], lamp[1], 1.4)
    box.put("tube-lamp", Glow.around([low, high], 70).line([low, high], 70, 0.42, AMBER), None)
    box.put("lava", _round(project(*plan.TABLE, 0.52), 64, 0.5, (255, 120, 150)), pulse(0.35, 0.95, 5))
    for i, (x, y) in enumerate(plan.TANKS):
        at = project(x, y, 0.68)
        glow = _round(at, 78, 0.5, (LIME, VIOLET)[i], squash=1.15)
        box.put(f"tank-{i + 1}", glow, pulse(0.35, 0.9, 4.2 + i))
    x, y, _ = plan.VENDING
    box.put(
        "vending",
        _round(project(x - 0.1, y - 0.32, 0.8), 96, 0.40, (255, 130, 220), squash=1.1),
        flicker(5.3, 0.45),
        "lights",
    )
    x, y, _ = plan.ARCADE
    box.put(
        "arcade", _round(project(x, y - 0.2, 0.92), 66, 0.5, (255, 150, 120)), flicker(1.7, 0.6), "lights"
    )
    x, y, _ = plan.PLACES["robot-dog"]
    box.put(
        "dock", _round(project(x, y, 0.03), 62, 0.55, LIME, squash=0.55), pulse(0.1, 0.9, 3.4), "floor-decor"
    )
    _steam(box, project(plan.BAR[0] - 0.20, plan.BAR[1] + 0.02, 0.56))


def _steam(box: Box, at) -> None:
    w, h = 44, 66
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    t = 1 - y / h
    alpha = np.zeros((h, w), np.float32)
    for shift, phase in ((-6, 0.0), (7, 1.7)):
        middle = w / 2 + shift + 5 * np.sin(t * 6.3 + phase) * t
        alpha += np.exp(-(((x - middle) / (2.0 + 4.0 * t)) ** 2)) * np.clip(4 * t, 0, 1) * (1 - t) ** 1.4
    glow = Glow(np.zeros((h, w, 4), np.float32), round(at[0] - w / 2), round(at[1] - h))
    glow._add(alpha * 0.5, (230, 220, 255))
    box.put("steam", glow, pulse(0.25, 0.9, 4))
