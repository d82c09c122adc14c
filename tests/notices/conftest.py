"""A person who is told, and a mail server that keeps what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import update

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.queries import viewer_of
from callcoach.config import Settings
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.runner import Runner
from tests.factories.accounts import create_team, create_user


@dataclass
class Catcher:
    """A mail server on this machine."""

    controller: Any = None
    taken: list[EmailMessage] = field(default_factory=list)
    #: What it answers instead of taking a message.
    refusal: str = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refusal:
            return self.refusal
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"

    @property
    def url(self) -> str:
        return f"smtp://{self.controller.hostname}:{self.controller.port}"


class OwnPort(Controller):
    """On a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def post_office() -> Iterator[Catcher]:
    catcher = Catcher()
    catcher.controller = OwnPort(catcher, hostname="127.0.0.1", port=0)
    catcher.controller.start()
    yield catcher
    catcher.controller.stop()


@pytest.fixture
def settings(settings: Settings, post_office: Catcher) -> Settings:
    """An installation with a mail server."""
    return replace(
        settings,
        smtp_url=post_office.url,
        mail_from="coach@exemple.fr",
        public_url="https://coach.exemple.fr",
    )


@dataclass(frozen=True)
class Told:
    """An agent with an e-mail address, another person, and ways to let time pass."""

    app: Flask
    agent_id: int
    other_id: int

    @property
    def viewer(self) -> Viewer:
        return _viewer(self.app, self.agent_id)

    @property
    def other(self) -> Viewer:
        return _viewer(self.app, self.other_id)

    def jobs(self) -> list[Job]:
        with self.app.app_context():
            return list(db.session.query(Job).filter_by(kind="notices.send").order_by(Job.id))

    def send_all(self) -> list[Job]:
        """Run every e-mail job that waits, as if its time had come."""
        for job in self.jobs():
            self.send(job)
        return self.jobs()

    def send(self, job: Job) -> None:
        """Run one, if it waits."""
        if job.state == JobState.QUEUED:
            with self.app.app_context():
                db.session.execute(update(Job).where(Job.id == job.id).values(not_before=utc_now()))
                db.session.commit()
            Runner(self.app, "w").run(job.id)


def _viewer(app: Flask, user_id: int) -> Viewer:
    from callcoach.accounts.models import User

    with app.app_context():
        return viewer_of(db.session.get_one(User, user_id))


@pytest.fixture
def told(app: Flask) -> Told:
    with app.app_context():
        team = create_team(name="Tana", timezone="Indian/Antananarivo")
        agent = create_user(Role.AGENT, [team], name="Hanta R.", email="hanta@exemple.mg")
        other = create_user(Role.SUPERVISOR, [team], name="Claire M.", email="claire@exemple.fr")
        return Told(app, agent.id, other.id)
