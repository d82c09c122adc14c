"""Drawing the first calls that use a wording a client approved: by lot, from a seed laid down first."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.audits.models import WordingCall, WordingDraw
from callcoach.extensions import db, utc_now
from callcoach.jobs import feeding
from callcoach.jobs.models import Job
from callcoach.notices import operations as notices
from callcoach.promises.models import PromiseVersion
from callcoach.script_library.approval_queries import seats_of
from callcoach.script_library.models import ScriptVersion
from callcoach.sponsors import wordings
from callcoach.sponsors.wordings import Use

#: Look for calls that say what was approved.
LOOK = "sponsors.wordings"
#: Seconds between two looks while something is looked for, behind everything a person waits for.
EVERY_S = 900
LOW_PRIORITY = -14
#: Seeds are below this: they are printed, and a person may type one.
_SEEDS = 2**31


def look_soon(*, after: str | None = None) -> Job:
    """Have calls looked for; asked for any number of times at once, it is done once.

    Args:
        after: subject of the job that asks for the next look; None has it done at once.
    """
    return feeding.feed(
        LOOK, viewer=Viewer.system(), every_s=EVERY_S, priority=LOW_PRIORITY, after=after
    )


def look_if_needed() -> bool:
    """Begin to look where something is looked for: a worker starts."""
    is_needed = bool(wordings.new_scripts() or wordings.new_promises())
    if is_needed:
        look_soon()
    return is_needed


def look() -> int:
    """Count the calls that say each newly approved wording, and draw where they are enough.

    Safe to run again: what was drawn is not looked at any more.

    Returns:
        How many wordings still wait for calls.
    """
    waiting = 0
    for script in wordings.new_scripts():
        if wordings.changed_lines(script):
            waiting += not _look_at(script, wordings.uses_of_script(script))
    for promise in wordings.new_promises():
        waiting += not _look_at(promise, wordings.uses_of_promise(promise))
    return waiting


def _look_at(version: ScriptVersion | PromiseVersion, uses: Sequence[Use]) -> bool:
    """Keep how many there are; draw once there are enough. Whether it is drawn."""
    draw = _draw_of(version)
    draw.population = len(uses)
    is_late = utc_now() - wordings.in_force_since(version) >= wordings.FEWER_AFTER
    if len(uses) >= draw.size or (is_late and uses):
        _draw(draw, uses)
    db.session.flush()
    return draw.drawn_at is not None


def _draw_of(version: ScriptVersion | PromiseVersion) -> WordingDraw:
    """The draw of a wording. Its seed is laid down before anybody knows from which calls it draws."""
    is_promise = isinstance(version, PromiseVersion)
    column = WordingDraw.promise_version_id if is_promise else WordingDraw.script_version_id
    found: WordingDraw | None = db.session.scalar(select(WordingDraw).where(column == version.id))
    if found is None:
        found = WordingDraw(
            campaign_id=wordings.campaign_id_of(version),
            promise_version_id=version.id if is_promise else None,
            script_version_id=None if is_promise else version.id,
            seed=secrets.randbelow(_SEEDS),
            size=wordings.SIZE,
        )
        db.session.add(found)
        db.session.flush()
    return found


def lot(seed: int, uses: Sequence[Use], size: int) -> list[Use]:
    """`size` of the calls, each as likely as any other, or all where there are fewer; the same again
    from the same seed, whatever their order.

    >>> uses = [Use(number, 0, 1000) for number in range(20)]
    >>> lot(7, uses, 5) == lot(7, uses[::-1], 5)
    True
    """
    ordered = sorted(uses, key=lambda use: use.call_id)
    return random.Random(seed).sample(ordered, min(size, len(ordered)))


def _draw(draw: WordingDraw, uses: Sequence[Use]) -> None:
    draw.calls = [
        WordingCall(call_id=use.call_id, start_ms=use.start_ms, end_ms=use.end_ms)
        for use in lot(draw.seed, uses, draw.size)
    ]
    draw.drawn_at = utc_now()
    db.session.flush()
    record(
        None,
        "wording.drawn",
        subject_kind="wording_draw",
        subject_id=draw.id,
        seed=draw.seed,
        population=len(uses),
        drawn=[one.call_id for one in draw.calls],
        of=sorted(use.call_id for use in uses),
    )
    notices.notify_each(
        [person.id for person in seats_of(draw.campaign)],
        "portal.wording",
        f"wording_draw:{draw.id}",
        f"/portal/wordings/{draw.id}",
        campaign=draw.campaign.name,
    )
