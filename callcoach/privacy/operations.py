"""Writes: propose, strike and put back, release, withdraw. They flush and never commit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.calls import queries as calls
from callcoach.calls.mapping import ShownTurn
from callcoach.calls.models import Call
from callcoach.errors import Conflict, InvalidInput, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.privacy.carrying import carried_over
from callcoach.privacy.fitting import fingerprint_of
from callcoach.privacy.models import Redaction
from callcoach.privacy.queries import (
    get_call_to_redact,
    is_of_these_turns,
    is_released,
    newest_of,
    proposal_for,
    strikes_of,
)
from callcoach.privacy.sounds import ask_for_sound, drop_sounds
from callcoach.privacy.spans import (
    KINDS,
    PERSON,
    RULE,
    UNHEARD,
    Place,
    Strike,
    in_order,
    shown,
    strike_at,
    touches,
)

#: More are no redaction any more.
MAX_SPANS = 2000

#: Number, row version and digest of a redaction as it was shown. A proposal that nobody stored always
#: has the same number and version, whatever its words are: only the digest tells two of them apart.
Shown = tuple[int, int, str]


def version_of(redaction: Redaction) -> Shown:
    """What of a redaction is shown, also of one that is only proposed."""
    spans = sorted(redaction.spans, key=lambda span: json.dumps(span, sort_keys=True))
    shown_of = [redaction.fingerprint, redaction.turns, spans]
    digest = hashlib.sha256(json.dumps(shown_of, sort_keys=True).encode()).hexdigest()
    return redaction.number, redaction.row_version, digest


def propose(call: Call) -> Redaction:
    """The redaction of a call that fits its words: the newest, or a new one. What people decided on
    the one before is carried over to the new one.

    Raises:
        Conflict: no words of the call are there to be read.
    """
    lock(call)
    newest = newest_of(call.id)
    turns = calls.turns_of(call)
    if newest is not None and is_current(newest, call, turns):
        return newest
    drafted = draft_of(call, turns, newest)
    if newest is not None and newest.withdrawn_at is None:
        drop_sounds(newest)  # it counts no more
    db.session.add(drafted)
    db.session.flush()
    return drafted


def is_current(redaction: Redaction, call: Call, turns: Sequence[ShownTurn]) -> bool:
    """Whether it need not be asked anew."""
    if redaction.withdrawn_at is not None or redaction.fingerprint != fingerprint_of(call):
        return False
    return is_released(redaction) or is_of_these_turns(redaction, turns)


def draft_of(call: Call, turns: Sequence[ShownTurn], newest: Redaction | None) -> Redaction:
    """A new redaction of a call after its newest, not yet added to a session.

    Raises:
        Conflict: no words of the call are there to be read.
    """
    if call.current_transcript_id is None or call.current_analysis_id is None:
        raise Conflict("This call has no transcript yet; it can be redacted once it has.")
    strikes = proposal_for(call, turns)
    if newest is not None:
        strikes = carried_over(strikes, turns, strikes_of(newest), newest.turns)
    return Redaction(
        call_id=call.id,
        number=newest.number + 1 if newest is not None else 1,
        fingerprint=fingerprint_of(call),
        spans=[strike.to_dict() for strike in strikes],
        turns=shown(turns, strikes, call.language),
        row_version=1,
    )


def lock(call: Call) -> None:
    """One change of a call's redactions at a time."""
    db.session.execute(select(Call.id).where(Call.id == call.id).with_for_update(of=Call))


def change(
    viewer: Viewer,
    call: Call,
    *,
    drop: Iterable[Mapping[str, Any]] = (),
    add: Iterable[Mapping[str, Any]] = (),
    based_on: Shown,
) -> tuple[Redaction, list[Strike], list[Strike]]:
    """Strike, put back, or undo either: some strikes go, others come in their place.

    Args:
        drop: each as `Strike.to_dict` gave it.
        add: ``turn``, ``start``, ``end``, ``kind``, ``is_struck``, ``by``; times follow from the
            words, but where there are none (``start_ms``, ``end_ms``). What they touch goes.
        based_on: `version_of` the redaction that was shown, stored or only proposed.

    Returns:
        The redaction, what came and what went: exchanged, they undo it.

    Raises:
        NotFound: as `get_call_to_redact`.
        InvalidInput: a place that is none.
        Conflict: it was released; withdraw it first.
        StaleVersion: somebody changed it since.
    """
    get_call_to_redact(viewer, call.id)
    redaction = propose(call)
    _require_version(redaction, based_on)
    if is_released(redaction):
        raise Conflict("This redaction is released; withdraw it before you change it.")
    turns = {turn.index: turn for turn in calls.turns_of(call)}
    came = [_strike_from(item, turns, call.duration_ms) for item in add]
    gone_keys = {Strike.from_dict(item).key for item in drop}
    kept: list[Strike] = []
    gone: list[Strike] = []
    for strike in strikes_of(redaction):
        is_gone = strike.key in gone_keys or any(touches(strike, new) for new in came)
        (gone if is_gone else kept).append(strike)
    _store(redaction, in_order([*kept, *came], list(turns.values())), list(turns.values()))
    return redaction, came, gone


