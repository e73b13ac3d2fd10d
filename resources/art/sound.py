"""Ambience made of numbers: numpy synthesis, no samples. Everything is circular, so a loop has no seam.

A `Loop` is a ring of stereo samples: what runs over its end comes back at its beginning, noise is shaped in
the frequency domain, held tones have a whole number of periods, and the echo is a circular convolution.

    python resources/art/sound.py cozy-loft OUT.ogg   # needs oggenc or ffmpeg (Debian: vorbis-tools)
"""

import shutil
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np

RATE = 44100
A4 = 440.0


def hertz(note: float) -> float:
    """Frequency of a MIDI note number; 69 is A4."""
    return A4 * 2 ** ((note - 69) / 12)


class Loop:
    """A ring of `seconds` of stereo sound, float, shape (2, n); full scale is 1."""

    def __init__(self, seconds: float):
        self.n = round(seconds * RATE)
        self.seconds = self.n / RATE
        self.data = np.zeros((2, self.n))

    def add(self, at: float, sound: np.ndarray, gain: float = 1.0, pan: float = 0.0) -> None:
        """Mix mono `sound` in at `at` seconds; `pan` -1 left to 1 right, equal power."""
        where = (round(at * RATE) + np.arange(len(sound))) % self.n
        angle = (pan + 1) * np.pi / 4
        for channel, share in enumerate((np.cos(angle), np.sin(angle))):
            np.add.at(self.data[channel], where, sound * gain * share)

    def whole(self, frequency: float) -> float:
        """The nearest frequency with a whole number of periods in the loop."""
        return max(1, round(frequency * self.seconds)) / self.seconds

    def noise(self, low: float, high: float, tilt: float, seed: int) -> np.ndarray:
        """Stereo noise between two frequencies, level falling by `tilt` dB an octave, RMS 1, seamless."""
        rng = np.random.default_rng(seed)
        f = np.fft.rfftfreq(self.n, 1 / RATE)
        shape = np.zeros_like(f)
        band = f > 1
        edge = 1 / (1 + (low / f[band]) ** 4) / (1 + (f[band] / high) ** 4)
        shape[band] = edge * f[band] ** (-tilt / 6.02)
        phases = np.exp(2j * np.pi * rng.random((2, len(f))))
        out = np.fft.irfft(shape * phases, self.n)
        return out / out.std()

    def swell(self, low: float, high: float, turns: tuple[int, ...], seed: int) -> np.ndarray:
        """Slow level curve between two gains: a sum of whole periods per loop."""
        rng = np.random.default_rng(seed)
        t = np.arange(self.n) / self.n * 2 * np.pi
        curve = sum(np.sin(k * t + rng.random() * 6.28) / (i + 1) for i, k in enumerate(turns))
        curve = (curve - curve.min()) / (curve.max() - curve.min())
        return low + (high - low) * curve

    def echo(self, seconds: float, amount: float, bright: float = 4000, seed: int = 1) -> None:
        """Add a room: a decaying, low-passed burst of noise, different at the left and the right."""
        rng = np.random.default_rng(seed)
        m = min(self.n, round(seconds * 2 * RATE))
        t = np.arange(m) / RATE
        f = np.fft.rfftfreq(self.n, 1 / RATE)
        for channel in range(2):
            tail = np.zeros(self.n)
            tail[:m] = rng.normal(size=m) * np.exp(-6.9 * t / seconds)
            answer = np.fft.rfft(tail) / (1 + (f / bright) ** 2)
            answer[0] = 0
            answer *= amount / np.sqrt((np.abs(np.fft.irfft(answer, self.n)) ** 2).sum())
            self.data[channel] += np.fft.irfft(np.fft.rfft(self.data[channel]) * answer, self.n)

    def lowpass(self, cutoff: float, order: int = 2) -> None:
        """Take the edge off, without moving anything in time."""
        f = np.fft.rfftfreq(self.n, 1 / RATE)
        self.data = np.fft.irfft(np.fft.rfft(self.data) / (1 + (f / cutoff) ** (2 * order)) ** 0.5, self.n)

    def finish(self, rms_db: float = -30.0, peak: float = 0.7) -> np.ndarray:
        """Remove the mean, set the loudness, round off what would be louder than `peak`."""
        data = self.data - self.data.mean(1, keepdims=True)
        data *= 10 ** (rms_db / 20) / np.sqrt((data**2).mean())
        return peak * np.tanh(data / peak)


