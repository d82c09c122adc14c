"""Coaching notes and listening requests for tests."""

from __future__ import annotations

import functools
import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from callcoach.accounts.models import User
from callcoach.calls.models import Call, TippingPoint
from callcoach.coaching.models import ListeningRequest, Note, NoteRevision
from callcoach.extensions import db, utc_now
from callcoach.speech.audio import Recording
from callcoach.speech.playback import write_playback
from callcoach.storage.operations import put_file

from .sounds import speech_like


def create_note(
    call: Call,
    author: User,
    *,
    sent: bool = True,
    point: TippingPoint | None = None,
    **values: Any,
) -> Note:
    """A note on the call's last words before "Non merci"; sent unless told."""
    defaults: dict[str, Any] = {
        "channel": 0,
        "start_ms": 12_200,
        "end_ms": 24_000,
        "quote": "Je vous propose une démonstration mardi ou jeudi.",
        "hears": "Il n’a pas été écouté.",
        "instead": "D’accord, vous êtes équipé. Vous clôturez en combien de jours ?",
        "cause": "ignored_objection",
    }
    note = Note(
        call_id=call.id,
        author_id=author.id,
        updated_by_id=author.id,
        agent_id=call.agent_id,
        point_id=point.id if point else None,
        **{**defaults, **values},
    )
    if sent:
        note.sent_at = note.updated_at = values.get("sent_at") or utc_now()
    db.session.add(note)
    db.session.flush()
    if sent:
        content = {name: getattr(note, name) for name in (*defaults, "aim", "visibility")}
        note.revisions.append(NoteRevision(number=1, content=content, author_id=author.id))
    db.session.commit()
    return note


def create_request(
    call: Call, agent: User, *, moment: bool = True, **values: Any
) -> ListeningRequest:
    """An agent's request, on a moment of the call or on all of it."""
    place = {"channel": 1, "start_ms": 9600, "end_ms": 12_000} if moment else {}
    request = ListeningRequest(
        call_id=call.id, agent_id=agent.id, **{"text": "Ici, ça a basculé ?", **place, **values}
    )
    db.session.add(request)
    db.session.commit()
    return request


def give_sound(call: Call) -> None:
    """A real playback file as long as the call, in two channels."""
    assert call.recording is not None
    call.recording.playback = put_file(
        io.BytesIO(_encoded(call.duration_ms)), kind="playback", media_type="audio/mp4"
    )
    db.session.commit()


@functools.cache
def _encoded(duration_ms: int) -> bytes:
    """Encoded once in a process: it takes longer than most tests."""
    duration_s = duration_ms / 1000
    samples = np.stack([speech_like(duration_s, seed) for seed in (1, 2)])
    recording = Recording(samples, 8000, duration_s, "wav", "pcm_s16le", 2)
    with tempfile.TemporaryDirectory() as folder:
        return write_playback(recording, Path(folder) / "playback.m4a").read_bytes()
