"""Whether the agent of a moment lets it be played before colleagues: how it stands, and asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.debriefs import sharing
from callcoach.debriefs.models import AgendaItem
from callcoach.debriefs.operations.agenda import hold
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.progress.models import SharingConsent
from callcoach.progress.operations import consents


class Standing(StrEnum):
    """What the agent said about playing a moment."""

    #: No recording, or none any more: nothing to ask for.
    NO_SOUND = "no_sound"
    #: Nobody is named as the agent of the call.
    NOBODY = "nobody"
    #: In a one-to-one the agent hears a call of their own.
    OWN = "own"
    YES = "yes"
    #: A yes that does not cover all of the moment.
    PARTLY = "partly"
    WAITING = "waiting"
    #: No, or a yes that was taken back.
    NO = "no"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Consent:
    """How it stands with a moment.

    Args:
        start_ms, end_ms: the stretch that was asked for; none where nothing was.
        at: when it was asked or answered.
        consent_id: of a question that waits for its answer, to be taken back; 0 otherwise.
    """

    standing: Standing
    start_ms: int | None = None
    end_ms: int | None = None
    at: datetime | None = None
    consent_id: int = 0


def consent_of(item: AgendaItem) -> Consent:
    """How it stands with an item's moment, now."""
    call, start_ms, end_ms = item.call, item.start_ms, item.end_ms
    if call is None or start_ms is None or end_ms is None or not sharing.has_sound(item):
        return Consent(Standing.NO_SOUND)
    debrief = item.debrief
    if debrief is not None and debrief.agent_id is not None and debrief.agent_id == call.agent_id:
        return Consent(Standing.OWN)
    if call.agent_id is None:
        return Consent(Standing.NOBODY)
    rows = db.session.scalars(
        select(SharingConsent)
        .where(
            SharingConsent.call_id == call.id,
            SharingConsent.agent_id == call.agent_id,
            SharingConsent.start_ms < end_ms,
            SharingConsent.end_ms > start_ms,
        )
        .order_by(SharingConsent.id.desc())
    ).all()
    covering = [row for row in rows if row.start_ms <= start_ms and row.end_ms >= end_ms]
    if sharing.is_consented_to(item):
        return _as(Standing.YES, next(row for row in covering if _is_given(row)))
    # Nobody is asked again for what they refused, trimmed a little; a no to a passage elsewhere in
    # the call says nothing about this one
    for row in rows:
        shared_ms = min(row.end_ms, end_ms) - max(row.start_ms, start_ms)
        is_no = row.refused_at is not None or row.withdrawn_at is not None
        if is_no and 2 * shared_ms > end_ms - start_ms:
            return _as(Standing.NO, row)
    for row in covering:
        if row.given_at is None:
            return _as(Standing.WAITING, row)
    partly = next((row for row in rows if _is_given(row)), None)
    if partly is not None:
        return _as(Standing.PARTLY, partly)
    return Consent(Standing.NOT_ASKED)


def ask(viewer: Viewer, item: AgendaItem) -> SharingConsent:
    """Ask the agent whether exactly this moment may be played before colleagues.

    Raises:
        NotFound, NotAllowed, InvalidInput, Conflict: as `progress.operations.consents.ask` and
            `agenda.hold`.
    """
    hold(viewer, item)
    call = item.call
    if call is None or item.start_ms is None or item.end_ms is None:
        raise InvalidInput("There is no sound that could be played.")
    if consent_of(item).standing is Standing.NO:
        raise Conflict("The agent said no to this moment; it stays theirs.")
    return consents.ask(viewer, call, item.start_ms, item.end_ms)


def take_back(viewer: Viewer, item: AgendaItem) -> None:
    """Ask no longer, as long as there is no answer.

    Raises:
        NotFound: nothing was asked.
        NotAllowed, Conflict: as `progress.operations.consents.take_back`.
    """
    hold(viewer, item)
    waiting = consent_of(item)
    row = db.session.get(SharingConsent, waiting.consent_id) if waiting.consent_id else None
    if row is None:
        raise NotFound("There is no such question.")
    consents.take_back(viewer, row)


def _is_given(row: SharingConsent) -> bool:
    return row.given_at is not None and row.withdrawn_at is None and row.refused_at is None


def _as(standing: Standing, row: SharingConsent) -> Consent:
    at = row.withdrawn_at or row.refused_at or row.given_at or row.asked_at
    waits = standing is Standing.WAITING
    return Consent(standing, row.start_ms, row.end_ms, at, row.id if waits else 0)
