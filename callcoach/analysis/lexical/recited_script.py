"""D16, recited script: the agent goes on with the sheet, deaf to what was just said.

Source: TIPPING.md §4.1, D16: 40 words or more that follow the script with hardly a mark of
spontaneous speech, or a turn that takes up nothing of what the prospect has just told (content
overlap under 0.05) and only goes on through the form. Prosody does not reveal reading (AUC 0.60),
so no voice feature is used.

Does not detect: mandatory wording, approved answers, an experienced agent who knows the text and
speaks it freely, or one who never hesitates anywhere. Recognition hides "euh", so the marks counted
are words and voice that no word covers.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import inf

from rapidfuzz import fuzz

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause, Turn
from callcoach.analysis.scene import Moment, Scene, new_content, words_in
from callcoach.analysis.text import overlap, sentences, tokens
from callcoach.analysis.timing.fillers import longest_filler_s

#: Words of the agent's other turns that tell how freely he speaks.
BASELINE_WORDS = 40
#: Words that speak of the other side, folded.
_YOU = frozenset({"vous", "votre", "vos", "you", "your"})
#: A line shorter than this proves nothing, tokens; a turn shorter than this, words.
LINE_TOKENS, MIN_WORDS = 6, 6


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns that follow the script or the form and not the prospect."""
    lines = [" ".join(tokens(line.text)) for line in scene.context.script_lines]
    lines = [line for line in lines if len(line.split()) >= LINE_TOKENS]
    for moment in scene.moments:
        if words_in(moment.turn) < MIN_WORDS or scene.has(moment.turn, "legal"):
            continue
        followed = _followed(scene, moment, lines)
        found = _deaf(scene, moment, read=followed > 0) or _read(scene, moment, followed)
        if found is not None:
            yield found


def _followed(scene: Scene, moment: Moment, lines: list[str]) -> int:
    """Tokens of the script lines found again in this turn."""
    text = scene.read(moment.turn).text
    wanted = 100 * scene.bound("recited_script.match_ratio")
    return sum(len(line.split()) for line in lines if fuzz.partial_ratio(line, text) >= wanted)


def _deaf(scene: Scene, moment: Moment, *, read: bool) -> Candidate | None:
    turn, last = moment.turn, moment.last
    if last is None or scene.is_asking(last):
        return None
    if scene.has(turn, "acknowledging", "adjusting") or not (
        read or (scene.has(turn, "deaf") and _goes_through_form(scene, turn))
    ):
        return None
    told, taken = new_content(last, ()), overlap(last.text, turn.text)
    limit = scene.bound("recited_script.taken_ratio")
    if told < scene.bound("recited_script.told_words") or taken > limit:
        return None
    strength = 0.1 + 0.2 * clamp(told / 12) + 0.25 * scene.has(turn, "deaf")
    strength += 0.15 * scene.is_asking(turn) + 0.1 * (words_in(turn) >= 2 * MIN_WORDS)
    strength += 0.3 * read + 0.1 * scene.has(last, "objection", "disclosure")
    return Candidate(
        "D16",
        Cause.RECITED_SCRIPT,
        turn.index,
        turn.start_s,
        turn.end_s,
        clamp(strength),
        (quote(last), quote(turn), measure("taken_up", taken, "ratio", limit, turn)),
        severity=2,
    )


def _goes_through_form(scene: Scene, turn: Turn) -> bool:
    """Whether a turn asks, or, its question mark lost, speaks of the other side at its end."""
    return scene.is_asking(turn) or not _YOU.isdisjoint(tokens(sentences(turn.text)[-1]))


def _read(scene: Scene, moment: Moment, followed: int) -> Candidate | None:
    """A long verbatim stretch of the script, without the marks of free speech."""
    limit = scene.bound("recited_script.read_words")
    turn = moment.turn
    if followed < limit or scene.context_hits(turn, "approved"):
        return None
    said = tokens(turn.text)
    repeated = sum(one == two for one, two in pairwise(said))
    heard = longest_filler_s(scene, turn) >= scene.bound("missed_hesitation.filled_s")
    marks = 100 * (len(scene.hits(turn, "spontaneous")) + repeated + heard) / max(len(said), 1)
    if marks >= min(scene.bound("recited_script.spoken_per_100"), _usual_marks(scene, moment)):
        return None
    return Candidate(
        "D16",
        Cause.RECITED_SCRIPT,
        turn.index,
        turn.start_s,
        turn.end_s,
        clamp(0.4 + 0.2 * clamp((followed - limit) / limit)),
        (quote(turn), measure("read_words", float(followed), "words", limit, turn)),
        severity=1 + (followed >= 2 * limit),
        variant="read",
        values={"words": followed},
    )


def _usual_marks(scene: Scene, moment: Moment) -> float:
    """Marks of free speech per 100 words of the agent's other turns; infinite for too few words.

    Who never says "euh" does not read because of that.
    """
    others = [each.turn for each in scene.moments if each is not moment]
    words = sum(words_in(turn) for turn in others)
    if words < BASELINE_WORDS:
        return inf
    return 100 * sum(len(scene.hits(turn, "spontaneous")) for turn in others) / words


DETECTOR = Detector("D16", Cause.RECITED_SCRIPT, detect)
