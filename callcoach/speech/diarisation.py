"""Who speaks, on a channel that carries both voices: the agent, the prospect, or unknown.

`clustering` tells two voices apart by their sound; here each word goes to the voice under it, and
what is said tells which voice is the agent's. Where either fails, everything stays unknown: a word
put in the wrong mouth is worse than none. Overlapping speech goes to one of the two.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from math import log

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from callcoach.analysis.model import CallContext, Segment, Speaker, Track, Word
from callcoach.speech.clustering import two_voices
from callcoach.speech.inventions import normalise
from callcoach.speech.transcriber import Audio

#: What an agent says more often than a prospect, and how much each saying weighs: the logarithm
#: of how often either side says it in the 56 sample and training calls (such as 41 to 0).
AGENT_CUES: tuple[tuple[str, float], ...] = (
    (r"bonjour (madame|monsieur|maitre|docteur|mme|m)\b", 2.5),
    (r"je vous (appelle|propose|envoie|rappelle|remercie|explique|demande)", 2.5),
    (r"est ce que (vous|je)", 2.0),
    (r"a l appareil|de la part de|je (suis|m appelle) \w+ de", 1.5),
    (r"de la societe|la societe \w+", 1.5),
    (r"vous etes bien|c est bien vous", 1.5),
    (r"chez vous|\bvos\b|\bvotre\b", 1.0),
    (r"\b(i m|i am) calling|my name is|calling from", 2.5),
    (r"\byour\b", 1.0),
    (r"c est (pour quoi|a quel sujet)|qui etes vous|vous etes qui", -2.5),
    (r"envoyez|pas interesse|not interested|send me", -2.0),
    (r"j ecoute|\ballo\b|\bhello\b", -1.0),
)
#: The person called speaks first; an incoming call, or a clipped start, can outweigh this.
FIRST_SPEAKER = 2.0
#: The agent talks more in four calls of five: weight of the logarithm of the share.
TALK_SHARE = 1.0
#: A line of the script said, at least this alike (of 100), and its weight.
SCRIPT_ALIKE = 80.0
SCRIPT_LINE = 1.5
#: Below this the words do not tell who is the agent.
MIN_ROLE_SCORE = 1.5
#: A voice heard for less than this between two stretches of the other is a wrong label.
MIN_STRETCH_S = 0.2


def split_speakers(
    samples: Audio,
    voice: Sequence[Segment],
    words: Sequence[Word],
    *,
    context: CallContext | None = None,
) -> tuple[Track, ...]:
    """Two tracks, agent and prospect, or one of `Speaker.UNKNOWN` when that cannot be told.

    Args:
        samples: (n,) float32 at 16 kHz, both voices.
        voice: where anybody speaks.
        words: what was said, sorted.
        context: campaign and script lines, which the agent says.
    """
    unknown = (Track(0, tuple(voice), tuple(words), Speaker.UNKNOWN),)
    if not words:
        return unknown
    voices = two_voices(samples, voice)
    if voices is None or not voices.is_clear:
        return unknown
    regions = _regions(voices.labels, voice)
    said = _words_by_voice(words, regions)
    score = role_score(said, context or CallContext())
    if abs(score) < MIN_ROLE_SCORE:
        return unknown
    agent = 0 if score > 0 else 1
    return (
        Track(0, regions[agent], said[agent], Speaker.AGENT),
        Track(0, regions[1 - agent], said[1 - agent], Speaker.PROSPECT),
    )


def role_score(said: Sequence[Sequence[Word]], context: CallContext) -> float:
    """How much more the first of two voices speaks like an agent; negative: the second."""
    if not (said[0] and said[1]):
        return 0.0
    texts = [normalise("".join(word.word for word in words)) for words in said]
    score = _cues(texts[0], context) - _cues(texts[1], context)
    first = 0 if said[0][0].start_s < said[1][0].start_s else 1
    score += FIRST_SPEAKER if first == 1 else -FIRST_SPEAKER
    return score + TALK_SHARE * log((len(said[0]) + 1) / (len(said[1]) + 1))


def _cues(text: str, context: CallContext) -> float:
    # each cue counts three times at most, so that one habit does not decide alone
    score = sum(weight * min(3, len(re.findall(cue, text))) for cue, weight in AGENT_CUES)
    lines = [normalise(line.text) for line in context.script_lines]
    spoken = [line for line in lines if len(line.split()) >= 4]
    return score + SCRIPT_LINE * sum(
        fuzz.partial_ratio(line, text) >= SCRIPT_ALIKE for line in spoken[:50]
    )


def _regions(
    labels: npt.NDArray[np.int8], voice: Sequence[Segment]
) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """The speech regions of either voice; a region with a change in it is cut there."""
    found: tuple[list[Segment], list[Segment]] = ([], [])
    for segment in voice:
        first, last = int(segment.start_s * 100), int(segment.end_s * 100)
        runs = _runs(labels[first:last])
        at = segment.start_s
        for number, (label, length) in enumerate(runs):
            end = segment.end_s if number == len(runs) - 1 else at + length / 100
            found[label].append(Segment(round(at, 3), round(max(at, end), 3)))
            at = end
    return tuple(found[0]), tuple(found[1])


def _runs(labels: npt.NDArray[np.int8]) -> list[tuple[int, int]]:
    """(label, frames) of each stretch of one voice, too short ones given to the one before."""
    runs: list[tuple[int, int]] = []
    for label, frames in groupby(int(x) for x in labels if x >= 0):
        length = len(list(frames))
        if runs and (runs[-1][0] == label or length < MIN_STRETCH_S * 100):
            runs[-1] = (runs[-1][0], runs[-1][1] + length)
        else:
            runs.append((label, length))
    return runs or [(0, len(labels))]


def _words_by_voice(
    words: Sequence[Word], regions: Sequence[Sequence[Segment]]
) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Each word, with the parts spelt together with it, to the voice it overlaps most."""
    said: tuple[list[Word], list[Word]] = ([], [])
    label = 0
    for word in words:
        if word.word.startswith(" ") or not (said[0] or said[1]):
            label = _nearest(word, regions)
        said[label].append(word)
    return tuple(said[0]), tuple(said[1])


def _nearest(word: Word, regions: Sequence[Sequence[Segment]]) -> int:
    span = Segment(word.start_s, max(word.start_s, word.end_s))
    shared = [sum(span.overlap_s(region) for region in side) for side in regions]
    if shared[0] != shared[1]:
        return int(shared[1] > shared[0])
    gaps = [
        min(
            (max(r.start_s - span.end_s, span.start_s - r.end_s, 0.0) for r in side),
            default=float("inf"),
        )
        for side in regions
    ]
    return int(gaps[1] < gaps[0])
