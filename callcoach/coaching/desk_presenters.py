"""What the review desk shows of one call to one viewer, ready to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.analysis.opening import talk_start_s
from callcoach.calls import call_presenters, presenters, queries
from callcoach.calls.access import (
    can_delete_call,
    can_edit_call,
    can_judge_call,
    sees_unconfirmed_flags,
)
from callcoach.calls.call_presenters import MomentView
from callcoach.calls.judging import Stretch
from callcoach.calls.mapping import ShownTurn, to_ms, to_s
from callcoach.calls.models import Call, Decision, DismissalReason
from callcoach.coaching.desk_breaks import BreakView, after_holds, breaks_of, hold_marks
from callcoach.coaching.desk_cards import Card, cards_of
from callcoach.coaching.desk_notes import DeskNotes
from callcoach.coaching.dispute_access import can_dispute_on
from callcoach.coaching.dispute_presenters import DisputeView, by_place
from callcoach.coaching.moment_keys import place_key
from callcoach.coaching.note_presenters import desk_notes
from callcoach.coaching.queries.disputes import disputes_on
from callcoach.extensions import utc_now
from callcoach.web.filters import local_date, local_time, short_datetime


@dataclass(frozen=True, slots=True)
class Permissions:
    """What the page offers."""

    edit: bool
    delete: bool
    swap: bool
    judge: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the moments that can be judged have been."""

    judged: int
    total: int

    @property
    def is_done(self) -> bool:
        return self.total > 0 and self.judged >= self.total


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What somebody else decided while the viewer was listening, and what the viewer wanted."""

    key: str
    theirs: str
    author: str
    verdict_id: int
    wanted: str

    @property
    def sentence(self) -> str:
        """Who decided what, in words."""
        name = self.author or _("Somebody else")
        if self.theirs == Decision.CONFIRMED:
            return str(_("%(name)s has confirmed this moment in between.", name=name))
        if self.theirs == Decision.REJECTED:
            return str(_("%(name)s has rejected this moment in between.", name=name))
        return str(_("The verdict that you saw here was taken back in between."))


@dataclass(frozen=True, slots=True)
class DeskParts:
    """What a change on the desk may alter: its cards, their notes and the counts."""

    call: Call
    can: Permissions
    turns: Sequence[ShownTurn]
    moments: Sequence[MomentView]
    #: Flags that are held back here, for those who judge; shown on demand.
    held_back: Sequence[MomentView]
    #: What each card says beside the words of its moment, by key.
    cards: Mapping[str, Card]
    breaks: Sequence[BreakView]
    #: Stretches that the player skips: ``{start, end}``, milliseconds.
    holds: Sequence[Mapping[str, Any]]
    notes: DeskNotes
    #: What the agent sees otherwise: ``note-12``, the key of a moment, or "" where it has none.
    disputes: Mapping[str, Sequence[DisputeView]]
    can_dispute: bool
    sees_all_moments: bool

    @property
    def counts(self) -> presenters.Counts:
        """Breaks and good moments that nobody rejected."""
        shown = [moment for moment in self.moments if not moment.is_rejected]
        negative = sum(moment.is_negative for moment in shown)
        return presenters.Counts(negative, len(shown) - negative)

    @property
    def progress(self) -> Progress:
        flags = [moment for moment in self.moments if moment.point_id]
        return Progress(sum(bool(moment.decision) for moment in flags), len(flags))

    @property
    def opened(self) -> list[MomentView]:
        """Cards that the page opens with."""
        return [moment for moment in self.moments if moment.is_open]

    @property
    def weaker(self) -> list[MomentView]:
        """Cards folded because stronger ones come first."""
        return [view for view in self.moments if not view.is_open and not view.is_rejected]

    @property
    def rejected(self) -> list[MomentView]:
        """Cards folded because a person said that they are none."""
        return [moment for moment in self.moments if moment.is_rejected]

    def may_dispute(self, moment: MomentView) -> bool:
        """Whether the viewer can say that they see this moment otherwise; once is enough."""
        is_theirs = self.can_dispute and moment.is_negative and moment.is_confirmed
        return is_theirs and not self.disputes.get(moment.key)

    def near(self, stretches: Iterable[Stretch]) -> list[MomentView]:
        """Moments that share time with one of `stretches`, on either channel: a note may quote the
        prospect on a moment that the agent caused.
        """
        wanted = list(stretches)
        return [
            moment
            for moment in (*self.moments, *self.held_back)
            if any(
                moment.start_ms < max(one.end_ms, one.start_ms + 1)
                and one.start_ms < max(moment.end_ms, moment.start_ms + 1)
                for one in wanted
            )
        ]


def permissions(viewer: Viewer, call: Call) -> Permissions:
    """What `viewer` may do on this page."""
    analysis = queries.current_analysis(call)
    can_edit = can_edit_call(viewer, call)
    return Permissions(
        edit=can_edit,
        delete=can_delete_call(viewer, call),
        swap=can_edit and analysis is not None and analysis.channels == "stereo",
        judge=can_judge_call(viewer, call),
    )


def desk_parts(viewer: Viewer, call: Call) -> DeskParts:
    """What the viewer sees of the call's moments and notes now."""
    can = permissions(viewer, call)
    turns = queries.turns_of(call)
    holds = hold_marks(call.current_analysis)
    found = call_presenters.moments(
        queries.visible_moments(viewer, call, include_held_back=can.judge), turns
    )
    every = after_holds(found, holds)
    held_back = tuple(moment for moment in every if moment.is_held_back)
    moments = tuple(moment for moment in every if not moment.is_held_back)
    sees_all = sees_unconfirmed_flags(viewer)
    if not sees_all:
        moments = tuple(replace(moment, key=place_key(moment)) for moment in moments)
    notes = desk_notes(viewer, call, (*moments, *held_back))
    disputes = by_place(viewer, disputes_on(viewer, call), (*moments, *held_back))
    if not sees_all:
        moments = tuple(replace(moment, point_id=0, verdict_id=0) for moment in moments)
    return DeskParts(
        call=call,
        can=can,
        turns=turns,
        moments=moments,
        held_back=held_back,
        cards=cards_of(viewer, call, (*moments, *held_back), turns),
        breaks=breaks_of(viewer, call.current_analysis, turns, moments),
        holds=holds,
        notes=notes,
        disputes=disputes,
        can_dispute=can_dispute_on(viewer, call),
        sees_all_moments=sees_all,
    )


