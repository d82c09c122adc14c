"""Aligning a call with its version, in the background."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from callcoach.accounts.models import Role
from callcoach.analysis import embedding
from callcoach.calls.events import details_changed, words_changed
from callcoach.calls.models import Call, TurnCorrection
from callcoach.calls.operations.lifecycle import purge_call
from callcoach.cli import cli
from callcoach.config import Settings
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.script_fit import fitting
from callcoach.script_fit.fitting import FEED, FIT, feed_if_needed
from callcoach.script_fit.models import BriefingReading, CallFit, LineUse
from callcoach.script_library.document import Document, Section, SectionKind
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.scripts import create_script, create_version, line
from tests.working import run_jobs

OPENING = "Bonjour {madame}, {prénom}, de la société Comptaclair."
ASK = "Je vous propose une démonstration, mardi ou jeudi."
ANSWER = "Et qu’est-ce que cet outil ne fait pas encore ?"


def script() -> Document:
    """Three lines of which the factory's call has the first two."""
    return Document(
        (
            Section("s1", SectionKind.OPENING, "", (line(OPENING, key="opening"),)),
            Section(
                "s2",
                SectionKind.OBJECTION,
                "",
                (line(ANSWER, key="answer", answers="On a déjà un outil."),),
            ),
            Section("s3", SectionKind.CLOSING, "", (line(ASK, key="ask"),)),
        )
    )


@pytest.fixture(autouse=True)
def _without_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "load_sentence_model", lambda: None)


@pytest.fixture
def call_id(app: Flask) -> Iterator[int]:
    """A ready call, pinned to a version in force."""
    with app.app_context():
        team = create_team()
        agent = create_user(Role.AGENT, teams=[team])
        campaign = create_campaign(teams=[team])
        version = create_version(create_script(campaign), script(), in_force_for=[team])
        call = create_call(team=team, agent=agent, campaign=campaign, script_version_id=version.id)
        yield call.id


def said_of(call_id: int) -> dict[str, str]:
    """What became of each line, by its key."""
    uses = db.session.scalars(select(LineUse).where(LineUse.call_id == call_id))
    return {use.line.key: str(use.said) for use in uses}


def announce(call_id: int) -> None:
    """As when an analysis is published."""
    with write_transaction():
        words_changed(db.session.get_one(Call, call_id))
        db.session.commit()


def test_a_call_that_was_read_is_aligned_and_again_without_a_trace(
    app: Flask, call_id: int
) -> None:
    for _ in range(2):
        announce(call_id)
        assert run_jobs(app, FIT) == 1
        assert said_of(call_id) == {"opening": "said", "answer": "skipped", "ask": "said"}
    fit = db.session.get_one(CallFit, call_id)
    assert (fit.reason, fit.is_outdated) == ("", False)
    use = next(use for use in fit.uses if use.line.key == "ask")
    assert (use.start_ms, use.words[:17]) == (12_200, "Je vous propose u")
    assert not feed_if_needed(), "all is up to date"


def test_corrected_words_and_another_kind_of_call_are_fitted_again(
    app: Flask, call_id: int
) -> None:
    announce(call_id)
    run_jobs(app, FIT)
    call = db.session.get_one(Call, call_id)
    turn = call.current_analysis.turns[3]  # type: ignore[union-attr]
    db.session.add(
        TurnCorrection(
            call_id=call_id,
            channel=turn.channel,
            start_ms=turn.start_ms,
            end_ms=turn.end_ms,
            replaced_text=turn.text,
            text="Et qu'est-ce que cet outil ne fait pas encore ?",
        )
    )
    db.session.commit()
    announce(call_id)
    run_jobs(app, FIT)
    assert said_of(call_id) == {"opening": "said", "answer": "said", "ask": "skipped"}
    call.kind = "gatekeeper"
    with write_transaction():
        details_changed(call)
        db.session.commit()
    run_jobs(app, FIT)
    assert said_of(call_id)["ask"] == "not_due"


def test_a_call_without_words_says_why(app: Flask, call_id: int) -> None:
    call = db.session.get_one(Call, call_id)
    for turn in call.current_analysis.turns:  # type: ignore[union-attr]
        turn.speaker = "unknown"
    db.session.commit()
    announce(call_id)
    run_jobs(app, FIT)
    assert db.session.get_one(CallFit, call_id).reason == "speakers_unknown"
    assert said_of(call_id) == {}


def test_old_words_after_the_briefing_are_marked(app: Flask, call_id: int) -> None:
    call = db.session.get_one(Call, call_id)
    old = call.script_version
    assert old is not None
    content = old.document
    new = old
    # The team says the words of `old` until the newest come: those of the draft between never were
    for words, teams in (("Vendredi, alors ?", []), ("Quel jour vous va ?", [call.team])):
        changed = Section("s3", SectionKind.CLOSING, "", (line(words, key="ask"),))
        new = create_version(
            old.script,
            content.with_section(changed),
            in_force_for=teams,
            since=call.started_at - timedelta(days=1),
            based_on_id=new.id,
        )
    call.script_version_id = new.id
    reading = BriefingReading(version_id=new.id, user_id=call.agent_id)
    db.session.add(reading)
    db.session.commit()
    for confirmed_at, is_marked in ((None, False), (call.started_at - timedelta(hours=1), True)):
        reading.confirmed_at = confirmed_at
        db.session.commit()
        announce(call_id)
        run_jobs(app, FIT)
        db.session.expire_all()
        assert db.session.get_one(CallFit, call_id).is_outdated is is_marked


def test_past_calls_are_fitted_in_slices_and_leave_with_the_call(
    app: Flask, settings: Settings, call_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLCOACH_DATA", str(settings.data_dir))
    monkeypatch.setenv("CALLCOACH_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("CALLCOACH_PRODUCTION", "0")
    monkeypatch.setattr(fitting, "SLICE", 1)
    first = db.session.get_one(Call, call_id)
    second = create_call(
        team=first.team, campaign=first.campaign, script_version_id=first.script_version_id
    )
    told = CliRunner().invoke(cli, ["refit"], catch_exceptions=False).output
    assert told == "The worker aligns 2 calls with their scripts.\n"
    assert run_jobs(app, FEED) == 1
    assert run_jobs(app, FIT) == 1
    assert db.session.scalars(select(CallFit.call_id)).all() == [second.id], "newest first"
    with write_transaction():
        second.deleted_at = utc_now()
        purge_call(second)
        db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(LineUse)) == 0
