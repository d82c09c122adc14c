"""Reads of effects: which the viewer follows, what is to be heard, and what the counts say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.access import can_judge_call
from callcoach.calls.models import Call, CallKind, Recording
from callcoach.debriefs import effect_words
from callcoach.debriefs.access import leads_teams, prepares
from callcoach.debriefs.effect_models import Effect, EffectListen
from callcoach.debriefs.effects import Change, Counted, count, lot, window
from callcoach.debriefs.models import Decision
from callcoach.errors import NotFound
from callcoach.extensions import db, utc_now
from callcoach.progress.counting import Listen, Share
from callcoach.progress.models import Heard, SignKind
from callcoach.progress.presenters import sign_words
from callcoach.progress.signs import Sign


@dataclass(frozen=True, slots=True)
class Summary:
    """What is heard of something since, for `debriefs/_effect.html`.

    Args:
        sign: what is looked for.
        before, after: drawn calls in which it shows, with their intervals.
        change: how often since, against before; `word`, `shape` and `chip` draw it.
        is_better: whether that is what was wanted; None while it is too early to say.
        sentence: all of it in one.
        details: counts with n and interval, line by line.
        unheard: drawn calls that nobody has listened to.
        is_open: calls are still drawn.
    """

    effect_id: int
    sign: str
    is_wanted: bool
    started_at: datetime
    is_open: bool
    before: Share
    after: Share
    change: Change
    is_better: bool | None
    word: str
    shape: str
    chip: str
    sentence: str
    details: tuple[str, ...]
    unheard: int


def followed_by(viewer: Viewer) -> ColumnElement[bool]:
    """Effects of the teams that the viewer answers for, as a condition on `Effect`."""
    if viewer.sees_everything:
        return true()
    if not prepares(viewer):
        return false()
    return Effect.team_id.in_(sorted(viewer.team_ids))


def get_effect(viewer: Viewer, effect_id: int) -> Effect:
    """An effect that the viewer follows.

    Raises:
        NotFound: there is none.
    """
    effect = db.session.get(Effect, effect_id)
    if effect is None or not leads_teams(viewer, {effect.team_id}):
        raise NotFound("There is no such effect.")
    return effect


def list_effects(viewer: Viewer, *, is_open: bool = True) -> list[Effect]:
    """What the viewer follows, newest first, with its calls."""
    closed = Effect.closed_at
    return list(
        db.session.scalars(
            select(Effect)
            .where(followed_by(viewer), closed.is_(None) if is_open else closed.is_not(None))
            .options(
                joinedload(Effect.team),
                joinedload(Effect.campaign),
                selectinload(Effect.listens)
                .joinedload(EffectListen.call)
                .joinedload(Call.recording),
            )
            .order_by(Effect.started_at.desc(), Effect.id.desc())
        )
    )


def get_listen(viewer: Viewer, listen_id: int) -> EffectListen:
    """A drawn call of an effect that the viewer follows, which is still there and counts.

    Raises:
        NotFound: there is none.
    """
    listen = db.session.get(EffectListen, listen_id)
    if listen is not None:
        effect = listen.effect
        is_theirs = leads_teams(viewer, {effect.team_id})
        if is_theirs and listen in counted(effect) and is_audible(listen.call):
            return listen
    raise NotFound("There is no such call.")


def counted(effect: Effect) -> list[EffectListen]:
    """The drawn calls that count, in the order of the lot: those that are there, and still what they
    were when they were drawn.
    """
    rows = [row for row in effect.listens if _counts(effect, row.call)]
    return sorted(rows, key=lambda row: lot(effect.id, row.call_id))


def to_hear(viewer: Viewer, effect: Effect) -> list[EffectListen]:
    """Drawn calls that wait for the viewer's ear. In the order of the lot, so that who listens knows
    neither whose a call is nor whether it was before or after.
    """
    return [
        row
        for row in counted(effect)
        if row.heard is None and is_audible(row.call) and can_judge_call(viewer, row.call)
    ]


def count_to_hear(viewer: Viewer) -> int:
    """How many drawn calls wait for the viewer's ear; 0 for whom none does."""
    if not viewer.has_role(Role.ADMIN, Role.SUPERVISOR):
        return 0
    waiting = (
        select(func.count(EffectListen.id))
        .join(EffectListen.effect)
        .join(EffectListen.call)
        .join(Call.recording)
        .where(
            followed_by(viewer),
            Effect.closed_at.is_(None),
            EffectListen.heard.is_(None),
            Call.deleted_at.is_(None),
            Call.kind == CallKind.TARGET.value,
            Recording.playback_id.is_not(None),
        )
    )
    return db.session.scalar(waiting) or 0


def decision_of(effect: Effect) -> Decision | None:
    """The decision whose effect it is; None for a lesson's, or when it was taken back."""
    found: Decision | None = db.session.scalar(
        select(Decision)
        .where(Decision.effect_id == effect.id, Decision.deleted_at.is_(None))
        .order_by(Decision.id)
        .limit(1)
    )
    return found


def is_audible(call: Call) -> bool:
    """Whether the sound is still there."""
    return call.recording is not None and call.recording.playback_id is not None


def counts_of(effect: Effect) -> Counted:
    """The counts of an effect."""
    return count(_listens(counted(effect)))


def sign_of(effect: Effect) -> Sign:
    """What is looked for."""
    return Sign(SignKind(effect.sign), effect.subject, effect.bound, effect.is_upper)


def summary(effect: Effect, *, heard_only: bool = False) -> Summary:
    """What is heard since, in the language of the moment.

    Args:
        heard_only: count only calls that a person listened to: for agents, to whom nothing that was
            merely detected is told.
    """
    counts = counts_of(effect)
    is_by_ear = heard_only or effect.sign == SignKind.EARS
    before = counts.heard_before if is_by_ear else counts.before
    after = counts.heard_after if is_by_ear else counts.after
    change = counts.heard_change if is_by_ear else counts.change
    is_better = None
    if change is not Change.TOO_EARLY:
        is_better = (change is Change.MORE) == effect.is_wanted
    shape, chip = effect_words.SHAPES[is_better]
    return Summary(
        effect_id=effect.id,
        sign=sign_words(sign_of(effect)) if effect.sign != SignKind.EARS else "",
        is_wanted=effect.is_wanted,
        started_at=effect.started_at,
        is_open=effect.closed_at is None and utc_now() < window(effect.started_at)[1],
        before=before,
        after=after,
        change=change,
        is_better=is_better,
        word=effect_words.change_word(change, is_wanted=effect.is_wanted),
        shape=shape,
        chip=chip,
        sentence=effect_words.sentence(before, after, change, is_by_ear=is_by_ear),
        details=effect_words.details(counts, is_by_ear=is_by_ear),
        unheard=counts.unheard,
    )


def _counts(effect: Effect, call: Call) -> bool:
    return (
        call.deleted_at is None
        and call.team_id == effect.team_id
        and call.kind == CallKind.TARGET
        and effect.campaign_id in (None, call.campaign_id)
    )


def _listens(rows: Iterable[EffectListen]) -> list[Listen]:
    return [
        Listen(
            is_before=row.is_before,
            is_drawn=True,
            is_detected=row.is_detected,
            heard=Heard(row.heard) if row.heard is not None else None,
        )
        for row in rows
    ]
