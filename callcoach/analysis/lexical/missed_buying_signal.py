"""D11, missed buying signal: the prospect asks or projects, the agent passes on.

Source: TIPPING.md §4.1, D11: price, lead time, how, references, availability or "if we did it"; the
reply does not answer that question, or the pitch goes on for 20 s without a next step within 30 s.

Does not detect: whether the answer was right. A question about the price that is an objection, one
that the campaign leaves to the appointment (no price by telephone), and an answer in the campaign's
approved words are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause, Evidence, Turn
from callcoach.analysis.scene import Moment, Scene, words_in
from callcoach.analysis.text import overlap, questions, sentences, tokens
from callcoach.analysis.topics import PRICE, QUESTIONS, answers, topics

#: A shorter reply passes on to nothing yet.
MIN_WORDS = 4
#: A sentence that asks in the form of a statement, folded; what follows is not said of the caller's
#: side but of this conversation.
_SPOKEN = re.compile(
    r"(?:(?:et|donc|alors|mais|ben|bon|oui|ah) )*(?:vous(?: vous)?|vos \w+|votre \w+|do you|you) "
    r"(?!me |m |ne |n |etes|avez|aviez|savez|voyez|imaginez|comprenez|pouvez|tombez|dites|disiez|appelez"
    r"|rappelez|vendez|voulez|croyez|pensez|parlez|repondrez|know|see|said|say|mean|are|can|want|don)"
    r"\w+ \w+ \w+"
)
#: Words that turn a question to the caller.
_YOU = frozenset({"vous", "votre", "vos", "you", "your"})


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield replies to a buying signal that change the subject or pitch on."""
    missed = 0
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        if last is None or moment.place == 0 or words_in(turn) < MIN_WORDS:
            continue
        signals = scene.hits(last, "buying")
        wanted = topics(scene, last, QUESTIONS)
        if not (signals or wanted or asks_about_offer(scene, last)) or is_no_signal(scene, last):
            continue
        if scene.context_hits(turn, "approved") or scene.has(turn, "closing"):
            continue
        unanswered = not answers(scene, last, turn)
        pitched = _pitches_on(scene, moment)
        offered = scene.has(last, "accepted", "withdrawing") and not scene.has(turn, "proposing")
        if not (unanswered or pitched or offered):
            continue
        missed += 1
        strength = 0.25 + 0.1 * bool(wanted) + 0.15 * unanswered + 0.15 * pitched + 0.1 * offered
        strength += 0.15 * scene.has(turn, "deaf") - 0.15 * scene.has(turn, "acknowledging")
        hit = signals[0] if signals else None
        yield Candidate(
            "D11",
            Cause.MISSED_BUYING_SIGNAL,
            turn.index,
            turn.start_s,
            turn.end_s,
            clamp(strength),
            (quote(last, hit=hit), quote(turn), _fact(scene, moment, last, pitched=pitched)),
            severity=2 + (missed >= 2 or offered),
            values={"words": hit.quote if hit else quote(last).quote},
        )


def asks_about_offer(scene: Scene, said: Turn) -> bool:
    """Whether the prospect asks what the caller's side does, and not who calls or what was meant.

    Recognition loses many question marks: "et vous venez tous les mois" is a question all the same.
    """
    if scene.has(said, "asking_who", "asking_meaning", "rebuke", "apologetic_reason", "closing"):
        return False
    asked = questions(said.text) if scene.is_asking(said) else ()
    if any(not _YOU.isdisjoint(tokens(part)) for part in asked):
        return True
    return any(_SPOKEN.match(" ".join(tokens(part))) for part in sentences(said.text))


def is_no_signal(scene: Scene, said: Turn) -> bool:
    """Whether words of interest are none: a refusal, a price held against the offer or left open."""
    if scene.has(said, "refusal"):
        return True
    about = topics(scene, said, QUESTIONS)
    price = PRICE in about or (not about and scene.has(said, "topic_price"))
    if not price:
        return False
    untold = about == {PRICE} and scene.bound("missed_buying_signal.price_count") < 1
    return untold or scene.has(said, "objecting_price")


def _pitches_on(scene: Scene, moment: Moment) -> bool:
    """Whether the agent goes on for long and proposes no step, nor asks, soon after the signal."""
    if moment.last is None or moment.length_s < scene.bound("missed_buying_signal.pitch_s"):
        return False
    until = moment.last.end_s + scene.bound("missed_buying_signal.step_s")
    soon = takewhile(lambda each: each.turn.start_s <= until, scene.moments[moment.place :])
    return not any(
        hit.start_s <= until for each in soon for hit in scene.hits(each.turn, "proposing")
    )


def _fact(scene: Scene, moment: Moment, last: Turn, *, pitched: bool) -> Evidence:
    if pitched:
        limit = scene.bound("missed_buying_signal.pitch_s")
        return measure("pitched_on", round(moment.length_s, 3), "s", limit, moment.turn)
    taken = overlap(last.text, moment.turn.text)
    limit = scene.bound("missed_buying_signal.taken_ratio")
    return measure("taken_up", taken, "ratio", limit, moment.turn)


DETECTOR = Detector("D11", Cause.MISSED_BUYING_SIGNAL, detect)
