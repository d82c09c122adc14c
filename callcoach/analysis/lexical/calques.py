"""D15, calques and anglicisms: office language that the listener has to translate.

Source: TIPPING.md §4.1, D15 (three in 60 s, or 2 per 100 words; graver when the prospect asks what it
means).

Does not detect: words that the prospect used first, names of products, and the campaign's own
vocabulary; a trade's jargon is taken out of the list by the campaign.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.lanes import ms
from callcoach.analysis.lexicon import Hit
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Moment, Scene, words_in
from callcoach.analysis.text import tokens


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns that crowd such words, or after which the prospect asks what they mean."""
    few, dense = scene.bound("calques.turn_count"), scene.bound("calques.density_per_100")
    window, often = scene.bound("calques.window_s"), scene.bound("calques.window_count")
    recent: list[Hit] = []
    for moment in scene.moments:
        turn = moment.turn
        hits = _own(scene, moment)
        if not hits:
            continue
        recent = [hit for hit in recent if hit.start_s >= turn.end_s - window] + hits
        density = 100 * len(hits) / max(words_in(turn), 1)
        asked = _asks_meaning(scene, moment)
        crowded = len(hits) >= few and density >= dense
        if not crowded and len(recent) < often and not asked:
            continue
        count, bound = (len(hits), few) if crowded else (len(recent), often)
        strength = 0.2 + 0.15 * clamp((len(hits) - 1) / 3) + 0.3 * asked
        yield Candidate(
            "D15",
            Cause.BOOKISH,
            turn.index,
            hits[0].start_s,
            hits[-1].end_s,
            clamp(strength),
            (
                *(quote(turn, hit=hit) for hit in hits[:3]),
                measure("calques", float(count), "count", bound, turn),
            ),
            severity=1 + asked,
            variant="calque",
            values={"words": hits[0].quote},
        )


def _own(scene: Scene, moment: Moment) -> list[Hit]:
    """The agent's own: neither the prospect's words nor the campaign's."""
    told = " " + " ".join(" ".join(tokens(said.text)) for said in moment.before) + " "
    return [
        hit
        for hit in scene.hits(moment.turn, "calque")
        if f" {hit.phrase} " not in told and not scene.is_campaign_word(hit.phrase)
    ]


def _asks_meaning(scene: Scene, moment: Moment) -> bool:
    """Whether the prospect asks at once what was meant."""
    answer = moment.next
    return (
        answer is not None
        and ms(answer.start_s - moment.turn.end_s) <= scene.bound("calques.meaning_s")
        and scene.has(answer, "asking_meaning")
    )


DETECTOR = Detector("D15", Cause.BOOKISH, detect)