def envelope(n: int, attack: float, decay: float) -> np.ndarray:
    """Rise in `attack` seconds, then fall to a thousandth in `decay` seconds; ends at exactly zero."""
    t = np.arange(n) / RATE
    curve = np.minimum(1, t / max(attack, 1e-4)) * np.exp(-6.9 * np.maximum(0, t - attack) / decay)
    tail = min(n, round(0.01 * RATE))
    curve[n - tail :] *= np.linspace(1, 0, tail)
    return curve


def bell(frequency: float, seconds: float, attack=0.004, partials=((1, 1.0),)) -> np.ndarray:
    """Struck tone; `partials` are (multiple, level) pairs."""
    n = round(seconds * RATE)
    t = np.arange(n) / RATE
    tone = sum(level * np.sin(2 * np.pi * frequency * k * t) for k, level in partials)
    return tone * envelope(n, attack, seconds)


def sweep(start: float, end: float, seconds: float, wobble: float = 0.0, rate: float = 30.0) -> np.ndarray:
    """Gliding whistle with soft ends: chirps and drops."""
    n = round(seconds * RATE)
    t = np.linspace(0, 1, n)
    f = start * (end / start) ** t * (1 + wobble * np.sin(2 * np.pi * rate * seconds * t))
    return np.sin(2 * np.pi * np.cumsum(f) / RATE) * np.sin(np.pi * t) ** 1.5


def pulse(frequency: float, seconds: float, duty: float = 0.25, vibrato: float = 0.0) -> np.ndarray:
    """Pulse wave of the 8-bit kind, band-limited so that it does not rasp."""
    n = round(seconds * RATE)
    t = np.arange(n) / RATE
    phase = 2 * np.pi * frequency * (t + vibrato * np.sin(2 * np.pi * 5.5 * t) / (2 * np.pi * 5.5))
    out = np.zeros(n)
    for k in range(1, int(min(24, 9000 / frequency)) + 1):
        out += 2 / (k * np.pi) * np.sin(np.pi * k * duty) * np.cos(k * phase)
    return out


def triangle(frequency: float, seconds: float, steps: int = 16) -> np.ndarray:
    """Triangle in `steps` levels, as old sound chips made it."""
    t = np.arange(round(seconds * RATE)) / RATE
    wave_ = 2 * np.abs(2 * ((t * frequency) % 1) - 1) - 1
    return np.round(wave_ * steps / 2) / (steps / 2)


def click(seed: int, body: float = 190.0, bright: float = 3000.0) -> np.ndarray:
    """One key of a keyboard: a short bright tick over a dull thud."""
    rng = np.random.default_rng(seed)
    n = round(0.045 * RATE)
    t = np.arange(n) / RATE
    body, bright = body * rng.uniform(0.85, 1.2), bright * rng.uniform(0.8, 1.25)
    thud = np.sin(2 * np.pi * body * t) * np.exp(-t / 0.009)
    hiss = rng.normal(size=n)
    hiss = np.convolve(hiss, np.ones(4) / 4, "same") * np.exp(-t / 0.0022)
    ring = np.sin(2 * np.pi * bright * t) * np.exp(-t / 0.003)
    return (0.6 * thud + 0.7 * hiss + 0.25 * ring) * envelope(n, 0.0006, 0.2)


def typing(loop: Loop, seed: int, pan: float, gain: float, share: float = 0.5, body: float = 190.0) -> None:
    """Somebody writes: bursts of keys with pauses; `share` of the time, roughly."""
    rng = np.random.default_rng(seed)
    t, end = rng.uniform(0, 2), loop.seconds - 0.5
    while t < end:
        for k in range(int(rng.integers(4, 16))):
            if t >= end:
                break
            loop.add(t, click(seed * 1000 + k, body), gain * rng.uniform(0.45, 1.0), pan)
            t += rng.uniform(0.085, 0.19) * (2.2 if rng.random() < 0.12 else 1)
        t += rng.exponential(2.4 * (1 - share) / share) + 0.5


