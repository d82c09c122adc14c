"""Both voices on one channel: what is found still stands, and is said to be less sure."""

from __future__ import annotations

from dataclasses import replace

from callcoach.analysis.engine import analyse
from callcoach.analysis.fusion import MIXED_CAP
from callcoach.analysis.model import CallAnalysis, Channels, Speaker
from callcoach.analysis.synthetic import EVENTS, SyntheticCall, make_call

SIDES = (Speaker.AGENT, Speaker.PROSPECT)


def _both_ways(call: SyntheticCall) -> tuple[CallAnalysis, CallAnalysis]:
    """The analysis of separate channels, and of the same voices told apart on one channel."""
    mixed = [replace(track, channel=0, speaker=SIDES[track.channel]) for track in call.tracks]
    return (
        analyse(call.tracks, duration_s=call.duration_s, channels=Channels.STEREO, agent_channel=0),
        analyse(mixed, duration_s=call.duration_s, channels=Channels.MONO, agent_channel=None),
    )


def test_a_mixed_recording_is_flagged_too_and_never_surer_than_its_cap() -> None:
    found = [_both_ways(make_call(seed, [event])) for seed, event in enumerate(EVENTS)]
    apart = [point for separate, _ in found for point in separate.tipping_points]
    mixed = [point for _, together in found for point in together.tipping_points]
    assert len(mixed) >= 0.8 * len(apart)
    assert max(point.confidence for point in apart) > MIXED_CAP
    assert max(point.confidence for point in mixed) == MIXED_CAP
    assert {point.detector for point in mixed}.isdisjoint({"D04", "D05"})
