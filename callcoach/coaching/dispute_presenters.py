"""What pages print of "I see it otherwise". Plain values for templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.calls import queries as calls
from callcoach.calls.call_presenters import MomentView
from callcoach.calls.judging import same_among
from callcoach.calls.models import Call
from callcoach.calls.presenters import clock, heading, spoken_duration
from callcoach.coaching.dispute_access import can_answer_dispute
from callcoach.coaching.home_presenters import Line, Part
from callcoach.coaching.models import Dispute, DisputeState
from callcoach.coaching.note_moments import Span, channel_between, quote_of
from callcoach.coaching.note_presenters import cause_label
from callcoach.coaching.operations.disputes import is_negative
from callcoach.coaching.queries.disputes import sound_state
from callcoach.coaching.queries.home import Short
from callcoach.extensions import utc_now
from callcoach.web.filters import local_datetime

#: Letters of a reasoning that the home page shows.
_LINE_LETTERS = 160


@dataclass(frozen=True, slots=True)
class SoundView:
    """A part of a dispute to be heard: `state` as `ExcerptState`, `length` in words."""

    part: str
    state: str
    length: str
    url: str
    status_url: str


@dataclass(frozen=True, slots=True)
class CounterView:
    """What the agent put beside it; `is_same_call` as the disputed moment's."""

    call_id: int
    about: str
    is_same_call: bool
    start_ms: int
    clock: str
    until: str
    quote: str
    language: str


@dataclass(frozen=True, slots=True)
class DisputeView:
    """A dispute as the viewer reads it.

    `state` is one of `DisputeState`; `is_late` is told to those who answer, of one that waits past
    its time. `asks_flag`: accepting the note may reject the flag that it confirmed.
    """

    id: int
    call_id: int
    note_id: int
    is_note: bool
    about: str
    title: str
    who: str
    is_mine: bool
    text: str
    at: datetime
    due_at: datetime
    is_late: bool
    state: str
    mark: str
    label: str
    chip: str
    answer: str
    answered_by: str
    answered_at: datetime | None
    is_new: bool
    quote: str
    says: str
    language: str
    start_ms: int
    clock: str
    counter: CounterView | None
    can_answer: bool
    can_withdraw: bool
    asks_flag: bool
    rewrite_url: str
    desk_url: str
    sounds: Sequence[SoundView] = field(default_factory=tuple)

    @property
    def is_open(self) -> bool:
        return self.state == DisputeState.OPEN

    def sound(self, part: str) -> SoundView | None:
        """How a part is heard; None where nothing was asked to be."""
        return next((each for each in self.sounds if each.part == part), None)


def dispute_view(viewer: Viewer, dispute: Dispute, *, with_sound: bool = False) -> DisputeView:
    """One dispute for `viewer`, who may read it."""
    call, note, verdict = dispute.call, dispute.note, dispute.verdict
    is_mine = dispute.agent_id == viewer.user_id
    is_open = dispute.state == DisputeState.OPEN
    can_answer = is_open and can_answer_dispute(viewer, call)
    about = note or verdict
    is_late = can_answer and dispute.due_at < utc_now()
    mark, label, chip = _state(dispute, is_late=is_late)
    start_ms = about.start_ms if about else 0
    cause = cause_label(about.cause) if about else ""
    rewrite = ""
    if note is not None:
        rewrite = url_for("coaching.edit_note", note_id=note.id)
    elif verdict is not None:
        rewrite = url_for(
            "coaching.new_note",
            call_id=call.id,
            start_ms=verdict.start_ms,
            end_ms=verdict.end_ms,
            channel=verdict.channel,
            point=_point_id(call, verdict.id) or None,
        )
    return DisputeView(
        id=dispute.id,
        call_id=call.id,
        note_id=note.id if note is not None and note.deleted_at is None else 0,
        is_note=note is not None,
        about=heading(call),
        title=cause[:1].upper() + cause[1:] if cause else heading(call),
        who=dispute.agent.name if dispute.agent else _("somebody who has left"),
        is_mine=is_mine,
        text=dispute.text,
        at=dispute.created_at,
        due_at=dispute.due_at,
        is_late=is_late,
        state=str(dispute.state),
        mark=mark,
        label=label,
        chip=chip,
        answer=dispute.answer,
        answered_by=dispute.answered_by.name if dispute.answered_by else "",
        answered_at=dispute.answered_at,
        is_new=is_mine and dispute.answered_at is not None and dispute.seen_at is None,
        quote=about.quote if about else "",
        says=(note.instead or note.hears) if note is not None else "",
        language=call.language,
        start_ms=start_ms,
        clock=clock(start_ms),
        counter=_counter(viewer, dispute),
        can_answer=can_answer,
        can_withdraw=is_mine and is_open,
        asks_flag=note is not None and is_negative(note.verdict),
        rewrite_url=rewrite,
        desk_url=url_for("coaching.desk", call_id=call.id, t=f"{start_ms / 1000:g}"),
        sounds=tuple(_sounds(viewer, dispute)) if with_sound else (),
    )


