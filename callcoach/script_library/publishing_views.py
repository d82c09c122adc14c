"""From draft to in force, for those who write the script: what waits and why, submitting,
publishing, teams and dates, and who of the sponsor's approves.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import to_utc

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Team
from callcoach.accounts.session import current_viewer
from callcoach.campaigns.models import Campaign
from callcoach.campaigns.queries import get_campaign
from callcoach.errors import InvalidInput
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.notices.operations import mark_subject_seen
from callcoach.script_library import approval_presenters as presenters
from callcoach.script_library import queries
from callcoach.script_library.access import can_edit_script
from callcoach.script_library.approval_queries import (
    approved_before,
    asked_first,
    grounds_of,
    is_suspended,
    last_sent_back,
    seats_of,
)
from callcoach.script_library.blueprint import bp
from callcoach.script_library.in_force import release_in_force
from callcoach.script_library.models import Script, ScriptVersion, VersionState
from callcoach.script_library.operations import drafting, publishing
from callcoach.script_library.operations.rights import require_writer
from callcoach.script_library.operations.telling import subject_of
from callcoach.script_library.panels import add_script_panel, add_version_panel
from callcoach.script_library.presenters import version_view
from callcoach.web.errors import explain
from callcoach.web.requests import is_seen
from callcoach.web.toasts import notify


@bp.get("/campaigns/scripts/<int:version_id>/publish")
def show_publishing(version_id: int) -> ResponseReturnValue:
    """How far a version has come, and the next thing to do with it."""
    viewer = current_viewer()
    version = queries.get_version(viewer, version_id)
    require_writer(viewer, version)
    campaign = version.script.campaign
    is_open = version.state in (VersionState.DRAFT, VersionState.SUBMITTED)
    grounds = grounds_of(version) if is_open else ()
    before = approved_before(version)
    html = render_template(
        "script_library/release.html",
        campaign=campaign,
        version=version_view(version),
        row=version,
        waiting=presenters.waiting_view(version, ""),
        grounds=[presenters.ground_view(ground) for ground in grounds],
        before=version_view(before) if before else None,
        sent_back=last_sent_back(version),
        is_suspended=is_suspended(version),
        decisions=presenters.decision_views(version),
        asked=[person.name for person in asked_first(version.script)],
        deputy=_deputy(version.script),
        teams=_team_rows(viewer, version) if version.state == VersionState.APPROVED else [],
        has_past=_may_be_past(version),
        now=utc_now(),
    )
    if is_seen():
        mark_seen_later(viewer, version)
    return html


def mark_seen_later(viewer: Viewer, version: ScriptVersion) -> None:
    """What was told of a version is seen with its page; written after the page was read."""
    subject = subject_of(version)
    db.session.rollback()
    with write_transaction():
        mark_subject_seen(viewer, subject)
        db.session.commit()


@bp.post("/campaigns/scripts/<int:version_id>/submit")
def submit_version(version_id: int) -> ResponseReturnValue:
    """Ask the sponsor."""
    viewer, version = _own(version_id)
    publishing.submit(viewer, version)
    db.session.commit()
    notify(
        _("The sponsor is asked. You see here how long it waits."),
        undo=url_for("script_library.recall_version", version_id=version_id),
    )
    return _back(version_id)


@bp.post("/campaigns/scripts/<int:version_id>/recall")
def recall_version(version_id: int) -> ResponseReturnValue:
    """Take it back."""
    viewer, version = _own(version_id)
    publishing.recall(viewer, version)
    db.session.commit()
    notify(_("It is a draft again."))
    return _back(version_id)


@bp.post("/campaigns/scripts/<int:version_id>/publish")
def publish_version(version_id: int) -> ResponseReturnValue:
    """Publish what needs no approval."""
    viewer, version = _own(version_id)
    publishing.publish(viewer, version)
    db.session.commit()
    notify(_("Published. The sponsor is told. Choose since when it is in force."))
    return _back(version_id)


@bp.post("/campaigns/scripts/<int:version_id>/in-force")
def put_version_in_force(version_id: int) -> ResponseReturnValue:
    """Have teams say it: now, from a day to come, or since a day for the first version."""
    viewer, version = _own(version_id)
    teams = request.form.getlist("team_ids", type=int)
    starts_at = _moment(request.form.get("when", "now"))
    made = publishing.put_in_force(viewer, version, teams, starts_at)
    is_planned = any(release.starts_at > utc_now() for release in made)
    db.session.commit()
    if not made:
        notify(_("These teams say this version already."), "info")
    elif is_planned:
        notify(_("Planned. It enters force by itself."))
    else:
        notify(_("In force. Its agents are told what changes."))
    return _back(version_id)


@bp.post("/campaigns/scripts/<int:version_id>/withdraw")
def withdraw_version(version_id: int) -> ResponseReturnValue:
    """End it for one team, or what was planned there."""
    viewer, version = _own(version_id)
    stands = publishing.withdraw(viewer, version, request.form.getlist("team_ids", type=int))
    words = presenters.standing_words(stands)
    db.session.commit()
    notify(_("Withdrawn. %(now)s", now=words))
    return _back(version_id)


@bp.post("/campaigns/scripts/<int:version_id>/retire")
def retire_version(version_id: int) -> ResponseReturnValue:
    """Put it aside for good."""
    viewer, version = _own(version_id)
    publishing.retire(viewer, version)
    db.session.commit()
    notify(_("Retired. It stays in the history."))
    return _back(version_id)


@bp.route("/campaigns/<int:campaign_id>/script/approval", methods=["GET", "POST"])
def approval_settings(campaign_id: int) -> ResponseReturnValue:
    """Who of the sponsor's approves, and within how many hours."""
    viewer = current_viewer()
    campaign = get_campaign(viewer, campaign_id)
    drafting.require_editor(viewer, campaign)
    problem = ""
    if request.method == "POST":
        script = drafting.begin_script(viewer, campaign)
        try:
            publishing.change_settings(
                viewer,
                script,
                approver_id=request.form.get("approver_id", type=int) or None,
                deputy_id=request.form.get("deputy_id", type=int) or None,
                approval_hours=request.form.get("approval_hours", 0, type=int),
            )
        except InvalidInput as error:
            db.session.rollback()
            problem = explain(error)
        else:
            db.session.commit()
            notify(_("Saved."))
            return redirect(url_for("script_library.show_script", campaign_id=campaign_id))
    known = queries.script_of(campaign)
    form = request.form if problem else {}
    page = render_template(
        "script_library/approve_settings.html",
        campaign=campaign,
        people=seats_of(campaign),
        approver_id=form.get("approver_id", known.approver_id if known else None),
        deputy_id=form.get("deputy_id", known.deputy_id if known else None),
        hours=form.get("approval_hours", known.approval_hours if known else 48),
        least=publishing.MIN_HOURS,
        most=publishing.MAX_HOURS,
        problem=problem,
    )
    return page, 422 if problem else 200


