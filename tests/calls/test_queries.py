"""What each viewer sees of calls, and how lists are filtered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Team, User
from callcoach.calls import queries
from callcoach.calls.access import can_delete_call, can_edit_call, can_import_into, can_read_call
from callcoach.calls.models import Call, CallKind, CallState, Outcome, TippingPoint
from callcoach.calls.queries import CallFilters
from callcoach.campaigns.models import Campaign
from callcoach.errors import NotFound
from callcoach.extensions import db
from tests.factories.calls import create_call

from .conftest import Floor


@dataclass(frozen=True)
class Calls:
    """Ids: the agent's own, a colleague's without an agent, and one of the other team."""

    own: int
    colleague: int
    foreign: int


@pytest.fixture
def calls(app: Flask, floor: Floor) -> Calls:
    with app.app_context():
        team, other = (
            db.session.get_one(Team, floor.team_id),
            db.session.get_one(Team, floor.other_team_id),
        )
        agent = db.session.get_one(User, floor.agent_id)
        campaign = db.session.get_one(Campaign, floor.campaign_id)
        own = create_call(
            team=team,
            agent=agent,
            campaign=campaign,
            started_at=datetime(2026, 9, 14, 22, 30, tzinfo=UTC),
            company="Ardenne Emballage",
            prospect_phone="+33199001234",
            persona="DAF",
            outcome=Outcome.MEETING,
            duration_ms=90_000,
        )
        colleague = create_call(
            state=CallState.FAILED,
            team=team,
            campaign=campaign,
            started_at=datetime(2026, 9, 16, 8, 0, tzinfo=UTC),
            company="Mécalor 100 % acier",
            kind=CallKind.GATEKEEPER,
        )
        foreign = create_call(
            team=other,
            campaign=db.session.get_one(Campaign, floor.other_campaign_id),
            started_at=datetime(2026, 9, 15, 8, 0, tzinfo=UTC),
            company="Norélia",
        )
        return Calls(own.id, colleague.id, foreign.id)


def _seen(viewer: Viewer, **filters: Any) -> list[int]:
    return [call.id for call in queries.list_calls(viewer, CallFilters(**filters)).items]


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("admin", {"own", "colleague", "foreign"}),
        ("supervisor", {"own", "colleague"}),
        ("team_lead", {"own", "colleague"}),
        ("agent", {"own"}),
        ("other_supervisor", {"foreign"}),
        ("sponsor", set()),
    ],
)
def test_each_role_sees_its_calls_and_no_others(
    app: Flask, floor: Floor, calls: Calls, who: str, names: set[str]
) -> None:
    viewer: Viewer = getattr(floor, who)
    with app.app_context():
        assert set(_seen(viewer)) == {getattr(calls, name) for name in names}
        for name in ("own", "colleague", "foreign"):
            call_id = getattr(calls, name)
            call = db.session.get_one(Call, call_id)
            assert can_read_call(viewer, call) is (name in names), "predicate and query agree"
            if name in names:
                assert queries.get_call(viewer, call_id).id == call_id
            else:
                with pytest.raises(NotFound):
                    queries.get_call(viewer, call_id)


def test_the_system_sees_everything(app: Flask, calls: Calls) -> None:
    with app.app_context():
        assert len(_seen(Viewer.system())) == 3


def test_a_call_that_does_not_exist_is_like_one_out_of_scope(app: Flask, floor: Floor) -> None:
    with app.app_context(), pytest.raises(NotFound):
        queries.get_call(floor.admin, 4711)


def test_a_turn_is_found_only_in_a_call_in_scope(app: Flask, floor: Floor, calls: Calls) -> None:
    with app.app_context():
        analysis = db.session.get_one(Call, calls.foreign).current_analysis
        assert analysis is not None
        turn_id = analysis.turns[0].id
        call, turn = queries.get_turn(floor.other_supervisor, turn_id)
        assert (call.id, turn.id) == (calls.foreign, turn_id)
        with pytest.raises(NotFound):
            queries.get_turn(floor.supervisor, turn_id)


def test_who_may_change_delete_and_import(app: Flask, floor: Floor, calls: Calls) -> None:
    with app.app_context():
        own = db.session.get_one(Call, calls.own)
        rights = {
            who: (
                can_edit_call(getattr(floor, who), own),
                can_delete_call(getattr(floor, who), own),
                can_import_into(getattr(floor, who), floor.team_id),
            )
            for who in ("admin", "supervisor", "team_lead", "agent", "sponsor", "other_supervisor")
        }
    assert rights == {
        "admin": (True, True, True),
        "supervisor": (True, True, True),
        "team_lead": (True, False, True),
        "agent": (False, False, False),
        "sponsor": (False, False, False),
        "other_supervisor": (False, False, False),
    }


def test_agents_never_see_count_or_find_an_unconfirmed_negative_flag(
    app: Flask, floor: Floor, calls: Calls
) -> None:
    with app.app_context():
        call = db.session.get_one(Call, calls.own)
        analysis = call.current_analysis
        assert analysis is not None
        analysis.tipping_points.append(
            TippingPoint(
                turn_index=1,
                channel=0,
                start_ms=3000,
                end_ms=4000,
                valence="positive",
                cause="open_question",
                severity=1,
                confidence=0.8,
                detector="D13",
                evidence=[],
                explanation={"key": "x", "values": {}},
                suggestion={"key": "x", "values": {}},
            )
        )
        db.session.commit()
        shown = {
            who: [point.cause for point in queries.visible_moments(getattr(floor, who), call)]
            for who in ("supervisor", "agent", "sponsor")
        }
        assert shown["agent"] == shown["sponsor"] == ["open_question"]
        assert set(shown["supervisor"]) == {"open_question", "ignored_objection"}
        assert queries.count_tipping_points(floor.supervisor, [call]) == {call.id: (1, 1)}
        assert queries.count_tipping_points(floor.agent, [call]) == {call.id: (0, 1)}
        assert _seen(floor.supervisor, cause="ignored_objection") == [calls.own]
        assert _seen(floor.agent, cause="ignored_objection") == [], "a filter would tell"
        assert _seen(floor.agent, valence="negative") == []
        assert _seen(floor.agent, cause="open_question") == [calls.own]


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["colleague", "foreign", "own"]),
        ({"text": "ardenne"}, ["own"]),
        ({"text": "ardenne norélia"}, []),
        ({"text": "0 %"}, ["colleague"]),
        ({"text": "99001"}, ["own"]),
        ({"text": "hanta"}, ["own"]),
        ({"text": "voltaneo"}, ["foreign"]),
        ({"state": CallState.FAILED}, ["colleague"]),
        ({"kind": CallKind.GATEKEEPER}, ["colleague"]),
        ({"outcome": Outcome.MEETING}, ["own"]),
        ({"persona": "DAF"}, ["own"]),
        ({"min_s": 60.0}, ["own"]),
        ({"max_s": 60.0}, ["colleague", "foreign"]),
        ({"cause": "ignored_objection"}, ["foreign", "own"]),
        ({"cause": "ignored_objection", "valence": "positive"}, []),
        ({"since": date(2026, 9, 16)}, ["colleague"]),
        ({"until": date(2026, 9, 14)}, []),
        ({"since": date(2026, 9, 15), "until": date(2026, 9, 15)}, ["foreign", "own"]),
        ({"until": date(2026, 9, 14), "timezone": "Atlantic/Azores"}, ["own"]),
    ],
)
def test_filters_narrow_the_list_newest_first(
    app: Flask, floor: Floor, calls: Calls, filters: dict[str, Any], names: list[str]
) -> None:
    with app.app_context():
        assert _seen(floor.admin, **filters) == [getattr(calls, name) for name in names]


def test_filters_by_row_narrow_the_list(app: Flask, floor: Floor, calls: Calls) -> None:
    with app.app_context():
        campaign = db.session.get_one(Campaign, floor.other_campaign_id)
        assert _seen(floor.admin, team_id=floor.other_team_id) == [calls.foreign]
        assert _seen(floor.admin, agent_id=floor.agent_id) == [calls.own]
        assert _seen(floor.admin, campaign_id=campaign.id) == [calls.foreign]
        assert _seen(floor.admin, sponsor_id=campaign.sponsor_id) == [calls.foreign]
        assert _seen(floor.supervisor, team_id=floor.other_team_id) == [], "scope comes first"


def test_pages_are_cut_and_bounded(app: Flask, floor: Floor, calls: Calls) -> None:
    with app.app_context():
        first = queries.list_calls(floor.admin, page=1, per_page=2)
        assert ([call.id for call in first.items], first.total, first.page_count) == (
            [calls.colleague, calls.foreign],
            3,
            2,
        )
        last = queries.list_calls(floor.admin, page=99, per_page=2)
        assert ([call.id for call in last.items], last.number) == ([calls.own], 2)
        assert queries.list_calls(floor.sponsor).page_count == 1


def test_choices_come_from_the_viewers_own_calls(app: Flask, floor: Floor, calls: Calls) -> None:
    with app.app_context():
        mine = queries.filter_choices(floor.supervisor)
        assert [team.id for team in mine.teams] == [floor.team_id]
        assert [agent.id for agent in mine.agents] == [floor.agent_id]
        assert [campaign.id for campaign in mine.campaigns] == [floor.campaign_id]
        assert [sponsor.name for sponsor in mine.sponsors] == ["Comptaclair"]
        assert mine.personas == ["DAF"]
        assert queries.filter_choices(floor.sponsor).teams == []


def test_what_an_import_can_say_is_within_the_viewers_teams(app: Flask, floor: Floor) -> None:
    with app.app_context():
        mine = queries.import_choices(floor.team_lead)
        assert [team.id for team in mine.teams] == [floor.team_id]
        assert [agent.id for agent in mine.agents] == [floor.agent_id]
        assert [campaign.id for campaign in mine.campaigns] == [floor.campaign_id]
        assert len(queries.import_choices(floor.admin).teams) == 2
        assert queries.import_choices(floor.agent).teams == []
