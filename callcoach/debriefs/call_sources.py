"""What can be put on an agenda of calls and of what was said to agents about them.

A private note stays its author's, and a moment is confirmed before it is put before anybody.
"""

from __future__ import annotations

import re

from flask_babel import gettext as _
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Valence
from callcoach.calls import queries as calls
from callcoach.calls.models import Call, Decision, Verdict
from callcoach.calls.operations.excerpts import MAX_EXCERPT_MS
from callcoach.coaching.models import ListeningRequest, Note, NoteAim, Visibility
from callcoach.coaching.note_presenters import cause_label
from callcoach.coaching.operations.notes import LEAD_IN_MS, LEAD_OUT_MS
from callcoach.coaching.queries import notes
from callcoach.debriefs.access import leads_one_to_ones
from callcoach.debriefs.candidates import (
    Candidate,
    Moment,
    long_worded,
    moment_title,
    number_of,
    own_teams,
    pair_title,
    source_of,
    titled,
    worded,
)
from callcoach.debriefs.models import ItemKind
from callcoach.debriefs.operations.moments import MIN_PART_MS
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.progress.models import Objective, RecheckState
from callcoach.progress.queries import pairs, people, rechecks

_STRETCH = re.compile(r"(\d{1,9}):(\d{1,9})-(\d{1,9})")


@source_of("note")
def from_note(viewer: Viewer, name: str) -> Candidate:
    """The moment of a sent note, with what led to it; a note on whole calls is a theme."""
    call, note = notes.get_note(viewer, number_of(name))
    if note.visibility == Visibility.PRIVATE:
        raise Conflict("This note is yours alone. Share it with the agent first.")
    if note.is_draft:
        raise Conflict("Send the note first: its agent reads it before the team does.")
    is_good = note.aim == NoteAim.KEEP
    facts = {"cause": note.cause, "note_id": note.id, "agent_id": note.agent_id}
    if note.visibility == Visibility.NAMED:
        # Its words are for the people named: the moment alone is shown
        del facts["note_id"]
    else:
        facts["reformulation"] = long_worded(note.instead)
    otherwise = _("A moment to keep") if is_good else _("A moment to talk about")
    return Candidate(
        source=f"note:{note.id}",
        kind=ItemKind.MOMENT if note.is_moment else ItemKind.THEME,
        title=moment_title(note.cause, call, otherwise),
        team_ids=own_teams(viewer, {call.team_id}),
        moment=_around(call, note) if note.is_moment else None,
        is_good=is_good,
        facts=facts,
    )


@source_of("flag")
def from_verdict(viewer: Viewer, name: str) -> Candidate:
    """A moment that a person confirmed."""
    call, verdict = calls.get_verdict(viewer, number_of(name))
    if verdict.withdrawn_at is not None or verdict.decision != Decision.CONFIRMED:
        raise Conflict("Confirm the moment first: only what a person heard is put before a team.")
    is_good = verdict.valence == Valence.POSITIVE
    return Candidate(
        source=f"flag:{verdict.id}",
        kind=ItemKind.MOMENT,
        title=moment_title(verdict.cause, call, _("A moment of a call")),
        team_ids=own_teams(viewer, {call.team_id}),
        moment=_around(call, verdict),
        is_good=is_good,
        facts={"cause": verdict.cause, "agent_id": call.agent_id},
    )


@source_of("point")
def from_point(viewer: Viewer, name: str) -> Candidate:
    """The same, of the flag that was confirmed."""
    _call, point = calls.get_point(viewer, number_of(name))
    if point.verdict_id is None:
        raise Conflict("Confirm the moment first: only what a person heard is put before a team.")
    return from_verdict(viewer, str(point.verdict_id))


@source_of("call")
def from_stretch(viewer: Viewer, name: str) -> Candidate:
    """A stretch of a call that somebody chose, to the millisecond: ``call:12:9600-24000``."""
    found = _STRETCH.fullmatch(name)
    if found is None:
        raise InvalidInput("Choose where the moment begins and ends.")
    call_id, start_ms, end_ms = (int(part) for part in found.groups())
    call = calls.get_call(viewer, call_id)
    if not start_ms < end_ms or start_ms >= call.duration_ms:
        raise InvalidInput("Choose where the moment begins and ends.")
    return Candidate(
        source=f"call:{call.id}:{start_ms}-{end_ms}",
        kind=ItemKind.MOMENT,
        title=moment_title("", call, _("A moment of a call")),
        team_ids=own_teams(viewer, {call.team_id}),
        moment=Moment(call, start_ms, min(end_ms, call.duration_ms)),
        facts={"agent_id": call.agent_id},
    )


