"""Calls, their turns and what a list of them can be narrowed to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Select,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, Team, User
from callcoach.calls.mapping import ShownTurn, shown_turns
from callcoach.calls.models import (
    AnalysisRun,
    Call,
    CallKind,
    CallState,
    Outcome,
    TippingPoint,
    Turn,
    TurnCorrection,
)
from callcoach.calls.queries.flags import is_shown
from callcoach.calls.queries.scope import in_scope
from callcoach.calls.queries.tags import has_tag, known_tags
from callcoach.campaigns.models import Campaign, CampaignTeam, Sponsor
from callcoach.errors import NotFound
from callcoach.extensions import UtcDateTime, db

#: Calls on a page of the list.
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class CallFilters:
    """What to list; None or "" means any.

    Args:
        text: every word must occur in the prospect, company, phone, file name, external id, agent
            or campaign.
        since, until: calendar days in `timezone`, both included.
        cause, valence: of a tipping point the viewer may see in the current analysis.
        tag: in any spelling; finds nothing for who sees no tags.
        min_s, max_s: bounds of the duration, seconds, both included.
        timezone: zone of the days (IANA name).
    """

    text: str = ""
    team_id: int | None = None
    agent_id: int | None = None
    campaign_id: int | None = None
    sponsor_id: int | None = None
    persona: str = ""
    state: CallState | None = None
    kind: CallKind | None = None
    outcome: Outcome | None = None
    since: date | None = None
    until: date | None = None
    cause: str = ""
    valence: str = ""
    tag: str = ""
    min_s: float | None = None
    max_s: float | None = None
    timezone: str = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class CallPage:
    """One page of a list; `number` from 1."""

    items: list[Call]
    total: int
    number: int
    per_page: int

    @property
    def page_count(self) -> int:
        return max(1, -(-self.total // self.per_page))


def list_calls(
    viewer: Viewer, filters: CallFilters | None = None, page: int = 1, per_page: int = PER_PAGE
) -> CallPage:
    """Calls in the viewer's scope, newest first; a page past the end is the last one."""
    wanted = _filtered(viewer, filters or CallFilters())
    total = db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    number = min(max(1, page), max(1, -(-total // per_page)))
    statement = (
        select(Call)
        .where(Call.id.in_(wanted))
        .options(
            joinedload(Call.team),
            joinedload(Call.agent),
            joinedload(Call.campaign).joinedload(Campaign.sponsor),
        )
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(per_page)
        .offset((number - 1) * per_page)
    )
    return CallPage(list(db.session.scalars(statement)), total, number, per_page)


def get_call(viewer: Viewer, call_id: int, *, include_deleted: bool = False) -> Call:
    """The call, with team, agent, campaign and recording loaded.

    Raises:
        NotFound: there is none, it was put aside, or it is outside the viewer's scope.
    """
    statement = (
        select(Call)
        .where(Call.id == call_id, in_scope(viewer))
        .options(
            joinedload(Call.team),
            joinedload(Call.agent),
            joinedload(Call.campaign).joinedload(Campaign.sponsor),
            joinedload(Call.recording),
        )
    )
    if not include_deleted:
        statement = statement.where(Call.deleted_at.is_(None))
    call = db.session.scalars(statement).unique().one_or_none()
    if call is None:
        raise NotFound("There is no such call.")
    return call


def calls_by_id(viewer: Viewer, call_ids: Iterable[int]) -> list[Call]:
    """Those of `call_ids` that exist, are not put aside and lie in the viewer's scope."""
    statement = (
        select(Call)
        .where(Call.id.in_(list(call_ids)), in_scope(viewer), Call.deleted_at.is_(None))
        .options(
            joinedload(Call.team),
            joinedload(Call.agent),
            joinedload(Call.campaign).joinedload(Campaign.sponsor),
        )
        .order_by(Call.started_at.desc(), Call.id.desc())
    )
    return list(db.session.scalars(statement))


def neighbours(viewer: Viewer, filters: CallFilters, call: Call) -> tuple[int | None, int | None]:
    """Numbers of the calls just above and just below `call` in the list with these filters, which
    the call itself need not match; None at either end.
    """
    listed = select(Call.id).where(Call.id.in_(_filtered(viewer, filters)))
    place = tuple_(Call.started_at, Call.id)
    here = tuple_(literal(call.started_at, UtcDateTime), literal(call.id))
    above = listed.where(place > here).order_by(Call.started_at, Call.id).limit(1)
    below = listed.where(place < here).order_by(Call.started_at.desc(), Call.id.desc()).limit(1)
    return db.session.scalar(above), db.session.scalar(below)


def get_turn(viewer: Viewer, turn_id: int) -> tuple[Call, Turn]:
    """A turn, of any analysis version, and its call.

    Raises:
        NotFound: as `get_call`.
    """
    turn = db.session.get(Turn, turn_id)
    if turn is None:
        raise NotFound("There is no such turn.")
    return get_call(viewer, turn.analysis.call_id), turn


def current_analysis(call: Call) -> AnalysisRun | None:
    """The version the call shows; none before the first one is done."""
    return call.current_analysis


def turns_of(call: Call) -> list[ShownTurn]:
    """The current turns with people's corrections, by start."""
    if call.current_analysis is None:
        return []
    corrections = db.session.scalars(
        select(TurnCorrection).where(TurnCorrection.call_id == call.id)
    )
    return shown_turns(call.current_analysis.turns, corrections)


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What the filters of a list can be set to, for one viewer."""

    teams: list[Team]
    agents: list[User]
    campaigns: list[Campaign]
    sponsors: list[Sponsor]
    personas: list[str]
    tags: list[str]


def filter_choices(viewer: Viewer) -> FilterChoices:
    """Teams, agents, campaigns, sponsors, personas and tags that occur in the viewer's calls."""
    mine = select(Call).where(in_scope(viewer), Call.deleted_at.is_(None))

    def ids(column: InstrumentedAttribute[Any]) -> Select[Any]:
        return mine.with_only_columns(column).distinct()

    campaigns = list(
        db.session.scalars(
            select(Campaign)
            .join(Campaign.sponsor)
            .options(contains_eager(Campaign.sponsor))
            .where(Campaign.id.in_(ids(Call.campaign_id)))
            .order_by(Sponsor.name, Campaign.name)
        )
    )
    sponsors = {campaign.sponsor_id: campaign.sponsor for campaign in campaigns}
    personas = db.session.scalars(mine.with_only_columns(Call.persona).distinct())
    return FilterChoices(
        teams=list(
            db.session.scalars(
                select(Team).where(Team.id.in_(ids(Call.team_id))).order_by(Team.name)
            )
        ),
        agents=list(
            db.session.scalars(
                select(User).where(User.id.in_(ids(Call.agent_id))).order_by(User.name)
            )
        ),
        campaigns=campaigns,
        sponsors=list(sponsors.values()),
        personas=sorted(persona for persona in personas if persona),
        tags=[tag.name for tag in known_tags(viewer)],
    )


@dataclass(frozen=True, slots=True)
class ImportChoices:
    """What a viewer can say of recordings they import."""

    teams: list[Team]
    agents: list[User]
    campaigns: list[Campaign]


def import_choices(viewer: Viewer) -> ImportChoices:
    """Teams the viewer may import into, their enabled agents and open campaigns."""
    teams = select(Team).where(Team.is_archived.is_(False)).order_by(Team.name)
    if not viewer.sees_everything:
        teams = teams.where(Team.id.in_(sorted(viewer.team_ids)))
        if not viewer.has_role(Role.SUPERVISOR, Role.TEAM_LEAD):
            teams = teams.where(false())
    found = list(db.session.scalars(teams))
    team_ids = [team.id for team in found]
    agents = select(User).where(
        User.role == Role.AGENT,
        User.is_enabled.is_(True),
        User.memberships.any(Membership.team_id.in_(team_ids)),
    )
    campaigns = (
        select(Campaign)
        .join(Campaign.sponsor)
        .options(contains_eager(Campaign.sponsor))
        .where(
            Campaign.is_archived.is_(False), Campaign.teams.any(CampaignTeam.team_id.in_(team_ids))
        )
        .order_by(Sponsor.name, Campaign.name)
    )
    return ImportChoices(
        teams=found,
        agents=list(db.session.scalars(agents.order_by(User.name))),
        campaigns=list(db.session.scalars(campaigns)),
    )


def call_ids(viewer: Viewer, filters: CallFilters) -> Select[int]:
    """Numbers of the calls that `list_calls` lists, for other rooms to search within."""
    return _filtered(viewer, filters)


def _filtered(viewer: Viewer, filters: CallFilters) -> Select[int]:
    statement = select(Call.id).where(in_scope(viewer), Call.deleted_at.is_(None))
    equals: dict[object, object] = {
        Call.team_id: filters.team_id,
        Call.agent_id: filters.agent_id,
        Call.campaign_id: filters.campaign_id,
        Call.persona: filters.persona or None,
        Call.state: filters.state,
        Call.kind: filters.kind,
        Call.outcome: filters.outcome,
    }
    for column, value in equals.items():
        if value is not None:
            statement = statement.where(column == value)  # type: ignore[arg-type]
    if filters.sponsor_id is not None:
        statement = statement.where(
            Call.campaign_id.in_(
                select(Campaign.id).where(Campaign.sponsor_id == filters.sponsor_id)
            )
        )
    zone = ZoneInfo(filters.timezone)
    if filters.since is not None:
        statement = statement.where(Call.started_at >= _midnight(filters.since, zone))
    if filters.until is not None:
        end = _midnight(filters.until + timedelta(days=1), zone)
        statement = statement.where(Call.started_at < end)
    if filters.min_s is not None:
        statement = statement.where(Call.duration_ms >= filters.min_s * 1000)
    if filters.max_s is not None:
        statement = statement.where(Call.duration_ms <= filters.max_s * 1000)
    if filters.cause or filters.valence:
        point = exists().where(
            TippingPoint.analysis_id == Call.current_analysis_id, is_shown(viewer)
        )
        if filters.cause:
            point = point.where(TippingPoint.cause == filters.cause)
        if filters.valence:
            point = point.where(TippingPoint.valence == filters.valence)
        statement = statement.where(point)
    if filters.tag:
        statement = statement.where(has_tag(viewer, filters.tag))
    for word in filters.text.split():
        statement = statement.where(_matches(word))
    return statement


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _matches(word: str) -> ColumnElement[bool]:
    columns = (
        Call.prospect_name,
        Call.company,
        Call.prospect_phone,
        Call.file_name,
        Call.external_id,
        Call.persona,
    )
    return or_(
        *(column.icontains(word, autoescape=True) for column in columns),
        Call.agent_id.in_(select(User.id).where(User.name.icontains(word, autoescape=True))),
        Call.campaign_id.in_(
            select(Campaign.id)
            .join(Sponsor)
            .where(
                or_(
                    Campaign.name.icontains(word, autoescape=True),
                    Sponsor.name.icontains(word, autoescape=True),
                )
            )
        ),
    )
