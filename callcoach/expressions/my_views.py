"""An agent's expressions, for a telephone; and their marks in the words of a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from callcoach.accounts.session import current_viewer
from callcoach.calls.models import Call
from callcoach.calls.sound import hears_calls
from callcoach.drills.access import practises
from callcoach.drills.operations.assigning import take_up_drill
from callcoach.errors import NotFound
from callcoach.expressions import marks, presenters, queries
from callcoach.expressions.blueprint import bp
from callcoach.expressions.drilling import drill_to_practise
from callcoach.expressions.operations import Saying
from callcoach.expressions.presenters import SayingView
from callcoach.extensions import db


@bp.get("/my/expressions")
def my_expressions() -> ResponseReturnValue:
    """The expressions of an agent's campaigns."""
    viewer = current_viewer()
    found = queries.my_campaigns(viewer)
    return render_template(
        "expressions/my_expressions.html",
        campaigns=[
            (campaign, [presenters.card(viewer, row) for row in rows]) for campaign, rows in found
        ],
        kinds=presenters.kind_choices(),
    )


@bp.post("/my/expressions/<int:expression_id>/practise")
def practise(expression_id: int) -> ResponseReturnValue:
    """Take its drill up; it is made when there is none yet."""
    viewer = current_viewer()
    expression = queries.get_expression(viewer, expression_id)
    if not practises(viewer):
        raise NotFound("There is no drill of this expression yet.")
    assignment = take_up_drill(viewer, drill_to_practise(viewer, expression))
    url = url_for("drills.my_drill", assignment_id=assignment.id)
    db.session.commit()
    return redirect(url)


@dataclass(frozen=True, slots=True)
class MarkView:
    """An expression marked in a turn; `first` and `last` as in `marks.Mark`."""

    key: str
    first: int
    last: int
    saying: SayingView
    sound: str
    sound_text: str


@bp.app_template_global("expression_marks")
def expression_marks(call: Call, turn_index: int) -> Sequence[MarkView]:
    """Marks of one turn, for the page of a call; a call is read once for all of its turns."""
    known: dict[int, Mapping[int, Sequence[MarkView]]] = g.setdefault("expression_marks", {})
    if call.id not in known:
        known[call.id] = _marks_of(call)
    return known[call.id].get(turn_index, ())


def _marks_of(call: Call) -> Mapping[int, Sequence[MarkView]]:
    viewer = current_viewer()
    hears = hears_calls(viewer, call.campaign)
    return {
        index: [
            MarkView(
                key=f"{index}-{number}",
                first=mark.first,
                last=mark.last,
                saying=presenters.saying_view(Saying.of(mark.expression), call.persona),
                sound=(
                    url_for("expressions.voice_sound", expression_id=mark.expression.id)
                    if hears and mark.expression.voice_file_id
                    else ""
                ),
                sound_text=mark.expression.voice_text,
            )
            for number, mark in enumerate(found)
        ]
        for index, found in marks.marks_of(viewer, call).items()
    }
