"""How a suspicion comes to be: the analysis of any call finds one, or a person reports one.

What was decided once stays decided: found again at the same place, nothing happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.analysis.claims import Standing
from callcoach.calls.mapping import to_ms
from callcoach.calls.models import Call
from callcoach.campaigns.models import Disclosure, PromiseKind
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.incidents.access import can_handle
from callcoach.incidents.models import EventKind, Incident, IncidentKind, IncidentState
from callcoach.incidents.operations import telling
from callcoach.incidents.operations.deciding import take_up_again
from callcoach.incidents.operations.rights import clean, note
from callcoach.promises.models import PromiseCheck
from callcoach.promises.operations.checking import senders_claimed
from callcoach.promises.queries import for_call

#: Milliseconds between two findings that are one: recognition moves the bounds of words by less when
#: a call is read again, and nobody makes two such claims within a breath.
SAME_MS = 2_000
#: Disclosures that tell who is calling; said wrongly they are a false identity.
_OF_IDENTITY = (Disclosure.IDENTITY, Disclosure.ON_BEHALF)
#: Reported stretches are to be heard: at most this long, milliseconds.
MAX_REPORT_MS = 180_000


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What may have been said; times in milliseconds, half-open."""

    kind: IncidentKind
    channel: int
    start_ms: int
    end_ms: int
    quote: str
    confidence: float
    promise_version_id: int | None = None


def suspect(call: Call, checks: Sequence[PromiseCheck]) -> list[Incident]:
    """Take over what the analysis suspects of a call, sampled or not.

    Returns:
        The new suspicions; what is known at the same place, whatever became of it, is left alone.
    """
    if call.deleted_at is not None:
        return []
    found = [each for check in checks if (each := _of_check(check)) is not None]
    for sender in senders_claimed(call):
        if sender.channel is None or sender.start_s is None or sender.end_s is None:
            continue
        found.append(
            Suspicion(
                IncidentKind.FALSE_IDENTITY,
                sender.channel,
                to_ms(sender.start_s),
                to_ms(sender.end_s),
                sender.quote,
                sender.confidence,
            )
        )
    known = list(db.session.scalars(select(Incident).where(Incident.call_id == call.id)))
    return [_open(call, each, known) for each in _merged(found) if not _is_known(each, known)]


def report(
    viewer: Viewer,
    call: Call,
    kind: str,
    start_ms: int,
    end_ms: int,
    *,
    quote: str = "",
    promise_version_id: int | None = None,
) -> Incident:
    """A person suspects it. What is known there already is given back instead; where that was
    dismissed it is suspected again.

    Raises:
        NotFound: the call is not the viewer's to judge.
        InvalidInput: the kind, the bounds or the promise make no sense.
    """
    if not can_handle(viewer, call):
        raise NotFound("There is no such call.")
    if kind not in set(IncidentKind):
        raise InvalidInput("Say what you suspect.")
    if not 0 <= start_ms < end_ms or start_ms >= call.duration_ms:
        raise InvalidInput("Choose where the moment begins and ends.")
    if end_ms - start_ms > MAX_REPORT_MS:
        raise InvalidInput("Choose a shorter stretch: three minutes at most.")
    if promise_version_id is not None and promise_version_id not in {
        version.id for version in for_call(call)
    }:
        raise InvalidInput("Choose a statement that was in force when the call took place.")
    run = call.current_analysis
    agent_channel = run.agent_channel if run is not None else None
    suspicion = Suspicion(
        IncidentKind(kind),
        agent_channel or 0,
        start_ms,
        min(end_ms, call.duration_ms),
        clean(quote),
        1.0,
        promise_version_id,
    )
    known = list(db.session.scalars(select(Incident).where(Incident.call_id == call.id)))
    same = next((each for each in known if _meet(suspicion, each)), None)
    if same is None:
        return _open(call, suspicion, known, by=viewer)
    if same.state == IncidentState.DISMISSED:
        take_up_again(viewer, same)
    return same


def _of_check(check: PromiseCheck) -> Suspicion | None:
    """What a check suspects, or None: a forbidden claim that was made, or a wrong sender."""
    if check.channel is None or check.start_ms is None or check.end_ms is None:
        return None
    version, standing = check.version, Standing(check.standing)
    if version.kind == PromiseKind.FORBIDDEN and standing is Standing.OVERPROMISED:
        kind = IncidentKind.FORBIDDEN_CLAIM
    elif version.disclosure in _OF_IDENTITY and standing in (
        Standing.DISTORTED,
        Standing.OVERPROMISED,
    ):
        kind = IncidentKind.FALSE_IDENTITY
    else:
        return None
    return Suspicion(
        kind,
        check.channel,
        check.start_ms,
        check.end_ms,
        check.quote,
        check.confidence,
        check.promise_version_id,
    )


def _merged(found: Iterable[Suspicion]) -> list[Suspicion]:
    """One for each place: a forbidden "mandatés par l’État" is a false identity, and says which
    promise it touches.
    """
    kept: list[Suspicion] = []
    for each in sorted(found, key=lambda item: (item.start_ms, -item.confidence)):
        at = next((i for i, other in enumerate(kept) if _meet(each, other)), None)
        if at is None:
            kept.append(each)
            continue
        other = kept[at]
        is_false = IncidentKind.FALSE_IDENTITY in (each.kind, other.kind)
        kept[at] = Suspicion(
            IncidentKind.FALSE_IDENTITY if is_false else other.kind,
            other.channel,
            min(other.start_ms, each.start_ms),
            max(other.end_ms, each.end_ms),
            max(other.quote, each.quote, key=len),
            max(other.confidence, each.confidence),
            other.promise_version_id or each.promise_version_id,
        )
    return kept


def _meet(one: Suspicion | Incident, other: Suspicion | Incident) -> bool:
    return (
        one.channel == other.channel
        and one.start_ms < other.end_ms + SAME_MS
        and other.start_ms < one.end_ms + SAME_MS
    )


def _is_known(suspicion: Suspicion, known: Iterable[Incident]) -> bool:
    """The same place, whatever it was taken for: what a person decided there stands."""
    return any(_meet(suspicion, each) for each in known)


def _open(
    call: Call, suspicion: Suspicion, known: list[Incident], by: Viewer | None = None
) -> Incident:
    viewer = by or Viewer.system()
    incident = Incident(
        call_id=call.id,
        campaign_id=call.campaign_id,
        promise_version_id=suspicion.promise_version_id,
        kind=suspicion.kind,
        channel=suspicion.channel,
        start_ms=suspicion.start_ms,
        end_ms=suspicion.end_ms,
        quote=suspicion.quote,
        confidence=suspicion.confidence,
        reported_by_id=viewer.user_id,
        created_at=utc_now(),
        row_version=0,
    )
    db.session.add(incident)
    db.session.flush()
    note(viewer, incident, EventKind.SUSPECTED)
    known.append(incident)
    telling.tell_suspected(incident)
    return incident
