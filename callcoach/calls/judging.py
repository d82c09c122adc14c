"""Flags and the verdicts on them. Pure: which verdict belongs to which flag of an analysis.

A verdict owns its moment. It belongs to a flag of the same cause on the same channel that shares
enough of its time; when an analysis raises none, the moment is shown from the verdict alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from callcoach.analysis.model import Valence
from callcoach.calls.models import MISSED, Decision, TippingPoint, Verdict

#: Share of the shorter of two stretches that both must cover to be one moment. An analysis of
#: another version moves a flag's bounds by words, not to another sentence.
SAME_MOMENT = 0.5


class Stretch(Protocol):
    """A piece of one channel, milliseconds, half-open."""

    @property
    def channel(self) -> int: ...

    @property
    def start_ms(self) -> int: ...

    @property
    def end_ms(self) -> int: ...


class Flagged(Stretch, Protocol):
    """A stretch with what was found there."""

    @property
    def cause(self) -> str: ...


Candidate = TypeVar("Candidate", bound=Flagged)


def shared_ms(one: Stretch, other: Stretch) -> int:
    """How long both last at once; 0 on different channels.

    A moment without length is a position: it shares one millisecond with what holds it.
    """
    if one.channel != other.channel:
        return 0
    start = max(one.start_ms, other.start_ms)
    end = min(max(one.end_ms, one.start_ms + 1), max(other.end_ms, other.start_ms + 1))
    return max(0, end - start)


def likeness(one: Stretch, other: Stretch) -> float:
    """Shared time as a part of all the time that either takes, 0 to 1; 1 only for the same bounds.

    Tells apart two flags of one cause of which one lies inside the other.
    """
    shared = shared_ms(one, other)
    lengths = sum(max(1, item.end_ms - item.start_ms) for item in (one, other))
    return shared / (lengths - shared)


def is_same_moment(one: Stretch, other: Stretch) -> bool:
    """Largely the same stretch: `SAME_MOMENT` of the shorter one."""
    shorter = min(one.end_ms - one.start_ms, other.end_ms - other.start_ms)
    return shared_ms(one, other) >= max(1, SAME_MOMENT * shorter)


def same_among(candidates: Iterable[Candidate], moment: Flagged) -> Candidate | None:
    """The one of `candidates` that is `moment`: of its cause, largely the same stretch, and the
    most like it, the first of several that are; None when there is none.
    """
    fitting = [
        one for one in candidates if one.cause == moment.cause and is_same_moment(one, moment)
    ]
    return max(fitting, key=lambda one: likeness(one, moment), default=None)


def standing(
    point: TippingPoint, points: Iterable[TippingPoint], verdicts: Iterable[Verdict]
) -> Verdict | None:
    """The verdict in force on the moment of `point`; None when nobody judged it.

    Args:
        point: one of `points`, or a flag of an earlier analysis.
        points: flags of the present analysis.
        verdicts: the call's, in force.
    """
    present = list(points)
    taken, alone = match(present, verdicts)
    again = found_again(point, present)
    if again is None:
        kept = [v for v in alone if v.cause == point.cause and is_same_moment(v, point)]
        return max(kept, key=lambda verdict: verdict.id, default=None)
    return taken.get(again.id)


def found_again(point: TippingPoint, points: Iterable[TippingPoint]) -> TippingPoint | None:
    """The flag among `points` that is `point`: itself, or as another analysis raised it; None when
    that one did not.
    """
    present = sorted(points, key=lambda item: item.id)
    if any(item.id == point.id for item in present):
        return point
    return same_among(present, point)


def match(
    points: Iterable[TippingPoint], verdicts: Iterable[Verdict]
) -> tuple[dict[int, Verdict], list[Verdict]]:
    """Verdicts in force by the id of the flag that each belongs to, and those without a flag.

    The newest verdict wins a flag; a verdict takes the flag that it is most like, and no other.
    Flags must have ids.
    """
    free = sorted(points, key=lambda point: point.id)
    taken: dict[int, Verdict] = {}
    alone = []
    for verdict in sorted(verdicts, key=lambda item: item.id, reverse=True):
        best = same_among(free, verdict)
        if best is None:
            alone.append(verdict)
            continue
        free.remove(best)
        taken[best.id] = verdict
    return taken, alone


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment to show: a flag with the verdict on it, or a verdict whose flag is gone.

    At least one of `point` and `verdict` is there.
    """

    point: TippingPoint | None
    verdict: Verdict | None
    #: A flag that nobody judged and that is not put before people in its campaign.
    is_held_back: bool = False

    @property
    def _source(self) -> TippingPoint | Verdict:
        source = self.point or self.verdict
        assert source is not None
        return source

    @property
    def key(self) -> str:
        """Stable name within the page: ``p12`` for a flag, ``v7`` for a verdict alone."""
        return f"p{self.point.id}" if self.point else f"v{self._source.id}"

    @property
    def decision(self) -> Decision | None:
        return Decision(self.verdict.decision) if self.verdict else None

    @property
    def is_rejected(self) -> bool:
        return self.decision is Decision.REJECTED

    @property
    def is_confirmed(self) -> bool:
        return self.decision is Decision.CONFIRMED

    @property
    def is_kept(self) -> bool:
        """Shown although the present analysis does not flag it: a person judged it."""
        return self.point is None

    @property
    def is_missed(self) -> bool:
        """A person marked it because the engine had not; today's analysis may flag it."""
        return self.verdict is not None and self.verdict.detector == MISSED

    @property
    def detector(self) -> str:
        return self._source.detector

    @property
    def turn_index(self) -> int | None:
        """Turn that the flag was raised on; None without a flag (find it by overlap)."""
        return self.point.turn_index if self.point else None

    @property
    def channel(self) -> int:
        return self._source.channel

    @property
    def start_ms(self) -> int:
        return self._source.start_ms

    @property
    def end_ms(self) -> int:
        return self._source.end_ms

    @property
    def valence(self) -> str:
        return self._source.valence

    @property
    def cause(self) -> str:
        return self._source.cause

    @property
    def severity(self) -> int:
        return self._source.severity

    @property
    def confidence(self) -> float:
        return self._source.confidence

    @property
    def quote(self) -> str:
        return self._source.quote

    @property
    def evidence(self) -> list[dict[str, Any]]:
        return self._source.evidence

    @property
    def explanation(self) -> dict[str, Any]:
        return self._source.explanation

    @property
    def suggestion(self) -> dict[str, Any]:
        return self._source.suggestion


def moments(
    points: Sequence[TippingPoint],
    alone: Iterable[Verdict],
    *,
    sees_unconfirmed: bool,
    is_held_back: Callable[[TippingPoint], bool] | None = None,
) -> list[Moment]:
    """What a viewer may see, by start.

    Args:
        points: flags of the analysis shown, with their verdicts loaded.
        alone: verdicts in force without a flag there. A rejection without a flag has nothing to
            show and is left out.
        sees_unconfirmed: supervisors and team leads see every flag, also rejected ones (to undo
            that). Others see confirmed flags, and positive ones that nobody rejected.
        is_held_back: whether flags like this one are held back; one with a verdict never is. None
            holds nothing back.
    """
    found = [
        Moment(
            point,
            point.verdict,
            point.verdict is None and is_held_back is not None and is_held_back(point),
        )
        for point in points
    ]
    found += [Moment(None, verdict) for verdict in alone if verdict.decision == Decision.CONFIRMED]
    if not sees_unconfirmed:
        found = [
            moment
            for moment in found
            if moment.is_confirmed
            or (moment.valence == Valence.POSITIVE and not moment.is_rejected)
        ]
    return sorted(found, key=lambda moment: (moment.start_ms, moment.key))
