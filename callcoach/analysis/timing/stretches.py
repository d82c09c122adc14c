"""Stretches of the agent's speech without a pause, as several timing detectors need them."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise

from callcoach.analysis.lanes import ms
from callcoach.analysis.model import Segment, Speaker, Turn
from callcoach.analysis.scene import Scene


def longest_stretch(scene: Scene, turn: Turn) -> Segment:
    """The longest part of `turn` without a pause of ``breathless.breath_s``; empty without voice.

    A gap between two words counts as a pause too while the other side speaks in it: on a channel
    that carries some of the other's voice, voice activity bridges exactly those gaps. A part that
    holds hardly any words is noise or music on the line, not speech, and is left out.
    """
    breath_s = scene.bound("breathless.breath_s")
    words_ratio = scene.bound("breathless.words_ratio")
    parts: list[tuple[float, float]] = []
    for unit in scene.conversation.units_of(turn):
        if parts and ms(unit.start_s - parts[-1][1]) < breath_s:
            parts[-1] = (parts[-1][0], unit.end_s)
        else:
            parts.append((unit.start_s, unit.end_s))
    cuts = _bridged(scene, turn, breath_s)
    starts = [word.start_s for word in turn.words]
    best = Segment(turn.start_s, turn.start_s)
    for start, end in parts:
        inside = [cut for cut in cuts if start < cut.start_s and cut.end_s < end]
        edges = [start, *(t for cut in inside for t in (cut.start_s, cut.end_s)), end]
        for left, right in zip(edges[::2], edges[1::2], strict=True):
            said = bisect_left(starts, right) - bisect_left(starts, left)
            if right - left > best.duration_s and said >= words_ratio * (right - left):
                best = Segment(left, right)
    return best


def _bridged(scene: Scene, turn: Turn, breath_s: float) -> list[Segment]:
    """Gaps between words of `turn`, long enough for a breath, in which the prospect speaks."""
    gaps = [
        Segment(before.end_s, after.start_s)
        for before, after in pairwise(turn.words)
        if ms(after.start_s - before.end_s) >= breath_s
    ]
    if not gaps:
        return []
    other = [
        Segment(unit.start_s, unit.end_s)
        for unit in scene.conversation.units
        if unit.speaker is Speaker.PROSPECT
        and unit.end_s > turn.start_s
        and unit.start_s < turn.end_s
    ]
    return [gap for gap in gaps if sum(gap.overlap_s(voice) for voice in other) >= breath_s]
