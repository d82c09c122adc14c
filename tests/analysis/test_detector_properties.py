"""Properties that every detector keeps: what it raises does not depend on where a call starts, which
channel is whose, how long it goes on in silence, or into how many pieces its voice was cut.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcoach.analysis.detectors import run_detectors
from callcoach.analysis.model import CallContext, Segment, Track
from callcoach.analysis.scene import Scene
from callcoach.analysis.synthetic import EVENTS, make_call
from callcoach.analysis.turns import build_conversation
from tests.analysis.strategies import tidy_tracks, wild_words

SEEDS = range(6)


def _candidates(
    tracks: tuple[Track, ...], duration_s: float, *, agent: int = 0, shift_s: float = 0.0
) -> list[tuple[Any, ...]]:
    """What is raised, its times moved back by `shift_s`."""
    conversation = build_conversation(
        tracks, duration_s=duration_s, agent_channel=agent, separate=True
    )
    return [
        (
            found.detector,
            found.cause,
            found.turn,
            round(found.start_s - shift_s, 2),
            round(found.strength, 3),
            found.severity,
            found.variant,
        )
        for found in run_detectors(Scene(conversation, CallContext(), "fr"))
    ]


def _moved(track: Track, by_s: float) -> Track:
    return replace(
        track,
        voice=tuple(
            Segment(round(s.start_s + by_s, 3), round(s.end_s + by_s, 3)) for s in track.voice
        ),
        words=tuple(
            replace(w, start_s=round(w.start_s + by_s, 3), end_s=round(w.end_s + by_s, 3))
            for w in track.words
        ),
    )


def _cut(track: Track) -> Track:
    """The same voice, every region handed over in three pieces that touch."""
    pieces: list[Segment] = []
    for region in track.voice:
        third = region.duration_s / 3
        edges = [region.start_s, region.start_s + third, region.start_s + 2 * third, region.end_s]
        pieces += [Segment(a, b) for a, b in pairwise(edges)]
    return replace(track, voice=tuple(pieces))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_call_raises_the_same_however_it_was_handed_over(seed: int) -> None:
    call = make_call(seed, EVENTS)
    expected = _candidates(call.tracks, call.duration_s)
    assert expected
    moved = tuple(_moved(track, 7.25) for track in call.tracks)
    assert _candidates(moved, call.duration_s + 7.25, shift_s=7.25) == expected
    swapped = tuple(replace(track, channel=1 - track.channel) for track in call.tracks)
    assert _candidates(swapped, call.duration_s, agent=1) == expected
    assert _candidates(call.tracks, call.duration_s + 90.0) == expected
    assert _candidates(tuple(_cut(track) for track in call.tracks), call.duration_s) == expected


@settings(max_examples=40, deadline=None)
@given(tidy_tracks(), st.sampled_from(("fr", "en", "de")))
def test_whatever_is_said_candidates_lie_inside_their_turn(
    tracks: tuple[Track, Track], language: str
) -> None:
    conversation = build_conversation(tracks, duration_s=200.0, agent_channel=0, separate=True)
    for found in run_detectors(Scene(conversation, CallContext(), language)):
        turn = conversation.turns[found.turn]
        assert turn.start_s <= found.start_s <= found.end_s <= turn.end_s
        assert 0 <= found.strength <= 1
        assert found.severity in (1, 2, 3)
        assert found.evidence


@settings(max_examples=40, deadline=None)
@given(wild_words, wild_words)
def test_no_word_list_makes_a_detector_fail(agent: Any, prospect: Any) -> None:
    tracks = (Track(0, (), agent), Track(1, (), prospect))
    conversation = build_conversation(tracks, duration_s=200.0, agent_channel=0, separate=True)
    for found in run_detectors(Scene(conversation, CallContext(), "fr")):
        assert found.start_s <= found.end_s
