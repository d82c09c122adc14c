"""How a conversation ends, as one more observation of the prospect's participation.

Source: TIPPING.md §4.2, censoring: a prospect who leaves says nothing any more, so that the strongest
sign would vanish from a curve of turns. An end that the prospect brings about counts as an exit, a
next step that was agreed as an appointment. Only a target conversation has one: who answers for
somebody else, and a machine, leave nothing.

Does not detect: a line that broke where the agent was about to speak again, and an agent who hangs up
without a word; both look like a prospect who hangs up, so that an end without any goodbye counts
only after the agent's words.
"""

from __future__ import annotations

from math import tanh

from callcoach.analysis.engagement import AT_END, OBSERVATION_VAR, WEIGHT_POLARITY, Observation
from callcoach.analysis.lexical import commitment_won
from callcoach.analysis.model import Kind, Speaker, Turn
from callcoach.analysis.scene import Scene

#: Polarity of an end that the prospect brings about, and of a next step agreed (TIPPING.md §4.2).
EXIT, APPOINTMENT = -2.0, 1.5
#: An end counts for what happened this long before it, seconds (TIPPING.md §4.2).
END_WITHIN_S = 15.0
#: An agreement counts from this strength of the detector on, and this long before the end, seconds:
#: what was accepted early and never taken up is no next step.
AGREED_FROM, AGREED_WITHIN_S = 0.3, 60.0
#: Lists of words that speak against it: somebody who agrees or thanks warmly has to go, too, and may
#: say goodbye first. A refusal outweighs them.
STAYING = ("accepted", "warm")


def ending_of(scene: Scene, kind: Kind) -> Observation | None:
    """The observation that the end of the call adds at the last voice; None where it tells nothing.

    Args:
        kind: who was reached.
    """
    if kind is not Kind.TARGET or not scene.conversation.units:
        return None
    end_s = max(unit.end_s for unit in scene.conversation.units)
    if is_agreed(scene):
        polarity = APPOINTMENT
    elif is_left_by_prospect(scene, end_s):
        polarity = EXIT
    else:
        return None
    return Observation(AT_END, end_s, end_s, tanh(WEIGHT_POLARITY * polarity), OBSERVATION_VAR)


def is_agreed(scene: Scene) -> bool:
    """Whether the prospect took a concrete next step near the end, and did not take it back."""
    end_s = max(unit.end_s for unit in scene.conversation.units)
    agreed_s = max(
        (
            found.end_s
            for found in commitment_won.detect(scene)
            if round(found.strength, 3) >= AGREED_FROM
            and round(end_s - found.end_s, 3) <= AGREED_WITHIN_S
        ),
        default=None,
    )
    if agreed_s is None:
        return False
    return not any(
        scene.has(turn, "refusal")
        for turn in scene.conversation.floor
        if turn.speaker is Speaker.PROSPECT and turn.start_s > agreed_s
    )


def is_left_by_prospect(scene: Scene, end_s: float) -> bool:
    """Whether the prospect ends the call: says so near its end, says goodbye first, or is gone while
    the agent still talks to them.
    """
    floor = scene.conversation.floor
    theirs = [turn for turn in floor if turn.speaker is Speaker.PROSPECT]
    if not theirs:
        return False
    near = [turn for turn in theirs if _is_near(turn, end_s)] or theirs[-1:]
    if any(scene.has(turn, "refusal") for turn in near):
        return True
    if any(scene.has(turn, *STAYING) for turn in near):
        return False
    if any(scene.has(turn, "exit") for turn in near):
        return True
    goodbyes = [
        turn
        for turn in scene.conversation.turns
        if _is_near(turn, end_s) and scene.has(turn, "closing")
    ]
    if goodbyes:
        return goodbyes[0].speaker is Speaker.PROSPECT
    return floor[-1].speaker is Speaker.AGENT and bool(floor[-1].words)


def _is_near(turn: Turn, end_s: float) -> bool:
    return round(end_s - turn.end_s, 3) <= END_WITHIN_S
