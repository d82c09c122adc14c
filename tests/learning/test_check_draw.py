"""What is drawn for whom: by lot, once, five minutes a day."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call, CallKind, Decision
from callcoach.calls.operations import delete_audio, judge, log_access, purge_call
from callcoach.coaching.queries.feed import waiting
from callcoach.errors import NotAllowed, NotFound
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.learning import check_operations as operations
from callcoach.learning import check_queries as queries
from callcoach.learning.drawing import DAY_MS
from callcoach.learning.models import BlindMark, Check, CheckKind
from callcoach.tuning.models import DetectorStanding, Standing
from tests.factories.checks import create_check

from .check_floor import Floor, all_blind, all_cards, draw, due, floor

__all__ = ["all_blind", "all_cards", "floor"]


@pytest.mark.usefixtures("all_blind")
def test_a_call_that_somebody_knows_is_marked_by_a_colleague(app: Flask, floor: Floor) -> None:
    with app.app_context():
        log_access(floor.claire, "call.read", floor.call(0))
        judge(floor.claire, floor.call(1), floor.point(1), "confirmed")
        log_access(floor.claire, "call.imported", floor.call(2))
        db.session.commit()
        mine = {check.call_id for check in draw(floor.claire)}
        assert mine == set(floor.calls[2:])
        assert {check.call_id for check in draw(floor.thomas)} == set(floor.calls[:2])


@pytest.mark.usefixtures("all_blind")
def test_only_conversations_that_can_be_heard_are_drawn(app: Flask, floor: Floor) -> None:
    with app.app_context():
        floor.call(0).kind = CallKind.GATEKEEPER
        floor.call(1).deleted_at = utc_now()
        delete_audio(floor.admin, floor.call(2))
        db.session.commit()
        assert {check.call_id for check in draw(floor.claire)} == set(floor.calls[3:])


@pytest.mark.usefixtures("all_blind")
def test_nothing_is_drawn_for_others_than_the_teams_supervisors(app: Flask, floor: Floor) -> None:
    with app.app_context():
        for viewer in (floor.stranger, floor.lead, floor.agent, floor.admin, Viewer.system()):
            assert draw(viewer) == []
        for viewer in (floor.lead, floor.agent, floor.admin):
            with pytest.raises(NotAllowed):
                due(viewer)
        assert due(floor.stranger) == []


@pytest.mark.usefixtures("all_blind")
def test_drawing_again_draws_nothing_more(app: Flask, floor: Floor) -> None:
    with app.app_context():
        assert len(draw(floor.claire)) == 5
        assert draw(floor.claire) == []
        assert draw(floor.thomas) == []


@pytest.mark.usefixtures("all_cards")
def test_a_held_back_flag_is_drawn_with_its_probability(app: Flask, floor: Floor) -> None:
    with app.app_context():
        db.session.add(
            DetectorStanding(
                campaign_id=floor.campaign_id,
                detector="D09",
                cause="ignored_objection",
                standing=Standing.RETIRED,
            )
        )
        db.session.commit()
        check = draw(floor.claire)[0]
        assert (check.kind, check.probability) == (CheckKind.EXPLORE, 0.1)
        operations.answer(floor.claire, check, "confirmed")
        db.session.commit()
        point = check.point
        assert point is not None
        assert point.verdict is not None
        assert (point.verdict.decision, point.verdict.display_probability) == ("confirmed", 0.1)


@pytest.mark.usefixtures("all_cards")
def test_a_flag_that_is_shown_anyway_stands_for_itself_alone(app: Flask, floor: Floor) -> None:
    with app.app_context():
        check = draw(floor.claire)[0]
        operations.answer(floor.claire, check, Decision.REJECTED)
        assert check.point is not None
        assert check.point.verdict is not None
        assert check.point.verdict.display_probability == 1


@pytest.mark.usefixtures("all_cards")
def test_a_verdict_is_given_again_by_somebody_else_who_has_not_read_it(
    app: Flask, floor: Floor
) -> None:
    with app.app_context():
        verdicts = [
            judge(floor.thomas, floor.call(number), floor.point(number), "rejected").id
            for number in (0, 1)
        ]
        log_access(floor.claire, "call.read", floor.call(1))
        db.session.commit()
        mine = [check for check in draw(floor.claire) if check.kind == CheckKind.SECOND]
        assert [check.verdict_id for check in mine] == verdicts[:1]
        assert not [check for check in draw(floor.thomas) if check.kind == CheckKind.SECOND]


@pytest.mark.usefixtures("all_cards")
def test_what_a_colleague_has_judged_meanwhile_is_not_asked_any_more(
    app: Flask, floor: Floor
) -> None:
    with app.app_context():
        first = draw(floor.claire)[0]
        judge(floor.thomas, floor.call(0), floor.point(0), "confirmed")
        db.session.commit()
        assert first.call_id == floor.calls[0]
        assert first not in due(floor.claire)
        with pytest.raises(NotFound):
            queries.get_check(floor.claire, first.id)


@pytest.mark.usefixtures("all_blind")
def test_a_check_vanishes_with_its_sound_and_goes_with_its_call(app: Flask, floor: Floor) -> None:
    with app.app_context():
        checks = draw(floor.claire)
        operations.add_mark(
            floor.claire, checks[1], channel=0, start_ms=0, end_ms=900, valence="negative"
        )
        delete_audio(floor.admin, floor.call(0))
        floor.call(1).deleted_at = utc_now() - timedelta(days=400)
        db.session.commit()
        assert [check.call_id for check in due(floor.claire)] == floor.calls[2:]
        purge_call(floor.call(1))
        db.session.commit()
        assert not db.session.scalars(select(Check).where(Check.call_id == floor.calls[1])).all()
        assert db.session.scalar(select(func.count()).select_from(BlindMark)) == 0


@pytest.mark.usefixtures("all_blind")
def test_five_minutes_a_day_whatever_is_done(app: Flask, floor: Floor) -> None:
    with app.app_context():
        for number in range(5):
            floor.call(number).duration_ms = 100_000
        now = utc_now().replace(hour=8)
        assert len(draw(floor.claire, now)) == 5
        heard_ms = []
        for day in range(3):
            moment, today_ms = now + timedelta(days=day), 0
            while checks := due(floor.claire, moment):
                assert today_ms + sum(check.length_ms for check in checks) <= DAY_MS
                first = checks[0]
                operations.finish_marking(floor.claire, first, 1)
                first.done_at = moment
                today_ms += first.length_ms
                db.session.commit()
            heard_ms.append(today_ms)
        assert heard_ms == [300_000, 200_000, 0]


@pytest.mark.usefixtures("all_blind")
def test_what_is_put_off_comes_tomorrow_and_nothing_in_its_place(app: Flask, floor: Floor) -> None:
    with app.app_context():
        for number in range(5):
            floor.call(number).duration_ms = 150_000
        now = utc_now().replace(hour=8)
        draw(floor.claire, now)
        first, second = due(floor.claire, now)
        tomorrow = now.replace(hour=0) + timedelta(days=1)
        operations.put_off(floor.claire, first, tomorrow)
        db.session.commit()
        assert due(floor.claire, now) == [second]
        assert due(floor.claire, now + timedelta(days=1)) == [first, second]
        operations.take_up(floor.claire, first)
        assert due(floor.claire, now) == [first, second]


@pytest.mark.usefixtures("all_blind")
def test_a_check_that_lies_for_a_week_is_a_colleagues_and_never_comes_back(
    app: Flask, floor: Floor
) -> None:
    with app.app_context():
        now = utc_now()
        draw(floor.claire, now)
        later = now + queries.KEPT + timedelta(hours=1)
        assert due(floor.claire, later) == []
        assert len(draw(floor.thomas, later)) == 5
        assert draw(floor.claire, later) == []


@pytest.mark.usefixtures("all_blind")
def test_a_long_call_is_marked_over_its_first_five_minutes(app: Flask, floor: Floor) -> None:
    with app.app_context():
        floor.call(0).duration_ms = 900_000
        db.session.commit()
        assert draw(floor.claire)[0].length_ms == DAY_MS
        assert [check.call_id for check in due(floor.claire)] == floor.calls[:1]


@pytest.mark.usefixtures("all_blind")
def test_the_feed_serves_nothing_of_a_call_that_is_to_be_marked_blind(
    app: Flask, floor: Floor
) -> None:
    with app.app_context():
        assert len(waiting(floor.claire)) == 5
        check = create_check(floor.call(0), floor.claire.user_id or 0, CheckKind.BLIND)
        assert floor.calls[0] not in {item.call_id for item in waiting(floor.claire)}
        assert len(waiting(floor.thomas)) == 5
        operations.finish_marking(floor.claire, check, 1)
        db.session.commit()
        assert len(waiting(floor.claire)) == 5


@pytest.mark.usefixtures("all_blind")
def test_two_supervisors_and_two_windows_at_once_never_draw_twice(app: Flask, floor: Floor) -> None:
    troubles: list[BaseException] = []
    viewers = [floor.claire, floor.thomas, floor.claire, floor.thomas]
    start = threading.Barrier(len(viewers))

    def _open(viewer: Viewer) -> None:
        try:
            start.wait(30)
            with app.app_context(), write_transaction():
                operations.draw(viewer)
                db.session.commit()
        except BaseException as error:
            troubles.append(error)
            raise

    threads = [threading.Thread(target=_open, args=(viewer,)) for viewer in viewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    with app.app_context():
        drawn = Counter(db.session.scalars(select(Check.call_id)))
        assert drawn == dict.fromkeys(floor.calls, 1)


def test_a_pair_of_calls_in_ten_is_marked_by_two(
    app: Flask, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries.drawing, "blind_holders", lambda *_: 2)
    with app.app_context():
        draw(floor.claire)
        draw(floor.thomas)
        found = select(func.count()).where(Check.kind == CheckKind.BLIND).group_by(Check.call_id)
        assert set(db.session.scalars(found)) == {2}
        assert db.session.scalar(select(func.count()).select_from(Call)) == 5
