"""One item: its words, the bounds of its moment, the agent's yes, and reading it aloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls import queries as calls
from callcoach.calls.access import can_judge_call
from callcoach.calls.presenters import cause_choices, clock, heading
from callcoach.campaigns.models import AgentAudio
from callcoach.coaching import voice_media as media
from callcoach.coaching.take_views import show_take, take_in
from callcoach.debriefs import agenda_presenters as presenters
from callcoach.debriefs import sharing, suggestions
from callcoach.debriefs.blueprint import bp
from callcoach.debriefs.models import AgendaItem, DebriefState, ItemKind
from callcoach.debriefs.operations import agenda, asking, rereading
from callcoach.debriefs.queries.debriefs import get_item
from callcoach.errors import CallCoachError, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db
from callcoach.storage import StoredContent, uploads
from callcoach.web.errors import explain
from callcoach.web.gate import lock_late
from callcoach.web.requests import wants_json
from callcoach.web.toasts import notify
from callcoach.web.uploads import read_piece


@bp.get("/debriefs/items/<int:item_id>")
def show_item(item_id: int) -> ResponseReturnValue:
    """An item, to be read and changed."""
    viewer = current_viewer()
    item = get_item(viewer, item_id)
    if item.removed_at is not None:
        raise NotFound("This item was taken off the agenda.")
    return _page(viewer, item)


@bp.post("/debriefs/items/<int:item_id>")
def change_item(item_id: int) -> ResponseReturnValue:
    """Save what was written; over a newer save both are shown, and nothing is lost."""
    viewer = current_viewer()
    item = get_item(viewer, item_id)
    typed = _typed(item)
    based_on = request.form.get("based_on", 0, type=int)
    try:
        agenda.change_item(viewer, item, based_on=based_on, **typed)
    except (InvalidInput, StaleVersion) as error:
        db.session.rollback()
        return _page(viewer, get_item(viewer, item_id), typed=typed, error=error)
    debrief_id = item.debrief_id
    db.session.commit()
    notify(_("Saved."))
    if debrief_id is None:
        return redirect(url_for("debriefs.list_waiting"))
    return redirect(
        url_for("debriefs.show_debrief", debrief_id=debrief_id, _anchor=f"item-{item_id}")
    )


@bp.post("/debriefs/items/<int:item_id>/bounds")
def set_bounds(item_id: int) -> ResponseReturnValue:
    """Trim the moment, to the millisecond; `ask_ms` empty where it does not stop."""
    viewer = current_viewer()
    item = get_item(viewer, item_id)
    start_ms, end_ms = _number("start_ms"), _number("end_ms")
    ask_ms = _number("ask_ms") if request.form.get("ask_ms", "").strip() else None
    based_on = request.form.get("based_on", 0, type=int)
    try:
        agenda.change_bounds(viewer, item, start_ms, end_ms, ask_ms, based_on=based_on)
    except (InvalidInput, StaleVersion) as error:
        db.session.rollback()
        if wants_json():
            raise
        return _page(viewer, get_item(viewer, item_id), error=error)
    db.session.commit()
    item = get_item(viewer, item_id)
    if not wants_json():
        notify(_("The moment is trimmed."))
        return redirect(url_for("debriefs.show_item", item_id=item_id))
    return jsonify(
        row_version=item.row_version,
        said=render_template("debriefs/_item_said.html", item=item, speaker=_speaker),
        consent=render_template(
            "debriefs/_item_consent.html", item=item, **_consent_facts(viewer, item)
        ),
    )


@bp.post("/debriefs/items/<int:item_id>/ask")
def ask_agent(item_id: int) -> ResponseReturnValue:
    """Ask the agent whether exactly this moment may be played before colleagues."""
    viewer = current_viewer()
    asking.ask(viewer, get_item(viewer, item_id))
    db.session.commit()
    notify(_("Asked. The agent hears exactly this moment, and answers yes or no."))
    return redirect(url_for("debriefs.show_item", item_id=item_id, _anchor="consent"))


@bp.post("/debriefs/items/<int:item_id>/ask/take-back")
def take_back_question(item_id: int) -> ResponseReturnValue:
    """Ask no longer, before there is an answer."""
    viewer = current_viewer()
    asking.take_back(viewer, get_item(viewer, item_id))
    db.session.commit()
    notify(_("The question is taken back."), undo=url_for("debriefs.ask_agent", item_id=item_id))
    return redirect(url_for("debriefs.show_item", item_id=item_id, _anchor="consent"))


@bp.get("/debriefs/items/<int:item_id>/reread/takes/<name>")
def reread_take(item_id: int, name: str) -> ResponseReturnValue:
    """How much of a recording has come."""
    viewer = current_viewer()
    item = get_item(viewer, item_id)
    key = _upload_key(viewer, item_id, name)
    return show_take(key, _kept(item, key))


@bp.put("/debriefs/items/<int:item_id>/reread/takes/<name>")
@lock_late
def put_reread_take(item_id: int, name: str) -> ResponseReturnValue:
    """One more piece of a recording; with the last one it is decoded and kept."""
    viewer = current_viewer()
    piece = read_piece()
    item = get_item(viewer, item_id)
    key = _upload_key(viewer, item_id, name)

    def keep(sound: StoredContent, length_ms: int) -> Mapping[str, object]:
        item = get_item(viewer, item_id)
        return _reread_facts(rereading.keep(viewer, item, sound, length_ms))

    return take_in(key, piece, _kept(item, key), keep)


@bp.delete("/debriefs/items/<int:item_id>/reread/takes/<name>")
def remove_reread_take(item_id: int, name: str) -> ResponseReturnValue:
    """Delete the recording, also what has only come in part."""
    viewer = current_viewer()
    item = get_item(viewer, item_id)
    uploads.forget_upload(_upload_key(viewer, item_id, name))
    rereading.remove(viewer, item)
    db.session.commit()
    return jsonify(removed=True)


def _page(
    viewer: Viewer,
    item: AgendaItem,
    *,
    typed: dict[str, Any] | None = None,
    error: CallCoachError | None = None,
) -> ResponseReturnValue:
    debrief = item.debrief
    theirs = error.values.get("theirs", {}) if isinstance(error, StaleVersion) else {}
    values = {name: getattr(item, name) for name in agenda.WRITTEN} | (typed or {})
    changed = [
        (label, theirs[name], values[name])
        for name, label in _labels().items()
        if typed and name in theirs and theirs[name] != values[name]
    ]
    is_moment = item.kind == ItemKind.MOMENT
    return render_template(
        "debriefs/item.html",
        item=item,
        debrief=debrief,
        values=values,
        kind_label=_(presenters.KIND_WORDS[item.kind]),
        about=presenters.about(item),
        error=explain(error) if error is not None else "",
        error_field=error.values.get("field", "") if error is not None else "",
        changed=changed,
        causes=cause_choices(),
        limits={"title": agenda.MAX_TITLE, "text": agenda.MAX_TEXT, "words": agenda.MAX_WORDS},
        most=agenda.MAX_MINUTES,
        is_open=debrief is None or debrief.state in (DebriefState.PLANNED, DebriefState.RUNNING),
        reason=suggestions.say(item.reason, item.reason_values),
        told=presenters.told_names(item),
        is_moment=is_moment,
        is_set_aside=sharing.is_set_aside(item),
        trim=_trim_data(viewer, item) if is_moment else None,
        desk_url=presenters.desk_of(item),
        call_title=heading(item.call) if item.call is not None else "",
        speaker=_speaker,
        max_voice_s=media.MAX_VOICE_S,
        reread=_reread_facts(item),
        **(_consent_facts(viewer, item) if is_moment else {}),
    ), (error.status if error is not None else 200)


def _labels() -> dict[str, str]:
    """Of the fields that two people can write at once."""
    return {
        "title": _("Title"),
        "minutes": _("Length in minutes"),
        "question": _("Question"),
        "reformulation": _("Reformulation"),
        "remark": _("For you alone"),
        "words": _("Words"),
        "cause": _("Cause"),
        "is_good": _("Something to keep"),
    }


def _typed(item: AgendaItem) -> dict[str, Any]:
    names = ("title", "remark", "question", "reformulation", "words", "cause")
    typed: dict[str, Any] = {name: request.form[name] for name in names if name in request.form}
    typed["minutes"] = request.form.get("minutes", item.minutes, type=int)
    if item.kind == ItemKind.MOMENT:
        typed["is_good"] = request.form.get("is_good") == "yes"
    return typed


def _number(name: str) -> int:
    value = request.form.get(name, type=int)
    if value is None:
        raise InvalidInput("Give the bounds in whole milliseconds.", field=name)
    return value


def _speaker(name: str) -> str:
    return {"agent": _("Agent"), "prospect": _("Prospect")}.get(name, _("Somebody"))


def _consent_facts(viewer: Viewer, item: AgendaItem) -> dict[str, Any]:
    call = item.call
    return {
        "consent": asking.consent_of(item),
        "agent_name": call.agent.name if call is not None and call.agent is not None else "",
        "may_ask": call is not None and can_judge_call(viewer, call),
        "is_on_phones": call is not None and call.campaign.agent_audio == AgentAudio.YES,
        "clock": clock,
    }


def _trim_data(viewer: Viewer, item: AgendaItem) -> dict[str, Any] | None:
    """What the waveform is drawn from; None where the bounds cannot be set."""
    call = item.call
    if call is None or not presenters.may_trim(viewer, item):
        return None
    run, recording = call.current_analysis, call.recording
    peaks = recording.peaks if recording is not None else None
    consent = asking.consent_of(item)
    is_given = consent.standing in (asking.Standing.YES, asking.Standing.PARTLY)
    return {
        "itemId": item.id,
        "start": item.start_ms,
        "end": item.end_ms,
        "ask": item.ask_ms,
        "durationMs": call.duration_ms,
        "given": [consent.start_ms, consent.end_ms] if is_given else None,
        "audioUrl": url_for("calls.audio", call_id=call.id),
        "peaksUrl": url_for("calls.peaks", call_id=call.id, version=peaks.sha256[:16])
        if peaks is not None
        else "",
        "separate": run is not None and run.channels == "stereo",
        "agentChannel": run.agent_channel if run is not None else None,
        "turns": [
            {"start": turn.start_ms, "end": turn.end_ms, "speaker": turn.speaker}
            for turn in calls.turns_of(call)
        ],
    }


def _reread_facts(item: AgendaItem) -> dict[str, object]:
    if item.reread_file_id is None:
        return {"state": "none"}
    return {
        "state": "ready",
        "sound": url_for("debriefs.item_reread", item_id=item.id),
        "length": clock(item.reread_ms),
    }


def _upload_key(viewer: Viewer, item_id: int, name: str) -> str:
    return uploads.upload_key("item-reread", viewer.user_id or 0, item_id, name[:80])


def _kept(item: AgendaItem, key: str) -> Mapping[str, object] | None:
    """What is told of the recording that this very upload has become."""
    return _reread_facts(item) if media.is_from(item.reread_file, key) else None
