"""D18, closed interrogation: one closed question after another, answered in a word.

Source: TIPPING.md §4.1, D18: four closed questions in a row with answers of three words or fewer and
nothing taken up in between; six are graver.

Does not detect: a qualification form that is part of the script, or the first turn's check of who is
speaking.
"""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Moment, Scene, words_in
from callcoach.analysis.text import questions, tokens

#: Similarity, 0 to 100, at which a question is one of the script's.
SCRIPTED = 75.0


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield the turn with which a row of closed questions becomes an interrogation, and later ones."""
    start = scene.bound("closed_interrogation.questions_count")
    grave = scene.bound("closed_interrogation.grave_count")
    lines = [" ".join(tokens(line.text)) for line in scene.context.script_lines]
    row: list[Moment] = []
    scripted = 0
    for moment in scene.moments:
        if not _is_closed(scene, moment):
            row, scripted = [], 0
            continue
        row.append(moment)
        scripted += _is_scripted(moment, lines)
        length = len(row)
        if length < start or length not in (int(start), int(grave)) or 2 * scripted >= length:
            continue
        turn = moment.turn
        yield Candidate(
            "D18",
            Cause.RECITED_SCRIPT,
            turn.index,
            turn.start_s,
            turn.end_s,
            clamp(0.3 + 0.1 * (length - start)),
            (
                measure("closed_questions", float(length), "count", start, turn),
                *(quote(each.turn) for each in row[-2:]),
            ),
            severity=1 + (length >= grave),
            variant="interrogation",
            values={"questions": length},
        )


def _is_closed(scene: Scene, moment: Moment) -> bool:
    """A closed question that got next to nothing, and takes up nothing of the answer before."""
    answer, turn = moment.next, moment.turn
    asked = questions(turn.text)
    if answer is None or not asked or scene.has(turn, "open_question", "reformulating"):
        return False
    if words_in(answer) > scene.bound("closed_interrogation.answer_words"):
        return False
    wanted = scene.hits(turn, "opening_identity")
    checks = any(hit.phrase in " ".join(tokens(asked[-1])) for hit in wanted)
    return not (moment.place <= 1 and checks) and not scene.has(turn, "proposing", "bad_line")


def _is_scripted(moment: Moment, lines: list[str]) -> bool:
    asked = " ".join(tokens(questions(moment.turn.text)[-1]))
    return any(fuzz.ratio(line, asked) >= SCRIPTED for line in lines)


DETECTOR = Detector("D18", Cause.RECITED_SCRIPT, detect)
