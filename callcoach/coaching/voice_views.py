"""The sound of a note: recorded by its author, heard by whoever reads the note."""

from __future__ import annotations

from collections.abc import Mapping

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls import operations as calls_operations
from callcoach.calls.media_views import play
from callcoach.calls.models import Call
from callcoach.calls.presenters import clock
from callcoach.calls.sound import require_sound
from callcoach.coaching import voice_media as media
from callcoach.coaching import voice_subjects as subjects
from callcoach.coaching.blueprint import bp
from callcoach.coaching.models import Note
from callcoach.coaching.operations import voice as operations
from callcoach.coaching.operations.note_guards import require_author
from callcoach.coaching.queries import inbox
from callcoach.coaching.queries import notes as queries
from callcoach.coaching.take_views import show_take, take_in
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.jobs.models import JobState
from callcoach.jobs.queries import find_job, has_failed
from callcoach.storage import StoredContent, uploads
from callcoach.web.gate import lock_late
from callcoach.web.uploads import read_piece


@bp.get("/notes/<int:note_id>/voice/takes/<name>")
def voice_take(note_id: int, name: str) -> ResponseReturnValue:
    """How much of a recording has come."""
    viewer = current_viewer()
    _call, note = _own(viewer, note_id)
    key = _upload_key(viewer, note_id, name)
    return show_take(key, _kept(note, key))


@bp.put("/notes/<int:note_id>/voice/takes/<name>")
@lock_late
def put_voice_take(note_id: int, name: str) -> ResponseReturnValue:
    """One more piece of a recording; with the last one it is decoded, and is the note's."""
    viewer = current_viewer()
    piece = read_piece()
    _call, note = _own(viewer, note_id)
    key = _upload_key(viewer, note_id, name)

    def keep(sound: StoredContent, length_ms: int) -> Mapping[str, object]:
        call, note = _own(viewer, note_id)
        operations.keep_voice(viewer, call, note, sound, length_ms)
        return voice_facts(note)

    return take_in(key, piece, _kept(note, key), keep)


@bp.delete("/notes/<int:note_id>/voice/takes/<name>")
def remove_voice_take(note_id: int, name: str) -> ResponseReturnValue:
    """Take the sound off the note, also what has only come in part."""
    viewer = current_viewer()
    call, note = _own(viewer, note_id)
    uploads.forget_upload(_upload_key(viewer, note_id, name))
    operations.remove_voice(viewer, call, note)
    db.session.commit()
    return jsonify(removed=True)


@bp.post("/notes/<int:note_id>/voice/restore")
def restore_voice(note_id: int) -> ResponseReturnValue:
    """Bring a removed sound back."""
    viewer = current_viewer()
    call, note = _own(viewer, note_id)
    operations.restore_voice(viewer, call, note)
    db.session.commit()
    return jsonify(voice_facts(note))


@bp.get("/notes/<int:note_id>/voice/status")
def voice_status(note_id: int) -> ResponseReturnValue:
    """The words of the sound: ``waiting``, ``ready`` with ``text``, ``failed`` or ``none``."""
    viewer = current_viewer()
    _call, note = _own(viewer, note_id)
    return jsonify(voice_facts(note))


@bp.get("/notes/<int:note_id>/voice")
def voice_sound(note_id: int) -> ResponseReturnValue:
    """The sound of a note, in parts; never kept by the browser: devices are shared."""
    viewer = current_viewer()
    call, note = inbox.get_readable_note(viewer, note_id)
    require_sound(viewer, call.campaign)
    if note.voice_file is None:
        raise NotFound("There is no sound with this note.")
    is_own = note.author_id == viewer.user_id
    file = note.voice_file
    return play(viewer, file, "note.voice_heard", "note", note_id, is_logged=not is_own)


def voice_facts(note: Note) -> dict[str, object]:
    """What the form shows of a note's sound."""
    if note.voice_file_id is None:
        return {"state": "none"}
    job = find_job(
        Viewer.system(), subjects.voice_subject(note.id, note.voice_file_id), subjects.TRANSCRIBE
    )
    is_done = job is None or job.state == JobState.DONE
    state = "failed" if has_failed(job) else "ready" if is_done or note.voice_text else "waiting"
    return {
        "state": state,
        "text": note.voice_text,
        "sound": url_for("coaching.voice_sound", note_id=note.id),
        "length": clock(note.voice_ms),
    }


def _own(viewer: Viewer, note_id: int) -> tuple[Call, Note]:
    """A note that the viewer wrote, with its call."""
    call, note = queries.get_note(viewer, note_id)
    calls_operations.require_judge(viewer, call)
    require_author(viewer, call, note)
    return call, note


def _upload_key(viewer: Viewer, note_id: int, name: str) -> str:
    return uploads.upload_key("note-voice", viewer.user_id or 0, note_id, name[:80])


def _kept(note: Note, key: str) -> Mapping[str, object] | None:
    """What is told of the recording that this very upload has become."""
    return voice_facts(note) if media.is_from(note.voice_file, key) else None
