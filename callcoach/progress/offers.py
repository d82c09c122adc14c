"""What this room adds to the pages of notes and to the home page."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.models import Call
from callcoach.coaching.form_hints import add_form_hint
from callcoach.coaching.home_parts import add_part
from callcoach.coaching.models import Note, NoteAim, Visibility
from callcoach.coaching.note_panels import Action, add_note_action, add_panel
from callcoach.extensions import db
from callcoach.progress.access import follows, is_agent
from callcoach.progress.presenters import following_sentence, my_became
from callcoach.progress.queries import floor, people
from callcoach.progress.queries.rechecks import (
    count_waiting,
    forecast_at_best,
    my_rechecks,
    recheck_of_note,
)


@add_panel
def became_panel(viewer: Viewer, note: Note) -> str:
    """Under an agent's own note: what somebody heard on their later calls."""
    if not is_agent(viewer):
        return ""
    for recheck in my_rechecks(viewer):
        if recheck.note_id == note.id:
            return render_template("progress/_my_panel.html", item=my_became(recheck))
    return ""


@add_form_hint
def before_following(viewer: Viewer, call: Call) -> str:
    """What the recording quota allows, said before the note begins to be followed."""
    if not follows(viewer) or call.agent_id is None:
        return ""
    return following_sentence(forecast_at_best(call.agent_id, call.campaign))


@add_note_action
def recheck_of(viewer: Viewer, note_id: int) -> Action | None:
    """The way to what became of a note."""
    if not follows(viewer):
        return None
    recheck = recheck_of_note(viewer, note_id)
    if recheck is None:
        return None
    url = url_for("progress.show_recheck", recheck_id=recheck.id)
    return Action(url, _("What became of it"), is_link=True)


@add_note_action
def share_moment(viewer: Viewer, note_id: int) -> Action | None:
    """Ask the agent for a remarkable moment."""
    note = db.session.get(Note, note_id)
    if note is None or not follows(viewer) or note.aim != NoteAim.KEEP:
        return None
    if note.visibility == Visibility.PRIVATE or note.agent_id is None or note.sent_at is None:
        return None
    return Action(url_for("progress.ask_consent", note_id=note_id), _("Ask to share the moment"))


@add_part(Role.ADMIN, Role.SUPERVISOR)
def home_of_follower(viewer: Viewer) -> str:
    """What is to be heard again."""
    total = count_waiting(viewer)
    return render_template("progress/_home.html", total=total) if total else ""


@add_part(Role.TEAM_LEAD)
def home_of_lead(viewer: Viewer) -> str:
    """Who needs time freed."""
    total = len(floor.needs(viewer))
    return render_template("progress/_home_lead.html", total=total) if total else ""


@add_part(Role.AGENT)
def home_of_agent(viewer: Viewer) -> str:
    """The way to an agent's own progress."""
    return render_template("progress/_home_agent.html", asked=people.count_asked(viewer))
