"""Properties of a whole analysis, points and curve and figures and kind: what it says of a call does
not depend on when the recording starts, how long it is silent around the talk, which channel is
whose, or in what pieces and order voice and words were handed over; and nothing makes it fail.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcoach.analysis.embedding import Letters, Vectors
from callcoach.analysis.engine import analyse
from callcoach.analysis.model import CallContext, Channels, Segment, Speaker, Track, Valence
from callcoach.analysis.synthetic import EVENTS, SyntheticCall, make_call
from callcoach.analysis.tuning import Tuning
from tests.analysis.strategies import odd_words, tidy_tracks

Tracks = Sequence[Track]
#: Values that say when something is; everything else has to stay.
_TIMES = ("start_s", "end_s")
#: Times lie on a grid of a millisecond, derived numbers are rounded to three digits.
_CLOSE = 2e-3


def _analysed(
    tracks: Tracks, duration_s: float, *, agent: int | None = 0, mono: bool = False, **more: Any
) -> dict[str, Any]:
    analysis = analyse(
        tracks,
        duration_s=duration_s,
        channels=Channels.MONO if mono else Channels.STEREO,
        agent_channel=agent,
        **more,
    )
    data = analysis.to_dict()
    for given_back in ("duration_s", "agent_channel"):
        del data[given_back]
    return data


def _assert_same(one: Any, other: Any, *, later_s: float = 0.0, at: str = "") -> None:
    """`other` says what `one` says, `later_s` later."""
    if isinstance(one, Mapping):
        assert one.keys() == other.keys(), at
        for key, value in one.items():
            by_s = later_s if key in _TIMES else 0.0
            if by_s:
                assert other[key] == pytest.approx(value + by_s, abs=_CLOSE), f"{at}.{key}"
            elif key != "channel":
                _assert_same(value, other[key], later_s=later_s, at=f"{at}.{key}")
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), at
        for place, (a, b) in enumerate(zip(one, other, strict=True)):
            _assert_same(a, b, later_s=later_s, at=f"{at}[{place}]")
    elif isinstance(one, float):
        assert other == pytest.approx(one, abs=_CLOSE), at
    else:
        assert one == other, at


def _moved(tracks: Tracks, by_s: float) -> list[Track]:
    def later(item: Any) -> Any:
        return replace(
            item, start_s=round(item.start_s + by_s, 3), end_s=round(item.end_s + by_s, 3)
        )

    return [
        replace(track, voice=tuple(map(later, track.voice)), words=tuple(map(later, track.words)))
        for track in tracks
    ]


def _handed_over_otherwise(tracks: Tracks, seed: int) -> list[Track]:
    """The same voice in more pieces that touch, and everything in several tracks, out of order."""
    source = random.Random(seed)
    pieces: list[Track] = []
    for track in tracks:
        voice: list[Segment] = []
        for region in track.voice:
            cuts = sorted(source.uniform(region.start_s, region.end_s) for _ in range(2))
            edges = [region.start_s, *(round(cut, 3) for cut in cuts), region.end_s]
            voice += [Segment(a, b) for a, b in pairwise(edges)]
        words = list(track.words)
        source.shuffle(voice)
        source.shuffle(words)
        half = len(words) // 2
        pieces += [
            replace(track, voice=tuple(voice[::2]), words=tuple(words[:half])),
            replace(track, voice=tuple(voice[1::2]), words=tuple(words[half:])),
        ]
    source.shuffle(pieces)
    return pieces


def _mono(tracks: Tracks) -> list[Track]:
    """Both voices on one channel, told apart."""
    sides = (Speaker.AGENT, Speaker.PROSPECT)
    return [replace(track, channel=0, speaker=sides[track.channel]) for track in tracks]


@st.composite
def _calls(draw: st.DrawFn) -> SyntheticCall:
    """A call in which something turns, its times on a grid that nothing was tuned to."""
    call = make_call(draw(st.integers(0, 400)), draw(st.permutations(EVENTS))[:4], neutral=5)
    agent, prospect = _moved(call.tracks, 0.137)
    return replace(call, tracks=(agent, prospect))


@settings(max_examples=8, deadline=None, derandomize=True)
@given(_calls(), st.integers(1, 90_000), st.floats(0, 300), st.integers(0, 99), st.booleans())
def test_a_call_is_judged_the_same_however_it_was_handed_over(
    call: SyntheticCall, later_ms: int, tail_s: float, seed: int, mono: bool
) -> None:
    tracks = _mono(call.tracks) if mono else call.tracks
    expected = _analysed(tracks, call.duration_s, mono=mono)
    assert expected["tipping_points"]
    assert expected["engagement"]
    later_s = later_ms / 1000
    moved = _analysed(_moved(tracks, later_s), call.duration_s + later_s + tail_s, mono=mono)
    _assert_same(expected, moved, later_s=later_s)
    otherwise = _handed_over_otherwise(tracks, seed)
    _assert_same(expected, _analysed(otherwise, call.duration_s, mono=mono))
    if not mono:
        swapped = [replace(track, channel=1 - track.channel) for track in tracks]
        _assert_same(expected, _analysed(swapped, call.duration_s, agent=1))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(tidy_tracks(), st.integers(1, 9_000), st.integers(0, 99))
def test_whatever_was_said_is_judged_the_same_later_swapped_and_in_other_pieces(
    tracks: tuple[Track, Track], later_ms: int, seed: int
) -> None:
    expected = _analysed(tracks, 200.0)
    later_s = later_ms / 1000
    if expected["turns"]:  # of an empty call its length is all that is said
        _assert_same(expected, _analysed(_moved(tracks, later_s), 400.0), later_s=later_s)
    otherwise = _handed_over_otherwise(
        [replace(track, channel=1 - track.channel) for track in tracks], seed
    )
    _assert_same(expected, _analysed(otherwise, 200.0, agent=1))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(odd_words, odd_words, st.sampled_from((0, 1, None)), st.booleans(), st.booleans())
def test_no_word_list_makes_the_analysis_fail(
    agent: Any, prospect: Any, channel: int | None, mono: bool, voiced: bool
) -> None:
    voice = (Segment(3.0, 3.0), Segment(2.9, 6.0), Segment(3.1, 3.3))
    tracks: list[Track] = [Track(0, voice if voiced else (), agent), Track(1, (), prospect)]
    if mono:
        tracks = _mono(tracks)
    data = _analysed(tracks, 30.0, agent=channel, mono=mono)
    json.dumps(data, allow_nan=False)
    for point in data["tipping_points"]:
        turn = data["turns"][point["turn"]]
        assert turn["start_s"] <= point["start_s"] <= point["end_s"] <= turn["end_s"]
        assert 0 <= point["confidence"] <= 1
        assert point["valence"] in set(Valence)
    for part in data["engagement"]:
        assert -1 <= part["low"] <= part["value"] <= part["high"] <= 1


class _Reader(Letters):
    """Keeps what it was asked to read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.read += texts
        return super().embed(texts)


def test_silence_around_the_talk_gives_no_more_time_to_read_for_a_campaigns_sentences() -> None:
    call = make_call(3, EVENTS)
    context = CallContext(tuning=Tuning(prototypes={"objection": ("On attend la fusion.",)}))
    short, padded = _Reader(), _Reader()
    expected = _analysed(call.tracks, call.duration_s, context=context, embedder=short)
    tracks = _moved(call.tracks, 400.0)
    found = _analysed(tracks, call.duration_s + 900.0, context=context, embedder=padded)
    _assert_same(expected, found, later_s=400.0)
    said = [turn["text"] for turn in expected["turns"] if turn["speaker"] == "prospect"]
    assert padded.read == short.read
    assert 0 < len(set(said) & set(short.read)) < len(set(said))
