"""What goes out of drills when a call they quote is deleted."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from callcoach.calls.models import Call
from callcoach.drills.anonymising import names_in, redact
from callcoach.drills.measuring import Measures
from callcoach.drills.models import Drill, DrillStep
from callcoach.drills.sharing import is_for_everybody
from callcoach.extensions import db
from callcoach.storage.models import StoredFile
from callcoach.storage.operations import delete_file

#: Kind of file: a drill's own copy of a voice.
EXAMPLE = "example"


def forget_call(call: Call) -> None:
    """Take the names of a call out of the drills that quote it: without the call nobody knows any
    more which words to leave out for whom. What was spoken about it goes too, as with its notes.
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
                step.original_measures = _without_words(step.original_measures)
                file = _own_copy(step)
                if file is not None and not is_for_everybody(file.id):
                    forget_example(step)
    db.session.flush()


def forget_example(step: DrillStep) -> None:
    """Take the spoken example off a step, if there is one; its words stay. A copy of the drill's own
    is deleted; what belongs to a note or to an expression is theirs to delete.
    """
    file = _own_copy(step)
    step.example_file = None
    db.session.flush()
    if file is not None:
        delete_file(file)
        db.session.flush()


def _without_words(measures: Measures) -> Measures:
    """What can be measured, without what it quotes."""
    return {name: item for name, item in measures.items() if "quotes" not in item}


def _own_copy(step: DrillStep) -> StoredFile | None:
    file = db.session.get(StoredFile, step.example_file_id) if step.example_file_id else None
    return file if file is not None and file.kind == EXAMPLE else None
