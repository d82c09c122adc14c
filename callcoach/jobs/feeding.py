"""Work on many subjects behind everything else, a slice at a time.

A feeding job asks for the jobs of the next slice and for the feeding job after it, so that the queue
never holds more than a slice of such work. Each feeding job is for one stretch of time: asked for
any number of times at once, it is done once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select

from callcoach.extensions import db, utc_now
from callcoach.jobs.access import Actor
from callcoach.jobs.models import LIVE_STATES, Job, JobState
from callcoach.jobs.operations import enqueue

#: Subject of a feeding job: the number of the stretch that it is for.
_SLOT = "slot:"


def feed(kind: str, *, viewer: Actor, every_s: int, priority: int, after: str | None = None) -> Job:
    """Ask for a feeding job of `kind`.

    Args:
        every_s: length of a stretch, seconds.
        after: subject of the feeding job that asks for the next one, which comes `every_s` seconds
            later at most; None has it done at once.
    """
    slot = int(utc_now().timestamp()) // every_s
    if after is not None:  # never itself, should the clocks of two machines differ
        slot = max(slot, int(after.removeprefix(_SLOT))) + 1
    return enqueue(
        kind,
        f"{_SLOT}{slot}",
        viewer=viewer,
        priority=priority,
        not_before=None if after is None else datetime.fromtimestamp(slot * every_s, UTC),
        again=True,
    )


def top_up(
    kind: str,
    wanted: Select[int],
    ask: Callable[[int], object],
    *,
    subject: ColumnElement[str],
    size: int,
    rests: timedelta,
) -> int:
    """Ask for the next jobs of `kind`, until `size` of them wait or are being worked on.

    Args:
        wanted: numbers of what there is to work on, the most urgent first.
        ask: has one of them worked on.
        subject: what a job on one of `wanted` is for, in terms of that statement.
        rests: what failed is asked for again after this.

    Returns:
        How many wait now, or are being worked on; 0 when nothing is left to do.
    """
    count = count_live(kind)
    if count >= size:
        return count
    known = is_taken_up(kind, subject, rests)
    for number in db.session.scalars(wanted.where(~known).limit(size - count)).all():
        ask(number)
        count += 1
    return count


def count_live(kind: str) -> int:
    """How many jobs of a kind wait, or are being worked on."""
    live = select(func.count(Job.id)).where(Job.kind == kind, Job.state.in_(LIVE_STATES))
    return db.session.scalar(live) or 0


def is_taken_up(kind: str, subject: ColumnElement[str], rests: timedelta) -> ColumnElement[bool]:
    """Whether a job of `kind` on `subject` is live, or ended without success less than `rests` ago:
    an upgrade may have mended what made it fail, but not each time anew.
    """
    ended = Job.state.in_((JobState.FAILED, JobState.CANCELLED))
    return exists().where(
        Job.kind == kind,
        Job.subject == subject,
        or_(Job.state.in_(LIVE_STATES), ended & (Job.finished_at > utc_now() - rests)),
    )
