"""What verdicts change by themselves: which kinds of flag are held back, and their floors."""

from __future__ import annotations

import threading
from datetime import timedelta
from math import log

import pytest
from flask import Flask
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls import operations as calls
from callcoach.calls.models import Call, Decision, TippingPoint, Verdict
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.learning import operations
from callcoach.learning.example_queries import examples_of
from callcoach.tuning.models import ChangeKind, Standing, TuningChange
from callcoach.tuning.operations import set_floor, set_standing, undo_change
from callcoach.tuning.queries import standings_of
from tests.factories.accounts import create_user
from tests.factories.calls import create_call
from tests.factories.verdicts import create_verdicts

KIND = ("D09", "ignored_objection")
FLAG = "D09/ignored_objection"


def _supervisor(call: Call) -> Viewer:
    person = create_user(Role.SUPERVISOR, [call.team])
    return Viewer(person.id, Role.SUPERVISOR, frozenset({call.team_id}))


def _point(call: Call) -> TippingPoint:
    return db.session.scalars(
        select(TippingPoint).where(TippingPoint.analysis_id == call.current_analysis_id)
    ).one()


def _standing(call: Call, kind: tuple[str, str] = KIND) -> Standing:
    row = standings_of(call.campaign_id).get(kind)
    return Standing(row.standing) if row else Standing.ACTIVE


def _floor(call: Call) -> float:
    row = standings_of(call.campaign_id).get(KIND)
    return row.floor if row else 0.0


def _changes(call: Call) -> list[TuningChange]:
    return list(
        db.session.scalars(
            select(TuningChange)
            .where(TuningChange.campaign_id == call.campaign_id)
            .order_by(TuningChange.id)
        )
    )


