"""What this room adds to the pages of notes and calls, and what it learns from notes."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, User
from callcoach.calls.events import on_purged
from callcoach.calls.models import Call
from callcoach.coaching.events import on_note_sent
from callcoach.coaching.home_parts import add_part
from callcoach.coaching.models import Note
from callcoach.coaching.note_panels import Action, add_call_action, add_note_action, add_panel
from callcoach.drills.access import makes_drills, practises
from callcoach.drills.my_presenters import my_card
from callcoach.drills.operations import assigning, forgetting
from callcoach.drills.queries import marking, practice
from callcoach.extensions import db


@add_panel
def practise_panel(viewer: Viewer, note: Note) -> str:
    """Offer to practise, under an agent's note that asks to change something."""
    if not practises(viewer) or not assigning.can_take_up(note):
        return ""
    return render_template("drills/_practise.html", note_id=note.id)


@add_note_action
def drill_of_note(viewer: Viewer, note_id: int) -> Action | None:
    """A drill from a note, in one click."""
    if not makes_drills(viewer):
        return None
    return Action(url_for("drills.make_from_note", note_id=note_id), _("Make a drill"))


@add_call_action
def drill_of_call(viewer: Viewer, call_id: int) -> Action | None:
    """A drill from some lines of a call."""
    if not makes_drills(viewer):
        return None
    url = url_for("drills.make_chain", call_id=call_id)
    return Action(url, _("Make a drill of lines"), is_link=True)


@add_part(Role.AGENT)
def home_of_agent(viewer: Viewer) -> str:
    """What there is to practise, the first by its day, and answers that were not read."""
    found = practice.open_drills(viewer)
    if not found:
        return ""
    to_do = [each for each in found if each.done_at is None]
    news = [each for each in found if practice.has_news(each)]
    today = assigning.today_of(db.session.get_one(User, viewer.user_id))
    alone = found[0] if len(found) == 1 else None
    return render_template(
        "drills/_home_agent.html",
        to_do=len(to_do),
        first=my_card(to_do[0], today) if to_do else None,
        news=len(news),
        url=url_for("drills.my_drill", assignment_id=alone.id)
        if alone
        else url_for("drills.my_drills"),
    )


@add_part(Role.ADMIN, Role.SUPERVISOR)
def home_of_maker(viewer: Viewer) -> str:
    """Tries that wait to be marked."""
    total = marking.count_waiting(viewer)
    return render_template("drills/_home.html", total=total) if total else ""


@on_purged
def forget_call(call: Call) -> None:
    """Drills outlive the calls they quote; names and voices do not."""
    forgetting.forget_call(call)


@on_note_sent
def review_done(note: Note) -> None:
    """A note on a new agent's real call ends the path that was waiting for it."""
    assigning.note_sent(note)
