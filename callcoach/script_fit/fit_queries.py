"""Reads about what calls made of a script: one call, all lines over many calls, one line in detail.

Counts are of calls, never of agents: nobody is compared with anybody here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Team
from callcoach.analysis.model import Valence
from callcoach.calls import queries as calls
from callcoach.calls.models import Call, Decision, Verdict
from callcoach.calls.queries import CallFilters
from callcoach.extensions import db
from callcoach.progress.counting import Share
from callcoach.script_fit.fitting import outdated_fits
from callcoach.script_fit.models import CallFit, LineUse, Said
from callcoach.script_library.models import Script, ScriptLine, ScriptVersion

#: Newest uses of a line that are read to see how it is really said.
MOST_USES = 300
#: Most moments of a line that a page lists.
MOST_MOMENTS = 30


@dataclass(frozen=True, slots=True)
class LineHeat:
    """What became of one line in the calls counted; shares are of those in which it was due.

    Args:
        negative, positive: of the calls in which it was said, those with a confirmed moment of this
            kind while it was.
    """

    line_id: int
    said: Share
    otherwise: Share
    skipped: Share
    negative: Share
    positive: Share

    @property
    def due(self) -> int:
        return self.said.total


@dataclass(frozen=True, slots=True)
class Heat:
    """A version of a script over calls.

    Args:
        calls: aligned with it and within the filters.
        lines: by key, those of the version that a call was aligned with.
        waiting: calls of the campaign that are still to be aligned.
    """

    calls: int
    lines: dict[str, LineHeat]
    waiting: int


@dataclass(frozen=True, slots=True)
class HeatChoices:
    """What the filters of a script's heat can be set to, for one viewer."""

    versions: list[ScriptVersion]
    teams: list[Team]
    personas: list[str]


def fit_of(call: Call) -> CallFit | None:
    """What is kept of a call that the viewer was let read; None before it was aligned with the
    version that it is pinned to.
    """
    found = db.session.scalar(
        select(CallFit)
        .where(CallFit.call_id == call.id, CallFit.version_id == call.script_version_id)
        .options(joinedload(CallFit.version), selectinload(CallFit.uses).joinedload(LineUse.line))
    )
    return found


def heat_choices(viewer: Viewer, script: Script) -> HeatChoices:
    """Versions that calls were aligned with, newest first; teams and personas of those calls."""
    mine = (
        select(CallFit.version_id, Call.team_id, Call.persona)
        .join(Call, Call.id == CallFit.call_id)
        .join(ScriptVersion, ScriptVersion.id == CallFit.version_id)
        .where(
            ScriptVersion.script_id == script.id,
            Call.deleted_at.is_(None),
            calls.in_scope(viewer),
        )
        .distinct()
    )
    rows = db.session.execute(mine).all()
    versions = select(ScriptVersion).where(ScriptVersion.id.in_({row[0] for row in rows}))
    teams = select(Team).where(Team.id.in_({row[1] for row in rows})).order_by(Team.name)
    return HeatChoices(
        versions=list(db.session.scalars(versions.order_by(ScriptVersion.number.desc()))),
        teams=list(db.session.scalars(teams)),
        personas=sorted({row[2] for row in rows if row[2]}),
    )


def heat(viewer: Viewer, version: ScriptVersion, filters: CallFilters) -> Heat:
    """What became of each line of a version in the calls that the filters leave."""
    chosen = (
        CallFit.version_id == version.id,
        CallFit.reason == "",
        CallFit.call_id.in_(calls.call_ids(viewer, filters)),
    )
    count = db.session.scalar(select(func.count(CallFit.call_id)).where(*chosen)) or 0
    rows = db.session.execute(
        select(
            ScriptLine.key,
            LineUse.line_id,
            *(_count(LineUse.said == said.value) for said in Said),
            _count(_has_moment(Valence.NEGATIVE)),
            _count(_has_moment(Valence.POSITIVE)),
        )
        .join(ScriptLine, ScriptLine.id == LineUse.line_id)
        .join(CallFit, CallFit.call_id == LineUse.call_id)
        .where(*chosen)
        .group_by(ScriptLine.key, LineUse.line_id)
    )
    waiting = outdated_fits(version.script.campaign_id).where(calls.in_scope(viewer))
    lines: dict[str, LineHeat] = {}
    for key, line_id, *numbers in rows:
        said, otherwise, skipped, _not_due, negative, positive = (int(n) for n in numbers)
        due, used = said + otherwise + skipped, said + otherwise
        lines[key] = LineHeat(
            line_id=line_id,
            said=Share(said, due),
            otherwise=Share(otherwise, due),
            skipped=Share(skipped, due),
            negative=Share(negative, used),
            positive=Share(positive, used),
        )
    return Heat(
        calls=count,
        lines=lines,
        waiting=db.session.scalar(
            select(func.count()).select_from(waiting.order_by(None).subquery())
        )
        or 0,
    )


