"""Pages of people and teams: for administrators to manage, for those who lead teams to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts import people_operations, people_queries, team_operations
from callcoach.accounts.access import (
    Viewer,
    can_disable,
    can_manage_people,
    can_reset_secret,
    sees_people,
)
from callcoach.accounts.labels import ROLES
from callcoach.accounts.models import Role, Team, User
from callcoach.accounts.people_forms import PersonForm, TeamForm, read_people_state
from callcoach.accounts.session import current_viewer
from callcoach.errors import CallCoachError, Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db
from callcoach.web.errors import explain
from callcoach.web.forms import Form
from callcoach.web.paging import PER_PAGE, Page, page_number
from callcoach.web.requests import safe_next
from callcoach.web.toasts import notify

bp = Blueprint("people", __name__)

#: A refused form.
_REFUSED = 422


@bp.before_request
def _hide_the_room() -> None:
    """Agents and sponsors find nothing here: who works beside them is not theirs to list."""
    if not sees_people(current_viewer()):
        raise NotFound("This page does not exist, was removed, or is not shared with you.")


@bp.get("/people")
def list_people() -> ResponseReturnValue:
    """People in scope, by name, with filters in the address."""
    viewer = current_viewer()
    state = read_people_state(request.args)
    people = people_queries.list_people(viewer, state.filters)
    return render_template(
        "people/list.html",
        page=_page(people),
        state=state,
        shown_teams=lambda user: _shown_teams(viewer, user),
        teams=people_queries.list_teams(viewer),
        roles=[(role.value, ROLES[role]) for role in Role],
        can_manage=can_manage_people(viewer),
    )


@bp.route("/people/new", methods=["GET", "POST"])
def create_person() -> ResponseReturnValue:
    """Add a person; their temporary secret is shown once, in the answer itself."""
    viewer = _manager()
    form = PersonForm()
    form.offer_teams(people_queries.team_choices())
    form.offer_markets(is_new=True)
    if form.validate_on_submit():
        try:
            user, secret = people_operations.create_person(viewer, form.values())
        except (InvalidInput, Conflict) as error:
            _mark(form, error)
        else:
            db.session.commit()
            return _secret_page(user, secret, is_new=True)
    elif not form.is_submitted():
        form.role.data = Role.AGENT.value
        team = request.args.get("team", type=int)
        form.team_ids.data = [team] if team else []
    return _person_form(form, None)


@bp.get("/people/<int:user_id>")
def show_person(user_id: int) -> ResponseReturnValue:
    """One person, as far as they concern the viewer."""
    viewer = current_viewer()
    user = people_queries.get_person(viewer, user_id)
    member_of = {membership.team_id for membership in user.memberships}
    return render_template(
        "people/show.html",
        person=user,
        teams=_shown_teams(viewer, user),
        can={
            "manage": can_manage_people(viewer),
            "reset_secret": can_reset_secret(viewer, user.id, user.role, member_of),
            "disable": can_disable(viewer, user.id),
        },
    )


@bp.route("/people/<int:user_id>/edit", methods=["GET", "POST"])
def edit_person(user_id: int) -> ResponseReturnValue:
    """Change a person."""
    user = people_queries.get_person(current_viewer(), user_id)
    viewer = _manager()
    form = PersonForm()
    form.offer_teams(people_queries.team_choices([m.team_id for m in user.memberships]))
    form.offer_markets(is_new=False)
    if form.validate_on_submit():
        try:
            people_operations.update_person(viewer, user, form.values())
        except (InvalidInput, Conflict) as error:
            _mark(form, error)
        except NotAllowed as error:
            db.session.rollback()
            form.role.errors = [*form.role.errors, explain(error)]
        else:
            db.session.commit()
            notify(_("%(name)s is saved.", name=user.name))
            return redirect(url_for("people.show_person", user_id=user_id))
    elif not form.is_submitted():
        form.show(user)
    return _person_form(form, people_queries.get_person(viewer, user_id))


@bp.post("/people/<int:user_id>/secret")
def reset_secret(user_id: int) -> ResponseReturnValue:
    """Give a person a temporary secret, shown once, in the answer itself."""
    viewer = current_viewer()
    user = people_queries.get_person(viewer, user_id)
    secret = people_operations.reset_secret(viewer, user)
    db.session.commit()
    return _secret_page(user, secret, is_new=False)


@bp.post("/people/<int:user_id>/disable")
def disable_person(user_id: int) -> ResponseReturnValue:
    """Close an account; the message offers to open it again."""
    viewer = current_viewer()
    user = people_queries.get_person(viewer, user_id)
    people_operations.disable_person(viewer, user)
    db.session.commit()
    notify(
        _("%(name)s can no longer sign in; open sessions have ended.", name=user.name),
        undo=url_for("people.enable_person", user_id=user_id),
    )
    return redirect(url_for("people.show_person", user_id=user_id))


@bp.post("/people/<int:user_id>/enable")
def enable_person(user_id: int) -> ResponseReturnValue:
    """Open an account again."""
    viewer = current_viewer()
    user = people_queries.get_person(viewer, user_id)
    people_operations.enable_person(viewer, user)
    db.session.commit()
    notify(_("%(name)s can sign in again.", name=user.name))
    return redirect(url_for("people.show_person", user_id=user_id))


@bp.get("/teams")
def list_teams() -> ResponseReturnValue:
    """Teams in scope with how many people they have; ``?archived=1`` shows those put aside."""
    viewer = current_viewer()
    shows_archived = bool(request.args.get("archived"))
    return render_template(
        "people/teams.html",
        teams=people_queries.list_teams(viewer, archived=shows_archived),
        archived_count=len(people_queries.list_teams(viewer, archived=True)),
        shows_archived=shows_archived,
        members_of=people_queries.members_of,
        can_manage=can_manage_people(viewer),
    )


@bp.route("/teams/new", methods=["GET", "POST"])
def create_team() -> ResponseReturnValue:
    """Add a team."""
    viewer = _manager()
    form = TeamForm()
    form.offer_zones()
    if form.validate_on_submit():
        try:
            team = team_operations.create_team(
                viewer, form.name.data or "", form.timezone.data or ""
            )
        except (InvalidInput, Conflict) as error:
            _mark(form, error)
        else:
            db.session.commit()
            notify(_("The team %(name)s is there. Put people into it.", name=team.name))
            return redirect(url_for("people.show_team", team_id=team.id))
    return _team_form(form, None)


@bp.get("/teams/<int:team_id>")
def show_team(team_id: int) -> ResponseReturnValue:
    """One team and its people."""
    viewer = current_viewer()
    team = people_queries.get_team(viewer, team_id)
    return render_template(
        "people/team.html",
        team=team,
        members=people_queries.members_of(team),
        can_manage=can_manage_people(viewer),
    )


@bp.route("/teams/<int:team_id>/edit", methods=["GET", "POST"])
def edit_team(team_id: int) -> ResponseReturnValue:
    """Rename a team, or say where it works."""
    team = people_queries.get_team(current_viewer(), team_id)
    viewer = _manager()
    form = TeamForm(obj=team)
    form.offer_zones(team.timezone)
    if form.validate_on_submit():
        try:
            team_operations.update_team(
                viewer, team, form.name.data or "", form.timezone.data or ""
            )
        except (InvalidInput, Conflict) as error:
            _mark(form, error)
        else:
            db.session.commit()
            notify(_("The team %(name)s is saved.", name=team.name))
            return redirect(url_for("people.show_team", team_id=team_id))
    return _team_form(form, people_queries.get_team(viewer, team_id))


@bp.post("/teams/<int:team_id>/archive")
def archive_team(team_id: int) -> ResponseReturnValue:
    """Put a team aside; the message offers to take it back."""
    return _set_archived(team_id, archived=True)


@bp.post("/teams/<int:team_id>/restore")
def restore_team(team_id: int) -> ResponseReturnValue:
    """Take an archived team back."""
    return _set_archived(team_id, archived=False)


def _set_archived(team_id: int, *, archived: bool) -> ResponseReturnValue:
    viewer = current_viewer()
    team = people_queries.get_team(viewer, team_id)
    team_operations.set_team_archived(viewer, team, archived=archived)
    db.session.commit()
    if archived:
        notify(
            _("The team %(name)s is archived. Its calls stay.", name=team.name),
            undo=url_for("people.restore_team", team_id=team_id),
        )
    else:
        notify(_("The team %(name)s is back.", name=team.name))
    return redirect(safe_next(request.args.get("next")) or url_for("people.list_teams"))


def _manager() -> Viewer:
    """The viewer, who manages people.

    Raises:
        NotAllowed: they only read here.
    """
    viewer = current_viewer()
    if not can_manage_people(viewer):
        raise NotAllowed("Administrators manage people and teams.")
    return viewer


def _shown_teams(viewer: Viewer, user: User) -> list[Team]:
    """The person's teams that the viewer may know of, by name."""
    teams = [membership.team for membership in user.memberships]
    shown = [team for team in teams if viewer.sees_everything or team.id in viewer.team_ids]
    return sorted(shown, key=lambda team: team.name)


