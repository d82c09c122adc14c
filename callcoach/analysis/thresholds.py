"""Every threshold that decides whether a detector speaks, with its origin and its limits.

A threshold is a named number that a campaign may move (`Tuning.bounds`) between `low` and `high`;
`Scene.bound` reads it. Names are stable: ``<cause or detector>.<what>_<unit>``; they are worded by
``data/wording/threshold.toml``. How much a cue weighs once it is raised is no threshold: that is the
detector's formula and the fitted weights of `fusion`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from callcoach.analysis.tuning import Tuning


@dataclass(frozen=True, slots=True)
class Threshold:
    """One named bound.

    Args:
        value: as packaged, in `unit`.
        unit: ``s``, ``syll/s``, ``ratio``, ``count``, ``words``, ``per_100`` (per 100 words) or
            ``z`` (robust standard deviations).
        low, high: the least and the greatest value that a campaign may set, both included.
        source: where the number comes from.
    """

    name: str
    value: float
    unit: str
    low: float
    high: float
    source: str

    def clamp(self, value: float) -> float:
        """`value` inside [`low`, `high`].

        >>> Threshold("x.y_s", 3.0, "s", 1.0, 5.0, "").clamp(9.0)
        5.0
        """
        return min(self.high, max(self.low, value))


_S1, _S2, _S4 = "TIPPING.md §1", "TIPPING.md §2", "TIPPING.md §4.1"
_LOW_RAMP = "the ramp starts under TIPPING.md §4.1, because prospecting calls are short"
_DESIGN = "design default"

_ALL = (
    # D01, D02: monologue
    Threshold("breathless.breath_s", 0.3, "s", 0.2, 0.8, f"{_S4}, D01: a pause lets the other in"),
    Threshold("breathless.from_s", 8.0, "s", 5.0, 20.0, f"{_S4}, D01; {_S1}: p95 7.6 s"),
    Threshold("breathless.clear_s", 12.0, "s", 6.0, 30.0, f"{_S4}, D01; {_S1}: p99 11.7 s"),
    Threshold("breathless.grave_s", 16.0, "s", 8.0, 40.0, f"{_S4}, D01"),
    Threshold("breathless.words_ratio", 0.8, "ratio", 0.2, 2.0, f"{_DESIGN}: words a second of true speech"),
    Threshold("monologue.floor_s", 16.0, "s", 8.0, 60.0, f"{_S1}: call maxima p50 16.5 s; {_LOW_RAMP}"),
    Threshold("monologue.full_s", 30.0, "s", 12.0, 120.0, f"{_S4}, D02; {_S1}: call maxima p90 29 s"),
    Threshold("monologue.asked_ratio", 1.4, "ratio", 1.0, 3.0, f"{_S4}, D02 doubles what was asked for; less here, as the ramp starts lower"),
    Threshold("monologue.pitch_ratio", 1.33, "ratio", 1.0, 3.0, f"{_S4}, D02: a first pitch may take 40 s instead of 30 if it ends on a question"),
    Threshold("monologue.attempt_s", 1.6, "s", 0.5, 4.0, f"{_DESIGN}: longest try of the prospect to come in"),
    Threshold("monologue.unheard_s", 15.0, "s", 5.0, 40.0, f"{_S4}, D02: no sign of the prospect this long"),
    # D03: rushed
    Threshold("rushed.excess_ratio", 1.12, "ratio", 1.05, 1.6, f"{_S4}, D03; {_S2}: less is measurement error"),
    Threshold("rushed.clear_ratio", 1.2, "ratio", 1.1, 2.0, f"{_S4}, D03"),
    Threshold("rushed.fast_rate", 7.8, "syll/s", 6.0, 12.0, f"{_S4}, D03; {_S1}: p95 7.8"),
    Threshold("rushed.speech_s", 5.0, "s", 3.0, 15.0, f"{_S4}, D03 asks for 8 s; openings in question are as short as 6 s"),
    Threshold("rushed.numbers_ratio", 0.25, "ratio", 0.05, 1.0, f"{_DESIGN}: share of number words read out"),
    Threshold("rushed.after_objection_s", 15.0, "s", 0.0, 60.0, f"{_S4}, D03"),
    # D04: interruption
    Threshold("interruption.overlap_s", 0.5, "s", 0.3, 2.0, f"{_S4}, D04: 25 % of transitions overlap by 0.32 s"),
    Threshold("interruption.full_s", 1.6, "s", 0.8, 4.0, f"{_DESIGN}: no doubt is left"),
    Threshold("interruption.spoken_s", 1.0, "s", 0.5, 5.0, f"{_S4}, D04"),
    Threshold("interruption.together_s", 0.3, "s", 0.0, 1.0, f"{_S4}, D04: both start at once"),
    Threshold("interruption.min_words", 3.0, "words", 2.0, 10.0, f"{_S4}, D04"),
    Threshold("interruption.again_s", 60.0, "s", 10.0, 300.0, f"{_S4}, D04"),
    # D05: reflex reply
    Threshold("reflex_reply.margin_s", 0.3, "s", 0.0, 1.5, f"{_S4}, D05: top callers wait 1.5 s, others 0.3 s"),
    Threshold("reflex_reply.argument_s", 5.0, "s", 2.0, 20.0, f"{_S4}, D05"),
    # D06: dead air
    Threshold("dead_air.before_s", 2.6, "s", 1.5, 8.0, f"{_S1}: silence p99 3.1 s; {_LOW_RAMP}"),
    Threshold("dead_air.after_s", 3.0, "s", 1.5, 8.0, f"{_S4}, D06: after a statement"),
    Threshold("dead_air.after_question_s", 5.0, "s", 3.0, 15.0, f"{_S4}, D06: after a question"),
    Threshold("dead_air.full_s", 5.0, "s", 3.0, 15.0, f"{_S4}, D06; {_S1}: call maxima p90 5.3 s"),
    Threshold("dead_air.grave_s", 6.0, "s", 4.0, 20.0, f"{_S4}, D06"),
    # D07: smothered or stacked question
    Threshold("smothered_question.resume_s", 1.5, "s", 0.5, 4.0, f"{_S4}, D07"),
    Threshold("smothered_question.stacked_count", 2.0, "count", 2.0, 6.0, f"{_S4}, D07"),
    Threshold("smothered_question.supplied_words", 2.0, "words", 1.0, 6.0, f"{_S4}, D07"),
    # D08: missed hesitation
    Threshold("missed_hesitation.cues_count", 2.0, "count", 1.0, 5.0, f"{_S4}, D08"),
    Threshold("missed_hesitation.late_z", 2.0, "z", 1.0, 4.0, f"{_S4}, D08"),
    Threshold("missed_hesitation.taken_ratio", 0.2, "ratio", 0.05, 0.8, f"{_S4}, D08"),
    Threshold("missed_hesitation.filled_s", 0.5, "s", 0.3, 2.0, f"{_S4}, D08; {_S1}: filled pauses p75 0.50 s"),
    Threshold("missed_hesitation.reply_s", 5.0, "s", 1.0, 20.0, f"{_S4}, D08"),
    Threshold("missed_hesitation.lost_s", 60.0, "s", 10.0, 300.0, f"{_S4}, D08"),
    # D09: ignored objection
    Threshold("ignored_objection.taken_ratio", 0.2, "ratio", 0.05, 0.8, f"{_S4}, D09"),
    Threshold("ignored_objection.reply_words", 5.0, "words", 2.0, 20.0, f"{_DESIGN}: a shorter reply says nothing yet"),
    Threshold("ignored_objection.within_s", 20.0, "s", 5.0, 60.0, f"{_S4}, D09"),
    # D10: insistence
    Threshold("insistence.refusals_count", 2.0, "count", 1.0, 5.0, f"{_S4}, D10"),
    Threshold("insistence.requests_count", 2.0, "count", 1.0, 5.0, f"{_S4}, D10"),
    # D11, D12: buying signals
    Threshold("missed_buying_signal.taken_ratio", 0.05, "ratio", 0.0, 0.5, f"{_DESIGN}: nothing of the question taken up"),
    Threshold("missed_buying_signal.pitch_s", 20.0, "s", 8.0, 60.0, f"{_S4}, D11"),
    Threshold("missed_buying_signal.step_s", 30.0, "s", 10.0, 90.0, f"{_S4}, D11"),
    Threshold("missed_buying_signal.price_count", 1.0, "count", 0.0, 1.0, f"{_S4}, D11: 0 where a campaign gives no price by telephone"),
    Threshold("buying_signal_taken.answer_s", 15.0, "s", 5.0, 40.0, f"{_S4}, D12"),
    Threshold("buying_signal_taken.step_s", 30.0, "s", 10.0, 90.0, f"{_S4}, D12"),
    # D13: miscalibrated wording
    Threshold("miscalibrated_wording.small_count", 2.0, "count", 1.0, 5.0, f"{_S4}, D13: a turn"),
    Threshold("miscalibrated_wording.black_count", 1.0, "count", 1.0, 5.0, f"{_S4}, D13: negative or doubtful words in a turn"),
    Threshold("miscalibrated_wording.opening_count", 3.0, "count", 1.0, 10.0, f"{_DESIGN}: agent turns that make the opening"),
    # D14: wrong register, bookish
    Threshold("wrong_register.slang_count", 2.0, "count", 1.0, 6.0, f"{_S4}, D14: a minute"),
    Threshold("wrong_register.slang_window_s", 60.0, "s", 20.0, 300.0, f"{_S4}, D14"),
    Threshold("wrong_register.word_ratio", 0.6, "ratio", 0.0, 1.0, f"{_S4}, D14: certainty of the word"),
    Threshold("wrong_register.jargon_count", 2.0, "count", 1.0, 6.0, f"{_DESIGN}: in one turn"),
    Threshold("wrong_register.long_ratio", 0.12, "ratio", 0.05, 0.5, f"{_S1}: word length tells planned speech, AUC 0.87"),
    Threshold("bookish.density_per_100", 3.0, "per_100", 1.0, 10.0, f"{_S4}, D14"),
    Threshold("bookish.beside_ratio", 2.0, "ratio", 1.0, 5.0, f"{_S4}, D14: beside the prospect's own rate"),
    # D15: calques
    Threshold("calques.turn_count", 2.0, "count", 1.0, 6.0, f"{_S4}, D15: 2 per 100 words, at least two"),
    Threshold("calques.density_per_100", 2.0, "per_100", 1.0, 10.0, f"{_S4}, D15"),
    Threshold("calques.window_count", 3.0, "count", 2.0, 10.0, f"{_S4}, D15"),
    Threshold("calques.window_s", 60.0, "s", 20.0, 300.0, f"{_S4}, D15"),
    Threshold("calques.meaning_s", 10.0, "s", 2.0, 30.0, f"{_S4}, D15: the prospect asks what it means"),
    # D16, D18: recited script
    Threshold("recited_script.match_ratio", 0.75, "ratio", 0.5, 1.0, f"{_S4}, D16"),
    Threshold("recited_script.read_words", 40.0, "words", 15.0, 120.0, f"{_S4}, D16"),
    Threshold("recited_script.spoken_per_100", 0.5, "per_100", 0.0, 5.0, f"{_S4}, D16: marks of spontaneous speech"),
    Threshold("recited_script.told_words", 5.0, "words", 2.0, 20.0, f"{_DESIGN}: something to take up"),
    Threshold("recited_script.taken_ratio", 0.05, "ratio", 0.0, 0.5, f"{_S4}, D16"),
    Threshold("closed_interrogation.questions_count", 4.0, "count", 3.0, 10.0, f"{_S4}, D18"),
    Threshold("closed_interrogation.grave_count", 6.0, "count", 4.0, 15.0, f"{_S4}, D18"),
    Threshold("closed_interrogation.answer_words", 3.0, "words", 1.0, 10.0, f"{_S4}, D18"),
    # D17: overpromise
    Threshold("overpromise.word_ratio", 0.7, "ratio", 0.0, 1.0, f"{_S4}, D17: certainty of a figure"),
    Threshold("overpromise.reply_words", 5.0, "words", 2.0, 20.0, f"{_DESIGN}: a claim needs a sentence"),
    # D19, N1: opening, ambiguous claim
    Threshold("failed_opening.window_s", 30.0, "s", 10.0, 60.0, f"{_S4}, D19"),
    Threshold("failed_opening.lost_s", 35.0, "s", 15.0, 90.0, f"{_S4}, D19"),
    Threshold("ambiguous_claim.opening_count", 4.0, "count", 1.0, 10.0, f"{_DESIGN}: agent turns in which the caller says who he is"),
    # D20 and the other openings created
    Threshold("reformulation.shared_words", 3.0, "words", 1.0, 8.0, f"{_DESIGN}: more than chance, without an opener"),
    Threshold("reformulation.own_words", 8.0, "words", 4.0, 20.0, f"{_S4}, D20: not a bare echo"),
    Threshold("reformulation.answer_s", 5.0, "s", 2.0, 15.0, f"{_S4}, D20"),
    Threshold("reformulation.new_words", 3.0, "words", 1.0, 10.0, f"{_S4}, D20"),
    Threshold("open_question.answer_s", 5.0, "s", 2.0, 15.0, f"{_S4}, D20; {_S1}: turn p75 4.6 to 4.9 s"),
    Threshold("open_question.full_s", 12.0, "s", 5.0, 40.0, f"{_S1}: turn p95 10.3 s"),
    Threshold("open_question.new_words", 3.0, "words", 1.0, 10.0, f"{_S4}, D20"),
    Threshold("objection_handled.reply_words", 10.0, "words", 4.0, 40.0, f"{_DESIGN}: a shorter reception answers nothing"),
    Threshold("objection_handled.wait_s", 0.6, "s", 0.0, 3.0, f"{_S1}: top callers wait after an objection"),
    Threshold("useful_silence.left_s", 2.2, "s", 1.0, 6.0, f"{_S1}: mutual silence p99 3.1 s; {_LOW_RAMP}"),
    Threshold("useful_silence.full_s", 4.5, "s", 2.0, 10.0, f"{_S1}: call maxima p90 5.3 s"),
    Threshold("useful_silence.answer_s", 4.5, "s", 2.0, 15.0, f"{_S1}: turn p75 4.6 s"),
    Threshold("useful_silence.short_words", 6.0, "words", 1.0, 15.0, f"{_DESIGN}: such a turn leaves the floor"),
    Threshold("adjustment.cold_s", 4.0, "s", 1.0, 15.0, f"{_S1}: turn p50 2.3 s, p75 4.6 s"),
    Threshold("commitment_won.sure_ratio", 0.45, "ratio", 0.2, 1.0, f"{_DESIGN}: a later yes only repeats it"),
    # shown apart, and what a player skips
    Threshold("unexplained_break.drop_z", 2.0, "z", 1.0, 5.0, "TIPPING.md §4.1, U0"),
    Threshold("unexplained_break.apart_s", 20.0, "s", 5.0, 60.0, "TIPPING.md §4.1, U0"),
    Threshold("hold.from_s", 10.0, "s", 5.0, 60.0, f"{_S1}: longest mutual silence per call p95 5.8 s"),
)  # fmt: skip

#: Every threshold by name, in the order of the detectors.
THRESHOLDS: Mapping[str, Threshold] = {threshold.name: threshold for threshold in _ALL}


def bound(tuning: Tuning, name: str) -> float:
    """The value of a threshold in a campaign, inside its limits; the packaged one unless it is set.

    Raises:
        KeyError: no threshold has this name.

    >>> bound(Tuning(bounds={"monologue.floor_s": 500.0}), "monologue.floor_s")
    60.0
    """
    threshold = THRESHOLDS[name]
    if name in tuning.bounds:
        return threshold.clamp(tuning.bounds[name])
    return threshold.value
