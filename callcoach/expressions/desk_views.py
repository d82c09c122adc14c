"""The pages of those who answer for a campaign's expressions: list, form, trial, history, drill."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.campaigns.models import Campaign
from callcoach.coaching.voice_media import MAX_VOICE_S
from callcoach.errors import CallCoachError, InvalidInput, NotFound, StaleVersion
from callcoach.expressions import operations, presenters, queries
from callcoach.expressions.blueprint import bp
from callcoach.expressions.drilling import make_drill
from callcoach.expressions.operations import LIMITS, Saying
from callcoach.expressions.previews import LAST_CALLS, preview
from callcoach.expressions.queries import Filters
from callcoach.expressions.starter import get_starter, starters
from callcoach.extensions import db
from callcoach.script_library.models import Expression, ExpressionKind
from callcoach.web.errors import explain
from callcoach.web.requests import is_htmx
from callcoach.web.toasts import notify

_REFUSED = 422


@bp.get("/campaigns/<int:campaign_id>/expressions")
def list_expressions(campaign_id: int) -> ResponseReturnValue:
    """A campaign's expressions; ``?kind=&q=&removed=1`` narrow them."""
    viewer = current_viewer()
    campaign = queries.get_overseen(viewer, campaign_id)
    can_edit = queries.edits(viewer, campaign)
    kinds = queries.kinds_for(viewer, campaign)
    filters = Filters(
        kind=request.args.get("kind", "") if request.args.get("kind", "") in set(kinds) else "",
        text=request.args.get("q", "").strip()[: LIMITS["phrase"]],
        removed=can_edit and request.args.get("removed") == "1",
    )
    found = queries.list_expressions(viewer, campaign, filters)
    proposed = _proposed(campaign) if can_edit and not filters.removed else []
    return render_template(
        "expressions/list.html",
        campaign=campaign,
        cards=[presenters.card(viewer, row) for row in found.rows],
        found=found,
        filters=filters,
        kinds=presenters.kind_choices(kinds),
        proposed=[p for p in proposed if not filters.kind or p.saying.kind == filters.kind],
        can_edit=can_edit,
        removed_count=len(queries.in_use(campaign.id, removed=True)) if can_edit else 0,
    )


@bp.get("/campaigns/<int:campaign_id>/expressions/new")
def new_expression(campaign_id: int) -> ResponseReturnValue:
    """The form, empty or with a proposal (``?starter=``) or what was typed so far."""
    viewer = current_viewer()
    campaign = queries.get_edited(viewer, campaign_id)
    saying = _typed(request.args)
    if key := request.args.get("starter", ""):
        saying = get_starter(campaign.language, [p.name for p in campaign.personas], key).saying
    return _form(viewer, campaign, saying)


@bp.post("/campaigns/<int:campaign_id>/expressions")
def add_expression(campaign_id: int) -> ResponseReturnValue:
    """Keep a new expression."""
    viewer = current_viewer()
    campaign = queries.get_edited(viewer, campaign_id)
    saying = _typed(request.form)
    try:
        expression = operations.add(viewer, campaign, saying)
    except NotFound:
        raise
    except CallCoachError as error:
        db.session.rollback()
        return _form(viewer, queries.get_edited(viewer, campaign_id), saying, error=error)
    return _added(campaign_id, expression)


@bp.post("/campaigns/<int:campaign_id>/expressions/starter")
def take_starter(campaign_id: int) -> ResponseReturnValue:
    """Take a proposal over as it is."""
    viewer = current_viewer()
    campaign = queries.get_edited(viewer, campaign_id)
    personas = [persona.name for persona in campaign.personas]
    item = get_starter(campaign.language, personas, request.form.get("key", ""))
    try:
        expression = operations.add(viewer, campaign, item.saying)
    except CallCoachError as error:
        db.session.rollback()
        flash(explain(error), "error")
        return redirect(_list_url(campaign_id))
    kind = request.form.get("kind", "")
    return _added(campaign_id, expression, kind=kind)


