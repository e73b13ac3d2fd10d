"""Ambience of the night lab: mains hum, fans, the city far below, rare blips; all from `sound`."""

from pathlib import Path

import numpy as np

import sound

NAME = "ambience.ogg"
LOUDNESS = -31.0  # dB RMS


def night_lab() -> sound.Loop:
    """Thirty-two seconds, seamless."""
    loop = sound.Loop(32)
    t = np.arange(loop.n) / loop.n * loop.seconds
    for f, level, turns in ((55.0, 0.020, 2), (82.5, 0.011, 3), (110.0, 0.008, 5), (165.0, 0.003, 7)):
        tone = np.sin(2 * np.pi * loop.whole(f) * t)
        slow = 0.7 + 0.3 * np.sin(2 * np.pi * turns * t / loop.seconds)
        loop.data += level * tone * slow
    loop.data += 0.010 * loop.noise(180, 900, 3.0, 31)  # fans
    loop.data += 0.0035 * loop.noise(900, 3800, 2.0, 32) * loop.swell(0.6, 1.0, (2, 3), 33)
    loop.data += 0.012 * loop.noise(35, 220, 5, 34) * loop.swell(0.2, 1.0, (1, 2, 5), 35)  # traffic far below
    for seed, where, level, body in ((51, -0.5, 0.028, 210), (52, 0.1, 0.022, 170)):
        sound.typing(loop, seed, where, level, 0.30, body)
    glassy = ((1, 1.0), (2.0, 0.25), (3.01, 0.10))
    blips = (
        (2.1, 79, 0.6),
        (2.26, 84, 0.6),
        (9.4, 72, -0.3),
        (14.9, 91, 0.7),
        (15.02, 88, 0.7),
        (15.14, 84, 0.7),
        (21.7, 76, -0.6),
        (21.9, 79, -0.6),
        (28.3, 67, 0.2),
    )
    for at, note, pan in blips:
        loop.add(at, sound.bell(sound.hertz(note), 0.55, 0.006, glassy), 0.010, pan)
    for at, pan in ((6.2, 0.3), (18.6, -0.1)):  # the robot arm turns
        loop.add(at, sound.sweep(180, 310, 1.1, 0.02, 24), 0.006, pan)
        loop.add(at + 1.3, sound.sweep(310, 200, 0.9, 0.02, 24), 0.005, pan)
    sound.pad(
        loop, ((38, 50, 57, 60, 65), (34, 50, 53, 57, 65), (41, 48, 55, 60, 64), (36, 48, 55, 58, 62)), 0.034
    )
    loop.echo(1.1, 0.45, 2600)
    return loop


def write(folder: Path) -> Path:
    """Write the loop into a theme folder; returns its path."""
    samples = night_lab().finish(LOUDNESS)
    if sound.seam(samples) > 1.0:
        raise ValueError(f"the loop clicks: {sound.seam(samples):.2f}")
    return sound.save(samples, folder / NAME, quality=1.0)
