"""The review desk: the page of one call, where moments are judged and notes written."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls import call_presenters, presenters, queries
from callcoach.calls import views as calls_views
from callcoach.calls.access import (
    can_delete_call,
    can_edit_call,
    can_judge_call,
    sees_unconfirmed_flags,
)
from callcoach.calls.models import Call, CallKind, Outcome
from callcoach.coaching.blueprint import bp


@bp.get("/calls/<int:call_id>")
def desk(call_id: int) -> ResponseReturnValue:
    """The page of one call."""
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    html = render_template("coaching/desk.html", **desk_page(viewer, call))
    calls_views.log_read(viewer, call, "call.read")
    return html


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the page offers."""

    edit: bool
    delete: bool
    swap: bool
    judge: bool


def desk_page(viewer: Viewer, call: Call) -> dict[str, object]:
    """Everything the call page prints."""
    state = calls_views.list_state()
    analysis = queries.current_analysis(call)
    recording = call.recording
    has_audio = recording is not None and recording.playback_id is not None
    turns = queries.turns_of(call)
    moments = call_presenters.moments(queries.visible_moments(viewer, call), turns)
    names = call_presenters.speaker_names(call.agent.name if call.agent else "", call.prospect_name)
    newer, older = queries.neighbours(viewer, state.filters, call)
    row = calls_views.rows(viewer, [call])[0]
    can_edit = can_edit_call(viewer, call)
    separate = analysis is not None and analysis.channels == "stereo"
    return {
        "call": call,
        "row": row,
        "heading": presenters.heading(call),
        "counts": presenters.Counts(
            sum(moment.is_negative for moment in moments if not moment.is_rejected),
            sum(not moment.is_negative for moment in moments if not moment.is_rejected),
        ),
        "can": Permissions(
            edit=can_edit,
            delete=can_delete_call(viewer, call),
            swap=can_edit and separate and analysis is not None,
            judge=can_judge_call(viewer, call),
        ),
        "analysis": analysis,
        "turns": call_presenters.turn_views(turns, moments, names),
        "names": names,
        "moments": moments,
        "sees_all_moments": sees_unconfirmed_flags(viewer),
        "figures": call_presenters.figure_views(analysis) if analysis else [],
        "player": call_presenters.player_data(
            duration_ms=call.duration_ms,
            analysis=analysis,
            turns=turns,
            shown_moments=moments,
            with_engagement=True,
        ),
        "has_audio": has_audio,
        "audio_type": recording.playback.media_type if recording and recording.playback else "",
        "peaks_url": url_for("calls.peaks", call_id=call.id, version=recording.peaks.sha256[:16])
        if recording is not None and recording.peaks is not None
        else "",
        "audio_deleted_at": recording.audio_deleted_at if recording is not None else None,
        "channel": presenters.channel_label(call.agent_channel),
        "kinds": [(kind.value, presenters.kind_label(kind)) for kind in CallKind],
        "outcomes": [(item.value, presenters.outcome_label(item)) for item in Outcome],
        "list_state": state,
        "newer": newer,
        "older": older,
    }
