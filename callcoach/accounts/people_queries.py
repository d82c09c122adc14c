"""Reads of people and teams, each within the viewer's scope."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, false, select
from sqlalchemy.orm import selectinload

from callcoach.accounts.access import Viewer, can_manage_people, can_read_team, sees_people
from callcoach.accounts.folding import fold
from callcoach.accounts.models import AccessEvent, Membership, Role, Team, User
from callcoach.errors import NotFound
from callcoach.extensions import db


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """What a list of people is narrowed to; None and the empty text narrow nothing."""

    text: str = ""
    role: Role | None = None
    team_id: int | None = None
    is_enabled: bool | None = None


def list_people(viewer: Viewer, filters: PeopleFilters) -> list[User]:
    """People in scope, by name.

    The text is looked for in names, logins, e-mails and telephony ids, without case or accents;
    that is compared here, since the engines fold letters differently.
    """
    query = _people_in_scope(viewer)
    if filters.role is not None:
        query = query.where(User.role == filters.role)
    if filters.team_id is not None:
        query = query.where(_is_member_of([filters.team_id]))
    if filters.is_enabled is not None:
        query = query.where(User.is_enabled.is_(filters.is_enabled))
    wanted = fold(filters.text)
    people = [user for user in db.session.scalars(query) if wanted in _searchable(user)]
    return sorted(people, key=lambda user: (fold(user.name), user.id))


def get_person(viewer: Viewer, user_id: int) -> User:
    """One person with their teams and telephony ids.

    Raises:
        NotFound: there is none, or they are outside the viewer's scope.
    """
    user = db.session.scalars(_people_in_scope(viewer).where(User.id == user_id)).one_or_none()
    if user is None:
        raise NotFound("There is no such person.")
    return user


def list_teams(viewer: Viewer, *, archived: bool | None = False) -> list[Team]:
    """Teams in scope, by name, with their members; `archived` None means all."""
    query = select(Team).options(selectinload(Team.memberships).joinedload(Membership.user))
    if not sees_people(viewer):
        return []
    if not viewer.sees_everything:
        query = query.where(Team.id.in_(viewer.team_ids))
    if archived is not None:
        query = query.where(Team.is_archived.is_(archived))
    return sorted(db.session.scalars(query), key=lambda team: (fold(team.name), team.id))


def get_team(viewer: Viewer, team_id: int) -> Team:
    """One team.

    Raises:
        NotFound: there is none, or it is outside the viewer's scope.
    """
    team = db.session.get(Team, team_id) if can_read_team(viewer, team_id) else None
    if team is None:
        raise NotFound("There is no such team.")
    return team


def members_of(team: Team) -> list[User]:
    """People of a team: supervisors, then team leads, then agents, each by name."""
    return in_reading_order(membership.user for membership in team.memberships)


def in_reading_order(people: Iterable[User]) -> list[User]:
    """By role, then by name; never by anything that could rank."""
    order = [Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD, Role.AGENT, Role.SPONSOR]
    return sorted(people, key=lambda user: (order.index(Role(user.role)), fold(user.name)))


def team_choices(keep: Collection[int] = ()) -> list[Team]:
    """Teams that a person may be put into: living ones, and those of `keep`."""
    teams = db.session.scalars(select(Team)).all()
    offered = [team for team in teams if not team.is_archived or team.id in keep]
    return sorted(offered, key=lambda team: fold(team.name))


def find_by_login(login: str) -> User:
    """The person with this login, for the command line.

    Raises:
        NotFound: nobody has it.
    """
    folded = login.strip().lower()
    user = db.session.scalars(select(User).where(User.login == folded)).one_or_none()
    if user is None:
        raise NotFound("Nobody has the login “%(login)s”.", login=login)
    return user


def recent_events(
    viewer: Viewer,
    *,
    actor_id: int | None = None,
    about_user_id: int | None = None,
    action: str = "",
    limit: int = 50,
) -> Sequence[AccessEvent]:
    """The newest lines of the access log, newest first.

    Args:
        viewer: an administrator or the system; others get nothing.
        actor_id: only what this person did.
        about_user_id: only what was done to this person, by whomever.
        action: only actions that begin so, such as ``call.``.
        limit: most lines.
    """
    if not can_manage_people(viewer):
        return []
    query = select(AccessEvent).order_by(AccessEvent.id.desc()).limit(limit)
    if actor_id is not None:
        query = query.where(AccessEvent.actor_id == actor_id)
    if about_user_id is not None:
        query = query.where(
            AccessEvent.subject_kind == "user", AccessEvent.subject_id == about_user_id
        )
    if action:
        query = query.where(AccessEvent.action.startswith(action, autoescape=True))
    return db.session.scalars(query).all()


def _people_in_scope(viewer: Viewer) -> Select[User]:
    query = select(User).options(
        selectinload(User.memberships).joinedload(Membership.team),
        selectinload(User.telephony_ids),
    )
    if viewer.sees_everything:
        return query
    if not sees_people(viewer):
        return query.where(false())
    return query.where(_is_member_of(viewer.team_ids))


def _is_member_of(team_ids: Collection[int]) -> ColumnElement[bool]:
    return User.id.in_(select(Membership.user_id).where(Membership.team_id.in_(team_ids)))


def _searchable(user: User) -> str:
    facts = [user.name, user.login, user.email or ""]
    return "\n".join(fold(fact) for fact in [*facts, *(item.value for item in user.telephony_ids)])