@source_of("pair")
def from_pair(viewer: Viewer, name: str) -> Candidate:
    """A before and after, as its agent offers it; between the two of them also before that."""
    pair = pairs.get_pair(viewer, number_of(name))
    if pair.confirmed_at is None:
        raise Conflict("Give the pair to its agent first.")
    note, agent_id = pair.recheck.note, pair.recheck.agent_id
    return Candidate(
        source=f"pair:{pair.id}",
        kind=ItemKind.PROGRESS,
        title=pair_title(note.cause),
        team_ids=own_teams(viewer, {note.call.team_id}),
        is_good=True,
        only_with=None if pair.offered_at is not None else agent_id,
        facts={
            "pair_id": pair.id,
            "recheck_id": pair.recheck_id,
            "note_id": note.id,
            "agent_id": agent_id,
            "cause": note.cause,
        },
    )


@source_of("recheck")
def from_recheck(viewer: Viewer, name: str) -> Candidate:
    """What became of a note: something that holds is progress; what came back is a theme of the
    team's, whose title tells nobody's name.
    """
    recheck = rechecks.get_recheck(viewer, number_of(name))
    note = recheck.note
    if recheck.state not in (RecheckState.HELD, RecheckState.CAME_BACK):
        raise Conflict("It is too early to say what became of this note.")
    holds = recheck.state == RecheckState.HELD
    about = cause_label(note.cause) or _("What a note asked for")
    named = {"agent_id": recheck.agent_id, "recheck_id": recheck.id} if holds else {}
    return Candidate(
        source=f"recheck:{recheck.id}",
        kind=ItemKind.PROGRESS if holds else ItemKind.THEME,
        title=titled(
            _("It holds: %(what)s", what=about)
            if holds
            else _("It came back: %(what)s", what=about)
        ),
        team_ids=own_teams(viewer, {note.call.team_id}),
        is_good=holds,
        facts={"cause": note.cause, "reformulation": _for_all(note), **named},
    )


def _for_all(note: Note) -> str:
    """What a note says to say instead; nothing where its words are for the people it names."""
    return "" if note.visibility == Visibility.NAMED else long_worded(note.instead)


@source_of("objective")
def from_objective(viewer: Viewer, name: str) -> Candidate:
    """An objective, which is between the agent and the supervisor."""
    found: Objective = people.get_objective(viewer, number_of(name))
    if found.closed_at is not None:
        raise Conflict("This objective is closed.")
    return Candidate(
        source=f"objective:{found.id}",
        kind=ItemKind.OBJECTIVE,
        title=titled(found.text),
        only_with=found.agent_id,
        facts={"objective_id": found.id, "agent_id": found.agent_id},
    )


@source_of("request")
def from_request(viewer: Viewer, name: str) -> Candidate:
    """What an agent asked to be listened to, for the two of them."""
    request = db.session.scalar(
        select(ListeningRequest)
        .join(ListeningRequest.call)
        .where(
            ListeningRequest.id == number_of(name),
            ListeningRequest.withdrawn_at.is_(None),
            Call.deleted_at.is_(None),
            calls.in_scope(viewer),
        )
    )
    if request is None or request.agent_id is None or not leads_one_to_ones(viewer):
        raise NotFound("There is no such request.")
    call, moment = request.call, None
    if request.start_ms is not None and request.end_ms is not None:
        moment = Moment(call, *_bounds(call, request.start_ms, request.end_ms))
    return Candidate(
        source=f"request:{request.id}",
        kind=ItemKind.MOMENT if moment is not None else ItemKind.THEME,
        title=moment_title("", call, _("Asked to be listened to")),
        moment=moment,
        only_with=request.agent_id,
        facts={"words": worded(request.text), "agent_id": request.agent_id},
    )


def _around(call: Call, place: Note | Verdict) -> Moment:
    """A moment with what led to it and what came of it; it stops and asks where it begins."""
    start_ms, end_ms = _bounds(call, place.start_ms, place.end_ms)
    asks = start_ms + MIN_PART_MS <= place.start_ms <= end_ms - MIN_PART_MS
    return Moment(call, start_ms, end_ms, place.start_ms if asks else None)


def _bounds(call: Call, start_ms: int, end_ms: int) -> tuple[int, int]:
    """As notes are heard, so that a yes to a note's sound covers it; no longer than can be played."""
    first_ms = max(0, start_ms - LEAD_IN_MS)
    return first_ms, min(end_ms + LEAD_OUT_MS, call.duration_ms, first_ms + MAX_EXCERPT_MS)
