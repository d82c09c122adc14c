"""Writes of a campaign's changes to the engine.

Each writes one line of the log, which holds what was before and what is after, so that any of them
can be taken back. They flush and never commit. A viewer of None is the figures: what is worked out
of verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.analysis.model import Cause
from callcoach.analysis.thresholds import THRESHOLDS
from callcoach.campaigns.models import Campaign
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.tuning import events, log
from callcoach.tuning.access import can_tune
from callcoach.tuning.models import (
    CampaignPhrase,
    ChangeKind,
    PhraseRole,
    Standing,
    TuningChange,
)
from callcoach.tuning.vocabulary import (
    checked_kind,
    checked_list,
    checked_text,
    packaged_phrases,
    same_words,
)


@dataclass(frozen=True, slots=True)
class _Edit:
    """What changes, from which state to which; see `callcoach.tuning.log`."""

    kind: ChangeKind
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]


def require_tuner(viewer: Viewer, campaign: Campaign) -> None:
    """Let pass who may look at and change what the campaign changes in the engine.

    Raises:
        NotFound: they may not; that there are changes is a fact too.
    """
    if not can_tune(viewer, {binding.team_id for binding in campaign.teams}):
        raise NotFound("There is no such campaign.")


def add_phrase(
    viewer: Viewer | None,
    campaign: Campaign,
    *,
    role: PhraseRole | str,
    list_name: str,
    text: str,
    source_call_id: int | None = None,
    reason: Mapping[str, Any] | None = None,
) -> TuningChange:
    """Give the campaign a phrase of its own, or take a packaged one from its list.

    Args:
        role: what the phrase does; ``removed`` names a packaged phrase as it is written.
        list_name: phrase list, or intent of a prototype; ignored for a background sentence.
        source_call_id: the call it was learnt from, of this campaign; it leaves with the call.

    Raises:
        NotFound: as `require_tuner`.
        InvalidInput: unknown role, list, intent or packaged phrase; no words, or too many.
        Conflict: the campaign has it already, or the engine does.
    """
    actor = _begin(viewer, campaign)
    try:
        wanted = PhraseRole(role)
    except ValueError:
        raise InvalidInput("There is no such kind of phrase.", role=role) from None
    list_name = checked_list(wanted, list_name, campaign.language)
    if wanted is PhraseRole.REMOVED:
        if text not in packaged_phrases(list_name, campaign.language):
            raise InvalidInput("The engine's list does not have this phrase.")
    else:
        text = checked_text(text)
    _refuse_twin(campaign, wanted, list_name, text)
    phrase = CampaignPhrase(
        campaign_id=campaign.id,
        role=wanted,
        list_name=list_name,
        text=text,
        source_call_id=source_call_id,
        author_id=actor.user_id,
    )
    db.session.add(phrase)
    db.session.flush()
    return _write(
        actor,
        campaign,
        _Edit(ChangeKind.PHRASE, _subject(phrase), {}, {"phrase": phrase.id}),
        reason,
    )


def rewrite_phrase(
    viewer: Viewer | None, campaign: Campaign, phrase_id: int, text: str
) -> TuningChange:
    """Say a phrase in other words. From then on it is a person's own and names no call.

    The phrase before stays put aside until its call leaves, so that this can be taken back.

    Raises:
        NotFound: as `require_tuner`, or there is no such phrase in force.
        InvalidInput: no words, too many, the very same ones, or a packaged phrase that was taken
            away (there is nothing to rewrite).
        Conflict: the campaign has these words already, or the engine does.
    """
    actor = _begin(viewer, campaign)
    old = _phrase(campaign, phrase_id)
    if old.role == PhraseRole.REMOVED:
        raise InvalidInput("Put the phrase back, and add your own words beside it.")
    text = checked_text(text)
    if text == old.text:
        raise InvalidInput("These are the words that it has already.")
    old.removed_at = utc_now()
    db.session.flush()
    _refuse_twin(campaign, PhraseRole(old.role), old.list_name, text)
    new = CampaignPhrase(
        campaign_id=campaign.id,
        role=old.role,
        list_name=old.list_name,
        text=text,
        author_id=actor.user_id,
    )
    db.session.add(new)
    db.session.flush()
    return _write(
        actor,
        campaign,
        _Edit(ChangeKind.PHRASE, _subject(new), {"phrase": old.id}, {"phrase": new.id}),
    )


def remove_phrase(viewer: Viewer | None, campaign: Campaign, phrase_id: int) -> TuningChange:
    """Take one of the campaign's own phrases away; one of role ``removed`` puts the packaged
    phrase back.

    Raises:
        NotFound: as `require_tuner`, or there is no such phrase in force.
    """
    actor = _begin(viewer, campaign)
    phrase = _phrase(campaign, phrase_id)
    phrase.removed_at = utc_now()
    return _write(
        actor, campaign, _Edit(ChangeKind.PHRASE, _subject(phrase), {"phrase": phrase.id}, {})
    )


def set_bound(
    viewer: Viewer | None,
    campaign: Campaign,
    name: str,
    value: float | None,
    *,
    seen: float | bool | None = False,
    reason: Mapping[str, Any] | None = None,
) -> TuningChange:
    """Set a threshold in the campaign; None gives the engine's own back.

    Args:
        seen: the campaign's own value as it was looked at, None for the engine's; False sets it
            whatever it is.

    Raises:
        NotFound: as `require_tuner`.
        InvalidInput: no such threshold, a value outside its limits, or the one it has.
        StaleVersion: somebody set it since.
    """
    actor = _begin(viewer, campaign)
    threshold = THRESHOLDS.get(name)
    if threshold is None:
        raise InvalidInput("There is no threshold of this name.", name=name)
    if value is not None and not threshold.low <= value <= threshold.high:
        raise InvalidInput(
            "Give a value from %(low)s to %(high)s.", low=threshold.low, high=threshold.high
        )
    before = log.state(campaign.id, ChangeKind.BOUND, name)
    if seen is not False and seen != before.get("value"):
        raise StaleVersion("Somebody set this threshold since; look before you change it.")
    after = {} if value is None else {"value": float(value)}
    return _change(actor, campaign, _Edit(ChangeKind.BOUND, name, before, after), reason)


def set_standing(
    viewer: Viewer | None,
    campaign: Campaign,
    detector: str,
    cause: Cause | str,
    standing: Standing | str,
    *,
    reason: Mapping[str, Any] | None = None,
) -> TuningChange:
    """Say whether flags of a kind are put before people.

    Raises:
        NotFound: as `require_tuner`.
        InvalidInput: no such kind or standing, the one it has, or one that is not this viewer's:
            figures hide and show again, people retire and keep.
        Conflict: the figures would overrule a person's word.
    """
    actor = _begin(viewer, campaign)
    detector, cause = checked_kind(detector, cause)
    try:
        wanted = Standing(standing)
    except ValueError:
        raise InvalidInput("There is no such standing.", standing=standing) from None
    subject = f"{detector}/{cause}"
    before = log.state(campaign.id, ChangeKind.STANDING, subject)
    if actor.is_system:
        if wanted not in (Standing.ACTIVE, Standing.HIDDEN):
            raise InvalidInput("There is no such standing.", standing=standing)
        if before.get("standing") in (Standing.RETIRED, Standing.KEPT):
            raise Conflict("A person decided on this kind of flag.")
    after = {} if wanted is Standing.ACTIVE else {"standing": wanted.value}
    return _change(actor, campaign, _Edit(ChangeKind.STANDING, subject, before, after), reason)


def set_floor(
    viewer: Viewer | None,
    campaign: Campaign,
    detector: str,
    cause: Cause | str,
    floor: float,
    *,
    reason: Mapping[str, Any] | None = None,
) -> TuningChange:
    """Set the least confidence of flags of a kind that are put before people; 0 shows all.

    Raises:
        NotFound: as `require_tuner`.
        InvalidInput: no such kind, not from 0 to 1, or the floor it has.
    """
    actor = _begin(viewer, campaign)
    detector, cause = checked_kind(detector, cause)
    if not 0 <= floor <= 1:
        raise InvalidInput("Give a value from %(low)s to %(high)s.", low=0, high=1)
    subject = f"{detector}/{cause}"
    before = log.state(campaign.id, ChangeKind.FLOOR, subject)
    after = {"floor": float(floor)} if floor else {}
    return _change(actor, campaign, _Edit(ChangeKind.FLOOR, subject, before, after), reason)


def undo_change(viewer: Viewer | None, campaign: Campaign, change_id: int) -> TuningChange:
    """Take a change back. That is a change too, and can be taken back in its turn.

    Raises:
        NotFound: as `require_tuner`, or it is another campaign's change.
        Conflict: it is undone already, a later change of the same thing stands on it, or its
            phrase has left with the call it was learnt from.
    """
    actor = _begin(viewer, campaign)
    change = db.session.get(TuningChange, change_id)
    if change is None or change.campaign_id != campaign.id:
        raise NotFound("There is no such change.")
    db.session.refresh(change)
    if change.undone_at is not None:
        raise Conflict("This change is undone already.")
    log.refuse_if_built_upon(change)
    log.apply(campaign.id, change.kind, change.subject, change.after, change.before)
    undo = _write(
        actor,
        campaign,
        _Edit(ChangeKind(change.kind), change.subject, change.after, change.before),
        undoes=change,
    )
    log.mark_undone(change)
    db.session.flush()
    return undo


def _begin(viewer: Viewer | None, campaign: Campaign) -> Viewer:
    """The actor, once they may, with other changes of this campaign kept out until the transaction
    ends. Calls of the campaign can still be imported meanwhile.
    """
    actor = viewer or Viewer.system()
    require_tuner(actor, campaign)
    db.session.flush()
    db.session.execute(
        select(Campaign.id)
        .where(Campaign.id == campaign.id)
        .with_for_update(of=Campaign, key_share=True)
    )
    return actor


def _change(
    actor: Viewer, campaign: Campaign, edit: _Edit, reason: Mapping[str, Any] | None
) -> TuningChange:
    if edit.before == edit.after:
        raise InvalidInput("This is how it stands already.")
    log.apply(campaign.id, edit.kind, edit.subject, edit.before, edit.after)
    return _write(actor, campaign, edit, reason)


def _write(
    actor: Viewer,
    campaign: Campaign,
    edit: _Edit,
    reason: Mapping[str, Any] | None = None,
    *,
    undoes: TuningChange | None = None,
) -> TuningChange:
    """The one line of the log, and what others are told."""
    change = TuningChange(
        campaign_id=campaign.id,
        author_id=actor.user_id,
        is_automatic=actor.is_system,
        kind=edit.kind,
        subject=edit.subject,
        before=edit.before,
        after=edit.after,
        reason=dict(reason or {}),
        undoes_id=undoes.id if undoes else None,
    )
    db.session.add(change)
    db.session.flush()
    record(
        actor.user_id,
        "tuning.undone" if undoes else f"tuning.{edit.kind.value}",
        subject_kind="campaign",
        subject_id=campaign.id,
        change=change.id,
    )
    db.session.flush()
    events.tuning_changed(campaign, change)
    return change


def _phrase(campaign: Campaign, phrase_id: int) -> CampaignPhrase:
    phrase = db.session.get(CampaignPhrase, phrase_id)
    if phrase is not None:
        db.session.refresh(phrase)
    if phrase is None or phrase.campaign_id != campaign.id or phrase.removed_at is not None:
        raise NotFound("There is no such phrase any more.")
    return phrase


def _subject(phrase: CampaignPhrase) -> str:
    return phrase.list_name or PhraseRole(phrase.role).value


def _refuse_twin(campaign: Campaign, role: PhraseRole, list_name: str, text: str) -> None:
    """Refuse what would change nothing.

    Raises:
        Conflict: the campaign has these words in this role and list, or the engine's list does.
    """
    words = text if role is PhraseRole.REMOVED else same_words(text)
    present = db.session.scalars(
        select(CampaignPhrase).where(
            CampaignPhrase.campaign_id == campaign.id,
            CampaignPhrase.list_name == list_name,
            CampaignPhrase.removed_at.is_(None),
        )
    ).all()
    own = [phrase.text for phrase in present if phrase.role == role]
    if words in (own if role is PhraseRole.REMOVED else map(same_words, own)):
        raise Conflict("The campaign has this phrase already.")
    if role is PhraseRole.ADDED:
        gone = {phrase.text for phrase in present if phrase.role == PhraseRole.REMOVED}
        packaged = packaged_phrases(list_name, campaign.language)
        if words in (same_words(item) for item in packaged if item not in gone):
            raise Conflict("The engine's list has this phrase already.")
