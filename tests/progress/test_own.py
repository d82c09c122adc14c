"""An agent's own page, what they are asked, and who needs time freed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from callcoach.accounts.access_log import record
from callcoach.accounts.models import Membership
from callcoach.coaching import sharing as note_sharing
from callcoach.drills import sharing as drill_sharing
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice
from callcoach.progress import own_presenters as presenters
from callcoach.progress import sharing
from callcoach.progress.models import RecheckState
from callcoach.progress.operations import consents, objectives, periods
from callcoach.progress.operations.objectives import Aim
from callcoach.progress.queries import floor, people, rechecks
from tests.coaching.conftest import Desk
from tests.factories.coaching import create_note, create_request
from tests.factories.drills import create_drill, give
from tests.factories.progress import create_consent, create_objective, create_period
from tests.progress.steps import call_at, followed


@pytest.fixture(autouse=True)
def _context(app: Flask):
    with app.test_request_context():
        yield


def _aim(**values):
    today = utc_now().date()
    days = {"starts_on": today - timedelta(days=20), "ends_on": today + timedelta(days=7)}
    given = {"measure": "", "subject": "", "bound": None, "is_upper": False, **days, **values}
    return Aim(text="Une question ouverte", **given)


def _days(first: int, last: int):
    today = utc_now().date()
    return {
        "starts_on": today + timedelta(days=first),
        "ends_on": today + timedelta(days=last),
        "daily_quota": 2,
        "reason": "Nouvelle accroche",
    }


def _notices(desk: Desk, who: str, kind: str) -> int:
    statement = select(Notice).where(Notice.user_id == desk.ids[who], Notice.kind == kind)
    return len(db.session.scalars(statement.where(Notice.seen_at.is_(None))).all())


def test_a_period_is_told_before_it_begins(desk: Desk):
    period = periods.announce(desk.claire, desk.call.campaign, [desk.ids["agent"]], **_days(1, 5))[
        0
    ]
    inside = period.starts_on + timedelta(days=1)
    assert _notices(desk, "agent", "progress.period") == 1
    assert not periods.is_running(period, inside), "nobody was told yet"
    periods.mark_told(desk.agent)
    assert periods.is_running(period, inside)
    assert not periods.is_running(period, utc_now().date())
    assert not periods.is_running(period, period.ends_on + timedelta(days=1))
    assert _notices(desk, "agent", "progress.period") == 0
    periods.cancel(desk.claire, period)
    assert not periods.is_running(period, inside)
    periods.cancel(desk.claire, period, undo=True)
    assert periods.is_running(period, inside)


def test_a_period_told_late_begins_late(desk: Desk):
    agent, claire = desk.user("agent"), desk.user("claire")
    today = utc_now().date()
    past = {"starts_on": today - timedelta(days=3), "told_at": utc_now()}
    period = create_period(agent, desk.call.campaign_id, claire, **past)
    assert not periods.is_running(period, today - timedelta(days=1))
    assert periods.is_running(period, today)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"starts_on": utc_now().date()}, InvalidInput),
        ({"ends_on": utc_now().date() + timedelta(days=60)}, InvalidInput),
        ({"ends_on": None}, InvalidInput),
        ({"daily_quota": 0}, InvalidInput),
        ({"daily_quota": 50}, InvalidInput),
        ({"reason": "  "}, InvalidInput),
    ],
)
def test_a_period_needs_days_a_quota_and_a_reason(desk: Desk, change, error):
    values = {**_days(1, 5), **change}
    with pytest.raises(error):
        periods.announce(desk.claire, desk.call.campaign, [desk.ids["agent"]], **values)


def test_a_period_is_for_the_own_agents_and_once_in_its_days(desk: Desk):
    campaign = desk.call.campaign
    with pytest.raises(NotFound):
        periods.announce(desk.stranger, campaign, [desk.ids["agent"]], **_days(1, 5))
    with pytest.raises(NotFound):
        periods.announce(desk.lead, campaign, [desk.ids["agent"]], **_days(1, 5))
    periods.announce(desk.claire, campaign, [desk.ids["agent"]], **_days(1, 5))
    with pytest.raises(Conflict):
        periods.announce(desk.thomas, campaign, [desk.ids["agent"]], **_days(5, 8))


def test_colleagues_hear_a_moment_only_with_the_agents_yes(desk: Desk):
    call = desk.call
    asked = consents.ask(desk.claire, call, 4000, 20_000)
    assert consents.ask(desk.thomas, call, 4000, 20_000).id == asked.id
    assert _notices(desk, "agent", "progress.consent") == 1
    inside = (call, 5000, 15_000)
    assert not sharing.may_hear(desk.colleague, *inside)
    with pytest.raises(NotFound):
        consents.answer(desk.colleague, asked, is_yes=True)
    consents.answer(desk.agent, asked, is_yes=True)
    assert sharing.may_hear(desk.colleague, *inside)
    assert drill_sharing.may_hear(desk.colleague, *inside)
    assert not sharing.may_hear(desk.colleague, call, 0, 15_000), "more than was agreed to"
    assert not sharing.may_hear(desk.stranger, *inside)
    assert not sharing.may_hear(desk.sponsor, *inside)
    consents.withdraw(desk.agent, asked)
    assert not sharing.may_hear(desk.colleague, *inside)
    assert not drill_sharing.may_hear(desk.colleague, *inside)
    with pytest.raises(Conflict):
        consents.ask(desk.claire, call, 4000, 20_000)


def test_a_yes_ends_when_the_agent_leaves_the_team_or_the_campaign_says_no(desk: Desk):
    call = desk.call
    create_consent(call, desk.user("claire"), given_at=utc_now())
    inside = (call, 5000, 15_000)
    assert sharing.may_hear(desk.colleague, *inside)
    call.campaign.agent_audio = "text_only"
    assert not sharing.may_hear(desk.colleague, *inside)
    call.campaign.agent_audio = "yes"
    db.session.query(Membership).filter_by(user_id=desk.ids["agent"]).delete()
    db.session.flush()
    assert not sharing.may_hear(desk.colleague, *inside)


def test_a_note_is_heard_by_colleagues_with_the_yes_alone(desk: Desk):
    note = create_note(desk.call, desk.user("claire"), aim="keep", visibility="team")
    assert not note_sharing.may_hear(desk.colleague, note)
    create_consent(desk.call, desk.user("claire"), given_at=utc_now())
    assert note_sharing.may_hear(desk.colleague, note)


def test_only_judges_ask_and_never_for_too_much(desk: Desk):
    for viewer in (desk.lead, desk.agent, desk.colleague, desk.stranger):
        with pytest.raises((NotAllowed, NotFound)):
            consents.ask(viewer, desk.call, 4000, 20_000)
    with pytest.raises(InvalidInput):
        consents.ask(desk.claire, desk.call, 20_000, 20_000)


def test_an_objective_is_one_when_both_agree(desk: Desk):
    agent = desk.user("agent")
    found = objectives.propose(desk.claire, agent, desk.call.campaign_id, _aim())
    assert (found.agreed_at, _notices(desk, "agent", "progress.objective")) == (None, 1)
    objectives.counter(desk.agent, found, "Plutôt une par appel", based_on=1)
    assert found.agreed_at is None
    assert _notices(desk, "claire", "progress.objective_answered") == 1
    with pytest.raises(StaleVersion):
        objectives.adjust(desk.claire, found, _aim(), based_on=1)
    objectives.adjust(desk.claire, found, _aim(measure="drills", bound=2.0), based_on=2)
    with pytest.raises(StaleVersion):
        objectives.agree(desk.agent, found, based_on=1)  # read before it was adjusted
    with pytest.raises(NotFound):
        objectives.agree(desk.colleague, found, based_on=3)
    objectives.agree(desk.agent, found, based_on=3)
    assert found.agreed_at is not None
    with pytest.raises(InvalidInput):
        objectives.close(desk.claire, found, "reached", "", based_on=4)
    objectives.close(desk.claire, found, "reached", "Bravo", based_on=4)
    with pytest.raises(Conflict):
        objectives.adjust(desk.claire, found, _aim(), based_on=5)
    objectives.reopen(desk.claire, found)
    assert (found.closed_at, found.agreed_at is None) == (None, False)


def test_a_proposal_can_be_taken_back_until_it_is_answered(desk: Desk):
    agent = desk.user("agent")
    found = objectives.propose(desk.claire, agent, desk.call.campaign_id, _aim())
    objectives.withdraw(desk.claire, found)
    assert people.own_page(desk.agent).objectives == []
    assert _notices(desk, "agent", "progress.objective") == 0
    found = objectives.propose(desk.claire, agent, desk.call.campaign_id, _aim())
    objectives.agree(desk.agent, found, based_on=1)
    with pytest.raises(Conflict):
        objectives.withdraw(desk.claire, found)


@pytest.mark.parametrize(
    "change",
    [
        {"measure": "stress", "bound": 1.0},
        {"measure": "cause", "subject": "tired", "bound": 1.0},
        {"measure": "figure", "subject": "tone", "bound": 1.0},
        {"measure": "drills"},
        {"measure": "drills", "bound": -1.0},
        {"ends_on": None},
    ],
)
def test_an_objective_counts_only_what_can_be_counted(desk: Desk, change):
    with pytest.raises(InvalidInput):
        objectives.propose(desk.claire, desk.user("agent"), desk.call.campaign_id, _aim(**change))


def test_objectives_are_counted_in_their_days(desk: Desk):
    agent, claire = desk.user("agent"), desk.user("claire")
    first, second = call_at(desk, 1), call_at(desk, 2)
    call_at(desk, -40)
    for call, value in ((first, 4.0), (second, 2.0)):
        figures = {"agent_questions": {"value": value, "unit": "count", "reason": None}}
        call.current_analysis.figures = figures
    drill = create_drill(desk.call, claire)
    give(agent, drill, claire, done_at=utc_now() - timedelta(days=1))
    give(agent, drill, claire, done_at=utc_now() - timedelta(days=50))
    today = utc_now().date()
    days = {"starts_on": today - timedelta(days=20), "ends_on": today, "agreed_at": utc_now()}

    def counted(**values):
        made = create_objective(agent, desk.call.campaign_id, claire, **days, **values)
        return people.measured(made)

    assert counted(measure="calls", bound=5).value == 2
    assert counted(measure="drills", bound=5).value == 1
    found = counted(measure="figure", subject="agent_questions", bound=3)
    assert (found.value, found.total) == (3.0, 2)
    # a flag that nobody confirmed is no figure about anybody
    found = counted(measure="cause", subject="ignored_objection", bound=1)
    assert (found.value, found.total) == (0, 2)
    assert counted().value is None


def test_a_figure_about_a_person_goes_to_that_person_first(desk: Desk):
    recheck = followed(desk)
    recheck.state, recheck.closed_at = RecheckState.HELD, utc_now() - timedelta(hours=2)
    db.session.commit()
    assert [item.id for item in people.own_page(desk.agent).held] == [recheck.id]
    assert people.page_of(desk.claire, desk.ids["agent"]).held == []
    # the agent opened it
    opened = {"subject_kind": "user", "subject_id": desk.ids["agent"]}
    record(desk.claire.user_id, "progress.opened", **opened)
    assert people.page_of(desk.claire, desk.ids["agent"]).held == []
    record(desk.ids["agent"], "progress.opened", **opened)
    db.session.flush()
    assert len(people.page_of(desk.claire, desk.ids["agent"]).held) == 1


def test_after_a_day_the_supervisor_has_it_too_and_after_a_month_it_is_not_new(desk: Desk):
    recheck = followed(desk)
    recheck.state, recheck.closed_at = RecheckState.HELD, utc_now() - timedelta(hours=25)
    db.session.commit()
    assert len(people.page_of(desk.claire, desk.ids["agent"]).held) == 1
    recheck.closed_at = utc_now() - timedelta(days=40)
    own = people.own_page(desk.agent)
    assert (len(own.held), len(own.held_longer)) == (0, 1)


@pytest.mark.parametrize("who", ["lead", "stranger", "sponsor", "colleague", "agent"])
def test_an_agents_page_is_for_who_coaches_them(desk: Desk, who):
    with pytest.raises(NotFound):
        people.page_of(getattr(desk, who), desk.ids["agent"])


def test_weeks_show_whether_and_never_how_much(desk: Desk):
    for _ in range(5):
        call_at(desk, 0)
    call_at(desk, -14)
    constancy = people.own_page(desk.agent).constancy
    assert sum(week.is_on for week in constancy.calls) == 2
    assert constancy.weeks_with_something == 2
    assert not any(week.is_on for week in constancy.drills)
    view = presenters.own_view(desk.agent, people.own_page(desk.agent))
    assert view.weeks[0].words.startswith("2")


def test_the_agent_reads_only_what_somebody_heard(desk: Desk):
    from callcoach.progress.presenters import my_became

    followed(desk)
    for day in range(1, 4):
        call_at(desk, day, flagged=True)
    shown = my_became(rechecks.my_rechecks(desk.agent)[0])
    assert shown.detail == ()
    assert shown.to_hear == 0
    assert "3" not in shown.counts


def test_the_floor_plans_time_and_sees_nothing_else(desk: Desk):
    claire = desk.user("claire")
    old = {"sent_at": utc_now() - timedelta(days=2)}
    create_note(desk.call, claire, visibility="private", **old)
    create_note(desk.call, claire, visibility="named", **old)
    create_note(desk.call, claire, sent_at=utc_now())
    assert floor.needs(desk.lead) == []
    create_note(desk.call, claire, **old)
    drill = create_drill(desk.call, claire)
    today = utc_now().date()
    give(desk.user("colleague"), drill, claire, due_on=today + timedelta(days=2))
    give(desk.user("colleague"), drill, claire, due_on=today + timedelta(days=30))
    found = floor.needs(desk.lead)
    assert [item.agent.name for item in found] == ["Hanta R.", "Patrice"]
    assert found[0].notes_since is not None
    assert [due for _title, due in found[1].drills] == [today + timedelta(days=2)]
    assert floor.needs(desk.stranger) == []
    for nobody in (desk.agent, desk.sponsor):
        with pytest.raises(NotFound):
            floor.needs(nobody)


def test_the_floors_page_says_no_word_of_a_note(desk: Desk, sign_in):
    words = {"hears": "Motsecret", "instead": "Motsecret", "quote": "Motsecret"}
    old = utc_now() - timedelta(days=2)
    create_note(desk.call, desk.user("claire"), sent_at=old, **words)
    create_request(desk.call, desk.user("agent"), text="Écoutez la fin ?")
    page = sign_in(desk.ids["lead"]).get("/progress/floor")
    assert page.status_code == 200
    assert "Hanta R." in page.text
    assert "Écoutez la fin ?" in page.text
    assert "Motsecret" not in page.text
    assert "ignored_objection" not in page.text
