"""One agent in a room over time: walks, turns, plays its clips one after the other. Format sections 7.3 and 8.

Times are ms on the caller's clock and must not go back. Nothing here is drawn by chance: turns of the idle cycle come
from a seed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from office_studio.core.room3d.clips import AFTER, ONE_SHOTS, RESTING, WALKING, Clip, ClipTable
from office_studio.core.room3d.figure3d import ClipShare
from office_studio.core.theme.room_model import Vec3

SPEED = 1.0  # world units per second
ARRIVED = 0.05
FADE_MS = 300.0
TURN_DEG_PER_S = 540.0
CYCLE_MS, CYCLE_MORE_MS = 10_000.0, 5_000.0  # of one turn of the idle cycle, and at most so much more
EASE = 0.92  # of the way is left after each 60th of a second, in dialect 3a
EASED = 0.25  # world units from the target at which an eased figure is there


@dataclass(frozen=True, slots=True)
class Go:
    """Walk there; look ``heading_deg`` on arrival, or as it came."""

    to: Vec3
    heading_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Once:
    key: str


@dataclass(frozen=True, slots=True)
class Loop:
    """Play the first of these that there is, without end."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cycle:
    """Turns of the idle cycle, without end."""


Step = Go | Once | Loop | Cycle


@dataclass(slots=True)
class _Layer:
    """A clip that began at a moment."""

    key: str
    clip: Clip
    began_ms: float
    is_once: bool

    def time_s(self, now_ms: float) -> float:
        gone, length = max(0.0, (now_ms - self.began_ms) / 1000), self.clip.duration_s
        if length <= 0:
            return 0.0
        return min(gone, length) if self.is_once else gone % length


