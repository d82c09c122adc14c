"""What a person hears decides: coming back, holding, closing, opening again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from callcoach.calls import operations as calls
from callcoach.calls.operations.judging import verdicts_in_force
from callcoach.coaching.models import Note
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.progress.counting import Saying
from callcoach.progress.models import BeforeAfter, CoachingPeriod, RecheckState
from callcoach.progress.operations import hearing, pairs
from callcoach.progress.queries import rechecks as queries
from tests.coaching.conftest import Desk
from tests.factories.coaching import give_sound
from tests.progress.steps import call_at, followed, listen_of


@pytest.fixture(autouse=True)
def _context(app: Flask):
    with app.app_context():
        yield


def _heard(desk: Desk, recheck, days, heard="held", **values):
    call = call_at(desk, days, **values)
    listen = listen_of(recheck, call)
    hearing.hear(desk.claire, listen, heard)
    db.session.commit()
    db.session.refresh(recheck)
    return listen


def _holding(desk: Desk):
    """Often before, never since, and heard."""
    for day in range(1, 9):
        call_at(desk, -day, flagged=True)
    recheck = followed(desk)
    for day in range(1, 5):
        _heard(desk, recheck, day)
    return recheck


def test_a_detection_alone_says_nothing(desk: Desk):
    recheck = followed(desk)
    for day in range(1, 9):
        call_at(desk, day, flagged=True)
    assert queries.tally_of(recheck).saying is Saying.TOO_EARLY
    with pytest.raises(Conflict):
        hearing.close(desk.claire, recheck, "came_back")


def test_a_silent_detector_does_not_make_it_hold(desk: Desk):
    for day in range(1, 9):
        call_at(desk, -day, flagged=True)
    recheck = followed(desk)
    for day in range(1, 9):
        call_at(desk, day)
    counts = queries.tally_of(recheck)
    assert (counts.before.count, counts.before.total) == (8, 8)
    assert (counts.after.count, counts.after.total, counts.heard.total) == (0, 8, 0)
    assert counts.saying is Saying.TOO_EARLY
    with pytest.raises(Conflict):
        hearing.close(desk.claire, recheck, "held")


def test_it_holds_when_people_heard_it_and_comes_back_when_they_hear_that(desk: Desk):
    recheck = _holding(desk)
    assert queries.tally_of(recheck).saying is Saying.HELD
    hearing.close(desk.claire, recheck, "held")
    db.session.commit()
    assert recheck.closed_by_id == desk.claire.user_id
    back = _heard(desk, recheck, 6, "came_back", flagged=True)
    assert (recheck.state, recheck.reopened, recheck.closed_at) == (RecheckState.RUNNING, 1, None)
    # taken back, it is as it was
    hearing.unhear(desk.claire, back)
    assert (recheck.state, recheck.reopened) == (RecheckState.HELD, 0)
    assert recheck.closed_by_id == desk.claire.user_id


def test_what_held_is_opened_again_by_a_verdict_too(desk: Desk):
    recheck = _holding(desk)
    hearing.close(desk.claire, recheck, "held")
    call = call_at(desk, 6, flagged=True)
    point = call.current_analysis.tipping_points[0]
    calls.judge(desk.thomas, call, point, "confirmed")
    assert recheck.state == RecheckState.RUNNING
    assert queries.tally_of(recheck).saying is Saying.CAME_BACK


def test_what_a_verdict_opened_holds_again_when_the_verdict_goes(desk: Desk):
    recheck = _holding(desk)
    hearing.close(desk.claire, recheck, "held")
    db.session.commit()
    held = (RecheckState.HELD, recheck.closed_at, recheck.closed_by_id, 0)

    def state():
        db.session.commit()
        db.session.refresh(recheck)
        return recheck.state, recheck.closed_at, recheck.closed_by_id, recheck.reopened

    call = call_at(desk, 6, flagged=True)
    point = call.current_analysis.tipping_points[0]
    verdict = calls.judge(desk.thomas, call, point, "confirmed")
    assert state()[0] == RecheckState.RUNNING
    calls.withdraw_verdict(desk.thomas, call, verdict)
    assert state() == held
    # judged otherwise instead of taken back
    calls.judge(desk.thomas, call, point, "confirmed")
    calls.judge(desk.claire, call, point, "rejected")
    assert state() == held
    # it came back on another call too
    calls.judge(desk.thomas, call, point, "confirmed")
    other = _heard(desk, recheck, 7, "came_back")
    calls.withdraw_verdict(desk.thomas, call, verdicts_in_force(call.id)[0])
    assert state()[0] == RecheckState.RUNNING
    hearing.hear(desk.claire, other, "held")
    assert state() == held
    # what somebody decided in between stays
    hearing.hear(desk.claire, other, "came_back")
    db.session.refresh(recheck)
    hearing.close(desk.claire, recheck, "came_back")
    hearing.unhear(desk.claire, other)
    assert state()[0] == RecheckState.CAME_BACK


def test_ending_without_an_answer_and_following_again(desk: Desk):
    recheck = followed(desk)
    hearing.close(desk.claire, recheck, "ended")
    with pytest.raises(Conflict):
        hearing.close(desk.claire, recheck, "ended")
    call_at(desk, 1)
    assert queries.tally_of(recheck).after.total == 0
    hearing.reopen(desk.claire, recheck)
    db.session.refresh(recheck)
    assert queries.tally_of(recheck).after.total == 1
    with pytest.raises(InvalidInput):
        hearing.close(desk.claire, recheck, "running")


def test_a_call_added_by_hand_stands_apart(desk: Desk):
    recheck = followed(desk)
    call = call_at(desk, 1, kind="gatekeeper")
    listen = hearing.add_by_hand(desk.claire, recheck, call)
    assert not listen.is_drawn
    hearing.hear(desk.claire, listen, "held")
    db.session.refresh(recheck)
    counts = queries.tally_of(recheck)
    assert (counts.after.total, counts.heard.total, counts.picked.total) == (0, 0, 1)
    with pytest.raises(Conflict):
        hearing.add_by_hand(desk.claire, recheck, call)
    other = call_at(desk, 1, agent=desk.user("colleague"))
    with pytest.raises(InvalidInput):
        hearing.add_by_hand(desk.claire, recheck, other)
    with pytest.raises(InvalidInput):
        hearing.add_by_hand(desk.claire, recheck, call_at(desk, -1, kind="gatekeeper"))
    hearing.remove_by_hand(desk.claire, listen)
    assert listen_of(recheck, call) is None


def test_what_was_found_comes_first_and_two_a_week_are_drawn(desk: Desk):
    recheck = followed(desk)
    monday = -(recheck.started_at.weekday()) + 7  # the Monday after the note
    quiet = [call_at(desk, monday + 0.1 * n) for n in range(5)]
    found = call_at(desk, monday + 0.9, flagged=True)
    silent = call_at(desk, monday + 0.95, flagged=True)
    for call in (*quiet, found):
        give_sound(call)
    waiting = queries.waiting(desk.claire)
    assert waiting[0].call_id == found.id
    assert len(waiting) == 1 + queries.EARS_A_WEEK
    assert silent.id not in {item.call_id for item in waiting}, "there is nothing to hear"
    # asked again, the lot is the same; one heard is not replaced by another
    assert [i.id for i in queries.waiting(desk.claire)] == [i.id for i in waiting]
    hearing.hear(desk.claire, waiting[1], "held")
    db.session.expire_all()
    assert {i.id for i in queries.waiting(desk.claire)} == {waiting[0].id, waiting[2].id}
    assert [i.id for i in queries.waiting(desk.thomas)] == [
        i.id for i in queries.waiting(desk.claire)
    ]


@pytest.mark.parametrize("who", ["agent", "colleague", "lead", "stranger", "sponsor"])
def test_nobody_else_is_offered_anything(desk: Desk, who):
    recheck = followed(desk)
    give_sound(call_at(desk, 1, flagged=True))
    viewer = getattr(desk, who)
    assert queries.waiting(viewer) == []
    assert queries.list_rechecks(viewer, own=False) == []
    with pytest.raises(NotFound):
        queries.get_recheck(viewer, recheck.id)
    with pytest.raises((NotFound, NotAllowed)):
        hearing.close(viewer, recheck, "ended")


def test_a_note_put_aside_is_not_followed_any_more(desk: Desk):
    recheck = followed(desk)
    give_sound(call_at(desk, 1, flagged=True))
    assert len(queries.waiting(desk.claire)) == 1
    for change in ({"deleted_at": utc_now()}, {"aim": "keep"}, {"visibility": "private"}):
        before = {name: getattr(recheck.note, name) for name in change}
        for name, value in change.items():
            setattr(recheck.note, name, value)
        db.session.flush()
        assert queries.waiting(desk.claire) == []
        assert queries.my_rechecks(desk.agent) == []
        for name, value in before.items():
            setattr(recheck.note, name, value)
        db.session.flush()
    assert len(queries.waiting(desk.claire)) == 1


def test_sound_that_was_deleted_is_not_offered(desk: Desk):
    recheck = followed(desk)
    call = call_at(desk, 1, flagged=True)
    give_sound(call)
    calls.delete_audio(desk.claire, call)
    assert queries.waiting(desk.claire) == []
    assert queries.tally_of(recheck).after.count == 1, "what was found stays counted"


def test_somebody_elses_ear_is_not_taken_back(desk: Desk):
    recheck = followed(desk)
    listen = _heard(desk, recheck, 1)
    with pytest.raises(Conflict):
        hearing.unhear(desk.thomas, listen)
    with pytest.raises(Conflict):
        hearing.hear(desk.thomas, listen, "came_back")
    with pytest.raises(InvalidInput):
        hearing.hear(desk.claire, listen, "better")


def test_the_quota_says_when_an_answer_can_be_expected(desk: Desk):
    for day in range(1, 9):
        call_at(desk, -day, flagged=True)
    recheck = followed(desk)
    found = queries.forecast(recheck)
    assert (found.weekly, found.calls) == (2, 4)
    assert found.weeks == 2
    today = utc_now().date()
    period = CoachingPeriod(
        agent_id=desk.agent.user_id,
        campaign_id=recheck.campaign_id,
        starts_on=today,
        ends_on=today + timedelta(days=13),
        daily_quota=2,
        reason="Ouverture",
    )
    db.session.add(period)
    db.session.commit()
    assert queries.forecast(recheck).weeks == 2, "the agent does not know yet"
    period.told_at = utc_now()
    db.session.commit()
    assert queries.forecast(recheck).weeks == 1


def test_the_pair_is_the_first_success_that_was_heard(desk: Desk):
    recheck = _holding(desk)
    hearing.close(desk.claire, recheck, "held")
    pair = db.session.query(BeforeAfter).one()
    first = min(recheck.listens, key=lambda item: (item.heard_at is None, item.heard_at))
    assert (pair.after_call_id, pair.confirmed_at) == (first.call_id, None)
    assert pair.after_quote == "Je vous propose une démonstration mardi ou jeudi."
    with pytest.raises(NotFound):
        pairs.keep(desk.agent, pair)  # not the agent's before somebody confirms it
    pairs.confirm(desk.claire, pair)
    pairs.offer(desk.agent, pair)
    assert pair.kept_at is not None
    with pytest.raises(Conflict):
        pairs.unconfirm(desk.claire, pair)
    pairs.keep(desk.agent, pair, undo=True)
    assert pair.kept_at is pair.offered_at is None
    pairs.unconfirm(desk.claire, pair)
    for stranger in (desk.colleague, desk.claire):
        with pytest.raises(NotFound):
            pairs.keep(stranger, pair)
    assert db.session.query(Note).count() == 1
