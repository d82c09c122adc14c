"""Claims of the feed: served once, kept by a lease, finished, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, Team, User
from callcoach.calls.models import AnalysisRun, Call, CallKind, Decision, TippingPoint
from callcoach.calls.operations import judge, withdraw_verdict
from callcoach.coaching.models import FeedClaim, FeedOutcome, ListeningRequest, RequestAnswer
from callcoach.coaching.operations import feed
from callcoach.coaching.operations.requests import answer_request
from callcoach.coaching.queries.feed import (
    FEED_PER_CALL,
    FEED_RUN,
    FEED_WINDOW,
    PASSED_REQUEST_RESTS,
    FeedFilters,
    count_waiting,
    get_claim,
    waiting,
)
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from tests.factories.accounts import create_team, create_user
from tests.factories.coaching import create_note, create_request
from tests.factories.feed import add_point, create_heard_call

NOW = utc_now()


class Floor:
    """Two supervisors of one team, its agent, and a stranger's team."""

    def __init__(self) -> None:
        self.team: Team = create_team(timezone="Indian/Antananarivo")
        self.agent: User = create_user(Role.AGENT, [self.team])
        self.claire = self.viewer(create_user(Role.SUPERVISOR, [self.team], name="Claire"))
        self.thomas = self.viewer(create_user(Role.SUPERVISOR, [self.team], name="Thomas"))
        self.stranger = self.viewer(create_user(Role.SUPERVISOR, [create_team()]))
        self.lead = self.viewer(create_user(Role.TEAM_LEAD, [self.team]))

    def viewer(self, user: User) -> Viewer:
        teams = frozenset(item.team_id for item in user.memberships)
        return Viewer(user.id, Role(user.role), teams)

    def call(self, **values: object) -> Call:
        return create_heard_call(
            team=self.team,
            agent=self.agent,
            **{"started_at": NOW - timedelta(hours=2), **values},
        )


@pytest.fixture
def floor(app: Flask) -> Iterator[Floor]:
    with app.app_context():
        yield Floor()


def point_of(call: Call) -> TippingPoint:
    return _analysis(call).tipping_points[0]


def _analysis(call: Call) -> AnalysisRun:
    return db.session.get_one(AnalysisRun, call.current_analysis_id)


def points_waiting(viewer: Viewer, **values: object) -> list[int]:
    return [item.point_id for item in waiting(viewer, now=NOW, **values)]  # type: ignore[arg-type]


def analyse_again(call: Call, shift_ms: int = 200) -> TippingPoint:
    """A new analysis that finds the same flag a little later."""
    old = _analysis(call)
    run = AnalysisRun(
        call_id=call.id,
        transcript_id=old.transcript_id,
        number=old.number + 1,
        agent_channel=0,
        channels="stereo",
        engine={},
        figures={},
        engagement=[],
    )
    db.session.add(run)
    db.session.flush()
    before = old.tipping_points[0]
    point = add_point(run, start_ms=before.start_ms + shift_ms, end_ms=before.end_ms + shift_ms)
    call.current_analysis_id = run.id
    db.session.commit()
    db.session.refresh(call)
    return point


# What waits


def test_flags_of_playable_target_conversations_wait(floor: Floor) -> None:
    point = point_of(floor.call())
    floor.call(kind=CallKind.GATEKEEPER)
    floor.call(deleted_at=utc_now())
    silent = floor.call()
    assert silent.recording is not None
    silent.recording.playback_id = None
    db.session.commit()
    assert points_waiting(floor.claire) == [point.id]
    assert points_waiting(floor.stranger) == []


def test_only_who_judges_has_a_feed(floor: Floor) -> None:
    with pytest.raises(NotAllowed):
        waiting(floor.lead, now=NOW)
    with pytest.raises(NotAllowed):
        feed.claim_next(floor.lead, now=NOW)


def test_a_judged_flag_waits_no_more_until_the_verdict_is_taken_back(floor: Floor) -> None:
    call = floor.call()
    verdict = judge(floor.thomas, call, point_of(call), Decision.REJECTED)
    assert points_waiting(floor.claire) == []
    withdraw_verdict(floor.thomas, call, verdict)
    assert points_waiting(floor.claire) == [point_of(call).id]


