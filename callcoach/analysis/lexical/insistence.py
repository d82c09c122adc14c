"""D10, insistence: the agent asks again after a refusal, without anything new.

Source: TIPPING.md §4.1, D10 (aggressive pressure damages trust, directive guidance does not): a
refusal or a brush-off of the last two prospect turns, then the same kind of request or a pressure
marker.

Does not detect: pressure by tone. After a soft brush-off one other way offered is legitimate; a
refusal by somebody who then passed the call on was not this person's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause, Turn
from callcoach.analysis.scene import Moment, Scene
from callcoach.analysis.topics import topics

#: A plain refusal weighs more than "send me a mail" (TIPPING.md §4.1, D10: soft brush-off).
REFUSED, BRUSHED = 0.45, 0.25
PRESSED, PROPOSED = 0.3, 0.2
#: First words that refuse what was just proposed.
_NO = frozenset({"non", "nan", "no", "nope"})
#: Classes of objections that put the request off.
_LATER = ("no_time", "decider", "mail", "later")
#: Prospect turns in which a refusal still stands.
RECENT = 2


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield requests and pressure that follow a refusal."""
    refusals = requests = 0
    since_brushoff = False
    counted: set[int] = set()
    for moment in scene.moments:
        for said in moment.before:
            if said.index not in counted:
                counted.add(said.index)
                if scene.has(said, "holding", "screening"):
                    refusals = requests = 0
                refusals += _refuses(scene, said)
        recent = _own(scene, moment)
        refused = any(_refuses(scene, said) for said in recent)
        brushed = any(
            scene.has(said, "brushoff", "exit") or topics(scene, said, _LATER) for said in recent
        )
        pressed, proposed = (
            scene.hits(moment.turn, "insisting"),
            scene.hits(moment.turn, "proposing"),
        )
        if not (refused or brushed):
            since_brushoff = False
            continue
        if not (pressed or proposed) or scene.has(moment.last, "accepted"):
            continue
        requests += refusals > 0
        alternative = not refused and not pressed and not since_brushoff
        alternative = alternative and not scene.opens_with_but(moment.turn)
        since_brushoff = True
        if alternative:
            continue
        strength = max(REFUSED * refused, BRUSHED * brushed)
        strength += PRESSED * bool(pressed) + PROPOSED * bool(proposed)
        strength += 0.1 * scene.opens_with_but(moment.turn)
        strength -= 0.15 * scene.has(moment.turn, "adjusting", "acknowledging")
        hit = (pressed or proposed)[0]
        limit = scene.bound("insistence.refusals_count")
        often = refusals >= limit and requests >= scene.bound("insistence.requests_count")
        evidence = [quote(recent[-1]), quote(moment.turn, hit=hit)]
        if refusals:
            evidence.append(measure("refusals", float(refusals), "count", limit, moment.turn))
        yield Candidate(
            "D10",
            Cause.INSISTENCE,
            moment.turn.index,
            hit.start_s,
            moment.turn.end_s,
            clamp(strength),
            tuple(evidence),
            severity=2 + (often or (refused and bool(pressed))),
            variant="" if refused else "brushoff",
            values={"words": hit.quote},
        )


def _refuses(scene: Scene, said: Turn) -> bool:
    """Whether a turn refuses: in the words of a refusal, or by a plain "no" to a proposal."""
    if scene.has(said, "refusal"):
        return True
    words = scene.read(said).text.split()
    if not words or words[0] not in _NO or scene.has(said, "withdrawing", "accepted"):
        return False
    place = bisect_left(scene.moments, said.start_s, key=lambda moment: moment.turn.start_s)
    return place > 0 and scene.has(scene.moments[place - 1].turn, "proposing", "insisting")


def _own(scene: Scene, moment: Moment) -> tuple[Turn, ...]:
    """The last prospect turns, those of somebody who passed the call on left out."""
    recent = moment.before[-RECENT:]
    passed = [i for i, said in enumerate(recent) if scene.has(said, "holding", "screening")]
    return recent[passed[-1] + 1 :] if passed else recent


DETECTOR = Detector("D10", Cause.INSISTENCE, detect)
