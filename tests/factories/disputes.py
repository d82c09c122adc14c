"""Disputes for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from callcoach.accounts.models import User
from callcoach.calls.models import Call, Verdict
from callcoach.coaching.models import Dispute, Note
from callcoach.coaching.moment_keys import place_key
from callcoach.extensions import db, utc_now

from .coaching import create_note


def create_dispute(about: Note | Verdict, **values: Any) -> Dispute:
    """What the agent of a call sees otherwise; open, and due in two days, unless told."""
    call_id = about.call_id
    is_note = isinstance(about, Note)
    defaults: dict[str, Any] = {
        "text": "Il venait de dire qu’il avait deux minutes.",
        "due_at": utc_now() + timedelta(hours=48),
        "note_id": about.id if is_note else None,
        "verdict_id": None if is_note else about.id,
    }
    dispute = Dispute(call_id=call_id, **{**defaults, **values})
    db.session.add(dispute)
    db.session.commit()
    return dispute


def dispute_things(call: Call, author: User, note: Note, flag_id: int) -> dict[str, Any]:
    """For tests of rights: one that waits, one taken back, one that was answered, and the name of a
    confirmed moment.
    """
    flag = db.session.get_one(Verdict, flag_id)
    by = {"agent_id": call.agent_id}
    other = create_note(call, author, start_ms=3000, end_ms=4000)
    counter = {"counter_call_id": call.id, "counter_start_ms": 9600, "counter_end_ms": 12_000}
    return {
        "dispute": create_dispute(note, **by, **counter).id,
        "withdrawn_dispute": create_dispute(flag, state="withdrawn", **by).id,
        "kept_dispute": create_dispute(
            other,
            state="kept",
            answer="Non.",
            answered_at=utc_now(),
            answered_by_id=author.id,
            **by,
        ).id,
        "flag_key": place_key(flag),
    }
