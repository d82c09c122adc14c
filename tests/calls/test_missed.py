"""Moments that people mark themselves, reasons of rejections, and who is told of both."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from callcoach.accounts.models import AccessEvent, Team, User
from callcoach.analysis import wording
from callcoach.analysis.model import Cause, Valence
from callcoach.calls import events, operations, queries
from callcoach.calls.mapping import message_of
from callcoach.calls.models import MISSED, Call, Decision, DismissalReason, Verdict
from callcoach.calls.subjects import ANALYSE, subject_of
from callcoach.campaigns.models import Campaign
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, write_transaction
from callcoach.jobs import operations as jobs
from callcoach.tuning.models import DetectorStanding, Standing
from tests.factories.calls import create_call

from .conftest import Floor, RunJobs

#: The flag of every call of the factory.
FLAG = {"channel": 0, "start_ms": 12_200, "end_ms": 24_000, "cause": "ignored_objection"}


@pytest.fixture
def call_id(app: Flask, floor: Floor) -> int:
    """A ready call of the first team with one negative flag, D09, at 12.2 s."""
    with app.app_context():
        return create_call(
            team=db.session.get_one(Team, floor.team_id),
            agent=db.session.get_one(User, floor.agent_id),
            campaign=db.session.get_one(Campaign, floor.campaign_id),
        ).id


@pytest.fixture
def told() -> Iterator[list[tuple[int, bool]]]:
    """What subscribers hear: the verdict's id, and whether it is in force."""
    heard: list[tuple[int, bool]] = []

    def _listen(call: Call, verdict: Verdict) -> None:
        assert verdict.call_id == call.id
        heard.append((verdict.id, verdict.withdrawn_at is None))

    events.on_judged(_listen)
    yield heard
    events._judged.remove(_listen)


def _mark(floor: Floor, call_id: int, **changes: Any) -> int:
    values = {
        "channel": 0,
        "start_ms": 2_700,
        "end_ms": 9_000,
        "cause": "self_belittling",
        "quote": "Bonjour madame",
        **changes,
    }
    with write_transaction():
        call = db.session.get_one(Call, call_id)
        verdict = operations.mark_missed(floor.supervisor, call, **values)
        db.session.commit()
        return verdict.id


