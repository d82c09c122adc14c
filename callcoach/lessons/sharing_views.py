"""A lesson goes from team to team: proposed, taken up or declined, put on the next debrief."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.lessons.access import reads
from callcoach.lessons.blueprint import bp
from callcoach.lessons.models import Lesson
from callcoach.lessons.operations import sharing
from callcoach.lessons.queries import get_lesson
from callcoach.web.toasts import notify


@bp.post("/lessons/<int:lesson_id>/propose")
def propose_lesson(lesson_id: int) -> ResponseReturnValue:
    """Offer it to the teams named (``team_ids``)."""
    viewer, lesson = _read(lesson_id)
    made = sharing.propose(viewer, lesson, request.form.getlist("team_ids", type=int))
    asked = [entry.team_id for entry in made]
    db.session.commit()
    notify(
        ngettext("Proposed to %(num)s team.", "Proposed to %(num)s teams.", len(asked)),
        undo=url_for("lessons.withdraw_proposal", lesson_id=lesson_id, team_ids=asked)
        if asked
        else None,
    )
    return _back(lesson_id)


@bp.post("/lessons/<int:lesson_id>/withdraw")
def withdraw_proposal(lesson_id: int) -> ResponseReturnValue:
    """Take the proposal back from the teams named (``team_ids``) that have not answered."""
    viewer, lesson = _read(lesson_id)
    sharing.withdraw(viewer, lesson, request.values.getlist("team_ids", type=int))
    db.session.commit()
    notify(_("Taken back where nobody had answered."))
    return _back(lesson_id)


@bp.post("/lessons/<int:lesson_id>/teams/<int:team_id>/take")
def take_lesson(lesson_id: int, team_id: int) -> ResponseReturnValue:
    """Take it up: it goes on the team's next debrief."""
    viewer, lesson = _read(lesson_id)
    entry = sharing.take(viewer, lesson, team_id)
    item = entry.item
    is_planned = item is not None and item.debrief_id is not None
    db.session.commit()
    notify(
        _("Taken up: it is on the agenda of the next debrief.")
        if is_planned
        else _("Taken up: it waits for the team’s next debrief."),
        undo=_undo(lesson_id, team_id),
    )
    return _back(lesson_id)


@bp.post("/lessons/<int:lesson_id>/teams/<int:team_id>/decline")
def decline_lesson(lesson_id: int, team_id: int) -> ResponseReturnValue:
    """Leave a proposal."""
    viewer, lesson = _read(lesson_id)
    sharing.decline(viewer, lesson, team_id)
    db.session.commit()
    notify(_("Declined."), undo=_undo(lesson_id, team_id))
    return _back(lesson_id)


@bp.post("/lessons/<int:lesson_id>/teams/<int:team_id>/undecide")
def undecide_lesson(lesson_id: int, team_id: int) -> ResponseReturnValue:
    """Take an answer back."""
    viewer, lesson = _read(lesson_id)
    sharing.undecide(viewer, lesson, team_id)
    db.session.commit()
    return _back(lesson_id)


@bp.post("/lessons/<int:lesson_id>/teams/<int:team_id>/brief")
def brief_lesson(lesson_id: int, team_id: int) -> ResponseReturnValue:
    """Put it on the team's next debrief."""
    viewer, lesson = _read(lesson_id)
    sharing.brief_next(viewer, lesson, team_id)
    db.session.commit()
    notify(
        _("On the next debrief."),
        undo=url_for("lessons.unbrief_lesson", lesson_id=lesson_id, team_id=team_id),
    )
    return _back(lesson_id)


@bp.post("/lessons/<int:lesson_id>/teams/<int:team_id>/unbrief")
def unbrief_lesson(lesson_id: int, team_id: int) -> ResponseReturnValue:
    """Take it off the team's next debrief."""
    viewer, lesson = _read(lesson_id)
    sharing.unbrief_next(viewer, lesson, team_id)
    db.session.commit()
    notify(
        _("Taken off the agenda."),
        undo=url_for("lessons.brief_lesson", lesson_id=lesson_id, team_id=team_id),
    )
    return _back(lesson_id)


def _read(lesson_id: int) -> tuple[Viewer, Lesson]:
    viewer = current_viewer()
    if not reads(viewer):
        raise NotFound("There is no such page.")
    return viewer, get_lesson(viewer, lesson_id)


def _undo(lesson_id: int, team_id: int) -> str:
    return url_for("lessons.undecide_lesson", lesson_id=lesson_id, team_id=team_id)


def _back(lesson_id: int) -> ResponseReturnValue:
    return redirect(url_for("lessons.show_lesson", lesson_id=lesson_id))