def _page(people: Sequence[User]) -> Page[User]:
    number = min(page_number(), max(1, -(-len(people) // PER_PAGE)))
    start = (number - 1) * PER_PAGE
    return Page(rows=people[start : start + PER_PAGE], number=number, total=len(people))


def _mark(form: Form, error: CallCoachError) -> None:
    """Show a refusal at its field, and take nothing over."""
    db.session.rollback()
    field: Any = form[error.values["field"]] if "field" in error.values else None
    if field is None:
        form.form_errors.append(explain(error))
    else:
        field.errors = [*field.errors, explain(error)]


def _person_form(form: PersonForm, person: User | None) -> ResponseReturnValue:
    page = render_template(
        "people/edit.html",
        form=form,
        person=person,
        proposal=(person.pseudonym if person else "") or people_operations.propose_pseudonym(),
    )
    return page, _REFUSED if form.is_submitted() else 200


def _team_form(form: TeamForm, team: Team | None) -> ResponseReturnValue:
    page = render_template("people/team_edit.html", form=form, team=team)
    return page, _REFUSED if form.is_submitted() else 200


def _secret_page(user: User, secret: str, *, is_new: bool) -> str:
    """The one page that shows a secret. An answer to a POST, never a redirect: it would have to
    be kept somewhere on the way.
    """
    return render_template("people/secret.html", person=user, secret=secret, is_new=is_new)
