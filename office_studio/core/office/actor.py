"""One character on the stage over time: its walk, its fades, its frames and what it says."""

from __future__ import annotations

import math
from dataclasses import dataclass
from math import floor
from zlib import crc32

from office_studio.core.office.bubbles import Speech
from office_studio.core.office.fades import WHOLE_MS, Fade, FadeKind
from office_studio.core.office.figure import Figure
from office_studio.core.office.model import AgentStatus
from office_studio.core.office.movement import Walk
from office_studio.core.office.seating import Place, Sitter
from office_studio.core.theme.atlas import Atlas, Clip, state_chain
from office_studio.core.theme.model import Direction, Point, ZoneType

NEVER = math.inf
WALK_FRAME_MS = 16.0
BEAT_MS = 1000 / 12
FAR_WALK_FRAME_MS, _FAR_TURNS = 132.0, 4  # far walkers step in turns, a quarter of them at a time
_STANDING_CHAIN = ("standing", "idle")  # whoever has no seat stands, whatever it does


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a figure belongs: a seat, a standing place (no zone), or a place in the built-in office (no seat)."""

    at: Point
    place: Place | None = None
    zone_id: str | None = None
    zone_type: ZoneType | None = None
    standing: bool = False

    @classmethod
    def on(cls, place: Place) -> Spot:
        return cls(place.seat.at, place, place.zone.id, place.zone.type)

    @property
    def direction(self) -> Direction:
        return self.place.seat.direction if self.place is not None else Direction.DOWN


@dataclass(frozen=True, slots=True)
class Manner:
    """How all figures of a stage are shown."""

    atlas: Atlas | None = None
    has_theme: bool = False
    reduced_motion: bool = False
    in_step: bool = False
    fades: bool = True
    walk_in: bool = False
    is_far: bool = False  # no frames, and steps of a walk that are enough for a dot


@dataclass(slots=True)
class Actor:
    """Mutable side of a figure. Times are those of ``StageModel.advance``."""

    number: int  # in the order of coming
    sitter: Sitter
    spot: Spot
    walk: Walk | None = None
    held_at: Point | None = None  # stands here until its way is found
    fade: Fade | None = None
    is_swapping: bool = False  # fading out the clip before another one
    is_leaving: bool = False
    speech: Speech | None = None
    clip: Clip | None = None
    clip_started_ms: float = 0.0
    phase_ms: float = 0.0
    quiet_until_ms: float = NEVER  # then a bubble ends
    figure: Figure | None = None
    due_ms: float | None = None  # when the figure looks different next; None: not by itself

    def at(self, now_ms: float) -> Point:
        if self.walk is not None:
            return self.walk.at(now_ms)
        return self.held_at or self.spot.at

    def alpha(self, now_ms: float) -> float:
        return 1.0 if self.fade is None else self.fade.alpha_at(now_ms)

    def come(self, now_ms: float) -> None:
        """Fade in, from wherever the opacity is."""
        alpha = self.alpha(now_ms) if self.figure is not None else 0.0
        self.fade = Fade.of(FadeKind.COME, now_ms, alpha)

    def go(self, now_ms: float) -> None:
        self.fade = Fade.of(FadeKind.GO, now_ms, self.alpha(now_ms))

    def stand_still(self) -> None:
        """Be where it belongs at once, and fully seen."""
        self.walk = self.held_at = self.fade = None

    @property
    def is_gone(self) -> bool:
        """Whether a leaving figure has left."""
        return self.is_leaving and self.walk is None and self.held_at is None and self.fade is None

    # -- the picture -------------------------------------------------------------------------------
    def advance(self, now_ms: float, manner: Manner, *, is_stale: bool = True) -> Figure:
        """The figure as it is now; sets ``due_ms``. ``is_stale`` False: nothing was told since the last one."""
        figure, clip = self.figure, self.clip
        if not is_stale and figure is not None and clip is not None and not manner.is_far and self._is_calm(now_ms):
            return self._with_next_frame(figure, clip, now_ms)
        if self.walk is not None and self.walk.is_over(now_ms):
            self.walk = None
        if self.fade is not None and self.fade.is_over(now_ms):
            self.fade = None
        if manner.is_far and self.walk is not None and self.figure is not None and self.figure.walking:
            return self._step_far(self.figure, self.walk, now_ms)
        sitter = self.sitter
        dimmed = sitter.status in (AgentStatus.OFFLINE, AgentStatus.UNBOUND)
        direction = self._direction(now_ms)
        self._change_clip(self._wanted_clip(direction, manner), now_ms, manner)
        self.phase_ms = self._phase(self.clip, manner.in_step)
        frame, change_ms = 0, None
        is_animated = not manner.is_far and (self.walk is not None or not manner.reduced_motion)
        if self.clip is not None and not dimmed and is_animated:
            frame, change_ms = self._frame(self.clip, now_ms)
        speaks = self.speech if not (self.walk or self.held_at or dimmed or self.is_leaving) else None
        quiet_ms = speaks.next_change_ms(now_ms) if speaks is not None else None
        self.quiet_until_ms = NEVER if quiet_ms is None else quiet_ms
        self.due_ms = self._due_ms(now_ms, change_ms)
        figure = Figure(
            sitter.agent_id,
            sitter.name,
            sitter.status,
            self.at(now_ms),
            self.spot.at,
            self.clip.state if self.clip else "",
            direction,
            frame,
            self.spot.place.id if self.spot.place and not self.is_leaving else None,
            self.spot.zone_id if not self.is_leaving else None,
            sitter.slot,
            self.walk is not None and manner.has_theme,
            dimmed,
            self.clip,
            self._opacity(now_ms, manner),
            speaks.bubble_at(now_ms) if speaks is not None else None,
            self.spot.standing,
        )
        self.figure = figure
        return figure

    # -- inside ------------------------------------------------------------------------------------
    def _step_far(self, before: Figure, walk: Walk, now_ms: float) -> Figure:
        """Only the place: of a dot nothing else can be seen, and there may be thousands of them."""
        turn_ms = FAR_WALK_FRAME_MS / _FAR_TURNS * (self.number % _FAR_TURNS)
        self.due_ms = (now_ms - turn_ms) // FAR_WALK_FRAME_MS * FAR_WALK_FRAME_MS + FAR_WALK_FRAME_MS + turn_ms
        sitter, spot = self.sitter, self.spot
        self.figure = Figure(
            sitter.agent_id,
            sitter.name,
            sitter.status,
            walk.at(now_ms),
            spot.at,
            before.state,
            before.direction,
            0,
            spot.place.id if spot.place and not self.is_leaving else None,
            spot.zone_id if not self.is_leaving else None,
            sitter.slot,
            True,
            before.dimmed,
            before.clip,
            before.alpha,
            None,
            spot.standing,
        )
        return self.figure

    def _direction(self, now_ms: float) -> Direction:
        if self.walk is not None:
            return self.walk.direction_at(now_ms)
        if self.held_at is not None and self.figure is not None:
            return self.figure.direction
        return self.spot.direction

    def _wanted_clip(self, direction: Direction, manner: Manner) -> Clip | None:
        if manner.atlas is None:
            return None
        if self.clip is not None and (self.held_at is not None or (self.is_leaving and self.walk is None)):
            return self.clip  # waits, or fades where it was
        if self.spot.standing and self.walk is None:
            found = manner.atlas.clip(_STANDING_CHAIN, direction)
            if found is not None:
                return found
        chain = state_chain(self.sitter.status, self.spot.zone_type, walking=self.walk is not None)
        return manner.atlas.clip(chain, direction)

    def _change_clip(self, wanted: Clip | None, now_ms: float, manner: Manner) -> None:
        """Show another clip: at once when a walk begins, ends or turns, else faded out and in."""
        fade = self.fade
        if wanted is self.clip:
            if self.is_swapping and fade is not None:  # thought better of it
                self.fade = Fade.back_in(now_ms, fade.alpha_at(now_ms))
            self.is_swapping = False
            return
        is_new_state = self.clip is None or wanted is None or wanted.state != self.clip.state
        if self.walk is not None and fade is not None and fade.kind is FadeKind.SWAP:
            self.fade = None
        elif self.is_swapping and fade is not None and fade.shows_old_at(now_ms):
            return
        elif not self.is_swapping and is_new_state and self._fades_swap(wanted, manner):
            self.fade = Fade.of(FadeKind.SWAP, now_ms, self.alpha(now_ms))
            self.is_swapping = self.fade.shows_old_at(now_ms)
            if self.is_swapping:
                return
        self.is_swapping = False
        if is_new_state:
            self.clip_started_ms = now_ms
        self.clip = wanted

    def _fades_swap(self, wanted: Clip | None, manner: Manner) -> bool:
        if self.figure is None or self.figure.walking or self.walk is not None:
            return False
        if self.clip is None or wanted is None or manner.reduced_motion or not manner.fades:
            return False
        return self.fade is None or self.fade.kind is FadeKind.SWAP

    def _opacity(self, now_ms: float, manner: Manner) -> float:
        alpha = self.alpha(now_ms)
        if self.is_leaving and self.walk is not None and manner.fades:
            left_ms = self.walk.started_ms + self.walk.duration_ms - now_ms
            alpha = min(alpha, max(0.0, left_ms / WHOLE_MS))
        return alpha

    def _due_ms(self, now_ms: float, change_ms: float | None) -> float | None:
        if self.walk is not None or self.held_at is not None:
            return now_ms + WALK_FRAME_MS
        due = change_ms
        if self.fade is not None:
            step = self.fade.next_step_ms(now_ms)
            due = step if due is None else min(due, step)
        quiet = self.quiet_until_ms
        return quiet if quiet != NEVER and (due is None or quiet < due) else due

    def _is_calm(self, now_ms: float) -> bool:
        """Whether nothing but the frame can be another: what nearly all are, nearly always."""
        return (
            self.walk is None
            and self.held_at is None
            and self.fade is None
            and not self.is_swapping
            and now_ms < self.quiet_until_ms
        )

    def _with_next_frame(self, figure: Figure, clip: Clip, now_ms: float) -> Figure:
        frame, change_ms = self._frame(clip, now_ms)
        quiet = self.quiet_until_ms
        self.due_ms = quiet if quiet != NEVER and (change_ms is None or quiet < change_ms) else change_ms
        if frame != figure.frame:
            figure = self.figure = figure.with_frame(frame)
        return figure

    def _frame(self, clip: Clip, now_ms: float) -> tuple[int, float | None]:
        """Index of the frame, and when it changes. (``Clip.index_at`` and ``next_change_ms`` in one, for crowds.)"""
        began_ms, count = self.clip_started_ms - self.phase_ms, len(clip.frames)
        step = int(max(0.0, now_ms - began_ms) * clip.fps / 1000 + 1e-6)
        if not clip.loop and step >= count - 1:
            return count - 1, None
        return step % count, None if count < 2 else began_ms + (step + 1) * 1000 / clip.fps

    def _phase(self, clip: Clip | None, in_step: bool) -> float:
        """Head start into a clip in ms, so that neighbours do not move in step. Not for clips that end."""
        if in_step or clip is None or not clip.loop:
            return 0.0
        phase_ms = crc32(self.sitter.agent_id.encode()) % 1000 / 1000 * len(clip.frames) / clip.fps * 1000
        # On a common beat: frames at 1, 2, 3 and 6 a second then change together, and are drawn together. Of quicker
        # and odd ones, those of the same pace.
        frame_ms = 1000 / clip.fps
        beat_ms = 2 * BEAT_MS if (frame_ms / 2 / BEAT_MS) % 1 < 1e-6 else min(frame_ms, 6 * BEAT_MS)
        return self.clip_started_ms - floor((self.clip_started_ms - phase_ms) / beat_ms) * beat_ms