def test_of_one_call_only_the_strongest_enter_also_after_some_were_judged(floor: Floor) -> None:
    call = floor.call()
    assert call.current_analysis is not None
    weak = [add_point(call.current_analysis, severity=1, confidence=0.3) for _ in range(4)]
    strong = [add_point(call.current_analysis, severity=3, confidence=0.9) for _ in range(2)]
    db.session.commit()
    entered = points_waiting(floor.claire)
    assert len(entered) == FEED_PER_CALL
    assert {point.id for point in strong} <= set(entered)
    judge(floor.claire, call, strong[0], Decision.CONFIRMED)
    left = points_waiting(floor.claire)
    assert len(left) == FEED_PER_CALL - 1
    assert not {point.id for point in weak} & set(left)


def test_older_moments_only_fill_a_run_up(floor: Floor) -> None:
    new = [floor.call(started_at=NOW - timedelta(days=1, minutes=n)) for n in range(FEED_RUN - 1)]
    long_ago = NOW - FEED_WINDOW - timedelta(days=30)
    old = [floor.call(started_at=long_ago - timedelta(days=n)) for n in range(3)]
    found = points_waiting(floor.claire)
    assert len(found) == FEED_RUN
    assert found[-1] == point_of(old[0]).id, "the newest of the old ones, and last"
    floor.call(started_at=NOW - timedelta(hours=1))
    assert set(points_waiting(floor.claire)).isdisjoint(point_of(call).id for call in old)
    assert {point_of(call).id for call in new} <= set(points_waiting(floor.claire))


def test_team_and_campaign_narrow_what_waits(floor: Floor) -> None:
    call = floor.call()
    there = FeedFilters(team_id=floor.team.id, campaign_id=call.campaign_id)
    assert count_waiting(floor.claire, there, now=NOW).total == 1
    assert count_waiting(floor.claire, FeedFilters(team_id=987), now=NOW).total == 0
    assert count_waiting(floor.claire, FeedFilters(campaign_id=987), now=NOW).total == 0


def test_open_requests_come_first_and_are_counted_apart(floor: Floor) -> None:
    strong = floor.call()
    asked = floor.call(started_at=NOW - timedelta(days=200), kind=CallKind.GATEKEEPER)
    request = create_request(asked, floor.agent)
    create_request(asked, floor.agent, withdrawn_at=utc_now())
    create_request(asked, floor.agent, answered_at=utc_now(), answer=RequestAnswer.LISTENED)
    found = waiting(floor.claire, now=NOW)
    assert [item.request_id for item in found] == [request.id, 0]
    assert found[1].call_id == strong.id
    count = count_waiting(floor.claire, now=NOW)
    assert (count.total, count.requests) == (2, 1)


# Claims and leases


def test_what_one_holds_the_other_is_not_served(floor: Floor) -> None:
    floor.call()
    floor.call()
    mine = feed.claim_next(floor.claire, count=1, now=NOW)
    theirs = feed.claim_next(floor.thomas, count=2, now=NOW)
    assert len(mine) == 1
    assert len(theirs) == 1
    assert mine[0].point_id != theirs[0].point_id
    assert feed.claim_next(floor.claire, now=NOW) == []


def test_a_claim_lapses_with_its_lease_and_is_taken_over(floor: Floor) -> None:
    floor.call()
    [mine] = feed.claim_next(floor.claire, now=NOW)
    almost = NOW + feed.LEASE - timedelta(seconds=1)
    assert feed.claim_next(floor.thomas, now=almost) == []
    [taken] = feed.claim_next(floor.thomas, now=NOW + feed.LEASE)
    assert taken.id == mine.id
    assert taken.holder_id == floor.thomas.user_id
    with pytest.raises(Conflict):
        feed.finish(floor.claire, mine, FeedOutcome.PASSED, now=NOW + feed.LEASE)
    with pytest.raises(NotFound):
        get_claim(floor.claire, mine.id)


