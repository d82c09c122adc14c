"""A take is its agent's alone, replaced and deleted with its file, and sent once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from callcoach.accounts.models import User
from callcoach.drills.models import Answer, Assignment, Attempt, AttemptState
from callcoach.drills.operations import practice
from callcoach.drills.operations.practice import KEPT_SENT, KEPT_TAKE, Reply
from callcoach.drills.queries import marking
from callcoach.drills.subjects import DROP_TAKE, FORGET_SOUND, MEASURE
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job
from callcoach.jobs.runner import Runner
from callcoach.storage import get_store
from callcoach.storage.models import StoredFile
from tests.factories.drills import create_attempt, create_drill, give

from .conftest import Desk, Given, given_drill
from .steps import stored


def _keep(desk: Desk, given: Given, content: bytes = b"one") -> Answer:
    step = given.drill.steps[0]
    return practice.keep_take(desk.agent, given.assignment, step, stored(content), 2000)


def _files() -> set[str]:
    return {key for key, _at in get_store().list_keys()}


def test_retaking_deletes_the_take_before_at_once(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        first = _keep(desk, given).file
        assert first is not None
        key = first.key
        db.session.commit()
        assert key in _files()
        second = _keep(desk, given, b"two")
        db.session.commit()
        assert second.file is not None
        assert _files() == {second.file.key}
        assert [file.key for file in db.session.scalars(select(StoredFile))] == [second.file.key]


def test_discarding_deletes_the_file_and_leaves_nothing(
    app: Flask, desk: Desk, given: Given
) -> None:
    with app.app_context():
        _keep(desk, given)
        db.session.commit()
        practice.discard_take(desk.agent, given.assignment, given.drill.steps[0])
        db.session.commit()
        assert _files() == set()
        assert db.session.scalars(select(Attempt)).all() == []


def test_nobody_else_makes_or_discards_a_take(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        step = given.drill.steps[0]
        for viewer in (desk.colleague, desk.claire, desk.admin, desk.lead, desk.stranger):
            with pytest.raises(NotFound):
                practice.open_take(viewer, given.assignment)
            with pytest.raises(NotFound):
                practice.discard_take(viewer, given.assignment, step)
            with pytest.raises(NotFound):
                practice.submit(viewer, given.assignment, {step.id: Reply("Moi.")})


def test_a_step_of_another_drill_is_no_place_for_a_take(
    app: Flask, desk: Desk, given: Given
) -> None:
    with app.app_context():
        other = create_drill(desk.call).steps[0]
        with pytest.raises(NotFound):
            practice.keep_take(desk.agent, given.assignment, other, stored(), 1000)


def test_a_take_that_was_not_sent_is_heard_by_its_agent_alone(
    app: Flask, desk: Desk, sign_in: Callable[[User | int], FlaskClient], given: Given
) -> None:
    with app.app_context():
        answer_id = _keep(desk, given).id
        attempt_id = db.session.get_one(Answer, answer_id).attempt_id
        db.session.commit()
        assert marking.waiting_attempts(desk.admin) == []
        for viewer in (desk.admin, desk.claire, desk.lead, desk.colleague, desk.sponsor):
            with pytest.raises(NotFound):
                marking.get_heard_answer(viewer, answer_id)
            with pytest.raises(NotFound):
                marking.get_attempt(viewer, attempt_id)
    for name, status in (("agent", 200), ("admin", 404), ("claire", 404), ("lead", 404)):
        browser = sign_in(desk.ids[name])
        assert browser.get(f"/drills/answers/{answer_id}/sound").status_code == status, name
        if name != "agent":
            assert browser.get(f"/drills/tries/{attempt_id}").status_code == 404
    with app.app_context():
        practice.submit(desk.agent, given.assignment, {})
        db.session.commit()
    for name, status in (("agent", 200), ("admin", 200), ("claire", 200), ("lead", 404)):
        browser = sign_in(desk.ids[name])
        assert browser.get(f"/drills/answers/{answer_id}/sound").status_code == status, name


def test_sending_is_measured_and_marked_as_done_and_happens_once(
    app: Flask, desk: Desk, given: Given
) -> None:
    with app.app_context():
        _keep(desk, given)
        sent = practice.submit(desk.agent, given.assignment, {})
        db.session.commit()
        assert sent.state == AttemptState.SUBMITTED
        assert given.assignment.done_at is not None
        assert sent.answers[0].state == "waiting"
        kinds = {job.kind for job in db.session.scalars(select(Job))}
        assert {MEASURE, DROP_TAKE, FORGET_SOUND} <= kinds
        assert practice.submit(desk.agent, given.assignment, {}).id == sent.id


def _behind(statement: Any) -> None:
    """As if another process had written it: what this session has read says something else."""
    db.session.flush()
    db.session.execute(statement.execution_options(synchronize_session=False))


def test_what_others_did_while_an_agent_sends_is_seen(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        answer = _keep(desk, given)
        assignment, attempt = given.assignment, answer.attempt
        sent_at = {"state": AttemptState.SUBMITTED, "submitted_at": utc_now()}
        assert [each.state for each in assignment.attempts] == [AttemptState.TAKE]
        _behind(update(Attempt).where(Attempt.id == attempt.id).values(**sent_at))
        assert practice.submit(desk.agent, assignment, {}).id == attempt.id, "sent from two windows"
        _behind(update(Attempt).where(Attempt.id == attempt.id).values(state=AttemptState.TAKE))
        assert attempt.state == AttemptState.SUBMITTED, "as this session read it"
        practice.lock_assignment(assignment)
        assert attempt.state == AttemptState.TAKE
        _behind(update(Attempt).where(Attempt.id == attempt.id).values(**sent_at))
        practice.drop_take(answer)
        assert db.session.scalars(select(Answer)).one().file is not None, "sent in its last second"
        _behind(
            update(Assignment).where(Assignment.id == assignment.id).values(cancelled_at=utc_now())
        )
        with pytest.raises(NotFound):
            practice.open_take(desk.agent, assignment)


def test_typed_answers_are_measured_at_once_and_need_no_job(
    app: Flask, desk: Desk, given: Given
) -> None:
    with app.app_context():
        step = given.drill.steps[0]
        reply = {step.id: Reply("  Vous clôturez en combien de jours ?  ")}
        sent = practice.submit(desk.agent, given.assignment, reply)
        answer = sent.answers[0]
        assert (answer.text, answer.is_typed) == ("Vous clôturez en combien de jours ?", True)
        assert answer.measures["ends_with_question"]["value"] == 1
        assert "rate" not in answer.measures, "nobody spoke"
        assert practice.submit(desk.agent, given.assignment, reply).id == sent.id
        again = practice.submit(desk.agent, given.assignment, {step.id: Reply("Autrement dit ?")})
        assert again.id != sent.id, "another try, as often as wanted"


def test_every_line_of_a_row_needs_its_answer(app: Flask, desk: Desk) -> None:
    with app.app_context():
        given = given_drill(desk, "chained")
        steps = given.drill.steps
        practice.keep_take(desk.agent, given.assignment, steps[0], stored(), 1500)
        db.session.commit()
        with pytest.raises(InvalidInput):
            practice.submit(desk.agent, given.assignment, {steps[1].id: Reply("Oui ?")})
        db.session.rollback()
        replies = {step.id: Reply("Oui ?") for step in steps[1:]}
        sent = practice.submit(desk.agent, given.assignment, replies)
        assert [answer.is_typed for answer in sent.answers] == [False, True, True]


def test_taps_outside_the_passage_are_no_answer(app: Flask, desk: Desk) -> None:
    with app.app_context():
        given = given_drill(desk, "ear")
        step = given.drill.steps[0]
        with pytest.raises(InvalidInput):
            practice.submit(desk.agent, given.assignment, {step.id: Reply(taps=[1, 99_000])})
        db.session.rollback()
        sent = practice.submit(desk.agent, given.assignment, {step.id: Reply(taps=[9900, 9900, 1])})
        assert sent.answers[0].taps == [9900]
        assert marking.waiting_attempts(desk.claire) == [], "the ear answers itself"


def _run(app: Flask, kind: str) -> None:
    with app.app_context():
        ids = list(db.session.scalars(select(Job.id).where(Job.kind == kind)))
        for job in db.session.scalars(select(Job).where(Job.kind == kind)):
            job.not_before = None
        db.session.commit()
        db.session.remove()
    for job_id in ids:
        Runner(app, "test worker").run(job_id)


def test_a_take_is_deleted_a_day_later_with_its_file(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        answer = _keep(desk, given)
        db.session.commit()
        job = db.session.scalars(select(Job).where(Job.kind == DROP_TAKE)).one()
        assert job.not_before == answer.created_at + KEPT_TAKE
        assert timedelta(hours=24) == KEPT_TAKE
    _run(app, DROP_TAKE)
    with app.app_context():
        assert len(_files()) == 1, "its day is not over"
        job = db.session.scalars(select(Job).where(Job.kind == DROP_TAKE)).one()
        db.session.delete(job)
        answer = db.session.scalars(select(Answer)).one()
        answer.created_at = utc_now() - KEPT_TAKE - timedelta(minutes=1)
        db.session.flush()
        _again(answer, DROP_TAKE)
        db.session.commit()
    _run(app, DROP_TAKE)
    with app.app_context():
        assert _files() == set()
        assert db.session.scalars(select(Attempt)).all() == []


def _again(answer: Answer, kind: str) -> None:
    from callcoach.accounts.access import Viewer
    from callcoach.drills.subjects import answer_subject, take_subject
    from callcoach.jobs.operations import enqueue

    subject = take_subject(answer) if kind == DROP_TAKE else answer_subject(answer.id)
    enqueue(kind, subject, viewer=Viewer.system())


def test_what_was_sent_outlives_the_day_and_goes_after_six_months(
    app: Flask, desk: Desk, given: Given
) -> None:
    with app.app_context():
        answer = _keep(desk, given)
        practice.submit(desk.agent, given.assignment, {})
        answer.created_at = utc_now() - timedelta(days=3)
        db.session.commit()
        _again(answer, DROP_TAKE)
        db.session.commit()
    _run(app, DROP_TAKE)
    _run(app, FORGET_SOUND)
    with app.app_context():
        assert len(_files()) == 1, "neither is due"
        attempt = db.session.scalars(select(Attempt)).one()
        attempt.submitted_at = utc_now() - KEPT_SENT - timedelta(days=1)
        attempt.answers[0].text = "Vous clôturez quand ?"
        _again(attempt.answers[0], FORGET_SOUND)
        db.session.commit()
    _run(app, FORGET_SOUND)
    with app.app_context():
        answer = db.session.scalars(select(Answer)).one()
        assert (_files(), answer.file_id) == (set(), None)
        assert answer.text == "Vous clôturez quand ?", "the words stay"


def test_a_purged_assignment_takes_its_files_along(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        create_attempt(given.assignment)
        create_attempt(given.assignment, "take")
        kept = create_attempt(give(desk.user("colleague"), given.drill)).answers[0].file
        assert kept is not None
        key = kept.key
        db.session.commit()
        practice.purge_assignment(given.assignment)
        db.session.commit()
        assert _files() == {key}
        assert len(db.session.scalars(select(Attempt)).all()) == 1


def test_a_sound_that_another_answer_has_too_stays(app: Flask, desk: Desk, given: Given) -> None:
    with app.app_context():
        sent = _keep(desk, given)
        practice.submit(desk.agent, given.assignment, {})
        file = sent.file
        assert file is not None
        again = create_attempt(given.assignment, "take", spoken=False)
        again.answers[0].file = file
        db.session.commit()
        practice.drop_take(again.answers[0])
        db.session.commit()
        assert db.session.get_one(Answer, sent.id).file_id == file.id
        assert _files() == {file.key}
        practice.forget_sound(sent)
        db.session.commit()
        assert _files() == set()
