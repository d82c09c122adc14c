"""The form of a note, filled: for a new one, for one there is, and after a refusal."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from flask import render_template, url_for

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Valence
from callcoach.calls import presenters
from callcoach.calls import queries as calls
from callcoach.calls.call_presenters import worded
from callcoach.calls.models import Call, TippingPoint
from callcoach.coaching import note_presenters, note_versions
from callcoach.coaching.form_hints import form_hints
from callcoach.coaching.models import Note, NoteAim
from callcoach.coaching.note_answer_views import desk_of, elsewhere, on_desk, wants_fragment
from callcoach.coaching.note_choices import form_choices
from callcoach.coaching.note_forms import Asked, NoteForm
from callcoach.coaching.note_moments import (
    Span,
    channel_between,
    quote_of,
    span_at,
    span_between,
)
from callcoach.coaching.note_text import LIMITS
from callcoach.coaching.operations import notes as operations
from callcoach.coaching.queries import notes as queries
from callcoach.coaching.voice_media import MAX_VOICE_S
from callcoach.coaching.voice_views import voice_facts
from callcoach.errors import NotAllowed, NotFound


@dataclass(frozen=True, slots=True)
class Place:
    """The moment a new note is about; the whole call when it is about no moment."""

    span: Span
    quote: str
    point: TippingPoint | None
    aim: str


def place_of(viewer: Viewer, call: Call, asked: Asked) -> Place:
    """Where the address says that a new note shall go.

    Raises:
        NotFound: there is no such flag or request on this call.
    """
    if not asked.is_moment:
        return Place(Span(0, 0, max(1, call.duration_ms)), "", None, NoteAim.CHANGE.value)
    turns = calls.turns_of(call)
    wanted = queries.request_on(viewer, call, asked.request) if asked.request else None
    point = point_on(viewer, call, asked.point)
    length_ms = call.duration_ms
    if point is not None:
        span = span_between(point.start_ms, point.end_ms, point.channel, length_ms)
    elif asked.start_ms is not None and asked.end_ms is not None:
        bounds = asked.start_ms, asked.end_ms
        channel = channel_between(turns, *bounds) if asked.channel is None else asked.channel
        span = span_between(*bounds, channel, length_ms)
    elif asked.at_ms is None and wanted is not None and wanted.start_ms is not None:
        span = span_between(wanted.start_ms, wanted.end_ms or 0, wanted.channel or 0, length_ms)
    else:
        span = span_at(turns, asked.at_ms or 0, length_ms)
    is_keep = point is not None and point.valence == Valence.POSITIVE
    quote = quote_of(turns, span) or (point.quote if point else "")
    return Place(span, quote, point, (NoteAim.KEEP if is_keep else NoteAim.CHANGE).value)


def point_on(viewer: Viewer, call: Call, point_id: int | None) -> TippingPoint | None:
    """The flag of that number; None for none.

    Raises:
        NotFound: it is of another call.
    """
    if not point_id:
        return None
    owner, point = calls.get_point(viewer, point_id)
    if owner.id != call.id:
        raise NotFound("There is no such moment.")
    return point


def form_of(note: Note, request_id: int | None) -> NoteForm:
    """The form filled with what the note says now."""
    return NoteForm(
        formdata=None,
        **asdict(operations.text_of(note)),
        point=str(note.point_id or ""),
        request=str(request_id or ""),
        based_on=str(note.row_version),
    )


def form_page(
    viewer: Viewer,
    call: Call,
    note: Note | None,
    form: NoteForm,
    *,
    conflict: note_versions.ConflictView | None = None,
) -> str:
    """The form as a page, or for a script as a part of one.

    Args:
        note: the one that is changed; None for a new one.
        conflict: what somebody saved in between.

    Raises:
        NotAllowed: it is somebody else's draft.
    """
    if note is not None and note.author_id != viewer.user_id and note.is_draft:
        raise NotAllowed("Only its author can do this.")
    form.offer_causes()
    point = operations.point_of(call, note) if note else None
    point_id = form.number_of("point")
    if point is None and note is None and point_id:
        point = point_on(viewer, call, point_id)
    mode = "new" if note is None else "draft" if note.is_draft else "edit"
    is_mine = note is None or note.author_id == viewer.user_id
    return render_template(
        "coaching/_note_form.html" if wants_fragment() else "coaching/note_form.html",
        form=form,
        call=call,
        mode=mode,
        is_fragment=wants_fragment(),
        heading_tag="h3" if wants_fragment() else "h2",
        action=url_for("coaching.save_note", note_id=note.id, on=elsewhere(note))
        if note
        else url_for("coaching.create_note", call_id=call.id),
        send=url_for("coaching.send_note", note_id=note.id, on=elsewhere(note)) if note else "",
        words=url_for("coaching.new_note", call_id=call.id),
        back=on_desk(desk_of(viewer, call, note), note)
        if note
        else url_for("coaching.desk", call_id=call.id, t=form.number_of("start_ms") / 1000),
        heading=presenters.heading(call),
        addressee=call.agent.name if call.agent else "",
        author="" if is_mine or note is None or note.author is None else note.author.name,
        can_hide=is_mine,
        is_mine=is_mine,
        hint=worded(point.suggestion) if point else "",
        confirms=point is not None and point.verdict_id is None and mode != "edit",
        conflict=conflict,
        limits=LIMITS,
        is_keep=form.aim.data == NoteAim.KEEP,
        choices=form_choices(viewer, call, form),
        more_hints=form_hints(viewer, call) if mode != "edit" else [],
        calls_url=url_for("coaching.calls_for_note", call_id=call.id),
        voice=voice_facts(note) if note else {"state": "none"},
        voice_url=url_for("coaching.voice_take", note_id=note.id, name="") if note else "",
        max_voice_s=MAX_VOICE_S,
        labels={
            name: (make(is_keep=False), make(is_keep=True))
            for name, make in (
                ("hears", note_presenters.hears_label),
                ("instead", note_presenters.instead_label),
            )
        },
        tenths=note_versions.tenths,
        number_of=form.number_of,
    )