def test_renewing_keeps_a_claim_and_tells_what_was_lost(floor: Floor) -> None:
    floor.call()
    floor.call()
    first, second = feed.claim_next(floor.claire, count=2, now=NOW)
    later = NOW + timedelta(seconds=50)
    assert feed.renew(floor.claire, [first.id], now=later) == [first.id]
    much_later = NOW + timedelta(seconds=100)
    [taken] = feed.claim_next(floor.thomas, count=2, now=much_later)
    assert taken.id == second.id
    assert feed.renew(floor.claire, [first.id, second.id], now=much_later) == [first.id]
    assert feed.renew(floor.thomas, [first.id], now=much_later) == []


def test_a_long_lease_is_not_cut_short_by_the_pages_next_renewal(floor: Floor) -> None:
    floor.call()
    [claim] = feed.claim_next(floor.claire, now=NOW)
    feed.renew(floor.claire, [claim.id], lease=feed.KEPT_LEASE, now=NOW)
    feed.renew(floor.claire, [claim.id], now=NOW + timedelta(seconds=20))
    assert feed.claim_next(floor.thomas, now=NOW + timedelta(minutes=9)) == []
    assert feed.claim_next(floor.thomas, now=NOW + feed.KEPT_LEASE)


def test_letting_go_serves_a_moment_at_once_to_the_next(floor: Floor) -> None:
    floor.call()
    [claim] = feed.claim_next(floor.claire, now=NOW)
    feed.release(floor.thomas, [claim.id], now=NOW)
    assert feed.claim_next(floor.thomas, now=NOW) == [], "only the holder lets go"
    feed.release(floor.claire, [claim.id], now=NOW)
    assert feed.claim_next(floor.thomas, now=NOW) != []


def test_only_a_few_are_served_at_a_time(floor: Floor) -> None:
    with pytest.raises(InvalidInput):
        feed.claim_next(floor.claire, count=feed.MAX_HELD + 1, now=NOW)


def test_a_new_analysis_does_not_serve_a_moment_again(floor: Floor) -> None:
    call = floor.call()
    [claim] = feed.claim_next(floor.claire, now=NOW)
    point = analyse_again(call)
    assert feed.claim_next(floor.thomas, now=NOW) == [], "held under its earlier flag"
    feed.finish(floor.claire, claim, FeedOutcome.PASSED, now=NOW)
    assert points_waiting(floor.thomas) == []
    point.cause = "monologue"
    db.session.commit()
    assert points_waiting(floor.thomas) == [point.id], "another cause is another moment"


# What becomes of a moment


def test_judging_gives_the_verdict_and_finishes_the_claim(floor: Floor) -> None:
    call = floor.call()
    [claim] = feed.claim_next(floor.claire, now=NOW)
    judged = feed.judge_claim(floor.claire, claim, Decision.CONFIRMED)
    assert not judged.is_theirs
    assert point_of(call).verdict_id == judged.verdict.id
    assert claim.outcome == FeedOutcome.CONFIRMED
    assert points_waiting(floor.thomas) == []
    again = feed.judge_claim(floor.claire, claim, Decision.CONFIRMED)
    assert again.verdict.id == judged.verdict.id, "a repeated request changes nothing"


def test_a_lapsed_claim_can_be_finished_while_nobody_took_it(floor: Floor) -> None:
    floor.call()
    [claim] = feed.claim_next(floor.claire, now=NOW)
    feed.judge_claim(floor.claire, claim, Decision.REJECTED, now=NOW + timedelta(hours=1))
    assert claim.outcome == FeedOutcome.REJECTED


def test_who_judged_first_on_the_desk_counts(floor: Floor) -> None:
    call = floor.call()
    [claim] = feed.claim_next(floor.claire, now=NOW)
    theirs = judge(floor.thomas, call, point_of(call), Decision.REJECTED)
    judged = feed.judge_claim(floor.claire, claim, Decision.CONFIRMED)
    assert judged.is_theirs
    assert judged.verdict.id == theirs.id
    assert claim.outcome == FeedOutcome.PASSED
    assert point_of(call).verdict_id == theirs.id


