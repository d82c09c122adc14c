"""D16, recited script: the agent goes on with the sheet, deaf to what was just said.

Source: TIPPING.md §4.1, D16: a verbatim script match, or a turn that takes up nothing of what the
prospect has just told (content overlap under 0.05). Prosody does not reveal reading (AUC 0.60), so
no voice feature is used.

Does not detect: a recited opening, where there is nothing to be deaf to.
"""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz import fuzz

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, new_content, words_in
from callcoach.analysis.text import overlap, tokens

#: Share of a script line found again, 0 to 100, that counts as reading it (TIPPING.md §4.1, D16:
#: alignment 0.75).
SCRIPT_RATIO = 75.0
SCRIPT_TOKENS = 6
#: Content words the prospect had just given, for there to be something to take up.
TOLD = 5
#: Overlap below which the agent took up nothing (TIPPING.md §4.1, D16).
DEAF_OVERLAP = 0.05


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns that follow the script or the form and not the prospect."""
    lines = [" ".join(tokens(line.text)) for line in scene.context.script_lines]
    lines = [line for line in lines if len(line.split()) >= SCRIPT_TOKENS]
    for moment in scene.moments:
        turn, last = moment.turn, moment.last
        if last is None or words_in(turn) < 6:
            continue
        told = new_content(last, ())
        taken = overlap(last.text, turn.text)
        if told < TOLD or taken > DEAF_OVERLAP or scene.is_asking(last):
            continue
        read = max((fuzz.partial_ratio(line, scene.read(turn).text) for line in lines), default=0.0)
        deaf = scene.has(turn, "deaf")
        asks = scene.is_asking(turn)
        if scene.has(turn, "acknowledging", "adjusting", "reformulating"):
            continue
        strength = (
            0.1 + 0.2 * clamp(told / 12) + 0.25 * deaf + 0.15 * asks + 0.1 * (words_in(turn) >= 12)
        )
        strength += 0.3 * (read >= SCRIPT_RATIO) + 0.1 * scene.has(last, "objection", "disclosure")
        yield Candidate(
            "D16",
            Cause.RECITED_SCRIPT,
            turn.index,
            turn.start_s,
            turn.end_s,
            clamp(strength),
            (
                quote(last),
                quote(turn),
                measure("taken_up", taken, "ratio", DEAF_OVERLAP, turn),
            ),
            severity=2,
            values={},
        )


DETECTOR = Detector("D16", Cause.RECITED_SCRIPT, detect)