def reason_labels() -> dict[str, str]:
    """Why a flag can be rejected, in the order of their keys 1 to 4."""
    return {
        DismissalReason.ABSENT.value: _("the fault is not there"),
        DismissalReason.MISHEARD.value: _("words or speaker wrong"),
        DismissalReason.JUSTIFIED.value: _("right in this context"),
        DismissalReason.UNIMPORTANT.value: _("true but unimportant"),
    }


def verdict_text(moment: MomentView) -> str:
    """« Confirmed by Claire, 14:02 »; with the day when it was not today; "" for an open one."""
    if not moment.decision:
        return ""
    said = {
        Decision.CONFIRMED: (_("Confirmed by %(name)s, %(time)s"), _("Confirmed, %(time)s")),
        Decision.REJECTED: (_("Rejected by %(name)s, %(time)s"), _("Rejected, %(time)s")),
    }[Decision(moment.decision)]
    at = moment.judged_at
    is_today = at is not None and local_date(at) == local_date(utc_now())
    time = local_time(at) if is_today else short_datetime(at)
    return str(said[0 if moment.judged_by else 1]) % {"name": moment.judged_by, "time": time}


#: Ringing and greeting shorter than this are not worth skipping, milliseconds.
LEAST_SKIP_MS = 3000


class _Said(NamedTuple):
    """A shown turn as `callcoach.analysis.opening` reads it."""

    speaker: str
    start_s: float
    end_s: float
    text: str


def talk_start_ms(turns: Iterable[ShownTurn], language: str) -> int:
    """Where listening starts, milliseconds: where the conversation proper does, or 0 where that
    skips less than `LEAST_SKIP_MS`. Read from what was recognised, so that the start does not move
    under who corrects the opening.
    """
    said = (
        _Said(turn.speaker, to_s(turn.start_ms), to_s(turn.end_ms), turn.recognised_text)
        for turn in turns
    )
    start_ms = to_ms(talk_start_s(said, language=language))
    return start_ms if start_ms >= LEAST_SKIP_MS else 0


def script_words() -> dict[str, str]:
    """The sentences that the desk's scripts say, in the reader's language."""
    return {
        "confirmed": _("Confirmed"),
        "rejected": _("Rejected"),
        "why": _("Why?"),
        "waiting": _("waiting"),
        "chosen": _("Chosen:"),
        "noNext": _("There is no further moment."),
        "noPrevious": _("There is no earlier moment."),
        "chooseFirst": _("No moment is chosen: n goes to the next one."),
        "nothingToUndo": _("There is nothing to undo."),
    }
