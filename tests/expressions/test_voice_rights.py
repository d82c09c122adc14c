"""The native voice of an expression, through its drill, where campaigns keep sound off telephones."""

from __future__ import annotations

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.campaigns.models import AgentAudio
from callcoach.drills.sharing import may_hear_example
from callcoach.expressions.drilling import make_drill
from callcoach.extensions import db
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign
from tests.factories.expressions import add_voice, create_expression


@pytest.mark.parametrize("audio", list(AgentAudio))
def test_an_agent_hears_it_where_telephones_play_sound(app: Flask, audio: AgentAudio) -> None:
    with app.app_context():
        team = create_team()
        campaign = create_campaign([team], agent_audio=audio)
        agent = create_user("agent", [team])
        viewer = Viewer(agent.id, Role.AGENT, frozenset({team.id}))
        drill = make_drill(Viewer.system(), add_voice(create_expression(campaign)))
        db.session.commit()
        assert may_hear_example(viewer, drill.steps[0]) == (audio is AgentAudio.YES)
