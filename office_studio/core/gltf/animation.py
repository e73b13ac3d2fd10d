"""Clips of a model: what they move, and where it is at a time (glTF 2.0, section 3.11 and appendix C)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np

from office_studio.core.gltf.accessors import Floats, read_floats
from office_studio.core.gltf.model import Json, Model, invalid, name_of, obj, objects, pick
from office_studio.core.gltf.pose import Doubles, NodePose, Pose, slerp
from office_studio.errors import ModelError

_WIDTHS: Final = {"translation": 3, "rotation": 4, "scale": 3}
_LINEAR, _STEP, _CUBIC = "LINEAR", "STEP", "CUBICSPLINE"
_POSE_FIELDS: Final = ("translation", "rotation", "scale", "weights")


@dataclass(frozen=True, slots=True)
class Track:
    """Channels that share their times, path and interpolation: one look-up in time serves all of them."""

    path: str  # translation, rotation, scale or weights
    interpolation: str
    nodes: tuple[int, ...]  # one a channel
    times_s: tuple[float, ...]  # rising
    values: Doubles  # (keys, channels, width); cubic splines (keys, 3, channels, width): tangent in, value, out

    def at(self, time_s: float) -> Doubles:
        """(channels, width): before the first key the first, after the last one the last."""
        after = bisect_right(self.times_s, time_s)
        if after == 0 or after == len(self.times_s) or self.interpolation == _STEP:
            key = self.values[max(after - 1, 0)]
            return self._settled(key[1] if self.interpolation == _CUBIC else key)
        span_s = self.times_s[after] - self.times_s[after - 1]
        share = (time_s - self.times_s[after - 1]) / span_s
        before, behind = self.values[after - 1], self.values[after]
        if self.interpolation == _CUBIC:
            return self._settled(_hermite(before, behind, share, span_s))
        if self.path == "rotation":
            return slerp(before, behind, share)
        result: Doubles = before + share * (behind - before)
        return result

    def _settled(self, values: Doubles) -> Doubles:
        if self.path != "rotation":
            return values
        length = np.linalg.norm(values, axis=-1, keepdims=True)
        return np.where(length > 0, values / np.where(length > 0, length, 1), (0, 0, 0, 1))


_Content = tuple[tuple[Track, ...], tuple[str, ...]]


class Clip:
    """One animation. ``length_s`` is its last key.

    ``tracks`` and ``problems`` (channels that were left out, and why) may be read only when first asked for.
    """

    def __init__(self, name: str, length_s: float, load: Callable[[], _Content]) -> None:
        self.name = name
        self.length_s = length_s
        self._load = load

    @cached_property
    def _content(self) -> _Content:
        return self._load()

    @property
    def tracks(self) -> tuple[Track, ...]:
        return self._content[0]

    @property
    def problems(self) -> tuple[str, ...]:
        return self._content[1]

    @property
    def nodes(self) -> frozenset[int]:
        """What it moves, as indices of the document's ``nodes``."""
        return frozenset(node for track in self.tracks for node in track.nodes)

    def local_time(self, time_s: float, *, is_looping: bool = True) -> float:
        """Seconds within the clip: wrapped around when looping, else held at its end. A still clip gives 0."""
        if self.length_s <= 0:
            return 0.0
        return time_s % self.length_s if is_looping else min(max(time_s, 0.0), self.length_s)

    def sample(self, time_s: float) -> dict[int, NodePose]:
        """What the clip sets at a time within it, by node. For many nodes ``apply`` is faster."""
        found: dict[int, dict[str, tuple[float, ...]]] = {}
        for track in self.tracks:
            for node, values in zip(track.nodes, track.at(time_s).tolist(), strict=True):
                found.setdefault(node, {})[track.path] = tuple(values)
        return {node: NodePose(*(parts.get(key) for key in _POSE_FIELDS)) for node, parts in found.items()}  # type: ignore[arg-type]

    def apply(self, time_s: float, pose: Pose) -> Pose:
        """A copy of ``pose`` (as a rule the pose at rest) with the clip's moment on it."""
        result = pose.copy()
        rows = {"translation": result.translations, "rotation": result.rotations, "scale": result.scales}
        for track in self.tracks:
            values = track.at(time_s)
            if track.path == "weights":
                result.weights.update(zip(track.nodes, values, strict=True))
            else:
                rows[track.path][list(track.nodes)] = values
        return result


def clips(model: Model) -> tuple[Clip, ...]:
    """All clips, in the document's order. A channel that cannot be used is left out and named in ``problems``."""
    times: dict[Any, Floats] = {}
    found = []
    for number, data in enumerate(model.items("animations")):
        name = name_of(data, "clip", number)
        tracks, problems = _content_of(model, name, data, times)
        length_s = max((track.times_s[-1] for track in tracks), default=0.0)
        found.append(_known(name, length_s, tracks, problems))
    return tuple(found)


def plain_clips(model: Model) -> tuple[Clip, ...]:
    """The same for a model that ``convert`` has made: each clip is read when it is first played.

    Raises:
        ModelError: MODEL_INVALID when ``convert`` did not make it.
    """
    times: dict[Any, Floats] = {}
    return tuple(_plain(model, number, data, times) for number, data in enumerate(model.items("animations")))


def retarget(clip: Clip, source: Sequence[str], target: Sequence[str]) -> Clip:
    """The clip moved to another model's nodes of the same names.

    Args:
        source: Names of the nodes of the clip's own model, by index.
        target: Those of the other model. Of equal names the first one counts.
    """
    return Clip(clip.name, clip.length_s, lambda: _retargeted(clip, source, target))