def birds(loop: Loop, seed: int, phrases: int, gain: float) -> None:
    """A few birds outside, each phrase of one kind."""
    rng = np.random.default_rng(seed)
    for start in np.sort(rng.uniform(0, loop.seconds, phrases)):
        pan, base, kind = rng.uniform(-0.9, -0.2), rng.uniform(2600, 3900), int(rng.integers(3))
        t = start
        for _ in range(int(rng.integers(2, 6))):
            if kind == 0:
                note = sweep(base, base * 1.35, rng.uniform(0.08, 0.14))
            elif kind == 1:
                note = sweep(base * 1.4, base, rng.uniform(0.10, 0.2), 0.03, 42)
            else:
                note = sweep(base, base * 0.92, rng.uniform(0.05, 0.08))
            loop.add(t, note, gain * rng.uniform(0.5, 1.0), pan)
            t += len(note) / RATE + rng.uniform(0.04, 0.16)


def pad(loop: Loop, chords, gain: float, seed: int = 5) -> None:
    """Held chords that melt into each other around the ring; a chord is a tuple of MIDI notes."""
    rng = np.random.default_rng(seed)
    t = np.arange(loop.n) / loop.n
    for i, chord in enumerate(chords):
        away = np.abs((t - (i + 0.5) / len(chords) + 0.5) % 1 - 0.5) * len(chords)
        level = np.cos(np.clip(away, 0, 1) * np.pi / 2) ** 2
        for note in chord:
            for cents, pan in ((-4, 0), (4, 1)):
                f = loop.whole(hertz(note + cents / 100))
                tone = sum(
                    a * np.sin(2 * np.pi * k * f * loop.seconds * t + rng.random() * 6.28)
                    for k, a in ((1, 1), (2, 0.3), (3, 0.08))
                )
                loop.data[pan] += gain * level * tone / len(chord)


def cozy_loft() -> Loop:
    """Afternoon in the loft: room, street and birds far away, keyboards, a clock, a cup, a warm chord."""
    loop = Loop(40)
    street = loop.noise(70, 480, 4, 3) * loop.swell(0.25, 1.0, (1, 2, 5), 4)
    loop.data += 0.011 * loop.noise(40, 2500, 4.5, 2) + 0.011 * street
    loop.data += 0.0022 * loop.noise(1800, 7000, 2, 8) * loop.swell(0.2, 1.0, (2, 3, 7), 9)  # leaves outside
    birds(loop, 11, 9, 0.010)
    for seed, where, level, body in ((21, -0.55, 0.050, 185), (22, 0.05, 0.042, 230), (23, -0.2, 0.034, 160)):
        typing(loop, seed, where, level, 0.42, body)
    for second in range(40):
        high = second % 2 == 0
        tick = bell(2350 if high else 1900, 0.05, 0.0005, ((1, 1.0), (2.7, 0.4)))
        loop.add(second, tick, 0.017, 0.35)
    cup = ((1, 1.0), (2.32, 0.6), (4.1, 0.25))
    for at, f in ((13.3, 2900), (13.52, 3150), (31.7, 2700)):
        loop.add(at, bell(f, 0.5, 0.001, cup), 0.007, 0.25)
    pad(loop, ((45, 57, 60, 64, 67), (41, 57, 60, 64, 69), (48, 55, 60, 64, 71), (43, 55, 59, 62, 69)), 0.028)
    loop.echo(0.7, 0.35, 3200)
    return loop


