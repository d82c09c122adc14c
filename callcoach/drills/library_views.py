"""The library: drills by situation and campaign, making one from a note, a moment or some lines of a
call, changing it, giving it to agents, and what is due.
"""

from __future__ import annotations

from datetime import date

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.calls import queries as calls
from callcoach.calls.operations import require_judge
from callcoach.coaching.queries import inbox
from callcoach.drills import presenters
from callcoach.drills.blueprint import bp
from callcoach.drills.labels import kind_choices, situation_choices
from callcoach.drills.models import Drill, DrillKind
from callcoach.drills.moments import prospect_lines
from callcoach.drills.operations import assigning, making
from callcoach.drills.operations.assigning import Given
from callcoach.drills.queries import library
from callcoach.drills.queries.library import DrillFilters
from callcoach.drills.queries.marking import count_waiting
from callcoach.drills.sound_views import ask_after_reading
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.web.toasts import notify


@bp.get("/drills")
def list_drills() -> ResponseReturnValue:
    """Drills of the viewer's campaigns."""
    viewer = current_viewer()
    library.require_maker(viewer)
    filters = DrillFilters(
        situation=request.args.get("situation", ""),
        kind=request.args.get("kind", ""),
        campaign_id=request.args.get("campaign", type=int),
        archived=request.args.get("archived") == "1",
    )
    page = library.list_drills(viewer, filters)
    return render_template(
        "drills/list.html",
        cards=[presenters.drill_card(drill) for drill in page.rows],
        page=page,
        filters=filters,
        situations=situation_choices(),
        kinds=kind_choices(),
        campaigns=library.campaigns_of(viewer),
        waiting=count_waiting(viewer),
    )


@bp.get("/drills/<int:drill_id>")
def show_drill(drill_id: int) -> ResponseReturnValue:
    """One drill, and who has it to do."""
    viewer = current_viewer()
    drill = library.get_drill(viewer, drill_id)
    html = render_template(
        "drills/show.html",
        drill=presenters.drill_view(viewer, drill),
        given=presenters.given_rows(viewer, library.assignments_of_drill(viewer, drill), _today()),
        agents=library.agents_for(viewer, drill.campaign, drill.calls),
        sets=[s for s in library.list_sets(viewer) if s.campaign_id == drill.campaign_id],
        today=_today(),
    )
    ask_after_reading(viewer, [step.id for step in drill.steps])
    return html


@bp.route("/drills/<int:drill_id>/edit", methods=["GET", "POST"])
def edit_drill(drill_id: int) -> ResponseReturnValue:
    """Change what a drill says; a save over a newer one shows both."""
    viewer = current_viewer()
    drill = library.get_drill(viewer, drill_id)
    if request.method == "POST":
        making.edit_drill(
            viewer, drill, _edit_of(drill), based_on=request.form.get("based_on", 0, type=int)
        )
        db.session.commit()
        notify(_("Saved."))
        return redirect(url_for("drills.show_drill", drill_id=drill_id))
    return render_template(
        "drills/edit.html",
        drill=presenters.drill_view(viewer, drill),
        situations=situation_choices(),
        limits=making.LIMITS,
    )


@bp.post("/drills/<int:drill_id>/archive")
def archive_drill(drill_id: int) -> ResponseReturnValue:
    """Put a drill aside."""
    viewer = current_viewer()
    making.archive_drill(viewer, library.get_drill(viewer, drill_id))
    db.session.commit()
    notify(
        _("Archived. Whoever has it to do keeps it."),
        undo=url_for("drills.unarchive_drill", drill_id=drill_id),
    )
    return redirect(url_for("drills.list_drills"))


@bp.post("/drills/<int:drill_id>/unarchive")
def unarchive_drill(drill_id: int) -> ResponseReturnValue:
    """Bring it back."""
    viewer = current_viewer()
    making.archive_drill(viewer, library.get_drill(viewer, drill_id), undo=True)
    db.session.commit()
    notify(_("Brought back."))
    return redirect(url_for("drills.show_drill", drill_id=drill_id))


@bp.post("/notes/<int:note_id>/drills")
def make_from_note(note_id: int) -> ResponseReturnValue:
    """A drill from a note, in one click; the same note and kind once more opens the one there is."""
    viewer = current_viewer()
    call, note = inbox.get_readable_note(viewer, note_id)
    kind = request.form.get("kind", DrillKind.REFORMULATE.value)
    known = [drill for drill in library.drills_of_note(viewer, note_id) if drill.kind == kind]
    if known:
        return redirect(url_for("drills.show_drill", drill_id=known[0].id))
    drill = making.make_from_note(viewer, call, note, kind)
    db.session.commit()
    return _made(drill)


@bp.post("/calls/<int:call_id>/drills")
def make_from_moment(call_id: int) -> ResponseReturnValue:
    """A drill from a stretch of a call."""
    viewer = current_viewer()
    call = calls.get_call(viewer, call_id)
    require_judge(viewer, call)
    start_ms, end_ms = (request.form.get(n, type=int) for n in ("start_ms", "end_ms"))
    if start_ms is None or end_ms is None:
        raise InvalidInput("Choose a moment inside the call.")
    kind = request.form.get("kind", DrillKind.REFORMULATE.value)
    drill = making.make_from_moment(viewer, call, start_ms, end_ms, kind)
    db.session.commit()
    return _made(drill)


