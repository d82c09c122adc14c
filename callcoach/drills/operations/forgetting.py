"""What goes out of drills when a call they quote is deleted."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from callcoach.calls.models import Call
from callcoach.coaching.models import Note
from callcoach.drills.anonymising import names_in, redact
from callcoach.drills.models import Drill, DrillStep
from callcoach.extensions import db
from callcoach.storage.models import StoredFile
from callcoach.storage.operations import delete_file


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
                forget_example(step)
    db.session.flush()


def forget_example(step: DrillStep) -> None:
    """Delete the spoken example of a step, if there is one; its words stay."""
    file = db.session.get(StoredFile, step.example_file_id) if step.example_file_id else None
    step.example_file = None
    db.session.flush()
    # Drills made before they had copies share the file with their note, which has it deleted
    if file is not None and not db.session.scalar(
        select(Note.id).where(Note.voice_file_id == file.id).limit(1)
    ):
        delete_file(file)
        db.session.flush()
