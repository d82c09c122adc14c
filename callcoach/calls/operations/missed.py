"""Moments that a person marks because the engine had missed them."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Cause
from callcoach.calls.judging import match, same_among
from callcoach.calls.models import MISSED, Call, Decision, TippingPoint, Verdict
from callcoach.calls.operations.judging import (
    judge,
    lock_moments,
    put_in_force,
    require_judge,
    verdicts_in_force,
)
from callcoach.errors import InvalidInput

#: A marked moment weighs as a moderate one: nobody was asked how grave it is.
MISSED_SEVERITY = 2
#: Longest quote that is kept, characters; a longer one is cut.
MAX_QUOTE = 1000


def mark_missed(
    viewer: Viewer,
    call: Call,
    *,
    channel: int,
    start_ms: int,
    end_ms: int,
    cause: Cause | str,
    quote: str = "",
) -> Verdict:
    """Mark a moment that turns the call and that no flag covers; it shows as a confirmed moment.

    Where a flag of this cause covers the moment, held back or rejected or neither, that flag is
    confirmed instead. Marking the same cause on the same moment again changes nothing. Undone by
    `withdraw_verdict`.

    Args:
        channel: 0 or 1.
        start_ms, end_ms: half-open, milliseconds from the start of the recording.
        quote: the words of the moment.

    Raises:
        NotFound, NotAllowed: as `require_judge`.
        InvalidInput: no such cause or channel, or the moment does not lie within the call.
    """
    require_judge(viewer, call)
    try:
        found = Cause(cause)
    except ValueError:
        raise InvalidInput("Say which kind of moment it is.") from None
    if channel not in (0, 1) or not 0 <= start_ms < end_ms <= call.duration_ms:
        raise InvalidInput("The moment must lie within the call.")
    verdict = Verdict(
        call_id=call.id,
        decision=Decision.CONFIRMED,
        channel=channel,
        start_ms=start_ms,
        end_ms=end_ms,
        quote=quote.strip()[:MAX_QUOTE],
        cause=found.value,
        valence=found.valence.value,
        severity=MISSED_SEVERITY,
        confidence=1.0,
        detector=MISSED,
        evidence=[],
        explanation={"key": f"explanation.missed_{found.valence.value}", "values": {}},
        suggestion={"key": f"suggestion.{found.value}", "values": {}},
        author_id=viewer.user_id,
    )
    lock_moments(call)
    points: list[TippingPoint] = (
        call.current_analysis.tipping_points if call.current_analysis else []
    )
    covering = same_among(sorted(points, key=lambda point: point.id), verdict)
    if covering is not None:
        return judge(viewer, call, covering, Decision.CONFIRMED)
    _taken, alone = match(points, verdicts_in_force(call.id))
    present = same_among(sorted(alone, key=lambda item: item.id, reverse=True), verdict)
    if present is not None and present.decision == Decision.CONFIRMED:
        return present
    return put_in_force(viewer, call, verdict, "moment.missed", replaces=present)
