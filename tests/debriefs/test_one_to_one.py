"""A debrief of two: the moment in step on both screens, a drill in place, an objective agreed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import expect

from callcoach.accounts.models import User
from callcoach.debriefs.models import AgendaItem, Debrief, LiveState, Phase, Presence
from callcoach.debriefs.one_to_one_presenters import agent_side, host_side
from callcoach.debriefs.operations import attendance, live, moments, one_to_one
from callcoach.drills.models import Attempt, AttemptState
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.progress.models import SharingConsent
from callcoach.progress.operations import consents
from callcoach.progress.operations.objectives import Aim
from tests.coaching.browsing import Windows
from tests.factories.calls import create_call
from tests.factories.coaching import give_sound
from tests.factories.debriefs import SAID, consent_to, create_debrief, create_item, create_moment
from tests.waiting import comes_true, until

from .conftest import Floor

#: What two people in one conversation begin to notice; as in js/debriefs/instep.js.
MOST_DRIFT_MS = 300
#: The phone's sound is in no page: kept where the test can look at it.
_KEEP_AUDIO = """
    const Audio = window.Audio;
    window.Audio = function (...values) { return (window.keptAudio = new Audio(...values)); };
"""
_AUDIO = "const audio = window.keptAudio ?? document.querySelector('[data-audio]');"
#: Where a sound is against this machine's clock, so that it matters not when it is asked; null while
#: it stands.
_AHEAD_MS = (
    f"() => {{ {_AUDIO} return audio.paused ? null : 1000 * audio.currentTime - Date.now() }}"
)
_PLACE_MS = f"() => {{ {_AUDIO} return 1000 * audio.currentTime }}"


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def _meet(floor: Floor, state: str = "running", **values: object) -> tuple[Debrief, AgendaItem]:
    """Claire meets Hanta over a moment of her own call, which is before them."""
    team = floor.call.team
    debrief = create_debrief(
        [team], floor.user("claire"), state, agent_id=floor.ids["agent"], title="Tête-à-tête"
    )
    item = create_moment(debrief, floor.call, **values)
    if state == "running":
        live.show_item(floor.claire, debrief, item)
    db.session.commit()
    return debrief, item


def _aim(**values: object) -> Aim:
    today = utc_now().date()
    facts = {
        "text": "Une question avant chaque proposition",
        "measure": "",
        "subject": "",
        "bound": None,
        "is_upper": False,
        "starts_on": today,
        "ends_on": today + timedelta(days=14),
        **values,
    }
    return Aim(**facts)  # type: ignore[arg-type]


@pytest.mark.usefixtures("context")
def test_a_drill_is_made_of_the_moment_given_once_and_seen_to_be_sent(floor: Floor) -> None:
    debrief, item = _meet(floor)
    assert host_side(floor.claire, debrief).can_practise
    one_to_one.give_drill(floor.claire, debrief, item)
    one_to_one.give_drill(floor.claire, debrief, item)
    assert item.drill is not None
    assert [step.prospect_text for step in item.drill.steps] != [""]
    mine = agent_side(floor.agent, debrief)
    assert mine is not None
    assert [(one.is_sent, one.url.startswith("/my/drills/")) for one in mine.drills] == [
        (False, True)
    ]
    one_to_one.take_drill_back(floor.claire, debrief, item)
    assert host_side(floor.claire, debrief).drills == []
    assert host_side(floor.claire, debrief).can_practise
    one_to_one.give_drill(floor.claire, debrief, item)
    assert not host_side(floor.claire, debrief).can_practise, "the agent is at it"
    mine = agent_side(floor.agent, debrief)
    assert mine is not None
    given = host_side(floor.claire, debrief).drills
    assert [(one.is_sent, one.url) for one in given] == [(False, "")]
    number = int(mine.drills[0].url.rsplit("/", 1)[1])
    attempt = Attempt(assignment_id=number, state=AttemptState.SUBMITTED, submitted_at=utc_now())
    db.session.add(attempt)
    db.session.commit()
    db.session.expire_all()
    seen = host_side(floor.claire, debrief).drills
    assert [one.is_sent for one in seen] == [True]
    assert seen[0].url == f"/drills/tries/{attempt.id}"


@pytest.mark.usefixtures("context")
def test_a_theme_of_words_gives_nothing_to_practise(floor: Floor) -> None:
    debrief, _item = _meet(floor)
    theme = create_item(debrief)
    with pytest.raises(InvalidInput):
        one_to_one.give_drill(floor.claire, debrief, theme)
    planned, item = _meet(floor, "planned")
    with pytest.raises(Conflict):
        one_to_one.give_drill(floor.claire, planned, item)
    team_debrief = create_debrief([floor.call.team], floor.user("claire"), "running")
    with pytest.raises(NotFound):
        one_to_one.give_drill(floor.claire, team_debrief, create_moment(team_debrief, floor.call))


@pytest.mark.usefixtures("context")
def test_an_objective_is_proposed_once_stands_among_the_decisions_and_is_agreed(
    floor: Floor,
) -> None:
    debrief, _item = _meet(floor)
    key = str(uuid.uuid4())
    made = [
        one_to_one.propose_objective(floor.claire, debrief, floor.campaign_id, _aim(), key)
        for _ in range(2)
    ]
    assert made[0].id == made[1].id
    assert made[0].objective is not None
    assert (made[0].owner_id, made[0].text) == (floor.ids["agent"], _aim().text)
    aim = made[0].objective
    assert [one.state for one in host_side(floor.claire, debrief).objectives] == ["proposed"]
    for other in (floor.colleague, floor.claire):
        with pytest.raises(NotFound):
            one_to_one.agree(other, debrief, aim.id, based_on=1)
    before = live.live_of(debrief).revision
    one_to_one.agree(floor.agent, debrief, aim.id, based_on=aim.row_version)
    assert live.live_of(debrief).revision > before, "the host's screen hears of it"
    assert [one.state for one in host_side(floor.claire, debrief).objectives] == ["agreed"]


@pytest.mark.usefixtures("context")
def test_the_phone_sounds_only_where_the_campaign_lets_it_and_never_past_the_stop(
    floor: Floor,
) -> None:
    debrief, item = _meet(floor)
    side = agent_side(floor.agent, debrief)
    assert side is not None
    assert side.step is not None
    assert side.step.sound_url.endswith("/sound/ask")
    assert side.step.ends_ms == item.ask_ms
    live.show_item(floor.claire, debrief, item, Phase.REVEALED)
    floor.call.campaign.agent_audio = "no"
    db.session.commit()
    side = agent_side(floor.agent, debrief)
    assert side is not None
    assert side.step is not None
    assert (side.step.sound_url, side.step.ends_ms) == ("", item.end_ms), "the words go on in step"
    assert agent_side(floor.agent, create_debrief([floor.call.team])) is None


def test_its_pages_are_those_of_the_two_alone(
    app: Flask, floor: Floor, sign_in: Callable[[User | int], FlaskClient]
) -> None:
    with app.app_context():
        debrief, _item = _meet(floor)
        number = debrief.id
    for name in ("lead", "stranger", "colleague", "sponsor"):
        client = sign_in(floor.ids[name])
        for path in ("/present", "/together", "/live", ""):
            assert client.get(f"/debriefs/{number}{path}").status_code == 404
        assert client.get(f"/my/debriefs/{number}").status_code == 404
    agent = sign_in(floor.ids["agent"])
    html = agent.get(f"/my/debriefs/{number}").get_data(as_text=True)
    assert "data-instep=" in html
    assert agent.get(f"/debriefs/{number}/together").status_code == 404


@pytest.mark.browser
def test_both_screens_sound_in_step_and_either_of_the_two_stops_both(
    app: Flask, floor: Floor, windows: Windows, run_jobs: Callable[[], list[str]]
) -> None:
    with app.test_request_context():
        said = [{**SAID[1], "start_ms": 0, "end_ms": 24_000}]
        debrief, item = _meet(floor, start_ms=0, ask_ms=None, question="", said=said)
        moments.ask_for_sound(floor.claire, item)
        floor.call.campaign.agent_audio = "yes"
        attendance.mark(floor.claire, debrief, floor.ids["agent"], Presence.PRESENT)
        colleague = floor.user("colleague")
        theirs = create_call(team=floor.call.team, agent=colleague, campaign=floor.call.campaign)
        give_sound(theirs)
        consent_id = consent_to(example := create_moment(debrief, theirs)).id
        moments.ask_for_sound(floor.claire, example)
        db.session.commit()
        number = debrief.id
    run_jobs()
    host = windows.open(floor.ids["claire"], f"/debriefs/{number}/present")
    host.wait_for_selector("[data-present][data-mounted]")
    expect(host.locator(".present-play")).to_be_enabled()
    phone = windows.open(floor.ids["agent"], f"/my/debriefs/{number}", phone=True)
    phone.add_init_script(_KEEP_AUDIO)
    phone.reload()
    stop = phone.locator("[data-step-toggle]")
    expect(stop).to_contain_text("▶")
    expect(phone.locator("[data-step-here]")).not_to_be_checked()  # one sound in one room
    phone.locator("[data-step-here]").check()
    until(phone, "window.keptAudio?.readyState > 0")

    host.keyboard.press(" ")
    until(host, "!document.querySelector('[data-audio]').paused")
    expect(stop).to_contain_text("❚❚")
    expect(phone.locator(".deb-said.is-current")).to_have_count(1)

    def _is_in_step() -> bool:
        ahead = [page.evaluate(_AHEAD_MS) for page in (host, phone)]
        return None not in ahead and abs(ahead[0] - ahead[1]) <= MOST_DRIFT_MS

    assert comes_true(app, _is_in_step)
    assert not phone.evaluate("window.keptAudio.muted")
    host.keyboard.press(" ")
    until(phone, "window.keptAudio.paused")
    until(host, "document.querySelector('[data-audio]').paused")
    expect(stop).to_contain_text("▶")

    def _stand_together() -> bool:
        places = [page.evaluate(_PLACE_MS) for page in (host, phone)]
        return abs(places[0] - places[1]) <= MOST_DRIFT_MS

    assert comes_true(app, _stand_together)
    host.keyboard.press(" ")
    until(phone, "!window.keptAudio.paused")
    expect(stop).to_contain_text("❚❚")
    stop.click()
    assert phone.evaluate("window.keptAudio.paused"), "here at once"
    until(host, "document.querySelector('[data-audio]').paused")
    expect(stop).to_contain_text("▶")

    def _is_stopped() -> bool:
        return not db.session.get_one(LiveState, number).is_playing

    assert comes_true(app, _is_stopped)

    # A drill and an objective come to the phone, and what becomes of them to the host
    host.locator("form[action$='/practise'] button").click()
    expect(phone.locator(".deb-together a.btn-primary")).to_be_visible()
    host.locator(".together-aim summary").click()
    host.locator("#text-together").fill("Une question ouverte d’abord")
    host.locator(".together-aim form .btn").click()
    phone.locator("form[action$='/agree'] button").click()
    expect(host.locator(".together-list .chip-click")).to_have_count(1)

    # A colleague's moment is loaded on both, and gone from both once they take their yes back
    host.locator("[data-act=next]").click()
    host.locator("[data-act=ask]").click()
    expect(phone.locator("[data-answer]")).to_be_visible()
    until(phone, "window.keptAudio.readyState > 0")
    expect(host.locator(".present-play")).to_be_enabled()
    with app.app_context(), write_transaction():
        consent = db.session.get_one(SharingConsent, consent_id)
        consents.withdraw(floor.colleague, consent)
        db.session.commit()
    until(phone, "window.keptAudio.readyState === 0 && !window.keptAudio.src")
    expect(phone.locator("[data-instep]")).to_have_count(0)
    expect(phone.locator("[data-answer]")).to_be_visible()
    expect(host.locator("[data-player]")).to_have_count(0)
