"""What is before everybody, for how long, and what no screen is told before it is revealed."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.coaching.note_presenters import cause_label
from callcoach.debriefs import sharing
from callcoach.debriefs.models import AgendaItem, LiveState, Phase
from callcoach.debriefs.operations import live
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.progress.models import SharingConsent
from callcoach.script_library.document import Line, new_key
from callcoach.storage.operations import put_file
from tests.debriefs.conftest import Floor
from tests.factories.debriefs import (
    SAID,
    consent_to,
    create_answer,
    create_item,
    create_moment,
)
from tests.factories.drills import EXAMPLE, create_drill
from tests.factories.progress import create_objective, create_pair, create_recheck
from tests.factories.scripts import create_script, create_version, document

SignIn = Callable[[User | int], FlaskClient]
#: Of the moment: what the agent said after the stop, and what one could have said.
HIDDEN = (SAID[1]["text"], "Vous clôturez en combien de jours")


@dataclass
class Clock:
    """The present, which stands still until it is moved."""

    now: datetime

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock(utc_now())
    monkeypatch.setattr(live, "utc_now", lambda: found.now)
    return found


@dataclass(frozen=True)
class Agenda:
    """A moment that stops and asks, then a theme that asks nothing."""

    floor: Floor
    moment_id: int
    theme_id: int

    @property
    def moment(self) -> AgendaItem:
        return self.floor.item(self.moment_id)

    @property
    def theme(self) -> AgendaItem:
        return self.floor.item(self.theme_id)

    @property
    def state(self) -> LiveState:
        return live.live_of(self.floor.debrief)

    def show(
        self, viewer: Viewer, item: AgendaItem, phase: Phase | None = None, age_ms: int = 0
    ) -> LiveState:
        return live.show_item(viewer, self.floor.debrief, item, phase, age_ms=age_ms)


@pytest.fixture
def agenda(app: Flask, floor: Floor) -> Agenda:
    with app.app_context():
        moment = create_moment(floor.debrief, floor.call)
        theme = create_item(floor.debrief, minutes=3, words="Le prix")
        return Agenda(floor, moment.id, theme.id)


def test_time_is_counted_over_items_rests_and_the_end(
    app: Flask, agenda: Agenda, clock: Clock
) -> None:
    floor = agenda.floor
    with app.app_context():
        live.start(floor.claire, floor.debrief)
        clock.pass_s(60)
        agenda.show(floor.claire, agenda.theme)
        assert agenda.moment.spent_s == 60
        assert agenda.moment.closed_at is None, "it was never revealed"
        clock.pass_s(30)
        live.rest(floor.claire, floor.debrief, is_resting=True)
        db.session.commit()
    with app.app_context():  # as after a restart: nothing of it was in memory
        clock.pass_s(600)
        live.rest(floor.claire, floor.debrief, is_resting=False)
        clock.pass_s(10)
        agenda.show(floor.claire, agenda.moment, Phase.REVEALED)
        assert (agenda.theme.spent_s, agenda.theme.closed_at) == (40, clock.now)
        clock.pass_s(5)
        live.end(floor.claire, floor.debrief)
        assert agenda.moment.spent_s == 65
        assert agenda.moment.closed_at == clock.now
        assert agenda.state.item_since is None
        clock.pass_s(100)
        live.reopen(floor.claire, floor.debrief)
        clock.pass_s(100)
        agenda.show(floor.claire, agenda.theme)
        assert agenda.moment.spent_s == 65, "it rested until somebody went on"
        assert agenda.show(floor.claire, agenda.moment).phase == Phase.REVEALED


def test_saying_the_same_twice_changes_nothing_and_each_change_raises_the_revision(
    app: Flask, agenda: Agenda
) -> None:
    floor = agenda.floor
    with app.app_context():
        seen = []
        for _again in range(2):
            live.start(floor.claire, floor.debrief)
            seen.append(agenda.state.revision)
            agenda.show(floor.claire, agenda.moment, Phase.ASKING)
            seen.append(agenda.state.revision)
        assert seen[0] < seen[1] == seen[2] == seen[3]
        for _again in range(2):
            live.end(floor.claire, floor.debrief)
            seen.append(agenda.state.revision)
        assert seen[3] < seen[4] == seen[5]


def test_what_was_done_without_a_network_counts_from_when_it_was_done(
    app: Flask, agenda: Agenda, clock: Clock
) -> None:
    floor = agenda.floor
    with app.app_context():
        live.start(floor.claire, floor.debrief)
        clock.pass_s(100)
        agenda.show(floor.claire, agenda.moment, Phase.ASKING, age_ms=80_000)
        agenda.show(floor.claire, agenda.theme, age_ms=30_000)
        assert agenda.moment.spent_s == 70
        assert agenda.state.item_since == clock.now - timedelta(seconds=30)


def test_of_two_hosts_the_later_act_stays_also_when_the_earlier_one_arrives_after_it(
    app: Flask, agenda: Agenda, clock: Clock
) -> None:
    floor = agenda.floor
    with app.app_context():
        live.start(floor.claire, floor.debrief)
        clock.pass_s(60)
        agenda.show(floor.lead, agenda.theme)
        before = agenda.state.revision
        clock.pass_s(10)
        with pytest.raises(Conflict):
            agenda.show(floor.claire, agenda.moment, Phase.ASKING, age_ms=30_000)
        assert agenda.state.item_id == agenda.theme_id
        agenda.show(floor.claire, agenda.moment, Phase.ASKING, age_ms=5000)
        assert agenda.state.item_id == agenda.moment_id
        assert agenda.state.revision > before


def test_nobody_else_runs_it_and_only_while_it_runs(app: Flask, agenda: Agenda) -> None:
    floor = agenda.floor
    with app.app_context():
        with pytest.raises(Conflict):
            agenda.show(floor.claire, agenda.moment)
        for viewer in (floor.agent, floor.stranger, floor.sponsor):
            with pytest.raises(NotFound):
                live.start(viewer, floor.debrief)
        live.start(floor.claire, floor.debrief)
        with pytest.raises(InvalidInput):
            agenda.show(floor.claire, agenda.theme, Phase.ASKING)
        for viewer, position_ms in ((floor.claire, 20_000), (floor.claire, 0)):
            with pytest.raises(InvalidInput):
                live.set_sound(viewer, floor.debrief, is_playing=True, position_ms=position_ms)
        with pytest.raises(NotFound):
            live.set_sound(floor.agent, floor.debrief, is_playing=True, position_ms=9600)
        live.end(floor.claire, floor.debrief)
        floor.debrief.minutes_sent_at = utc_now()
        with pytest.raises(Conflict):
            live.reopen(floor.claire, floor.debrief)


def test_no_screen_is_told_what_comes_before_it_is_revealed(
    app: Flask, agenda: Agenda, sign_in: SignIn
) -> None:
    floor = agenda.floor
    with app.app_context():
        live.start(floor.claire, floor.debrief)
        agenda.moment.is_good = True
        consent_to(agenda.moment)
        create_answer(agenda.moment, floor.user("colleague"), "Depuis quand ?")
        later = create_moment(
            floor.debrief, floor.call, title="Un tunnel", ask_ms=None, question=""
        )
        assert not later.opened_at
        assert sharing.names_agent(agenda.moment)
        hidden = (*HIDDEN, agenda.moment.title, cause_label(agenda.moment.cause), "À garder")
        db.session.commit()
    base = f"/debriefs/{floor.debrief_id}"
    item, phone = f"{base}/present/items/{agenda.moment_id}", f"/my{base}/now"

    def _screens() -> tuple[list[str], list[str]]:
        """What tells of the moment, and the presenter's page around it: there are all the names."""
        host = sign_in(floor.ids["claire"])
        told = host.get(f"{base}/live").json
        names = [told.pop("presence"), host.get(f"{base}/present").text]
        screens = [json.dumps(told, ensure_ascii=False), host.get(item).text]
        colleague = sign_in(floor.ids["colleague"])
        told = colleague.get(f"{base}/live").json
        told["answers"] = [one for one in told["answers"] if not one["is_mine"]]
        screens += [json.dumps(told, ensure_ascii=False), colleague.get(phone).text]
        return [html.unescape(text) for text in screens], [str(text) for text in names]

    for phase in ("shown", "asking"):
        host = sign_in(floor.ids["claire"])
        body = {"item_id": agenda.moment_id, "phase": phase}
        assert host.put(f"{base}/live/item", json=body).status_code == 200
        screens, around = _screens()
        for page in (*screens, *around):
            assert not [words for words in (*hidden, "is_good", "Un tunnel") if words in page]
        assert not [page for page in screens if "Hanta" in page]
        assert "Depuis quand ?" not in "".join((*screens[:3], *around)), "its author still sees it"
        assert SAID[0]["text"].partition("'")[0] in screens[1]
    host = sign_in(floor.ids["claire"])
    host.put(f"{base}/live/item", json={"item_id": agenda.moment_id, "phase": "revealed"})
    (host_told, sheet, told, phone_page), _around = _screens()
    assert not [words for words in (*hidden, "Hanta Rakoto") if words not in sheet]
    assert all("Hanta Rakoto" in page for page in (host_told, told, phone_page))
    assert hidden[2] in host_told
    assert "Un tunnel" not in host_told, "nobody has come to that"
    told = sign_in(floor.ids["agent"]).get(f"{base}/live").json
    assert [answer["text"] for answer in told["answers"]] == ["Depuis quand ?"]
    assert told["answers"][0]["name"] == "", "its writer did not sign"
    assert "presence" not in told
    assert "items" not in told, "agents are not shown the agenda"


