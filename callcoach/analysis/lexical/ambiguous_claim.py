"""N1, ambiguous claim: words that mislead about who calls or what is offered.

Source: TIPPING.md §4.1, D19 (the prospect asks who is calling, about what), and the campaign's own
list of ambiguous phrases.

Does not detect: a misleading claim in words that no list knows. A phrase that the prospect said
first, one that is denied ("ce n'est pas obligatoire") and one inside approved wording are none.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import LISTED, Candidate, Detector, clamp, measure, quote
from callcoach.analysis.lexicon import Hit
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Moment, Scene
from callcoach.analysis.text import tokens

#: Words just before a phrase that deny it.
_DENIALS = frozenset({"pas", "aucun", "aucune", "ni", "jamais", "not", "no", "never", "nor"})
#: How many words before it are looked at.
_NEAR = 2


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns with a phrase that the campaign or the packaged list calls misleading."""
    opening = scene.bound("ambiguous_claim.opening_count")
    for moment in scene.moments:
        turn = moment.turn
        listed = scene.context_hits(turn, "ambiguous")
        hits = listed or _misleading(scene, moment)
        if not hits:
            continue
        strength = 0.3 + 0.2 * (moment.place < opening) + 0.1 * (len(hits) > 1)
        asked = scene.hits(moment.next, "asking_who")
        evidence = [quote(turn, hit=hit) for hit in hits[:2]]
        if asked and moment.next is not None:
            evidence.append(quote(moment.next, kind="answer", hit=asked[0]))
        yield Candidate(
            "N1",
            Cause.AMBIGUOUS_CLAIM,
            turn.index,
            hits[0].start_s,
            hits[-1].end_s,
            0.8 if listed else clamp(strength),
            (*evidence, measure("claims", float(len(hits)), "count", 1.0, turn)),
            severity=3 if listed else 2,
            variant=LISTED if listed else "",
            values={"words": hits[0].quote},
        )


def _misleading(scene: Scene, moment: Moment) -> tuple[Hit, ...]:
    """Packaged phrases that the agent means and that nobody approved."""
    turn = moment.turn
    hits = scene.hits(turn, "ambiguous")
    if not hits:
        return ()
    told = " " + " ".join(" ".join(tokens(said.text)) for said in moment.before) + " "
    approved = scene.context_hits(turn, "approved")
    return tuple(
        hit
        for hit in hits
        if f" {hit.phrase} " not in told
        and not any(other.first <= hit.first and hit.last <= other.last for other in approved)
        and not _is_denied(moment, hit)
    )


def _is_denied(moment: Moment, hit: Hit) -> bool:
    """Whether a negation stands right before the phrase, or inside it before its last word."""
    words = moment.turn.words
    before = [token for word in words[: hit.first] for token in tokens(word.word)][-_NEAR:]
    inside = [token for word in words[hit.first : hit.last + 1] for token in tokens(word.word)]
    own = hit.phrase.split()
    denied = any(token in _DENIALS and token not in own for token in inside)
    return denied or any(token in _DENIALS for token in before)


DETECTOR = Detector("N1", Cause.AMBIGUOUS_CLAIM, detect)
