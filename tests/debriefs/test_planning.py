"""Planning debriefs: what is refused, what is told, and that everything can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, Team, User
from callcoach.accounts.queries import viewer_of
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState
from callcoach.debriefs.operations import agenda, forgetting, inviting, planning
from callcoach.debriefs.queries.debriefs import get_led
from callcoach.debriefs.queries.planned import next_planned, overlapping
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import Job
from callcoach.notices.models import Notice
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.debriefs import create_debrief, create_item, create_moment
from tests.factories.drills import create_drill
from tests.factories.progress import create_objective


class Floor:
    """A team of two agents with its supervisor and lead, and somebody of elsewhere."""

    def __init__(self) -> None:
        self.team: Team = create_team()
        self.other: Team = create_team()
        self.claire: User = create_user(Role.SUPERVISOR, [self.team], name="Claire M.")
        self.lead: User = create_user(Role.TEAM_LEAD, [self.team])
        self.hanta: User = create_user(Role.AGENT, [self.team])
        self.patrice: User = create_user(Role.AGENT, [self.team], locale="en")
        self.stranger: User = create_user(Role.AGENT, [self.other])
        self.viewer: Viewer = viewer_of(self.claire)

    def plan(self, **values: object) -> Debrief:
        facts = {
            "title": "Débrief du vendredi",
            "team_ids": [self.team.id],
            "starts_at": utc_now() + timedelta(days=2),
            "timezone": "Europe/Paris",
            **values,
        }
        return planning.create(facts.pop("viewer", self.viewer), **facts)  # type: ignore[arg-type]


def _told(user: User) -> list[str]:
    kinds = select(Notice.kind).where(Notice.user_id == user.id).order_by(Notice.id)
    return list(db.session.scalars(kinds))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": "  "}, "title"),
        ({"starts_at": utc_now() - timedelta(hours=1)}, "starts_at"),
        ({"starts_at": utc_now() + timedelta(days=400)}, "starts_at"),
        ({"minutes": 2}, "minutes"),
        ({"timezone": "Europe/Atlantis"}, "timezone"),
        ({"team_ids": []}, "team_ids"),
        ({"place": "x" * 301}, "place"),
    ],
)
def test_what_cannot_be_planned_says_which_field(
    app: Flask, wrong: dict[str, object], field: str
) -> None:
    with app.app_context():
        with pytest.raises(InvalidInput) as refused:
            Floor().plan(**wrong)
        assert refused.value.values["field"] == field


def test_whom_one_does_not_answer_for_cannot_be_planned_for(app: Flask) -> None:
    with app.app_context():
        floor = Floor()
        empty = create_team()
        with pytest.raises(NotFound):
            floor.plan(team_ids=[floor.team.id, floor.other.id])
        with pytest.raises(NotFound):
            floor.plan(agent_id=floor.stranger.id)
        with pytest.raises(NotAllowed):
            floor.plan(viewer=viewer_of(floor.lead), agent_id=floor.hanta.id)
        with pytest.raises(InvalidInput, match=empty.name):
            floor.plan(viewer=viewer_of(create_user(Role.ADMIN)), team_ids=[empty.id])


def test_a_one_to_one_is_of_the_agents_team_and_not_the_teams_next(app: Flask) -> None:
    with app.app_context():
        floor = Floor()
        alone = floor.plan(team_ids=(), agent_id=floor.hanta.id)
        assert alone.team_ids == {floor.team.id}
        assert next_planned(floor.viewer, floor.team.id) is None
        later = floor.plan(starts_at=utc_now() + timedelta(days=3))
        sooner = floor.plan(starts_at=utc_now() + timedelta(days=1))
        create_debrief([floor.team], floor.claire, "skipped")
        assert next_planned(floor.viewer, floor.team.id) == sooner
        planning.delete(floor.viewer, sooner)
        assert next_planned(floor.viewer, floor.team.id) == later


def test_what_takes_place_at_the_same_time_is_found_but_no_other_one_to_one(app: Flask) -> None:
    with app.app_context():
        floor = Floor()
        start = utc_now() + timedelta(days=2)
        first = floor.plan(starts_at=start, minutes=30)
        host = create_user(Role.SUPERVISOR, [floor.team])
        floor.plan(viewer=viewer_of(host), starts_at=start, agent_id=floor.hanta.id)

        def beside(minutes_later: int) -> list[Debrief]:
            return list(
                overlapping(
                    team_ids=[floor.team.id],
                    agent_id=None,
                    host_id=None,
                    starts_at=start + timedelta(minutes=minutes_later),
                    minutes=30,
                )
            )

        assert beside(29) == beside(-29) == [first]
        assert beside(30) == beside(-30) == []


def test_a_change_based_on_an_older_version_shows_what_stands(app: Flask) -> None:
    with app.app_context():
        floor = Floor()
        debrief = floor.plan()
        seen = debrief.row_version
        planning.change(
            floor.viewer,
            debrief,
            replace(planning.plan_of(debrief), title="Leur titre"),
            based_on=seen,
        )
        with pytest.raises(StaleVersion) as stale:
            planning.move(
                floor.viewer, debrief, debrief.starts_at + timedelta(hours=1), based_on=seen
            )
        assert stale.value.values["theirs"].title == "Leur titre"


def test_those_invited_hear_of_a_move_in_their_language_and_of_its_falling_away(
    app: Flask,
) -> None:
    with app.app_context():
        floor = Floor()
        debrief = floor.plan()
        planning.move(floor.viewer, debrief, debrief.starts_at + timedelta(hours=1), based_on=1)
        assert _told(floor.hanta) == []  # nobody was invited
        assert debrief.sequence == 1
        assert set(inviting.invite(floor.viewer, debrief)) == {floor.hanta, floor.patrice}
        assert inviting.invite(floor.viewer, debrief) == []
        for notice in db.session.scalars(select(Notice).where(Notice.user_id == floor.hanta.id)):
            notice.seen_at = utc_now()
        planning.move(floor.viewer, debrief, debrief.starts_at + timedelta(hours=1), based_on=2)
        # who has not opened the invitation reads the new time in it
        assert _told(floor.hanta) == ["debrief.invited", "debrief.moved"]
        assert _told(floor.patrice) == ["debrief.invited"]
        times = {
            notice.user_id: notice.values["time"]
            for notice in db.session.scalars(select(Notice).where(Notice.seen_at.is_(None)))
        }
        assert " h " in times[floor.hanta.id]
        assert ":" in times[floor.patrice.id]
        planning.skip(floor.viewer, debrief, "Tout le monde est en formation", based_on=3)
        assert _told(floor.patrice) == ["debrief.skipped"]
        planning.reopen(floor.viewer, debrief)
        assert _told(floor.patrice) == ["debrief.invited"]
        assert (debrief.state, debrief.skip_reason) == (DebriefState.PLANNED, "")


def test_skipping_asks_for_a_reason_and_what_is_held_stays(app: Flask) -> None:
    with app.app_context():
        floor = Floor()
        with pytest.raises(InvalidInput):
            planning.skip(floor.viewer, floor.plan(), " ", based_on=1)
        held = create_debrief([floor.team], floor.claire, "done")
        with pytest.raises(Conflict):
            planning.skip(floor.viewer, held, "Trop tard", based_on=held.row_version)
        with pytest.raises(Conflict):
            planning.reopen(floor.viewer, held)
        with pytest.raises(Conflict):
            planning.delete(floor.viewer, held)


def test_what_is_deleted_comes_back_with_its_agenda_or_is_forgotten(app: Flask) -> None:
    with app.app_context():
        floor = Floor()
        debrief = floor.plan()
        item = create_item(debrief)
        planning.delete(floor.viewer, debrief)
        first = debrief.row_version
        assert db.session.scalars(select(Job.subject)).all() == [f"debrief:{debrief.id}:{first}"]
        with pytest.raises(NotFound):
            get_led(floor.viewer, debrief.id)
        planning.restore(floor.viewer, debrief)
        assert get_led(floor.viewer, debrief.id).items == [item]
        planning.delete(floor.viewer, debrief)
        assert not forgetting.forget(debrief.id, first)
        assert forgetting.forget(debrief.id, debrief.row_version)
        assert db.session.scalars(select(Debrief)).all() == []
        assert db.session.scalars(select(AgendaItem)).all() == []


def test_an_agenda_is_not_given_to_the_agents_of_other_teams(app: Flask) -> None:
    with app.app_context():
        floor = Floor()
        admin = viewer_of(create_user(Role.ADMIN))
        call = create_call(team=floor.team, agent=floor.hanta)
        debrief = floor.plan()
        old_drill = create_drill(call)
        old_drill.steps[0].call = None
        objective = create_objective(floor.hanta, call.campaign_id, floor.claire)
        theme = create_item(debrief, title="Les silences")
        moment = create_moment(debrief, call, title="Un moment")
        apart = [
            moment,
            create_item(debrief, "drill", title="Un exercice", drill_id=create_drill(call).id),
            create_item(debrief, "objective", title="Un cap", objective_id=objective.id),
            create_item(debrief, "drill", title="Un ancien", drill_id=old_drill.id),
            # neither its call nor its agent is known any more
            create_moment(debrief, call, title="Un vieux", call_id=None, agent_id=None),
        ]
        elsewhere = replace(planning.plan_of(debrief), team_ids=frozenset({floor.other.id}))
        for item in apart:
            with pytest.raises(Conflict) as refused:
                planning.change(admin, debrief, elsewhere, based_on=debrief.row_version)
            named = str(refused.value)
            assert f"“{item.title}”" in named
            assert theme.title not in named
            assert floor.hanta.name not in named
            assert debrief.team_ids == {floor.team.id}
            agenda.remove_item(admin, item)
        planning.change(admin, debrief, elsewhere, based_on=debrief.row_version)
        assert debrief.items == [theme]
        assert debrief.team_ids == {floor.other.id}
        with pytest.raises(Conflict):  # nor by the way back
            agenda.restore_item(admin, moment)
        both = replace(elsewhere, team_ids=frozenset({floor.team.id, floor.other.id}))
        planning.change(admin, debrief, both, based_on=debrief.row_version)
        assert agenda.restore_item(admin, moment) in debrief.items


def test_what_others_did_meanwhile_counts_not_what_was_read_before(app: Flask) -> None:
    with app.app_context():
        floor = Floor()
        debrief = floor.plan()

        def meanwhile(**values: object) -> None:
            assert debrief.state  # read before
            db.session.execute(
                update(Debrief).values(**values).execution_options(synchronize_session=False)
            )

        later = debrief.starts_at + timedelta(hours=1)
        meanwhile(row_version=2, title="Leur titre")
        with pytest.raises(StaleVersion) as stale:
            planning.move(floor.viewer, debrief, later, based_on=1)
        assert stale.value.values["theirs"].title == "Leur titre"
        meanwhile(row_version=3)
        with pytest.raises(StaleVersion):
            planning.skip(floor.viewer, debrief, "Jour férié", based_on=2)
        meanwhile(state=DebriefState.RUNNING)
        with pytest.raises(Conflict):
            planning.delete(floor.viewer, debrief)
        meanwhile(state=DebriefState.DONE)
        with pytest.raises(Conflict):
            planning.reopen(floor.viewer, debrief)
