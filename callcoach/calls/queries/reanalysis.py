"""Which calls show an analysis that today's engine, or today's campaign, would make differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from callcoach.accounts.access import Viewer
from callcoach.analysis.engine import ANALYSIS_VERSION
from callcoach.calls.models import AnalysisRun, Call
from callcoach.calls.queries import in_scope
from callcoach.extensions import db
from callcoach.tuning.queries import fingerprints


@dataclass(frozen=True, slots=True)
class ReanalysisProgress:
    """How many calls show an analysis by today's engine, of all that have one."""

    done: int
    total: int

    @property
    def is_complete(self) -> bool:
        return self.done >= self.total


def is_outdated(tunings: Mapping[int, str] | None = None) -> ColumnElement[bool]:
    """Calls whose analysis another version of the engine made, or another tuning of the campaign,
    as a condition on `Call`. A call without an analysis is not outdated: it has not come so far.

    Args:
        tunings: `tuning.queries.fingerprints`, when they are known already.
    """
    current = aliased(AnalysisRun)
    found = fingerprints() if tunings is None else tunings
    # One lookup by the campaign's number, however many campaigns are tuned
    wanted = case(dict(found), value=Call.campaign_id, else_="") if found else literal("")
    return exists().where(
        current.id == Call.current_analysis_id,
        or_(current.analysis_version != ANALYSIS_VERSION, current.tuning != wanted),
    )


def can_be_analysed_again() -> ColumnElement[bool]:
    """Calls with a transcript and an analysis, not put aside, as a condition on `Call`."""
    return and_(
        Call.deleted_at.is_(None),
        Call.current_transcript_id.is_not(None),
        Call.current_analysis_id.is_not(None),
    )


def outdated_calls(campaign_id: int | None = None) -> Select[int]:
    """Numbers of the calls to be analysed again, newest first."""
    statement = select(Call.id).where(can_be_analysed_again(), is_outdated())
    if campaign_id is not None:
        statement = statement.where(Call.campaign_id == campaign_id)
    return statement.order_by(Call.started_at.desc(), Call.id.desc())


def reanalysis_progress(viewer: Viewer, campaign_id: int | None = None) -> ReanalysisProgress:
    """How far the calls of a campaign, or all, in the viewer's scope have come."""
    mine = [can_be_analysed_again(), in_scope(viewer)]
    if campaign_id is not None:
        mine.append(Call.campaign_id == campaign_id)
    total = db.session.scalar(select(func.count(Call.id)).where(*mine)) or 0
    behind = db.session.scalar(select(func.count(Call.id)).where(*mine, is_outdated())) or 0
    return ReanalysisProgress(total - behind, total)
