"""Calls checked against the promises in force when they took place, in the background."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import select, update

from callcoach.accounts.models import Role
from callcoach.analysis import embedding
from callcoach.analysis.alignment import ENGINE
from callcoach.analysis.claims import Standing
from callcoach.analysis.wording import render
from callcoach.calls.events import words_changed
from callcoach.calls.mapping import message_of
from callcoach.calls.models import Call, TurnCorrection
from callcoach.campaigns.models import PromiseKind
from callcoach.extensions import db, write_transaction
from callcoach.promises import events, hiding
from callcoach.promises.models import PromiseCheck, PromiseVersion
from callcoach.promises.operations import checking
from tests.factories.accounts import create_team, create_user
from tests.factories.audits import create_promise_version
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.working import run_jobs


@pytest.fixture(autouse=True)
def _without_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "load_sentence_model", lambda: None)


@pytest.fixture
def call_id(app: Flask) -> Iterator[int]:
    """A call in which one promise is kept and a forbidden word is not said."""
    with app.app_context():
        team = create_team()
        campaign = create_campaign(teams=[team])
        agent = create_user(Role.AGENT, teams=[team])
        create_promise_version(campaign, text="Une démonstration de l'outil")
        create_promise_version(campaign, kind=PromiseKind.FORBIDDEN, text="Gratuit")
        yield create_call(team=team, agent=agent, campaign=campaign).id


def ask(call_id: int) -> None:
    with write_transaction():
        words_changed(db.session.get_one(Call, call_id))
        db.session.commit()


def correct(call_id: int, text: str) -> None:
    """Put the agent's second turn right."""
    db.session.add(
        TurnCorrection(
            call_id=call_id,
            channel=0,
            start_ms=12_200,
            end_ms=24_000,
            replaced_text="Je vous propose",
            text=text,
        )
    )
    db.session.commit()


def checks_of(call_id: int) -> dict[str, PromiseCheck]:
    db.session.remove()
    found = db.session.scalars(select(PromiseCheck).where(PromiseCheck.call_id == call_id))
    return {item.version.text: item for item in found}


def test_a_read_call_is_checked_and_checked_again_when_a_word_is_put_right(
    app: Flask, call_id: int
) -> None:
    told: list[list[Standing]] = []

    def subscriber(_call: Call, checks: object) -> None:
        told.append([check.standing for check in checks])  # type: ignore[attr-defined]

    events.on_checked(subscriber)
    try:
        ask(call_id)
        ask(call_id)
        assert run_jobs(app, checking.CHECK) == 1
        found = checks_of(call_id)
        assert found["Gratuit"].standing == Standing.OMITTED
        said = found["Une démonstration de l'outil"]
        assert (said.standing, said.channel, said.engine) == (
            Standing.FAITHFUL,
            0,
            ENGINE,
        )
        assert said.start_ms is not None and said.end_ms is not None
        assert 12_200 <= said.start_ms < said.end_ms <= 24_000
        assert said.quote in render(message_of(said.reason), "fr")
        assert told == [[Standing.FAITHFUL, Standing.OMITTED]]

        correct(call_id, "Je vous propose une démonstration, c'est gratuit.")
        ask(call_id)
        run_jobs(app, checking.CHECK)
        again = checks_of(call_id)
        assert again["Gratuit"].standing == Standing.OVERPROMISED
        assert "gratuit" in again["Gratuit"].quote
        assert len(told) == 2
    finally:
        events._checked.remove(subscriber)


def test_a_result_of_other_words_or_promises_is_not_kept(app: Flask, call_id: int) -> None:
    task = checking.read_task(call_id)
    assert task is not None
    db.session.execute(
        update(PromiseVersion).where(PromiseVersion.text == "Gratuit").values(text="Offert")
    )
    db.session.commit()
    assert checking.store(task, checking.align_task(task, None)) is None
    assert not checks_of(call_id)


def test_past_calls_are_checked_when_a_promise_or_the_engine_changes(
    app: Flask, call_id: int
) -> None:
    assert checking.feed_if_unchecked()
    db.session.commit()
    run_jobs(app, checking.FEED)
    assert run_jobs(app, checking.CHECK) == 1
    assert db.session.scalars(checking.outdated_checks()).all() == []
    db.session.execute(update(PromiseCheck).values(engine=ENGINE - 1))
    db.session.commit()
    assert db.session.scalars(checking.outdated_checks()).all() == [call_id]
    checking.check(db.session.get_one(Call, call_id))
    assert db.session.scalars(checking.outdated_checks()).all() == []

    call = db.session.get_one(Call, call_id)
    after = call.started_at + timedelta(days=1)
    version = db.session.scalars(
        select(PromiseVersion).where(PromiseVersion.text == "Gratuit")
    ).one()
    create_promise_version(call.campaign, text="Rappel sous deux jours", in_force_from=after)
    assert db.session.scalars(checking.outdated_checks()).all() == []
    version.in_force_until = call.started_at
    db.session.commit()
    assert db.session.scalars(checking.outdated_checks()).all() == [call_id]
    checking.check(call)
    db.session.commit()
    assert set(checks_of(call_id)) == {"Une démonstration de l'outil"}


def test_a_false_sender_is_told_of_in_a_campaign_without_promises(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        ask(call.id)
        assert run_jobs(app, checking.CHECK) == 0
        correct(call.id, "Nous sommes mandatés par l'État pour cette démonstration.")
        told: list[int] = []

        def subscriber(checked: Call, _checks: object) -> None:
            told.append(checked.id)

        events.on_checked(subscriber)
        try:
            ask(call.id)
            assert run_jobs(app, checking.CHECK) == 1 and told == [call.id]
        finally:
            events._checked.remove(subscriber)
        assert [item.reason.values["who"] for item in checking.senders_claimed(call)] == ["État"]


def test_a_call_without_promises_keeps_nothing(app: Flask, call_id: int) -> None:
    checking.check(db.session.get_one(Call, call_id))
    db.session.commit()
    assert len(checks_of(call_id)) == 2
    db.session.execute(update(PromiseVersion).values(in_force_from=None))
    db.session.commit()
    checking.ask_for_check(call_id)
    db.session.commit()
    run_jobs(app, checking.CHECK)
    assert not checks_of(call_id)


def test_a_supervisor_reads_the_proposals_beside_the_call_unless_people_judge_first(
    app: Flask, call_id: int, sign_in: Callable[[int], FlaskClient]
) -> None:
    call = db.session.get_one(Call, call_id)
    checking.check(call)
    db.session.commit()
    supervisor = create_user(Role.SUPERVISOR, teams=[call.team], locale="en").id
    lead = create_user(Role.TEAM_LEAD, teams=[call.team], locale="en").id
    page = f"/calls/{call_id}"
    client = sign_in(supervisor)
    text = client.get(page).get_data(as_text=True)
    assert "Promises in this call" in text and "said as approved" in text
    assert "1 thing that must not be said was not said" in text

    hider = hiding.hides(lambda number: number == call_id)
    try:
        text = client.get(page).get_data(as_text=True)
        assert "in the sample of an audit" in text and "said as approved" not in text
    finally:
        hiding._hiders.remove(hider)
    for name in list(g):  # who looks is remembered for the whole of the fixture's context
        g.pop(name, None)
    assert "Promises in this call" not in sign_in(lead).get(page).get_data(as_text=True)
