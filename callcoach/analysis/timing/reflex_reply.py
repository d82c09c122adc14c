"""D05, reflex reply: an objection is answered at once, by argument.

Source: TIPPING.md §4.1, D05: the reply starts within 0.3 s of the agent's own usual delay in this
call, goes on for 5 s or more, and neither receives the objection nor asks about it. Those who do
well wait 1.5 s after an objection, the others 0.3 s.

Does not detect: anything on a mixed recording, or where the agent's usual delay cannot be told. An
uncertain objection, one that is withdrawn in the same breath and a genuine agreement are none.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause, Speaker
from callcoach.analysis.scene import Moment, Scene
from callcoach.analysis.timing.rushed import turn_rate
from callcoach.analysis.topics import objections_in

#: Answers of the agent from which a usual delay can be told (jitter: one or two say nothing).
MIN_ANSWERS = 3
#: Certainty of the objection's words (an objection that was misheard is answered rightly).
SURE = 0.8
#: Above one's own rate by this factor, the argument also rushes (TIPPING.md §4.1, D03).
FASTER = 1.12


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield arguments that follow an objection without a breath."""
    turns = scene.conversation.turns
    delays = [
        exchange.latency_s
        for exchange in scene.conversation.exchanges
        if turns[exchange.after].speaker is Speaker.AGENT
    ]
    if len(delays) < MIN_ANSWERS:
        return
    limit = round(max(0.0, median(delays)) + scene.bound("reflex_reply.margin_s"), 2)
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        objections = [hit for hit in objections_in(scene, last) if hit.score >= SURE]
        if last is None or moment.exchange_in is None or not objections:
            continue
        waited = max(0.0, moment.exchange_in.latency_s)
        if waited >= limit or moment.length_s < scene.bound("reflex_reply.argument_s"):
            continue
        if _is_received(scene, moment):
            continue
        but = scene.opens_with_but(turn)
        hurried = _is_hurried(scene, moment)
        yield Candidate(
            "D05",
            Cause.IGNORED_OBJECTION,
            turn.index,
            turn.start_s,
            turn.end_s,
            clamp(0.3 + 0.25 * but + 0.1 * hurried + 0.1 * (len(objections) > 1)),
            (
                quote(last, hit=objections[0]),
                measure("reflex", waited, "s", limit, turn),
                quote(turn),
            ),
            severity=2 + (but or hurried),
            variant="reflex",
            values={"words": objections[0].quote, "waited": round(waited, 1)},
        )


def _is_received(scene: Scene, moment: Moment) -> bool:
    """Whether the objection was received, asked about, agreed with or taken back."""
    return (
        scene.is_asking(moment.turn)
        or scene.has(moment.turn, "acknowledging", "adjusting", "reformulating", "closing")
        or scene.has(moment.last, "withdrawing")
    )


def _is_hurried(scene: Scene, moment: Moment) -> bool:
    rates = [
        rate for each in scene.moments if (rate := turn_rate(scene, each.turn, 2.5)) is not None
    ]
    own = turn_rate(scene, moment.turn, 2.5)
    return own is not None and len(rates) >= MIN_ANSWERS and own >= FASTER * median(rates)


DETECTOR = Detector("D05", Cause.IGNORED_OBJECTION, detect, needs_channels=True)
