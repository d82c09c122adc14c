"""Lessons: what was learnt, and how far each team has come with it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.campaigns.models import Campaign, CampaignTeam
from callcoach.campaigns.queries import visible_campaigns
from callcoach.debriefs.models import AgendaItem
from callcoach.debriefs.queries.debriefs import get_item
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db, write_transaction
from callcoach.lessons import forms, presenters, queries
from callcoach.lessons.access import decides, reads
from callcoach.lessons.blueprint import bp
from callcoach.lessons.models import Lesson
from callcoach.lessons.operations import writing
from callcoach.lessons.operations.writing import Draft
from callcoach.notices.operations import mark_subject_seen
from callcoach.web.errors import explain
from callcoach.web.toasts import notify

#: Lessons of other teams that the list begins with.
_MOST_OFFERED = 3


@bp.get("/lessons")
def list_lessons() -> ResponseReturnValue:
    """What the teams learnt; ``campaign``, ``team`` and ``state`` narrow it."""
    viewer = _require_reader()
    campaign_id = request.args.get("campaign", 0, type=int)
    team_id = request.args.get("team", 0, type=int)
    state = request.args.get("state", "")
    found = queries.list_lessons(viewer, campaign_id=campaign_id, team_id=team_id, state=state)
    teams = queries.teams_to_filter(viewer)
    is_filtered = bool(campaign_id or team_id or state)
    is_offered = decides(viewer) and not is_filtered
    missing = queries.lessons_missing(viewer, teams) if is_offered else []
    asked = queries.waiting_for(viewer) if is_offered else []
    return render_template(
        "lessons/list.html",
        rows=[presenters.listed(viewer, lesson, is_counted=False) for lesson in found],
        waiting=asked,
        missing=missing[:_MOST_OFFERED],
        choices={"campaigns": _campaigns(viewer), "teams": teams},
        states=presenters.state_choices(),
        values={"campaign": campaign_id or "", "team": team_id or "", "state": state},
        is_filtered=is_filtered,
        writes=decides(viewer),
    )


@bp.get("/lessons/new")
def new_lesson() -> ResponseReturnValue:
    """The form of a lesson; ``item`` is the debrief's item that it was learnt from, ``campaign`` the
    campaign where there are several.
    """
    viewer = _require_writer()
    item = _item(viewer)
    draft = forms.EMPTY if item is None else _from_item(item)
    return _new_page(viewer, item, draft)


@bp.post("/lessons/new")
def create_lesson() -> ResponseReturnValue:
    """Write a lesson down."""
    viewer = _require_writer()
    item = _item(viewer)
    campaign_id = request.form.get("campaign_id", 0, type=int)
    team_id = request.form.get("team_id", type=int)
    try:
        lesson = writing.create(viewer, campaign_id, forms.read_draft(), team_id=team_id, item=item)
    except InvalidInput as error:
        db.session.rollback()
        page = _new_page(viewer, _item(viewer), _typed(), error=error, campaign_id=campaign_id)
        return page, error.status
    lesson_id = lesson.id
    db.session.commit()
    notify(_("Kept."), undo=url_for("lessons.archive_lesson", lesson_id=lesson_id))
    return redirect(url_for("lessons.show_lesson", lesson_id=lesson_id))


@bp.get("/lessons/<int:lesson_id>")
def show_lesson(lesson_id: int) -> ResponseReturnValue:
    """A lesson, and how far each team has come with it."""
    viewer = _require_reader()
    lesson = queries.get_lesson(viewer, lesson_id)
    shown = presenters.listed(viewer, lesson)
    html = render_template(
        "lessons/show.html",
        item=shown,
        lesson=lesson,
        shares=presenters.may_share(viewer, lesson) and lesson.archived_at is None,
        archives=presenters.may_share(viewer, lesson),
        others=[row.progress for row in shown.rows if not row.progress.state],
        debrief=_learnt_in(viewer, lesson),
    )
    subjects = [queries.subject_of(lesson, entry.team_id) for entry in lesson.teams]
    db.session.rollback()
    with write_transaction():
        for subject in subjects:
            mark_subject_seen(viewer, subject)
        db.session.commit()
    return html


@bp.get("/lessons/<int:lesson_id>/edit")
def edit_lesson(lesson_id: int) -> ResponseReturnValue:
    """The form of a lesson."""
    viewer = _require_reader()
    lesson = queries.get_lesson(viewer, lesson_id)
    _require_shared(viewer, lesson)
    return _edit_page(viewer, lesson, forms.draft_of(lesson))


@bp.post("/lessons/<int:lesson_id>/edit")
def save_lesson(lesson_id: int) -> ResponseReturnValue:
    """Change a lesson for all teams that have it."""
    viewer = _require_reader()
    lesson = queries.get_lesson(viewer, lesson_id)
    based_on = request.form.get("row_version", 0, type=int)
    try:
        writing.edit(viewer, lesson, forms.read_draft(), based_on=based_on)
    except (InvalidInput, Conflict, StaleVersion) as error:
        db.session.rollback()
        lesson = queries.get_lesson(viewer, lesson_id)
        return _edit_page(viewer, lesson, _typed(), error=error), error.status
    db.session.commit()
    notify(_("Saved."))
    return redirect(url_for("lessons.show_lesson", lesson_id=lesson_id))


@bp.post("/lessons/<int:lesson_id>/archive")
def archive_lesson(lesson_id: int) -> ResponseReturnValue:
    """Put a lesson away."""
    viewer = _require_reader()
    writing.archive(viewer, queries.get_lesson(viewer, lesson_id))
    db.session.commit()
    notify(
        _("Archived; nobody is offered it any more."),
        undo=url_for("lessons.restore_lesson", lesson_id=lesson_id),
    )
    return redirect(url_for("lessons.list_lessons"))


@bp.post("/lessons/<int:lesson_id>/restore")
def restore_lesson(lesson_id: int) -> ResponseReturnValue:
    """Take an archived lesson up again."""
    viewer = _require_reader()
    writing.bring_back(viewer, queries.get_lesson(viewer, lesson_id))
    db.session.commit()
    notify(_("It is back."))
    return redirect(url_for("lessons.show_lesson", lesson_id=lesson_id))


def _new_page(
    viewer: Viewer,
    item: AgendaItem | None,
    draft: Draft,
    *,
    error: InvalidInput | None = None,
    campaign_id: int = 0,
) -> str:
    campaigns = _campaigns(viewer)
    debrief = item.debrief if item is not None else None
    if debrief is not None:
        calling = {each.id for each in campaigns if debrief.team_ids & _team_ids(each)}
        campaigns = [each for each in campaigns if each.id in calling]
    call = item.call if item is not None else None
    wanted = campaign_id or request.args.get("campaign", 0, type=int)
    wanted = wanted or (call.campaign_id if call is not None else 0)
    chosen = next((each for each in campaigns if each.id == wanted), None)
    if chosen is None and campaigns:
        chosen = campaigns[0]
    mine = {team.id for team in queries.teams_to_filter(viewer)}
    teams = [team for team in queries.teams_of(chosen.id) if team.id in mine] if chosen else []
    if debrief is not None:
        teams = [team for team in teams if team.id in debrief.team_ids]
    return render_template(
        "lessons/new.html",
        **_worded(error),
        **(presenters.form_values(viewer, chosen.id, draft) if chosen else {}),
        campaigns=campaigns,
        chosen=chosen,
        teams=teams,
        item=item,
        is_briefed=item is not None and item.opened_at is not None,
    )


def _edit_page(
    viewer: Viewer,
    lesson: Lesson,
    draft: Draft,
    *,
    error: InvalidInput | Conflict | StaleVersion | None = None,
) -> str:
    return render_template(
        "lessons/edit.html",
        **_worded(error),
        **presenters.form_values(viewer, lesson.campaign_id, draft),
        lesson=lesson,
        heard=queries.heard_calls(lesson),
        language=lesson.campaign.language,
    )


def _worded(error: InvalidInput | Conflict | StaleVersion | None) -> dict[str, str]:
    if error is None:
        return {"error": "", "error_field": ""}
    return {"error": explain(error), "error_field": str(error.values.get("field", ""))}


def _typed() -> Draft:
    """What was sent, as far as it can be shown again."""
    try:
        return forms.read_draft()
    except InvalidInput:
        form = request.form
        return Draft(form.get("title", ""), form.get("text", ""), forms.EMPTY.sign, is_wanted=True)


def _from_item(item: AgendaItem) -> Draft:
    """A lesson as an item suggests it: what was said there instead, in words to hear."""
    text = item.reformulation or item.words
    return Draft(
        title=item.title[: writing.MAX_TITLE],
        text=text[: writing.MAX_TEXT],
        sign=forms.EMPTY.sign,
        is_wanted=True,
        drill_id=item.drill_id,
    )


def _item(viewer: Viewer) -> AgendaItem | None:
    item_id = request.values.get("item", 0, type=int)
    if not item_id:
        return None
    item = get_item(viewer, item_id)
    if item.debrief is None or item.debrief.is_one_to_one:
        raise NotFound("There is no such item.")
    return item


def _learnt_in(viewer: Viewer, lesson: Lesson) -> AgendaItem | None:
    """The item that it was learnt from, for those who lead its debrief."""
    if lesson.item_id is None:
        return None
    try:
        item = get_item(viewer, lesson.item_id)
    except NotFound:
        return None
    return item if item.debrief is not None else None


def _campaigns(viewer: Viewer) -> list[Campaign]:
    statement = visible_campaigns(viewer).where(Campaign.is_archived.is_(False))
    return list(db.session.scalars(statement.order_by(Campaign.name, Campaign.id)))


def _team_ids(campaign: Campaign) -> set[int]:
    links: list[CampaignTeam] = campaign.teams
    return {link.team_id for link in links}


def _require_reader() -> Viewer:
    viewer = current_viewer()
    if not reads(viewer):
        raise NotFound("There is no such page.")
    return viewer


def _require_writer() -> Viewer:
    viewer = _require_reader()
    if not decides(viewer):
        raise NotAllowed("Supervisors write lessons; ask yours.")
    return viewer


def _require_shared(viewer: Viewer, lesson: Lesson) -> None:
    if not presenters.may_share(viewer, lesson):
        raise NotAllowed("Supervisors of the teams that have a lesson change and propose it.")