def pixel_loft() -> Loop:
    """A gentle tune of an old console: triangle bass, soft pulse chords, few notes of melody, an aquarium."""
    beat = 60 / 84
    loop = Loop(beat * 4 * 12)
    rng = np.random.default_rng(7)
    chords = ((57, 60, 64, 67), (53, 57, 60, 64), (48, 55, 60, 64), (55, 59, 62, 66)) * 3
    tune = (
        ((0, 76), (1.5, 79), (2, 83)),
        ((0, 81), (2, 79)),
        ((0, 76), (1, 74), (2, 72)),
        ((0, 74),),
        ((0, 76), (1.5, 79), (2, 84)),
        ((0, 83), (1.5, 81), (3, 79)),
        ((0, 79),),
        (),
        ((1, 88), (2, 86), (3, 83)),
        ((0, 84), (2, 81)),
        ((0, 79), (2, 76)),
        ((0, 78), (2, 74)),
    )
    for bar, chord in enumerate(chords):
        start = bar * 4 * beat
        for k, length in ((0, 1.6), (2.5, 0.9)):
            tone = triangle(hertz(chord[0] - 12), length * beat)
            loop.add(start + k * beat, tone * envelope(len(tone), 0.01, length * beat * 1.6), 0.050)
        for k in range(8):  # broken chord
            note = chord[(0, 1, 2, 3, 2, 1, 3, 2)[k]] + 12
            tone = pulse(hertz(note), 0.5 * beat, 0.5)
            level = 0.020 * rng.uniform(0.8, 1.0)
            loop.add(
                start + k * beat / 2, tone * envelope(len(tone), 0.006, 0.55), level, -0.45 if k % 2 else 0.45
            )
        for k, note in tune[bar]:
            tone = pulse(hertz(note), 1.25 * beat, 0.25, 0.004)
            loop.add(start + k * beat, tone * envelope(len(tone), 0.012, 1.3 * beat), 0.024, 0.1)
        for k in range(4):  # a brush, hardly there
            hat = rng.normal(size=round(0.05 * RATE)) * envelope(round(0.05 * RATE), 0.001, 0.06)
            loop.add(start + (k + 0.5) * beat, hat, 0.0035, 0.3)
    for at in np.sort(rng.uniform(0, loop.seconds, 26)):  # bubbles
        f = rng.uniform(380, 900)
        loop.add(at, sweep(f, f * 1.9, rng.uniform(0.03, 0.07)), 0.012 * rng.uniform(0.3, 1), -0.7)
    loop.lowpass(4200)
    loop.data += 0.003 * loop.noise(60, 900, 4, 3)
    loop.echo(0.9, 0.3, 3000)
    return loop


AMBIENCES = {"cozy-loft": (cozy_loft, -31.0), "pixel-loft": (pixel_loft, -29.0)}  # maker, loudness in dB RMS


def save(sound: np.ndarray, path: Path, quality: float = 2.0) -> Path:
    """Write stereo float samples (2, n) as OGG Vorbis with oggenc or ffmpeg."""
    steps = np.random.default_rng(1).random(sound.shape) - 0.5
    pcm = np.clip(np.round(sound * 32767 + steps), -32768, 32767).astype("<i2")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "loop.wav"
        with wave.open(str(source), "wb") as out:
            out.setnchannels(2)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(pcm.T.tobytes())
        if shutil.which("oggenc"):
            job = ["oggenc", "-Q", "-q", str(quality), "--serial", "1", "-o", str(path), str(source)]
        elif shutil.which("ffmpeg"):
            job = [
                "ffmpeg",
                "-v",
                "error",
                "-y",
                "-i",
                str(source),
                "-c:a",
                "libvorbis",
                "-q:a",
                str(quality),
            ]
            job += ["-bitexact", "-map_metadata", "-1", str(path)]
        else:
            raise SystemExit("sound needs oggenc or ffmpeg: apt install vorbis-tools")
        subprocess.run(job, check=True)
    return path


def seam(sound: np.ndarray) -> float:
    """How much bigger the step over the loop point is than the biggest step near it; 1 or less: no click."""
    steps = np.abs(np.diff(sound, axis=1))
    near = max(steps[:, -2000:].max(), steps[:, :2000].max())
    return float(np.abs(sound[:, 0] - sound[:, -1]).max() / max(near, 1e-9))


def write(name: str, path: Path) -> Path:
    """Make the ambience `name` (a key of AMBIENCES) as an OGG file."""
    maker, loudness = AMBIENCES[name]
    sound = maker().finish(loudness)
    if seam(sound) > 1.0:
        raise ValueError(f"{name} clicks at its loop point: {seam(sound):.2f}")
    return save(sound, path)


def manifest(name: str, volume: float = 0.4) -> dict:
    """The `audio` block of theme.json for the file `name`."""
    return {"ambient": {"src": name, "volume": volume, "loop": True}}


if __name__ == "__main__":
    print(write(sys.argv[1], Path(sys.argv[2])))
