"""The constancy of a team's effort over half a year, from its calls, drills and notes.

A room above that knows of other effort (follow-ups from a plan of its own, say) registers a source
with `on_effort_asked`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select

from callcoach.accounts.models import Membership, Team
from callcoach.calls.models import Call, Outcome
from callcoach.coaching.models import Note
from callcoach.drills.models import Assignment
from callcoach.extensions import Registry, db, utc_now
from callcoach.team_life.regularity import (
    FOLLOWED_WITHIN,
    Dial,
    Kept,
    Promise,
    Week,
    followed_weeks,
    kept_of,
    mondays,
    promises_of,
    weeks_of,
)


@dataclass(frozen=True, slots=True)
class Strip:
    """A kind of effort over the weeks.

    Args:
        kept: for what is promised and kept, how often; None for what is simply done.
    """

    label: str
    weeks: Sequence[Week]
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class More:
    """What a source tells: its label in the language of the moment, and when it was done."""

    label: str
    moments: Sequence[datetime]


#: team id, since when -> effort of another kind; None for nothing to tell. Moments, no people.
Source = Callable[[int, datetime], More | None]

_sources: Registry[Source] = Registry()

#: Registers a source, as a decorator.
on_effort_asked = _sources.add


def strips_of(team: Team, now: datetime | None = None) -> list[Strip]:
    """Calls made, follow-ups kept, drills done, notes heard, and what others add."""
    now = now or utc_now()
    zone = ZoneInfo(team.timezone)
    starts = mondays(now.astimezone(zone).date())
    since = datetime.combine(starts[0], datetime.min.time(), zone)

    def strip(label: str, moments: Sequence[datetime]) -> Strip:
        return Strip(label, weeks_of(moments, starts, zone))

    dials = _dials(team.id, since)
    promises: list[Promise] = promises_of(dials, now)
    found = [strip(str(_("Calls made")), [dial.at for dial in dials])]
    if promises:
        weeks = followed_weeks(promises, starts, zone)
        found.append(Strip(str(_("Follow-ups kept")), weeks, kept_of(promises)))
    found.append(strip(str(_("Drills done")), _drills(team.id, since)))
    found.append(strip(str(_("Notes heard")), _notes(team.id, since)))
    more = (source(team.id, since) for source in _sources)
    return found + [strip(item.label, item.moments) for item in more if item is not None]


def followed_days() -> int:
    """Within how many days a promised call counts as kept."""
    return FOLLOWED_WITHIN.days


def _dials(team_id: int, since: datetime) -> list[Dial]:
    rows = db.session.execute(
        select(Call.started_at, Call.prospect_phone, Call.company, Call.outcome).where(
            Call.team_id == team_id, Call.deleted_at.is_(None), Call.started_at >= since
        )
    )
    return [
        Dial(started_at, _whom(phone, company), outcome == Outcome.CALLBACK)
        for started_at, phone, company, outcome in rows
    ]


def _whom(phone: str, company: str) -> frozenset[str]:
    named = " ".join(company.casefold().split())
    return frozenset(name for name in (phone, named) if name)


def _drills(team_id: int, since: datetime) -> list[datetime]:
    rows = db.session.scalars(
        select(Assignment.done_at)
        .join(Membership, Membership.user_id == Assignment.agent_id)
        .where(
            Membership.team_id == team_id,
            Assignment.done_at >= since,
            Assignment.cancelled_at.is_(None),
        )
    )
    return [moment for moment in rows if moment is not None]


def _notes(team_id: int, since: datetime) -> list[datetime]:
    rows = db.session.scalars(
        select(Note.read_at)
        .join(Note.call)
        .where(Call.team_id == team_id, Note.deleted_at.is_(None), Note.read_at >= since)
    )
    return [moment for moment in rows if moment is not None]
