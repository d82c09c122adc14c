"""An incident from the suspicion to the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, User
from callcoach.accounts.queries import viewer_of
from callcoach.analysis.claims import Standing
from callcoach.calls.events import details_changed
from callcoach.calls.models import Call
from callcoach.campaigns.models import PromiseKind
from callcoach.errors import Conflict, InvalidInput
from callcoach.extensions import db, utc_now
from callcoach.incidents import queries
from callcoach.incidents.models import Incident, IncidentKind, IncidentState
from callcoach.incidents.operations import deciding, handling, suspecting
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.runner import Runner
from callcoach.notices.models import Notice
from callcoach.privacy.fitting import fingerprint_of
from callcoach.promises import events
from tests.factories.accounts import create_team, create_user
from tests.factories.audits import (
    create_check,
    create_incident,
    create_promise_version,
    create_redaction,
)
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign, create_sponsor


@dataclass
class Floor:
    """Objects of one session."""

    app: Flask
    call: Call
    supervisor: User
    agent: User
    client: User

    @property
    def viewer(self) -> Viewer:
        return viewer_of(self.supervisor)

    def told(self, user: User) -> list[str]:
        kinds = select(Notice.kind).where(Notice.user_id == user.id, Notice.seen_at.is_(None))
        return list(db.session.scalars(kinds.order_by(Notice.id)))


@pytest.fixture
def floor(app: Flask) -> Iterator[Floor]:
    with app.app_context():
        team, client = create_team(), create_user(Role.SPONSOR)
        campaign = create_campaign([team], create_sponsor([client]))
        agent = create_user(Role.AGENT, [team], name="Hanta Rakoto")
        call = create_call(agent=agent, team=team, campaign=campaign, prospect_name="Mme Delattre")
        yield Floor(app, call, create_user(Role.SUPERVISOR, [team]), agent, client)


def _check(floor: Floor, **values: Any) -> list[Incident]:
    """The analysis reads the call once more."""
    version = create_promise_version(
        floor.call.campaign, kind=PromiseKind.FORBIDDEN, text=f"gratuit {utc_now().timestamp()}"
    )
    said = {"standing": Standing.OVERPROMISED, "quote": "C’est gratuit, Mme Delattre.", **values}
    check = create_check(floor.call, version, **said)
    events.call_checked(floor.call, [check])
    db.session.commit()
    return list(db.session.scalars(select(Incident).order_by(Incident.id)))


def _open(floor: Floor) -> Incident:
    (incident,) = _check(floor)
    deciding.confirm(floor.viewer, incident)
    db.session.commit()
    return incident


def test_a_forbidden_claim_is_suspected_once_and_a_dismissed_one_stays_dismissed(
    floor: Floor,
) -> None:
    (incident,) = _check(floor)
    assert incident.kind == IncidentKind.FORBIDDEN_CLAIM
    assert floor.told(floor.supervisor) == ["incident.suspected"]
    assert floor.told(floor.agent) == []
    assert len(_check(floor, start_ms=12_900, end_ms=24_600)) == 1
    with pytest.raises(InvalidInput):
        deciding.dismiss(floor.viewer, incident, " ")
    deciding.dismiss(floor.viewer, incident, "Il cite un concurrent.")
    (again,) = _check(floor, start_ms=11_800, end_ms=23_000)
    assert again.state == IncidentState.DISMISSED
    assert floor.told(floor.supervisor) == []
    deciding.take_up_again(floor.viewer, incident)
    assert incident.state == IncidentState.SUSPECTED


@pytest.mark.parametrize(
    ("kind", "standing"),
    [
        (PromiseKind.FORBIDDEN, Standing.OMITTED),
        (PromiseKind.APPROVED, Standing.OVERPROMISED),
        (PromiseKind.AMBIGUOUS, Standing.DISTORTED),
    ],
)
def test_what_is_no_forbidden_claim_is_no_incident(
    floor: Floor, kind: PromiseKind, standing: Standing
) -> None:
    version = create_promise_version(floor.call.campaign, kind=kind, text="sans risque")
    suspecting.suspect(floor.call, [create_check(floor.call, version, standing=standing)])
    assert db.session.scalars(select(Incident)).all() == []


def test_the_sponsor_reads_it_once_told_and_in_the_words_of_a_person(floor: Floor) -> None:
    incident = _open(floor)
    assert incident.tell_by is not None
    hours = timedelta(hours=floor.call.campaign.incident_hours)
    assert abs(incident.tell_by - utc_now() - hours) < timedelta(minutes=5)
    client = viewer_of(floor.client)
    assert queries.shown_to_sponsor(client) == []
    draft = handling.proposed_account(incident)
    assert "gratuit" in draft
    assert "C’est" not in draft  # nobody has released the call
    create_redaction(floor.call, floor.supervisor, fingerprint=fingerprint_of(floor.call))
    assert "Je vous propose une démonstration" in handling.proposed_account(incident)
    with pytest.raises(InvalidInput, match="Write first"):
        handling.tell(floor.viewer, incident)
    handling.save_account(floor.viewer, incident, draft, based_on=incident.row_version)
    assert handling.tell(floor.viewer, incident) == 1
    assert handling.tell(floor.viewer, incident) == 0
    assert floor.told(floor.client) == ["incident.told"]
    assert queries.shown_to_sponsor(client) == [incident]
    assert queries.shown_to_sponsor(viewer_of(create_user(Role.SPONSOR))) == []
    for change in (
        lambda: deciding.take_up_again(floor.viewer, incident),
        lambda: handling.save_account(floor.viewer, incident, "Autre.", based_on=9),
    ):
        with pytest.raises(Conflict):
            change()


def test_it_closes_only_when_told_called_back_put_right_and_briefed(floor: Floor) -> None:
    incident, viewer = _open(floor), floor.viewer
    handling.save_account(viewer, incident, "Récit.", based_on=incident.row_version)
    done = (
        lambda: handling.tell(viewer, incident),
        lambda: handling.plan_recontact(viewer, incident, floor.supervisor.id, date(2099, 1, 5)),
        lambda: handling.was_recontacted(viewer, incident),
        lambda: handling.rectify(viewer, incident, "Rien n’est gratuit.", is_shared=True),
        lambda: handling.brief_in_debrief(viewer, incident),
        lambda: handling.mark_not_needed(viewer, incident, "briefing", "L’agent est parti."),
    )
    for step in done:
        with pytest.raises(Conflict, match="Still to be done"):
            handling.close(viewer, incident)
        step()
    assert incident.item is not None
    handling.close(viewer, incident)
    assert incident.state == IncidentState.CLOSED
    shared = [event.kind for event in incident.events if event.is_shared]
    assert shared == ["told", "rectified", "closed"]
    with pytest.raises(Conflict):
        handling.rectify(viewer, incident, "Encore.", is_shared=False)


def test_supervisors_are_reminded_before_the_time_is_over_and_after_it(floor: Floor) -> None:
    incident, admin = _open(floor), create_user(Role.ADMIN)
    for kind in ("tell_soon", "overdue"):
        job = db.session.scalars(
            select(Job)
            .where(Job.state == JobState.QUEUED, Job.kind.startswith("incidents."))
            .order_by(Job.not_before)
        ).first()
        assert job is not None
        job.not_before = utc_now()
        job_id = job.id
        db.session.commit()
        Runner(floor.app, "test worker").run(job_id)
        db.session.rollback()
        assert f"incident.{kind}" in floor.told(floor.supervisor)
    assert floor.told(admin) == ["incident.overdue"]
    handling.save_account(floor.viewer, incident, "Récit.", based_on=incident.row_version)
    handling.tell(floor.viewer, incident)
    assert floor.told(floor.supervisor) == []


def test_a_suspicion_comes_first_and_only_to_who_judges(app: Flask, sign_in: Any) -> None:
    with app.app_context():
        team = create_team()
        person = create_user(Role.AGENT, [team])
        call = create_call(agent=person, team=team, campaign=create_campaign([team]))
        incident_id = create_incident(call, quote="Mandatés par l’État").id
        people = {role: sign_in(create_user(role, [team])) for role in ("supervisor", "team_lead")}
        agent = sign_in(person)
        call_id = call.id
    supervisor = people["supervisor"]
    for page in ("/home", "/feed"):
        assert "Mandatés par l’État" in supervisor.get(page, follow_redirects=True).text
    assert f"/calls/{call_id}/incidents" in supervisor.get(f"/calls/{call_id}").text
    for other in (people["team_lead"], agent):
        assert f"/incidents/{incident_id}" not in other.get(f"/calls/{call_id}").text
        assert "Mandatés" not in other.get("/", follow_redirects=True).text
    moment = {"kind": "false_identity", "from": "0:27", "to": "0:28"}
    reported = supervisor.post(f"/calls/{call_id}/incidents", data=moment, follow_redirects=True)
    link = re.search(r'action="(/incidents/\d+/confirm)"', reported.text)
    assert link is not None
    shown = supervisor.post(link[1], follow_redirects=True).text
    assert 'name="account"' in shown


def test_a_call_put_aside_or_moved_hides_no_confirmed_incident_and_tells_the_right_sponsor(
    floor: Floor,
) -> None:
    incident, call = _open(floor), floor.call
    create_incident(call, start_ms=100, end_ms=2_000)
    stranger = create_user(Role.SPONSOR)
    call.campaign = create_campaign([call.team], create_sponsor([stranger]))
    call.deleted_at = utc_now()
    db.session.flush()
    details_changed(call)
    assert queries.list_incidents(floor.viewer, call.campaign) == [incident]
    handling.save_account(floor.viewer, incident, "Récit.", based_on=incident.row_version)
    handling.tell(floor.viewer, incident)
    assert floor.told(floor.client) == []
    assert floor.told(stranger) == ["incident.told"]
