"""Following notes on later calls: which calls belong to a recheck, and what each shows.

Everything here may run twice: a call of a recheck is one row, found again and brought up to date,
and what a person heard is never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError

from callcoach.calls.mapping import shown_turns
from callcoach.calls.models import (
    AnalysisRun,
    Call,
    CallKind,
    Decision,
    TippingPoint,
    TurnCorrection,
)
from callcoach.calls.queries import has_verdict
from callcoach.coaching.models import Note, NoteAim, Visibility
from callcoach.extensions import db, utc_now
from callcoach.progress.models import Recheck, RecheckListen, RecheckState, SignKind
from callcoach.progress.signs import Looked, Sign, look, said_before, suggest
from callcoach.tuning.queries import holds_back, standings_of

#: Calls this long before the note count as "before": the quarter before is another person.
BEFORE = timedelta(days=60)
#: States in which later calls still join: what holds may come back.
_OPEN = (RecheckState.RUNNING, RecheckState.HELD)


def is_followed(note: Note) -> bool:
    """Whether a note asks an agent for a change that can be followed."""
    return (
        note.sent_at is not None
        and note.aim == NoteAim.CHANGE
        and note.visibility != Visibility.PRIVATE
        and note.agent_id is not None
    )


def start_recheck(note: Note) -> Recheck | None:
    """Follow a note that was sent, with the sign that it names by itself; None when it asks for
    nothing that could come back. Sent anew, it is followed from then on.
    """
    if not is_followed(note):
        return None
    recheck = db.session.scalar(select(Recheck).where(Recheck.note_id == note.id))
    if recheck is None:
        sign = suggest(note.cause, note.quote, (note.hears, note.instead))
        recheck = Recheck(note_id=note.id, campaign_id=note.call.campaign_id)
        set_sign(recheck, sign)
        db.session.add(recheck)
    recheck.agent_id = note.agent_id
    recheck.started_at = note.sent_at or utc_now()
    db.session.flush()
    gather(recheck)
    return recheck


def sign_of(recheck: Recheck) -> Sign:
    """What would show that it came back."""
    return Sign(SignKind(recheck.sign), recheck.subject, recheck.bound, recheck.is_upper)


def set_sign(recheck: Recheck, sign: Sign) -> None:
    """Write a sign; `gather` then looks for it."""
    recheck.sign, recheck.subject = sign.kind, sign.subject
    recheck.bound, recheck.is_upper = sign.bound, sign.is_upper


def gather(recheck: Recheck) -> None:
    """Find the calls of a recheck, and look for its sign in each."""
    calls = db.session.scalars(
        select(Call).where(
            Call.agent_id == recheck.agent_id,
            Call.campaign_id == recheck.campaign_id,
            Call.started_at >= recheck.started_at - BEFORE,
            Call.current_analysis_id.is_not(None),
        )
    ).all()
    kept = {listen.call_id: listen for listen in listens_of(recheck)}
    for call in calls:
        consider(recheck, call)
        kept.pop(call.id, None)
    for listen in kept.values():
        if listen.is_drawn:
            _leave(listen)
        else:
            _bring_up_to_date(recheck, listen, listen.call)
    db.session.flush()


def follow_call(call: Call) -> None:
    """A call was analysed, or is somebody else's now: every recheck that it belongs to, or did."""
    joined = select(RecheckListen.recheck_id).where(RecheckListen.call_id == call.id)
    rechecks = db.session.scalars(
        select(Recheck).where(
            or_(
                Recheck.id.in_(joined),
                and_(Recheck.agent_id == call.agent_id, Recheck.campaign_id == call.campaign_id),
            )
        )
    )
    for recheck in rechecks.all():
        consider(recheck, call)
    db.session.flush()


