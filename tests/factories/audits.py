"""Promises in versions, redactions, incidents and audits, for tests."""

from __future__ import annotations

import hashlib
import io
from datetime import date, timedelta
from typing import Any

from callcoach.accounts.models import Team, User
from callcoach.analysis.claims import Standing
from callcoach.audits.models import (
    AgentAlias,
    Audit,
    AuditCall,
    AuditReport,
    AuditState,
    FindingRemark,
    JointCalibration,
    Judgement,
    RemarkKind,
    SampleState,
    WordingCall,
    WordingDraw,
)
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign, Promise, PromiseKind
from callcoach.extensions import db, utc_now
from callcoach.incidents.models import (
    EventKind,
    Incident,
    IncidentEvent,
    IncidentKind,
    IncidentState,
)
from callcoach.privacy.fitting import fingerprint_of
from callcoach.privacy.models import Redaction
from callcoach.promises.models import PromiseCheck, PromiseVersion, ProposalState
from callcoach.promises.queries import for_call
from callcoach.storage.operations import put_file


def create_promise_version(
    campaign: Campaign,
    author: User | None = None,
    state: ProposalState | str = ProposalState.APPROVED,
    **values: Any,
) -> PromiseVersion:
    """The first version of a promise of its own; in force for years where it is approved."""
    said: dict[str, Any] = {
        "kind": PromiseKind.APPROVED,
        "text": "Un essai de trente jours.",
        **values,
    }
    is_approved = ProposalState(state) is ProposalState.APPROVED
    content = {
        name: said[name]
        for name in ("kind", "text", "note", "nuances", "condition", "disclosure")
        if name in said
    }
    promise = Promise(campaign_id=campaign.id, is_in_force=is_approved, **content)
    db.session.add(promise)
    db.session.flush()
    since = utc_now() - timedelta(days=3650)
    decided = {"decided_at": since, "in_force_from": since} if is_approved else {}
    version = PromiseVersion(
        promise_id=promise.id,
        number=1,
        state=ProposalState(state),
        proposed_by_id=author.id if author else None,
        **{**decided, **said},
    )
    db.session.add(version)
    db.session.commit()
    return version


def create_check(call: Call, version: PromiseVersion, **values: Any) -> PromiseCheck:
    """What the analysis proposes of a call and a promise."""
    defaults: dict[str, Any] = {
        "transcript_id": call.current_transcript_id,
        "engine": 1,
        "standing": Standing.FAITHFUL,
        "channel": 0,
        "start_ms": 12_200,
        "end_ms": 24_000,
        "quote": "Je vous propose une démonstration",
        "confidence": 0.9,
        "reason": {"key": "alignment.said", "values": {"quote": "Je vous propose"}},
    }
    check = PromiseCheck(call_id=call.id, promise_version_id=version.id, **{**defaults, **values})
    db.session.add(check)
    db.session.commit()
    return check


def create_redaction(call: Call, supervisor: User | None = None, **values: Any) -> Redaction:
    """A redaction, released where there is somebody to release it.

    Its fingerprint is a made-up one unless told: give that of `privacy.fitting` where it must fit.
    """
    released: dict[str, Any] = {}
    if supervisor is not None:
        sound = put_file(io.BytesIO(b"beeped" * 50), kind="redacted", media_type="audio/mp4")
        released = {"released_by_id": supervisor.id, "released_at": utc_now(), "file": sound}
    defaults: dict[str, Any] = {
        "number": 1,
        "fingerprint": "0" * 64,
        "turns": [
            {
                "turn": 1,
                "speaker": "agent",
                "channel": 0,
                "start_ms": 12_200,
                "end_ms": 24_000,
                "text": "Je vous propose une démonstration mardi ou jeudi.",
            }
        ],
    }
    redaction = Redaction(call_id=call.id, **{**defaults, **released, **values})
    db.session.add(redaction)
    db.session.commit()
    return redaction


