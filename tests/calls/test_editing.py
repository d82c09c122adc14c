"""What people change on calls, and what they may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent, Role, Team, User
from callcoach.calls import operations, queries
from callcoach.calls.mapping import shown_turns
from callcoach.calls.models import AnalysisRun, Call, CallState, Turn
from callcoach.calls.subjects import ANALYSE
from callcoach.campaigns.models import Campaign
from callcoach.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db
from callcoach.jobs.models import Job
from tests.factories.accounts import create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign

from .conftest import Floor


@pytest.fixture
def call_id(app: Flask, floor: Floor) -> int:
    with app.app_context():
        return create_call(
            team=db.session.get_one(Team, floor.team_id),
            agent=db.session.get_one(User, floor.agent_id),
            campaign=db.session.get_one(Campaign, floor.campaign_id),
        ).id


def _call(call_id: int) -> Call:
    return db.session.get_one(Call, call_id, populate_existing=True)


def _turn(call: Call, index: int = 1) -> Turn:
    assert call.current_analysis is not None
    return call.current_analysis.turns[index]


def test_metadata_are_changed_and_cleaned(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        call = operations.edit_call(
            floor.supervisor,
            _call(call_id),
            {
                "prospect_name": "  M.  Kervella ",
                "prospect_phone": "02 61 91 04 55",
                "outcome": "refus",
                "direction": "inbound",
            },
        )
        db.session.commit()
        assert (call.prospect_name, call.prospect_phone) == ("M. Kervella", "+33261910455")
        assert (call.outcome, call.direction) == ("refusal", "inbound")
        event = db.session.scalars(select(AccessEvent)).one()
        assert (event.action, event.actor_id) == ("call.edited", floor.supervisor.user_id)
        assert db.session.scalars(select(Job)).all() == [], "nothing to analyse again"


def test_saying_gatekeeper_as_an_outcome_sets_the_kind(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        call = operations.edit_call(floor.supervisor, _call(call_id), {"outcome": "gatekeeper"})
        assert (call.kind, call.outcome) == ("gatekeeper", "none")


def test_another_persona_starts_the_analysis_again(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        call = operations.edit_call(floor.supervisor, _call(call_id), {"persona": "DSI"})
        db.session.commit()
        assert [job.kind for job in db.session.scalars(select(Job))] == [ANALYSE]
        assert call.state == CallState.ANALYSING


@pytest.mark.parametrize(
    "changes",
    [
        {"prospect_phone": "ring ring"},
        {"outcome": "sold"},
        {"kind": "boss"},
        {"direction": "sideways"},
        {"company": "x" * 500},
        {"agent_id": 4711},
        {"campaign_id": 4711},
    ],
)
def test_what_makes_no_sense_is_refused(
    app: Flask, floor: Floor, call_id: int, changes: Any
) -> None:
    with app.app_context(), pytest.raises(InvalidInput):
        operations.edit_call(floor.supervisor, _call(call_id), changes)


def test_agent_and_campaign_must_be_of_the_calls_team(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        other = db.session.get_one(Team, floor.other_team_id)
        stranger = create_user(Role.AGENT, teams=[other])
        for changes in (
            {"agent_id": stranger.id},
            {"agent_id": floor.supervisor.user_id},
            {"campaign_id": floor.other_campaign_id},
        ):
            with pytest.raises(InvalidInput):
                operations.edit_call(floor.supervisor, _call(call_id), changes)  # type: ignore[arg-type]
        team = db.session.get_one(Team, floor.team_id)
        colleague, campaign = create_user(Role.AGENT, teams=[team]), create_campaign(teams=[team])
        call = operations.edit_call(
            floor.supervisor,
            _call(call_id),
            {"agent_id": colleague.id, "campaign_id": campaign.id},
        )
        assert (call.agent_id, call.campaign_id) == (colleague.id, campaign.id)


Act = Callable[[Viewer, Call], object]


@pytest.mark.parametrize(
    "act",
    [
        lambda viewer, call: operations.edit_call(viewer, call, {"company": "x"}),
        lambda viewer, call: operations.swap_channels(viewer, call),
        lambda viewer, call: operations.correct_turn(viewer, call, _turn(call), "x", based_on=0),
    ],
)
def test_strangers_find_nothing_and_agents_may_not(
    app: Flask, floor: Floor, call_id: int, act: Act
) -> None:
    with app.app_context():
        for viewer in (floor.other_supervisor, floor.sponsor):
            with pytest.raises(NotFound):
                act(viewer, _call(call_id))
        with pytest.raises(NotAllowed):
            act(floor.agent, _call(call_id))
        act(floor.team_lead, _call(call_id))


def test_channels_are_swapped_as_they_are_shown(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        call = _call(call_id)
        call.agent_channel = "auto"
        assert operations.swap_channels(floor.supervisor, call).agent_channel == "right"
        assert operations.swap_channels(floor.supervisor, call).agent_channel == "left"
        assert len(db.session.scalars(select(Job)).all()) == 1, "one live job, however often"


def test_a_mixed_recording_has_nothing_to_swap(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        call = _call(call_id)
        call.agent_channel = "mixed"
        with pytest.raises(InvalidInput, match="one channel"):
            operations.swap_channels(floor.supervisor, call)


def test_a_corrected_turn_shows_the_correction_and_keeps_the_words(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        call = _call(call_id)
        recognised = _turn(call).text
        correction = operations.correct_turn(
            floor.supervisor, call, _turn(call), " Bonjour  Madame. ", based_on=0
        )
        db.session.commit()
        shown = queries.turns_of(_call(call_id))[1]
        assert (shown.text, shown.recognised_text) == ("Bonjour Madame.", recognised)
        assert shown.is_corrected
        assert shown.correction_id == correction.id
        assert "".join(word[0] for word in shown.words).strip() == recognised
        assert [turn.is_corrected for turn in queries.turns_of(_call(call_id))].count(True) == 1


def test_a_correction_over_a_newer_one_is_refused_and_shows_it(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        call = _call(call_id)
        first = operations.correct_turn(floor.supervisor, call, _turn(call), "première", based_on=0)
        with pytest.raises(StaleVersion) as caught:
            operations.correct_turn(floor.team_lead, call, _turn(call), "autre", based_on=0)
        assert caught.value.values["theirs"] == "première"
        operations.correct_turn(floor.team_lead, call, _turn(call), "autre", based_on=first.id)
        assert queries.turns_of(call)[1].text == "autre"


def test_saving_the_same_text_again_adds_nothing(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        call = _call(call_id)
        first = operations.correct_turn(floor.supervisor, call, _turn(call), "là", based_on=0)
        again = operations.correct_turn(
            floor.supervisor, call, _turn(call), "là ", based_on=first.id
        )
        assert again.id == first.id


def test_a_turn_of_another_call_is_refused(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        other = create_call(team=db.session.get_one(Team, floor.team_id))
        with pytest.raises(NotFound):
            operations.correct_turn(floor.supervisor, _call(call_id), _turn(other), "x", based_on=0)


def test_a_correction_survives_a_new_analysis_by_its_time(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        call = _call(call_id)
        operations.correct_turn(floor.supervisor, call, _turn(call), "corrigé", based_on=0)
        db.session.commit()
        old = call.current_analysis
        assert old is not None
        run = AnalysisRun(
            call_id=call.id,
            transcript_id=old.transcript_id,
            number=2,
            agent_channel=1,
            channels="stereo",
            engine={},
            figures={},
            engagement=[],
        )
        run.turns = [
            Turn(
                index=turn.index,
                speaker="prospect",
                channel=turn.channel,
                start_ms=turn.start_ms + 150,
                end_ms=turn.end_ms + 200,
                text=turn.text,
                words=turn.words,
            )
            for turn in old.turns
        ]
        db.session.add(run)
        db.session.flush()
        call.current_analysis_id = run.id
        db.session.commit()
        assert [turn.text for turn in queries.turns_of(_call(call_id))][1] == "corrigé"


def test_a_correction_does_not_hide_a_turn_that_grew_far_beyond_it(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context():
        call = _call(call_id)
        correction = operations.correct_turn(
            floor.supervisor, call, _turn(call), "corrigé", based_on=0
        )
        merged = Turn(
            index=0,
            speaker="agent",
            channel=0,
            start_ms=2700,
            end_ms=24_000,
            text="bien plus long",
            words=[],
        )
        merged.id = 99
        assert shown_turns([merged], [correction])[0].text == "bien plus long"