@add_version_panel
def _next_step(viewer: Viewer, version: ScriptVersion) -> str:
    """On the pages of a version: where it stands, and the way to what is next."""
    if not can_edit_script(viewer, version.script.campaign):
        return ""
    return render_template(
        "script_library/_release_step.html",
        version=version_view(version),
        waiting=presenters.waiting_view(version, ""),
        sent_back=last_sent_back(version),
        waits=bool(grounds_of(version)) if version.state == VersionState.DRAFT else False,
    )


@add_script_panel
def _who_approves(viewer: Viewer, campaign: Campaign) -> str:
    """On the page of a script: who approves."""
    if not can_edit_script(viewer, campaign):
        return ""
    script = queries.script_of(campaign)
    people = [person.name for person in (asked_first(script) if script else seats_of(campaign))]
    return render_template(
        "script_library/_release_people.html",
        campaign=campaign,
        people=people,
        deputy=_deputy(script) if script else "",
        hours=script.approval_hours if script else 48,
    )


def _own(version_id: int) -> tuple[Viewer, ScriptVersion]:
    viewer = current_viewer()
    return viewer, queries.get_version(viewer, version_id)


def _back(version_id: int) -> ResponseReturnValue:
    return redirect(url_for("script_library.show_publishing", version_id=version_id))


def _moment(when: str) -> datetime | None:
    """Now, or the day and time of the form, in the person's zone."""
    if when not in ("from", "since"):
        return None
    text = request.form.get("starts_at" if when == "from" else "since", "")
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput("Choose a day and a time.") from None
    return local if local.tzinfo else to_utc(local).replace(tzinfo=UTC)


def _deputy(script: Script) -> str:
    people = seats_of(script.campaign)
    return next((person.name for person in people if person.id == script.deputy_id), "")


def _team_rows(viewer: Viewer, version: ScriptVersion) -> list[presenters.TeamForce]:
    """The viewer's teams that call for the campaign."""
    campaign = version.script.campaign
    ids = {link.team_id for link in campaign.teams}
    if not viewer.sees_everything:
        ids &= viewer.team_ids
    teams = db.session.scalars(db.select(Team).where(Team.id.in_(ids)).order_by(Team.name))
    now = utc_now()
    return [
        presenters.team_force(
            version, team.id, team.name, release_in_force(campaign.id, team.id, now)
        )
        for team in teams
    ]


def _may_be_past(version: ScriptVersion) -> bool:
    """Whether no other version of the script was ever put in force."""
    return not any(other.releases for other in version.script.versions if other.id != version.id)
