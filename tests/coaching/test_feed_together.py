"""Several supervisors at work in the feed at once, on a real database: nothing is served twice."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.models import Call
from callcoach.coaching.models import FeedClaim, FeedOutcome
from callcoach.coaching.operations import feed
from callcoach.errors import Conflict
from callcoach.extensions import db, utc_now, write_transaction
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign
from tests.factories.coaching import create_request
from tests.factories.feed import add_point, create_heard_call

SUPERVISORS = 3
CALLS = 4


@pytest.fixture
def viewers(app: Flask) -> list[Viewer]:
    """Supervisors of one team, whose calls have two flags each."""
    with app.app_context():
        team = create_team()
        campaign = create_campaign(teams=[team])
        agent = create_user(Role.AGENT, [team])
        for number in range(CALLS):
            call = create_heard_call(
                team=team,
                agent=agent,
                campaign=campaign,
                started_at=utc_now() - timedelta(hours=number),
            )
            assert call.current_analysis is not None
            add_point(call.current_analysis)
        people = [create_user(Role.SUPERVISOR, [team]) for _ in range(SUPERVISORS)]
        db.session.commit()
        return [Viewer(user.id, Role.SUPERVISOR, frozenset({team.id})) for user in people]


def _thing(claim: FeedClaim) -> tuple[int | None, int | None]:
    return claim.point_id, claim.request_id


def test_nothing_is_served_twice_to_people_who_ask_at_the_same_time(
    app: Flask, viewers: list[Viewer]
) -> None:
    served: list[tuple[int | None, int | None]] = []
    troubles: list[BaseException] = []
    start = threading.Barrier(len(viewers))

    def listen(viewer: Viewer) -> None:
        try:
            start.wait(30)
            for _round in range(CALLS + 1):
                with app.app_context(), write_transaction():
                    claims = feed.claim_next(viewer, count=2)
                    mine = [_thing(claim) for claim in claims]
                    for claim in claims:
                        feed.finish(viewer, claim, FeedOutcome.CONFIRMED)
                    db.session.commit()
                    served.extend(mine)
        except BaseException as error:
            troubles.append(error)
            raise

    threads = [threading.Thread(target=listen, args=(viewer,)) for viewer in viewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not troubles
    counts = Counter(served)
    assert set(counts.values()) == {1}
    assert len(counts) == 2 * CALLS, "and everything was served"


def test_a_lapsed_claim_is_taken_over_by_one_of_those_who_ask(
    app: Flask, viewers: list[Viewer]
) -> None:
    absent, *others = viewers
    with app.app_context(), write_transaction():
        call = db.session.scalars(select(Call).order_by(Call.id)).first()
        assert call is not None and call.agent is not None
        create_request(call, call.agent)
        long_ago = utc_now() - 2 * feed.LEASE
        left = [
            _thing(claim)
            for _round in range(CALLS)
            for claim in feed.claim_next(absent, count=2, now=long_ago)
        ]
        db.session.commit()
    taken: list[tuple[int | None, int | None]] = []
    troubles: list[BaseException] = []
    start = threading.Barrier(len(others))

    def take(viewer: Viewer) -> None:
        try:
            start.wait(30)
            for _round in range(2 * CALLS + 1):
                with app.app_context(), write_transaction():
                    mine = [_thing(claim) for claim in feed.claim_next(viewer, count=1)]
                    db.session.commit()
                    taken.extend(mine)
        except BaseException as error:
            troubles.append(error)
            raise

    threads = [threading.Thread(target=take, args=(viewer,)) for viewer in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not troubles
    assert Counter(taken) == Counter({*left, *taken}), "each once"
    assert set(left) <= set(taken)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["claim", "renew", "release", "finish", "undo", "wait"]),
        st.integers(0, SUPERVISORS - 1),
        st.integers(1, 70),
    ),
    max_size=25,
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_whatever_they_do_a_moment_has_one_holder_and_is_done_once(
    app: Flask, viewers: list[Viewer], steps: list[tuple[str, int, int]]
) -> None:
    now = utc_now()
    #: As a supervisor sees it: what they were given, and until when it is theirs.
    believed: dict[int, tuple[int, datetime]] = {}
    done: set[int] = set()
    with app.app_context(), write_transaction():
        db.session.execute(delete(FeedClaim))
        db.session.commit()
        for action, who, seconds in steps:
            viewer = viewers[who]
            assert viewer.user_id is not None
            mine = [claim for claim, (holder, _) in believed.items() if holder == viewer.user_id]
            if action == "wait":
                now += timedelta(seconds=seconds)
            elif action == "claim":
                for claim in feed.claim_next(viewer, count=2, now=now):
                    assert claim.id not in done
                    holder, until = believed.get(claim.id, (0, now))
                    assert until <= now, f"{holder} was still listening to {claim.id}"
                    believed[claim.id] = (viewer.user_id, now + feed.LEASE)
            elif action == "renew":
                for number in feed.renew(viewer, mine, now=now):
                    assert number in mine
                    believed[number] = (viewer.user_id, now + feed.LEASE)
            elif action == "release":
                feed.release(viewer, mine, now=now)
                for number in mine:
                    believed[number] = (viewer.user_id, now)
            elif mine:
                claim = db.session.get_one(FeedClaim, mine[seconds % len(mine)])
                if action == "finish":
                    try:
                        feed.finish(viewer, claim, FeedOutcome.CONFIRMED, now=now)
                        done.add(claim.id)
                    except Conflict:
                        raise AssertionError("who believes to hold it, holds it") from None
                else:
                    feed.reopen(viewer, claim, now=now)
                    done.discard(claim.id)
                    believed[claim.id] = (viewer.user_id, now + feed.LEASE)
            db.session.commit()
        rows = db.session.scalars(select(FeedClaim)).all()
        assert {row.id for row in rows if row.done_at is not None} == done
        assert len({_thing(row) for row in rows}) == len(rows)
        calls = db.session.scalars(select(Call.id)).all()
        assert len(calls) == CALLS
