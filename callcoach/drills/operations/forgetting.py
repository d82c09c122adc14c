"""What goes out of drills when a call they quote is deleted."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from callcoach.calls.models import Call
from callcoach.drills.anonymising import names_in, redact
from callcoach.drills.models import Drill, DrillStep
from callcoach.extensions import db


def forget_names(call: Call) -> None:
    """Take the names of a call out of the drills that quote it: without the call nobody knows any
    more which words to leave out for whom.
    """
    names = names_in(call)
    drills = db.session.scalars(
        select(Drill)
        .where(Drill.steps.any(DrillStep.call_id == call.id))
        .options(selectinload(Drill.steps))
        .order_by(Drill.id)
    ).all()
    for drill in drills:
        drill.title = redact(drill.title, names)
        drill.instructions = redact(drill.instructions, names)
        drill.row_version += 1  # a form that was opened before would write them back
        for step in drill.steps:
            if step.call_id == call.id:
                step.prospect_text = redact(step.prospect_text, names)
                step.original_text = redact(step.original_text, names)
                step.example_text = redact(step.example_text, names)
    db.session.flush()