def create_incident(
    call: Call, state: IncidentState | str = IncidentState.SUSPECTED, **values: Any
) -> Incident:
    """A suspicion, or what became of it."""
    state = IncidentState(state)
    now = utc_now()
    decided: dict[str, Any] = {}
    if state is not IncidentState.SUSPECTED:
        decided["decided_at"] = now
    if state in (IncidentState.OPEN, IncidentState.CLOSED):
        decided["tell_by"] = now + timedelta(hours=48)
    if state is IncidentState.CLOSED:
        decided |= {"closed_at": now, "told_at": now, "recontacted_at": now}
    defaults: dict[str, Any] = {
        "kind": IncidentKind.FALSE_IDENTITY,
        "channel": 0,
        "start_ms": 12_200,
        "end_ms": 24_000,
        "quote": "Je suis mandatée par l'État",
        "confidence": 0.8,
    }
    incident = Incident(
        call_id=call.id,
        campaign_id=call.campaign_id,
        state=state,
        **{**defaults, **decided, **values},
    )
    incident.events = [IncidentEvent(kind=EventKind.SUSPECTED)]
    db.session.add(incident)
    db.session.commit()
    return incident


def create_audit(
    campaign: Campaign,
    author: User,
    calls: list[Call],
    state: AuditState | str = AuditState.DRAWN,
    **values: Any,
) -> Audit:
    """An audit whose sample is `calls`, in this order; none is drawn for a draft."""
    state = AuditState(state)
    drawn: dict[str, Any] = {}
    if state is not AuditState.DRAFT:
        drawn = {
            "population": len(calls),
            "size": len(calls),
            "seed": 20_260_914,
            "drawn_at": utc_now(),
            "drawn_by_id": author.id,
            "drawn_from": {"strata": {"": [call.id for call in calls]}, "excluded": []},
        }
    if state is AuditState.CLOSED:
        drawn["closed_at"] = utc_now()
    defaults: dict[str, Any] = {
        "title": "Audit de septembre",
        "starts_on": date(2026, 9, 1),
        "ends_on": date(2026, 9, 30),
        "created_by_id": author.id,
    }
    audit = Audit(campaign_id=campaign.id, state=state, **{**defaults, **drawn, **values})
    if state is not AuditState.DRAFT:
        audit.calls = [
            AuditCall(
                call_id=call.id,
                position=position,
                state=SampleState.SAMPLED,
                called_on=call.started_at.date(),
                script_version_id=call.script_version_id,
            )
            for position, call in enumerate(calls)
        ]
    db.session.add(audit)
    db.session.commit()
    return audit


def create_judgement(
    sampled: AuditCall, version: PromiseVersion, judge: User, **values: Any
) -> Judgement:
    """What a person says of a sampled call and a promise."""
    defaults: dict[str, Any] = {
        "standing": Standing.FAITHFUL,
        "channel": 0,
        "start_ms": 12_200,
        "end_ms": 24_000,
        "quote": "Je vous propose une démonstration",
    }
    found = Judgement(
        audit_call_id=sampled.id,
        promise_version_id=version.id,
        judged_by_id=judge.id,
        **{**defaults, **values},
    )
    db.session.add(found)
    db.session.commit()
    return found


def create_report(audit: Audit, author: User, **values: Any) -> AuditReport:
    """A report of an audit, the next in the chain; its files hold made-up bytes."""
    last = db.session.query(AuditReport).order_by(AuditReport.number.desc()).first()
    number = (last.number if last else 0) + 1
    pdf, xlsx = (
        put_file(io.BytesIO(f"{kind} {number}".encode()), kind="report", media_type=media)
        for kind, media in (
            ("pdf", "application/pdf"),
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )
    )
    report = AuditReport(
        **{
            "number": number,
            "audit_id": audit.id,
            "made_by_id": author.id,
            "pdf": pdf,
            "xlsx": xlsx,
            "pdf_sha256": pdf.sha256,
            "xlsx_sha256": xlsx.sha256,
            "results_sha256": hashlib.sha256(b"results").hexdigest(),
            "previous_sha256": last.entry_sha256 if last else "0" * 64,
            "entry_sha256": hashlib.sha256(f"entry {number}".encode()).hexdigest(),
            **values,
        }
    )
    db.session.add(report)
    db.session.commit()
    return report


