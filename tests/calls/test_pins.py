"""Calls are measured against the version that their team said when they were made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.queries import viewer_of
from callcoach.calls.mapping import context_of
from callcoach.calls.models import Call
from callcoach.calls.operations.editing import edit_call
from callcoach.calls.pins import pin
from callcoach.extensions import db
from callcoach.script_library.document import Variant
from callcoach.script_library.models import Expression, ExpressionKind
from callcoach.script_library.operations import publishing
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.scripts import create_script, create_version, document, line

MAY = datetime(2026, 5, 4, 9, tzinfo=UTC)
JUNE = datetime(2026, 6, 1, 9, tzinfo=UTC)


def test_a_call_follows_its_time(app: Flask) -> None:
    with app.app_context():
        team = create_team()
        campaign = create_campaign([team])
        script = create_script(campaign)
        first = create_version(script, in_force_for=[team], since=MAY)
        second = create_version(script, in_force_for=[team], since=JUNE)
        call = create_call(team=team, campaign=campaign, started_at=JUNE - timedelta(hours=1))
        assert pin(call)
        assert call.script_version_id == first.id
        edit_call(Viewer.system(), call, {"started_at": JUNE})
        assert call.script_version_id == second.id
        edit_call(Viewer.system(), call, {"started_at": MAY - timedelta(days=1)})
        assert call.script_version_id is None


def test_a_first_version_in_force_since_long_pins_the_calls_of_its_team(app: Flask) -> None:
    with app.app_context():
        team, other = create_team(), create_team()
        campaign = create_campaign([team, other])
        version = create_version(create_script(campaign))
        calls = {
            name: create_call(team=whose, campaign=campaign, started_at=at)
            for name, whose, at in (
                ("before", team, MAY - timedelta(days=1)),
                ("since", team, JUNE),
                ("others", other, JUNE),
            )
        }
        supervisor = create_user(Role.SUPERVISOR, [team])
        publishing.put_in_force(viewer_of(supervisor), version, [team.id], MAY)
        db.session.commit()
        pinned = {name for name, call in calls.items() if call.script_version_id == version.id}
        assert pinned == {"since"}
        assert db.session.get_one(Call, calls["others"].id).script_version_id is None


def test_the_analysis_knows_the_script_and_the_expressions(app: Flask) -> None:
    with app.app_context():
        campaign = create_campaign()
        hello = line(
            "Bonjour {prénom}, ça va ?", variants=(Variant("DAF", "Bonjour, une question."),)
        )
        version = create_version(create_script(campaign), document(hello))
        db.session.add_all(
            Expression(campaign_id=campaign.id, kind=kind, phrase=phrase)
            for kind, phrase in (
                (ExpressionKind.FORBIDDEN, "à vie"),
                (ExpressionKind.AMBIGUOUS, "très vite"),
                (ExpressionKind.PREFER, "d’ici mardi"),
            )
        )
        db.session.commit()
        found = context_of(campaign, "daf", version)
        assert [(each.text, each.section) for each in found.script_lines] == [
            ("Bonjour, une question.", "opening")
        ]
        assert (found.forbidden, found.ambiguous) == (("à vie",), ("très vite",))
        assert context_of(campaign, "", version).script_lines[0].text == "Bonjour, ça va ?"
        assert context_of(campaign).script_lines == ()
