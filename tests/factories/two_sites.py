"""Two sites that know nothing of each other, each with one of everything, for tests of rights.

Every name is telling: whoever reads one on a page knows from which site, or from whom, it leaks.
"""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, TelephonyId, User
from callcoach.calls.models import Call, CallState, Excerpt, TippingPoint
from callcoach.calls.operations import add_tag, judge, rename_tag
from callcoach.calls.subjects import PROCESS, subject_of
from callcoach.campaigns.models import Campaign, Persona, Promise, PromiseKind, SponsorSeat
from callcoach.campaigns.views import _undo_signer
from callcoach.coaching.models import FeedClaim, Note
from callcoach.coaching.operations.notes import excerpt_bounds
from callcoach.extensions import db, utc_now
from callcoach.jobs.operations import enqueue
from callcoach.learning.check_operations import add_mark, answer, finish_marking, pass_over
from callcoach.learning.models import CheckKind
from callcoach.learning.phrase_changes import Proposal
from callcoach.learning.phrase_previews import ask_for_count
from callcoach.notices import operations as notices
from callcoach.notices.schedule import preference_of
from callcoach.storage.operations import put_file
from callcoach.tuning.models import Standing
from callcoach.tuning.operations import add_phrase, set_standing

from .accounts import create_team, create_user
from .approvals import approval_things
from .audits import audit_things, ready_things
from .calls import create_call
from .campaigns import create_campaign, create_sponsor
from .checks import create_check
from .coaching import create_note, create_request
from .debriefs import debrief_things
from .disputes import dispute_things
from .drills import drill_things
from .expressions import expression_things
from .feed import make_playable
from .field_reports import field_things
from .notes import note_things
from .portal import PortalThings, portal_things
from .progress import progress_things
from .script_fit import fit_things
from .scripts import script_things
from .search import create_saved_view
from .trials import trial_things

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Site(PortalThings):
    """Ids of one site's people and things; `colleague` is an agent of the same team."""

    mark: str
    team: int
    agent: int
    colleague: int
    team_lead: int
    supervisor: int
    sponsor_user: int
    loose_sponsor_user: int
    sponsor: int
    loose_sponsor: int
    campaign: int
    persona: int
    promise: int
    call: int
    failed_call: int
    running_call: int
    deleted_call: int
    colleagues_call: int
    note: int
    understood_note: int
    draft_note: int
    spoken_note: int
    silenced_note: int
    team_note: int
    colleagues_note: int
    template: int
    deleted_template: int
    deleted_note: int
    request: int
    withdrawn_request: int
    answered_request: int
    point: int
    feed_claim: int
    judged_call: int
    verdict: int
    drawn_check: int
    answered_check: int
    passed_check: int
    blind_check: int
    blind_mark: int
    marked_check: int
    kept_mark: int
    checked_point: int
    saved_view: int
    deleted_view: int
    notice: int
    stop_token: str
    turn_index: int
    peaks_version: str
    put_back_token: str
    tuning_change: int
    phrase: int
    count_job: int
    tag: str
    old_tag: str
    tag_renaming: int
    drill: int
    drill_step: int
    drill_given: int
    drill_take: int
    drill_answer: int
    drill_try: int
    drill_marked_try: int
    drill_cancelled: int
    drill_set: int
    drill_item: int
    drill_archived_set: int
    drill_listening: int
    drill_review: int
    drill_reviewed: int
    chain_turns: tuple[int, ...]
    promise_version: int
    proposed_promise: int
    declined_promise: int
    approved_promise: int
    redaction: int
    suspected_incident: int
    incident: int
    draft_audit: int
    audit: int
    closed_audit: int
    audit_call: int
    closed_audit_call: int
    finished_audit: int
    ready_call: int
    corrigible_finding: int
    answered_finding: int
    finding: int
    contested_finding: int
    finding_remark: int
    audit_report: int
    wording_draw: int
    wording_call: int
    recheck: int
    closed_recheck: int
    recheck_listen: int
    heard_listen: int
    picked_listen: int
    pickable_call: int
    open_pair: int
    given_pair: int
    kept_pair: int
    objective: int
    closed_objective: int
    period: int
    cancelled_period: int
    consent: int
    given_consent: int
    dispute: int
    withdrawn_dispute: int
    kept_dispute: int
    flag_key: str
    expression: int
    expression_edit: int
    removed_expression: int
    watched_term: int
    removed_term: int
    kept_finding: int
    debrief_finding: int
    sent_letter: int
    draft_letter: int
    approval_campaign: int
    approval_idle: int
    approval_unasked: int
    approval_draft: int
    approval_harmless: int
    approval_submitted: int
    script_campaign: int
    script_version: int
    script_draft: int
    script_line: str
    script_section: str
    trial_campaign: int
    trial_line: int
    planned_trial: int
    running_trial: int
    stopped_trial: int
    fit_campaign: int
    fit_call: int
    fit_note: int
    fit_further_note: int
    fit_line: int
    fit_version: int
    fit_request: int
    fit_declined: int
    fit_example: int
    fit_removed_example: int
    debrief_series: int
    archived_series: int
    debrief: int
    running_debrief: int
    done_debrief: int
    skipped_debrief: int
    deleted_debrief: int
    one_to_one: int
    running_one_to_one: int
    agenda_item: int
    unasked_item: int
    asked_item: int
    read_item: int
    removed_item: int
    second_item: int
    live_item: int
    done_item: int
    met_item: int
    met_objective: int
    waiting_item: int
    debrief_answer: int
    debrief_remark: int
    decision: int
    closed_decision: int
    bare_decision: int
    effect: int
    effect_listen: int
    lesson: int
    offered_lesson: int
    standard: int
    retired_standard: int
    team_objective: int
    closed_team_objective: int

    def name_of(self, who: str) -> str:
        """How somebody or something of this site is called."""
        return f"{who}-{self.mark}"


