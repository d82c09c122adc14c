"""Requests to change the script: listed, written, decided."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.errors import CallCoachError, Conflict, InvalidInput, StaleVersion
from callcoach.extensions import db
from callcoach.script_fit import floor
from callcoach.script_fit import line_queries as lines
from callcoach.script_fit import request_queries as queries
from callcoach.script_fit.blueprint import bp
from callcoach.script_fit.line_presenters import MomentView, note_moment
from callcoach.script_fit.models import ChangeRequest
from callcoach.script_fit.operations import requests as operations
from callcoach.script_fit.operations.requests import Wish
from callcoach.script_library.labels import kind_choices
from callcoach.script_library.models import Script, ScriptVersion
from callcoach.script_library.operations import drafting
from callcoach.script_library.queries import get_version, personas_of, script_of
from callcoach.web.errors import explain
from callcoach.web.toasts import notify


@bp.get("/campaigns/<int:campaign_id>/script/requests")
def list_requests(campaign_id: int) -> ResponseReturnValue:
    """Requests of a campaign; ``state`` filters them."""
    viewer = current_viewer()
    campaign = lines.get_campaign(viewer, campaign_id)
    script = script_of(campaign)
    state = request.args.get("state", "")
    state = state if state in queries.STATES else ""
    found = queries.list_requests(script, state) if script else []
    return render_template(
        "script_fit/requests.html",
        campaign=campaign,
        has_script=script is not None,
        state=state,
        states=[(name, queries.state_label(name)) for name in queries.STATES],
        rows=[queries.request_row(item) for item in found],
        kept=queries.kept_without_request(viewer, script) if script else [],
    )


@bp.get("/campaigns/<int:campaign_id>/script/requests/new")
def new_request(campaign_id: int) -> ResponseReturnValue:
    """The form, filled from ``line``, the notes (``note``) and flags (``flag``) ticked, and what was
    kept from the floor (``kept``).
    """
    viewer = current_viewer()
    campaign = lines.get_campaign(viewer, campaign_id)
    script = script_of(campaign)
    if script is None:
        raise Conflict("This campaign has no script yet. Write one first.")
    return _new_page(viewer, script, None)


@bp.post("/campaigns/<int:campaign_id>/script/requests")
def create_request(campaign_id: int) -> ResponseReturnValue:
    """Ask for a change."""
    viewer = current_viewer()
    campaign = lines.get_campaign(viewer, campaign_id)
    script = script_of(campaign)
    if script is None:
        raise Conflict("This campaign has no script yet. Write one first.")
    script_id = script.id
    try:
        made = operations.ask(
            viewer,
            script,
            _wish(),
            note_ids=_numbers("note"),
            verdict_ids=_numbers("flag"),
            kept_id=_kept_id(),
        )
    except InvalidInput as error:
        db.session.rollback()
        return _new_page(viewer, db.session.get_one(Script, script_id), error), error.status
    request_id = made.id
    db.session.commit()
    notify(_("Asked."), undo=url_for("script_fit.remove_request", request_id=request_id))
    return redirect(url_for("script_fit.show_request", request_id=request_id))


@bp.get("/campaigns/scripts/requests/<int:request_id>")
def show_request(request_id: int) -> ResponseReturnValue:
    """One request: its words, what speaks for it, and what is decided."""
    viewer = current_viewer()
    return _page(viewer, queries.get_request(viewer, request_id))


@bp.post("/campaigns/scripts/requests/<int:request_id>")
def save_request(request_id: int) -> ResponseReturnValue:
    """Change what an open request says."""
    viewer = current_viewer()
    found = queries.get_request(viewer, request_id)
    try:
        based_on = request.form.get("based_on", 0, type=int)
        operations.edit(viewer, found, _wish(), based_on=based_on)
    except (InvalidInput, StaleVersion) as error:
        return _again(viewer, request_id, error)
    db.session.commit()
    notify(_("Saved."))
    return _to(request_id)


@bp.post("/campaigns/scripts/requests/<int:request_id>/evidence")
def add_evidence(request_id: int) -> ResponseReturnValue:
    """Let further notes (``note``) speak for an open request."""
    viewer = current_viewer()
    found = queries.get_request(viewer, request_id)
    operations.support(viewer, found, _numbers("note"))
    db.session.commit()
    notify(_("Added."))
    return _to(request_id)


@bp.post("/campaigns/scripts/requests/<int:request_id>/decline")
def decline_request(request_id: int) -> ResponseReturnValue:
    """Say no, and why."""
    viewer = current_viewer()
    found = queries.get_request(viewer, request_id)
    try:
        operations.decline(viewer, found, request.form.get("answer", ""))
    except InvalidInput as error:
        return _again(viewer, request_id, error)
    db.session.commit()
    notify(_("Declined."), undo=url_for("script_fit.reopen_request", request_id=request_id))
    return _to(request_id)


@bp.post("/campaigns/scripts/requests/<int:request_id>/reopen")
def reopen_request(request_id: int) -> ResponseReturnValue:
    """Take a decision back."""
    viewer = current_viewer()
    operations.reopen(viewer, queries.get_request(viewer, request_id))
    db.session.commit()
    notify(_("It is to be decided again. A draft that has its words keeps them."))
    return _to(request_id)


@bp.post("/campaigns/scripts/requests/<int:request_id>/remove")
def remove_request(request_id: int) -> ResponseReturnValue:
    """Take one's own request back."""
    viewer = current_viewer()
    found = queries.get_request(viewer, request_id)
    campaign_id = found.script.campaign_id
    operations.remove(viewer, found)
    db.session.commit()
    notify(_("Taken back."))
    return redirect(url_for("script_fit.list_requests", campaign_id=campaign_id))