def test_a_verdict_hides_a_kind_that_is_mostly_wrong(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        viewer = _supervisor(call)
        create_verdicts(call, confirmed=1, rejected=9)
        assert _standing(call) is Standing.ACTIVE
        calls.judge(viewer, call, _point(call), "rejected")
        db.session.commit()
        assert _standing(call) is Standing.HIDDEN
        (change,) = _changes(call)
        assert change.is_automatic
        assert change.author_id is None
        assert (change.subject, change.after) == (FLAG, {"standing": "hidden"})
        assert (change.reason["n"], change.reason["confirmed"]) == (11, 1)
        assert change.reason["low"] < change.reason["precision"] < change.reason["high"]
        assert change.reason["chance_below_half"] > 0.9


def test_doing_it_again_changes_nothing(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, rejected=20)
        assert len(operations.review(call.campaign, *KIND)) == 1
        assert operations.review(call.campaign, *KIND) == []
        assert len(_changes(call)) == 1


def test_it_comes_back_when_the_figures_recover_and_not_before(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, rejected=9)
        operations.review(call.campaign, *KIND)
        create_verdicts(call, confirmed=2)
        assert operations.review(call.campaign, *KIND) == []
        assert _standing(call) is Standing.HIDDEN
        create_verdicts(call, confirmed=7)
        operations.review(call.campaign, *KIND)
        assert _standing(call) is Standing.ACTIVE
        assert [change.after for change in _changes(call)] == [{"standing": "hidden"}, {}]


def test_taking_the_verdict_back_takes_its_effect_back(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        viewer = _supervisor(call)
        create_verdicts(call, confirmed=9)
        verdict = calls.judge(viewer, call, _point(call), "rejected")
        before = len(_changes(call))
        calls.withdraw_verdict(viewer, call, verdict)
        assert _standing(call) is Standing.ACTIVE
        assert len(_changes(call)) == before


def test_a_reason_that_says_nothing_against_the_detector_shows_it_again(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        viewer = _supervisor(call)
        point = _point(call)
        create_verdicts(call, rejected=7)
        verdict = calls.judge(viewer, call, point, "rejected")
        assert _standing(call) is Standing.HIDDEN
        for one in db.session.scalars(select(Verdict).where(Verdict.id != verdict.id)):
            one.reason = "misheard"
        calls.set_reason(viewer, call, verdict, "misheard")
        assert _standing(call) is Standing.ACTIVE


@pytest.mark.parametrize("standing", [Standing.RETIRED, Standing.KEPT])
def test_a_persons_word_stands_whatever_the_figures_say(app: Flask, standing: Standing) -> None:
    with app.app_context():
        call = create_call()
        set_standing(_supervisor(call), call.campaign, *KIND, standing)
        create_verdicts(call, rejected=60)
        assert operations.review(call.campaign, *KIND) == []
        create_verdicts(call, confirmed=900)
        assert operations.review(call.campaign, *KIND) == []
        assert _standing(call) is standing


def test_who_takes_the_figures_word_back_is_not_overruled_by_the_same_figures(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, rejected=20)
        (change,) = operations.review(call.campaign, *KIND)
        undo_change(_supervisor(call), call.campaign, change.id)
        assert operations.review(call.campaign, *KIND) == []
        assert _standing(call) is Standing.ACTIVE
        create_verdicts(call, rejected=5)
        operations.review(call.campaign, *KIND)
        assert _standing(call) is Standing.HIDDEN


def test_a_missed_moment_is_no_kind_of_flag(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        create_verdicts(call, rejected=20, detector="M0")
        found = create_verdicts(call, rejected=1, detector="M0")[0]
        operations.review_judged(call, found)
        assert _changes(call) == []


def test_another_campaign_is_left_alone(app: Flask) -> None:
    with app.app_context():
        call, other = create_call(), create_call()
        create_verdicts(call, rejected=20)
        operations.review(call.campaign, *KIND)
        assert _standing(call) is Standing.HIDDEN
        assert _standing(other) is Standing.ACTIVE


def test_two_verdicts_at_once_hide_it_once(app: Flask) -> None:
    """Each alone would not be enough; whoever comes second must count the first."""
    with app.app_context():
        one = create_call()
        two = create_call(team=one.team, campaign=one.campaign)
        viewer = _supervisor(one)
        create_verdicts(one, rejected=6)
        assert operations.review(one.campaign, *KIND) == []
        db.session.commit()
        ids = [one.id, two.id]
    start = threading.Barrier(2)
    failures: list[BaseException] = []

    def _judge(call_id: int) -> None:
        try:
            with app.app_context(), write_transaction():
                start.wait(timeout=20)
                call = db.session.get_one(Call, call_id)
                calls.judge(viewer, call, _point(call), "rejected")
                db.session.commit()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=_judge, args=(call_id,)) for call_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    with app.app_context():
        call = db.session.get_one(Call, ids[0])
        assert _standing(call) is Standing.HIDDEN
        assert len(_changes(call)) == 1


def _graded(call: Call, count: int = 60, half: float = 0.6, **values: object) -> None:
    """Verdicts of which those from confidence `half` on are confirmed."""
    levels = [0.95 - 0.75 * index / count for index in range(count)]
    right = sum(level >= half for level in levels)
    verdicts = create_verdicts(call, confirmed=right, rejected=count - right, **values)
    for verdict, level in zip(verdicts, levels, strict=True):
        verdict.confidence = level
    db.session.commit()


def test_the_floor_of_a_shown_kind_moves_a_tenth_a_week(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        _graded(call)
        (change,) = operations.review(call.campaign, *KIND)
        assert _floor(call) == pytest.approx(0.1)
        assert change.kind == ChangeKind.FLOOR
        assert change.is_automatic
        assert change.reason["proposed"] == pytest.approx(0.6, abs=0.06)
        assert operations.review(call.campaign, *KIND) == []
        change.at = utc_now() - timedelta(days=7, minutes=1)
        db.session.commit()
        operations.review(call.campaign, *KIND)
        assert _floor(call) == pytest.approx(0.2)


def test_a_floor_that_a_person_set_or_took_back_is_theirs(app: Flask) -> None:
    with app.app_context():
        call, other = create_call(), create_call()
        set_floor(_supervisor(call), call.campaign, *KIND, 0.05)
        _graded(call)
        assert operations.review(call.campaign, *KIND) == []
        _graded(other)
        (change,) = operations.review(other.campaign, *KIND)
        undo_change(_supervisor(other), other.campaign, change.id)
        assert operations.review(other.campaign, *KIND) == []
        assert _floor(other) == 0


def test_for_a_kept_kind_a_floor_is_only_proposed(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        _graded(call)
        set_standing(_supervisor(call), call.campaign, *KIND, Standing.KEPT)
        assert operations.review(call.campaign, *KIND) == []
        proposed = operations.propose_floor(call.campaign, *KIND)
        assert proposed is not None
        assert proposed.value == pytest.approx(0.6, abs=0.06)
        assert _floor(call) == 0


def test_a_floor_is_learnt_from_what_was_known_of_each_flag(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        measured = [{"value": None, "bound": None}, {"value": 6.0, "bound": 3.0}]
        place = {"start_ms": 12_200, "end_ms": 24_000}
        (right,) = create_verdicts(
            call, confirmed=1, evidence=measured, confidence=0.8, display_probability=0.25
        )
        right.start_ms, right.end_ms = place.values()
        create_verdicts(call, rejected=1, confidence=0.3)
        create_verdicts(call, rejected=1, reason="unimportant")
        db.session.commit()
        wrong, known = sorted(examples_of(*KIND), key=lambda example: example.confidence)
        assert (known.is_confirmed, wrong.is_confirmed) == (True, False)
        assert known.margin == pytest.approx(log(2))
        assert known.recognised == pytest.approx(0.9)
        assert known.phase == pytest.approx(12.2 / 30)
        assert (known.weight, known.campaign_id) == (4, call.campaign_id)
        assert (wrong.margin, wrong.recognised, wrong.phase) == (None, None, 1)


def test_what_does_not_count_teaches_no_floor(app: Flask) -> None:
    with app.app_context():
        call = create_call()
        _graded(call, reason="misheard")
        assert operations.propose_floor(call.campaign, *KIND) is None
        assert db.session.scalars(
            select(Verdict).where(Verdict.decision == Decision.REJECTED)
        ).first()
