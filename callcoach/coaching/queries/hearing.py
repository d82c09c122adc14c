"""How a supervisor's own notes came to be heard. Read for their author alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent
from callcoach.calls import queries as calls
from callcoach.calls.models import AnalysisRun, Call
from callcoach.campaigns.models import AgentAudio
from callcoach.coaching.hearing import Way
from callcoach.coaching.models import Note, Visibility
from callcoach.extensions import db, utc_now

#: How far back notes are looked at.
LOOKS_BACK = timedelta(weeks=4)


def my_ways(viewer: Viewer) -> list[Way]:
    """The ways of the notes that the viewer wrote and sent to agents in the last weeks.

    The first reading and hearing count, also when the note was changed since.
    """
    notes = db.session.scalars(
        select(Note)
        .join(Note.call)
        .where(
            calls.in_scope(viewer),
            Call.deleted_at.is_(None),
            Note.author_id == viewer.user_id,
            Note.sent_at >= utc_now() - LOOKS_BACK,
            Note.deleted_at.is_(None),
            Note.visibility != Visibility.PRIVATE.value,
            Note.agent_id.is_not(None),
        )
        .options(
            contains_eager(Note.call).options(joinedload(Call.campaign), joinedload(Call.recording))
        )
    ).all()
    flagged = _first_analyses({note.call_id for note in notes})
    read, heard = (_first_times(notes, action) for action in ("note.read", "note.heard"))
    return [
        _way(note, flagged.get(note.call_id), read.get(note.id), heard.get(note.id))
        for note in notes
    ]


def _way(
    note: Note, flagged_at: datetime | None, read_at: datetime | None, heard_at: datetime | None
) -> Way:
    call = note.call
    heard_at = _earlier(heard_at, note.heard_at)
    opened_at = _earlier(_earlier(read_at, note.read_at), heard_at)
    recording = call.recording
    has_sound = (
        note.is_moment
        and call.campaign.agent_audio == AgentAudio.YES
        and recording is not None
        and recording.playback_id is not None
    )
    if heard_at is None and not has_sound:
        heard_at = opened_at
    return Way(
        ended_at=call.started_at + timedelta(milliseconds=call.duration_ms),
        flagged_at=flagged_at,
        sent_at=note.sent_at or note.created_at,
        opened_at=opened_at,
        heard_at=heard_at,
    )


def _first_analyses(call_ids: set[int]) -> dict[int, datetime]:
    rows = db.session.execute(
        select(AnalysisRun.call_id, func.min(AnalysisRun.created_at))
        .where(AnalysisRun.call_id.in_(call_ids))
        .group_by(AnalysisRun.call_id)
    ).all()
    return {row[0]: row[1] for row in rows}


def _first_times(notes: Sequence[Note], action: str) -> dict[int, datetime]:
    """When each note's own agent first did something with it, by the access log."""
    agents = {note.id: note.agent_id for note in notes}
    rows = db.session.execute(
        select(AccessEvent.subject_id, AccessEvent.actor_id, func.min(AccessEvent.at))
        .where(
            AccessEvent.subject_kind == "note",
            AccessEvent.subject_id.in_(agents),
            AccessEvent.action == action,
        )
        .group_by(AccessEvent.subject_id, AccessEvent.actor_id)
    ).all()
    return {
        note_id: at
        for note_id, actor_id, at in rows
        if note_id is not None and agents[note_id] == actor_id
    }


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    times = [time for time in (one, other) if time is not None]
    return min(times, default=None)
