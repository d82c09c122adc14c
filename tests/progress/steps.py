"""Later calls and what is in them, for tests of what became of a note."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from callcoach.calls.events import words_changed
from callcoach.calls.models import Call, TippingPoint
from callcoach.extensions import db, utc_now
from callcoach.progress.models import Recheck, RecheckListen
from callcoach.progress.operations import following
from tests.coaching.conftest import Desk
from tests.factories.calls import create_call
from tests.factories.coaching import create_note

#: When the note of these tests was sent: the calls lie around it.
SENT = utc_now().replace(microsecond=0) - timedelta(days=10)


def followed(desk: Desk, **values: Any) -> Recheck:
    """A note of Claire's on the desk's call, followed."""
    note = create_note(desk.call, desk.user("claire"), sent_at=SENT, **values)
    recheck = following.start_recheck(note)
    db.session.commit()
    assert recheck is not None
    return recheck


def call_at(desk: Desk, days: float, *, flagged: bool = False, **values: Any) -> Call:
    """A call of the agent's, so many days after the note (before it when negative), published as a
    worker does; the factory's one flag is taken away unless it is `flagged`.
    """
    call = create_call(
        **{
            "team": desk.call.team,
            "agent": desk.user("agent"),
            "campaign": desk.call.campaign,
            "started_at": SENT + timedelta(days=days),
            **values,
        }
    )
    if not flagged:
        take_flags(call)
    words_changed(call)
    db.session.commit()
    return call


def take_flags(call: Call) -> None:
    """As if the engine had found nothing."""
    for point in db.session.query(TippingPoint).filter_by(analysis_id=call.current_analysis_id):
        db.session.delete(point)
    db.session.flush()


def listen_of(recheck: Recheck, call: Call) -> RecheckListen | None:
    """The row of a call in a recheck."""
    found = [item for item in following.listens_of(recheck) if item.call_id == call.id]
    return found[0] if found else None


def rows(recheck: Recheck) -> list[tuple[bool, bool | None]]:
    """(is_before, is_detected) of every row, by call."""
    return [(item.is_before, item.is_detected) for item in following.listens_of(recheck)]