@dataclass(frozen=True)
class TwoSites:
    """One site, another, and an administrator of both (a second one exists)."""

    here: Site
    there: Site
    admin: int


def create_two_sites() -> TwoSites:
    """Add and commit both sites; call it again for more of the same under other names."""
    here, there = _create_site(), _create_site()
    create_user(Role.ADMIN)
    return TwoSites(here, there, create_user(Role.ADMIN).id)


def _create_site() -> Site:
    # Letters only: a number could be part of another number on the page.
    mark = "".join(chr(ord("a") + int(digit)) for digit in f"{next(_numbers):04d}") + "zq"
    team = create_team(name=f"Plateau-{mark}")

    def person(role: Role, name: str) -> int:
        teams = [] if role is Role.SPONSOR else [team]
        user = create_user(role, teams, name=f"{name}-{mark}", login=f"{name.lower()}.{mark}")
        if role is Role.AGENT:
            user.telephony_ids = [TelephonyId(value=f"tel.{name.lower()}.{mark}")]
        return user.id

    agent, colleague = person(Role.AGENT, "Agente"), person(Role.AGENT, "Collegue")
    sponsor_user = person(Role.SPONSOR, "Cliente")
    loose = person(Role.SPONSOR, "Sanssiege")
    sponsor = create_sponsor(name=f"Societe-{mark}")
    campaign = create_campaign(teams=[team], sponsor=sponsor, name=f"Campagne-{mark}")
    campaign.personas = [Persona(name=f"Persona-{mark}", notes="")]
    campaign.promises = [Promise(kind=PromiseKind.APPROVED, text=f"Promesse-{mark}", note="")]
    sponsor.seats = [SponsorSeat(user_id=sponsor_user)]
    db.session.commit()

    owner, other = db.session.get_one(User, agent), db.session.get_one(User, colleague)
    own = {"team": team, "campaign": campaign, "company": f"Prospect-{mark}"}
    call = create_call(agent=owner, **own)
    assert call.recording is not None
    call.recording.playback = put_file(
        io.BytesIO(b"sound" * 100), kind="playback", media_type="audio/mp4"
    )
    call.recording.peaks = put_file(
        io.BytesIO(b"CCPK"), kind="peaks", media_type="application/octet-stream"
    )
    call.recording.original = put_file(
        io.BytesIO(b"sound" * 100), kind="original", media_type="audio/wav"
    )
    supervisor = person(Role.SUPERVISOR, "Responsable")
    author = db.session.get_one(User, supervisor)
    said = {"instead": f"Aveclemot-{mark}"}
    note = create_note(call, author, **said)
    _add_excerpt(call, note)
    asked, judged = {"text": f"Question-{mark}"}, create_call(agent=owner, **own)
    verdict = judge(
        Viewer(supervisor, Role.SUPERVISOR, frozenset({team.id})),
        judged,
        _point_of(judged),
        "confirmed",
    ).id
    by = Viewer(supervisor, Role.SUPERVISOR, frozenset({team.id}))
    add_tag(by, call, f"Ancien-{mark}")
    renamed = rename_tag(by, f"Ancien-{mark}", f"Etiquette-{mark}")
    understood = create_note(
        call, author, start_ms=1000, end_ms=2000, acknowledged_at=utc_now(), **said
    )
    _add_excerpt(call, understood)
    back = {"withdrawn_at": utc_now()}
    gone = {"start_ms": 9600, "end_ms": 12_000, "deleted_at": utc_now()}
    colleagues = create_call(agent=other, **own)
    running = create_call(CallState.QUEUED, agent=owner, **own)
    enqueue(PROCESS, subject_of(running.id), viewer=Viewer.system())
    db.session.commit()
    return Site(
        mark=mark,
        team=team.id,
        agent=agent,
        colleague=colleague,
        team_lead=person(Role.TEAM_LEAD, "Plateauchef"),
        supervisor=supervisor,
        sponsor_user=sponsor_user,
        loose_sponsor_user=loose,
        sponsor=sponsor.id,
        loose_sponsor=create_sponsor(name=f"Sanscampagne-{mark}").id,
        campaign=campaign.id,
        persona=campaign.personas[0].id,
        promise=campaign.promises[0].id,
        call=call.id,
        failed_call=create_call(CallState.FAILED, agent=owner, **own).id,
        running_call=running.id,
        deleted_call=create_call(agent=owner, deleted_at=utc_now(), **own).id,
        colleagues_call=colleagues.id,
        note=note.id,
        understood_note=understood.id,
        draft_note=create_note(call, author, sent=False, start_ms=25_000, end_ms=26_000, **said).id,
        deleted_note=create_note(call, author, **gone, **said).id,
        request=create_request(call, owner, **asked).id,
        withdrawn_request=create_request(call, owner, moment=False, **back, **asked).id,
        answered_request=create_request(
            call,
            owner,
            channel=0,
            start_ms=2700,
            end_ms=9000,
            answer="listened",
            answered_at=utc_now(),
            answered_by_id=supervisor,
            **asked,
        ).id,
        point=_point_of(call).id,
        feed_claim=_lapsed_claim(colleagues, supervisor),
        judged_call=judged.id,
        verdict=verdict,
        **_checks(supervisor, owner, own),
        saved_view=create_saved_view(supervisor, f"Recherche-{mark}", f"q={mark}").id,
        deleted_view=create_saved_view(supervisor, f"Effacee-{mark}", deleted=True).id,
        notice=_tell(agent, note.id),
        stop_token=_stop_token(agent),
        turn_index=0,
        peaks_version=call.recording.peaks.sha256[:16],
        **dispute_things(call, author, understood, verdict),
        **note_things(call, author, other, mark),
        **drill_things(call, owner, other, author),
        **progress_things(call, owner, author, mark),
        **expression_things(campaign, author, mark),
        **field_things(campaign, mark),
        **script_things(team, sponsor, author),
        **approval_things(team, sponsor, author, mark),
        **fit_things(team, sponsor, owner, author, mark),
        **trial_things(team, campaign, mark),
        **debrief_things(team, call, owner, other, author, mark),
        **audit_things(team, call, owner, author, sponsor_user, mark),
        **portal_things(team, campaign, owner, author, sponsor_user, mark),
        put_back_token=str(_undo_signer().dumps([campaign.id, "persona", "Persona remise", ""])),
        tuning_change=_tuning_change(campaign),
        phrase=_phrase(campaign, mark),
        count_job=_count_job(campaign, by),
        tag=renamed.name,
        old_tag=renamed.before,
        tag_renaming=renamed.event_id,
        # last: it judges by every promise that the others added
        **ready_things(call, author, mark),
    )


