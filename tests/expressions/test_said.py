"""Expressions on past calls, in the words of a call, and as drills."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, User
from callcoach.calls.models import Call
from callcoach.calls.operations import purge_call
from callcoach.calls.queries import turns_of
from callcoach.drills.models import DrillStep
from callcoach.drills.operations.forgetting import EXAMPLE
from callcoach.drills.sharing import may_hear_example
from callcoach.expressions import operations
from callcoach.expressions.drilling import drill_of, drill_to_practise, make_drill
from callcoach.expressions.marks import marks_of
from callcoach.expressions.operations import Saying
from callcoach.expressions.previews import preview
from callcoach.extensions import db
from callcoach.storage.models import StoredFile
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
    assert _example(step) == b"anew"
    assert step.example_file_id != row.voice_file_id  # its own copy
    purge_call(call)
    db.session.commit()
    assert _example(step) == b"anew"  # it says nothing about the call
    operations.remove_voice(viewer, row)
    db.session.commit()
    assert step.example_file is None
    assert db.session.scalars(select(StoredFile).where(StoredFile.kind == EXAMPLE)).all() == []


def test_drill_follows_its_expression_where_nobody_changed_it(site: Any) -> None:
    campaign, _call, viewer = site
    row = create_expression(campaign, "c'est trop cher", "decoded")
    drill = make_drill(viewer, row)
    drill.instructions = "Prenez votre temps."
    db.session.commit()
    said = Saying("decoded", "c'est hors budget", row.hears, "Par rapport à quoi ?")
    operations.change(viewer, row, said, based_on=1)
    db.session.commit()
    step = drill.steps[0]
    assert (drill.title, step.prospect_text) == ("« c'est hors budget »", "c'est hors budget")
    assert step.example_text == "Par rapport à quoi ?"
    operations.take_back(viewer, row, row.edits[0].id)
    db.session.commit()
    assert (drill.title, step.example_text) == ("« c'est trop cher »", row.instead)
    assert drill.instructions == "Prenez votre temps."


def test_every_agent_practises_though_a_drill_quotes_the_call_of_another_team(site: Any) -> None:
    campaign, call, viewer = site
    row = add_voice(create_expression(campaign, "on a déjà un outil", "decoded"))
    on_call = make_drill(viewer, row)
    own = Viewer(call.agent_id, Role.AGENT, viewer.team_ids)
    assert drill_to_practise(own, row) is on_call
    other = next(link.team_id for link in campaign.teams if link.team_id != call.team_id)
    away = Viewer(call.agent_id + 1000, Role.AGENT, frozenset({other}))
    drill = drill_to_practise(away, row)
    assert (drill.steps[0].call_id, drill.author_id) == (None, None)
    assert may_hear_example(away, drill.steps[0])
    assert drill_to_practise(own, row) is drill


def _example(step: DrillStep) -> bytes:
    db.session.refresh(step)
    assert step.example_file is not None
    return b"".join(get_store().open_range(step.example_file.key))


def test_drill_of_words_to_avoid_holds_up_nobodys_own(site: Any) -> None:
    campaign, call, viewer = site
    said = make_drill(viewer, create_expression(campaign, "je vous propose une démonstration"))
    assert said.steps[0].call_id == call.id
    assert said.steps[0].original_text == ""
    assert said.steps[0].original_start_ms is None
    assert said.steps[0].original_measures == {}
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
