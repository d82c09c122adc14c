"""The team's page, for who leads the team and for its agents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import Team, User
from callcoach.coaching.models import Note
from callcoach.coaching.operations.notes import excerpt_bounds
from callcoach.extensions import db, utc_now
from callcoach.progress.models import SharingConsent
from callcoach.team_life.models import TeamStandard
from tests.coaching.conftest import Desk
from tests.factories.coaching import create_note, give_sound
from tests.factories.debriefs import create_debrief, create_decision, create_lesson, create_standard
from tests.factories.progress import create_pair, create_recheck

SignIn = Callable[[User | int], FlaskClient]


def _page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


@pytest.fixture
def keep(app: Flask, desk: Desk) -> int:
    """A moment worth keeping, shown to the whole team."""
    with app.app_context():
        give_sound(desk.call)
        note = create_note(
            desk.call, desk.user("claire"), aim="keep", visibility="team", hears="Elle reformule."
        )
        return note.id


def _share(desk: Desk, note_id: int) -> SharingConsent:
    note = db.session.get_one(Note, note_id)
    start_ms, end_ms = excerpt_bounds(note)
    consent = SharingConsent(
        agent_id=desk.ids["agent"],
        call_id=desk.call_id,
        start_ms=start_ms,
        end_ms=end_ms,
        given_at=utc_now(),
    )
    db.session.add(consent)
    db.session.commit()
    return consent


def test_empty_pages_say_what_to_do(desk: Desk, sign_in: SignIn):
    leading = _page(sign_in(desk.ids["lead"]), f"/teams/{desk.team_id}/life")
    attending = _page(sign_in(desk.ids["agent"]), "/my/team-life")
    for id_ in ("standards", "objectives", "moments", "lessons", "effort"):
        assert f'id="{id_}"' in leading
        assert f'id="{id_}"' in attending
    assert "<form" in leading.split("</header>", 1)[1]
    assert "/team-standards" not in attending


def test_a_moment_is_read_by_all_and_heard_with_the_agents_yes_alone(
    app: Flask, desk: Desk, keep: int, sign_in: SignIn
):
    where = {"claire": f"/teams/{desk.team_id}/life", "colleague": "/my/team-life"}
    for name, path in where.items():
        html = _page(sign_in(desk.ids[name]), path)
        assert "Elle reformule." in html
        assert "Hanta R." not in html, "nobody is named without a yes"
        assert f"/notes/{keep}/excerpt" not in html
    with app.app_context():
        consent_id = _share(desk, keep).id
    for name, path in where.items():
        html = _page(sign_in(desk.ids[name]), path)
        assert "Hanta R." in html
        assert f"/notes/{keep}/excerpt" in html
    with app.app_context():
        consent = db.session.get_one(SharingConsent, consent_id)
        consent.withdrawn_at = utc_now()
        db.session.commit()
    html = _page(sign_in(desk.ids["colleague"]), where["colleague"])
    assert f"/notes/{keep}/excerpt" not in html


def test_a_week_later_or_for_one_reader_a_moment_is_not_there(
    app: Flask, desk: Desk, keep: int, sign_in: SignIn
):
    with app.app_context():
        db.session.get_one(Note, keep).sent_at = utc_now() - timedelta(days=8)
        create_note(desk.call, desk.user("claire"), aim="keep", hears="Entre nous.")
        create_note(desk.call, desk.user("claire"), visibility="team", hears="À changer.")
    html = _page(sign_in(desk.ids["colleague"]), "/my/team-life")
    for words in ("Elle reformule.", "Entre nous.", "À changer."):
        assert words not in html


def test_an_offered_pair_tells_what_was_said_after_and_nothing_of_before(
    app: Flask, desk: Desk, sign_in: SignIn
):
    with app.app_context():
        recheck = create_recheck(desk.call, desk.user("claire"))
        note = recheck.note
        note.quote, note.instead = "Ce qui a raté.", "Reformuler d’abord."
        pair = create_pair(
            recheck, desk.call, confirmed_at=utc_now(), offered_at=utc_now(), kept_at=utc_now()
        )
        pair_id = pair.id
        db.session.commit()
    client = sign_in(desk.ids["colleague"])
    html = _page(client, "/my/team-life")
    assert "Reformuler d’abord." in html
    assert "Ce qui a raté." not in html
    assert "Hanta R." not in html
    with app.app_context():
        pair = db.session.get_one(type(pair), pair_id)
        pair.offered_at = None
        db.session.commit()
    assert "Reformuler d’abord." not in _page(client, "/my/team-life")


def test_a_decision_becomes_a_standard_which_its_agents_read(
    app: Flask, desk: Desk, sign_in: SignIn
):
    with app.app_context():
        team = db.session.get_one(Team, desk.team_id)
        decision = create_decision(create_debrief([team], desk.user("claire"), "done"))
        decision_id = decision.id
        create_lesson(desk.call, team, title="Une leçon prise")
        create_standard(team, text="Un vieux standard", retired_at=utc_now())
    claire = sign_in(desk.ids["claire"])
    page = f"/teams/{desk.team_id}/life?decision={decision_id}"
    assert 'value="On reformule avant de répondre."' in _page(claire, page)
    data = {"text": "On reformule d’abord.", "decision": decision_id}
    answer = claire.post(f"/teams/{desk.team_id}/standards", data=data, follow_redirects=True)
    html = answer.get_data(as_text=True)
    with app.app_context():
        made = db.session.query(TeamStandard).filter_by(decision_id=decision_id).one()
        assert f"/team-standards/{made.id}/retire" in html
    assert "Un vieux standard" in html
    read = _page(sign_in(desk.ids["agent"]), "/my/team-life")
    assert "On reformule d’abord." in read
    assert "Une leçon prise" in read
    assert "Un vieux standard" not in read


def test_another_teams_page_is_not_there(desk: Desk, sign_in: SignIn, app: Flask):
    with app.app_context():
        other = db.session.query(Team).filter(Team.id != desk.team_id).one().id
    assert sign_in(desk.ids["agent"]).get(f"/my/team-life?team={other}").status_code == 404
    assert sign_in(desk.ids["stranger"]).get(f"/teams/{desk.team_id}/life").status_code == 404
