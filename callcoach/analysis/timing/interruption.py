"""D04, interruption: the agent starts while the prospect is speaking, and the prospect stops.

Source: TIPPING.md §4.1, D04: overlap of 0.5 s or more after at least 1 s of speech, by more than an
interjection; 25 % of ordinary transitions overlap by 0.32 s, so short overlap proves nothing.

Does not detect: anything on a mixed recording. Both starting at once, one's own voice heard on the
other channel, helping a sentence to its end, a delay of the line and closing formulas are none.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from callcoach.analysis.detectors import Candidate, Detector, clamp, last_words, measure, quote
from callcoach.analysis.lanes import ms
from callcoach.analysis.model import Cause, Evidence, Segment, Speaker, Turn
from callcoach.analysis.scene import Moment, Scene, words_in
from callcoach.analysis.text import content_words, tokens

#: Agreement that overlaps an end is co-operative (TIPPING.md §4.1, D04: "voilà", echo).
COOPERATIVE = 0.15
#: An overlap that opens on agreement and is this short only helps the sentence to its end, words.
COMPLETION_WORDS = 6
#: Share of the agent's words found in what the prospect says meanwhile: the same voice on both
#: channels.
ECHO_SHARE = 0.6
#: A shorter pause is a breath inside a phrase (TIPPING.md §1: pauses p50 0.38 s).
BREATH_S = 0.5
#: Delay of the prospect's answers that the telephone alone explains, seconds (TIPPING.md §0.5: far
#: end, median), and the longest delay of a line that is believed.
USUAL_DELAY_S, LONGEST_LINE_S = 0.75, 1.0
#: Answers from which a delay of the line can be told.
LINE_ANSWERS = 5


def line_delay_s(scene: Scene) -> float:
    """By how much the line seems to delay the prospect, seconds; 0 when it cannot be told.

    Who hears late answers late and stops late: the far side's usual answering delay above the
    telephone's own is taken from every overlap.
    """
    turns = scene.conversation.turns
    delays = [
        exchange.latency_s
        for exchange in scene.conversation.exchanges
        if turns[exchange.after].speaker is Speaker.PROSPECT
    ]
    if len(delays) < LINE_ANSWERS:
        return 0.0
    return clamp(median(delays) - USUAL_DELAY_S, 0.0, LONGEST_LINE_S)


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield turns of the agent that begin inside the prospect's turn."""
    from_s, full_s = scene.bound("interruption.overlap_s"), scene.bound("interruption.full_s")
    delay = line_delay_s(scene)
    latest: float | None = None
    for moment in scene.moments:
        spoken, turn = moment.last, moment.turn
        if spoken is None or _is_harmless(scene, moment, spoken):
            continue
        overlap = round(min(spoken.end_s, turn.end_s) - turn.start_s - delay, 3)
        if overlap < from_s or ms(turn.start_s - spoken.start_s) < scene.bound(
            "interruption.spoken_s"
        ):
            continue
        keeps = turn.end_s <= spoken.end_s
        strength = 0.3 + 0.7 * clamp((overlap - from_s) / max(full_s - from_s, 0.1))
        strength -= COOPERATIVE * scene.has(turn, "warm")
        again = latest is not None and ms(turn.start_s - latest) <= scene.bound(
            "interruption.again_s"
        )
        cuts = scene.has(spoken, "objection") or scene.is_asking(spoken)
        cuts = cuts or (overlap >= full_s and scene.has(spoken, "disclosure"))
        latest = turn.start_s
        yield Candidate(
            "D04",
            Cause.INTERRUPTION,
            turn.index,
            turn.start_s,
            min(turn.end_s, turn.start_s + 4.0),
            clamp(strength * (0.5 if keeps else 1.0)),
            (
                measure("overlap", overlap, "s", from_s, turn),
                Evidence("quote", last_words(spoken), None, "", None, spoken.start_s, spoken.end_s),
                quote(turn),
            ),
            severity=1 if keeps else 2 + (again or cuts),
            values={"overlap": round(overlap, 1)},
        )


def _is_harmless(scene: Scene, moment: Moment, spoken: Turn) -> bool:
    """Overlaps that interrupt nobody."""
    turn = moment.turn
    if words_in(turn) < scene.bound("interruption.min_words") or scene.has(turn, "closing"):
        return True
    phrase = _phrase_at(scene, spoken, turn.start_s)
    if phrase is None or ms(turn.start_s - phrase.start_s) < scene.bound("interruption.together_s"):
        return True  # the agent came in on a pause, and the prospect went on, or both began at once
    own = content_words(turn.text)
    if len(own) >= 2 and len(own & content_words(spoken.text)) >= ECHO_SHARE * len(own):
        return True
    first = scene.hits(turn, "warm")[:1]
    opens_agreeing = bool(first) and first[0].first == 0
    repeats = set(tokens(turn.text)[:3]) <= set(tokens(spoken.text)[-6:])
    return words_in(turn) <= COMPLETION_WORDS and (opens_agreeing or repeats)


def _phrase_at(scene: Scene, spoken: Turn, at_s: float) -> Segment | None:
    """The stretch of `spoken` around `at_s`, breaths included, or None in a true pause."""
    start = end = spoken.start_s
    for unit in scene.conversation.units_of(spoken):
        if ms(unit.start_s - end) >= BREATH_S:
            if end > at_s:
                break
            start = unit.start_s
        end = unit.end_s
    return Segment(start, end) if start <= at_s < end else None


DETECTOR = Detector("D04", Cause.INTERRUPTION, detect, needs_channels=True)
