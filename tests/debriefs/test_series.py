"""Rituals: planned by themselves, at the same local time, and nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.queries import viewer_of
from callcoach.debriefs.models import Debrief, DebriefSeries, DebriefState
from callcoach.debriefs.operations import inviting, planning
from callcoach.debriefs.operations import series as rituals
from callcoach.debriefs.queries.series import debriefs_of
from callcoach.debriefs.ritual import days_between, moment_of, week_of
from callcoach.errors import Conflict, InvalidInput, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.debriefs import create_item, create_moment, create_series

PARIS = ZoneInfo("Europe/Paris")
_zones = st.sampled_from(
    ["Europe/Paris", "Indian/Antananarivo", "America/New_York", "Africa/Tunis"]
)


def _begin(**values: object) -> tuple[Viewer, DebriefSeries]:
    team = create_team()
    create_user(Role.AGENT, [team])
    viewer = viewer_of(create_user(Role.SUPERVISOR, [team]))
    ritual = rituals.Ritual(
        title="Débrief du vendredi",
        team_ids=frozenset({team.id}),
        weekday=4,
        starts_at_minute=16 * 60,
        minutes=30,
        every_weeks=1,
        timezone="Europe/Paris",
        starts_on=date(2026, 1, 1),
    )
    return viewer, rituals.create(viewer, replace(ritual, **values))  # type: ignore[arg-type]


@given(
    start=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    weekday=st.integers(0, 6),
    every=st.integers(1, 13),
    minute=st.integers(0, 1439),
    zone=_zones,
)
def test_days_keep_their_rhythm_and_local_clocks_their_time(
    start: date, weekday: int, every: int, minute: int, zone: str
) -> None:
    rhythm = DebriefSeries(weekday=weekday, every_weeks=every, starts_on=start)
    days = days_between(rhythm, start - timedelta(days=40), start + timedelta(days=400))
    assert days
    assert all(day >= start and day.weekday() == weekday for day in days)
    weeks = [(week_of(day) - week_of(start)).days // 7 for day in days]
    assert all(week % every == 0 for week in weeks)
    assert all(later - earlier == every for earlier, later in pairwise(weeks))
    for day in days:
        local = moment_of(day, minute, ZoneInfo(zone)).astimezone(ZoneInfo(zone))
        shown = local.hour * 60 + local.minute
        # a minute that clocks leave out when they go forward is the one an hour later
        assert local.date() == day or minute >= 23 * 60
        assert shown in (minute, (minute + 60) % 1440)


def test_the_coming_weeks_are_planned_once_and_follow_the_clock(app: Flask) -> None:
    with app.app_context():
        _, series = _begin()
        planned = debriefs_of(series)
        assert 4 <= len(planned) <= 5
        assert {debrief.host_id for debrief in planned} == {series.host_id}
        now = utc_now()
        assert rituals.plan_ahead(series, now) == []
        rituals.plan_ahead(series, now + timedelta(days=7))
        everything = debriefs_of(series)
        assert {
            debrief.starts_at.astimezone(PARIS).strftime("%a %H:%M") for debrief in everything
        } == {"Fri 16:00"}
        assert len(everything) == len(planned) + 1
        looks = list(db.session.scalars(select(Job.subject).where(Job.kind == rituals.LOOK)))
        assert len(looks) == 1


def test_over_the_end_of_summer_time_it_stays_at_four(app: Flask) -> None:
    with app.app_context():
        team = create_team()
        create_user(Role.AGENT, [team])
        series = create_series([team])
        before = datetime(2026, 10, 12, 8, tzinfo=UTC)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(planning, "utc_now", lambda: before)
            made = rituals.plan_ahead(series, before)
        offsets = {debrief.starts_at.astimezone(PARIS).utcoffset() for debrief in made}
        assert offsets == {timedelta(hours=2), timedelta(hours=1)}
        assert {debrief.starts_at.astimezone(PARIS).hour for debrief in made} == {16}


def test_one_that_is_skipped_moved_or_of_the_ritual_is_not_planned_anew(app: Flask) -> None:
    with app.app_context():
        viewer, series = _begin()
        first, second, *_ = debriefs_of(series)
        planning.skip(viewer, first, "Jour férié", based_on=1)
        planning.move(viewer, second, second.starts_at + timedelta(days=9), based_on=1)
        count = len(debriefs_of(series))
        assert rituals.plan_ahead(series, utc_now()) == []
        with pytest.raises(Conflict):
            planning.delete(viewer, first)
        assert len(debriefs_of(series)) == count


def test_coming_ones_follow_a_change_but_keep_what_was_changed_on_them(app: Flask) -> None:
    with app.app_context():
        viewer, series = _begin()
        second, third, fourth = debriefs_of(series)[1:4]
        moved_to = third.starts_at + timedelta(hours=3)
        planning.move(viewer, third, moved_to, based_on=1)
        planning.change(
            viewer, fourth, replace(planning.plan_of(fourth), title="Bilan du mois"), based_on=1
        )
        inviting.invite(viewer, second)
        ritual = replace(
            rituals.ritual_of(series), weekday=3, starts_at_minute=9 * 60 + 30, title="Le jeudi"
        )
        rituals.change(viewer, series, ritual, based_on=1)
        shown = [
            (debrief.title, debrief.starts_at.astimezone(PARIS).strftime("%a %H:%M"))
            for debrief in (second, fourth)
        ]
        assert shown == [("Le jeudi", "Thu 09:30"), ("Bilan du mois", "Thu 09:30")]
        assert (third.title, third.starts_at) == ("Le jeudi", moved_to)
        assert second.sequence == 1
        weeks = [week_of(debrief.occurs_on) for debrief in debriefs_of(series) if debrief.occurs_on]
        assert len(weeks) == len(set(weeks))
        with pytest.raises(StaleVersion) as stale:
            rituals.change(viewer, series, ritual, based_on=1)
        assert stale.value.values["theirs"].title == "Le jeudi"


def test_coming_ones_keep_their_teams_where_their_agenda_is_for_them_alone(app: Flask) -> None:
    with app.app_context():
        viewer, series = _begin()
        (team_id,) = series.team_ids
        other = create_team()
        agent = create_user(Role.AGENT, [other])
        prepared, themed, empty, *_ = debriefs_of(series)
        moment = create_moment(prepared, create_call(team=series.teams[0].team))
        create_item(themed)
        inviting.invite(viewer, prepared)
        ritual = replace(
            rituals.ritual_of(series), team_ids=frozenset({other.id}), title="Le nouveau"
        )
        admin = viewer_of(create_user(Role.ADMIN))
        rituals.change(admin, series, ritual, based_on=1)
        assert prepared.items == [moment]
        assert [one.team_ids for one in (prepared, themed, empty)] == [
            {team_id},
            {other.id},
            {other.id},
        ]
        assert prepared.title == "Le nouveau"
        assert agent.id not in inviting.invited_ids(prepared)
        assert rituals.apart(series, utc_now()) == [prepared]


def test_one_changed_by_hand_outlives_a_rhythm_that_leaves_it_out(app: Flask) -> None:
    with app.app_context():
        viewer, series = _begin()
        _, moved, named, placed, *_ = planned = list(debriefs_of(series))
        planning.move(viewer, moved, moved.starts_at + timedelta(hours=3), based_on=1)
        for debrief, change in ((named, {"title": "Bilan"}), (placed, {"place": "Salle 2"})):
            plan = replace(planning.plan_of(debrief), **change)  # type: ignore[arg-type]
            planning.change(viewer, debrief, plan, based_on=1)
        by_hand = {moved.id, named.id, placed.id}
        untouched = {debrief.id for debrief in planned} - by_hand
        far = replace(rituals.ritual_of(series), starts_on=(utc_now() + timedelta(weeks=8)).date())
        rituals.change(viewer, series, far, based_on=1)
        left = set(db.session.scalars(select(Debrief.id)))
        assert (left & by_hand, left & untouched) == (by_hand, set())


def test_a_ritual_changed_or_ended_meanwhile_is_read_anew(app: Flask) -> None:
    with app.app_context():
        viewer, series = _begin()
        ritual = replace(rituals.ritual_of(series), title="Le nouveau")
        for values, error in (
            ({"row_version": 2}, StaleVersion),
            ({"archived_at": utc_now()}, Conflict),
        ):
            db.session.execute(
                update(DebriefSeries).values(**values).execution_options(synchronize_session=False)
            )
            with pytest.raises(error):
                rituals.change(viewer, series, ritual, based_on=series.row_version)
        version = series.row_version
        rituals.archive(viewer, series)
        assert series.row_version == version  # ended already


def test_archiving_takes_away_what_nobody_prepared_and_comes_back(app: Flask) -> None:
    with app.app_context():
        viewer, series = _begin()
        planned = debriefs_of(series)
        create_item(planned[1])
        assert rituals.archive(viewer, series) == [planned[1]]
        assert rituals.plan_ahead(series, utc_now()) == []
        states = {debrief.state for debrief in db.session.scalars(select(Debrief))}
        assert states == {DebriefState.PLANNED, DebriefState.DELETED}
        with pytest.raises(Conflict):
            rituals.change(viewer, series, rituals.ritual_of(series), based_on=series.row_version)
        rituals.restore(viewer, series)
        assert debriefs_of(series) == planned


@pytest.mark.parametrize(
    ("field", "value"), [("weekday", 7), ("starts_at_minute", 1440), ("every_weeks", 0)]
)
def test_a_ritual_has_a_day_a_time_and_a_rhythm(app: Flask, field: str, value: int) -> None:
    with app.app_context(), pytest.raises(InvalidInput):
        _begin(**{field: value})