def _strike_from(
    item: Mapping[str, Any], turns: Mapping[int, ShownTurn], duration_ms: int
) -> Strike:
    try:
        place = Place(int(item["turn"]), int(item["start"]), int(item["end"]))
        kind, by = str(item["kind"]), str(item.get("by", PERSON))
        is_struck = bool(item.get("is_struck", True))
        start_ms, end_ms = int(item.get("start_ms", 0)), int(item.get("end_ms", 0))
    except (KeyError, TypeError, ValueError):
        raise InvalidInput("Choose some words of one turn.") from None
    turn = turns.get(place.turn)
    if turn is None or kind not in KINDS or by not in (RULE, PERSON):
        raise InvalidInput("Choose some words of one turn.")
    if place.end == 0:
        if not 0 <= start_ms < end_ms <= duration_ms + 1000:
            raise InvalidInput("Choose some words of one turn.")
        return Strike(turn.index, 0, 0, kind, start_ms, end_ms, by, is_struck, is_sure=False)
    words_kind = kind if kind != UNHEARD else "other"
    found = (
        strike_at(turn, place.start, place.end, words_kind, by=by)
        if 0 <= place.start < place.end <= len(turn.text)
        else None
    )
    if found is None:
        raise InvalidInput("Choose some words of one turn.")
    is_sure = bool(item.get("is_sure", True))
    return Strike.from_dict({**found.to_dict(), "is_struck": is_struck, "is_sure": is_sure})


def _store(redaction: Redaction, strikes: Collection[Strike], turns: Sequence[ShownTurn]) -> None:
    if len(strikes) > MAX_SPANS:
        raise InvalidInput("A call may have %(limit)s struck passages at most.", limit=MAX_SPANS)
    redaction.spans = [strike.to_dict() for strike in strikes]
    redaction.turns = shown(turns, list(strikes), redaction.call.language)
    redaction.row_version += 1
    db.session.flush()


def _require_version(redaction: Redaction, based_on: Shown) -> None:
    if version_of(redaction) != based_on:
        raise _stale()


def _stale() -> StaleVersion:
    return StaleVersion(
        "The words or the redaction of this call have changed since you opened the page; "
        "load it again."
    )


def release_call(viewer: Viewer, call: Call, *, based_on: Shown) -> Redaction:
    """Release what was shown of a call, also where that was only a proposal so far.

    Args:
        based_on: `version_of` what was shown.

    Raises:
        NotFound, StaleVersion: as `release`.
    """
    get_call_to_redact(viewer, call.id)
    redaction = propose(call)
    if not is_released(redaction):
        _require_version(redaction, based_on)
    return release(viewer, redaction)


def release(viewer: Viewer, redaction: Redaction) -> Redaction:
    """Let the sponsor read and hear the call as redacted, where an audit shows it to them. Its sound
    is made by a worker.

    Raises:
        NotFound: as `get_call_to_redact`.
        StaleVersion: it does not fit the words any more.
    """
    call = get_call_to_redact(viewer, redaction.call_id)
    lock(call)
    db.session.refresh(redaction)
    if is_released(redaction):
        return redaction
    newest = newest_of(call.id)
    turns = calls.turns_of(call)
    if newest is None or newest.id != redaction.id or not is_current(redaction, call, turns):
        raise _stale()
    redaction.turns = shown(turns, strikes_of(redaction), call.language)
    redaction.released_at, redaction.released_by_id = utc_now(), viewer.user_id
    redaction.row_version += 1
    db.session.flush()
    ask_for_sound(viewer, redaction)
    record(viewer.user_id, "redaction.released", subject_kind="call", subject_id=call.id)
    return redaction


def withdraw(viewer: Viewer, redaction: Redaction) -> Redaction:
    """Take a release back, at once: nothing of it is shown any more, and its sound is deleted.

    Raises:
        NotFound: as `get_call_to_redact`.
    """
    call = get_call_to_redact(viewer, redaction.call_id)
    lock(call)
    db.session.refresh(redaction)
    if not is_released(redaction):
        return redaction
    redaction.withdrawn_at, redaction.withdrawn_by_id = utc_now(), viewer.user_id
    redaction.row_version += 1
    drop_sounds(redaction)
    db.session.flush()
    record(viewer.user_id, "redaction.withdrawn", subject_kind="call", subject_id=call.id)
    return redaction