def test_without_its_agents_yes_a_moment_is_read_or_read_aloud_never_played(
    app: Flask, agenda: Agenda, sign_in: SignIn
) -> None:
    floor = agenda.floor
    with app.app_context():
        live.start(floor.claire, floor.debrief)
        reading = io.BytesIO(b"reading" * 50)
        agenda.moment.reread_file = put_file(reading, kind="voice", media_type="audio/mp4")
        live.show_item(floor.claire, floor.debrief, agenda.moment, Phase.REVEALED)
        db.session.commit()
    host = sign_in(floor.ids["claire"])
    item = f"/debriefs/{floor.debrief_id}/present/items/{agenda.moment_id}"
    address = f"/debriefs/{floor.debrief_id}/live"

    def _sounds() -> tuple[bool, bool, bool]:
        page, told = host.get(item).text, host.get(address).json
        assert SAID[1]["text"] in page, "the words are there in any case"
        return "data-player" in page, bool(told["sound"]["parts"]), "/reread" in page

    assert _sounds() == (False, False, True)
    with app.app_context():
        consent_id = consent_to(agenda.moment).id
    assert _sounds() == (True, True, False)
    with app.app_context():
        db.session.get_one(SharingConsent, consent_id).withdrawn_at = utc_now()
        db.session.commit()
    assert _sounds() == (False, False, True)


