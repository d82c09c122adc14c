"""Following what was decided or learnt in a team's later calls: drawing, looking, hearing.

Everything a worker does here may run twice: a drawn call is one row, found again and brought up to
date, and what a person heard is never overwritten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.calls.access import can_judge_call
from callcoach.calls.models import Call, CallKind
from callcoach.campaigns.models import CampaignTeam
from callcoach.debriefs.access import leads_teams
from callcoach.debriefs.effect_models import Effect, EffectListen
from callcoach.debriefs.effects import draw, window
from callcoach.debriefs.models import AgendaItem, DebriefTeam
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.jobs import operations as jobs
from callcoach.progress.models import Heard, SignKind
from callcoach.progress.operations.following import looked_at
from callcoach.progress.operations.hearing import checked
from callcoach.progress.signs import Found, Sign, look

#: The job that draws an effect's calls and looks for its sign.
GATHER = "debriefs.gather_effect"
#: Behind everything that a person waits for.
LOW_PRIORITY = -12
#: Calls that become ready together, as an import's do, are looked at together.
_GATHERED_FOR = timedelta(seconds=20)
_PREFIX = "effect:"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a worker found: the sign in each drawn call, in the order of the lot."""

    found: Mapping[int, tuple[bool, Found]]


def effect_id_of(subject: str) -> int:
    """The effect that a job's subject names.

    >>> effect_id_of("effect:12")
    12
    """
    return int(subject.removeprefix(_PREFIX))


def start(
    viewer: Viewer,
    team_id: int,
    sign: Sign,
    *,
    is_wanted: bool,
    campaign_id: int | None = None,
    started_at: datetime | None = None,
) -> Effect:
    """Look for a sign in a team's calls, from the four weeks before on.

    Args:
        is_wanted: finding it is what was wanted, not what was to end.
        campaign_id: only this campaign's calls; None for all that the team makes.
        started_at: later calls count from here; now when None.

    Raises:
        NotFound: the team is not the viewer's to lead, or does not call for the campaign.
        InvalidInput: the sign cannot be looked for so.
    """
    _require_leader(viewer, team_id)
    if campaign_id is not None and not _calls_for(team_id, campaign_id):
        raise NotFound("This campaign does not exist, or is not one of yours.")
    wanted = checked(sign)
    effect = Effect(
        team_id=team_id,
        campaign_id=campaign_id,
        sign=wanted.kind,
        subject=wanted.subject,
        bound=wanted.bound,
        is_upper=wanted.is_upper,
        is_wanted=is_wanted,
        started_at=started_at or utc_now(),
    )
    db.session.add(effect)
    db.session.flush()
    record(viewer.user_id, "effect.started", subject_kind="effect", subject_id=effect.id)
    ask_to_gather(viewer, effect)
    return effect


def close(viewer: Viewer, effect: Effect) -> Effect:
    """Draw no further calls; the counts stay. Closing twice is closing once.

    Raises:
        NotFound: it is not the viewer's to lead.
    """
    _require_leader(viewer, effect.team_id)
    if effect.closed_at is None:
        effect.closed_at = utc_now()
        record(viewer.user_id, "effect.closed", subject_kind="effect", subject_id=effect.id)
    db.session.flush()
    return effect


def reopen(viewer: Viewer, effect: Effect) -> Effect:
    """Draw calls again, those of the time in between too.

    Raises:
        NotFound: it is not the viewer's to lead.
    """
    _require_leader(viewer, effect.team_id)
    if effect.closed_at is not None:
        effect.closed_at = None
        record(viewer.user_id, "effect.reopened", subject_kind="effect", subject_id=effect.id)
        db.session.flush()
        ask_to_gather(viewer, effect)
    return effect


def change_sign(viewer: Viewer, effect: Effect, sign: Sign, *, is_wanted: bool) -> Effect:
    """Look for something else in the same calls.

    Raises:
        NotFound: it is not the viewer's to lead.
        InvalidInput: the sign cannot be looked for so.
        Conflict: somebody has listened for the present one.
    """
    _require_leader(viewer, effect.team_id)
    wanted = checked(sign)
    present = Sign(SignKind(effect.sign), effect.subject, effect.bound, effect.is_upper)
    if wanted == present and is_wanted == effect.is_wanted:
        return effect
    if wanted != present and any(listen.heard is not None for listen in effect.listens):
        raise Conflict("People have listened for what was named before; it stays as it is.")
    effect.sign, effect.subject = wanted.kind, wanted.subject
    effect.bound, effect.is_upper, effect.is_wanted = wanted.bound, wanted.is_upper, is_wanted
    db.session.flush()
    ask_to_gather(viewer, effect)
    return effect


def hear(viewer: Viewer, listen: EffectListen, heard: str) -> EffectListen:
    """Say whether the sign is there: one of `Heard`, whether it was wanted or not.

    Raises:
        NotFound, NotAllowed: the call is not the viewer's to judge.
        InvalidInput: not one of `Heard`.
        Conflict: somebody else listened to it meanwhile.
    """
    _require_ear(viewer, listen)
    try:
        wanted = Heard(heard)
    except ValueError:
        raise InvalidInput("Say whether it is there, is not, or did not arise.") from None
    _lock(viewer, listen)
    listen.heard, listen.heard_by_id, listen.heard_at = wanted, viewer.user_id, utc_now()
    record(viewer.user_id, "effect.heard", subject_kind="effect", subject_id=listen.effect_id)
    db.session.flush()
    return listen


