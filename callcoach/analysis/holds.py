"""Holds: stretches in the middle of a call in which nobody converses.

Waiting music, the announcement of a transfer, silence after "ne quittez pas". A player may skip them;
they are never judged. Found from voice activity and words alone: a stretch counts from
``hold.from_s`` when somebody announced it or nobody could have filled it with a conversation; a
silence of somebody who thinks is far shorter (longest of a call: p95 5.8 s, TIPPING.md §1).
"""

from __future__ import annotations

from collections.abc import Sequence

from callcoach.analysis.model import Segment, Turn
from callcoach.analysis.scene import Scene

#: Words a second under which voice is music or noise, not speech (speech has about 2.5 to 3.5).
SPARSE = 0.3
#: An announcement repeated by a machine, or somebody who comes back ("allô ?"), does not end a hold
#: when it is this short, seconds.
ANNOUNCEMENT_S = 8.0
#: An announcement this soon after the talk opens the hold, seconds.
OPENS_WITHIN_S = 3.0


def find_holds(scene: Scene) -> tuple[Segment, ...]:
    """Holds between the first and the last speech of the call, sorted, disjoint."""
    holds: list[Segment] = []
    reached: tuple[float, Turn] | None = None
    for start_s, end_s, turn in _talk(scene):
        if reached is not None and start_s > reached[0]:
            gap = _after_announcement(scene, Segment(reached[0], start_s))
            if gap.duration_s >= scene.bound("hold.from_s") and _is_hold(scene, gap, reached[1]):
                holds.append(gap)
        if reached is None or end_s > reached[0]:
            reached = (end_s, turn)
    return tuple(holds)


def _talk(scene: Scene) -> list[tuple[float, float, Turn]]:
    """Stretches in which somebody converses, with their turn, sorted by start."""
    return sorted(
        (
            (unit.start_s, unit.end_s, turn)
            for turn in scene.conversation.turns
            if not _is_announcement(scene, turn)
            for unit in scene.conversation.units_of(turn)
            if unit.words and len(unit.words) >= SPARSE * unit.duration_s
        ),
        key=lambda item: item[:2],
    )


def _after_announcement(scene: Scene, gap: Segment) -> Segment:
    """`gap` without the announcement that opens it: those words are for the caller."""
    start = gap.start_s
    for turn in scene.conversation.turns:
        near = gap.start_s <= turn.start_s <= gap.start_s + OPENS_WITHIN_S
        if near and turn.end_s < gap.end_s and _is_announcement(scene, turn):
            start = max(start, turn.end_s)
    return Segment(start, gap.end_s)


def _is_announcement(scene: Scene, turn: Turn) -> bool:
    """Whether a machine or an operator only says that one has to wait.

    The person who puts the call on hold converses; the same words heard again and again do not.
    """
    return turn.end_s - turn.start_s <= ANNOUNCEMENT_S and scene.has(turn, "opening_announcement")


def _is_hold(scene: Scene, gap: Segment, before: Turn) -> bool:
    """Whether the gap was announced, or is filled by announcements or by voice without words."""
    if scene.has(before, "holding", "opening_announcement"):
        return True
    inside: Sequence[Turn] = [
        turn
        for turn in scene.conversation.turns
        if turn.start_s < gap.end_s and turn.end_s >= gap.start_s and turn is not before
    ]
    if any(_is_announcement(scene, turn) for turn in inside):
        return True
    music = sum(
        gap.overlap_s(Segment(unit.start_s, unit.end_s))
        for unit in scene.conversation.units
        if unit.start_s < gap.end_s and unit.end_s > gap.start_s
    )
    return music >= gap.duration_s / 2