def test_a_missed_moment_shows_as_a_confirmed_one(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        _mark(floor, call_id)
        call = db.session.get_one(Call, call_id)
        shown = queries.visible_moments(floor.supervisor, call)
        assert [(m.cause, m.decision, m.is_kept, m.is_missed) for m in shown] == [
            ("self_belittling", Decision.CONFIRMED, True, True),
            ("ignored_objection", None, False, False),
        ]
        seen_by_agent = queries.visible_moments(floor.agent, call)
        assert [m.cause for m in seen_by_agent] == ["self_belittling"]
        assert seen_by_agent[0].quote == "Bonjour madame"
        actions = db.session.scalars(select(AccessEvent.action)).all()
        assert "moment.missed" in actions


@pytest.mark.parametrize("cause", list(Cause))
def test_every_missed_moment_has_words(
    app: Flask, floor: Floor, call_id: int, cause: Cause
) -> None:
    with app.app_context():
        verdict = db.session.get_one(Verdict, _mark(floor, call_id, cause=cause))
        assert verdict.valence == cause.valence
        assert (verdict.detector, verdict.severity, verdict.confidence) == (MISSED, 2, 1.0)
        for language in wording.LANGUAGES:
            for stored in (verdict.explanation, verdict.suggestion):
                assert wording.render(message_of(stored), language)
        is_good = cause.valence is Valence.POSITIVE
        assert verdict.explanation["key"].endswith("positive" if is_good else "negative")


def test_marking_the_same_moment_again_changes_nothing(
    app: Flask, floor: Floor, call_id: int, told: list[tuple[int, bool]]
) -> None:
    with app.app_context():
        first = _mark(floor, call_id)
        assert _mark(floor, call_id, start_ms=3_000, end_ms=8_800) == first
        assert _mark(floor, call_id, cause="bookish") != first
        assert [number for number, _ in told].count(first) == 1


def test_a_flag_that_covers_the_moment_is_confirmed_instead(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        verdict = db.session.get_one(Verdict, _mark(floor, call_id, **{**FLAG, "end_ms": 20_000}))
        assert verdict.detector == "D09"
        assert (verdict.start_ms, verdict.end_ms) == (12_200, 24_000)
        (shown,) = queries.visible_moments(floor.supervisor, db.session.get_one(Call, call_id))
        assert shown.is_confirmed
        assert not shown.is_missed


def test_a_rejected_flag_is_confirmed_by_marking_it(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        call = db.session.get_one(Call, call_id)
        point = call.current_analysis.tipping_points[0]
        rejection = operations.judge(floor.supervisor, call, point, Decision.REJECTED)
        db.session.commit()
        verdict = db.session.get_one(Verdict, _mark(floor, call_id, **FLAG))
        assert verdict.replaces_id == rejection.id
        assert rejection.withdrawn_at is not None


def test_marking_is_undone(
    app: Flask, floor: Floor, call_id: int, told: list[tuple[int, bool]]
) -> None:
    with app.app_context():
        number = _mark(floor, call_id)
        call = db.session.get_one(Call, call_id)
        operations.withdraw_verdict(floor.supervisor, call, db.session.get_one(Verdict, number))
        db.session.commit()
        assert [m.cause for m in queries.visible_moments(floor.supervisor, call)] == [
            "ignored_objection"
        ]
        assert told == [(number, True), (number, False)]
        assert _mark(floor, call_id) != number


@pytest.mark.parametrize(
    "wrong",
    [
        {"cause": "grumpiness"},
        {"cause": ""},
        {"channel": 2},
        {"start_ms": -1},
        {"start_ms": 9_000},
        {"end_ms": 30_001},
    ],
)
def test_what_cannot_be_marked(
    app: Flask, floor: Floor, call_id: int, wrong: dict[str, Any]
) -> None:
    with app.app_context(), pytest.raises(InvalidInput):
        _mark(floor, call_id, **wrong)


def test_only_judges_mark_and_explain(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        call = db.session.get_one(Call, call_id)
        point = call.current_analysis.tipping_points[0]
        rejection = operations.judge(floor.supervisor, call, point, Decision.REJECTED)
        for viewer, error in (
            (floor.agent, NotAllowed),
            (floor.team_lead, NotAllowed),
            (floor.other_supervisor, NotFound),
            (floor.sponsor, NotFound),
        ):
            with pytest.raises(error):
                operations.mark_missed(viewer, call, **{**FLAG, "start_ms": 0})
            with pytest.raises(error):
                operations.set_reason(viewer, call, rejection, DismissalReason.ABSENT)


def test_a_new_analysis_keeps_a_missed_moment(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    with app.app_context():
        _mark(floor, call_id)
        with write_transaction():
            jobs.enqueue(ANALYSE, subject_of(call_id), viewer=floor.admin)
            db.session.commit()
    run_jobs()
    with app.app_context():
        call = db.session.get_one(Call, call_id)
        assert call.current_analysis.number == 2
        (kept,) = [m for m in queries.visible_moments(floor.agent, call) if m.is_missed]
        assert (kept.start_ms, kept.end_ms) == (2_700, 9_000)


def test_a_reason_is_given_changed_and_taken_back(
    app: Flask, floor: Floor, call_id: int, told: list[tuple[int, bool]]
) -> None:
    with app.app_context():
        call = db.session.get_one(Call, call_id)
        point = call.current_analysis.tipping_points[0]
        rejection = operations.judge(floor.supervisor, call, point, Decision.REJECTED)
        assert rejection.reason == ""
        for reason in ("misheard", "misheard", "unimportant", ""):
            operations.set_reason(floor.admin, call, rejection, reason)
            assert rejection.reason == reason
        assert told == [(rejection.id, True)] * 4, "saying the same again tells nobody"
        reasons = [
            event.detail["reason"]
            for event in db.session.scalars(
                select(AccessEvent).where(AccessEvent.action == "moment.reason")
            )
        ]
        assert reasons == ["misheard", "unimportant", ""]


def test_only_a_rejection_in_force_has_a_reason(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        call = db.session.get_one(Call, call_id)
        point = call.current_analysis.tipping_points[0]
        rejection = operations.judge(floor.supervisor, call, point, Decision.REJECTED)
        with pytest.raises(InvalidInput):
            operations.set_reason(floor.supervisor, call, rejection, "because")
        confirmation = operations.judge(floor.supervisor, call, point, Decision.CONFIRMED)
        with pytest.raises(InvalidInput):
            operations.set_reason(floor.supervisor, call, confirmation, "absent")
        with pytest.raises(Conflict):
            operations.set_reason(floor.supervisor, call, rejection, "absent")
        other = create_call()
        with pytest.raises(NotFound):
            operations.set_reason(floor.admin, other, confirmation, "absent")


def test_the_probability_of_being_shown_stays_with_the_moment(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        call = db.session.get_one(Call, call_id)
        point = call.current_analysis.tipping_points[0]
        with pytest.raises(InvalidInput):
            operations.judge(
                floor.supervisor, call, point, Decision.REJECTED, display_probability=0.0
            )
        first = operations.judge(
            floor.supervisor, call, point, Decision.REJECTED, display_probability=0.1
        )
        again = operations.judge(floor.supervisor, call, point, Decision.CONFIRMED)
        assert (first.display_probability, again.display_probability) == (0.1, 0.1)


def _hold_back(people: Floor, **values: Any) -> None:
    db.session.add(
        DetectorStanding(
            **{
                "campaign_id": people.campaign_id,
                "detector": "D09",
                "cause": "ignored_objection",
                **values,
            }
        )
    )
    db.session.commit()


@pytest.mark.parametrize(
    ("standing", "is_held_back"),
    [
        ({"standing": Standing.HIDDEN}, True),
        ({"standing": Standing.RETIRED}, True),
        ({"standing": Standing.KEPT}, False),
        ({"standing": Standing.ACTIVE}, False),
        ({"floor": 0.71}, True),
        ({"floor": 0.7}, False),
        ({"standing": Standing.HIDDEN, "cause": "monologue"}, False),
        ({"standing": Standing.HIDDEN, "detector": "R0"}, False),
    ],
)
def test_what_is_held_back_waits_until_somebody_asks(
    app: Flask, floor: Floor, call_id: int, standing: dict[str, Any], is_held_back: bool
) -> None:
    with app.app_context():
        _hold_back(floor, **standing)
        call = db.session.get_one(Call, call_id)
        shown = queries.visible_moments(floor.supervisor, call)
        assert [m.cause for m in shown] == ([] if is_held_back else ["ignored_objection"])
        (asked,) = queries.visible_moments(floor.supervisor, call, include_held_back=True)
        assert asked.is_held_back is is_held_back
        counts = queries.count_tipping_points(floor.supervisor, [call])
        assert counts[call_id] == ((0, 0) if is_held_back else (1, 0))
        wanted = queries.CallFilters(cause="ignored_objection")
        assert queries.list_calls(floor.supervisor, wanted).total == (0 if is_held_back else 1)
        # Whoever may judge it finds it by its number: it is shown on demand
        point = call.current_analysis.tipping_points[0]
        assert queries.get_point(floor.supervisor, point.id) == (call, point)


def test_a_flag_with_a_verdict_is_never_held_back(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        _hold_back(floor, standing=Standing.RETIRED)
        call = db.session.get_one(Call, call_id)
        point = call.current_analysis.tipping_points[0]
        verdict = operations.judge(floor.supervisor, call, point, Decision.CONFIRMED)
        db.session.commit()
        for viewer in (floor.supervisor, floor.agent):
            (shown,) = queries.visible_moments(viewer, call)
            assert not shown.is_held_back
        assert queries.count_tipping_points(floor.supervisor, [call])[call_id] == (1, 0)
        operations.withdraw_verdict(floor.supervisor, call, verdict)
        db.session.commit()
        assert queries.visible_moments(floor.supervisor, call) == []


def test_a_held_back_good_moment_is_nothing_to_agents(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        call = db.session.get_one(Call, call_id)
        point = call.current_analysis.tipping_points[0]
        point.valence, point.cause, point.detector = "positive", "reformulation", "D20"
        db.session.commit()
        assert queries.get_point(floor.agent, point.id)
        _hold_back(floor, standing=Standing.HIDDEN, detector="D20", cause="reformulation")
        assert queries.visible_moments(floor.agent, call, include_held_back=True) == []
        with pytest.raises(NotFound):
            queries.get_point(floor.agent, point.id)
        assert queries.count_tipping_points(floor.agent, [call])[call_id] == (0, 0)
        (asked,) = queries.visible_moments(floor.team_lead, call, include_held_back=True)
        assert asked.is_held_back