def unhear(viewer: Viewer, listen: EffectListen) -> EffectListen:
    """Take back what was said of a call; raises as `hear`."""
    _require_ear(viewer, listen)
    _lock(viewer, listen)
    listen.heard = listen.heard_by_id = listen.heard_at = None
    db.session.flush()
    return listen


def ask_to_gather(viewer: Viewer, effect: Effect, *, soon: bool = True) -> None:
    """Have the calls drawn, and the sign looked for, behind everything else."""
    jobs.enqueue(
        GATHER,
        f"{_PREFIX}{effect.id}",
        viewer=viewer,
        priority=LOW_PRIORITY,
        not_before=None if soon else utc_now() + _GATHERED_FOR,
        again=True,
    )


def follow_call(call: Call) -> None:
    """A call is ready, or was described otherwise: the open effects that it may belong to, or did,
    are drawn anew.
    """
    drawn = exists().where(EffectListen.effect_id == Effect.id, EffectListen.call_id == call.id)
    effects = db.session.scalars(
        select(Effect).where(Effect.closed_at.is_(None), or_(Effect.team_id == call.team_id, drawn))
    )
    for effect in effects.all():
        first, last = window(effect.started_at)
        if first <= call.started_at < last:
            ask_to_gather(Viewer.system(), effect, soon=False)


def look_at_calls(effect: Effect) -> Drawn:
    """Draw an effect's calls, and look for its sign in each. Reads only.

    Moments put before a team are none of what went before: they were chosen because the sign is
    there.
    """
    sign = Sign(SignKind(effect.sign), effect.subject, effect.bound, effect.is_upper)
    shown = (
        exists()
        .where(AgendaItem.call_id == Call.id)
        .where(
            or_(
                AgendaItem.team_id == effect.team_id,
                exists().where(
                    DebriefTeam.debrief_id == AgendaItem.debrief_id,
                    DebriefTeam.team_id == effect.team_id,
                ),
            )
        )
    )
    first, last = window(effect.started_at)
    candidates = select(Call.id, Call.started_at).where(
        Call.team_id == effect.team_id,
        Call.kind == CallKind.TARGET,
        Call.deleted_at.is_(None),
        Call.current_analysis_id.is_not(None),
        Call.started_at >= first,
        Call.started_at < last,
        or_(Call.started_at >= effect.started_at, ~shown),
    )
    if effect.campaign_id is not None:
        candidates = candidates.where(Call.campaign_id == effect.campaign_id)
    moments: dict[int, datetime] = dict(db.session.execute(candidates).all())
    chosen = draw(effect.id, effect.started_at, moments.items())
    found = {}
    for call_id in chosen:
        seen = look(sign, looked_at(db.session.get_one(Call, call_id)), "")
        found[call_id] = (moments[call_id] < effect.started_at, seen)
    return Drawn(found)


def keep(effect: Effect, drawn: Drawn) -> None:
    """Write what a worker found; a call that somebody heard stays, though the lot passes it over."""
    rows = {
        row.call_id: row
        for row in db.session.scalars(
            select(EffectListen).where(EffectListen.effect_id == effect.id)
        )
    }
    there = set(db.session.scalars(select(Call.id).where(Call.id.in_(sorted(drawn.found)))))
    added = []
    for call_id, (is_before, found) in drawn.found.items():
        if call_id not in there:
            continue  # gone for good since it was looked at
        row = rows.pop(call_id, None)
        if row is None:
            row = EffectListen(effect_id=effect.id, call_id=call_id)
            db.session.add(row)
            added.append(call_id)
        row.is_before = is_before
        _bring_up_to_date(row, found)
    gone = [row.id for row in rows.values() if row.heard is None]
    db.session.flush()
    db.session.execute(delete(EffectListen).where(EffectListen.id.in_(gone)))
    _log_lot(effect, added)
    db.session.flush()
    db.session.expire(effect, ["listens"])


def _log_lot(effect: Effect, added: Sequence[int]) -> None:
    """On whom the lot fell is on record: `effects.lot` shows that nobody chose."""
    if added:
        record(
            None, "effect.drawn", subject_kind="effect", subject_id=effect.id, calls=sorted(added)
        )


def _bring_up_to_date(row: EffectListen, found: Found) -> None:
    row.is_detected, row.value = found.is_detected, found.value
    if row.heard is not None:
        return  # the moment that was heard is what was said of it
    place = found.place
    row.channel = place.channel if place else None
    row.start_ms = place.start_ms if place else None
    row.end_ms = place.end_ms if place else None


def _require_leader(viewer: Viewer, team_id: int) -> None:
    if not leads_teams(viewer, {team_id}):
        raise NotFound("There is no such team.")


def _require_ear(viewer: Viewer, listen: EffectListen) -> None:
    if not leads_teams(viewer, {listen.effect.team_id}) or listen.call.deleted_at is not None:
        raise NotFound("There is no such call.")
    if not can_judge_call(viewer, listen.call):
        raise NotAllowed("Supervisors listen to drawn calls; ask yours.")


def _lock(viewer: Viewer, listen: EffectListen) -> None:
    """One ear at a time, who sees what the last one said."""
    db.session.flush()
    db.session.refresh(listen, with_for_update=True)
    if listen.heard is not None and listen.heard_by_id not in (None, viewer.user_id):
        raise Conflict("Somebody else listened to this call; only they take it back.")


def _calls_for(team_id: int, campaign_id: int) -> bool:
    found = select(CampaignTeam.id).where(
        CampaignTeam.team_id == team_id, CampaignTeam.campaign_id == campaign_id
    )
    return db.session.scalar(found.limit(1)) is not None