def _tuning_change(campaign: Campaign) -> int:
    """The figures held a kind of flag back."""
    change = set_standing(None, campaign, "D10", "insistence", Standing.HIDDEN)
    db.session.commit()
    return change.id


def _phrase(campaign: Campaign, mark: str) -> int:
    """A sentence that the campaign was taught."""
    change = add_phrase(
        None, campaign, role="prototype", list_name="objection", text=f"on a déjà {mark}"
    )
    db.session.commit()
    phrase_id: int = change.after["phrase"]
    return phrase_id


def _count_job(campaign: Campaign, supervisor: Viewer) -> int:
    """A supervisor has a threshold tried on past calls."""
    proposal = Proposal(bound="monologue.floor_s", value=20.0)
    job = ask_for_count(supervisor, campaign, proposal)
    db.session.commit()
    return job.id


def _point_of(call: Call) -> TippingPoint:
    """The call's one flag."""
    return db.session.scalars(
        select(TippingPoint).where(TippingPoint.analysis_id == call.current_analysis_id)
    ).one()


def _checks(holder_id: int, owner: User, own: dict[str, Any]) -> dict[str, int]:
    """A supervisor's daily check: something of each kind, and something of it done."""

    def heard() -> Call:
        call = create_call(agent=owner, **own)
        make_playable(call)
        return call

    drawn, answered, passed, marked = heard(), heard(), heard(), heard()
    holder = Viewer(holder_id, Role.SUPERVISOR, frozenset({drawn.team_id}))
    given = create_check(answered, holder_id, CheckKind.EXPLORE, _point_of(answered))
    answer(holder, given, "confirmed")
    left_out = create_check(passed, holder_id, CheckKind.EXPLORE, _point_of(passed))
    pass_over(holder, left_out, "known")
    blind, done = (create_check(call, holder_id, CheckKind.BLIND) for call in (heard(), marked))
    marks = [
        add_mark(holder, check, channel=0, start_ms=start_ms, end_ms=9000, valence="negative")
        for check, start_ms in ((blind, 3000), (done, 2700))
    ]
    finish_marking(holder, done, 1.0)
    db.session.commit()
    return {
        "drawn_check": create_check(drawn, holder_id, CheckKind.EXPLORE, _point_of(drawn)).id,
        "answered_check": given.id,
        "passed_check": left_out.id,
        "blind_check": blind.id,
        "blind_mark": marks[0].id,
        "marked_check": done.id,
        "kept_mark": marks[1].id,
        "checked_point": _point_of(marked).id,
    }


