"""Expressions on past calls, in the words of a call, and as drills."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, User
from callcoach.calls.models import Call
from callcoach.calls.queries import turns_of
from callcoach.drills.sharing import may_hear_example
from callcoach.expressions import operations
from callcoach.expressions.drilling import drill_of, make_drill
from callcoach.expressions.marks import marks_of
from callcoach.expressions.previews import preview
from callcoach.extensions import db
from callcoach.storage.store import get_store
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.expressions import add_voice, create_expression


@pytest.fixture
def site(app: Flask) -> Any:
    """A call of the team's, another team's call of the same campaign, and the team's supervisor."""
    with app.app_context():
        team, other = create_team(), create_team()
        campaign = create_campaign(teams=[team, other])
        agent = create_user(Role.AGENT, [team])
        create_call(team=other, campaign=campaign)
        call = create_call(team=team, campaign=campaign, agent=agent)
        user = create_user(Role.SUPERVISOR, [team])
        yield campaign, call, Viewer(user.id, Role.SUPERVISOR, frozenset({team.id}))


def test_trial_looks_where_the_kind_is_said_in_the_viewers_own_calls(site: Any) -> None:
    campaign, call, viewer = site
    found = preview(viewer, campaign, "j'ai déjà un outil", "decoded")
    assert (found.calls, found.count, found.in_calls) == (1, 1, 1)
    (place,) = found.places
    assert place.call_id == call.id
    assert place.speaker == "prospect"
    assert 0 <= place.start_ms < place.end_ms <= call.duration_ms
    assert preview(viewer, campaign, "j'ai déjà un outil", "forbidden").count == 0
    assert preview(Viewer.system(), campaign, "une démonstration", "ambiguous").count == 2


def test_agents_see_no_words_to_avoid_marked_on_themselves(site: Any) -> None:
    campaign, call, viewer = site
    create_expression(campaign, "c'est gratuit", "forbidden")
    create_expression(campaign, "on a déjà un outil", "decoded")
    said = {
        mark.expression.kind: (index, mark.first, mark.last)
        for index, found in marks_of(viewer, call).items()
        for mark in found
    }
    assert set(said) == {"decoded"}
    create_expression(campaign, "je vous propose une démonstration", "forbidden")
    kinds = {m.expression.kind for found in marks_of(viewer, call).values() for m in found}
    assert kinds == {"decoded", "forbidden"}
    agent = Viewer(call.agent_id, Role.AGENT, viewer.team_ids)
    assert {m.expression.kind for f in marks_of(agent, call).values() for m in f} == {"decoded"}
    index, first, last = said["decoded"]
    text = next(turn.text for turn in turns_of(call) if turn.index == index)
    assert text[first:last].startswith("On a déjà un outil")


def test_drill_is_made_of_a_real_moment_with_the_natives_voice(site: Any) -> None:
    campaign, call, viewer = site
    row = add_voice(create_expression(campaign, "on a déjà un outil", "decoded"))
    drill = make_drill(viewer, row)
    db.session.commit()
    step = drill.steps[0]
    assert step.call_id == call.id
    assert "déjà un outil" in step.prospect_text
    assert step.example_text == row.instead
    assert drill.title == "« on a déjà un outil »"
    assert make_drill(viewer, row) is drill
    agent = db.session.get_one(User, call.agent_id)
    colleague = Viewer(agent.id + 1000, Role.AGENT, viewer.team_ids)
    assert may_hear_example(colleague, step)  # recorded for everybody
    sound = get_store().put(io.BytesIO(b"anew"))
    operations.keep_voice(viewer, row, sound, 1500)
    db.session.commit()
    db.session.refresh(step)
    assert step.example_file_id == row.voice_file_id is not None


def test_drill_of_words_to_avoid_holds_up_nobodys_own(site: Any) -> None:
    campaign, call, viewer = site
    said = make_drill(viewer, create_expression(campaign, "je vous propose une démonstration"))
    assert said.steps[0].call_id == call.id
    assert said.steps[0].original_text == ""
    assert said.steps[0].original_start_ms is None
    never = create_expression(campaign, "c'est gratuit")
    drill = make_drill(viewer, never)
    assert drill.steps[0].call_id is None
    assert drill.steps[0].prospect_text == "Oui, je vous écoute."
    drill.archived_at = call.started_at
    db.session.flush()
    assert drill_of(never) is None
    assert make_drill(viewer, never) is not drill


def test_call_without_expressions_costs_no_reading(site: Any) -> None:
    _campaign, call, viewer = site
    assert marks_of(viewer, db.session.get_one(Call, call.id)) == {}
