"""A lesson is put before a team, and followed in its calls from then on."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.campaigns.models import CampaignTeam
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState, ItemKind
from callcoach.debriefs.operations import agenda, effects
from callcoach.debriefs.queries.planned import next_planned
from callcoach.errors import Conflict
from callcoach.extensions import db
from callcoach.lessons.models import Lesson, LessonState, LessonTeam
from callcoach.progress.models import SignKind
from callcoach.progress.signs import Sign

#: Planned minutes of the item that briefs a lesson.
BRIEFING_MINUTES = 5
_SOURCE = re.compile(r"lesson:(\d+)")


def source_of(lesson: Lesson) -> str:
    """What an agenda's item that briefs a lesson is made from."""
    return f"lesson:{lesson.id}"


def put_on_agenda(viewer: Viewer, lesson: Lesson, entry: LessonTeam) -> AgendaItem:
    """Put a lesson on the team's next debrief, or have it wait for one. Twice is once.

    Raises:
        NotFound: the viewer does not lead the team's debriefs.
    """
    debrief = next_planned(viewer, entry.team_id)
    item = _item_there(lesson, entry, debrief)
    if item is None:
        try:
            item = _add(viewer, lesson, entry, debrief)
        except Conflict:  # the agenda is full: it waits for the one after
            item = _add(viewer, lesson, entry, None)
    entry.item_id = item.id
    db.session.flush()
    db.session.expire(entry, ["item"])
    return item


def take_off_agenda(viewer: Viewer, entry: LessonTeam) -> None:
    """What was put on an agenda and not shown yet goes from it.

    Raises:
        NotFound: the viewer does not lead the debrief.
    """
    item = entry.item
    is_to_come = item is not None and item.opened_at is None and item.removed_at is None
    if item is not None and is_to_come:
        is_over = item.debrief is not None and item.debrief.state not in (
            DebriefState.PLANNED,
            DebriefState.RUNNING,
        )
        if not is_over:
            agenda.remove_item(viewer, item)
    entry.item_id = None
    db.session.flush()
    db.session.expire(entry, ["item"])


def mark_briefed(debrief: Debrief) -> None:
    """A debrief was held: the lessons that were before it are briefed to its teams. Twice is once."""
    if debrief.is_one_to_one:
        return
    for item in list(debrief.items):
        of_lesson = _SOURCE.fullmatch(item.source)
        if item.opened_at is None or of_lesson is None:
            continue
        lesson = db.session.get(Lesson, int(of_lesson.group(1)))
        if lesson is None:
            continue
        for team_id in sorted(debrief.team_ids):
            entry = db.session.get(LessonTeam, (lesson.id, team_id))
            if entry is None or entry.state != LessonState.TAKEN or entry.briefed_at is not None:
                continue
            waiting = entry.item
            entry.item_id = item.id
            follow(lesson, entry, item.opened_at)
            if waiting is not None and waiting.id != item.id and waiting.debrief_id is None:
                db.session.delete(waiting)  # the other team's agenda had it as well
    db.session.flush()


def follow(lesson: Lesson, entry: LessonTeam, briefed_at: datetime) -> None:
    """A team was briefed: from then on its calls are drawn."""
    entry.briefed_at = briefed_at
    db.session.flush()
    calls = select(CampaignTeam.id).where(
        CampaignTeam.campaign_id == lesson.campaign_id, CampaignTeam.team_id == entry.team_id
    )
    if entry.effect_id is not None or db.session.scalar(calls.limit(1)) is None:
        return
    effect = effects.start(
        Viewer.system(),
        entry.team_id,
        Sign(SignKind(lesson.sign), lesson.subject, lesson.bound, lesson.is_upper),
        is_wanted=lesson.is_wanted,
        campaign_id=lesson.campaign_id,
        started_at=briefed_at,
    )
    entry.effect_id = effect.id
    db.session.flush()


def _item_there(lesson: Lesson, entry: LessonTeam, debrief: Debrief | None) -> AgendaItem | None:
    on_it = (
        AgendaItem.debrief_id == debrief.id
        if debrief is not None
        else AgendaItem.debrief_id.is_(None) & (AgendaItem.team_id == entry.team_id)
    )
    found: AgendaItem | None = db.session.scalar(
        select(AgendaItem).where(on_it, AgendaItem.source == source_of(lesson)).limit(1)
    )
    return found


def _add(viewer: Viewer, lesson: Lesson, entry: LessonTeam, debrief: Debrief | None) -> AgendaItem:
    return agenda.add_item(
        viewer,
        debrief,
        team_id=entry.team_id,
        kind=ItemKind.THEME,
        title=lesson.title,
        minutes=BRIEFING_MINUTES,
        words=lesson.text,
        drill_id=lesson.drill_id,
        source=source_of(lesson),
    )