def _lapsed_claim(call: Call, holder_id: int) -> int:
    """What the feed served to somebody who then went away."""
    point = _point_of(call)
    claim = FeedClaim(
        call_id=call.id,
        point_id=point.id,
        channel=point.channel,
        start_ms=point.start_ms,
        end_ms=point.end_ms,
        cause=point.cause,
        holder_id=holder_id,
        lease_until=utc_now() - timedelta(minutes=1),
    )
    db.session.add(claim)
    db.session.commit()
    return claim.id


def _tell(user_id: int, note_id: int) -> int:
    notice = notices.notify(user_id, "note.sent", f"note:{note_id}", "/my/notes", name="X")
    assert notice is not None
    return notice.id


def _stop_token(user_id: int) -> str:
    preference = preference_of(user_id)
    db.session.commit()
    return preference.unsubscribe_token


def _add_excerpt(call: Call, note: Note) -> None:
    """The sound of a note's moment, as a worker writes it."""
    start_ms, end_ms = excerpt_bounds(note)
    excerpt = Excerpt(call_id=call.id, start_ms=start_ms, end_ms=min(end_ms, call.duration_ms))
    excerpt.file = put_file(io.BytesIO(b"moment" * 50), kind="excerpt", media_type="audio/mp4")
    db.session.add(excerpt)
    db.session.commit()
