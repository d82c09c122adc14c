"""What a client may open: a sampled and a drawn call whose redaction fits and is released."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from callcoach.accounts.models import Team, User
from callcoach.analysis.claims import Standing
from callcoach.audits.models import (
    Audit,
    AuditState,
    FindingRemark,
    JointCalibration,
    RemarkKind,
    WordingCall,
    WordingDraw,
)
from callcoach.audits.results import monday_of
from callcoach.calls.beeped import KIND
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db, utc_now
from callcoach.incidents.models import IncidentKind, IncidentState
from callcoach.privacy.fitting import fingerprint_of
from callcoach.privacy.models import Redaction
from callcoach.privacy.sounds import cut_of
from callcoach.sponsors.sounds import around
from callcoach.storage.operations import put_file, register_derived
from callcoach.storage.store import get_store

from .audits import (
    create_audit,
    create_incident,
    create_judgement,
    create_promise_version,
    create_redaction,
    create_report,
)
from .calls import create_call


@dataclass(frozen=True)
class PortalThings:
    """What `portal_things` makes for a site: ids, and the Monday of the call's week."""

    portal_call: int
    portal_promise: int
    portal_week: str
    portal_audit: int
    portal_audit_call: int
    portal_finding: int
    portal_contested: int
    portal_remark: int
    portal_withdrawn_remark: int
    portal_incident: int
    portal_draw: int
    portal_wording_call: int
    portal_report: int


#: Where the words of a finding are in the calls made here, milliseconds.
START_MS, END_MS = 12_200, 24_000


def release_call(call: Call, supervisor: User, **values: Any) -> Redaction:
    """A released redaction that fits the words as they are, with its sound whole and in part."""
    assert call.recording is not None
    if call.recording.playback is None:
        call.recording.playback = put_file(
            io.BytesIO(b"sound" * 100), kind="playback", media_type="audio/mp4"
        )
    redaction = create_redaction(call, supervisor, fingerprint=fingerprint_of(call), **values)
    silent = io.BytesIO(b"agent is silent" * 20)
    redaction.text_only_file = put_file(silent, kind="redacted", media_type="audio/mp4")
    db.session.flush()
    for agent_voice in (True, False):
        cut = cut_of(
            redaction, *around(START_MS, END_MS, call.duration_ms), agent_voice=agent_voice
        )
        assert cut is not None
        moment = get_store().put(io.BytesIO(b"excerpt" * 30), key=cut.key)
        register_derived(moment, kind=KIND, media_type="audio/mp4")
    db.session.commit()
    return redaction


def judge_all(audit: Audit) -> None:
    """Every sampled call counts as judged, on the day it was made."""
    for sampled in audit.calls:
        sampled.judged_at = utc_now()
        assert sampled.call is not None
        sampled.called_on = sampled.call.started_at.date()
        sampled.script_version_id = sampled.call.script_version_id
    db.session.commit()


def create_draw(
    campaign: Campaign, calls: list[Call], population: int, **values: Any
) -> WordingDraw:
    """Calls drawn because they say a newly approved wording."""
    draw = WordingDraw(
        campaign_id=campaign.id,
        seed=7,
        size=5,
        population=population,
        drawn_at=utc_now(),
        **values,
    )
    draw.calls = [WordingCall(call_id=call.id, start_ms=START_MS, end_ms=END_MS) for call in calls]
    db.session.add(draw)
    db.session.commit()
    return draw


def portal_things(
    team: Team, campaign: Campaign, agent: User, supervisor: User, sponsor_user: int, mark: str
) -> dict[str, Any]:
    """One of everything a client may open, for the matrix of rights: ids by name."""
    told = {"team": team, "campaign": campaign, "company": f"Prospect-{mark}"}
    call = create_call(agent=agent, **told)
    release_call(call, supervisor)
    approved = create_promise_version(campaign, supervisor, text=f"Espace-{mark}")
    others = [
        create_promise_version(campaign, supervisor, text=f"{name}-{mark}")
        for name in ("Tenu", "Redit")
    ]
    audit = create_audit(campaign, supervisor, [call], AuditState.CLOSED, title=f"Vu-{mark}")
    judge_all(audit)
    sampled = audit.calls[0]
    slip = f"Agente-{mark} et Prospect-{mark} en parlent."
    finding = create_judgement(sampled, approved, supervisor, comment=slip)
    remarked = create_judgement(sampled, others[0], supervisor)
    contested = create_judgement(sampled, others[1], supervisor, standing=Standing.DISTORTED)
    said = [
        FindingRemark(judgement_id=at.id, kind=kind, text=f"Dit-{mark}", author_id=sponsor_user)
        for at, kind in (
            (remarked, RemarkKind.COMMENT),
            (contested, RemarkKind.CONTESTS),
            (remarked, RemarkKind.COMMENT),
        )
    ]
    said[2].withdrawn_at = utc_now()
    db.session.add_all([*said, JointCalibration(judgement_id=contested.id)])
    incident = create_incident(
        call,
        IncidentState.OPEN,
        kind=IncidentKind.FORBIDDEN_CLAIM,
        account=f"Explique-{mark}",
        told_at=utc_now() - timedelta(hours=1),
    )
    draw = create_draw(campaign, [call], 23, promise_version_id=approved.id)
    db.session.commit()
    return {
        "portal_call": call.id,
        "portal_promise": approved.id,
        "portal_week": monday_of(call.started_at.date()).isoformat(),
        "portal_audit": audit.id,
        "portal_audit_call": sampled.id,
        "portal_finding": finding.id,
        "portal_contested": contested.id,
        "portal_remark": said[0].id,
        "portal_withdrawn_remark": said[2].id,
        "portal_incident": incident.id,
        "portal_draw": draw.id,
        "portal_wording_call": draw.calls[0].id,
        "portal_report": create_report(audit, supervisor).id,
    }
