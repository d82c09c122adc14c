"""Notes beyond the plain one: spoken, for the team, for named people; and templates, for tests."""

from __future__ import annotations

import io
from typing import Any

from callcoach.accounts.models import User
from callcoach.calls.models import Call
from callcoach.coaching import voice_subjects as subjects
from callcoach.coaching.models import Note, NoteMention, NoteReader, NoteTemplate
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job
from callcoach.storage.models import StoredFile
from callcoach.storage.operations import put_file

from .coaching import create_note


def put_voice(sound: bytes = b"voice" * 40) -> StoredFile:
    """A file as the recorder's sound becomes one."""
    return put_file(io.BytesIO(sound), kind="voice", media_type="audio/mp4")


def spoken_note(call: Call, author: User, **values: Any) -> Note:
    """A note that its author also said."""
    note = create_note(call, author, **values)
    note.voice_file, note.voice_ms, note.voice_text = put_voice(), 4200, "Vous êtes équipé."
    db.session.commit()
    return note


def named_note(call: Call, author: User, *readers: User, **values: Any) -> Note:
    """A note for its agent, the supervisors and `readers`."""
    note = create_note(call, author, visibility="named", **values)
    note.readers = [NoteReader(user_id=reader.id) for reader in readers]
    db.session.commit()
    return note


def removed_voice(call: Call, author: User, **values: Any) -> Note:
    """A note whose sound was taken off a moment ago."""
    note = create_note(call, author, **values)
    file = put_voice()
    db.session.flush()
    db.session.add(
        Job(
            kind=subjects.DROP,
            subject=subjects.voice_subject(note.id, file.id),
            payload={"ms": 4200, "text": "Vous êtes équipé."},
            not_before=utc_now().replace(year=2099),
        )
    )
    db.session.commit()
    return note


def create_template(owner: User, name: str = "Objection entendue", **values: Any) -> NoteTemplate:
    """A saved note."""
    defaults = {"cause": "ignored_objection", "instead": "D’accord. Et vous clôturez quand ?"}
    template = NoteTemplate(owner_id=owner.id, name=name, **{**defaults, **values})
    db.session.add(template)
    db.session.commit()
    return template


def note_things(call: Call, author: User, colleague: User, mark: str) -> dict[str, int]:
    """One of each, named so that whoever reads it knows from which site it leaks."""
    said = {"instead": f"Aveclemot-{mark}", "hears": "", "start_ms": 28_500, "end_ms": 29_500}
    # Named by a text that is not on any page of the agent's: no page of theirs names a colleague
    good = create_note(call, author, aim="keep", **said)
    good.mentions = [NoteMention(user_id=colleague.id)]
    db.session.commit()
    return {
        "spoken_note": spoken_note(call, author, **said).id,
        "silenced_note": removed_voice(call, author, **said).id,
        "team_note": create_note(call, author, visibility="team", aim="keep", **said).id,
        "colleagues_note": good.id,
        "template": create_template(author, f"Modele-{mark}").id,
        "deleted_template": create_template(author, f"Ancien-{mark}", deleted_at=utc_now()).id,
    }
