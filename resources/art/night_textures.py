"""Pictures of the night lab drawn by code: skyline, floor plates, screens, rugs, glowing tables."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from textures import _mix, _rgb, _save

CYAN, PINK, VIOLET, AMBER, LIME = "#22D3EE", "#F043B8", "#8B5CF6", "#FFB04A", "#3DF5A0"


def skyline():
    """City at night in three layers under a violet sky, a large moon, haze at the horizon."""
    w, h = 2048, 640
    top, low, haze = _rgb("#0B0930"), _rgb("#3B1E78"), _rgb("#B23C9E")
    img = Image.new("RGB", (w, h))
    d = ImageDraw.Draw(img)
    for y in range(h):
        t = y / h
        tone = _mix(top, low, min(1, t * 1.5)) if t < 0.66 else _mix(low, haze, (t - 0.66) / 0.34 * 0.8)
        d.line((0, y, w, y), fill=tone)
    rng = np.random.default_rng(4)
    for _ in range(130):
        x, y = int(rng.integers(0, w)), int(rng.integers(0, h * 0.45))
        r = rng.choice((1, 2, 2, 3))
        d.ellipse(
            (x - r, y - r, x + r, y + r), fill=_mix(_rgb("#8A86D8"), (255, 255, 255), float(rng.random()))
        )
    mx, my, mr = 1720, 168, 84
    halo = Image.new("L", (w, h))
    ImageDraw.Draw(halo).ellipse((mx - mr * 2, my - mr * 2, mx + mr * 2, my + mr * 2), fill=110)
    img.paste(Image.new("RGB", (w, h), _rgb("#8E78E8")), mask=halo.filter(ImageFilter.GaussianBlur(70)))
    d = ImageDraw.Draw(img)
    d.ellipse((mx - mr, my - mr, mx + mr, my + mr), fill=_rgb("#F3E9FF"))
    for cx, cy, r in ((-30, -22, 20), (26, 14, 26), (-14, 40, 13), (38, -42, 12)):
        d.ellipse((mx + cx - r, my + cy - r, mx + cx + r, my + cy + r), fill=_rgb("#DCCDF4"))
    layers = ((0.20, 300, 450, "#6A3BA6"), (0.34, 180, 360, "#3C2480"), (0.62, 70, 230, "#130E38"))
    for number, (lit, lo, hi, colour) in enumerate(layers):
        _towers(d, rng, w, h, lo, hi, _rgb(colour), lit, number)
    return _save(img.filter(ImageFilter.GaussianBlur(0.9)), "night-skyline")


def _towers(d, rng, w, h, lo, hi, colour, lit, number):
    x = -int(rng.integers(0, 40))
    lamps = ("#FFD08A", "#7FE9FF", "#F58BD6", "#FFE9C4")
    while x < w:
        bw, bh = int(rng.integers(58, 128)), int(rng.integers(lo, hi))
        y = h - bh
        d.rectangle((x, y, x + bw, h), fill=colour)
        if rng.random() < 0.35:
            d.rectangle((x + bw // 4, y - 34, x + bw * 3 // 4, y), fill=colour)
            d.line((x + bw // 2, y - 70, x + bw // 2, y - 30), fill=colour, width=4)
        if number and rng.random() < 0.30:
            edge = _mix(colour, _rgb((CYAN, PINK, VIOLET)[rng.integers(3)]), 0.8)
            d.rectangle((x + 3, y + 4, x + bw - 3, y + 10), fill=edge)
        step, tall = (24, 30) if number == 2 else (20, 26)
        for wx in range(x + 9, x + bw - 10, step):
            for wy in range(y + 18, h, tall):
                if rng.random() < 0.10 + lit * 0.36:
                    tone = _mix(colour, _rgb(lamps[rng.integers(4)]), 0.35 + 0.55 * lit)
                    d.rectangle((wx, wy, wx + step // 2, wy + tall // 2), fill=tone)
        x += bw + int(rng.integers(2, 26))


def plates(size=1024, n=4, seed=5):
    """Seamless dark floor plates with soft joints."""
    rng = np.random.default_rng(seed)
    out = np.zeros((size, size, 3), np.float32)
    step = size // n
    tones = [np.array(_rgb(c), np.float32) for c in ("#2B2853", "#2F2C5A", "#272449", "#322E60")]
    for i in range(n):
        for j in range(n):
            cell = tones[int(rng.integers(4))][None, None].repeat(step, 0).repeat(step, 1).copy()
            cell[:5] = cell[-5:] = cell[:, :5] = cell[:, -5:] = _rgb("#1B1936")
            cell[5:8] = cell[:, 5:8] = _rgb("#3F3B78")
            out[i * step : (i + 1) * step, j * step : (j + 1) * step] = cell
    return _save(Image.fromarray(np.clip(out, 0, 255).astype(np.uint8)), "night-floor")


def grating(size=512):
    """Perforated metal of the server room."""
    img = Image.new("RGB", (size, size), _rgb("#2B3358"))
    d = ImageDraw.Draw(img)
    step = size // 16
    for i in range(16):
        for j in range(16):
            x, y = i * step + step // 2, j * step + step // 2
            d.ellipse((x - 7, y - 7, x + 7, y + 7), fill=_rgb("#161A34"))
    d.rectangle((0, 0, size - 1, 7), fill=_rgb("#46548C"))
    d.rectangle((0, 0, 7, size - 1), fill=_rgb("#46548C"))
    return _save(img, "night-grating")


def rug(name):
    """Dark cloth with a few glowing lines: `benches` circuit traces, `lounge` sunset rings."""
    n = 1024
    if name == "benches":
        img = Image.new("RGB", (n, n), _rgb("#2E2C66"))
        d = ImageDraw.Draw(img)
        rng = np.random.default_rng(12)
        for k in range(26):
            x, y = int(rng.integers(1, 16)) * 64, int(rng.integers(1, 16)) * 64
            tone = _rgb(("#3E56A8", "#554BB0", "#3B7BA6")[k % 3])
            turn, run = (1 if rng.random() < 0.5 else -1), int(rng.integers(2, 5)) * 64
            pts = [(x, y), (x + run, y), (x + run + 64, y + 64 * turn), (x + run * 2, y + 64 * turn)]
            d.line(pts, fill=tone, width=9, joint="curve")
            for px, py in (pts[0], pts[-1]):
                d.ellipse((px - 15, py - 15, px + 15, py + 15), fill=tone)
        d.rectangle((0, 0, n - 1, n - 1), outline=_rgb("#3FA9C9"), width=16)
        return _save(img, "night-rug-benches")
    img = Image.new("RGB", (n, n), _rgb("#3A2A6B"))
    d = ImageDraw.Draw(img)
    for r, c in ((506, "#C0509E"), (476, "#3A2A6B"), (380, "#5A3C92"), (300, "#3A2A6B"), (190, "#E08A5A")):
        d.ellipse((512 - r, 512 - r, 512 + r, 512 + r), fill=_rgb(c))
    d.ellipse((512 - 166, 512 - 166, 512 + 166, 512 + 166), fill=_rgb("#3A2A6B"))
    return _save(img, "night-rug-lounge")


def pad():
    """Floor of the holodeck: rings, ticks and spokes that glow."""
    n = 1024
    img = Image.new("RGB", (n, n), _rgb("#14163A"))
    d = ImageDraw.Draw(img)

    def ring(r, c, width):
        d.ellipse((512 - r, 512 - r, 512 + r, 512 + r), outline=_rgb(c), width=width)

    ring(505, "#1E6F96", 20)
    ring(455, "#252C63", 60)
    ring(330, "#27508C", 7)
    for k in range(72):
        a = k * math.pi / 36
        r0, r1 = (410, 452) if k % 6 else (380, 452)
        tone = _rgb("#2C7FA8") if k % 6 else _rgb("#5CD6EE")
        p = [(512 + r * math.cos(a), 512 + r * math.sin(a)) for r in (r0, r1)]
        d.line(p, fill=tone, width=7 if k % 6 else 11)
    for k in range(6):
        a = k * math.pi / 3 + math.pi / 6
        p = [(512 + r * math.cos(a), 512 + r * math.sin(a)) for r in (180, 330)]
        d.line(p, fill=_rgb("#27508C"), width=7)
    return _save(img, "night-pad")


def holo_top():
    """Top of the hologram table: a bright grid that fades outwards."""
    n = 256
    y, x = np.mgrid[-1 : 1 : n * 1j, -1 : 1 : n * 1j]
    r = np.hypot(x, y)
    grid = ((np.abs((x * 8) % 1 - 0.5) > 0.42) | (np.abs((y * 8) % 1 - 0.5) > 0.42)).astype(np.float32)
    glow = np.clip(1 - r, 0, 1)[..., None]
    colour = np.array(_rgb("#35E3FF"), np.float32)
    out = np.array(_rgb("#0C2148"), np.float32) + colour * (0.35 * glow + 0.55 * grid[..., None] * glow**0.6)
    return _save(Image.fromarray(np.clip(out, 0, 255).astype(np.uint8)), "night-holo-top")


def screen(kind, seed=0):
    """Monitor contents on dark ground: code, scope, map, wave, bars, game."""
    w, h = 360, 190
    img = Image.new("RGB", (w, h), _rgb("#0E1840"))
    d = ImageDraw.Draw(img)
    rng = np.random.default_rng(seed + 17)
    if kind == "code":
        d.rectangle((0, 0, 44, h), fill=_rgb("#0A1230"))
        tones = (CYAN, LIME, AMBER, "#E6EDF9", "#B79BFF", PINK)
        for i in range(9):
            x = 58 + int(rng.integers(0, 3)) * 20
            for _ in range(int(rng.integers(1, 4))):
                n = int(rng.integers(24, 80))
                if x + n > w - 12:
                    break
                d.rounded_rectangle(
                    (x, 12 + i * 20, x + n, 22 + i * 20), 4, fill=_rgb(tones[rng.integers(6)])
                )
                x += n + 9
        for i in range(6):
            d.rounded_rectangle((8, 16 + i * 26, 36, 26 + i * 26), 3, fill=_rgb("#2A3D7D"))
    elif kind in ("scope", "wave"):
        for x in range(0, w, 36):
            d.line((x, 0, x, h), fill=_rgb("#1C2C66"), width=2)
        for y in range(0, h, 38):
            d.line((0, y, w, y), fill=_rgb("#1C2C66"), width=2)
        for tone, a, f, ph in (
            ((LIME, 46, 24, 0), (PINK, 30, 15, 1.2)) if kind == "scope" else ((CYAN, 60, 34, 0),)
        ):
            line = [(x, h / 2 + a * math.sin(x / f + ph) * math.cos(x / 90)) for x in range(0, w, 3)]
            d.line(line, fill=_rgb(tone), width=6)
    elif kind == "map":
        for k in range(7):
            r = 26 + 26 * k
            d.ellipse((180 - r * 1.5, 95 - r, 180 + r * 1.5, 95 + r), outline=_rgb("#2756A0"), width=4)
        for _ in range(13):
            x, y, r = int(rng.integers(20, w - 20)), int(rng.integers(20, h - 20)), int(rng.integers(5, 11))
            d.ellipse((x - r, y - r, x + r, y + r), fill=_rgb((CYAN, PINK, AMBER)[rng.integers(3)]))
    elif kind == "bars":
        d.rounded_rectangle((14, 12, 140, 30), 6, fill=_rgb("#3C56B8"))
        for i in range(9):
            n = int(rng.integers(30, 130))
            tone = _rgb((CYAN, VIOLET, PINK)[i % 3])
            d.rounded_rectangle((18 + i * 37, 178 - n, 44 + i * 37, 178), 6, fill=tone)
    else:  # game: sunset racer
        for y in range(110):
            d.line((0, y, w, y), fill=_mix(_rgb("#2A1466"), _rgb("#F0589A"), y / 110))
        d.pieslice((120, 30, 240, 150), 180, 360, fill=_rgb("#FFC46B"))
        for k in range(-6, 7):
            d.line((180 + k * 8, 110, 180 + k * 70, h), fill=_rgb(CYAN), width=3)
        for k in range(5):
            d.line((0, 112 + k * k * 5, w, 112 + k * k * 5), fill=_rgb(CYAN), width=3)
    return _save(img, f"night-screen-{kind}-{seed}")


def wall_screen(seed=0):
    """Large dashboard: a world of dots over bars, or rings."""
    w, h = 480, 300
    img = Image.new("RGB", (w, h), _rgb("#0B1338"))
    d = ImageDraw.Draw(img)
    rng = np.random.default_rng(seed)
    if seed % 2:
        for i, tone in enumerate((CYAN, PINK, AMBER)):
            x = 90 + i * 150
            d.ellipse((x - 58, 40, x + 58, 156), outline=_rgb("#22306E"), width=18)
            d.arc((x - 58, 40, x + 58, 156), -90, -90 + (280, 200, 130)[i], fill=_rgb(tone), width=18)
        for i in range(15):
            n = int(rng.integers(14, 84))
            d.rounded_rectangle((24 + i * 30, 276 - n, 42 + i * 30, 276), 5, fill=_rgb("#5B6CF0"))
    else:
        for gx in range(30):
            for gy in range(12):
                land = (
                    math.sin(gx * 0.55 + 1) * math.cos(gy * 0.6 - 0.4) + 0.35 * math.sin(gx * 1.3 + gy) > 0.1
                )
                tone = _rgb("#2FA9D6") if land else _rgb("#182558")
                x, y = 22 + gx * 15, 24 + gy * 15
                d.ellipse((x - 5, y - 5, x + 5, y + 5), fill=tone)
        for x, y, tone in ((100, 80, AMBER), (250, 60, PINK), (330, 120, LIME), (180, 150, PINK)):
            d.ellipse((x - 13, y - 13, x + 13, y + 13), fill=_rgb(tone))
        d.line([(24 + i * 29, 262 - int(rng.integers(0, 46))) for i in range(16)], fill=_rgb(CYAN), width=7)
    return _save(img, f"night-wall-{seed}")


def cans():
    """Front of the vending machine: five shelves of drinks."""
    w, h = 256, 384
    img = Image.new("RGB", (w, h), _rgb("#3A1560"))
    d = ImageDraw.Draw(img)
    tones = (CYAN, PINK, AMBER, LIME, "#FF7A6B", "#B79BFF", "#F4F1FF")
    for row in range(5):
        y = 10 + row * 75
        d.rectangle((0, y, w, y + 66), fill=_rgb("#6A2C9A"))
        d.rectangle((0, y + 60, w, y + 70), fill=_rgb("#F7D9FF"))
        for k in range(5):
            x = 14 + k * 48
            tone = _rgb(tones[(row * 3 + k * 2 + row // 2) % len(tones)])
            d.rounded_rectangle((x, y + 14, x + 34, y + 60), 8, fill=tone)
            d.rectangle((x, y + 30, x + 34, y + 42), fill=_mix(tone, (255, 255, 255), 0.55))
    return _save(img, "night-cans")
