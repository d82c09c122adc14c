"""Lessons in a viewer's scope, and how far each team has come with one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, Role, Team, User
from callcoach.campaigns.models import Campaign, CampaignTeam
from callcoach.campaigns.queries import visible_campaigns
from callcoach.debriefs.access import can_lead
from callcoach.debriefs.effect_models import Effect, EffectListen
from callcoach.debriefs.models import AgendaItem, Debrief
from callcoach.debriefs.queries.effects import Summary, summary
from callcoach.drills.models import Assignment, DrillSetItem
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.lessons.access import decides, reads
from callcoach.lessons.models import Lesson, LessonState, LessonTeam

#: What a list can be narrowed to, beside `LessonState`: a team of the viewer's has not got it yet.
MISSING = "missing"
ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one team has come with a lesson.

    Args:
        state: of `LessonState`; "" when nobody proposed it to the team.
        briefed_at: when it was before the team; `debrief` the one, for those who lead it.
        is_on_agenda: it waits for the next debrief, or is on the agenda of one to come.
        practised: agents of the team who did its drill, of `agents`; None without a drill.
        effect: what is heard since it was briefed; None before.
    """

    team_id: int
    team: str
    state: str
    is_origin: bool
    proposed_by: str
    briefed_at: datetime | None
    debrief: Debrief | None
    is_on_agenda: bool
    practised: int | None
    agents: int
    effect: Summary | None


def readable(viewer: Viewer) -> Select[Lesson]:
    """Lessons of campaigns that the viewer's teams call for."""
    statement = select(Lesson).options(
        selectinload(Lesson.campaign).selectinload(Campaign.sponsor),
        selectinload(Lesson.teams).selectinload(LessonTeam.team),
        selectinload(Lesson.drill),
    )
    if not reads(viewer):
        return statement.where(Lesson.id.is_(None))
    campaigns = visible_campaigns(viewer).with_only_columns(Campaign.id)
    return statement.where(Lesson.campaign_id.in_(campaigns))


def get_lesson(viewer: Viewer, lesson_id: int) -> Lesson:
    """A lesson that the viewer reads.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(readable(viewer).where(Lesson.id == lesson_id))
    if found is None:
        raise NotFound("There is no such lesson.")
    return found


def list_lessons(
    viewer: Viewer, *, campaign_id: int = 0, team_id: int = 0, state: str = ""
) -> list[Lesson]:
    """What was learnt, newest first; archived lessons only when asked for.

    Args:
        team_id: what this team has, was proposed, or declined; with `MISSING`, what it has not got.
        state: of `LessonState`, `MISSING` or `ARCHIVED`; of the viewer's teams unless one is named.
    """
    statement = readable(viewer)
    is_archived = state == ARCHIVED
    statement = statement.where(
        Lesson.archived_at.is_not(None) if is_archived else Lesson.archived_at.is_(None)
    )
    if campaign_id:
        statement = statement.where(Lesson.campaign_id == campaign_id)
    mine = LessonTeam.lesson_id == Lesson.id
    scope = [team.id for team in teams_to_filter(viewer)]
    if team_id:
        scope = [team_id] if team_id in scope else []
    of_scope = exists().where(mine, LessonTeam.team_id.in_(scope))
    if state in set(LessonState):
        statement = statement.where(
            exists().where(mine, LessonTeam.team_id.in_(scope), LessonTeam.state == state)
        )
    elif state == MISSING:
        has_it = select(LessonTeam.team_id).where(mine)
        statement = statement.where(
            exists().where(
                CampaignTeam.campaign_id == Lesson.campaign_id,
                CampaignTeam.team_id.in_(scope),
                CampaignTeam.team_id.not_in(has_it.correlate(Lesson)),
            )
        )
    elif team_id:
        statement = statement.where(of_scope)
    return list(db.session.scalars(statement.order_by(Lesson.created_at.desc(), Lesson.id.desc())))


def lessons_missing(viewer: Viewer, teams: Sequence[Team]) -> list[tuple[Lesson, list[Team]]]:
    """What other teams learnt, with those of `teams` that have neither got it nor were asked."""
    found: dict[int, tuple[Lesson, list[Team]]] = {}
    for team in teams:
        for lesson in list_lessons(viewer, team_id=team.id, state=MISSING):
            found.setdefault(lesson.id, (lesson, []))[1].append(team)
    return list(found.values())


def taken_by_team(team_id: int) -> list[LessonTeam]:
    """The lessons in force in a team, newest first, for its own page; its caller checks who asks."""
    return list(
        db.session.scalars(
            select(LessonTeam)
            .join(LessonTeam.lesson)
            .where(
                LessonTeam.team_id == team_id,
                LessonTeam.state == LessonState.TAKEN,
                Lesson.archived_at.is_(None),
            )
            .options(
                selectinload(LessonTeam.lesson),
                selectinload(LessonTeam.effect).selectinload(Effect.listens),
            )
            .order_by(LessonTeam.decided_at.desc(), Lesson.id.desc())
        )
    )


def waiting_for(viewer: Viewer) -> list[LessonTeam]:
    """Proposals that wait for the viewer's answer, oldest first."""
    if not decides(viewer):
        return []
    statement = (
        select(LessonTeam)
        .join(LessonTeam.lesson)
        .where(LessonTeam.state == LessonState.PROPOSED, Lesson.archived_at.is_(None))
        .options(selectinload(LessonTeam.lesson), selectinload(LessonTeam.team))
        .order_by(LessonTeam.proposed_at, LessonTeam.lesson_id)
    )
    if not viewer.sees_everything:
        statement = statement.where(LessonTeam.team_id.in_(sorted(viewer.team_ids)))
    return list(db.session.scalars(statement))


