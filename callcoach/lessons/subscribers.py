"""What this room learns from those below: debriefs that were held, effects that want a title."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.debriefs.effect_models import Effect
from callcoach.debriefs.effect_presenters import register_title
from callcoach.debriefs.events import on_ended
from callcoach.debriefs.models import Debrief
from callcoach.extensions import db
from callcoach.lessons.models import Lesson, LessonTeam
from callcoach.lessons.operations.following import mark_briefed


@on_ended
def debrief_was_held(debrief: Debrief) -> None:
    """The lessons that were before the team are briefed."""
    mark_briefed(debrief)


@register_title
def title_of(effect: Effect) -> str:
    """The lesson whose effect it is."""
    found = select(Lesson.title).join(LessonTeam, LessonTeam.lesson_id == Lesson.id)
    return db.session.scalar(found.where(LessonTeam.effect_id == effect.id).limit(1)) or ""