def consider(recheck: Recheck, call: Call) -> RecheckListen | None:
    """Let a call join a recheck, bring it up to date, or let it go; None when it is none of it."""
    listen = db.session.scalar(
        select(RecheckListen).where(
            RecheckListen.recheck_id == recheck.id, RecheckListen.call_id == call.id
        )
    )
    if listen is not None and not listen.is_drawn:
        _bring_up_to_date(recheck, listen, call)
        return listen
    if not belongs(recheck, call):
        if listen is not None:
            _leave(listen)
        return None
    is_before = call.started_at < recheck.started_at
    if listen is None:
        if not is_before and recheck.state not in _OPEN:
            return None
        listen = add_listen(recheck, call, is_before=is_before, is_drawn=True)
    listen.is_before = is_before
    _bring_up_to_date(recheck, listen, call)
    return listen


def belongs(recheck: Recheck, call: Call) -> bool:
    """Whether a call counts by itself: of the agent and the campaign, a conversation with somebody
    who was meant, in the time, and none that the note is about.
    """
    own = {recheck.note.call_id, *(item.call_id for item in recheck.note.other_calls)}
    return (
        call.agent_id is not None
        and call.agent_id == recheck.agent_id
        and call.campaign_id == recheck.campaign_id
        and call.kind == CallKind.TARGET
        and call.current_analysis_id is not None
        and call.started_at >= recheck.started_at - BEFORE
        and call.id not in own
    )


def add_listen(recheck: Recheck, call: Call, *, is_before: bool, is_drawn: bool) -> RecheckListen:
    """The row of a call in a recheck, once, whoever adds it at the same moment."""
    listen = RecheckListen(
        recheck_id=recheck.id, call_id=call.id, is_before=is_before, is_drawn=is_drawn
    )
    try:
        with db.session.begin_nested():
            db.session.add(listen)
    except IntegrityError:
        return db.session.scalars(
            select(RecheckListen).where(
                RecheckListen.recheck_id == recheck.id, RecheckListen.call_id == call.id
            )
        ).one()
    return listen


def listens_of(recheck: Recheck) -> list[RecheckListen]:
    """Every row of a recheck, fresh."""
    return list(
        db.session.scalars(
            select(RecheckListen)
            .where(RecheckListen.recheck_id == recheck.id)
            .order_by(RecheckListen.id)
        )
    )


def _leave(listen: RecheckListen) -> None:
    """What a person heard stays on record; it no longer counts (`queries.rechecks.counted`)."""
    if listen.heard is None:
        db.session.delete(listen)


def _bring_up_to_date(recheck: Recheck, listen: RecheckListen, call: Call) -> None:
    found = look(sign_of(recheck), looked_at(call), _context(recheck.note))
    listen.is_detected, listen.value = found.is_detected, found.value
    if listen.heard is not None:
        return  # the moment that was heard is what was said of it
    place = found.place
    listen.channel = place.channel if place else None
    listen.start_ms = place.start_ms if place else None
    listen.end_ms = place.end_ms if place else None


def looked_at(call: Call) -> Looked:
    """What is looked at of a call: its current analysis, with people's corrections and verdicts."""
    run = (
        db.session.get(AnalysisRun, call.current_analysis_id) if call.current_analysis_id else None
    )
    if run is None:
        return Looked((), {}, ())
    standings = standings_of(call.campaign_id)
    flags = db.session.scalars(
        select(TippingPoint).where(
            TippingPoint.analysis_id == run.id, ~has_verdict(Decision.REJECTED)
        )
    )
    shown = [f for f in flags if f.verdict_id is not None or not holds_back(standings, f)]
    return Looked(shown, run.figures, shown_turns(run.turns, _corrections(call)))


def _corrections(call: Call) -> Iterable[TurnCorrection]:
    return db.session.scalars(select(TurnCorrection).where(TurnCorrection.call_id == call.id))


def _context(note: Note) -> str:
    run = note.call.current_analysis
    if run is None:
        return ""
    return said_before(shown_turns(run.turns, _corrections(note.call)), note.start_ms)
