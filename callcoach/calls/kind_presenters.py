"""Who was reached, as a page says it: plainly when somebody said so, with its reason as a guess."""

from __future__ import annotations

from dataclasses import dataclass

from callcoach.calls.call_presenters import worded
from callcoach.calls.models import AnalysisRun, Call, CallKind, KindSource
from callcoach.calls.presenters import kind_label

#: A conversation guessed with less than this is shown as one to check; see `analysis.kind`, where
#: 0.5 is "nothing speaks against it, but little was said".
DOUBT_BELOW = 0.5


@dataclass(frozen=True, slots=True)
class KindView:
    """The kind of a call.

    Args:
        heard: why it is guessed; "" where somebody said it, and for an ordinary conversation.
        others: further reasons.
        can_be_heard: the analysis has a guess that people set aside.
    """

    kind: str
    label: str
    heard: str
    others: tuple[str, ...]
    can_be_heard: bool
    heard_label: str

    @property
    def is_guess(self) -> bool:
        return bool(self.heard)


def kind_view(call: Call, analysis: AnalysisRun | None) -> KindView:
    """The kind of `call`, and what the guess in `analysis` rests on where that is what it is."""
    guessed = CallKind(analysis.kind) if analysis is not None and analysis.kind else None
    reasons: tuple[str, ...] = ()
    if analysis is not None and guessed is not None and call.kind_source == KindSource.ANALYSIS:
        is_doubtful = (analysis.kind_confidence or 0.0) < DOUBT_BELOW
        if guessed != CallKind.TARGET or is_doubtful:
            reasons = tuple(filter(None, (worded(reason) for reason in analysis.kind_reasons)))
    return KindView(
        kind=str(call.kind),
        label=kind_label(call.kind),
        heard=reasons[0] if reasons else "",
        others=reasons[1:],
        can_be_heard=guessed is not None and call.kind_source != KindSource.ANALYSIS,
        heard_label=kind_label(guessed) if guessed is not None else "",
    )
