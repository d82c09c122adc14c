"""The queue of calls that wait to be released is asked for by each home page."""

from __future__ import annotations

from functools import partial

from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.extensions import utc_now
from callcoach.privacy.fitting import fingerprint_of
from callcoach.privacy.queue import waiting_for
from callcoach.privacy.waiting import Wanted, _sources, add_source
from tests.factories.accounts import create_team, create_user
from tests.factories.audits import create_redaction
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.statements import counting


def _given(items: list[Wanted], _viewer: Viewer) -> list[Wanted]:
    return items


def test_a_longer_queue_sends_no_more_statements(app: Flask) -> None:
    with app.app_context():
        team = create_team()
        supervisor = create_user(Role.SUPERVISOR, teams=[team])
        campaign = create_campaign(teams=[team])
        calls = [create_call(team=team, campaign=campaign) for _number in range(8)]
        for call in calls[:3]:
            create_redaction(call, supervisor, fingerprint=fingerprint_of(call))
        create_redaction(calls[3], fingerprint="0" * 64)
        ids = [call.id for call in calls]
        viewer = Viewer(supervisor.id, Role.SUPERVISOR, frozenset({team.id}))
    sent: list[int] = []
    states: list[list[str]] = []
    for wanted in (ids[2:5], ids):
        items = [Wanted(call_id, "", utc_now()) for call_id in wanted]
        source = add_source(partial(_given, items))
        try:
            with counting(app) as statements, app.app_context():
                states.append([row.state for row in waiting_for(viewer)])
        finally:
            _sources.remove(source)
        sent.append(len(statements))
    # Released ones are not in it, however many
    assert states == [["draft", "new"], ["draft", "new", "new", "new", "new"]]
    assert sent[0] == sent[1]
