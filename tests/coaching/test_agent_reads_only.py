"""Where a campaign keeps sound off agents' telephones, no address gives an agent any; where it wants
names beeped out, that variant of the moments of their notes and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select, update

from callcoach.accounts.models import User
from callcoach.calls.subjects import BEEPED
from callcoach.campaigns.models import AgentAudio, Campaign
from callcoach.extensions import db
from callcoach.jobs.models import Job
from tests.access_table import TABLE, Row
from tests.factories.coaching import create_note
from tests.factories.disputes import create_dispute
from tests.factories.two_sites import Site, create_two_sites

from .agent_steps import BEEPED_SOUND, add_beeped, add_excerpt
from .conftest import Desk

pytestmark = pytest.mark.any_database

SignIn = Callable[[User | int], FlaskClient]
QUIET = [AgentAudio.TEXT_ONLY, AgentAudio.REDACTED]
#: What agents said themselves, in drills: their own voice, recorded by them.
OWN_VOICE = {"drills.take_sound", "drills.answer_sound"}


def _sounds(app: Flask, browser: FlaskClient, site: Site) -> Iterator[str]:
    """Endpoints that answer this browser with sound, of all that can be asked."""
    for row in TABLE:
        if row.method != "GET":
            continue
        answer = browser.get(_address(app, row, site))
        if answer.mimetype.startswith(("audio/", "video/")) and answer.status_code < 300:
            yield row.endpoint
        answer.close()


def _address(app: Flask, row: Row, site: Site) -> str:
    values = {
        name: getattr(site, value, value) if isinstance(value, str) else value
        for name, value in row.values.items()
    }
    with app.test_request_context():
        return url_for(row.endpoint, **values)


@pytest.mark.parametrize("audio", QUIET)
def test_no_address_of_the_application_plays_a_call_to_an_agent(
    app: Flask, sign_in: SignIn, audio: AgentAudio
) -> None:
    with app.app_context():
        site = create_two_sites().here
    browser = sign_in(site.agent)
    plays = set(_sounds(app, browser, site))
    assert {"calls.audio", "coaching.excerpt", "coaching.dispute_sound"} <= plays
    with app.app_context():
        db.session.execute(update(Campaign).values(agent_audio=audio))
        db.session.commit()
    assert set(_sounds(app, browser, site)) <= OWN_VOICE
    heard = set(_sounds(app, sign_in(site.supervisor), site))
    assert {"calls.audio", "coaching.excerpt", "coaching.dispute_sound"} <= heard


def test_redacted_gives_the_agent_the_beeped_moment_and_no_other_sound(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        site = create_two_sites().here
        db.session.execute(update(Campaign).values(agent_audio=AgentAudio.REDACTED))
        db.session.commit()
    browser = sign_in(site.agent)
    address = f"/notes/{site.note}/excerpt"
    assert browser.get(address).status_code == 202, "asked for, and not written yet"
    with app.app_context():
        asked = db.session.scalars(select(Job.subject).where(Job.kind == BEEPED)).all()
        assert len(asked) == 1
        add_beeped(site.note)
    assert set(_sounds(app, browser, site)) - OWN_VOICE == {"coaching.excerpt"}
    assert browser.get(address).data == BEEPED_SOUND
    assert browser.get(f"{address}/status").get_json() == {"state": "ready"}
    assert f'src="{address}"' in browser.get(f"/my/notes/{site.note}").text
    assert sign_in(site.supervisor).get(address).data != BEEPED_SOUND
    assert sign_in(site.colleague).get(address).status_code == 404
    with app.app_context():
        db.session.execute(update(Campaign).values(agent_audio=AgentAudio.TEXT_ONLY))
        db.session.commit()
    browser = sign_in(site.agent)
    assert browser.get(address, headers={"Accept": "application/json"}).status_code == 403


@pytest.mark.parametrize("audio", QUIET)
def test_every_player_says_why_it_is_not_there(
    app: Flask, desk: Desk, sign_in: SignIn, audio: AgentAudio
) -> None:
    with app.app_context():
        note_id = create_note(desk.call, desk.user("claire")).id
        add_excerpt(note_id)
        desk.call.campaign.agent_audio = audio
        desk.user("agent").locale = "en"
        db.session.commit()
    browser = sign_in(desk.ids["agent"])
    is_silent = audio is AgentAudio.TEXT_ONLY
    read = ["/my/notes"] if is_silent else []
    for path in (*read, f"/my/notes/{note_id}/dispute", f"/calls/{desk.call_id}"):
        page = browser.get(path).text
        assert "On this campaign" in page, path
        assert " src=" not in page.replace(' src="/static/', ""), path
    heard = [f"/notes/{note_id}/excerpt"] if is_silent else []
    for path in (f"/calls/{desk.call_id}/audio", *heard):
        answer = browser.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 403
        assert "agents read the words" in answer.text
    if not is_silent:
        assert "is being prepared" in browser.get("/my/notes").text
        assert browser.get(f"/notes/{note_id}/excerpt").status_code == 202
    state = "silent" if is_silent else "writing"
    assert browser.get(f"/notes/{note_id}/excerpt/status").get_json() == {"state": state}
    assert sign_in(desk.ids["claire"]).get(f"/notes/{note_id}/excerpt").status_code == 200


def test_a_counter_moment_of_a_quiet_campaign_is_not_played_to_its_agent(
    app: Flask, desk: Desk, sign_in: SignIn
) -> None:
    with app.app_context():
        note = create_note(desk.call, desk.user("claire"))
        add_excerpt(note.id)
        dispute_id = create_dispute(
            note,
            agent_id=desk.ids["agent"],
            counter_call_id=desk.call_id,
            counter_start_ms=9600,
            counter_end_ms=12_000,
        ).id
    browser = sign_in(desk.ids["agent"])
    address = f"/disputes/{dispute_id}/sound/counter"
    assert browser.get(address).status_code == 202
    with app.app_context():
        desk.call.campaign.agent_audio = AgentAudio.TEXT_ONLY
        db.session.commit()
    for path in (address, f"{address}/status"):
        assert browser.get(path).status_code == 403
    assert sign_in(desk.ids["claire"]).get(address).status_code == 202
