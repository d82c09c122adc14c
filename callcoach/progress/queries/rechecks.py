"""Reads of rechecks: what became of notes, what is to be heard, what the counts say."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, and_, false, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call, CallKind
from callcoach.calls.queries import in_scope
from callcoach.campaigns.models import Campaign
from callcoach.coaching.models import Note, NoteAim, Visibility
from callcoach.coaching.readable import readable
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.progress.access import follows, is_agent
from callcoach.progress.counting import LEAST_HEARD, Listen, Tally, tally
from callcoach.progress.models import (
    CoachingPeriod,
    Heard,
    Recheck,
    RecheckListen,
    RecheckState,
)

#: Calls of one recheck, in which nothing was found, that are put before a person a week: an ear
#: costs a minute, and more would not be listened to.
EARS_A_WEEK = 2
#: Calls offered to be added by hand.
MOST_CHOICES = 30


def counted(recheck: Recheck) -> list[RecheckListen]:
    """The rows that count: of calls that are there, and still what they were when they joined."""
    return [listen for listen in recheck.listens if _counts(recheck, listen)]


def _counts(recheck: Recheck, listen: RecheckListen) -> bool:
    call = listen.call
    if call.deleted_at is not None or call.agent_id != recheck.agent_id:
        return False
    if not listen.is_drawn:
        return True
    return call.kind == CallKind.TARGET and call.campaign_id == recheck.campaign_id


def tally_of(recheck: Recheck) -> Tally:
    """The counts of a recheck."""
    return tally(
        Listen(listen.is_before, listen.is_drawn, listen.is_detected, _heard(listen))
        for listen in counted(recheck)
    )


def _heard(listen: RecheckListen) -> Heard | None:
    return Heard(listen.heard) if listen.heard is not None else None


def get_recheck(viewer: Viewer, recheck_id: int) -> Recheck:
    """A recheck that the viewer follows.

    Raises:
        NotFound: there is none, or its note is not theirs to follow.
    """
    found = find_recheck(viewer, recheck_id)
    if found is None:
        raise NotFound("There is no such recheck.")
    return found


def find_recheck(viewer: Viewer, recheck_id: int) -> Recheck | None:
    """The same; None when there is none."""
    return db.session.scalars(_followed(viewer).where(Recheck.id == recheck_id)).one_or_none()


def recheck_of_note(viewer: Viewer, note_id: int) -> Recheck | None:
    """The recheck of a note, for whoever follows it."""
    return db.session.scalars(_followed(viewer).where(Recheck.note_id == note_id)).one_or_none()


def list_rechecks(viewer: Viewer, *, own: bool, state: str = "") -> list[Recheck]:
    """What became of notes, newest note first; never in the order of people.

    Args:
        own: only notes that the viewer wrote.
        state: one of `RecheckState`, or "" for all.
    """
    statement = _followed(viewer)
    if own:
        statement = statement.where(Note.author_id == viewer.user_id)
    if state:
        statement = statement.where(Recheck.state == state)
    return list(db.session.scalars(statement.order_by(Note.sent_at.desc(), Recheck.id.desc())))


def my_rechecks(viewer: Viewer) -> list[Recheck]:
    """What became of the notes written for an agent, newest first; empty for everybody else."""
    if not is_agent(viewer):
        return []
    statement = _shown(viewer).where(Recheck.agent_id == viewer.user_id)
    return list(db.session.scalars(statement.order_by(Note.sent_at.desc(), Recheck.id.desc())))


def get_listen(viewer: Viewer, listen_id: int) -> RecheckListen:
    """A later call of a recheck that the viewer follows, whose call is still there.

    Raises:
        NotFound: there is none.
    """
    listen = db.session.get(RecheckListen, listen_id)
    if listen is None:
        raise NotFound("There is no such recheck.")
    recheck = get_recheck(viewer, listen.recheck_id)
    for item in counted(recheck):
        if item.id == listen_id and not item.is_before and _in_scope(viewer, item.call):
            return item
    raise NotFound("There is no such recheck.")


def waiting(viewer: Viewer) -> list[RecheckListen]:
    """What a person is to hear: calls in which something was found, oldest first, then a bounded
    part of the others, drawn so that nobody chooses them.
    """
    if not follows(viewer):
        return []
    rechecks = db.session.scalars(
        _followed(viewer).where(Recheck.state.in_((RecheckState.RUNNING, RecheckState.HELD)))
    ).all()
    found: list[RecheckListen] = []
    drawn: list[RecheckListen] = []
    for recheck in rechecks:
        later = [item for item in counted(recheck) if not item.is_before]
        offered = [i for i in later if i.heard is None and _is_audible(i.call)]
        offered = [item for item in offered if _in_scope(viewer, item.call)]
        found += [item for item in offered if item.is_detected or not item.is_drawn]
        if recheck.state == RecheckState.RUNNING:
            quiet = [i for i in offered if not i.is_detected and i.is_drawn]
            drawn += _drawn(recheck, quiet, [i for i in later if i.heard is not None])
    in_time = lambda item: (item.call.started_at, item.id)  # noqa: E731
    return sorted(found, key=in_time) + sorted(drawn, key=in_time)


def count_waiting(viewer: Viewer) -> int:
    """How many."""
    return len(waiting(viewer))


def _drawn(
    recheck: Recheck, quiet: Sequence[RecheckListen], heard: Iterable[RecheckListen]
) -> list[RecheckListen]:
    """Of each week's calls the first by lot, less those heard already. The lot falls once for each
    call, so that it does not matter when, or how often, it is asked for.
    """
    left: dict[tuple[int, int], int] = defaultdict(lambda: EARS_A_WEEK)
    for item in heard:
        if not item.is_detected and item.is_drawn:
            left[_week(item)] -= 1
    chosen = []
    for item in sorted(quiet, key=lambda each: _lot(recheck.id, each.call_id)):
        if left[_week(item)] > 0:
            left[_week(item)] -= 1
            chosen.append(item)
    return chosen


def _week(listen: RecheckListen) -> tuple[int, int]:
    calendar = listen.call.started_at.isocalendar()
    return calendar.year, calendar.week


def _lot(recheck_id: int, call_id: int) -> str:
    return hashlib.sha256(f"{recheck_id}:{call_id}".encode()).hexdigest()


def _is_audible(call: Call) -> bool:
    return call.recording is not None and call.recording.playback_id is not None


def _in_scope(viewer: Viewer, call: Call) -> bool:
    return viewer.sees_everything or call.team_id in viewer.team_ids


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the recording quota allows.

    Args:
        calls: further heard calls until "held" could be said; None when too many.
        weekly: calls of one agent recorded a week.
        weeks: until then; None when never.
        period: the announced period that is counted in.
    """

    calls: int | None
    weekly: int
    weeks: int | None
    period: CoachingPeriod | None = None


