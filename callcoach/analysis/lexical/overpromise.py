"""D17, overpromise: an absolute, unapproved or forbidden claim about the offer.

Source: TIPPING.md §4.1, D17. A phrase that the campaign forbids is certain; absolutes are weaker,
and a negation or a condition in the same turn cancels them. A figure counts where the campaign has
approved figures and this one is not among them. A phrase the campaign approved never counts, and
neither does one that the prospect said just before.

Does not detect: a false claim in moderate words; that is for the sponsor's audit. Recognition bends
numbers, so a figure needs a sure word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from callcoach.analysis.detectors import FORBIDDEN, Candidate, Detector, clamp, measure, quote
from callcoach.analysis.lexicon import Hit
from callcoach.analysis.model import Cause, Turn
from callcoach.analysis.scene import Moment, Scene, words_in
from callcoach.analysis.text import fold

#: A figure with the unit of a claim; hours and dates are proposals more often than claims.
_FIGURE = re.compile(
    r"\b(\d+) ?(?:%|(?:pour cent|percent|per cent|euros?|pounds|dollars|mois|months?|ans?|years?"
    r"|semaines?|weeks?)\b)"
)


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield claims that promise more than can be held."""
    known = _figures_known(scene)
    for moment in scene.moments:
        turn = moment.turn
        forbidden = scene.context_hits(turn, "forbidden")
        if forbidden:
            yield _candidate(turn, forbidden, 0.95, 3, FORBIDDEN)
            continue
        if words_in(turn) < scene.bound("overpromise.reply_words") or scene.has(turn, "moderating"):
            continue
        hits = _absolutes(scene, moment)
        if hits:
            strength = 0.3 + 0.2 * clamp((len(hits) - 1) / 2) + 0.1 * scene.is_asking(moment.last)
            strength += 0.1 * scene.has(moment.last, "objection")
            yield _candidate(turn, hits, clamp(strength), 2, "")
            continue
        figures = _figures(scene, turn, known) if known else []
        if figures:
            yield _candidate(turn, figures, 0.4, 2, "figure")


def _absolutes(scene: Scene, moment: Moment) -> list[Hit]:
    """Absolutes of the agent's own, outside approved wording."""
    approved = scene.context_hits(moment.turn, "approved")
    echoed = {hit.phrase for hit in scene.hits(moment.last, "absolute")}
    return [
        hit
        for hit in scene.hits(moment.turn, "absolute")
        if hit.phrase not in echoed and not any(_inside(hit, other) for other in approved)
    ]


def _figures_known(scene: Scene) -> frozenset[str]:
    """Figures with their unit in what the campaign approved; empty when it approved none."""
    texts = [*scene.context.approved, *(line.text for line in scene.context.script_lines)]
    found: set[str] = set()
    for text in texts:
        found |= {match.group(1) for match in _FIGURE.finditer(fold(text))}
    return frozenset(found)


def _figures(scene: Scene, turn: Turn, known: frozenset[str]) -> list[Hit]:
    """Figures that were surely said and that nobody approved."""
    sure = scene.bound("overpromise.word_ratio")
    text, word_at = "", list[int]()
    for index, word in enumerate(turn.words):
        piece = fold(word.word) + " "
        text += piece
        word_at += [index] * len(piece)
    hits: list[Hit] = []
    for match in _FIGURE.finditer(text):
        first, last = word_at[match.start()], word_at[match.end() - 1]
        words = turn.words[first : last + 1]
        if match.group(1) in known or min(word.probability for word in words) < sure:
            continue
        said = "".join(word.word for word in words).strip()
        hits.append(Hit(match.group(), words[0].start_s, words[-1].end_s, said, 1.0, first, last))
    return hits


def _inside(hit: Hit, other: Hit) -> bool:
    return other.first <= hit.first and hit.last <= other.last


def _candidate(
    turn: Turn, hits: Sequence[Hit], strength: float, severity: int, variant: str
) -> Candidate:
    return Candidate(
        "D17",
        Cause.OVERPROMISE,
        turn.index,
        max(hits[0].start_s, turn.start_s),
        min(hits[-1].end_s, turn.end_s),
        strength,
        (
            *(quote(turn, hit=hit) for hit in hits[:3]),
            measure("claims", float(len(hits)), "count", 1.0, turn),
        ),
        severity=severity,
        variant=variant,
        values={"words": hits[0].quote},
    )


DETECTOR = Detector("D17", Cause.OVERPROMISE, detect)
