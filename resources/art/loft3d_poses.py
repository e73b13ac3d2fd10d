"""Clips of the live figure as poses over a phase 0..1: who works sits, everybody else stands on free floor.

Poses as in `character_poses`; one more bone, `cup`, holds a cup that is tiny until a clip scales it up.
A clip that loops ends where it begins; the ones in ONCE end in the pose in which the next one starts.
"""

import math

from character_poses import BLINK, clip_pose, merge, seated

PI = math.pi
BIG = 100.0  # the cup is modelled at 1 / BIG of its size: without a clip nobody sees it
SECONDS = {
    "idle": 4.8,
    "walk": 0.56,
    "type": 4.0,
    "sit": 2.4,
    "talk": 3.2,
    "coffee": 4.8,
    "think": 4.0,
    "blocked": 3.2,
    "sleep": 4.0,
    "wave": 1.6,
    "dance": 1.6,
    "swing": 2.4,
    "walk_to_sit": 0.9,
    "lie_down": 0.8,
    "stand_up": 1.2,
}
ONCE = ("walk_to_sit", "lie_down", "stand_up")
ON_CHAIR = ("sit", "type", "blocked")  # hips at the height of a seat; everybody else touches the floor


def ease(t):
    t = min(1.0, max(0.0, t))
    return t * t * (3 - 2 * t)


def pulse(t, at, width):
    """1 at phase `at`, 0 further than `width` away, smooth, periodic."""
    d = abs((t - at + 0.5) % 1 - 0.5)
    return ease(1 - d / width)


def mix(a, b, t):
    """Between two poses."""
    out = {}
    for bone in {*a, *b}:
        p, q, d = a.get(bone, {}), b.get(bone, {}), {}
        for key in {*p, *q}:
            neutral = (0, 0, 0) if key == "move" else (1, 1, 1) if key == "scale" else 0
            u, v = p.get(key, neutral), q.get(key, neutral)
            d[key] = (
                tuple(x + (y - x) * t for x, y in zip(u, v, strict=True))
                if isinstance(u, tuple)
                else u + (v - u) * t
            )
        out[bone] = d
    return out


def blink(pose, t, *times):
    """Shut the eyes for a tenth of a second at the given phases."""
    return merge(pose, BLINK) if any(abs((t - a + 0.5) % 1 - 0.5) < 0.012 for a in times) else pose


def breathing(t, times=2):
    """Standing at ease, weight shifting from foot to foot once."""
    w, c = math.sin(2 * PI * t), math.cos(2 * PI * times * t)
    return {
        "hips": {"move": (0.010 * w, 0, 0.003 * c), "side": -1.2 * w},
        "leg_L": {"side": 1.2 * w},
        "leg_R": {"side": -1.2 * w},
        "spine": {"fwd": 1.0 * c, "side": 1.8 * w},
        "arm_L": {"side": 6 + 1.8 * c, "fwd": 3 + 2 * w},
        "arm_R": {"side": 6 + 1.8 * c, "fwd": 3 - 2 * w},
        "forearm_L": {"fwd": 14},
        "forearm_R": {"fwd": 14},
    }


def on_floor(lean=0.0):
    """Sitting on the ground, legs stretched forward, hands in the lap."""
    return {
        "hips": {"move": (0, 0.02, -0.225), "fwd": -6},
        "spine": {"fwd": 4 + lean},
        "leg_L": {"fwd": 84, "side": 9},
        "leg_R": {"fwd": 84, "side": 9},
        "shin_L": {"fwd": -10},
        "shin_R": {"fwd": -10},
        "arm_L": {"fwd": 26, "side": 4},
        "arm_R": {"fwd": 26, "side": 4},
        "forearm_L": {"fwd": 40, "side": -14},
        "forearm_R": {"fwd": 40, "side": -14},
        "head": {"fwd": -10},
    }


def asleep(t):
    w = math.sin(2 * PI * t)
    return merge(
        on_floor(-6 + 2.5 * w),
        {
            "head": {"fwd": -5 + 2.5 * w, "side": 17},
            "eyes": {"scale": (1.1, 1, 0.14)},
            "shine": {"scale": (0.02, 0.02, 0.02)},
            "mouth": {"scale": (0.55, 1, 1.1)},
        },
    )


