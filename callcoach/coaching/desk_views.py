"""The review desk: the page of one call, where moments are judged and notes written."""

from __future__ import annotations

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.calls import call_presenters, presenters, queries
from callcoach.calls import views as calls_views
from callcoach.calls.figure_presenters import figure_views, no_norm_yet
from callcoach.calls.kind_presenters import kind_view
from callcoach.calls.models import Call, CallKind, Outcome
from callcoach.calls.norms import norms_of
from callcoach.calls.queries.norms import figures_like
from callcoach.calls.sound import hears_calls
from callcoach.coaching.blueprint import bp
from callcoach.coaching.desk_change import desk_change
from callcoach.coaching.desk_presenters import (
    Disagreement,
    desk_parts,
    reason_labels,
    script_words,
    talk_start_ms,
    verdict_text,
)
from callcoach.coaching.note_choices import mentions_of
from callcoach.coaching.operations.notes import mark_read
from callcoach.coaching.queries import notes
from callcoach.coaching.request_panel import request_panel
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.learning.check_queries import open_blind_check
from callcoach.script_library.access import can_read_version
from callcoach.script_library.models import ScriptVersion
from callcoach.web.requests import is_seen, safe_next, wants_json
from callcoach.web.toasts import notify


@bp.get("/calls/<int:call_id>")
def desk(call_id: int) -> ResponseReturnValue:
    """The page of one call; ``?t=12.5`` opens it there (seconds). Whoever is still to mark the call
    blind is asked first.
    """
    viewer = current_viewer()
    call = queries.get_call(viewer, call_id)
    check = open_blind_check(viewer, call, now=utc_now())
    if check is not None:
        # Whoever has seen the flags can no longer say what they would have heard without
        return render_template(
            "learning/check_guard.html",
            check=check,
            heading=presenters.heading(call),
            wanted=request.full_path.rstrip("?"),
        )
    html = render_template("coaching/desk.html", **desk_page(viewer, call))
    unseen = notes.unseen(viewer, notes.notes_of(viewer, call))
    calls_views.log_read(viewer, call, "call.read")
    if unseen and is_seen():
        with write_transaction():
            for note in unseen:
                mark_read(viewer, note.call, note)
            db.session.commit()
    return html


def answer_change(
    viewer: Viewer,
    call: Call,
    *,
    at_ms: int,
    message: str,
    toast: bool = True,
    reloads: bool = False,
    **change: object,
) -> ResponseReturnValue:
    """Answer an action of the desk, after its commit: the change for scripts; for others the page
    that the form names in ``next``, or the desk at the moment, with the message and its undo.

    Args:
        at_ms: where the desk opens, milliseconds.
        toast: whether a script shows the message, or only has it read out.
        reloads: the change adds a moment to those that are shown, so that the page is loaded anew:
            the message with its undo waits for that.
        change: as `desk_change`.
    """
    undo = change.get("undo")
    if wants_json():
        if reloads:
            notify(message, undo=str(undo) if undo else None)
        said = {"message": message if toast else "", "announce": "" if toast else message}
        return jsonify(desk_change(viewer, call, **said, **change))  # type: ignore[arg-type]
    notify(message, undo=str(undo) if undo else None)
    seconds = round(at_ms / 1000, 3)
    return redirect(
        safe_next(request.form.get("next"))
        or url_for("coaching.desk", call_id=call.id, t=f"{seconds:g}")
    )


def _script_of(viewer: Viewer, call: Call) -> ScriptVersion | None:
    """The version that was in force when the call took place, for those who may read it."""
    version = call.script_version
    return version if version is not None and can_read_version(viewer, version) else None


def desk_page(
    viewer: Viewer, call: Call, disagreement: Disagreement | None = None
) -> dict[str, object]:
    """Everything the call page prints."""
    state = calls_views.list_state()
    analysis = queries.current_analysis(call)
    recording = call.recording
    reads_only = not hears_calls(viewer, call.campaign)
    has_audio = recording is not None and recording.playback_id is not None and not reads_only
    parts = desk_parts(viewer, call)
    names = call_presenters.speaker_names(call.agent.name if call.agent else "", call.prospect_name)
    newer, older = queries.neighbours(viewer, state.filters, call)
    player = call_presenters.player_data(
        duration_ms=call.duration_ms,
        analysis=analysis,
        turns=parts.turns,
        shown_moments=parts.moments,
        with_engagement=True,
    )
    panel = request_panel(viewer, call)
    player |= {
        "talkStart": talk_start_ms(parts.turns, call.language),
        "notes": [dict(mark) for mark in parts.notes.marks],
        "requests": panel.marks(),
        "heldBack": call_presenters.moment_marks(parts.held_back),
        "breaks": [{"start": item.start_ms, "end": item.end_ms} for item in parts.breaks],
        "holds": list(parts.holds),
        "reasons": [list(item) for item in reason_labels().items()],  # objects lose their order
        "words": script_words(),
    }
    likes = figures_like(viewer, call) if analysis is not None else None
    norms = norms_of(likes, analysis.figures) if analysis and likes is not None else None
    return {
        "call": call,
        "row": calls_views.rows(viewer, [call])[0],
        "heading": presenters.heading(call),
        "script_version": _script_of(viewer, call),
        "parts": parts,
        "request_panel": panel,
        "can": parts.can,
        "mentions": mentions_of(viewer, call),
        "verdict_text": verdict_text,
        "disagreement": disagreement,
        "analysis": analysis,
        "turns": call_presenters.turn_views(parts.turns, parts.moments, names),
        "names": names,
        "figures": figure_views(analysis, norms) if analysis else [],
        "norm_kind": presenters.kind_label(call.kind) if norms is not None else "",
        "no_norm": no_norm_yet(norms) if norms is not None else "",
        "reasons": reason_labels(),
        "missed_causes": presenters.cause_choices() if parts.can.judge else [],
        "player": player,
        "has_audio": has_audio,
        "reads_only": reads_only,
        "audio_type": recording.playback.media_type if recording and recording.playback else "",
        "peaks_url": url_for("calls.peaks", call_id=call.id, version=recording.peaks.sha256[:16])
        if recording is not None and recording.peaks is not None
        else "",
        "audio_deleted_at": recording.audio_deleted_at if recording is not None else None,
        "channel": presenters.channel_label(call.agent_channel),
        "kind": kind_view(call, analysis),
        "kinds": [(kind.value, presenters.kind_label(kind)) for kind in CallKind],
        "outcomes": [(item.value, presenters.outcome_label(item)) for item in Outcome],
        "list_state": state,
        "newer": newer,
        "older": older,
    }
