"""What is beeped out of a moment before it is played where names and numbers must not be heard.

Pure: from what was recognised, the stretches of time to cover; and the tone that covers them.
What recognition is not sure of is covered as well: nobody knows what was said there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz

from callcoach.analysis.model import Segment, Track, Word
from callcoach.analysis.redaction import LIKE_NAME, SHORTEST_FUZZY, find_in_words
from callcoach.analysis.text import fold
from callcoach.speech.audio import RATE_HZ

Samples = npt.NDArray[np.float32]

#: Changes whenever the rules here or in `analysis.redaction` change: what was beeped under other
#: rules is then made anew.
RULES = 3
#: Kept clear on both sides of what is covered, seconds: the times of words are that exact.
PADDING_S = 0.08
#: A struck word is covered as far as its neighbours, at most this far: recognition tends to give
#: too little time to names, and none to a hesitation before them.
REACH_S = 0.3
#: Words below this probability are covered: of those below it 61 % were wrong (over 48 simulated
#: telephone calls), of those above it 14 %.
UNSURE_BELOW = 0.45
#: Voice this close to a recognised word is that word's, seconds: times of words and voice activity
#: are found apart. What lies further out was not recognised.
WORD_EDGE_S = 0.15
#: Words this far around are read along, seconds: a number may begin before the moment.
CONTEXT_S = 30.0

#: Recognition takes a name for this many words at most.
MOST_PARTS = 3
#: As recognition writes them: with a comma behind, no name follows.
TITLES = frozenset({"monsieur", "madame", "mademoiselle", "m.", "mme", "mlle", "mr", "mrs", "ms"})
PUNCTUATION = ",.;:?!…"

TONE_HZ = 1000.0
#: Fades of the tone and of the speech beside it, seconds: no clicks.
FADE_S = 0.01
#: Level of the tone beside that of the whole moment (effective values): 6 dB below.
TONE_LEVEL = 0.5
#: Bounds of the tone's effective value, of full scale: heard in silence, and never loud.
LEAST_TONE, MOST_TONE = 0.005, 0.05


def spans_to_beep(
    tracks: Sequence[Track],
    start_s: float,
    end_s: float,
    *,
    names: Collection[str] = (),
    spared: Collection[str] = (),
    covered: Iterable[Segment] = (),
) -> tuple[Segment, ...]:
    """Stretches of ``[start_s, end_s)`` to cover on every channel: sorted, disjoint, padded.

    Args:
        tracks: of the whole recording; times in seconds from its start, as all here.
        names: as for `analysis.redaction.find`.
        spared: as for `analysis.redaction.find`.
        covered: further stretches that must not be heard.
    """
    spans = list(covered)
    for track in tracks:
        near = [
            word
            for word in track.words
            if word.end_s > start_s - CONTEXT_S and word.start_s < end_s + CONTEXT_S
        ]
        struck = [
            (first, after) for first, after, _ in find_in_words(near, names=names, spared=spared)
        ]
        for first, after in (*struck, *sounding_like(near, names), *_after_titles(near)):
            spans.append(reaching(near, first, after))
        spans += [
            Segment(word.start_s, word.end_s) for word in near if word.probability < UNSURE_BELOW
        ]
    for channel in {track.channel for track in tracks}:
        spans += unrecognised([track for track in tracks if track.channel == channel])
    padded = [(span.start_s - PADDING_S, span.end_s + PADDING_S) for span in spans]
    return merged(
        Segment(max(start_s, first_s), min(end_s, last_s))
        for first_s, last_s in padded
        if last_s > start_s and first_s < end_s
    )


def beep_over(mono: Samples, spans: Iterable[Segment]) -> Samples:
    """A copy of `mono` (shape (n,), 16 kHz) in which nothing is left of the stretches but a tone.

    Args:
        spans: seconds from the first sample, disjoint.
    """
    level = float(np.sqrt(np.mean(np.square(mono)))) * TONE_LEVEL if len(mono) else 0.0
    peak = np.sqrt(2) * min(MOST_TONE, max(LEAST_TONE, level))
    fade = round(FADE_S * RATE_HZ)
    out = np.array(mono, dtype=np.float32)
    for span in spans:
        # Outwards to whole samples
        first = max(0, int(np.floor(span.start_s * RATE_HZ)))
        after = min(len(out), int(np.ceil(span.end_s * RATE_HZ)))
        if after <= first:
            continue
        count = after - first
        tone = peak * np.sin(2 * np.pi * TONE_HZ / RATE_HZ * np.arange(count))
        edge = np.minimum(1.0, np.minimum(np.arange(count), np.arange(count)[::-1]) / fade)
        out[first:after] = tone * edge
        before = out[max(0, first - fade) : first]
        before *= np.linspace(1, 0, len(before), dtype=np.float32)
        behind = out[after : after + fade]
        behind *= np.linspace(0, 1, len(behind), dtype=np.float32)
    return out


def reaching(words: Sequence[Word], first: int, after: int) -> Segment:
    """The time of a stretch of words, and of what lies between them and their neighbours."""
    start_s = min(word.start_s for word in words[first:after])
    end_s = max(word.end_s for word in words[first:after])
    before_s = words[first - 1].end_s if first else start_s - REACH_S
    behind_s = words[after].start_s if after < len(words) else end_s + REACH_S
    return Segment(
        min(start_s, max(before_s, start_s - REACH_S, 0.0)),
        max(end_s, min(behind_s, end_s + REACH_S)),
    )


def sounding_like(words: Sequence[Word], names: Collection[str]) -> Iterator[tuple[int, int]]:
    """Known names that recognition took apart or did not take for names: "de l'âtre" for Delattre.

    Also strikes a word that is only like one: in a sound, that costs a tone.
    """
    wanted = {fold(part) for name in names for part in re.findall(r"\w+", name)}
    wanted = {part for part in wanted if len(part) >= SHORTEST_FUZZY}
    said = ["".join(re.findall(r"\w+", fold(word.word))) for word in words]
    taken: set[int] = set()
    for parts in range(1, MOST_PARTS + 1):
        for first in range(len(said) - parts + 1):
            joined = "".join(said[first : first + parts])
            found = any(fuzz.ratio(joined, name) >= LIKE_NAME for name in wanted)
            # The word beside a name found whole is none of its parts
            if found and taken.isdisjoint(range(first, first + parts)):
                taken.update(range(first, first + parts))
                yield first, first + parts


def _after_titles(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """What follows "Madame" up to the next punctuation mark: a name, however it was written."""
    for index, word in enumerate(words):
        if word.word.strip().lower() not in TITLES:
            continue
        after = index + 1
        while after < len(words) and after - index <= MOST_PARTS:
            after += 1
            if words[after - 1].word.rstrip()[-1:] in PUNCTUATION:
                break
        if after > index + 1:
            yield index + 1, after


def unrecognised(tracks: Sequence[Track]) -> list[Segment]:
    """Voice of one channel in which no word was recognised."""
    known = merged(
        Segment(max(0.0, word.start_s - WORD_EDGE_S), word.end_s + WORD_EDGE_S)
        for track in tracks
        for word in track.words
    )
    left: list[Segment] = []
    for voice in merged(span for track in tracks for span in track.voice):
        at_s = voice.start_s
        for word in known:
            if word.end_s <= at_s or word.start_s >= voice.end_s:
                continue
            if word.start_s > at_s:
                left.append(Segment(at_s, word.start_s))
            at_s = word.end_s
        if at_s < voice.end_s:
            left.append(Segment(at_s, voice.end_s))
    return left


def merged(spans: Iterable[Segment]) -> tuple[Segment, ...]:
    """Stretches sorted and disjoint, without empty ones."""
    joined: list[Segment] = []
    for span in sorted(spans, key=lambda span: span.start_s):
        if joined and span.start_s <= joined[-1].end_s:
            end_s = max(joined[-1].end_s, span.end_s)
            joined[-1] = Segment(joined[-1].start_s, end_s)
        elif span.end_s > span.start_s:
            joined.append(span)
    return tuple(joined)