@bp.route("/calls/<int:call_id>/drills/row", methods=["GET", "POST"])
def make_chain(call_id: int) -> ResponseReturnValue:
    """Choose some of the prospect's lines of a call, to be answered one after the other."""
    viewer = current_viewer()
    call = calls.get_call(viewer, call_id)
    require_judge(viewer, call)
    if request.method == "POST":
        drill = making.make_chain(viewer, call, request.form.getlist("turns", type=int))
        db.session.commit()
        return _made(drill)
    turns = calls.turns_of(call)
    return render_template(
        "drills/chain.html",
        call=presenters.call_line(call),
        rows=presenters.transcript_rows(turns),
        line_count=len(prospect_lines(turns)),
        least=making.MIN_LINES,
        most=making.MAX_LINES,
    )


@bp.post("/drills/<int:drill_id>/assign")
def assign_drill(drill_id: int) -> ResponseReturnValue:
    """Give a drill to agents."""
    viewer = current_viewer()
    drill = library.get_drill(viewer, drill_id)
    given = assigning.assign_drill(viewer, drill, *asked_of_whom())
    db.session.commit()
    tell_given(given)
    return redirect(url_for("drills.show_drill", drill_id=drill_id))


@bp.post("/drills/given/<int:assignment_id>/cancel")
def cancel_assignment(assignment_id: int) -> ResponseReturnValue:
    """Take a drill back from an agent."""
    viewer = current_viewer()
    assignment = library.get_assignment(viewer, assignment_id)
    assigning.cancel_assignment(viewer, assignment)
    db.session.commit()
    notify(
        _("Taken back from %(name)s.", name=assignment.agent.name),
        undo=url_for("drills.restore_assignment", assignment_id=assignment_id),
    )
    return redirect(_place_of(assignment_id))


@bp.post("/drills/given/<int:assignment_id>/restore")
def restore_assignment(assignment_id: int) -> ResponseReturnValue:
    """Give it again."""
    viewer = current_viewer()
    assignment = library.get_assignment(viewer, assignment_id)
    assigning.cancel_assignment(viewer, assignment, undo=True)
    db.session.commit()
    notify(_("Given again to %(name)s.", name=assignment.agent.name))
    return redirect(_place_of(assignment_id))


@bp.get("/drills/due")
def list_due() -> ResponseReturnValue:
    """What is due in the viewer's teams and whether it was done: no mark, no sound."""
    viewer = current_viewer()
    if not viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD):
        raise NotFound("There is no such page.")
    return render_template(
        "drills/due.html", days=presenters.due_days(viewer, library.list_due(viewer), _today())
    )


def asked_of_whom() -> tuple[list[int], date | None]:
    """Agents and the day of a form that gives something to do.

    Raises:
        InvalidInput: the day is none.
    """
    due = request.form.get("due_on", "").strip()
    try:
        due_on = date.fromisoformat(due) if due else None
    except ValueError:
        raise InvalidInput("Choose a day.", field="due_on") from None
    return request.form.getlist("agents", type=int), due_on


def tell_given(given: Given) -> None:
    """What became of it, on the next page."""
    new = ngettext("Given: %(num)s drill.", "Given: %(num)s drills.", len(given.new))
    known = ngettext(
        "%(num)s was there already and stays as it is.",
        "%(num)s were there already and stay as they are.",
        given.already,
    )
    left_out = ngettext(
        "%(num)s was left out: it quotes a call of another team.",
        "%(num)s were left out: they quote calls of another team.",
        given.left_out,
    )
    said = [(given.new, new), (given.already, known), (given.left_out, left_out)]
    notify(" ".join(sentence for count, sentence in said if count))


def _made(drill: Drill) -> ResponseReturnValue:
    notify(_("The drill is made. Check it, then give it to somebody."))
    return redirect(url_for("drills.show_drill", drill_id=drill.id))


def _edit_of(drill: Drill) -> making.DrillEdit:
    form = request.form
    mark = form.get("mark", "").replace(",", ".").strip()
    try:
        mark_ms = drill.steps[0].start_ms + round(float(mark) * 1000) if mark else None
    except (ValueError, OverflowError):
        raise InvalidInput("Write the mark in seconds, such as 12.5.", field="mark") from None
    return making.DrillEdit(
        title=form.get("title", ""),
        situation=form.get("situation", ""),
        instructions=form.get("instructions", ""),
        examples={
            step.id: form.get(f"example-{step.id}", step.example_text) for step in drill.steps
        },
        mark_ms=mark_ms,
        is_audible=form.get("is_audible") == "1",
        keeps_voice="has_voice" not in form or form.get("keeps_voice") == "1",
    )


def _place_of(assignment_id: int) -> str:
    """The page on which an assignment is listed."""
    assignment = library.get_assignment(current_viewer(), assignment_id)
    if assignment.item is not None:
        return url_for("drills.show_set", set_id=assignment.item.set_id)
    if assignment.drill_id is not None:
        return url_for("drills.show_drill", drill_id=assignment.drill_id)
    return url_for("drills.list_drills")


def _today() -> date:
    return utc_now().date()
