"""A campaign with a script, its people, and ways to let time pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, Team, User
from callcoach.accounts.queries import viewer_of
from callcoach.campaigns.models import Campaign, Promise, PromiseKind
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.runner import Runner
from callcoach.notices.models import Notice
from callcoach.script_library.document import Document
from callcoach.script_library.models import Script, ScriptVersion, VersionState
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign, create_sponsor
from tests.factories.scripts import create_script, create_version, document, line

HELLO = line("Bonjour {prénom}, je vous dérange ?", key="hello")
OFFER = line("Votre clôture passe de dix à cinq jours.", key="offer")
LAW = line("Cet appel est enregistré.", key="law", is_disclosure=True)
FIRST = document(HELLO, OFFER, LAW)


@dataclass
class Desk:
    """Objects of one session; ids would be the better choice where a test has several."""

    app: Flask
    team: Team
    other_team: Team
    campaign: Campaign
    script: Script
    supervisor: User
    lead: User
    agent: User
    approver: User
    deputy: User
    stranger: User

    def viewer(self, user: User) -> Viewer:
        return viewer_of(user)

    def draft(self, content: Document, reason: str = "Plus court.") -> ScriptVersion:
        return create_version(
            self.script,
            content,
            state=VersionState.DRAFT,
            reason=reason,
            author_id=self.supervisor.id,
        )

    def told(self, user: User) -> list[str]:
        """Kinds of what waits for a person."""
        return list(
            db.session.scalars(
                select(Notice.kind)
                .where(Notice.user_id == user.id, Notice.seen_at.is_(None))
                .order_by(Notice.id)
            )
        )


def make_desk(app: Flask) -> Desk:
    """Call it in an application context."""
    team, other_team = create_team(), create_team()
    approver, deputy = create_user(Role.SPONSOR), create_user(Role.SPONSOR)
    sponsor = create_sponsor([approver, deputy])
    campaign = create_campaign([team, other_team], sponsor)
    campaign.promises = [
        Promise(kind=PromiseKind.APPROVED, text="Votre clôture passe de dix à cinq jours"),
        Promise(kind=PromiseKind.FORBIDDEN, text="Sans aucun risque"),
    ]
    db.session.commit()
    return Desk(
        app=app,
        team=team,
        other_team=other_team,
        campaign=campaign,
        script=create_script(campaign),
        supervisor=create_user(Role.SUPERVISOR, [team, other_team]),
        lead=create_user(Role.TEAM_LEAD, [team]),
        agent=create_user(Role.AGENT, [team]),
        approver=approver,
        deputy=deputy,
        stranger=create_user(Role.SPONSOR),
    )


def run_due(app: Flask, *, in_hours: float = 0) -> list[str]:
    """Let some hours pass and work off what is due then, as a worker would; kinds of jobs."""
    shift = timedelta(hours=in_hours)
    with app.app_context():
        jobs = list(db.session.scalars(select(Job).where(Job.state == JobState.QUEUED)))
        for job in jobs:
            job.not_before = (job.not_before or utc_now()) - shift
        for version in db.session.scalars(select(ScriptVersion)):
            if version.state == VersionState.SUBMITTED and version.submitted_at:
                version.submitted_at -= shift
        db.session.commit()
        due = [(job.id, job.kind) for job in jobs if job.not_before <= utc_now()]
        db.session.remove()
    for job_id, _ in due:
        Runner(app, "test worker").run(job_id)
    return [kind for _, kind in due]
