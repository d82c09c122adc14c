"""What the daily check measures: what the engine misses, and how far two supervisors agree.

Figures of a campaign, never of a person: none is kept or shown by supervisor or by agent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.analysis.evaluation import Flag, match
from callcoach.analysis.model import Cause, Valence
from callcoach.analysis.truth import TruthPoint
from callcoach.calls.access import sees_unconfirmed_flags
from callcoach.calls.judging import Stretch, shared_ms
from callcoach.calls.mapping import to_s
from callcoach.calls.models import AnalysisRun, Call, Decision, Verdict
from callcoach.campaigns.queries import get_campaign
from callcoach.extensions import db
from callcoach.learning.check_figures import Kappa, Share, f1, kappa
from callcoach.learning.check_queries import points_of
from callcoach.learning.models import Check, CheckKind


@dataclass(frozen=True, slots=True)
class Recall:
    """What the engine finds of what people mark without seeing it.

    Args:
        calls: calls that were marked blind.
        found: of the marked moments, those that were flagged: the recall.
        right: of the flags on these calls, those that were marked too: the precision, with nobody
            persuaded by a card.
    """

    calls: int
    found: Share
    right: Share

    @property
    def f1(self) -> float | None:
        """In [0, 1]; None where nothing was marked and nothing flagged."""
        return f1(self.found, self.right)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two supervisors agree: no engine can be expected to agree with them more.

    Args:
        same: of the flags judged twice, those judged alike.
        kappa: the same beyond chance; None while it cannot be told.
        pairs: calls that two people marked blind.
        human_f1: F1 of one's marks against the other's over these, in [0, 1]; None without any.
        engine_f1: F1 of the flags on all blindly marked calls, in [0, 1]; None without any.
    """

    same: Share
    kappa: Kappa | None
    pairs: int
    human_f1: float | None
    engine_f1: float | None

    @property
    def engine_share(self) -> float | None:
        """The engine's F1 as a part of two people's, 0 or more; None while either is unknown."""
        if self.engine_f1 is None or not self.human_f1:
            return None
        return self.engine_f1 / self.human_f1


@dataclass(frozen=True, slots=True)
class Comparison:
    """A blindly marked call beside its flags; positions in the two lists.

    Args:
        both: pairs of a flag and a mark that are the same moment.
        only_marked: marks without a flag.
        only_flagged: flags without a mark.
    """

    both: Sequence[tuple[int, int]]
    only_marked: Sequence[int]
    only_flagged: Sequence[int]


class Placed(Stretch, Protocol):
    """A stretch that turns the call to the better or to the worse."""

    @property
    def valence(self) -> str: ...


def recall(viewer: Viewer, campaign_id: int) -> Recall:
    """Flags against blind marks, over the campaign's calls that were marked.

    A flag counts when it is put before people as things stand: what is held back today counts as
    missed. For those who see no unconfirmed flags there is nothing.

    Raises:
        NotFound: no such campaign, or outside the viewer's scope.
    """
    found, right = Share(0, 0), Share(0, 0)
    marked: set[int] = set()
    for check in _done(viewer, campaign_id, CheckKind.BLIND):
        flags = [point for point in points_of(check.analysis) if point.start_ms < check.length_ms]
        both = compare(flags, check.marks, check.analysis).both
        found += Share(len(both), len(check.marks))
        right += Share(len(both), len(flags))
        marked.add(check.call_id)
    return Recall(len(marked), found, right)


def agreement(viewer: Viewer, campaign_id: int) -> Agreement:
    """Second opinions, and calls that two people marked blind.

    Raises:
        NotFound: as `recall`.
    """
    said = [
        (check.verdict.decision == Decision.CONFIRMED, check.decision == Decision.CONFIRMED)
        for check in _done(viewer, campaign_id, CheckKind.SECOND)
        if check.verdict is not None
    ]
    by_call: dict[int, list[Check]] = defaultdict(list)
    for check in _done(viewer, campaign_id, CheckKind.BLIND):
        by_call[check.call_id].append(check)
    one_found, other_found, pairs = Share(0, 0), Share(0, 0), 0
    for checks in by_call.values():
        for one, other in combinations(checks, 2):
            both = len(compare(one.marks, other.marks, other.analysis).both)
            one_found += Share(both, len(one.marks))
            other_found += Share(both, len(other.marks))
            pairs += 1
    return Agreement(
        same=Share(sum(one == other for one, other in said), len(said)),
        kappa=kappa(said),
        pairs=pairs,
        human_f1=f1(one_found, other_found),
        engine_f1=recall(viewer, campaign_id).f1,
    )


def compare(
    flags: Sequence[Placed], marks: Sequence[Placed], analysis: AnalysisRun | None
) -> Comparison:
    """Match flags with marks as `callcoach evaluate` does: of one valence, starting at most five
    seconds apart or within the turn that is marked.

    Args:
        analysis: whose turns the marks lie in; without it, marks are their own turns.
    """
    pairs = match([_flag(flag) for flag in flags], [_marked(mark, analysis) for mark in marks])
    flagged, marked = {i for i, _ in pairs}, {j for _, j in pairs}
    return Comparison(
        both=sorted(pairs, key=lambda pair: marks[pair[1]].start_ms),
        only_marked=[j for j in range(len(marks)) if j not in marked],
        only_flagged=[i for i in range(len(flags)) if i not in flagged],
    )


def _flag(placed: Placed) -> Flag:
    return Flag(to_s(placed.start_ms), Valence(placed.valence), "")


def _marked(mark: Placed, analysis: AnalysisRun | None) -> TruthPoint:
    """A mark as a truth point; its cause, which need not be named, takes no part in matching."""
    turns = analysis.turns if analysis is not None else ()
    turn = max(turns, key=lambda turn: shared_ms(turn, mark), default=None)
    is_in_turn = turn is not None and shared_ms(turn, mark) > 0
    around = turn if turn is not None and is_in_turn else mark
    valence = Valence(mark.valence)
    return TruthPoint(
        start_s=to_s(mark.start_ms),
        turn_start_s=to_s(around.start_ms),
        turn_end_s=to_s(around.end_ms),
        valence=valence,
        cause=next(cause for cause in Cause if cause.valence is valence),
        severity=1,
    )


def _done(viewer: Viewer, campaign_id: int, kind: CheckKind) -> Iterable[Check]:
    """The campaign's checks of a kind that were answered, not passed over."""
    get_campaign(viewer, campaign_id)
    if not sees_unconfirmed_flags(viewer):
        return ()
    answered = Check.analysis_id if kind is CheckKind.BLIND else Check.decision
    return db.session.scalars(
        select(Check)
        .join(Call, Call.id == Check.call_id)
        .where(
            Check.kind == kind,
            Call.campaign_id == campaign_id,
            Check.done_at.is_not(None),
            answered.is_not(None),
        )
        .options(
            selectinload(Check.marks),
            joinedload(Check.verdict).load_only(Verdict.decision),
            joinedload(Check.analysis).selectinload(AnalysisRun.turns),
        )
        .order_by(Check.id)
    ).all()