@bp.post("/campaigns/scripts/requests/<int:request_id>/merge")
def merge_request(request_id: int) -> ResponseReturnValue:
    """Put the words into a draft: ``into`` is its number, or ``new``."""
    viewer = current_viewer()
    found = queries.get_request(viewer, request_id)
    into = request.form.get("into", "")
    try:
        version = _draft(viewer, found, into)
        operations.merge(
            viewer,
            found,
            version,
            request.form.get("text", "").replace("\r\n", "\n"),
            seen=request.form.get(f"seen-{into}", "").replace("\r\n", "\n"),
        )
    except (InvalidInput, StaleVersion) as error:
        return _again(viewer, request_id, error)
    version_id, number = version.id, version.number
    db.session.commit()
    notify(
        _("Its words are in draft %(number)s.", number=number),
        undo=url_for("script_fit.reopen_request", request_id=request_id),
    )
    return redirect(url_for("script_library.show_diff", version_id=version_id))


def _draft(viewer: Viewer, found: ChangeRequest, into: str) -> ScriptVersion:
    if into != "new":
        return get_version(viewer, int(into) if into.isdecimal() and len(into) < 10 else 0)
    newest = drafting.newest_published(found.script)
    return drafting.begin_draft(viewer, found.script, newest, found.title)


def _page(viewer: Viewer, found: ChangeRequest, error: CallCoachError | None = None) -> str:
    """The page of a request; after a refusal with what was typed, and what is there now."""
    form = request.form if error is not None else {}
    newest = drafting.newest_published(found.script)
    targets = queries.targets_of(found)
    if newest is not None or not targets:
        targets.append(
            queries.target_of(found, newest, is_new=True)
            if newest is not None
            else queries.empty_target(found)
        )
    return render_template(
        "script_fit/request.html",
        campaign=found.script.campaign,
        item=queries.request_row(found),
        found=found,
        evidence=queries.evidence_of(viewer, found),
        more=_more(viewer, found),
        targets=targets,
        is_mine=found.author_id == viewer.user_id,
        error=explain(error) if error else "",
        theirs=error.values if isinstance(error, StaleVersion) else {},
        form=form,
        into=form.get("into", targets[0].value),
    )


def _more(viewer: Viewer, found: ChangeRequest) -> list[MomentView]:
    """Notes about the line that do not speak for the request yet."""
    if found.line is None:
        return []
    known = {row.note_id for row in found.evidence}
    notes = lines.notes_of(viewer, found.line)
    return [note_moment(note) for note in notes if note.id not in known]


def _again(viewer: Viewer, request_id: int, error: CallCoachError) -> ResponseReturnValue:
    db.session.rollback()
    return _page(viewer, queries.get_request(viewer, request_id), error), error.status


def _new_page(viewer: Viewer, script: Script, error: CallCoachError | None) -> str:
    values = request.values
    line_id = values.get("line", 0, type=int)
    line = lines.get_line(viewer, line_id) if line_id else None
    note_ids, flag_ids = _numbers("note"), _numbers("flag")
    notes = lines.readable_notes(viewer, note_ids)
    if line is None and notes and notes[0].script_line is not None:
        line = notes[0].script_line
    kept_id = _kept_id()
    found = floor.evidence(viewer, script.campaign, kept_id) if kept_id else {}
    proposed = next((note.instead for note in notes if note.proposes_wording), "")
    current = operations.current_words(line, "") if line else ""
    return render_template(
        "script_fit/request_new.html",
        campaign=script.campaign,
        line=line,
        current=current,
        notes=[note_moment(note) for note in notes],
        flag_ids=flag_ids,
        kept_id=kept_id,
        from_floor_found=floor.spoken(viewer, script.campaign, found),
        title=values.get("title", ""),
        proposed=values.get("proposed_text") or proposed or current,
        reason=values.get("reason", "") or _reason_from([note.hears for note in notes]),
        persona=values.get("persona", ""),
        personas=personas_of(script.campaign),
        section_kind=values.get("section_kind", ""),
        kinds=kind_choices(),
        error=explain(error) if error else "",
    )


def _reason_from(heard: list[str]) -> str:
    """What prospects hear in it, as the notes say it, each once."""
    said = "\n".join(dict.fromkeys(text.strip() for text in heard if text.strip()))
    return said[: operations.MAX_REASON]


def _wish() -> Wish:
    form = request.form
    return Wish(
        title=form.get("title", ""),
        proposed_text=form.get("proposed_text", "").replace("\r\n", "\n"),
        reason=form.get("reason", "").replace("\r\n", "\n"),
        line_id=form.get("line", 0, type=int) or None,
        section_kind=form.get("section_kind", ""),
        persona=form.get("persona", ""),
    )


def _numbers(name: str) -> list[int]:
    values = request.values.getlist(name)
    return [int(value) for value in values if value.isdecimal() and len(value) < 10]


def _kept_id() -> int:
    return next(iter(_numbers("kept")), 0)


def _to(request_id: int) -> ResponseReturnValue:
    return redirect(url_for("script_fit.show_request", request_id=request_id))
