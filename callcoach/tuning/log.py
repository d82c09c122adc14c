"""The log of changes and the state it stands for: reading one from the other, and taking back.

A state is a small dictionary: ``{"phrase": 7}`` in force, ``{"value": 4.0}``, ``{"standing":
"retired"}``, ``{"floor": 0.5}``; {} is the packaged engine. Called under the campaign's lock.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from callcoach.errors import Conflict
from callcoach.extensions import db, utc_now
from callcoach.tuning.models import (
    CampaignBound,
    CampaignPhrase,
    ChangeKind,
    DetectorStanding,
    PhraseRole,
    Standing,
    TuningChange,
)
from callcoach.tuning.vocabulary import same_words

_LATER = "Something was changed after this and stands on it: undo that first."
_GONE = "This phrase has left with the call that it was learnt from."


def state(campaign_id: int, kind: ChangeKind, subject: str) -> dict[str, Any]:
    """How a bound, a standing or a floor is now."""
    if kind is ChangeKind.BOUND:
        bound = _bound_row(campaign_id, subject)
        return {} if bound is None else {"value": bound.value}
    row = standing_row(campaign_id, subject)
    if kind is ChangeKind.STANDING:
        is_active = row is None or row.standing == Standing.ACTIVE
        return {} if is_active or row is None else {"standing": Standing(row.standing).value}
    return {} if row is None or not row.floor else {"floor": row.floor}


def apply(
    campaign_id: int,
    kind: ChangeKind | str,
    subject: str,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    """Make `before` into `after`.

    Raises:
        Conflict: what is there is not `before`, or the phrase of `after` has gone.
    """
    kind = ChangeKind(kind)
    if kind is ChangeKind.PHRASE:
        _swap_phrases(before.get("phrase"), after.get("phrase"))
    elif state(campaign_id, kind, subject) != before:
        raise Conflict(_LATER)
    elif kind is ChangeKind.BOUND:
        _set_bound(campaign_id, subject, after.get("value"))
    else:
        row = standing_row(campaign_id, subject)
        if row is None:
            detector, _, cause = subject.partition("/")
            row = DetectorStanding(campaign_id=campaign_id, detector=detector, cause=cause)
            row.floor = 0.0
            db.session.add(row)
        if kind is ChangeKind.STANDING:
            row.standing = Standing(after.get("standing", Standing.ACTIVE))
            row.since = utc_now()
        else:
            row.floor = after.get("floor", 0.0)
    db.session.flush()


def refuse_if_built_upon(change: TuningChange) -> None:
    """Refuse to take back what a later change stands on. A later one that is itself undone does
    not count, and neither does an undo: what it did shows in the change that it took back.

    Raises:
        Conflict: there is one.
    """
    later = db.session.scalars(
        select(TuningChange).where(
            TuningChange.campaign_id == change.campaign_id,
            TuningChange.kind == change.kind,
            TuningChange.subject == change.subject,
            TuningChange.id > change.id,
            TuningChange.undoes_id.is_(None),
            TuningChange.undone_at.is_(None),
        )
    )
    if any(_concern_the_same(change, item) for item in later):
        raise Conflict(_LATER)


def mark_undone(change: TuningChange) -> None:
    """Write down that `change` is undone. When it was itself an undo, what it took back is in
    force again, and so on back to the first of them.
    """
    moment = utc_now()
    item: TuningChange | None = change
    is_undone = True
    while item is not None:
        item.undone_at = moment if is_undone else None
        is_undone = not is_undone
        item = db.session.get(TuningChange, item.undoes_id) if item.undoes_id else None
    db.session.flush()


def standing_row(campaign_id: int, subject: str) -> DetectorStanding | None:
    """The row of ``D06/mishandled_silence``."""
    detector, _, cause = subject.partition("/")
    return db.session.scalar(
        select(DetectorStanding)
        .where(
            DetectorStanding.campaign_id == campaign_id,
            DetectorStanding.detector == detector,
            DetectorStanding.cause == cause,
        )
        .execution_options(populate_existing=True)
    )


def _bound_row(campaign_id: int, name: str) -> CampaignBound | None:
    return db.session.scalar(
        select(CampaignBound)
        .where(CampaignBound.campaign_id == campaign_id, CampaignBound.name == name)
        .execution_options(populate_existing=True)
    )


def _set_bound(campaign_id: int, name: str, value: float | None) -> None:
    row = _bound_row(campaign_id, name)
    if value is None:
        if row is not None:
            db.session.delete(row)
    elif row is None:
        db.session.add(CampaignBound(campaign_id=campaign_id, name=name, value=value))
    else:
        row.value = value


def _swap_phrases(old_id: int | None, new_id: int | None) -> None:
    """Put one phrase aside and another one in force; either may be none."""
    old = _any_phrase(old_id)
    new = _any_phrase(new_id)
    if (old is not None and old.removed_at is not None) or (
        new is not None and new.removed_at is None
    ):
        raise Conflict(_LATER)
    if old is not None:
        old.removed_at = utc_now()
    if new is not None:
        if _has_twin(new):
            raise Conflict(_LATER)
        new.removed_at = None


def _has_twin(phrase: CampaignPhrase) -> bool:
    """Whether the campaign was given the same words again since this one was put aside."""
    present = db.session.scalars(
        select(CampaignPhrase.text).where(
            CampaignPhrase.campaign_id == phrase.campaign_id,
            CampaignPhrase.role == phrase.role,
            CampaignPhrase.list_name == phrase.list_name,
            CampaignPhrase.removed_at.is_(None),
        )
    )
    if phrase.role == PhraseRole.REMOVED:
        return phrase.text in present.all()
    return same_words(phrase.text) in {same_words(text) for text in present}


def _any_phrase(phrase_id: int | None) -> CampaignPhrase | None:
    if phrase_id is None:
        return None
    phrase = db.session.get(CampaignPhrase, phrase_id, populate_existing=True)
    if phrase is None:
        raise Conflict(_GONE)
    return phrase


def _concern_the_same(one: TuningChange, other: TuningChange) -> bool:
    """Of phrases, only those that touch the same one: a list has many."""
    if one.kind != ChangeKind.PHRASE:
        return True
    return not _phrase_ids(one).isdisjoint(_phrase_ids(other))


def _phrase_ids(change: TuningChange) -> set[int]:
    return {state["phrase"] for state in (change.before, change.after) if "phrase" in state}
