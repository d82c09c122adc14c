"""D14, wrong register: too familiar, or technical words that this person does not use.

Source: TIPPING.md §4.1, D14 (second person singular in a call held in *vous*, slang) and D15 (a
listener who asks what it means). A pronoun with its verb is needed, because recognition confuses
"tu", "tout" and "t'es".

Does not detect: a tone, or technical words spoken to someone who used them first.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.model import Cause
from callcoach.analysis.scene import Scene, words_in

#: Technical words in one turn from which it is too much.
JARGON = 2
#: Long words, in letters: a proxy for administrative and technical vocabulary (TIPPING.md §1: word
#: length tells planned from spontaneous speech, AUC 0.87).
LONG_WORD = 10


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield familiar turns and turns full of technical words."""
    for moment in scene.moments:
        turn = moment.turn
        prospect_familiar = any(scene.has(said, "familiar") for said in moment.before)
        familiar = () if prospect_familiar else scene.hits(turn, "familiar")
        used = {hit.phrase for said in moment.before for hit in scene.hits(said, "jargon")}
        jargon = [hit for hit in scene.hits(turn, "jargon") if hit.phrase not in used]
        tokens = scene.read(turn).text.split()
        long_share = sum(len(token) >= LONG_WORD for token in tokens) / max(len(tokens), 1)
        if familiar:
            strength = 0.35 + 0.2 * clamp(len(familiar) / 3) + 0.1 * (len(familiar) > 1)
            hit, variant = familiar[0], "familiar"
        elif len(jargon) >= JARGON or (jargon and long_share > 0.12 and words_in(turn) > 12):
            strength = 0.2 + 0.15 * clamp(len(jargon) / 4) + 1.5 * clamp(long_share, 0.0, 0.2)
            hit, variant = jargon[0], "technical"
        else:
            continue
        yield Candidate(
            "D14",
            Cause.WRONG_REGISTER,
            turn.index,
            hit.start_s,
            turn.end_s,
            clamp(strength),
            (
                quote(turn, hit=hit),
                measure(variant, len(familiar) or len(jargon), "count", None, turn),
            ),
            severity=2,
            variant=variant,
            values={"words": hit.quote},
        )


DETECTOR = Detector("D14", Cause.WRONG_REGISTER, detect)
