"""What the pages of lessons print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.access import Viewer
from callcoach.analysis.figures import UNITS
from callcoach.calls.presenters import cause_choices
from callcoach.debriefs.access import leads_teams
from callcoach.drills.queries.library import DrillFilters, list_drills
from callcoach.drills.titles import title_for
from callcoach.lessons.access import can_decide, can_share
from callcoach.lessons.models import Lesson, LessonState
from callcoach.lessons.operations.writing import MAX_TEXT, MAX_TITLE, Draft, sign_of
from callcoach.lessons.queries import ARCHIVED, MISSING, Progress, progress_of
from callcoach.progress.models import SignKind
from callcoach.progress.presenters import figure_choices, sign_words
from callcoach.progress.signs import Sign


@dataclass(frozen=True, slots=True)
class TeamRow:
    """How far a team has come, in words, and what the viewer may do about it.

    Args:
        briefed, practised: in words.
        is_foreign: another supervisor's team: its drawn calls are not the viewer's to open.
        can_take, can_decline, can_brief, can_take_off: for the team, now.
    """

    progress: Progress
    state: str
    shape: str
    chip: str
    practised: str
    is_foreign: bool
    can_take: bool
    can_decline: bool
    can_brief: bool
    can_take_off: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A lesson in a list, and the head of its page."""

    lesson_id: int
    url: str
    title: str
    text: str
    language: str
    campaign: str
    created_at: datetime
    sign: str
    is_wanted: bool
    is_archived: bool
    rows: tuple[TeamRow, ...]

    @property
    def summary(self) -> str:
        """« Taken up by 2 of 3 teams »."""
        taken = sum(row.progress.state == LessonState.TAKEN for row in self.rows)
        return ngettext(
            "Taken up by %(taken)s of %(num)s team",
            "Taken up by %(taken)s of %(num)s teams",
            len(self.rows),
            taken=taken,
        )


def listed(viewer: Viewer, lesson: Lesson, *, is_counted: bool = True) -> Listed:
    """One lesson with how far each team has come; `is_counted` as for `queries.progress_of`."""
    sign = sign_of(lesson)
    return Listed(
        lesson_id=lesson.id,
        url=url_for("lessons.show_lesson", lesson_id=lesson.id),
        title=lesson.title,
        text=lesson.text,
        language=lesson.campaign.language,
        campaign=lesson.campaign.name,
        created_at=lesson.created_at,
        sign=sign_words(sign) if sign.kind != SignKind.EARS else "",
        is_wanted=lesson.is_wanted,
        is_archived=lesson.archived_at is not None,
        rows=tuple(
            _team_row(viewer, lesson, each)
            for each in progress_of(viewer, lesson, is_counted=is_counted)
        ),
    )


def _team_row(viewer: Viewer, lesson: Lesson, progress: Progress) -> TeamRow:
    decides = can_decide(viewer, progress.team_id) and lesson.archived_at is None
    is_taken = progress.state == LessonState.TAKEN
    is_open = is_taken and progress.briefed_at is None
    shape, chip, word = _state(progress)
    return TeamRow(
        progress=progress,
        state=word,
        shape=shape,
        chip=chip,
        practised=_practised(progress),
        is_foreign=not leads_teams(viewer, {progress.team_id}),
        can_take=decides and not is_taken,
        can_decline=decides and progress.state == LessonState.PROPOSED,
        can_brief=decides and is_open and not progress.is_on_agenda,
        can_take_off=decides and is_open and progress.is_on_agenda,
    )


def may_share(viewer: Viewer, lesson: Lesson) -> bool:
    """Whether the viewer may change a lesson and propose it."""
    taken = {entry.team_id for entry in lesson.teams if entry.state == LessonState.TAKEN}
    return can_share(viewer, taken)


def state_choices() -> list[tuple[str, str]]:
    """What a list can be narrowed to."""
    return [
        (LessonState.TAKEN.value, str(_("Taken up"))),
        (LessonState.PROPOSED.value, str(_("Proposed"))),
        (MISSING, str(_("Not known there yet"))),
        (LessonState.DECLINED.value, str(_("Declined"))),
        (ARCHIVED, str(_("Archived"))),
    ]


def form_values(viewer: Viewer, campaign_id: int, draft: Draft) -> dict[str, Any]:
    """What the form of a lesson offers, and what is in it."""
    drills: Sequence[tuple[int, str]] = [
        (drill.id, title_for(viewer, drill))
        for drill in list_drills(viewer, DrillFilters(campaign_id=campaign_id)).rows
    ]
    return {
        "draft": draft,
        "typed_bound": typed_bound(draft.sign),
        "causes": [item[:2] for item in cause_choices() if item[2] == "negative"],
        "figures": figure_choices(),
        "drills": [(id_, title) for id_, title in drills if title],
        "most": {"title": MAX_TITLE, "text": MAX_TEXT},
    }


def typed_bound(sign: Sign) -> str:
    """A bound as it is typed: ratios in percent."""
    if sign.bound is None:
        return ""
    return f"{sign.bound * 100 if UNITS.get(sign.subject) == 'ratio' else sign.bound:g}"


def _state(progress: Progress) -> tuple[str, str, str]:
    if progress.briefed_at is not None:
        return "✓", "chip-click", str(_("Briefed"))
    if progress.state == LessonState.TAKEN:
        return "…", "chip-busy", str(_("Taken up"))
    if progress.state == LessonState.PROPOSED:
        return "?", "", str(_("Proposed"))
    if progress.state == LessonState.DECLINED:
        return "–", "", str(_("Declined"))
    return "·", "", str(_("Not proposed"))


def _practised(progress: Progress) -> str:
    if progress.practised is None:
        return ""
    return ngettext(
        "practised by %(done)s of %(num)s agent",
        "practised by %(done)s of %(num)s agents",
        progress.agents,
        done=progress.practised,
    )
