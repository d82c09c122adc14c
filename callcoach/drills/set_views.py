"""Sets of drills, the path of a new agent, and how far each has come on it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.session import current_viewer
from callcoach.calls import queries as calls
from callcoach.campaigns.queries import get_campaign
from callcoach.drills import presenters
from callcoach.drills.blueprint import bp
from callcoach.drills.library_views import asked_of_whom, tell_given
from callcoach.drills.operations import assigning, sets
from callcoach.drills.queries import library
from callcoach.drills.queries.library import DrillFilters
from callcoach.errors import InvalidInput
from callcoach.extensions import db, utc_now
from callcoach.web.toasts import notify


@bp.route("/drills/sets", methods=["GET", "POST"])
def list_sets() -> ResponseReturnValue:
    """Sets and paths; a new one."""
    viewer = current_viewer()
    library.require_maker(viewer)
    if request.method == "POST":
        campaign = get_campaign(viewer, request.form.get("campaign_id", 0, type=int))
        made = sets.create_set(
            viewer,
            campaign,
            request.form.get("name", ""),
            is_immersion=request.form.get("is_immersion") == "1",
        )
        db.session.commit()
        return redirect(url_for("drills.show_set", set_id=made.id))
    archived = request.args.get("archived") == "1"
    return render_template(
        "drills/sets.html",
        cards=[presenters.set_card(each) for each in library.list_sets(viewer, archived=archived)],
        archived=archived,
        campaigns=library.campaigns_of(viewer),
    )


@bp.get("/drills/sets/<int:set_id>")
def show_set(set_id: int) -> ResponseReturnValue:
    """One set with its steps, and how far those who were given it have come."""
    viewer = current_viewer()
    found = library.get_set(viewer, set_id)
    given = library.assignments_of_set(viewer, found)
    inside = {item.drill_id for item in found.items}
    drills = library.list_drills(viewer, DrillFilters(campaign_id=found.campaign_id)).rows
    return render_template(
        "drills/set.html",
        set=presenters.set_view(viewer, found, given),
        drills=[presenters.drill_card(drill) for drill in drills if drill.id not in inside],
        calls=(
            presenters.call_choices(
                calls.list_calls(viewer, calls.CallFilters(campaign_id=found.campaign_id)).items
            )
            if found.is_immersion
            else []
        ),
        agents=library.agents_for(viewer, found.campaign),
        today=utc_now().date(),
    )


@bp.post("/drills/sets/<int:set_id>/rename")
def rename_set(set_id: int) -> ResponseReturnValue:
    """Give it another name."""
    viewer = current_viewer()
    sets.rename_set(viewer, library.get_set(viewer, set_id), request.form.get("name", ""))
    db.session.commit()
    notify(_("Saved."))
    return redirect(url_for("drills.show_set", set_id=set_id))


@bp.post("/drills/sets/<int:set_id>/archive")
def archive_set(set_id: int) -> ResponseReturnValue:
    """Put it aside."""
    viewer = current_viewer()
    sets.archive_set(viewer, library.get_set(viewer, set_id))
    db.session.commit()
    notify(_("Archived."), undo=url_for("drills.unarchive_set", set_id=set_id))
    return redirect(url_for("drills.list_sets"))


@bp.post("/drills/sets/<int:set_id>/unarchive")
def unarchive_set(set_id: int) -> ResponseReturnValue:
    """Bring it back."""
    viewer = current_viewer()
    sets.archive_set(viewer, library.get_set(viewer, set_id), undo=True)
    db.session.commit()
    notify(_("Brought back."))
    return redirect(url_for("drills.show_set", set_id=set_id))


@bp.post("/drills/sets/<int:set_id>/add")
def add_item(set_id: int) -> ResponseReturnValue:
    """Put a drill at the end; on a path also a call to listen to, or a review."""
    viewer = current_viewer()
    found = library.get_set(viewer, set_id)
    kind = request.form.get("kind", "drill")
    if kind == "drill":
        drill = library.get_drill(viewer, request.form.get("drill_id", 0, type=int))
        sets.add_drill(viewer, found, drill)
    elif kind == "listen":
        call = calls.get_call(viewer, request.form.get("call_id", 0, type=int))
        sets.add_listening(viewer, found, call)
    elif kind == "review":
        sets.add_review(viewer, found)
    else:
        raise InvalidInput("There is no such step.")
    db.session.commit()
    return redirect(url_for("drills.show_set", set_id=set_id, _anchor="steps"))


@bp.post("/drills/sets/<int:set_id>/steps/<int:item_id>/remove")
def remove_item(set_id: int, item_id: int) -> ResponseReturnValue:
    """Take a step out."""
    viewer = current_viewer()
    found = library.get_set(viewer, set_id)
    sets.remove_item(viewer, found, library.get_item(found, item_id))
    db.session.commit()
    notify(_("Taken out. The drill itself stays in the library."))
    return redirect(url_for("drills.show_set", set_id=set_id, _anchor="steps"))


@bp.post("/drills/sets/<int:set_id>/steps/<int:item_id>/move")
def move_item(set_id: int, item_id: int) -> ResponseReturnValue:
    """Move a step up or down."""
    viewer = current_viewer()
    found = library.get_set(viewer, set_id)
    by = request.form.get("by", 0, type=int)
    sets.move_item(viewer, found, library.get_item(found, item_id), by=by)
    db.session.commit()
    return redirect(url_for("drills.show_set", set_id=set_id, _anchor="steps"))


@bp.post("/drills/sets/<int:set_id>/assign")
def assign_set(set_id: int) -> ResponseReturnValue:
    """Give the set to agents, or start the path for them."""
    viewer = current_viewer()
    found = library.get_set(viewer, set_id)
    tell = assigning.assign_set(viewer, found, *asked_of_whom())
    db.session.commit()
    tell_given(tell)
    return redirect(url_for("drills.show_set", set_id=set_id))


@bp.post("/drills/given/<int:assignment_id>/reviewed")
def mark_reviewed(assignment_id: int) -> ResponseReturnValue:
    """A real call was gone through together."""
    return _reviewed(assignment_id, undo=False)


@bp.post("/drills/given/<int:assignment_id>/not-reviewed")
def unmark_reviewed(assignment_id: int) -> ResponseReturnValue:
    """Take that back."""
    return _reviewed(assignment_id, undo=True)


def _reviewed(assignment_id: int, *, undo: bool) -> ResponseReturnValue:
    viewer = current_viewer()
    assignment = library.get_assignment(viewer, assignment_id)
    assigning.mark_reviewed(viewer, assignment, undo=undo)
    db.session.commit()
    back = url_for("drills.unmark_reviewed", assignment_id=assignment_id)
    notify(
        _("Taken back.") if undo else _("Noted: the call was reviewed."),
        undo=None if undo else back,
    )
    assert assignment.item is not None  # `mark_reviewed` has looked
    return redirect(url_for("drills.show_set", set_id=assignment.item.set_id))
