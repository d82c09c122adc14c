"""Whether an agent has only been told what to change this week. One question about the notes
themselves, asked while one is written; nothing here is counted for a person to be compared by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.calls import queries as calls
from callcoach.calls.models import Call
from callcoach.coaching.models import Note, NoteAim, Visibility
from callcoach.extensions import db, utc_now

#: Where the clock runs for somebody without a site.
_ZONE = "Europe/Paris"


@dataclass(frozen=True, slots=True)
class Imbalance:
    """An agent has had corrections this week, and nothing to keep.

    Args:
        since: Monday of the agent's present week.
        corrections: notes to change, sent since then by anybody.
    """

    agent: User
    since: date
    corrections: int


def week_of(agent: User, now: datetime) -> tuple[date, datetime]:
    """Monday of the agent's present week, and the instant it began where they work."""
    zone = ZoneInfo(agent.timezone or _ZONE)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    return monday, datetime.combine(monday, time(), zone)


def imbalance(viewer: Viewer, call: Call, *, now: datetime | None = None) -> Imbalance | None:
    """Whether the agent of the call has had corrections this week but no note to keep, from
    anybody and in any team that the viewer answers for.
    """
    agent = call.agent
    if agent is None:
        return None
    monday, since = week_of(agent, now or utc_now())
    rows = db.session.execute(
        select(Note.aim, func.count())
        .join(Note.call)
        .where(
            Note.agent_id == agent.id,
            Note.sent_at >= since,
            Note.deleted_at.is_(None),
            Note.visibility != Visibility.PRIVATE,
            Call.deleted_at.is_(None),
            calls.in_scope(viewer),
        )
        .group_by(Note.aim)
    ).all()
    count: dict[str, int] = {str(aim): number for aim, number in rows}
    if count.get(NoteAim.KEEP, 0) or not count.get(NoteAim.CHANGE, 0):
        return None
    return Imbalance(agent, monday, count[NoteAim.CHANGE])
