"""What was decided is looked for in a team's drawn calls, before and since, and listened to."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent, User
from callcoach.calls.events import details_changed, words_changed
from callcoach.calls.models import Call, CallKind
from callcoach.debriefs.effect_models import Effect, EffectListen
from callcoach.debriefs.effects import DRAWN_A_WEEK, Change, Counted, draw
from callcoach.debriefs.operations import effects
from callcoach.debriefs.queries import effects as queries
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job
from callcoach.progress.counting import Share
from callcoach.progress.models import SignKind
from callcoach.progress.signs import Sign
from tests.calls.conftest import RunJobs
from tests.factories.accounts import create_team
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.debriefs import create_moment

from .conftest import Floor

START = datetime(2026, 9, 7, 9, tzinfo=UTC)
#: Said in every call of `tests.factories.calls`.
SAID = Sign(SignKind.EXPRESSION, "une démonstration mardi")


def test_the_lot_is_bounded_fixed_and_blind_to_order():
    hours = [-40 * 24, *range(-28 * 24, 84 * 24, 12), 84 * 24]
    calls = [(number, START + timedelta(hours=hour)) for number, hour in enumerate(hours)]
    chosen = draw(7, START, calls)
    shuffled = random.Random(3).sample(calls, len(calls))
    assert draw(7, START, shuffled) == chosen
    assert set(draw(8, START, calls)) != set(chosen)
    moments = dict(calls)
    weeks = [(moments[number] - START) // timedelta(weeks=1) for number in chosen]
    assert {week: weeks.count(week) for week in weeks} == dict.fromkeys(range(-4, 12), DRAWN_A_WEEK)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        (Share(1, 10), Share(7, 10), Change.MORE),
        (Share(8, 10), Share(2, 10), Change.LESS),
        (Share(1, 10), Share(2, 9), Change.TOO_EARLY),
        (Share(0, 20), Share(3, 3), Change.TOO_EARLY),  # three calls are luck
        (Share(0, 0), Share(9, 9), Change.TOO_EARLY),  # nothing to compare with
    ],
)
def test_what_the_counts_allow_one_to_say(before: Share, after: Share, change: Change):
    assert Counted(before, after, before, after, 0).change is change


def _at(floor: Floor, days: float, **values: object) -> Call:
    """A target conversation of the team so many days from now."""
    facts = {"team": floor.team, "agent": floor.user("agent"), "campaign": floor.call.campaign}
    moment = utc_now() + timedelta(days=days)
    return create_call(**{**facts, "started_at": moment, **values})  # type: ignore[arg-type]


def _gathered(effect: Effect) -> dict[int, EffectListen]:
    effects.keep(effect, effects.look_at_calls(effect))
    return {listen.call_id: listen for listen in effect.listens}


def test_a_worker_draws_the_teams_conversations_before_and_since(
    app: Flask, floor: Floor, run_jobs: RunJobs
):
    with app.app_context():
        started = utc_now() - timedelta(days=5)
        mine = [_at(floor, -12), _at(floor, -7), _at(floor, -2)]
        shown = _at(floor, -9)
        create_moment(floor.debrief, shown)
        others = [
            shown,  # chosen because the sign is there
            _at(floor, -40),
            _at(floor, -3, kind=CallKind.GATEKEEPER),
            _at(floor, -3, team=create_team()),
            _at(floor, -3, campaign=create_campaign(teams=[floor.team])),
            _at(floor, -3, deleted_at=utc_now()),
        ]
        effect = effects.start(
            floor.claire,
            floor.team_id,
            SAID,
            is_wanted=True,
            campaign_id=floor.campaign_id,
            started_at=started,
        )
        effect_id, wanted = effect.id, {call.id for call in mine}
        assert wanted.isdisjoint({call.id for call in others})
        db.session.commit()
    assert effects.GATHER in run_jobs()
    with app.app_context():
        effect = db.session.get_one(Effect, effect_id)
        rows = {listen.call_id: listen for listen in effect.listens}
        assert set(rows) == wanted
        assert [rows[call_id].is_before for call_id in sorted(wanted)] == [True, True, False]
        assert all(listen.is_detected for listen in rows.values())
        told = queries.summary(effect)
        assert (told.before, told.after) == (Share(2, 2), Share(1, 1))
        assert told.change is Change.TOO_EARLY
        assert told.is_better is None
        drawn = db.session.scalars(select(AccessEvent).where(AccessEvent.action == "effect.drawn"))
        assert [set(event.detail["calls"]) for event in drawn] == [wanted]
        ids = {listen.id for listen in rows.values()}
        assert {listen.id for listen in _gathered(effect).values()} == ids  # twice is once


def test_a_call_that_becomes_ready_is_drawn_and_one_that_was_heard_stays_on_record(
    app: Flask, floor: Floor
):
    with app.app_context():
        effect = effects.start(floor.claire, floor.team_id, SAID, is_wanted=True)
        heard, passed = _at(floor, 1), _at(floor, 1)
        rows = _gathered(effect)
        effects.hear(floor.claire, rows[heard.id], "held")
        db.session.delete(db.session.scalars(select(Job).where(Job.kind == effects.GATHER)).one())
        db.session.commit()
        words_changed(heard)
        asked = db.session.scalars(select(Job).where(Job.kind == effects.GATHER)).all()
        assert [job.subject for job in asked] == [f"effect:{effect.id}"]
        heard.kind = passed.kind = CallKind.WRONG_PERSON
        details_changed(passed)
        rows = _gathered(effect)
        assert set(rows) == {heard.id}
        assert queries.counts_of(effect).after == Share(0, 0)
        assert rows[heard.id].heard == "held"


def test_a_person_has_the_last_word_and_can_take_it_back(app: Flask, floor: Floor):
    with app.app_context():
        effect = effects.start(floor.claire, floor.team_id, SAID, is_wanted=True)
        call, silent = _at(floor, 1), _at(floor, 2)
        rows = _gathered(effect)
        assert queries.counts_of(effect).after == Share(2, 2)
        effects.hear(floor.claire, rows[call.id], "held")
        effects.hear(floor.claire, rows[silent.id], "not_applicable")
        counts = queries.counts_of(effect)
        assert (counts.after, counts.heard_after, counts.unheard) == (Share(0, 1), Share(0, 1), 0)
        effects.unhear(floor.claire, rows[call.id])
        assert queries.counts_of(effect).after == Share(1, 1)
        assert queries.summary(effect, heard_only=True).after == Share(0, 0)
        with pytest.raises(Conflict):
            effects.hear(floor.admin, rows[silent.id], "held")
        with pytest.raises(InvalidInput):
            effects.hear(floor.claire, rows[call.id], "perhaps")
        with pytest.raises(NotAllowed):
            effects.hear(floor.lead, rows[call.id], "held")
        with pytest.raises(NotFound):
            effects.hear(floor.stranger, rows[call.id], "held")
        with pytest.raises(Conflict):
            effects.change_sign(floor.claire, effect, Sign(SignKind.EARS), is_wanted=True)


def test_only_who_leads_the_team_follows_and_only_what_can_be_found(app: Flask, floor: Floor):
    with app.app_context():
        strangers: list[Viewer] = [floor.stranger, floor.agent, floor.sponsor]
        for viewer in strangers:
            with pytest.raises(NotFound):
                effects.start(viewer, floor.team_id, SAID, is_wanted=True)
        with pytest.raises(InvalidInput):
            effects.start(
                floor.claire, floor.team_id, Sign(SignKind.CAUSE, "luck"), is_wanted=False
            )
        with pytest.raises(NotFound):
            elsewhere = create_campaign(teams=[create_team()]).id
            effects.start(floor.claire, floor.team_id, SAID, is_wanted=True, campaign_id=elsewhere)
        effect = effects.start(floor.lead, floor.team_id, SAID, is_wanted=True)
        effects.close(floor.claire, effect)
        late = _at(floor, 1)
        words_changed(late)
        assert effect.closed_at is not None
        effects.reopen(floor.claire, effect)
        assert set(_gathered(effect)) == {late.id}


def test_listening_is_blind_and_goes_on_to_the_next(
    app: Flask, floor: Floor, sign_in: Callable[[User | int], FlaskClient]
):
    with app.app_context():
        floor.call.started_at = utc_now() - timedelta(days=2)
        effect = effects.start(
            floor.claire,
            floor.team_id,
            SAID,
            is_wanted=True,
            started_at=utc_now() - timedelta(days=4),
        )
        rows = _gathered(effect)
        effect_id, listen_id = effect.id, rows[floor.call_id].id
        name = floor.user("agent").name
        db.session.commit()
        assert (
            queries.count_to_hear(floor.claire) == len(queries.to_hear(floor.claire, effect)) == 1
        )
        assert queries.count_to_hear(floor.lead) == queries.count_to_hear(floor.stranger) == 0
    claire = sign_in(floor.ids["claire"])
    assert "/debriefs/effects" in claire.get("/home").get_data(as_text=True)
    listed = claire.get("/debriefs/effects").get_data(as_text=True)
    assert f"/debriefs/effects/calls/{listen_id}" in listed
    page = claire.get(f"/debriefs/effects/calls/{listen_id}").get_data(as_text=True)
    assert "démonstration mardi" in page
    assert name not in page
    kept = claire.post(f"/debriefs/effects/calls/{listen_id}", data={"heard": "came_back"})
    assert kept.location == f"/debriefs/effects/{effect_id}"
    with app.app_context():
        assert db.session.get_one(EffectListen, listen_id).heard == "came_back"
    assert name not in claire.get(kept.location).get_data(as_text=True)
    claire.post(f"/debriefs/effects/calls/{listen_id}/undo")
    with app.app_context():
        assert db.session.get_one(EffectListen, listen_id).heard is None