def audit_things(
    team: Team, call: Call, agent: User, supervisor: User, sponsor_user: int, mark: str
) -> dict[str, int]:
    """One of everything of these rooms, for the matrix of rights: ids by name."""
    campaign = call.campaign
    version = create_promise_version(campaign, supervisor, text=f"Promis-{mark}")
    proposed = create_promise_version(
        campaign, supervisor, ProposalState.PROPOSED, text=f"Soumis-{mark}"
    )
    declined = create_promise_version(
        campaign, supervisor, ProposalState.DECLINED, text=f"Refuse-{mark}", reason="Trop long."
    )
    create_check(call, version)
    redaction = create_redaction(call, supervisor, fingerprint=fingerprint_of(call))
    suspected = create_incident(call, quote=f"Mandate-{mark}", start_ms=100, end_ms=2000)
    incident = create_incident(
        call, IncidentState.OPEN, promise_version_id=version.id, account=f"Recit-{mark}"
    )
    draft = create_audit(campaign, supervisor, [], AuditState.DRAFT, title=f"Brouillon-{mark}")
    audit = create_audit(campaign, supervisor, [call], title=f"Audit-{mark}")
    closed = create_audit(campaign, supervisor, [call], AuditState.CLOSED, title=f"Clos-{mark}")
    finding = create_judgement(closed.calls[0], version, supervisor, comment=f"Constat-{mark}")
    closed.calls[0].judged_at = utc_now()
    contested = create_judgement(closed.calls[0], proposed, supervisor, standing=Standing.DISTORTED)
    remark = FindingRemark(
        judgement_id=contested.id,
        kind=RemarkKind.CONTESTS,
        text=f"Conteste-{mark}",
        author_id=sponsor_user,
    )
    calibration = JointCalibration(judgement_id=contested.id)
    db.session.add_all(
        [
            remark,
            calibration,
            AgentAlias(sponsor_id=campaign.sponsor_id, agent_id=agent.id, number=7),
        ]
    )
    # all judged, to be closed; one of its findings was answered by both sides, differently
    finished = create_audit(campaign, supervisor, [call], title=f"Fini-{mark}")
    finished.calls[0].judged_at = utc_now()
    corrigible = create_judgement(finished.calls[0], version, supervisor)
    answered = create_judgement(finished.calls[0], proposed, supervisor)
    db.session.add(
        JointCalibration(
            judgement_id=answered.id,
            sponsor_standing=Standing.OMITTED,
            floor_standing=Standing.FAITHFUL,
        )
    )
    draw = WordingDraw(
        campaign_id=campaign.id,
        promise_version_id=version.id,
        seed=1,
        size=1,
        population=1,
        drawn_at=utc_now(),
    )
    draw.calls = [WordingCall(call_id=call.id, start_ms=12_200, end_ms=24_000)]
    db.session.add(draw)
    db.session.commit()
    return {
        "promise_version": version.id,
        "proposed_promise": proposed.id,
        "declined_promise": declined.id,
        "approved_promise": version.promise_id,
        "redaction": redaction.id,
        "suspected_incident": suspected.id,
        "incident": incident.id,
        "draft_audit": draft.id,
        "audit": audit.id,
        "closed_audit": closed.id,
        "audit_call": audit.calls[0].id,
        "closed_audit_call": closed.calls[0].id,
        "finished_audit": finished.id,
        "corrigible_finding": corrigible.id,
        "answered_finding": answered.id,
        "finding": finding.id,
        "contested_finding": contested.id,
        "finding_remark": remark.id,
        "audit_report": create_report(closed, supervisor).id,
        "wording_draw": draw.id,
        "wording_call": draw.calls[0].id,
    }


def ready_things(call: Call, supervisor: User, mark: str) -> dict[str, int]:
    """A sampled call of which every promise is judged, and that nobody said to be done; made once
    the campaign has all its promises.
    """
    ready = create_audit(call.campaign, supervisor, [call], title=f"Pret-{mark}")
    for version in for_call(call):
        create_judgement(ready.calls[0], version, supervisor)
    return {"ready_call": ready.calls[0].id}
