"""From tracks to inter-pausal units: one lane per speaker, words laid on its voice regions.

A unit is a stretch of one voice without a silence of 200 ms (the usual definition of an
inter-pausal unit, TIPPING.md §1). Bounds come from voice activity; a word only makes a unit of its
own where the voice detector heard nothing near it. Nothing a recogniser may hand over raises:
reversed, negative, not-a-number or out-of-order times are repaired or left out.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from callcoach.analysis.model import Segment, Speaker, Track, Word

#: Silence that ends an inter-pausal unit (TIPPING.md §1: pause >= 200 ms).
UNIT_GAP_S = 0.2
#: A word further than this from every voice region makes its own unit: recognisers stretch word
#: times by up to about half a second at pauses (TIPPING.md §2, disfluency).
ORPHAN_S = 0.6
#: Longest duration believed for one word without voice; longer is a time stretched over silence.
ORPHAN_WORD_S = 1.5


@dataclass(frozen=True, slots=True)
class Unit:
    """One inter-pausal unit ``[start_s, end_s)`` of one lane, with the words laid on it."""

    lane: int
    speaker: Speaker
    channel: int
    start_s: float
    end_s: float
    words: tuple[Word, ...] = ()

    @property
    def duration_s(self) -> float:
        return ms(self.end_s - self.start_s)

    @property
    def text(self) -> str:
        return "".join(word.word for word in self.words).strip()


def ms(value: float) -> float:
    """Seconds on the millisecond grid, so that comparing sums and differences stays exact."""
    return round(value, 3)


def speaker_of(track: Track, *, agent_channel: int | None) -> Speaker:
    """Who speaks on `track`: by diarisation when it says so, else by the channel map."""
    if track.speaker is not None:
        return track.speaker
    if agent_channel not in (0, 1):
        return Speaker.UNKNOWN
    return Speaker.AGENT if track.channel == agent_channel else Speaker.PROSPECT


def build_units(tracks: Sequence[Track], *, agent_channel: int | None) -> tuple[Unit, ...]:
    """All units of all tracks, sorted by start; tracks of one speaker and channel share a lane."""
    lanes: dict[tuple[Speaker, int], tuple[list[Segment], list[Word]]] = {}
    for track in tracks:
        key = (speaker_of(track, agent_channel=agent_channel), track.channel)
        voice, words = lanes.setdefault(key, ([], []))
        voice.extend(track.voice)
        words.extend(track.words)
    units: list[Unit] = []
    for lane, ((speaker, channel), (voice, words)) in enumerate(sorted(lanes.items())):
        regions = _merge((ms(region.start_s), ms(region.end_s)) for region in voice)
        units += _lay_words(lane, speaker, channel, regions, _repair(words))
    return tuple(
        sorted(units, key=lambda unit: (unit.start_s, unit.end_s, unit.speaker, unit.channel))
    )


def _merge(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Sorted, disjoint spans of positive length, joined over gaps shorter than `UNIT_GAP_S`."""
    merged: list[tuple[float, float]] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if merged and ms(start - merged[-1][1]) < UNIT_GAP_S:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _repair(words: Iterable[Word]) -> list[Word]:
    """Words with usable times, sorted by start; probabilities clipped to [0, 1]."""
    usable: list[Word] = []
    for word in words:
        if not word.word.strip() or not (math.isfinite(word.start_s) and math.isfinite(word.end_s)):
            continue
        start = ms(max(0.0, min(word.start_s, word.end_s)))
        end = ms(max(0.0, word.start_s, word.end_s))
        probability = word.probability if math.isfinite(word.probability) else 0.0
        repaired = Word(word.word, start, end, min(1.0, max(0.0, probability)))
        # a word that is as it should be is not kept twice: four hours have 40,000
        usable.append(word if word == repaired else repaired)
    return sorted(usable, key=lambda word: word.start_s)


def _lay_words(
    lane: int, speaker: Speaker, channel: int, regions: list[tuple[float, float]], words: list[Word]
) -> list[Unit]:
    homes: dict[tuple[float, float], list[Word]] = {region: [] for region in regions}
    orphans: list[Word] = []
    starts = [region[0] for region in regions]
    for word in words:
        home = _home(word, regions, starts)
        if home is None:
            orphans.append(word)
        else:
            homes[home].append(word)
    units = [
        Unit(lane, speaker, channel, start, end, tuple(inside))
        for (start, end), inside in homes.items()
    ]
    for span in _merge(_orphan_span(word) for word in orphans):
        inside = tuple(word for word in orphans if span[0] <= word.start_s < span[1])
        units.append(Unit(lane, speaker, channel, *span, inside))
    return _disjoint(sorted(units, key=lambda unit: unit.start_s))


def _orphan_span(word: Word) -> tuple[float, float]:
    length = min(max(word.end_s - word.start_s, 0.05), ORPHAN_WORD_S)
    return word.start_s, ms(word.start_s + length)


def _home(
    word: Word, regions: list[tuple[float, float]], starts: list[float]
) -> tuple[float, float] | None:
    """The region that shares most time with `word`, else the nearest within `ORPHAN_S`."""
    right = bisect_right(starts, word.end_s)
    left = max(0, bisect_right(starts, word.start_s) - 1)
    best: tuple[float, float] | None = None
    best_key = (0.0, -ORPHAN_S - 1e-9)
    for start, end in regions[left : min(len(regions), right + 1)]:
        shared = min(end, word.end_s) - max(start, word.start_s)
        key = (max(0.0, shared), min(0.0, shared))
        if key > best_key:
            best, best_key = (start, end), key
    return best


def _disjoint(units: list[Unit]) -> list[Unit]:
    """Join units that an orphan word made touch, so that one lane never overlaps itself."""
    joined: list[Unit] = []
    for unit in units:
        if joined and ms(unit.start_s - joined[-1].end_s) < UNIT_GAP_S:
            last = joined[-1]
            words = tuple(sorted(last.words + unit.words, key=lambda word: word.start_s))
            joined[-1] = replace(last, end_s=max(last.end_s, unit.end_s), words=words)
        else:
            joined.append(unit)
    return joined