def by_place(
    viewer: Viewer, disputes: Iterable[Dispute], moments: Sequence[MomentView]
) -> dict[str, list[DisputeView]]:
    """Disputes of a call beside what they are about: ``note-12``, the key of a moment, or "" for
    those whose moment is not shown any more.
    """
    found: dict[str, list[DisputeView]] = {}
    for dispute in disputes:
        key = f"note-{dispute.note_id}" if dispute.note_id else _moment_key(dispute, moments)
        found.setdefault(key, []).append(dispute_view(viewer, dispute))
    return found


def dispute_part(found: Short[Dispute]) -> Part[Line]:
    """What waits on the home page of those who answer, the time of each in words."""
    lines = []
    for item in found.items:
        is_late = item.due_at < utc_now()
        due = local_datetime(item.due_at)
        lines.append(
            Line(
                url=url_for("coaching.show_dispute", dispute_id=item.id),
                title=heading(item.call),
                about=_("was to be answered by %(time)s", time=due)
                if is_late
                else _("answer by %(time)s", time=due),
                who=item.agent.name if item.agent else _("somebody who has left"),
                text=_cut(item.text),
                mark="!" if is_late else "…",
                aim=_("Late") if is_late else _("Waits"),
                chip="chip-break" if is_late else "chip-busy",
            )
        )
    return Part(lines, found.total, url_for("coaching.list_disputes"))


def _state(dispute: Dispute, *, is_late: bool) -> tuple[str, str, str]:
    """Shape, words and colour of how it stands."""
    if is_late:
        return "!", _("Late"), "chip-break"
    return {
        DisputeState.OPEN: ("…", _("Waits for an answer"), "chip-busy"),
        DisputeState.KEPT: ("=", _("Stays, with a reason"), ""),
        DisputeState.ACCEPTED: (
            "✓",
            _("Accepted: the note was put aside")
            if dispute.note_id
            else _("Accepted: the flag was rejected"),
            "chip-good",
        ),
        DisputeState.REWRITTEN: (
            "✎",
            _("Rewritten") if dispute.note_id else _("Answered by a note"),
            "chip-good",
        ),
        DisputeState.WITHDRAWN: ("↶", _("Taken back"), ""),
    }[DisputeState(dispute.state)]


def _counter(viewer: Viewer, dispute: Dispute) -> CounterView | None:
    call = dispute.counter_call
    start_ms, end_ms = dispute.counter_start_ms, dispute.counter_end_ms
    if call is None or call.deleted_at is not None or start_ms is None or end_ms is None:
        return None
    if call.id != dispute.call_id and not calls.calls_by_id(viewer, [call.id]):
        return None  # of a team that is not the viewer's any more
    turns = calls.turns_of(call)
    channel = channel_between(turns, start_ms, end_ms)
    return CounterView(
        call_id=call.id,
        about=heading(call),
        is_same_call=call.id == dispute.call_id,
        start_ms=start_ms,
        clock=clock(start_ms),
        until=clock(end_ms),
        quote=quote_of(turns, Span(channel, start_ms, end_ms)),
        language=call.language,
    )


def _sounds(viewer: Viewer, dispute: Dispute) -> Iterable[SoundView]:
    parts = ["moment"]
    if dispute.counter_start_ms is not None:
        parts.append("counter")
    for part in parts:
        found = sound_state(viewer, dispute, part)
        yield SoundView(
            part=part,
            state=found.state,
            length=spoken_duration(found.length_ms),
            url=url_for("coaching.dispute_sound", dispute_id=dispute.id, part=part),
            status_url=url_for("coaching.dispute_sound_status", dispute_id=dispute.id, part=part),
        )


def _moment_key(dispute: Dispute, moments: Sequence[MomentView]) -> str:
    for moment in moments:
        if moment.verdict_id and moment.verdict_id == dispute.verdict_id:
            return moment.key
    again = same_among(moments, dispute.verdict) if dispute.verdict is not None else None
    return again.key if again is not None else ""


def _point_id(call: Call, verdict_id: int) -> int:
    """The flag of today's analysis that the verdict is on; 0 for none."""
    points = call.current_analysis.tipping_points if call.current_analysis else []
    return next((point.id for point in points if point.verdict_id == verdict_id), 0)


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    if len(plain) <= _LINE_LETTERS:
        return plain
    return plain[:_LINE_LETTERS].rpartition(" ")[0].rstrip(" ,;:") + "\u2026"