def teams_of(campaign_id: int) -> Sequence[Team]:
    """The teams that call for a campaign, by name."""
    calling = select(CampaignTeam.team_id).where(CampaignTeam.campaign_id == campaign_id)
    return db.session.scalars(
        select(Team).where(Team.id.in_(calling), Team.is_archived.is_(False)).order_by(Team.name)
    ).all()


def teams_to_filter(viewer: Viewer) -> Sequence[Team]:
    """The viewer's teams, by name."""
    statement = select(Team).where(Team.is_archived.is_(False)).order_by(Team.name)
    if not viewer.sees_everything:
        statement = statement.where(Team.id.in_(sorted(viewer.team_ids)))
    return db.session.scalars(statement).all()


def entry_of(lesson: Lesson, team_id: int) -> LessonTeam | None:
    """A lesson with one team; None when it was never proposed to it."""
    return db.session.get(LessonTeam, (lesson.id, team_id))


def subject_of(lesson: Lesson, team_id: int) -> str:
    """What notices about a lesson and one team are about."""
    return f"lesson:{lesson.id}:{team_id}"


def agent_names(campaign_id: int) -> list[str]:
    """Names of the agents of all teams that call for a campaign: a lesson tells none of them."""
    return list(
        db.session.scalars(
            select(User.name)
            .where(
                User.role == Role.AGENT.value,
                User.id.in_(
                    select(Membership.user_id)
                    .join(CampaignTeam, CampaignTeam.team_id == Membership.team_id)
                    .where(CampaignTeam.campaign_id == campaign_id)
                ),
            )
            .order_by(User.name)
        )
    )


def progress_of(viewer: Viewer, lesson: Lesson, *, is_counted: bool = True) -> list[Progress]:
    """Each team that calls for the campaign, or has the lesson, by name: nobody comes first.

    Args:
        is_counted: with who practised and what is heard since; a list shows neither.
    """
    entries = {entry.team_id: entry for entry in lesson.teams}
    teams = {team.id: team for team in teams_of(lesson.campaign_id)}
    teams |= {entry.team_id: entry.team for entry in entries.values()}
    drill_id = lesson.drill_id if is_counted else None
    agents = _agents(teams) if is_counted else {}
    practised = _practised(drill_id, teams) if drill_id is not None else {}
    found = []
    for team in sorted(teams.values(), key=lambda each: (each.name.casefold(), each.id)):
        entry = entries.get(team.id)
        done = practised.get(team.id, 0) if drill_id is not None else None
        heard = entry.effect if entry is not None and is_counted else None
        count = agents.get(team.id, 0)
        found.append(_progress(viewer, team, entry, practised=done, agents=count, effect=heard))
    return found


def _progress(
    viewer: Viewer,
    team: Team,
    entry: LessonTeam | None,
    *,
    practised: int | None,
    agents: int,
    effect: Effect | None,
) -> Progress:
    item = entry.item if entry is not None else None
    debrief = item.debrief if item is not None else None
    proposer = (
        db.session.get(User, entry.proposed_by_id) if entry and entry.proposed_by_id else None
    )
    return Progress(
        team_id=team.id,
        team=team.name,
        state=str(entry.state) if entry is not None else "",
        is_origin=entry is not None and entry.is_origin,
        proposed_by=proposer.name if proposer is not None else "",
        briefed_at=entry.briefed_at if entry is not None else None,
        debrief=debrief if debrief is not None and can_lead(viewer, debrief) else None,
        is_on_agenda=is_on_agenda(item),
        practised=practised,
        agents=agents,
        effect=summary(effect) if effect is not None else None,
    )


def is_on_agenda(item: AgendaItem | None) -> bool:
    """Whether an item is still to come: it waits, or is on an agenda and was not shown yet."""
    return item is not None and item.removed_at is None and item.closed_at is None


def _agents(team_ids: Collection[int]) -> dict[int, int]:
    counts = db.session.execute(
        select(Membership.team_id, func.count(func.distinct(User.id)))
        .join(User, User.id == Membership.user_id)
        .where(Membership.team_id.in_(sorted(team_ids)), *_IS_AGENT)
        .group_by(Membership.team_id)
    )
    return dict(counts.all())


def _practised(drill_id: int, team_ids: Collection[int]) -> dict[int, int]:
    """How many of each team's agents did a drill, alone or on a path."""
    on_path = select(DrillSetItem.id).where(DrillSetItem.drill_id == drill_id)
    counts = db.session.execute(
        select(Membership.team_id, func.count(func.distinct(User.id)))
        .join(User, User.id == Membership.user_id)
        .join(Assignment, Assignment.agent_id == User.id)
        .where(
            Membership.team_id.in_(sorted(team_ids)),
            *_IS_AGENT,
            Assignment.done_at.is_not(None),
            Assignment.cancelled_at.is_(None),
            or_(Assignment.drill_id == drill_id, Assignment.item_id.in_(on_path)),
        )
        .group_by(Membership.team_id)
    )
    return dict(counts.all())


_IS_AGENT = (User.role == Role.AGENT.value, User.is_enabled.is_(True))


def heard_calls(lesson: Lesson) -> int:
    """Calls to which somebody listened for a lesson's sign."""
    ids = [entry.effect_id for entry in lesson.teams if entry.effect_id is not None]
    heard = select(func.count(EffectListen.id)).where(
        EffectListen.effect_id.in_(ids), EffectListen.heard.is_not(None)
    )
    return db.session.scalar(heard) or 0