def test_undo_takes_the_verdict_back_and_holds_the_moment_again(floor: Floor) -> None:
    call = floor.call()
    [claim] = feed.claim_next(floor.claire, now=NOW)
    feed.judge_claim(floor.claire, claim, Decision.REJECTED)
    feed.reopen(floor.claire, claim)
    assert point_of(call).verdict_id is None
    assert claim.done_at is None
    assert claim.outcome is None
    assert feed.claim_next(floor.thomas) == []
    feed.reopen(floor.claire, claim)
    assert feed.judge_claim(floor.claire, claim, Decision.CONFIRMED).verdict.decision == "confirmed"


def test_undo_leaves_an_earlier_verdict_of_ones_own_alone(floor: Floor) -> None:
    call = floor.call()
    earlier = judge(floor.claire, call, point_of(call), Decision.CONFIRMED)
    earlier.created_at = NOW - timedelta(days=2)
    claim = FeedClaim(
        call_id=call.id,
        point_id=point_of(call).id,
        channel=0,
        start_ms=12_200,
        end_ms=24_000,
        cause="ignored_objection",
        holder_id=floor.claire.user_id,
        claimed_at=NOW,
        lease_until=NOW + feed.LEASE,
    )
    db.session.add(claim)
    db.session.flush()
    assert feed.judge_claim(floor.claire, claim, Decision.CONFIRMED).verdict.id == earlier.id
    feed.reopen(floor.claire, claim)
    db.session.refresh(earlier)
    assert earlier.withdrawn_at is None


def test_a_note_finishes_the_claim_and_undo_makes_it_a_draft_again(floor: Floor) -> None:
    call = floor.call()
    [claim] = feed.claim_next(floor.claire, now=NOW)
    author = db.session.get_one(User, floor.claire.user_id)
    note = create_note(call, author, point=point_of(call))
    feed.note_claim(floor.claire, claim, note)
    assert claim.outcome == FeedOutcome.NOTED
    feed.reopen(floor.claire, claim)
    assert note.is_draft
    assert claim.done_at is None


def test_a_note_the_agent_has_read_cannot_be_undone(floor: Floor) -> None:
    call = floor.call()
    [claim] = feed.claim_next(floor.claire, now=NOW)
    author = db.session.get_one(User, floor.claire.user_id)
    note = create_note(call, author, point=point_of(call), read_at=utc_now())
    feed.note_claim(floor.claire, claim, note)
    with pytest.raises(Conflict):
        feed.reopen(floor.claire, claim)


def test_a_draft_or_somebody_elses_note_finishes_nothing(floor: Floor) -> None:
    call = floor.call()
    [claim] = feed.claim_next(floor.claire, now=NOW)
    claire = db.session.get_one(User, floor.claire.user_id)
    thomas = db.session.get_one(User, floor.thomas.user_id)
    for note in (
        create_note(call, claire, sent=False),
        create_note(call, thomas),
        create_note(floor.call(), claire),
    ):
        with pytest.raises(NotFound):
            feed.note_claim(floor.claire, claim, note)
    assert claim.done_at is None


def test_a_nameless_outcome_is_refused(floor: Floor) -> None:
    floor.call()
    [claim] = feed.claim_next(floor.claire, now=NOW)
    with pytest.raises(InvalidInput):
        feed.finish(floor.claire, claim, "liked")


# Requests


def asked(floor: Floor) -> tuple[FeedClaim, ListeningRequest]:
    request = create_request(floor.call(), floor.agent)
    [claim] = feed.claim_next(floor.claire, now=NOW)
    return claim, request


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (RequestAnswer.TURNS_HERE, FeedOutcome.CONFIRMED),
        (RequestAnswer.NOT_HERE, FeedOutcome.REJECTED),
        (RequestAnswer.LISTENED, FeedOutcome.ANSWERED),
    ],
)
def test_a_request_is_answered_once_and_reopened_by_undo(
    floor: Floor, answer: RequestAnswer, outcome: FeedOutcome
) -> None:
    claim, request = asked(floor)
    assert claim.request_id == request.id
    feed.answer_claim(floor.claire, claim, answer, text="Oui, sur le prix.")
    assert (request.answer, request.answer_text) == (answer, "Oui, sur le prix.")
    assert claim.outcome == outcome
    assert request.id not in {item.request_id for item in waiting(floor.thomas)}
    feed.reopen(floor.claire, claim)
    assert request.answer is None
    assert feed.claim_next(floor.thomas)[0].request_id is None, "held again by who undid"


