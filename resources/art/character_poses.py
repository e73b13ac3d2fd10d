"""Clips of the office worker as poses over a phase 0..1.

A pose is {bone: {fwd, side, twist in degrees, move, scale}}, in the figure's own axes: fwd > 0 swings a
limb forward (or nods), side > 0 moves it away from the body (or leans left), twist > 0 turns left.
"""

import math

PI = math.pi
HIP = 0.34  # hip joint above the floor, metres
SEAT = 0.27  # seat height of every chair (hip joint minus half a thigh)


def merge(*poses):
    out = {}
    for p in poses:
        for bone, d in p.items():
            out.setdefault(bone, {}).update(d)
    return out


def seated(lean=0):
    drop = SEAT + 0.075 - HIP
    return {
        "hips": {"move": (0, 0.02, drop)},
        "spine": {"fwd": lean},
        "leg_L": {"fwd": 76, "side": 7},
        "leg_R": {"fwd": 76, "side": 7},
        "shin_L": {"fwd": -98},
        "shin_R": {"fwd": -98},
    }


BLINK = {"eyes": {"scale": (1.08, 1, 0.16)}, "shine": {"scale": (0.02, 0.02, 0.02)}}


def clip_pose(clip, t):
    """Pose of `clip` at phase t in [0, 1)."""
    w, w2 = math.sin(2 * PI * t), math.sin(4 * PI * t)
    c = math.cos(2 * PI * t)

    def near(at, width=0.06):
        return abs((t - at + 0.5) % 1 - 0.5) < width

    if clip == "idle":
        p = {
            "hips": {"move": (0, 0, 0.004 * c)},
            "spine": {"fwd": 1.2 * c, "side": 1.2 * w},
            "head": {"side": -2.5 * w, "twist": 4 * w, "fwd": -12 - 1.5 * c},
            "arm_L": {"side": 5 + 2.5 * c, "fwd": 2 * w},
            "arm_R": {"side": 5 + 2.5 * c, "fwd": -2 * w},
            "forearm_L": {"fwd": 10},
            "forearm_R": {"fwd": 10},
        }
        return merge(p, BLINK) if near(0.75) else p
    if clip == "walk":
        return {
            "hips": {"move": (0, 0, 0.022 * abs(w) - 0.006), "twist": 5 * w},
            "spine": {"fwd": 5, "twist": -9 * w, "side": 2 * c},
            "head": {"fwd": -15, "twist": 4 * w, "side": -2 * c},
            "leg_L": {"fwd": 36 * w},
            "leg_R": {"fwd": -36 * w},
            "shin_L": {"fwd": -18 - 26 * max(0, c)},
            "shin_R": {"fwd": -18 - 26 * max(0, -c)},
            "arm_L": {"fwd": -34 * w, "side": 9},
            "arm_R": {"fwd": 34 * w, "side": 9},
            "forearm_L": {"fwd": 26},
            "forearm_R": {"fwd": 26},
        }
    if clip == "type":
        return merge(  # no blink: four frames at 6 fps would make it a nervous tic
            seated(6),
            {
                "head": {"fwd": -13 + 1.5 * c, "twist": 3 * w},
                "arm_L": {"fwd": 42, "side": 2},
                "arm_R": {"fwd": 42, "side": 2},
                "forearm_L": {"fwd": 42 + 12 * w, "twist": -16},
                "forearm_R": {"fwd": 42 - 12 * w, "twist": -16},
            },
        )
    if clip == "sit":
        return merge(
            seated(-3),
            {
                "head": {"fwd": -13 + 1.5 * c, "side": 2 * w},
                "arm_L": {"fwd": 22, "side": 4},
                "arm_R": {"fwd": 22, "side": 4},
                "forearm_L": {"fwd": 38, "side": -10},
                "forearm_R": {"fwd": 38, "side": -10},
            },
        )
    if clip == "talk":
        return merge(
            seated(2),
            {
                "head": {"fwd": -14 + 4 * w2, "twist": 9 * w, "side": 4 * c},
                "mouth": {"scale": (0.9, 1.2, 1.7 + 1.5 * max(0, w2))},
                "arm_R": {"fwd": 48 + 14 * w, "side": 14},
                "forearm_R": {"fwd": 62 + 24 * w2, "side": 8},
                "arm_L": {"fwd": 26, "side": 4},
                "forearm_L": {"fwd": 46, "side": -12},
            },
        )
    if clip == "coffee":
        up = 0.5 - 0.5 * math.cos(2 * PI * t)
        return merge(
            seated(-4),
            {
                "head": {"fwd": -11 - 6 * up, "side": 2 * w},
                "arm_R": {"fwd": 38 + 30 * up, "side": -6},
                "forearm_R": {"fwd": 58 + 50 * up, "twist": -25 - 22 * up},
                "arm_L": {"fwd": 22, "side": 4},
                "forearm_L": {"fwd": 40, "side": -12},
            },
            BLINK if up > 0.85 else {},
        )
    if clip == "think":
        return {
            "spine": {"fwd": 2},
            "head": {"fwd": -7 + 2 * c, "side": 7, "twist": 10 + 3 * w},
            "arm_R": {"fwd": 52, "side": -2},
            "forearm_R": {"fwd": 104, "twist": -38},
            "arm_L": {"fwd": 34, "side": -4},
            "forearm_L": {"fwd": 60, "twist": -55},
        }
    if clip == "blocked":
        p = merge(
            seated(4),
            {
                "head": {"fwd": -12 + 3 * c, "side": 7 * w},
                "arm_L": {"fwd": 142, "side": 4, "scale": (1, 1, 1.32)},
                "arm_R": {"fwd": 142, "side": 4, "scale": (1, 1, 1.32)},
                "forearm_L": {"fwd": 16, "side": -12 + 4 * w},
                "forearm_R": {"fwd": 16, "side": -12 - 4 * w},
                "mouth": {"scale": (0.8, 1, -1.2)},
            },
        )
        return merge(p, BLINK) if t < 0.5 else p
    if clip == "sleep":
        return merge(
            seated(5 + 2 * w),
            {
                "head": {"fwd": -4 + 3 * w, "side": 19},
                "eyes": {"scale": (1.1, 1, 0.14)},
                "shine": {"scale": (0.02, 0.02, 0.02)},
                "mouth": {"scale": (0.6, 1, 1)},
                "arm_L": {"fwd": 14, "side": 2},
                "arm_R": {"fwd": 14, "side": 2},
                "forearm_L": {"fwd": 30, "side": -12},
                "forearm_R": {"fwd": 30, "side": -12},
            },
        )
    if clip == "wave":
        return {
            "spine": {"side": -3},
            "head": {"side": 6, "fwd": -3},
            "arm_R": {"fwd": 24, "side": 112},
            "forearm_R": {"side": 22 + 26 * w, "fwd": 8},
            "arm_L": {"side": 7},
            "forearm_L": {"fwd": 12},
            "mouth": {"scale": (1.25, 1, 1.4)},
            "hips": {"move": (0, 0, 0.006 * c)},
        }
    raise KeyError(clip)


CLIPS = {
    "idle": 2.4,
    "walk": 0.8,
    "type": 0.8,
    "sit": 2.4,
    "talk": 1.6,
    "coffee": 2.4,
    "think": 2.4,
    "blocked": 1.6,
    "sleep": 3.2,
    "wave": 1.0,
}