def crouch():
    """Half way down."""
    return {
        "hips": {"move": (0, 0.05, -0.12)},
        "spine": {"fwd": 30},
        "head": {"fwd": -20},
        "leg_L": {"fwd": 78, "side": 7},
        "leg_R": {"fwd": 78, "side": 7},
        "shin_L": {"fwd": -88},
        "shin_R": {"fwd": -88},
        "arm_L": {"fwd": -18, "side": 20},
        "arm_R": {"fwd": -18, "side": 20},
        "forearm_L": {"fwd": 12},
        "forearm_R": {"fwd": 12},
    }


def path(t, *stops):
    """Through poses at equal times, stopping softly at each."""
    k = min(int(t * (len(stops) - 1)), len(stops) - 2)
    return mix(stops[k], stops[k + 1], ease(t * (len(stops) - 1) - k))


def pose(clip, t):
    """Pose of `clip` at phase t in [0, 1]."""
    return _ONE.get(clip, lambda u: clip_pose(clip, u % 1))(t if clip in ONCE else t % 1)


def _idle(t):
    look = 14 * pulse(t, 0.30, 0.16) - 12 * pulse(t, 0.72, 0.14)
    head = {"head": {"fwd": -12 - 1.2 * math.cos(4 * PI * t), "twist": look, "side": -0.14 * look}}
    return blink(merge(breathing(t), head), t, 0.16, 0.55, 0.585)


def _walk(t):
    """A brisk walk: long stride, arms swing, both feet clear the floor."""
    w, c = math.sin(2 * PI * t), math.cos(2 * PI * t)
    return {
        "hips": {"move": (0, 0, 0.030 * abs(c) - 0.012), "twist": 6 * w, "fwd": 2},
        "spine": {"fwd": 7, "twist": -12 * w, "side": 2 * c},
        "head": {"fwd": -16, "twist": 5 * w, "side": -2 * c},
        "leg_L": {"fwd": 44 * w + 4},
        "leg_R": {"fwd": -44 * w + 4},
        "shin_L": {"fwd": -14 - 40 * max(0, c) ** 1.5},
        "shin_R": {"fwd": -14 - 40 * max(0, -c) ** 1.5},
        "arm_L": {"fwd": -42 * w, "side": 9},
        "arm_R": {"fwd": 42 * w, "side": 9},
        "forearm_L": {"fwd": 34},
        "forearm_R": {"fwd": 34},
    }


def _type(t):
    """Seated at the keyboard: hands in turn, in two bursts, a look up between them."""
    w = math.sin(2 * PI * t)
    rest = pulse(t, 0.45, 0.10) + pulse(t, 0.95, 0.08)
    left, right = (math.sin(2 * PI * k * t + p) * (1 - rest) for k, p in ((13, 0.0), (11, 1.0)))
    return blink(
        merge(
            seated(6 - 2 * rest),
            {
                "head": {"fwd": -12 - 4 * rest + 0.8 * w, "twist": 5 * w},
                "arm_L": {"fwd": 42 + 2 * left, "side": 2},
                "arm_R": {"fwd": 42 + 2 * right, "side": 2},
                "forearm_L": {"fwd": 43 + 9 * left, "twist": -16 + 3 * w},
                "forearm_R": {"fwd": 43 + 9 * right, "twist": -16 - 3 * w},
            },
        ),
        t,
        0.44,
        0.95,
    )


def _talk(t):
    w, w2, w3 = (math.sin(2 * PI * k * t) for k in (1, 2, 3))
    speak = max(0.0, math.sin(2 * PI * 6 * t)) * (0.4 + 0.6 * pulse(t, 0.35, 0.4))
    return blink(
        merge(
            breathing(t),
            {
                "head": {"fwd": -13 + 3 * w2, "twist": 9 * w, "side": 4 * w3},
                "mouth": {"scale": (0.95, 1.2, 1.3 + 1.9 * speak)},
                "arm_R": {"fwd": 46 + 12 * w2, "side": 12},
                "forearm_R": {"fwd": 62 + 20 * w3, "side": 8},
                "arm_L": {"fwd": 24 + 8 * w, "side": 8},
                "forearm_L": {"fwd": 48 + 14 * w2, "side": -6},
            },
        ),
        t,
        0.2,
        0.7,
    )


def _coffee(t):
    up = ease(min(1, pulse(t, 0.5, 0.30) * 1.5))
    p = merge(
        breathing(t),
        {
            "head": {"fwd": -11 - 7 * up, "twist": 8 * math.sin(2 * PI * t) * (1 - up)},
            "arm_R": {"fwd": 36 + 30 * up, "side": -4 - 2 * up},
            "forearm_R": {"fwd": 56 + 52 * up, "twist": -22 - 22 * up},
            "cup": {"scale": (BIG, BIG, BIG), "fwd": 92 + 70 * up},
            "arm_L": {"fwd": 4, "side": 16},
            "forearm_L": {"fwd": 70, "twist": -75},
        },
    )
    return merge(p, BLINK) if up > 0.9 else p


