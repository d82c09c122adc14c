"""Asking an agent whether a moment may be played to colleagues, and their answer."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import InvalidRequestError

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.queries import name_of
from callcoach.calls.access import can_judge_call
from callcoach.calls.models import Call
from callcoach.calls.operations import ensure_excerpt
from callcoach.calls.operations.excerpts import MAX_EXCERPT_MS
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import Registry, db, utc_now
from callcoach.notices import operations as notices
from callcoach.progress.models import SharingConsent

_changed: Registry[Callable[[int], None]] = Registry()

#: Registers, as a decorator, who is told that an agent gave a yes to a moment of a call (its id), or
#: said no, or took the yes back; inside the transaction in which it happens.
on_consent_changed = _changed.add


def ask(viewer: Viewer, call: Call, start_ms: int, end_ms: int) -> SharingConsent:
    """Ask for a moment; asked already, the question that is there. The agent hears exactly what
    colleagues would hear.

    Raises:
        NotFound, NotAllowed: the call is not the viewer's to judge.
        InvalidInput: nobody is named as its agent, or the stretch is empty or too long.
        Conflict: the agent said no to it.
    """
    if call.deleted_at is not None:
        raise NotFound("There is no such call.")
    if not can_judge_call(viewer, call):
        raise NotAllowed("Supervisors ask for this; tell yours.")
    if call.agent_id is None:
        raise InvalidInput("Nobody is named as the agent of this call.")
    start_ms, end_ms = max(0, start_ms), min(end_ms, call.duration_ms)
    if not 0 < end_ms - start_ms <= MAX_EXCERPT_MS:
        raise InvalidInput("Choose a moment of at most two minutes.")
    consent = db.session.scalar(
        select(SharingConsent).where(
            SharingConsent.agent_id == call.agent_id,
            SharingConsent.call_id == call.id,
            SharingConsent.start_ms == start_ms,
            SharingConsent.end_ms == end_ms,
        )
    )
    if consent is not None and (consent.refused_at or consent.withdrawn_at):
        raise Conflict("The agent said no to this moment; it stays theirs.")
    if consent is None:
        consent = SharingConsent(
            agent_id=call.agent_id,
            call_id=call.id,
            start_ms=start_ms,
            end_ms=end_ms,
            asked_by_id=viewer.user_id,
        )
        db.session.add(consent)
        db.session.flush()
        notices.notify(
            call.agent_id,
            "progress.consent",
            subject_of(consent),
            "/my/progress#sharing",
            name=name_of(viewer.user_id),
        )
    ensure_excerpt(viewer, call, start_ms, end_ms)
    return consent


def take_back(viewer: Viewer, consent: SharingConsent) -> None:
    """Ask no longer; only before the agent answered.

    Raises:
        NotAllowed: the call is not the viewer's to judge.
        Conflict: the agent has answered.
    """
    if not can_judge_call(viewer, consent.call):
        raise NotAllowed("Supervisors ask for this; tell yours.")
    _lock(consent)
    if consent.given_at or consent.refused_at:
        raise Conflict("The agent has answered already.")
    notices.take_back("progress.consent", subject_of(consent))
    db.session.delete(consent)
    db.session.flush()


def answer(viewer: Viewer, consent: SharingConsent, *, is_yes: bool) -> SharingConsent:
    """The agent says yes or no; no reason is asked for, and either can be changed later.

    Raises:
        NotFound: it is not the viewer's to answer.
    """
    _require_owner(viewer, consent)
    now = utc_now()
    consent.given_at = now if is_yes else None
    consent.refused_at = None if is_yes else now
    consent.withdrawn_at = None
    record(
        viewer.user_id,
        "consent.given" if is_yes else "consent.refused",
        subject_kind="consent",
        subject_id=consent.id,
    )
    _tell(consent)
    return consent


def withdraw(viewer: Viewer, consent: SharingConsent) -> SharingConsent:
    """The agent takes a yes back, at once and for good until they give it anew.

    Raises:
        NotFound: it is not the viewer's.
    """
    _require_owner(viewer, consent)
    if consent.given_at is not None:
        consent.withdrawn_at = consent.withdrawn_at or utc_now()
        record(viewer.user_id, "consent.withdrawn", subject_kind="consent", subject_id=consent.id)
    _tell(consent)
    return consent


def subject_of(consent: SharingConsent) -> str:
    """What notices about it are about."""
    return f"consent:{consent.id}"


def _tell(consent: SharingConsent) -> None:
    db.session.flush()
    for subscriber in _changed:
        subscriber(consent.call_id)


def _require_owner(viewer: Viewer, consent: SharingConsent) -> None:
    if viewer.user_id is None or consent.agent_id != viewer.user_id:
        raise NotFound("There is no such question.")
    _lock(consent)


def _lock(consent: SharingConsent) -> None:
    """One at a time: a question is not taken back beneath an answer.

    Raises:
        NotFound: it was taken back.
    """
    db.session.flush()
    try:
        db.session.refresh(consent, with_for_update={"of": SharingConsent})
    except InvalidRequestError:
        raise NotFound("There is no such question.") from None
