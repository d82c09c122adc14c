"""Voice activity on each channel: where somebody speaks, to a few hundredths of a second.

Silero VAD (shipped inside faster-whisper) finds speech; its regions are then split again where
the level falls to the line's noise, because Silero runs over silences of 300 to 600 ms (its issue
785). On separate channels, what is only the other side leaking through is removed. Works block by
block, so memory does not grow with the length of the call. Gaps, overlaps and monologues are all
measured on what this module returns.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from callcoach.analysis.model import Segment

SAMPLE_RATE = 16_000

#: Silero's own frame, in samples (32 ms), and the samples of the frame before that it also sees.
FRAME = 512
CONTEXT = 64
#: Speech begins at this probability and ends below the second. Silero's own 0.5 and 0.35 hear the
#: start of one telephone turn in twenty more than 1.7 s late; with these and the level, 0.1 s.
START_PROBABILITY = 0.12
END_PROBABILITY = 0.05
#: A piece counts only if Silero was this sure of some frame in it, so that noise stays out.
PEAK_PROBABILITY = 0.3
#: Shorter bursts are clicks; the shortest region of the sample and training calls has 0.2 s.
MIN_SPEECH_S = 0.09
#: An inter-pausal unit ends at a silence of 200 ms, the usual bound in French phonetics.
MIN_SILENCE_S = 0.2
#: A frame is silent below the channel's noise plus this, and below its speech minus the other:
#: the first fails on a very clean line, whose noise is digital silence.
NOISE_MARGIN_DB = 6.0
SPEECH_MARGIN_DB = 32.0
#: Level frames, in samples (10 ms).
LEVEL_FRAME = 160
#: Kept on both sides of a region, so that a soft onset or a final consonant is not cut.
EDGE_S = 0.03
#: Crosstalk: this much below the other side at the same time, and correlated with it.
CROSSTALK_DB = 15.0
CROSSTALK_CORRELATION = 0.5
_CROSSTALK_WINDOW = 3_200
_CROSSTALK_MAX_LAG = 480
#: Samples handled at once: 5 minutes, a whole number of VAD and level frames.
BLOCK = FRAME * 9_375
_SILENT_DB = -100.0

Audio = npt.NDArray[np.float32]


def detect_voices(samples: Audio) -> tuple[tuple[Segment, ...], ...]:
    """Speech regions of every channel, crosstalk removed.

    Args:
        samples: (channels, n) float32 in [-1, 1] at 16 kHz; may be a memory map.

    Returns:
        One tuple for each channel: sorted, disjoint, at least `MIN_SILENCE_S` apart; empty where
        nobody speaks.
    """
    voices = [detect_voice(channel) for channel in samples]
    if len(voices) != 2:
        return tuple(voices)
    return (
        _without_crosstalk(samples[0], voices[0], samples[1], voices[1]),
        _without_crosstalk(samples[1], voices[1], samples[0], voices[0]),
    )


def detect_voice(samples: Audio) -> tuple[Segment, ...]:
    """Speech regions of one channel, `samples` of shape (n,), as `detect_voices` gives them."""
    probabilities = speech_probabilities(samples)
    regions = _spans(probabilities)
    if not regions:
        return ()
    levels = levels_db(samples)
    loud = _loud_frames(levels, regions)
    found: list[Segment] = []
    for start, end in regions:
        found += [
            p for p in _split(loud, start, end) if _peak(probabilities, p) >= PEAK_PROBABILITY
        ]
    limit_s = len(samples) / SAMPLE_RATE
    padded = [Segment(max(0.0, s.start_s - EDGE_S), min(limit_s, s.end_s + EDGE_S)) for s in found]
    return _joined(padded, MIN_SILENCE_S - 2 * EDGE_S)


def speech_probabilities(samples: Audio) -> npt.NDArray[np.float32]:
    """Silero's probability of speech for each `FRAME`, the last one padded with silence.

    The network's state is carried from block to block, as if the whole were given at once.
    """
    # here, so that a web process which only knows the tasks loads no recogniser
    from faster_whisper.vad import get_vad_model

    session = get_vad_model().session
    state = np.zeros((1, 1, 128), dtype=np.float32)
    cell = np.zeros((1, 1, 128), dtype=np.float32)
    before = np.zeros(CONTEXT, dtype=np.float32)
    parts = []
    for start in range(0, len(samples), BLOCK):
        block = np.asarray(samples[start : start + BLOCK], dtype=np.float32)
        block = np.pad(block, (0, -len(block) % FRAME))
        extended = np.concatenate([before, block])
        frames = np.lib.stride_tricks.sliding_window_view(extended, FRAME + CONTEXT)[::FRAME]
        output, state, cell = session.run(
            None, {"input": np.ascontiguousarray(frames), "h": state, "c": cell}
        )
        parts.append(np.asarray(output, dtype=np.float32).reshape(-1))
        before = block[-CONTEXT:]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)


def levels_db(samples: Audio) -> npt.NDArray[np.float32]:
    """Level of each `LEVEL_FRAME` in dB relative to full scale, -100 for digital silence."""
    parts = []
    for start in range(0, len(samples), BLOCK):
        block = np.asarray(samples[start : start + BLOCK], dtype=np.float32)
        block = np.pad(block, (0, -len(block) % LEVEL_FRAME)).reshape(-1, LEVEL_FRAME)
        power = np.mean(np.square(block), axis=1)
        parts.append(np.maximum(10 * np.log10(power + 1e-12), _SILENT_DB))
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)


def _spans(probabilities: npt.NDArray[np.float32]) -> list[tuple[int, int]]:
    """Stretches of speech, in samples, with the hysteresis of Silero."""
    spans: list[tuple[int, int]] = []
    start: int | None = None
    for index, probability in enumerate(probabilities):
        if start is None:
            if probability >= START_PROBABILITY:
                start = index
        elif probability < END_PROBABILITY:
            spans.append((start * FRAME, index * FRAME))
            start = None
    if start is not None:
        spans.append((start * FRAME, len(probabilities) * FRAME))
    return spans


def _loud_frames(
    levels: npt.NDArray[np.float32], regions: Sequence[tuple[int, int]]
) -> npt.NDArray[np.bool_]:
    """Which level frames are above the channel's silence."""
    inside = np.zeros(len(levels), dtype=bool)
    for start, end in regions:
        inside[start // LEVEL_FRAME : end // LEVEL_FRAME] = True
    speech = float(np.percentile(levels[inside], 75)) if inside.any() else 0.0
    # speech itself may fill the channel: then the quietest twentieth is taken for the noise
    outside = levels[~inside]
    noise = float(np.median(outside)) if len(outside) >= 100 else float(np.percentile(levels, 5))
    threshold = max(noise + NOISE_MARGIN_DB, speech - SPEECH_MARGIN_DB)
    # on a line so noisy that speech hardly stands out, trust Silero alone
    return levels > min(threshold, speech - NOISE_MARGIN_DB)


def _split(loud: npt.NDArray[np.bool_], start: int, end: int) -> list[Segment]:
    """One Silero region cut at its silences, its edges moved to where the level rises."""
    first, last = start // LEVEL_FRAME, min(len(loud), -(-end // LEVEL_FRAME))
    frames = np.flatnonzero(loud[first:last])
    if len(frames) == 0:
        return []
    step_s = LEVEL_FRAME / SAMPLE_RATE
    breaks = np.flatnonzero(np.diff(frames) * step_s > MIN_SILENCE_S)
    starts = np.concatenate([[0], breaks + 1])
    ends = np.concatenate([breaks, [len(frames) - 1]])
    pieces = []
    for a, b in zip(starts, ends, strict=True):
        piece = Segment(
            float((first + frames[a]) * step_s), float((first + frames[b] + 1) * step_s)
        )
        if piece.duration_s >= MIN_SPEECH_S:
            pieces.append(piece)
    return pieces


def _peak(probabilities: npt.NDArray[np.float32], piece: Segment) -> float:
    first = int(piece.start_s * SAMPLE_RATE) // FRAME
    last = int(piece.end_s * SAMPLE_RATE) // FRAME
    return float(probabilities[first : last + 1].max())


def _joined(segments: Sequence[Segment], gap_s: float) -> tuple[Segment, ...]:
    """Neighbours closer than `gap_s` become one."""
    out: list[Segment] = []
    for segment in segments:
        if out and segment.start_s - out[-1].end_s < gap_s:
            out[-1] = Segment(out[-1].start_s, max(out[-1].end_s, segment.end_s))
        else:
            out.append(segment)
    return tuple(out)


def _without_crosstalk(
    own: Audio, voice: Sequence[Segment], other: Audio, other_voice: Sequence[Segment]
) -> tuple[Segment, ...]:
    """`voice` less the windows that are the other side heard faintly through this channel."""
    kept: list[Segment] = []
    for segment in voice:
        shared = sum(segment.overlap_s(o) for o in other_voice)
        if shared < 0.5 * min(segment.duration_s, _CROSSTALK_WINDOW / SAMPLE_RATE):
            kept.append(segment)
            continue
        kept += _own_parts(own, other, segment)
    return tuple(kept)


def _own_parts(own: Audio, other: Audio, segment: Segment) -> list[Segment]:
    start, end = int(segment.start_s * SAMPLE_RATE), int(segment.end_s * SAMPLE_RATE)
    parts: list[Segment] = []
    for at in range(start, end, _CROSSTALK_WINDOW):
        stop = min(end, at + _CROSSTALK_WINDOW)
        if not is_crosstalk(own[at:stop], other[at:stop]):
            parts.append(Segment(at / SAMPLE_RATE, stop / SAMPLE_RATE))
    if len(parts) * _CROSSTALK_WINDOW >= end - start:  # nothing removed: keep exact bounds
        return [segment]
    return [p for p in _joined(parts, 1e-3) if p.duration_s >= MIN_SPEECH_S]


def is_crosstalk(own: Audio, other: Audio) -> bool:
    """Whether `own`, shape (n,), is a faint copy of `other`, up to 30 ms apart."""
    a, b = np.asarray(own, dtype=np.float64), np.asarray(other, dtype=np.float64)
    energy_a, energy_b = float(a @ a), float(b @ b)
    if energy_b <= 0 or energy_a <= 0:
        return energy_b > 0
    if 10 * np.log10(energy_b / energy_a) < CROSSTALK_DB:
        return False
    size = 1 << int(2 * len(a) - 1).bit_length()
    correlation = np.fft.irfft(np.fft.rfft(a, size) * np.conj(np.fft.rfft(b, size)), size)
    lag = min(_CROSSTALK_MAX_LAG, len(a) - 1)
    near = np.concatenate([correlation[: lag + 1], correlation[-lag:] if lag else []])
    return float(np.abs(near).max()) / float(np.sqrt(energy_a * energy_b)) > CROSSTALK_CORRELATION