def test_a_request_answered_on_its_call_in_between_is_left_as_it_is(floor: Floor) -> None:
    claim, request = asked(floor)
    request.answer, request.answered_at = RequestAnswer.LISTENED, utc_now()
    request.answered_by_id = floor.thomas.user_id
    db.session.flush()
    assert feed.answer_claim(floor.claire, claim, RequestAnswer.NOT_HERE) is None
    assert request.answer == RequestAnswer.LISTENED
    assert claim.outcome == FeedOutcome.PASSED


def test_a_note_answers_a_request(floor: Floor) -> None:
    claim, request = asked(floor)
    author = db.session.get_one(User, floor.claire.user_id)
    note = create_note(claim.call, author)
    feed.note_claim(floor.claire, claim, note)
    assert (request.answer, request.note_id) == (RequestAnswer.NOTED, note.id)
    feed.reopen(floor.claire, claim)
    assert request.answer is None
    assert note.is_draft


def test_a_passed_request_waits_for_colleagues_and_later_for_the_same_person(floor: Floor) -> None:
    claim, request = asked(floor)
    feed.finish(floor.claire, claim, FeedOutcome.PASSED, now=NOW)
    mine = {item.request_id for item in waiting(floor.claire, now=NOW)}
    theirs = {item.request_id for item in waiting(floor.thomas, now=NOW)}
    tomorrow = NOW + PASSED_REQUEST_RESTS + timedelta(seconds=1)
    assert request.id not in mine
    assert request.id in theirs
    assert request.id in {item.request_id for item in waiting(floor.claire, now=tomorrow)}
    [again] = feed.claim_next(floor.thomas, now=NOW)
    assert again.id == claim.id
    assert again.outcome is None


def test_requests_are_answered_and_flags_judged(floor: Floor) -> None:
    claim, _request = asked(floor)
    with pytest.raises(InvalidInput):
        feed.judge_claim(floor.claire, claim, Decision.CONFIRMED)
    [flagged] = feed.claim_next(floor.thomas, now=NOW)
    with pytest.raises(InvalidInput):
        feed.answer_claim(floor.thomas, flagged, RequestAnswer.LISTENED)


def test_there_is_one_claim_for_each_thing(floor: Floor) -> None:
    floor.call()
    for turn in range(5):
        [_claim] = feed.claim_next(floor.claire, now=NOW + turn * feed.LEASE)
    assert len(db.session.scalars(select(FeedClaim)).all()) == 1


def test_a_colleague_s_verdict_on_a_new_analysis_is_not_overruled(floor: Floor) -> None:
    """The served flag is of an analysis that another has replaced since."""
    call = floor.call()
    (claim,) = feed.claim_next(floor.claire)
    old = point_of(call)
    before = _analysis(call)
    new = AnalysisRun(
        call_id=call.id,
        transcript_id=before.transcript_id,
        number=before.number + 1,
        agent_channel=before.agent_channel,
        channels=before.channels,
        engine=before.engine,
        figures={},
        engagement=[],
    )
    db.session.add(new)
    db.session.flush()
    place = {name: getattr(old, name) for name in ("channel", "start_ms", "end_ms", "cause")}
    again = add_point(new, **place)
    call.current_analysis_id = new.id
    db.session.commit()
    theirs = judge(floor.thomas, call, again, Decision.REJECTED)
    db.session.commit()
    for decision in (Decision.CONFIRMED, Decision.REJECTED):
        told = feed.judge_claim(floor.claire, claim, decision)
        assert (told.is_theirs, told.verdict.id) == (True, theirs.id)
        assert claim.outcome == FeedOutcome.PASSED
        assert theirs.withdrawn_at is None


def test_undoing_a_pass_leaves_an_answer_given_since(floor: Floor) -> None:
    claim, request = asked(floor)
    feed.finish(floor.claire, claim, FeedOutcome.PASSED)
    answer_request(floor.claire, request, RequestAnswer.TURNS_HERE)
    feed.reopen(floor.claire, claim)
    assert request.answer == RequestAnswer.TURNS_HERE
