"""D07, smothered question: the agent leaves no room for the answer that he asked for.

Source: TIPPING.md §4.1, D07: going on within 1.5 s of one's own question, several questions in one
turn, an answer supplied with the question; and the counterpart of leaving three seconds, filling
the pause in which the prospect said that he is thinking.

Does not detect: questions that only seek assent ("vous voyez ?"), the first turn's check of who is
speaking, a question repeated because of the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause, Evidence
from callcoach.analysis.scene import Moment, Scene, words_in
from callcoach.analysis.text import content_words, questions, tokens

#: Fewer words than this leave the prospect the floor.
MIN_WORDS = 6
#: A pause that says "your turn" before the agent goes on, seconds (TIPPING.md §1: floor transfer p75).
LEFT_S = 0.5
#: Words said after one's own question that take the floor back.
RESUMED_WORDS = 4
#: Two questions with this share of common content are one, asked twice.
SAME = 0.6
#: Endings that only seek assent, folded.
_TAGS = (
    " d accord", " hein", " non", " ok", " vous voyez", " n est ce pas", " right", " isn t it",
    " you see", " you know",
)  # fmt: skip
#: A question that offers its answer: "plutôt le prix, ou la qualité ?".
_OFFERED = re.compile(r"\b(plutot|soit|ou bien|ou alors|rather|either)\b.*\b(ou|soit|or)\b")


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns that smother a question or a thought."""
    for moment in scene.moments:
        if moment.turn.words and not scene.has(moment.turn, "bad_line"):
            found = (
                _filled(scene, moment)
                or _resumed(scene, moment)
                or _stacked(scene, moment)
                or _supplied(scene, moment)
            )
            if found is not None:
                yield found


def _filled(scene: Scene, moment: Moment) -> Candidate | None:
    """The prospect is thinking, and the agent does not wait."""
    exchange, last = moment.exchange_in, moment.last
    limit = scene.bound("smothered_question.resume_s")
    if exchange is None or exchange.latency_s > limit or not scene.is_thinking(last):
        return None
    if words_in(moment.turn) < MIN_WORDS or scene.is_asking(last) or last is None:
        return None
    strength = 0.35 + 0.3 * scene.has(last, "thinking") + 0.25 * scene.has(moment.turn, "filler")
    strength -= 0.3 * scene.has(moment.turn, "inviting", "acknowledging")
    waited = max(exchange.latency_s, 0.0)
    evidence = (measure("silence_filled", waited, "s", limit, moment.turn), quote(last))
    return _candidate(moment, strength, evidence, "filled", 2, silence=round(waited, 1))


def _resumed(scene: Scene, moment: Moment) -> Candidate | None:
    """A question, a short pause, and the agent goes on before any word of the prospect."""
    turn = moment.turn
    limit = scene.bound("smothered_question.resume_s")
    units = scene.conversation.units_of(turn)
    spoken = 0
    for unit, after in pairwise(units):
        spoken += len(unit.words)
        pause = round(after.start_s - unit.end_s, 3)
        if not LEFT_S <= pause < limit or not unit.words:
            continue
        asked = turn.words[:spoken]
        rest = "".join(word.word for word in turn.words[spoken:])
        text = "".join(word.word for word in asked).strip()
        parts = questions(text)
        if not parts or not text.endswith(parts[-1]) or _is_check(scene, moment, parts[-1]):
            continue
        if " ".join(tokens(parts[-1])).endswith(_TAGS):
            continue
        if len(tokens(rest)) < RESUMED_WORDS or _is_repeat(parts[-1], rest):
            continue
        evidence = (measure("silence_resumed", pause, "s", limit, turn),)
        return _candidate(moment, 0.3, evidence, "smothered", 1, silence=round(pause, 1))
    return None


def _stacked(scene: Scene, moment: Moment) -> Candidate | None:
    """Several different questions in one turn."""
    distinct: list[str] = []
    for part in questions(moment.turn.text):
        if _is_check(scene, moment, part) or not content_words(part):
            continue
        if not any(_is_repeat(earlier, part) for earlier in distinct):
            distinct.append(part)
    limit = scene.bound("smothered_question.stacked_count")
    if len(distinct) < limit:
        return None
    evidence = (measure("stacked", float(len(distinct)), "count", limit, moment.turn),)
    strength = 0.2 + 0.1 * (len(distinct) - limit)
    grave = 1 + (len(distinct) > limit)
    return _candidate(moment, strength, evidence, "stacked", grave, questions=len(distinct))


def _supplied(scene: Scene, moment: Moment) -> Candidate | None:
    """The question offers its answers, and the prospect only picks one."""
    answer = moment.next
    limit = scene.bound("smothered_question.supplied_words")
    asked = questions(moment.turn.text)
    if answer is None or not asked or not 0 < words_in(answer) <= limit:
        return None
    offered = " ".join(tokens(asked[-1]))
    if not _OFFERED.search(offered) or scene.has(moment.turn, "proposing"):
        return None  # two slots to choose from are a proposal, not a smothered question
    evidence = (
        measure("supplied", float(words_in(answer)), "words", limit, moment.turn),
        quote(answer, kind="answer"),
    )
    return _candidate(moment, 0.3, evidence, "supplied", 2, words=answer.text)


def _is_check(scene: Scene, moment: Moment, asked: str) -> bool:
    """Whether a question of the first turns only makes sure who is speaking."""
    wanted = scene.hits(moment.turn, "opening_identity")
    return moment.place <= 1 and any(hit.phrase in " ".join(tokens(asked)) for hit in wanted)


def _is_repeat(first: str, second: str) -> bool:
    """Whether two questions ask the same thing."""
    one, two = content_words(first), content_words(second)
    return bool(one and two) and len(one & two) >= SAME * min(len(one), len(two))


def _candidate(
    moment: Moment,
    strength: float,
    evidence: tuple[Evidence, ...],
    variant: str,
    severity: int,
    **values: object,
) -> Candidate:
    turn = moment.turn
    return Candidate(
        "D07",
        Cause.MISHANDLED_SILENCE,
        turn.index,
        turn.start_s,
        turn.end_s,
        clamp(strength),
        (*evidence, quote(turn)),
        severity=severity,
        variant=variant,
        values=values,
    )


DETECTOR = Detector("D07", Cause.MISHANDLED_SILENCE, detect)
