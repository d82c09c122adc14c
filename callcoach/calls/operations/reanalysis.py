"""Past calls are analysed again in the background when the engine or a campaign's tuning changes.

One job a call, of low priority, a slice at a time: imports go first, and the queue never holds
more than a slice of this work. A feeding job asks for the next slice while there is something
left; it is started when a worker starts (after an upgrade), when a campaign is tuned, and when a
call takes the phrases learnt from it away.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, String, cast, literal, select

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call, CallState
from callcoach.calls.queries.reanalysis import outdated_calls
from callcoach.calls.subjects import FEED_REFRESH, REFRESH, subject_of
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db, utc_now
from callcoach.jobs import feeding
from callcoach.jobs import operations as jobs
from callcoach.jobs.leases import is_due
from callcoach.jobs.models import Job
from callcoach.tuning.events import on_tuning_changed
from callcoach.tuning.models import ChangeKind, TuningChange

#: Most calls that wait to be analysed again at any time.
SLICE = 50
#: Time between two slices, seconds: what one worker does of a slice meanwhile is topped up.
EVERY_S = 30
#: Behind everything that a person waits for.
LOW_PRIORITY = -10
#: A call whose analysis failed is tried again after this: an upgrade may have mended it.
FAILED_RESTS = timedelta(days=1)


def refresh_outdated(*, campaign_id: int | None = None) -> int:
    """Ask for the analysis of the next slice of outdated calls, newest first.

    Returns:
        How many calls wait for it now, or are being analysed; 0 when nothing is left to do.
    """
    # Others are being worked on, and come out of that with an analysis of today's
    settled = Call.state.in_((CallState.READY, CallState.FAILED, CallState.CANCELLED))
    return feeding.top_up(
        REFRESH,
        outdated_calls(campaign_id).where(settled),
        ask_for_refresh,
        subject=subject_column(),
        size=SLICE,
        rests=FAILED_RESTS,
    )


def ask_for_refresh(call_id: int, *, again: bool = False) -> Job:
    """Have the call analysed again behind everything else; see `jobs.operations.enqueue`."""
    return jobs.enqueue(
        REFRESH, subject_of(call_id), viewer=Viewer.system(), priority=LOW_PRIORITY, again=again
    )


def feed_refreshing(*, after: str | None = None) -> Job:
    """Have outdated calls found and analysed again. Asked for any number of times at once, it is
    done once.

    Args:
        after: subject of the feeding job that asks for the next one, which comes `EVERY_S` seconds
            later at most; None has it done at once.
    """
    return feeding.feed(
        FEED_REFRESH,
        viewer=Viewer.system(),
        every_s=EVERY_S,
        priority=LOW_PRIORITY,
        after=after,
    )


def feed_if_outdated() -> bool:
    """Start the feeding when there is something to do: a worker starts, perhaps after an upgrade.

    Returns:
        Whether there was.
    """
    is_needed = db.session.scalar(outdated_calls().limit(1)) is not None
    if is_needed:
        feed_refreshing()
    return is_needed


def next_refreshes(campaign_id: int | None = None) -> list[int]:
    """Numbers of the jobs that wait to analyse a call again and whose time has come."""
    statement = (
        select(Job.id)
        .join(Call, Job.subject == subject_column())
        .where(Job.kind == REFRESH, is_due(utc_now()))
        .order_by(Job.id)
    )
    if campaign_id is not None:
        statement = statement.where(Call.campaign_id == campaign_id)
    return list(db.session.scalars(statement))


@on_tuning_changed
def _feed_after_tuning(_campaign: Campaign, change: TuningChange) -> None:
    if change.kind in (ChangeKind.PHRASE, ChangeKind.BOUND):
        feed_refreshing()


def subject_column() -> ColumnElement[str]:
    """`subject_of`, in the database."""
    return literal(subject_of(0).removesuffix("0")) + cast(Call.id, String)