@bp.get("/campaigns/<int:campaign_id>/expressions/try")
def try_expression(campaign_id: int) -> ResponseReturnValue:
    """Where words were said in the last calls: a part of the form, or a page of its own."""
    viewer = current_viewer()
    campaign = queries.get_edited(viewer, campaign_id)
    saying = _typed(request.args)
    if not is_htmx():
        return _form(viewer, campaign, saying, is_tried=True)
    return render_template("expressions/_try.html", **_tried(viewer, campaign, saying))


@bp.get("/expressions/<int:expression_id>")
def show_expression(expression_id: int) -> ResponseReturnValue:
    """One expression: change it, record it, who changed it, where it was said."""
    viewer = current_viewer()
    expression = queries.get_expression(viewer, expression_id, to_edit=True)
    return _form(viewer, expression.campaign, Saying.of(expression), expression=expression)


@bp.post("/expressions/<int:expression_id>")
def change_expression(expression_id: int) -> ResponseReturnValue:
    """Save it; over a newer save both are shown, and nothing is lost."""
    viewer = current_viewer()
    expression = queries.get_expression(viewer, expression_id, to_edit=True)
    saying = _typed(request.form)
    based_on = request.form.get("based_on", 0, type=int)
    try:
        before = expression.row_version
        operations.change(viewer, expression, saying, based_on=based_on)
    except NotFound:
        raise
    except CallCoachError as error:
        db.session.rollback()
        expression = queries.get_expression(viewer, expression_id, to_edit=True)
        return _form(viewer, expression.campaign, saying, expression=expression, error=error)
    undo = None
    if expression.row_version != before:
        undo = url_for(
            "expressions.undo_change",
            expression_id=expression.id,
            edit_id=expression.edits[0].id,
        )
    campaign_id = expression.campaign_id
    db.session.commit()
    notify(_("Saved."), undo=undo)
    return redirect(_list_url(campaign_id, anchor=f"expression-{expression_id}"))


@bp.post("/expressions/<int:expression_id>/changes/<int:edit_id>/undo")
def undo_change(expression_id: int, edit_id: int) -> ResponseReturnValue:
    """Take the last change of its words back."""
    viewer = current_viewer()
    expression = queries.get_expression(viewer, expression_id, to_edit=True)
    campaign_id = expression.campaign_id
    try:
        operations.take_back(viewer, expression, edit_id)
    except NotFound:
        raise
    except CallCoachError as error:
        db.session.rollback()
        flash(explain(error), "error")
        return redirect(url_for("expressions.show_expression", expression_id=expression_id))
    db.session.commit()
    notify(_("Taken back."))
    return redirect(_list_url(campaign_id, anchor=f"expression-{expression_id}"))


@bp.post("/expressions/<int:expression_id>/remove")
def remove_expression(expression_id: int) -> ResponseReturnValue:
    """Put it aside."""
    viewer = current_viewer()
    expression = queries.get_expression(viewer, expression_id, to_edit=True)
    operations.remove(viewer, expression)
    campaign_id = expression.campaign_id
    db.session.commit()
    notify(
        _("Put aside."), undo=url_for("expressions.restore_expression", expression_id=expression_id)
    )
    return redirect(_list_url(campaign_id))


@bp.post("/expressions/<int:expression_id>/restore")
def restore_expression(expression_id: int) -> ResponseReturnValue:
    """Bring it back."""
    viewer = current_viewer()
    expression = queries.get_expression(viewer, expression_id, to_edit=True)
    campaign_id = expression.campaign_id
    try:
        operations.restore(viewer, expression)
    except NotFound:
        raise
    except CallCoachError as error:
        db.session.rollback()
        flash(explain(error), "error")
        return redirect(_list_url(campaign_id))
    db.session.commit()
    notify(_("Brought back."))
    return redirect(_list_url(campaign_id, anchor=f"expression-{expression_id}"))