@dataclass(slots=True)
class Performer:
    """``eases``: slides to its place, slower and slower (dialect 3a), instead of walking."""

    seed: str
    clips: ClipTable = field(default_factory=ClipTable)
    eases: bool = False
    position: Vec3 = (0.0, 0.0, 0.0)  # where it was when it last began to move
    heading: float = 0.0
    _way: tuple[Vec3, Vec3, float, float] | None = None  # from, to, began, ends
    _turn: tuple[float, float, float, float] | None = None  # from, by, began, ends
    _layer: _Layer | None = None
    _before: _Layer | None = None  # fades out
    _fade_began_ms: float = 0.0
    _script: list[Step] = field(default_factory=list)
    _step: Step | None = None
    _step_ends_ms: float | None = None
    _turns_taken: int = 0
    _shown: str = ""  # key of the clip that was asked for beside the steps

    # -- telling -----------------------------------------------------------------------------------
    def perform(self, script: Sequence[Step], now_ms: float) -> None:
        """Drop what it is doing for another sequence of steps. A walk begins from where it is."""
        self.advance(now_ms)
        self._stop(now_ms)
        self._script = list(script)
        self._next(now_ms)

    def settle(self, script: Sequence[Step], now_ms: float, *, spread: bool = True) -> None:
        """Be at the end of a sequence at once: nobody saw how it came about.

        Args:
            spread: Begin its clip at a moment of its own, so that not everybody breathes in step.
        """
        self._way = self._turn = self._before = None
        self._script, self._step, self._step_ends_ms, self._shown = [], None, None, ""
        for step in script:
            if isinstance(step, Go):
                self.position = step.to
                self.heading = self.heading if step.heading_deg is None else step.heading_deg
        last = script[-1] if script else None
        if isinstance(last, Loop | Cycle):
            self._layer = None
            self._begin(last, now_ms)
            layer = self._layer
            if spread and layer is not None and layer.clip.duration_s > 0:
                layer.began_ms -= self._chance("phase") * layer.clip.duration_s * 1000

    def show(self, key: str, now_ms: float) -> bool:
        """Play a clip while the steps go on: until the next of them begins, or the same is asked for once more (8.5).

        False, and nothing changes, when there is no such clip.
        """
        self.advance(now_ms)
        if key not in self.clips.clips:
            return False
        if key == self._shown:
            self._resume(now_ms)
        else:
            self._play((key,), now_ms)
            self._shown = key
        return True

    def use(self, clips: ClipTable, now_ms: float) -> None:
        """Another set of clips, of the same steps."""
        self.clips, self._layer, self._before, self._shown = clips, None, None, ""
        if self._step is not None:
            self._play_step(self._step, now_ms)

    # -- time --------------------------------------------------------------------------------------
    def advance(self, now_ms: float) -> None:
        """Go on with the steps that are due."""
        while self._step_ends_ms is not None and self._step_ends_ms <= now_ms:
            ended = self._step_ends_ms
            if isinstance(self._step, Cycle):
                self._take_turn(ended)
                continue
            if isinstance(self._step, Go):
                self._arrive(self._step, ended)
            self._next(ended)
        if self._turn is not None and now_ms >= self._turn[3]:
            self.heading, self._turn = (self._turn[0] + self._turn[1]) % 360, None
        if self._before is not None and now_ms - self._fade_began_ms >= FADE_MS:
            self._before = None

    # -- asking ------------------------------------------------------------------------------------
    def position_at(self, now_ms: float) -> Vec3:
        if self._way is None:
            return self.position
        start, end, began, ends = self._way
        if self.eases:
            left = EASE ** (60 * max(0.0, now_ms - began) / 1000)
            part = 1 - left
        else:
            part = min(1.0, max(0.0, (now_ms - began) / (ends - began))) if ends > began else 1.0
        return (
            start[0] + (end[0] - start[0]) * part,
            start[1] + (end[1] - start[1]) * part,
            start[2] + (end[2] - start[2]) * part,
        )

    def heading_at(self, now_ms: float) -> float:
        if self._turn is None:
            return self.heading
        start, by, began, ends = self._turn
        part = min(1.0, max(0.0, (now_ms - began) / (ends - began)))
        return (start + by * part * part * (3 - 2 * part)) % 360

    def clips_at(self, now_ms: float) -> tuple[ClipShare, ...]:
        """The clip that plays, then the one that fades out."""
        layer, before = self._layer, self._before
        if layer is None:
            return ()
        share = 1.0 if before is None else min(1.0, max(0.0, (now_ms - self._fade_began_ms) / FADE_MS))
        shares = [ClipShare(layer.key, layer.clip, layer.time_s(now_ms), share)]
        if before is not None and share < 1:
            shares.append(ClipShare(before.key, before.clip, before.time_s(now_ms), 1 - share))
        return tuple(shares)

    @property
    def is_walking(self) -> bool:
        return self._way is not None

    @property
    def target(self) -> Vec3:
        return self.position if self._way is None else self._way[1]

    @property
    def is_smooth(self) -> bool:
        """Whether it moves, turns or changes clips, which looks bad in few pictures."""
        return self._way is not None or self._turn is not None or self._before is not None

    def is_animated_at(self, now_ms: float) -> bool:
        """Whether it will look different soon, by itself."""
        layer = self._layer
        if self.is_smooth:
            return True
        if layer is None or layer.clip.duration_s <= 0:
            return False
        return not (layer.is_once and now_ms - layer.began_ms >= layer.clip.duration_s * 1000)

    @property
    def next_step_ms(self) -> float | None:
        return self._step_ends_ms

    # -- steps -------------------------------------------------------------------------------------
    def _next(self, now_ms: float) -> None:
        self._step, self._step_ends_ms = None, None
        while self._script:
            self._begin(self._script.pop(0), now_ms)
            if self._step_ends_ms is None or self._step_ends_ms > now_ms:
                return
            if isinstance(self._step, Go):
                self._arrive(self._step, now_ms)

    def _begin(self, step: Step, now_ms: float) -> None:
        self._step, self._step_ends_ms, self._shown = step, None, ""
        if isinstance(step, Go):
            self._set_out(step, now_ms)
        elif isinstance(step, Cycle):
            self._take_turn(now_ms)
        else:
            self._play_step(step, now_ms)

    def _play_step(self, step: Step, now_ms: float) -> None:
        if isinstance(step, Once):
            clip = self._play((step.key,), now_ms)
            # What is missing changes nothing and takes no time: nobody ever gets stuck (7.3).
            self._step_ends_ms = now_ms + (0.0 if clip is None else clip.duration_s * 1000)
        elif isinstance(step, Loop):
            self._hold(step.keys, now_ms)
        elif isinstance(step, Go):
            self._play(WALKING, now_ms)
        else:
            self._hold(RESTING, now_ms)

    def _resume(self, now_ms: float) -> None:
        """Look again as the step does that goes on."""
        self._shown = ""
        if isinstance(self._step, Cycle):
            self._take_turn(now_ms)
        elif not isinstance(self._step, Once):  # which is over in a moment
            keys = self._step.keys if isinstance(self._step, Loop) else WALKING if self.is_walking else RESTING
            if self._play(keys, now_ms) is None:
                self._layer = self._before = None

    def _hold(self, keys: Iterable[str], now_ms: float) -> None:
        """Play on the spot. Who has no such clip stands in the rest pose rather than walk without getting anywhere."""
        if self._play(keys, now_ms) is None and self._layer is not None and self._layer.key in WALKING:
            self._layer = self._before = None

    def _set_out(self, step: Go, now_ms: float) -> None:
        start = self.position
        dx, dz = step.to[0] - start[0], step.to[2] - start[2]
        distance = math.hypot(dx, dz)
        if distance <= ARRIVED:
            self._step_ends_ms = now_ms
            return
        if self.eases:
            frames = math.log(EASED / distance) / math.log(EASE) if distance > EASED else 0.0
            self._step_ends_ms = now_ms + frames / 60 * 1000
        else:
            self._step_ends_ms = now_ms + distance / SPEED * 1000
            self._face(math.degrees(math.atan2(dx, dz)), now_ms)
            self._play(WALKING, now_ms)
        self._way = (start, step.to, now_ms, self._step_ends_ms)

    def _arrive(self, step: Go, now_ms: float) -> None:
        self.position, self._way = step.to, None
        if step.heading_deg is not None:
            self._face(step.heading_deg, now_ms)

    def _stop(self, now_ms: float) -> None:
        if self._way is not None:
            self.position, self._way = self.position_at(now_ms), None
        self._script, self._step, self._step_ends_ms, self._shown = [], None, None, ""

    def _face(self, heading: float, now_ms: float) -> None:
        start = self.heading_at(now_ms)
        by = (heading - start + 180) % 360 - 180
        if abs(by) < 0.5:
            self.heading, self._turn = heading % 360, None
            return
        self._turn = (start, by, now_ms, now_ms + max(120.0, abs(by) / TURN_DEG_PER_S * 1000))

    def _take_turn(self, now_ms: float) -> None:
        """The next of the idle cycle, for ten to fifteen seconds (8.4)."""
        self._shown = ""
        cycle = self.clips.cycle
        playing = self._layer.key if self._layer is not None else ""
        if playing in AFTER and self._play((AFTER[playing],), now_ms) is not None:
            assert self._layer is not None
            self._step_ends_ms = now_ms + self._layer.clip.duration_s * 1000
            return
        if not cycle:
            self._hold(RESTING, now_ms)
            self._step_ends_ms = None
            return
        self._turns_taken += 1
        key = cycle[int(self._chance(f"turn {self._turns_taken}") * len(cycle))]
        self._hold((key, *RESTING), now_ms)  # a clip that is missing takes its time all the same
        self._step_ends_ms = now_ms + CYCLE_MS + self._chance(f"time {self._turns_taken}") * CYCLE_MORE_MS

    def _play(self, keys: Iterable[str], now_ms: float) -> Clip | None:
        """Let the first of these fade in; None, and nothing changes, when there is none of them."""
        key = self.clips.first(keys)
        if key is None:
            return None
        clip, is_once = self.clips.clips[key], key in ONE_SHOTS
        if self._layer is not None and self._layer.clip == clip and not is_once:
            self._layer.key = key
            return clip
        if self._layer is not None:
            half_way = self._before is not None and now_ms - self._fade_began_ms < FADE_MS / 2
            self._before = self._before if half_way else self._layer  # of three, the one that is seen most
            self._fade_began_ms = now_ms
        self._layer = _Layer(key, clip, now_ms, is_once)
        return clip

    def _chance(self, what: str) -> float:
        """From 0 to 1, the same for the same seed."""
        return crc32(f"{self.seed}/{what}".encode()) / 2**32
