"""D13, miscalibrated wording: the agent apologises for calling or makes the call small.

Source: TIPPING.md §4.1, D13 (apologetic opener, self-diminishing words, negative and doubtful
words). Weak evidence by itself: what the prospect does next decides.

Does not detect: politeness towards someone who said that the moment is bad, words that the prospect
said first or that the agent only quotes, "no problem", or a phrase that the campaign approved.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.lexicon import Hit
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Moment, Scene
from callcoach.analysis.text import tokens

#: Strength of words that only weaken what is said, far below an apology for calling.
WEAK = 0.15
#: Kinds of weak words whose number is bounded; doubtful ones count as negative ones do.
_WEAK = ("small", "black")


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield apologetic and belittling turns, the opening ones strongest."""
    opening = scene.bound("miscalibrated_wording.opening_count")
    for moment in scene.moments:
        turn = moment.turn
        apologies = _apologies(scene, moment)
        weak = _weak_words(scene, moment)
        if apologies:
            strength = 0.35 + 0.2 * (moment.place < opening)
            strength += 0.2 * clamp((len(apologies) - 1) / 2)
            strength -= 0.2 * (moment.place >= 2 * opening)
            hits, variant, least = apologies, "", 1.0
        elif weak:
            variant, least, hits = weak
            strength = WEAK + 0.05 * clamp((len(hits) - least) / 2)
        else:
            continue
        asks = moment.place < opening or scene.has(turn, "proposing")
        yield Candidate(
            "D13",
            Cause.SELF_BELITTLING,
            turn.index,
            hits[0].start_s,
            hits[-1].end_s,
            clamp(strength),
            (
                *(quote(turn, hit=hit) for hit in hits[:3]),
                measure("miscalibrated", float(len(hits)), "count", least, turn),
            ),
            severity=_severity(scene, moment, asks=asks),
            variant=variant,
            values={"words": hits[0].quote},
        )


def _apologies(scene: Scene, moment: Moment) -> list[Hit]:
    """Apologies for calling; none to somebody who has just said that the moment is bad."""
    if scene.has(moment.last, "apologetic_reason", "exit"):
        return []
    return _own(scene, moment, "self_belittling")


def _weak_words(scene: Scene, moment: Moment) -> tuple[str, float, list[Hit]] | None:
    """The first kind of weakening words said often enough in one turn, with how often that is."""
    small, black = (scene.bound(f"miscalibrated_wording.{kind}_count") for kind in _WEAK)
    for name, variant, least in (
        ("small_word", "small", small),
        ("black_word", "black", black),
        ("doubtful", "doubtful", black),
    ):
        hits = _own(scene, moment, name)
        if len(hits) >= least:
            return variant, least, hits
    return None


def _own(scene: Scene, moment: Moment, name: str) -> list[Hit]:
    """Hits in the agent's own words: not quoted, not the prospect's, not harmless, not approved."""
    turn = moment.turn
    if scene.has(turn, "quoting") and name != "self_belittling":
        return []
    excused = scene.hits(turn, "mild") + scene.context_hits(turn, "approved")
    told = " ".join(" ".join(tokens(said.text)) for said in moment.before)
    return [
        hit
        for hit in scene.hits(turn, name)
        if not _inside(hit, excused) and (name != "black_word" or hit.phrase not in told)
    ]


def _inside(hit: Hit, others: Sequence[Hit]) -> bool:
    return any(other.first <= hit.last and hit.first <= other.last for other in others)


def _severity(scene: Scene, moment: Moment, *, asks: bool) -> int:
    """1, 2 in the opening or where something is asked for; 3 only if the prospect turns away."""
    if scene.has(moment.next, "refusal", "exit", "rebuke"):
        return 3 if asks else 2
    return 2 if asks else 1


DETECTOR = Detector("D13", Cause.SELF_BELITTLING, detect)
