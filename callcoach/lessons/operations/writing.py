"""Lessons are written, changed, archived. A lesson names no agent and points at no call."""

from __future__ import annotations

from dataclasses import dataclass

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.campaigns.queries import get_campaign
from callcoach.debriefs.models import AgendaItem
from callcoach.debriefs.operations import effects
from callcoach.drills.queries.library import get_drill
from callcoach.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.lessons.access import can_decide, can_share, decides
from callcoach.lessons.models import Lesson, LessonState, LessonTeam
from callcoach.lessons.naming import names_call, names_found
from callcoach.lessons.operations.following import follow
from callcoach.lessons.queries import agent_names, subject_of, teams_of
from callcoach.notices import operations as notices
from callcoach.progress.models import SignKind
from callcoach.progress.operations.hearing import checked
from callcoach.progress.signs import Sign

MAX_TITLE = 120
#: A lesson is read in the time in which it is remembered; it is also the words of an agenda's item.
MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person writes of a lesson.

    Args:
        sign: what would show in a call that it is applied.
        is_wanted: the sign is to be heard, not to end.
        drill_id: to practise it; None for no drill.
    """

    title: str
    text: str
    sign: Sign
    is_wanted: bool
    drill_id: int | None = None


def create(
    viewer: Viewer,
    campaign_id: int,
    draft: Draft,
    *,
    team_id: int | None = None,
    item: AgendaItem | None = None,
) -> Lesson:
    """Write down what a team learnt; it is that team's own.

    Args:
        team_id: whose; not needed with an item.
        item: of a debrief that the viewer leads, from which it was learnt: it is the lesson of all
            its teams that call for the campaign, and was briefed when it was before them.

    Raises:
        NotFound: the campaign, or the team, is not the viewer's to decide for.
        NotAllowed: supervisors write lessons.
        InvalidInput: a text is missing or too long, names somebody, or the sign cannot be found.
    """
    if not decides(viewer):
        raise NotAllowed("Supervisors write lessons; ask yours.")
    campaign = get_campaign(viewer, campaign_id)
    debrief = item.debrief if item is not None else None
    wanted = debrief.team_ids if debrief is not None else {team_id or 0}
    teams = [team.id for team in teams_of(campaign.id) if team.id in wanted]
    if not teams or not all(can_decide(viewer, each) for each in teams):
        raise NotFound("There is no such team.")
    lesson = Lesson(
        campaign_id=campaign.id,
        author_id=viewer.user_id,
        item_id=item.id if item is not None else None,
    )
    _write(viewer, lesson, draft)
    db.session.add(lesson)
    db.session.flush()
    now = utc_now()
    for each in teams:
        entry = LessonTeam(
            lesson_id=lesson.id,
            team_id=each,
            state=LessonState.TAKEN,
            is_origin=True,
            decided_by_id=viewer.user_id,
            decided_at=now,
        )
        db.session.add(entry)
        db.session.flush()
        is_team_s = debrief is not None and not debrief.is_one_to_one
        if item is not None and is_team_s and item.opened_at is not None:
            entry.item_id = item.id
            follow(lesson, entry, item.opened_at)
    record(viewer.user_id, "lesson.created", subject_kind="lesson", subject_id=lesson.id)
    db.session.flush()
    db.session.refresh(lesson)
    return lesson


def edit(viewer: Viewer, lesson: Lesson, draft: Draft, *, based_on: int) -> Lesson:
    """Change a lesson for all teams that have it.

    Args:
        based_on: `row_version` of what was edited.

    Raises:
        NotAllowed: supervisors of teams that have it change it.
        InvalidInput: as `create`.
        Conflict: the sign is another one, and people have listened for the present one.
        StaleVersion: somebody saved it since.
    """
    hold_shared(viewer, lesson)
    if based_on != lesson.row_version:
        raise StaleVersion(
            "Somebody changed this lesson meanwhile. Read what they wrote, then save yours.",
            theirs={"title": lesson.title, "text": lesson.text},
        )
    _write(viewer, lesson, draft)
    lesson.row_version += 1
    for entry in lesson.teams:
        if entry.effect is not None:
            effects.change_sign(
                Viewer.system(), entry.effect, sign_of(lesson), is_wanted=lesson.is_wanted
            )
    db.session.flush()
    return lesson


def archive(viewer: Viewer, lesson: Lesson) -> Lesson:
    """Put a lesson away: nobody is offered it any more, no further calls are drawn for it.

    Raises:
        NotAllowed: as `edit`.
    """
    hold_shared(viewer, lesson)
    if lesson.archived_at is None:
        for entry in lesson.teams:
            if entry.effect is not None:
                effects.close(Viewer.system(), entry.effect)
        lesson.archived_at = utc_now()
        for entry in lesson.teams:
            notices.take_back("lesson.proposed", subject_of(lesson, entry.team_id))
        record(viewer.user_id, "lesson.archived", subject_kind="lesson", subject_id=lesson.id)
    db.session.flush()
    return lesson


def bring_back(viewer: Viewer, lesson: Lesson) -> Lesson:
    """Take an archived lesson up again; raises as `archive`."""
    hold_shared(viewer, lesson)
    if lesson.archived_at is not None:
        lesson.archived_at = None
        for entry in lesson.teams:
            if entry.effect is not None:
                effects.reopen(Viewer.system(), entry.effect)
        record(viewer.user_id, "lesson.brought_back", subject_kind="lesson", subject_id=lesson.id)
    db.session.flush()
    return lesson


def sign_of(lesson: Lesson) -> Sign:
    """What would show that a lesson is applied."""
    return Sign(SignKind(lesson.sign), lesson.subject, lesson.bound, lesson.is_upper)


def hold_shared(viewer: Viewer, lesson: Lesson) -> None:
    """Let pass who may change a lesson and share it, and wait for whoever does.

    Raises:
        NotAllowed: only supervisors of teams that have it do.
    """
    taken = {entry.team_id for entry in lesson.teams if entry.state == LessonState.TAKEN}
    if not can_share(viewer, taken):
        raise NotAllowed("Supervisors of the teams that have a lesson change and propose it.")
    db.session.flush()
    db.session.refresh(lesson, with_for_update={"of": Lesson})


def _write(viewer: Viewer, lesson: Lesson, draft: Draft) -> None:
    title, text = " ".join(draft.title.split()), draft.text.strip()
    if not title:
        raise InvalidInput("Say in a few words what was learnt.", field="title")
    if len(title) > MAX_TITLE:
        raise InvalidInput("At most %(most)s characters.", most=MAX_TITLE, field="title")
    if not text:
        raise InvalidInput("Write what to say or do.", field="text")
    if len(text) > MAX_TEXT:
        raise InvalidInput("At most %(most)s characters.", most=MAX_TEXT, field="text")
    sign = checked(draft.sign)
    _require_nobody(lesson.campaign_id, title=title, text=text, expression=sign.subject)
    if draft.drill_id is not None and draft.drill_id != lesson.drill_id:
        drill = get_drill(viewer, draft.drill_id)
        if drill.campaign_id != lesson.campaign_id:
            raise NotFound("There is no such drill.")
    lesson.title, lesson.text, lesson.drill_id = title, text, draft.drill_id
    lesson.sign, lesson.subject = sign.kind, sign.subject
    lesson.bound, lesson.is_upper = sign.bound, sign.is_upper
    # A flagged cause is a fault: it can only be hoped to end
    lesson.is_wanted = draft.is_wanted and sign.kind != SignKind.CAUSE


def _require_nobody(campaign_id: int, **texts: str) -> None:
    """A lesson travels from team to team: it names no agent and points at no call.

    Raises:
        InvalidInput: one of `texts` does; its name is the field.
    """
    names = agent_names(campaign_id)
    for field, text in texts.items():
        found = names_found(text, names)
        if found:
            raise InvalidInput(
                "A lesson goes from team to team and names nobody: take out %(names)s.",
                names=", ".join(found),
                field=field,
            )
        if names_call(text):
            raise InvalidInput(
                "A lesson points at no call: say what was learnt without it.", field=field
            )
