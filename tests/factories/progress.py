"""What became of notes, pairs, periods and objectives, for tests of rights."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from callcoach.accounts.models import User
from callcoach.calls.models import Call, CallKind
from callcoach.extensions import db, utc_now
from callcoach.progress.models import (
    BeforeAfter,
    CoachingPeriod,
    Heard,
    Objective,
    Recheck,
    RecheckListen,
    RecheckState,
    SharingConsent,
)

from .calls import create_call
from .coaching import create_note


def create_recheck(call: Call, author: User, **values: Any) -> Recheck:
    """A note on the call that is followed, with nothing found yet."""
    note = create_note(call, author, sent_at=utc_now() - timedelta(days=9), read_at=utc_now())
    recheck = Recheck(
        note_id=note.id,
        agent_id=call.agent_id,
        campaign_id=call.campaign_id,
        started_at=note.sent_at,
        **{"sign": "cause", "subject": "ignored_objection", **values},
    )
    db.session.add(recheck)
    db.session.commit()
    return recheck


def add_listen(recheck: Recheck, call: Call, **values: Any) -> RecheckListen:
    """A later call of a recheck, with a place to listen."""
    listen = RecheckListen(
        recheck_id=recheck.id,
        call_id=call.id,
        **{"channel": 0, "start_ms": 12_200, "end_ms": 24_000, "is_detected": True, **values},
    )
    db.session.add(listen)
    db.session.commit()
    return listen


def create_pair(recheck: Recheck, after: Call, **values: Any) -> BeforeAfter:
    """Its moment, and one of another call."""
    pair = BeforeAfter(
        recheck_id=recheck.id,
        after_call_id=after.id,
        **{
            "after_channel": 0,
            "after_start_ms": 12_200,
            "after_end_ms": 20_000,
            "after_quote": "Vous clôturez en combien de jours ?",
            **values,
        },
    )
    db.session.add(pair)
    db.session.commit()
    return pair


def create_objective(agent: User, campaign_id: int, author: User, **values: Any) -> Objective:
    """A proposal for four weeks."""
    today = utc_now().date()
    objective = Objective(
        agent_id=agent.id,
        campaign_id=campaign_id,
        author_id=author.id,
        **{
            "text": "Poser une question ouverte avant de proposer",
            "starts_on": today,
            "ends_on": today + timedelta(days=28),
            **values,
        },
    )
    db.session.add(objective)
    db.session.commit()
    return objective


def create_period(agent: User, campaign_id: int, author: User, **values: Any) -> CoachingPeriod:
    """Two weeks from tomorrow on."""
    today = utc_now().date()
    period = CoachingPeriod(
        agent_id=agent.id,
        campaign_id=campaign_id,
        author_id=author.id,
        **{
            "starts_on": today + timedelta(days=1),
            "ends_on": today + timedelta(days=14),
            "daily_quota": 2,
            "reason": "Nouvelle accroche",
            **values,
        },
    )
    db.session.add(period)
    db.session.commit()
    return period


def create_consent(call: Call, author: User, **values: Any) -> SharingConsent:
    """A question for a moment of the call's agent."""
    assert call.agent_id is not None, "somebody has to be asked"
    consent = SharingConsent(
        agent_id=call.agent_id,
        call_id=call.id,
        asked_by_id=author.id,
        **{"start_ms": 4200, "end_ms": 28_000, **values},
    )
    db.session.add(consent)
    db.session.commit()
    return consent


def progress_things(call: Call, agent: User, author: User, mark: str) -> dict[str, int]:
    """One of everything, as ids; two things of one kind where a test takes one back."""
    now = utc_now()
    own = {"team": call.team, "agent": agent, "campaign": call.campaign}
    own["company"] = f"Prospect-{mark}"
    after = create_call(**own, started_at=now - timedelta(days=2))
    heard = create_call(**own, started_at=now - timedelta(days=3))
    pickable = create_call(**own, started_at=now - timedelta(days=1), kind=CallKind.GATEKEEPER)
    recheck = create_recheck(call, author)
    closed = create_recheck(call, author, state=RecheckState.ENDED, closed_at=now)
    by = {"heard": Heard.HELD, "heard_by_id": author.id, "heard_at": now}
    campaign_id = call.campaign_id
    ended = {"closed_at": now, "closing": "dropped", "closing_text": f"Motdefin-{mark}"}
    others = [create_recheck(call, author) for _ in range(3)]
    for made in (after, heard):
        assert made.recording is not None
        made.recording.playback = call.recording.playback if call.recording else None
    db.session.commit()
    text = {"text": f"Objectif-{mark}"}
    return {
        "recheck": recheck.id,
        "closed_recheck": closed.id,
        "recheck_listen": add_listen(recheck, after).id,
        "heard_listen": add_listen(recheck, heard, **by).id,
        "picked_listen": add_listen(closed, pickable, is_drawn=False).id,
        "pickable_call": pickable.id,
        "open_pair": create_pair(others[0], after).id,
        "given_pair": create_pair(others[1], after, confirmed_at=now).id,
        "kept_pair": create_pair(
            others[2], after, confirmed_at=now, kept_at=now, offered_at=now
        ).id,
        "objective": create_objective(agent, campaign_id, author, **text).id,
        "closed_objective": create_objective(agent, campaign_id, author, **text, **ended).id,
        "period": create_period(agent, campaign_id, author, reason=f"Raison-{mark}").id,
        "cancelled_period": create_period(
            agent,
            campaign_id,
            author,
            cancelled_at=now,
            starts_on=now.date() + timedelta(days=20),
            ends_on=now.date() + timedelta(days=25),
        ).id,
        "consent": create_consent(call, author).id,
        "given_consent": create_consent(call, author, start_ms=0, given_at=now).id,
    }
