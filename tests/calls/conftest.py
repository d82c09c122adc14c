"""A floor with the samples' people, a recogniser that needs no model, and a runner of jobs."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, TelephonyId
from callcoach.accounts.queries import viewer_of
from callcoach.calls import operations, recogniser
from callcoach.calls.metadata import CallMetadata
from callcoach.extensions import db, write_transaction
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.runner import Runner
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign, create_sponsor
from tests.factories.recognition import FakeTranscriber

#: Length of the short recording, seconds: enough for several turns.
SHORT_S = 20
#: The shortest sample, 8 kHz stereo.
SAMPLE = "voltaneo-03-standard-logistique.flac"


@dataclass(frozen=True)
class Floor:
    """Ids of two teams, their people and one campaign each."""

    team_id: int
    other_team_id: int
    agent_id: int
    supervisor: Viewer
    team_lead: Viewer
    agent: Viewer
    other_supervisor: Viewer
    sponsor: Viewer
    admin: Viewer
    campaign_id: int
    other_campaign_id: int


@pytest.fixture
def floor(app: Flask) -> Floor:
    with app.app_context():
        tana, tunis = create_team(name="Équipe Antananarivo"), create_team(name="Équipe Tunis")
        agent = create_user(Role.AGENT, teams=[tana], name="Hanta R.", login="hanta")
        agent.telephony_ids = [TelephonyId(value="1042")]
        yassine = create_user(Role.AGENT, teams=[tunis], name="Yassine B.", login="yassine")
        yassine.telephony_ids = [TelephonyId(value="yassine-tel")]
        people = {
            "supervisor": create_user(Role.SUPERVISOR, teams=[tana]),
            "team_lead": create_user(Role.TEAM_LEAD, teams=[tana]),
            "agent": agent,
            "other_supervisor": create_user(Role.SUPERVISOR, teams=[tunis]),
            "sponsor": create_user(Role.SPONSOR),
            "admin": create_user(Role.ADMIN),
        }
        comptaclair = create_campaign(
            teams=[tana],
            sponsor=create_sponsor(name="Comptaclair"),
            name="Clôture mensuelle DAF",
            vocabulary=["Comptaclair", "Sage"],
        )
        voltaneo = create_campaign(
            teams=[tunis], sponsor=create_sponsor(name="Voltaneo"), name="Ombrières de parking"
        )
        return Floor(
            team_id=tana.id,
            other_team_id=tunis.id,
            agent_id=agent.id,
            campaign_id=comptaclair.id,
            other_campaign_id=voltaneo.id,
            **{name: viewer_of(person) for name, person in people.items()},
        )


@pytest.fixture
def transcriber() -> Iterator[FakeTranscriber]:
    """The recogniser of this process, for the length of a test."""
    fake = FakeTranscriber()
    recogniser.use_transcriber(lambda settings: fake)
    yield fake
    recogniser.use_transcriber()


RunJobs = Callable[..., list[str]]


@pytest.fixture
def run_jobs(app: Flask, transcriber: FakeTranscriber) -> RunJobs:
    """Work off every job that is due, as a worker does; their kinds in order."""

    def _run() -> list[str]:
        runner = Runner(app, "test worker")
        done = []
        while True:
            with app.app_context():
                job = db.session.scalar(
                    select(Job)
                    .where(Job.state == JobState.QUEUED, Job.not_before.is_(None))
                    .order_by(Job.id)
                )
                if job is None:
                    return done
                job_id, kind = job.id, job.kind
                db.session.remove()
            runner.run(job_id)
            done.append(kind)
            assert len(done) < 20, f"jobs without end: {done}"

    return _run


ImportSample = Callable[..., int]


@pytest.fixture(scope="session")
def short_recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first seconds of a stereo sample: what it costs to process is mostly its length."""
    path = tmp_path_factory.mktemp("short") / "short.wav"
    source = Path(__file__).parents[2] / "recordings_sample" / "comptaclair-01-daf-emballage.wav"
    with av.open(str(source)) as whole:
        sound = np.concatenate([frame.to_ndarray() for frame in whole.decode(audio=0)], axis=1)
        rate_hz = whole.streams.audio[0].rate
    assert sound.dtype == np.int16, "interleaved 16-bit samples"
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(sound[0, : 2 * rate_hz * SHORT_S].tobytes())
    return path


@pytest.fixture
def import_sample(app: Flask, floor: Floor, samples: Path, short_recording: Path) -> ImportSample:
    """Import a sample, or the short recording, into the first team and commit; the call's id."""

    def _import(name: str = "", **values: str) -> int:
        path = samples / name if name else short_recording
        with app.app_context(), write_transaction():
            result = operations.import_recording(
                floor.supervisor,
                path,
                path.name,
                metadata=CallMetadata.from_values({"agent": "hanta", **values}),
            )
            assert result.call_id is not None, str(result)
            db.session.commit()
            return result.call_id

    return _import