def _retargeted(clip: Clip, source: Sequence[str], target: Sequence[str]) -> _Content:
    places: dict[str, int] = {}
    for number, name in enumerate(target):
        places.setdefault(name, number)
    tracks, missing = [], []
    for track in clip.tracks:
        kept = [i for i, node in enumerate(track.nodes) if source[node] and source[node] in places]
        missing += [source[node] or f"node {node}" for node in track.nodes if source[node] not in places]
        if kept:
            nodes = tuple(places[source[track.nodes[i]]] for i in kept)
            tracks.append(replace(track, nodes=nodes, values=track.values[..., kept, :]))
    problems = tuple(f'it moves "{name}", which the other model does not have' for name in dict.fromkeys(missing))
    return tuple(tracks), clip.problems + problems


def node_names(model: Model) -> tuple[str, ...]:
    """Names by index, empty where a node has none."""
    return tuple(str(node.get("name") or "") for node in model.items("nodes"))


# -- reading ---------------------------------------------------------------------------------------------
@dataclass(slots=True)
class _Channel:
    path: str
    interpolation: str
    node: int
    times_s: Floats  # (keys,)
    values: Floats  # (keys, width) or (keys, 3, width)


def _known(name: str, length_s: float, tracks: tuple[Track, ...], problems: tuple[str, ...]) -> Clip:
    return Clip(name, length_s, lambda: (tracks, problems))


def _plain(model: Model, number: int, data: Json, times: dict[Any, Floats]) -> Clip:
    name, accessors = name_of(data, "clip", number), model.items("accessors")
    ends = [(pick(accessors, sampler.get("input")) or {}).get("max") for sampler in objects(data, "samplers")]
    if not all(isinstance(end, list) and len(end) == 1 and isinstance(end[0], int | float) for end in ends):
        raise invalid(f"its clip {name} does not say how long it is")
    length_s = max((float(end[0]) for end in ends if end), default=0.0)
    return Clip(name, length_s, lambda: _content_of(model, name, data, times))


def _content_of(model: Model, name: str, data: Json, times: dict[Any, Floats]) -> _Content:
    problems: list[str] = []
    samplers = objects(data, "samplers")
    channels: dict[tuple[int, str], _Channel] = {}
    for place, channel in enumerate(objects(data, "channels")):
        try:
            found = _channel(model, samplers, channel, f"channel {place} of clip {name}", times)
        except ModelError as error:
            problems.append(error.message.removeprefix("The model cannot be used: ").removesuffix("."))
            continue
        if found is not None:
            channels[found.node, found.path] = found  # two for one thing are not allowed; the last one counts
    return tuple(_tracks(channels.values())), tuple(problems)


def _channel(model: Model, samplers: list[Json], channel: Json, what: str, times: dict[Any, Floats]) -> _Channel | None:
    """None when it moves nothing that we draw (a pointer, no node). ``times``: known ones, by accessor."""
    target = obj(channel, "target")
    path, index = target.get("path"), target.get("node")
    node = pick(model.items("nodes"), index)
    if path not in _POSE_FIELDS or index is None:
        return None
    sampler = pick(samplers, channel.get("sampler"))
    if node is None or sampler is None or not isinstance(index, int):
        raise ModelError("MODEL_INVALID", f"{what} names a node or sampler that does not exist")
    interpolation = sampler.get("interpolation", _LINEAR)
    if interpolation not in (_LINEAR, _STEP, _CUBIC):
        raise ModelError("MODEL_INVALID", f"{what} has the unknown interpolation {interpolation!s:.20}")
    known = sampler.get("input")
    if known not in times:
        times[known] = _times(read_floats(model, known, f"the times of {what}"), what)
    times_s = times[known]
    values = read_floats(model, sampler.get("output"), f"the values of {what}")
    width = _WIDTHS.get(path) or _target_count(model, node)
    per_key = 3 * width if interpolation == _CUBIC else width
    if not width or values.size != len(times_s) * per_key:
        raise ModelError("MODEL_INVALID", f"{what} has {len(times_s)} times and {values.size} numbers for them")
    if interpolation == _CUBIC:
        return _Channel(path, interpolation, index, times_s, values.reshape(len(times_s), 3, width))
    return _Channel(path, interpolation, index, times_s, values.reshape(len(times_s), width))


def _times(values: Floats, what: str) -> Floats:
    times: Floats = values.reshape(-1)
    if not len(times) or (np.diff(times) < 0).any():
        raise ModelError("MODEL_INVALID", f"{what} has no times, or times that run back")
    return times


def _target_count(model: Model, node: Mapping[str, Any]) -> int:
    mesh = pick(model.items("meshes"), node.get("mesh"))
    return max((len(objects(p, "targets")) for p in objects(mesh, "primitives")), default=0) if mesh else 0


def _tracks(channels: Iterable[_Channel]) -> Iterator[Track]:
    groups: dict[tuple[Any, ...], list[_Channel]] = {}
    for channel in channels:
        width = channel.values.shape[-1]
        key = (channel.path, channel.interpolation, width, channel.times_s.tobytes())
        groups.setdefault(key, []).append(channel)
    for (path, interpolation, _, _), members in groups.items():
        values = np.stack([member.values for member in members], axis=-2).astype(np.float64)
        times_s = tuple(float(time) for time in members[0].times_s)
        yield Track(path, interpolation, tuple(member.node for member in members), times_s, values)


def _hermite(before: Doubles, behind: Doubles, share: float, span_s: float) -> Doubles:
    """Cubic spline of glTF 2.0, appendix C.5."""
    t, t2, t3 = share, share * share, share**3
    result: Doubles = (
        (2 * t3 - 3 * t2 + 1) * before[1]
        + span_s * (t3 - 2 * t2 + t) * before[2]
        + (3 * t2 - 2 * t3) * behind[1]
        + span_s * (t3 - t2) * behind[0]
    )
    return result