@bp.post("/expressions/<int:expression_id>/drill")
def drill_expression(expression_id: int) -> ResponseReturnValue:
    """Open its drill; the first time it is made, on a moment where it was said if there is one."""
    viewer = current_viewer()
    expression = queries.get_expression(viewer, expression_id, to_edit=True)
    had = expression.drill_id
    drill = make_drill(viewer, expression)
    drill_id, is_new = drill.id, drill.id != had
    has_moment = drill.steps[0].call_id is not None
    db.session.commit()
    if is_new:
        notify(
            _("Made of the newest moment where it was said. Give it to whoever should practise it.")
            if has_moment
            else _("Never said in a call yet: the drill is in words. Give it to whoever you like."),
            undo=url_for("drills.archive_drill", drill_id=drill_id),
        )
    return redirect(url_for("drills.show_drill", drill_id=drill_id))


def _added(campaign_id: int, expression: Expression, *, kind: str = "") -> ResponseReturnValue:
    undo = url_for("expressions.remove_expression", expression_id=expression.id)
    anchor = f"expression-{expression.id}"
    db.session.commit()
    notify(_("Added."), undo=undo)
    return redirect(_list_url(campaign_id, anchor=anchor, kind=kind))


def _form(
    viewer: Viewer,
    campaign: Campaign,
    saying: Saying,
    *,
    expression: Expression | None = None,
    error: CallCoachError | None = None,
    is_tried: bool = False,
) -> ResponseReturnValue:
    """The form with what was typed; a refused one says why, a stale one shows both wordings."""
    is_stale = isinstance(error, StaleVersion)
    theirs = expression.edits[0] if is_stale and expression and expression.edits else None
    field = str(error.values.get("field", "")) if isinstance(error, InvalidInput) else ""
    personas = [persona.name for persona in campaign.personas]
    html = render_template(
        "expressions/form.html",
        campaign=campaign,
        expression=expression,
        card=presenters.card(viewer, expression) if expression else None,
        saying=saying,
        kinds=presenters.kind_choices(),
        hints=presenters.kind_hints(),
        personas=presenters.persona_fields(
            personas, saying.hears, (_("CFO"), _("Managing director"), _("Technical manager"))
        ),
        limits=LIMITS,
        error=explain(error) if error and not is_stale else "",
        error_field=field,
        conflict=presenters.both(Saying.of(expression), saying)
        if is_stale and expression
        else None,
        conflict_by=theirs.author.name if theirs and theirs.author else "",
        conflict_at=theirs.at if theirs else None,
        history=presenters.history(expression) if expression else [],
        max_voice_s=MAX_VOICE_S,
        tried=_tried(viewer, campaign, saying) if is_tried else None,
        last_calls=LAST_CALLS,
    )
    return html, _REFUSED if error else 200


def _tried(viewer: Viewer, campaign: Campaign, saying: Saying) -> dict[str, object]:
    """What `_try.html` shows."""
    try:
        checked = operations.checked(replace(saying, hears={}, instead=""), campaign.language)
    except InvalidInput as error:
        return {"result": None, "why": explain(error) if saying.phrase.strip() else ""}
    result = preview(viewer, campaign, checked.phrase, checked.kind)
    return {
        "result": result,
        "places": presenters.place_views(viewer, result),
        "is_decoded": checked.kind == ExpressionKind.DECODED,
        "why": "",
    }


def _typed(form: MultiDict[str, str]) -> Saying:
    """What a form or an address says; personas and what they hear come in pairs."""
    names, texts = form.getlist("persona"), form.getlist("hears")
    return Saying(
        kind=form.get("kind", ExpressionKind.FORBIDDEN.value),
        phrase=form.get("phrase", ""),
        hears=dict(zip(names, texts, strict=False)),
        instead=form.get("instead", ""),
    )


def _proposed(campaign: Campaign) -> list[presenters.StarterView]:
    known = [*queries.in_use(campaign.id), *queries.in_use(campaign.id, removed=True)]
    personas = [persona.name for persona in campaign.personas]
    return presenters.starter_views(starters(campaign.language, personas, known))


def _list_url(campaign_id: int, *, anchor: str | None = None, kind: str = "") -> str:
    return url_for(
        "expressions.list_expressions",
        campaign_id=campaign_id,
        kind=kind or None,
        _anchor=anchor,
    )
