"""What a card says beside the words of its moment: its effect, how far its kind can be trusted in
this campaign, an approved wording, and what would make it void.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.analysis.detectors import present_id
from callcoach.analysis.model import Cause, Speaker
from callcoach.analysis.text import overlap
from callcoach.calls.access import can_judge_call
from callcoach.calls.call_presenters import Fact, MomentView, worded
from callcoach.calls.effect_curve import EffectCurve, effect_curve
from callcoach.calls.mapping import ShownTurn, to_s
from callcoach.calls.models import AnalysisRun, Call
from callcoach.campaigns.models import Promise, PromiseKind
from callcoach.errors import NotFound
from callcoach.learning.precision import Reliability
from callcoach.learning.queries import FlagKind, reliability
from callcoach.web.filters import number

#: Fewer verdicts on a kind of flag say nothing of how reliable it is: of five, one more or less
#: already moves the share by a fifth.
LEAST_VERDICTS = 5
#: Causes about what was promised: an approved statement may say it rightly.
_ABOUT_CLAIMS = frozenset({Cause.OVERPROMISE, Cause.AMBIGUOUS_CLAIM})


@dataclass(frozen=True, slots=True)
class Card:
    """The rest of one card, in words.

    Args:
        curve: participation around the moment; None where there is none, and `curve_text` says why.
        curve_text: what the drawing shows, in a few words.
        curve_values: the same with its values, for those who do not see it.
        effect: what the moment coincides with, three plain facts at most; "" without any.
        course: how participation goes on from there, or was going before; "" where that is plain.
        measures: what was measured, with its bound.
        more: what a card keeps folded.
        reliability: how often this kind of flag was confirmed here; "" for those who are not told.
        alternative: the sponsor's wording of the same thing; "" where none fits.
        void: what would make the moment void; "" once a person marked it themselves.
    """

    curve: EffectCurve | None
    curve_text: str
    curve_values: str
    effect: str
    course: str
    measures: tuple[Fact, ...]
    more: tuple[Fact, ...]
    reliability: str
    alternative: str
    void: str


def cards_of(
    viewer: Viewer,
    call: Call,
    moments: Iterable[MomentView],
    turns: Sequence[ShownTurn],
) -> Mapping[str, Card]:
    """The rest of every card, by `MomentView.key`."""
    shown = list(moments)
    kinds = _reliability_here(viewer, call, {_kind_of(each) for each in shown})
    analysis = call.current_analysis
    return {moment.key: _card(moment, call, analysis, turns, kinds) for moment in shown}


def _reliability_here(
    viewer: Viewer, call: Call, kinds: Collection[FlagKind]
) -> Mapping[FlagKind, Reliability] | None:
    """Of these kinds of flag; None for those who do not judge flags: an agent reads what a
    supervisor confirmed, not a statistic, and a team lead does not look into the engine
    (`tuning.access.can_tune`).
    """
    if not can_judge_call(viewer, call):
        return None
    try:
        return reliability(viewer, call.campaign_id, kinds)
    except NotFound:  # a call of a team that no longer calls for the campaign
        return None


def _kind_of(moment: MomentView) -> FlagKind:
    """As it is called today: a moment kept from a verdict names its detector of then."""
    return present_id(moment.detector, moment.cause), moment.cause


def _card(
    moment: MomentView,
    call: Call,
    analysis: AnalysisRun | None,
    turns: Sequence[ShownTurn],
    kinds: Mapping[FlagKind, Reliability] | None,
) -> Card:
    engagement = analysis.engagement if analysis is not None else []
    curve = effect_curve(engagement, to_s(moment.start_ms), to_s(moment.end_ms))
    by_kind = {fact.kind: fact for fact in moment.facts}
    is_flag = not moment.is_missed
    return Card(
        curve=curve,
        curve_text=_in_words(curve) if curve else _no_curve(engagement, turns),
        curve_values=_values(curve) if curve else "",
        effect=by_kind["effect"].text if "effect" in by_kind else "",
        course=by_kind["context"].text if "context" in by_kind else "",
        measures=tuple(fact for fact in moment.facts if fact.kind == "measure"),
        more=tuple(fact for fact in moment.facts if fact.kind == "also"),
        reliability=(
            reliability_text(kinds.get(_kind_of(moment))) if kinds is not None and is_flag else ""
        ),
        alternative=alternative(moment, turns, call.campaign.promises),
        void=worded({"key": f"void.{moment.cause}"}) if is_flag else "",
    )


def _in_words(curve: EffectCurve) -> str:
    """What the drawing shows."""
    return str(
        {
            "falls": _("participation of the prospect: lower afterwards"),
            "rises": _("participation of the prospect: higher afterwards"),
            "steady": _("participation of the prospect: about the same afterwards"),
        }[curve.direction]
    )


def _values(curve: EffectCurve) -> str:
    return str(
        _(
            "%(before)s before, %(after)s after, on a scale from −1 to 1",
            before=number(curve.before, 1),
            after=number(curve.after, 1),
        )
    )


def _no_curve(engagement: Sequence[object], turns: Iterable[ShownTurn]) -> str:
    """Why there is no drawing, in a few words."""
    if not any(turn.speaker == Speaker.PROSPECT for turn in turns):
        return str(_("no curve: the voices could not be told apart"))
    if not engagement:
        return str(_("no curve: call too short to measure an effect"))
    return str(_("no curve: the prospect says too little around this moment"))


def reliability_text(found: Reliability | None) -> str:
    """« 7 fois sur 10 confirmé, 32 avis »; from few verdicts that they are not enough yet."""
    count = found.n if found is not None else 0
    if found is None or count < LEAST_VERDICTS:
        return str(_("not enough verdicts yet (%(count)s)", count=count))
    return str(
        _(
            "confirmed %(share)s times out of 10, %(count)s verdicts",
            share=round(10 * found.confirmed / count),
            count=count,
        )
    )


#: Beside these the sponsor writes what to say instead.
_WARNED_OF = (PromiseKind.FORBIDDEN, PromiseKind.AMBIGUOUS, PromiseKind.CONDITIONAL)


def alternative(moment: MomentView, turns: Sequence[ShownTurn], promises: Sequence[Promise]) -> str:
    """The approved statement that speaks of the same thing as the turn of the moment; else what the
    sponsor wrote beside the phrase that was said; "" where neither fits.
    """
    if moment.cause not in _ABOUT_CLAIMS:
        return ""
    said = next((turn.text for turn in turns if turn.index == moment.turn_index), "")
    said = said or " ".join(quote.text for quote in moment.quotes if quote.is_cause)
    approved = [promise for promise in promises if promise.kind == PromiseKind.APPROVED]
    best = max(approved, key=lambda promise: overlap(promise.text, said), default=None)
    if best is not None and overlap(best.text, said) > 0:
        return best.text
    for promise in promises:
        if promise.kind in _WARNED_OF and promise.note and _is_in(promise.text, said):
            return promise.note
    return ""


def _is_in(phrase: str, said: str) -> bool:
    """Whether the whole phrase is among the words, however they are inflected."""
    return overlap(phrase, said) >= 1.0