def _think(t):
    w = math.sin(2 * PI * t)
    return blink(
        merge(
            breathing(t), clip_pose("think", t), {"head": {"fwd": -9, "side": 7 + 2 * w, "twist": 10 + 6 * w}}
        ),
        t,
        0.3,
        0.8,
    )


def _blocked(t):
    """Seated, both hands at the head, shaking it slowly."""
    w, w2 = math.sin(2 * PI * t), math.sin(4 * PI * t)
    p = merge(
        seated(4),
        {
            "head": {"fwd": -11 + 3 * w, "twist": 7 * w2, "side": 4 * w},
            "arm_L": {"fwd": 142, "side": 4, "scale": (1, 1, 1.32)},
            "arm_R": {"fwd": 142, "side": 4, "scale": (1, 1, 1.32)},
            "forearm_L": {"fwd": 16, "side": -12 + 3 * w2},
            "forearm_R": {"fwd": 16, "side": -12 - 3 * w2},
            "mouth": {"scale": (0.8, 1, -1.2)},
        },
    )
    return blink(p, t, 0.1, 0.14, 0.18, 0.6, 0.64)


def _wave(t):
    w = math.sin(4 * PI * t)
    return {
        "hips": {"move": (0, 0, 0.004 * w)},
        "spine": {"side": -3},
        "head": {"side": 6, "fwd": -12},
        "arm_R": {"fwd": 24, "side": 112},
        "forearm_R": {"side": 22 + 26 * w, "fwd": 8},
        "arm_L": {"side": 7},
        "forearm_L": {"fwd": 12},
        "mouth": {"scale": (1.25, 1, 1.4)},
    }


def _dance(t):
    w, c2 = math.sin(2 * PI * t), math.cos(4 * PI * t)
    return {
        "hips": {"move": (0.045 * w, 0, -0.018 - 0.014 * c2), "side": -5 * w, "twist": 10 * w},
        "spine": {"side": 9 * w, "twist": -8 * w},
        "head": {"fwd": -12 + 4 * c2, "side": -10 * w},
        "leg_L": {"fwd": 18 - 6 * w, "side": 5 + 5 * w},
        "leg_R": {"fwd": 18 + 6 * w, "side": 5 - 5 * w},
        "shin_L": {"fwd": -34 + 10 * w},
        "shin_R": {"fwd": -34 - 10 * w},
        "arm_L": {"fwd": 48 + 30 * w, "side": 34},
        "arm_R": {"fwd": 48 - 30 * w, "side": 34},
        "forearm_L": {"fwd": 68 + 14 * c2},
        "forearm_R": {"fwd": 68 + 14 * c2},
        "mouth": {"scale": (1.25, 1, 1.5)},
    }


def _swing(t):
    """A stretch: arms up, lean left, lean right, arms down."""
    up = ease(math.sin(PI * t) * 1.6)
    lean = math.sin(2 * PI * t) * up
    p = {
        "hips": {"move": (0.02 * lean, 0, 0.004 * up)},
        "spine": {"side": 11 * lean, "fwd": -4 * up},
        "head": {"fwd": -12 - 8 * up, "side": 5 * lean},
        "arm_L": {"side": 6 + 140 * up, "fwd": 3},
        "arm_R": {"side": 6 + 140 * up, "fwd": 3},
        "forearm_L": {"fwd": 14 * (1 - up), "side": 14 * up},
        "forearm_R": {"fwd": 14 * (1 - up), "side": 14 * up},
        "mouth": {"scale": (1 - 0.3 * up, 1, 1 + 1.4 * up)},
    }
    return merge(p, BLINK) if up > 0.85 else p


_ONE = {
    "idle": _idle,
    "walk": _walk,
    "type": _type,
    "talk": _talk,
    "coffee": _coffee,
    "think": _think,
    "blocked": _blocked,
    "sleep": asleep,
    "wave": _wave,
    "dance": _dance,
    "swing": _swing,
    "walk_to_sit": lambda t: path(t, _idle(0), crouch(), on_floor()),
    "lie_down": lambda t: mix(on_floor(), asleep(0), ease(t)),
    "stand_up": lambda t: path(t, asleep(0), on_floor(), crouch(), _idle(0)),
}