def test_a_look_that_finds_nothing_new_is_empty_and_never_kept(
    app: Flask, agenda: Agenda, sign_in: SignIn
) -> None:
    floor = agenda.floor
    with app.app_context():
        live.start(floor.claire, floor.debrief)
        db.session.commit()
    browser = sign_in(floor.ids["agent"])
    address = f"/debriefs/{floor.debrief_id}/live"
    first = browser.get(address)
    again = browser.get(f"{address}?seen={first.json['revision']}")
    assert (first.status_code, again.status_code, again.data) == (200, 204, b"")
    assert {answer.headers["Cache-Control"] for answer in (first, again)} == {"no-store"}


def test_each_kind_of_item_shows_what_it_is_about(
    app: Flask, agenda: Agenda, sign_in: SignIn
) -> None:
    floor = agenda.floor
    with app.app_context():
        call, claire = floor.call, floor.user("claire")
        script = create_script(call.campaign)
        line = Line(key=new_key(), text="Bonjour, une démonstration ?")
        first = create_version(script, document(line))
        newer = document(replace(line, text="Bonjour, vos clôtures ?"))
        version = create_version(script, newer, based_on_id=first.id)
        drill = create_drill(call, claire, instructions="Une question ensuite.")
        aim = create_objective(floor.user("agent"), call.campaign_id, claire, text="Deux secondes")
        pair = create_pair(create_recheck(call, claire), call, confirmed_at=utc_now())
        kinds = {
            "theme": ({"words": "Trop cher"}, "Trop cher"),
            "script": ({"version_id": version.id}, "vos clôtures"),
            "drill": ({"drill_id": drill.id}, "Une question ensuite."),
            # What is between an agent and who coaches them is not shown to a team
            "objective": ({"objective_id": aim.id}, ""),
            "progress": ({"pair_id": pair.id}, ""),
        }
        items = {
            create_item(floor.debrief, kind, title=f"Titre {kind}", **facts).id: (kind, shown)
            for kind, (facts, shown) in kinds.items()
        }
    pages = {}
    host = sign_in(floor.ids["claire"])
    for item_id, (kind, shown) in items.items():
        pages[kind] = host.get(f"/debriefs/{floor.debrief_id}/present/items/{item_id}").text
        assert f"Titre {kind}" in pages[kind]
        assert shown in pages[kind]
    assert EXAMPLE not in pages["drill"], "that is for when it is revealed"
    assert "Deux secondes" not in pages["objective"]
    assert "sheet-pair" not in pages["progress"], "its agent has not offered it"
    with app.app_context():
        pair_item = next(item for item in floor.debrief.items if item.pair is not None)
        assert pair_item.pair is not None
        pair_item.pair.offered_at = utc_now()
        db.session.commit()
        address = f"/debriefs/{floor.debrief_id}/present/items/{pair_item.id}"
    assert "sheet-pair" in host.get(address).text


def test_two_hosts_at_once_leave_one_state_and_count_every_change(
    app: Flask, agenda: Agenda, sign_in: SignIn
) -> None:
    floor = agenda.floor
    with app.app_context():
        live.start(floor.claire, floor.debrief)
        db.session.commit()
    address = f"/debriefs/{floor.debrief_id}/live/item"
    hosts = [sign_in(floor.ids[name]) for name in ("claire", "lead")]

    def _go(host: FlaskClient) -> list[tuple[int, int]]:
        answers = []
        for _turn in range(4):
            for item_id in (agenda.theme_id, agenda.moment_id):
                answer = host.put(address, json={"item_id": item_id})
                answers.append((answer.status_code, answer.json["revision"]))
        return answers

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(_go, hosts))
    assert {status for answers in told for status, _revision in answers} == {200}
    for answers in told:
        revisions = [revision for _status, revision in answers]
        assert revisions == sorted(revisions), "no screen is ever sent back"
    with app.app_context():
        seen = max(revision for answers in told for _status, revision in answers)
        assert agenda.state.revision == seen