def forecast(recheck: Recheck) -> Forecast:
    """When an answer can be expected, were it never to come back."""
    needed = tally_of(recheck).calls_needed
    weekly = recheck.campaign.weekly_recordings
    period = running_period(recheck.agent_id, recheck.campaign_id)
    return Forecast(needed, weekly, _weeks(needed, weekly, period), period)


def forecast_at_best(agent_id: int, campaign: Campaign) -> Forecast:
    """When an answer about a change that is yet to be asked for can be expected at the earliest: the
    fewest heard calls that may say anything, whatever was before.
    """
    weekly, period = campaign.weekly_recordings, running_period(agent_id, campaign.id)
    return Forecast(LEAST_HEARD, weekly, _weeks(LEAST_HEARD, weekly, period), period)


def running_period(agent_id: int | None, campaign_id: int) -> CoachingPeriod | None:
    """The agent's period that runs or comes, and of which they have been told."""
    today = utc_now().date()
    found: CoachingPeriod | None = db.session.scalar(
        select(CoachingPeriod)
        .where(
            CoachingPeriod.agent_id == agent_id,
            CoachingPeriod.campaign_id == campaign_id,
            CoachingPeriod.cancelled_at.is_(None),
            CoachingPeriod.told_at.is_not(None),
            CoachingPeriod.ends_on >= today,
        )
        .order_by(CoachingPeriod.starts_on)
        .limit(1)
    )
    return found


#: Beyond a year nobody waits.
_LONGEST_WEEKS = 52


def _weeks(calls: int | None, weekly: int, period: CoachingPeriod | None) -> int | None:
    """Weeks until so many calls, counting a period's working days with their own quota."""
    if calls is None:
        return None
    there, day = 0, utc_now().date()
    for week in range(_LONGEST_WEEKS + 1):
        if there >= calls:
            return week
        of_period = 0
        for _ in range(7):
            is_inside = period is not None and period.starts_on <= day <= period.ends_on
            if is_inside and period is not None and day.weekday() < 5:
                of_period += period.daily_quota
            day += timedelta(days=1)
        there += max(weekly, of_period)
    return None


def _followed(viewer: Viewer) -> Select[Recheck]:
    statement = _shown(viewer)
    return statement if follows(viewer) else statement.where(false())


def _shown(viewer: Viewer) -> Select[Recheck]:
    """Rechecks of notes that the viewer reads and that still ask for a change."""
    return (
        select(Recheck)
        .join(Recheck.note)
        .join(Note.call)
        .where(
            readable(viewer),
            and_(
                Note.deleted_at.is_(None),
                Note.sent_at.is_not(None),
                Note.aim == NoteAim.CHANGE.value,
                Note.visibility != Visibility.PRIVATE.value,
            ),
            Call.deleted_at.is_(None),
        )
        .options(
            contains_eager(Recheck.note).contains_eager(Note.call),
            contains_eager(Recheck.note).joinedload(Note.author),
            joinedload(Recheck.agent),
            joinedload(Recheck.campaign),
            selectinload(Recheck.listens).joinedload(RecheckListen.call).joinedload(Call.recording),
        )
    )


def calls_to_add(viewer: Viewer, recheck: Recheck) -> list[Call]:
    """Later calls of the agent that are not followed by themselves, newest first: of another kind
    or campaign.
    """
    followed = [listen.call_id for listen in recheck.listens]
    return list(
        db.session.scalars(
            select(Call)
            .where(
                in_scope(viewer),
                Call.deleted_at.is_(None),
                Call.agent_id == recheck.agent_id,
                Call.started_at >= recheck.started_at,
                Call.current_analysis_id.is_not(None),
                Call.id.not_in([*followed, recheck.note.call_id]),
            )
            .order_by(Call.started_at.desc(), Call.id.desc())
            .limit(MOST_CHOICES)
        )
    )