def uses_of(viewer: Viewer, line: ScriptLine) -> list[tuple[Call, LineUse]]:
    """The newest uses of a line in calls that the viewer reads, newest first."""
    found = db.session.execute(
        select(Call, LineUse)
        .join(LineUse, LineUse.call_id == Call.id)
        .where(
            LineUse.line_id == line.id,
            LineUse.said.in_([Said.SAID.value, Said.OTHERWISE.value]),
            LineUse.words != "",
            Call.deleted_at.is_(None),
            calls.in_scope(viewer),
        )
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(MOST_USES)
    )
    return [(call, use) for call, use in found]


def calls_with_old_words(viewer: Viewer, version: ScriptVersion) -> tuple[list[Call], int]:
    """Calls that the viewer reads which took place on a version, after its briefing, in the words
    that were said before it: the newest `MOST_MOMENTS` of them, and how many there are.
    """
    chosen = (
        CallFit.version_id == version.id,
        CallFit.is_outdated.is_(True),
        Call.script_version_id == version.id,
        Call.deleted_at.is_(None),
        calls.in_scope(viewer),
    )
    found = db.session.scalars(
        select(Call)
        .join(CallFit, CallFit.call_id == Call.id)
        .where(*chosen)
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(MOST_MOMENTS)
    ).all()
    total = db.session.scalar(
        select(func.count(Call.id)).join(CallFit, CallFit.call_id == Call.id).where(*chosen)
    )
    return list(found), total or 0


def turns_around(viewer: Viewer, line: ScriptLine) -> list[tuple[Call, Verdict]]:
    """Confirmed moments, breaks and openings, while a line was said; newest calls first."""
    found = db.session.execute(
        select(Call, Verdict)
        .join(Verdict, Verdict.call_id == Call.id)
        .where(
            exists().where(LineUse.line_id == line.id, _in_moment()).correlate(Verdict),
            *_confirmed(),
            Call.deleted_at.is_(None),
            calls.in_scope(viewer),
        )
        .order_by(Call.started_at.desc(), Verdict.start_ms)
        .limit(MOST_MOMENTS)
    )
    return [(call, verdict) for call, verdict in found]


def moments_by_use(viewer: Viewer, uses: Sequence[LineUse]) -> dict[int, set[Valence]]:
    """For some uses of lines, by number, which confirmed moments fall into them."""
    found = db.session.execute(
        select(LineUse.id, Verdict.valence)
        .join(Verdict, _in_moment())
        .join(Call, Call.id == LineUse.call_id)
        .where(
            LineUse.id.in_([use.id for use in uses]),
            *_confirmed(),
            calls.in_scope(viewer),
        )
    )
    by_use: dict[int, set[Valence]] = {}
    for use_id, valence in found:
        by_use.setdefault(use_id, set()).add(Valence(valence))
    return by_use


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _in_moment() -> ColumnElement[bool]:
    """A verdict lasts at the same time as a use of a line."""
    return and_(
        Verdict.call_id == LineUse.call_id,
        Verdict.start_ms < LineUse.end_ms,
        Verdict.end_ms > LineUse.start_ms,
    )


def _confirmed() -> tuple[ColumnElement[bool], ...]:
    return (Verdict.decision == Decision.CONFIRMED.value, Verdict.withdrawn_at.is_(None))


def _has_moment(valence: Valence) -> ColumnElement[bool]:
    return (
        exists()
        .where(_in_moment(), *_confirmed(), Verdict.valence == valence.value)
        .correlate(LineUse)
    )
