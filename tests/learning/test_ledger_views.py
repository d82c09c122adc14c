"""The pages of the ledger: what they say, and where they lead."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import Role, User
from callcoach.calls.models import Call
from callcoach.extensions import db
from callcoach.learning.operations import review
from callcoach.tuning.models import TuningChange
from callcoach.tuning.operations import add_phrase
from callcoach.tuning.queries import standings_of
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign
from tests.factories.verdicts import create_verdicts

SignIn = Callable[[User | int], FlaskClient]
KIND = ("D09", "ignored_objection")


@dataclass(frozen=True)
class Book:
    """A campaign with one analysed call, and the browser of its supervisor, in English."""

    campaign: int
    call: int
    browser: FlaskClient

    @property
    def url(self) -> str:
        return f"/campaigns/{self.campaign}/reliability"

    @property
    def kind_url(self) -> str:
        return f"{self.url}/{'/'.join(KIND)}"

    def page(self, query: str = "") -> str:
        answer = self.browser.get(self.url + query)
        assert answer.status_code == 200
        return answer.text

    def kind_page(self, query: str = "") -> str:
        answer = self.browser.get(self.kind_url + query)
        assert answer.status_code == 200
        return answer.text


@pytest.fixture
def book(app: Flask, sign_in: SignIn) -> Book:
    with app.app_context():
        team = create_team()
        claire = create_user(Role.SUPERVISOR, [team], name="Claire", locale="en")
        call = create_call(team=team, campaign=create_campaign(teams=[team], name="Toitures"))
        return Book(call.campaign_id, call.id, sign_in(claire))


def _verdicts(app: Flask, book: Book, confirmed: int, rejected: int, **values: object) -> None:
    with app.app_context():
        call = db.session.get_one(Call, book.call)
        create_verdicts(call, confirmed, rejected, **values)
        review(call.campaign, *KIND)
        db.session.commit()


def _words(html: str) -> str:
    """What is read, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def _rows(html: str) -> list[str]:
    return re.findall(r'<tr id="kind-([^"]+)"', html)


def test_says_how_far_a_kind_can_be_trusted(app: Flask, book: Book) -> None:
    _verdicts(app, book, 14, 6)
    words = _words(book.page())
    assert "objection left unanswered" in words
    assert "14 of 20 confirmed" in words
    assert re.search(r"6\d% between 5\d% and 8\d%", words)
    assert "● shown" in words


def test_says_what_to_do_where_nothing_was_judged(app: Flask, book: Book, sign_in: SignIn) -> None:
    words = _words(book.page())
    assert "Nobody has judged a flag of this campaign yet" in words
    assert "Not measured yet" in words
    with app.app_context():
        team = create_team()
        empty = create_campaign(teams=[team]).id
        browser = sign_in(create_user(Role.SUPERVISOR, [team], locale="en"))
    page = browser.get(f"/campaigns/{empty}/reliability").text
    assert "No flag yet" in page
    assert f"/calls?campaign={empty}" in page


def test_is_sorted_and_filtered_by_its_address(app: Flask, book: Book) -> None:
    _verdicts(app, book, 1, 5)
    _verdicts(app, book, 9, 1, detector="D20", cause="open_question")
    by_verdicts = ["D20-open_question", "D09-ignored_objection"]
    assert _rows(book.page()) == by_verdicts
    assert _rows(book.page("?sort=verdicts")) == by_verdicts[::-1]
    assert _rows(book.page("?sort=-precision")) == by_verdicts
    assert _rows(book.page("?sort=precision")) == by_verdicts[::-1]
    assert _rows(book.page("?sort=kind")) == by_verdicts[::-1]
    assert _rows(book.page("?valence=negative")) == ["D09-ignored_objection"]
    assert _rows(book.page("?standing=active")) == by_verdicts
    assert _rows(book.page("?standing=hidden")) == []
    assert "No kind of flag matches these filters" in book.page("?standing=hidden")
    assert _rows(book.page("?sort=nonsense&valence=odd&standing=odd")) == by_verdicts
    assert 'aria-sort="ascending"' in book.page("?sort=kind")


def test_says_that_the_figures_hid_a_kind_and_takes_it_back(app: Flask, book: Book) -> None:
    _verdicts(app, book, 2, 20)
    words = _words(book.page())
    assert "held back by the figures" in words
    assert re.search(r"by the figures: 2\d% right, 1\d% to 3\d%, 22 verdicts", words)
    assert "shown → held back by the figures" in words
    with app.app_context():
        change = db.session.query(TuningChange).one().id
    undone = book.browser.post(f"{book.url}/changes/{change}/undo", follow_redirects=True)
    assert "held back by the figures → shown" in _words(undone.text)
    assert "by Claire" in undone.text
    again = book.browser.post(f"{book.url}/changes/{change}/undo", follow_redirects=True)
    assert "This change is undone already." in again.text


def test_a_person_keeps_a_kind_from_the_list_and_stays_where_they_were(
    app: Flask, book: Book
) -> None:
    _verdicts(app, book, 2, 20)
    answer = book.browser.post(
        f"{book.kind_url}/standing",
        data={"choice": "kept", "seen": "hidden", "from": "ledger", "sort": "kind"},
    )
    assert answer.location == f"{book.url}?sort=kind"
    page = book.browser.get(answer.location).text
    assert "Objection left unanswered: now kept." in page
    assert re.search(r'action="[^"]+/changes/\d+/undo"', page)
    with app.app_context():
        assert standings_of(book.campaign)[KIND].standing == "kept"


def test_a_refusal_is_said_on_the_page_of_the_kind(book: Book) -> None:
    answer = book.browser.post(
        f"{book.kind_url}/standing",
        data={"choice": "kept", "seen": "retired"},
        follow_redirects=True,
    )
    assert "look before you change it" in answer.text
    odd = book.browser.post(
        f"{book.kind_url}/floor", data={"floor": "much", "seen": "0"}, follow_redirects=True
    )
    assert "Give a value from 0 to 1." in odd.text


def test_the_page_of_a_kind_has_all_that_is_known(app: Flask, book: Book) -> None:
    _verdicts(app, book, 9, 3)
    _verdicts(app, book, 0, 4, reason="misheard")
    words = _words(book.kind_page())
    assert "9 of 12 confirmed" in words
    assert "4 not counted: misheard or of no importance" in words
    assert "misheard: 4 of 7 (not counted against it)" in words
    assert "no reason given: 3 of 7" in words
    assert "on labelled calls" in words
    assert "1 flag" in words


def test_a_floor_is_tried_before_it_is_set(app: Flask, book: Book) -> None:
    page = _words(book.kind_page("?floor=0.80"))
    assert "Of the last 1 call: 0 flags shown instead of 1." in page
    assert "Nobody has judged any of those that would change." in page
    with app.app_context():
        assert KIND not in standings_of(book.campaign)
    done = book.browser.post(
        f"{book.kind_url}/floor", data={"floor": "0.8", "seen": "0.0"}, follow_redirects=True
    )
    assert "The floor is set." in done.text
    assert "none → 0.80" in _words(done.text)
    assert "from confidence 0.80 on" in _words(book.page())
    assert "This is how it is set now." in book.kind_page("?floor=0.8")


@pytest.mark.parametrize("floor", ["1.5", "-1", "x", "nan"])
def test_a_floor_that_is_none_is_not_tried(book: Book, floor: str) -> None:
    assert "flags shown instead" not in book.kind_page(f"?floor={floor}")


def test_the_figures_only_propose_for_a_kind_that_is_kept(app: Flask, book: Book) -> None:
    with app.app_context():
        call = db.session.get_one(Call, book.call)
        right = create_verdicts(call, confirmed=20)
        wrong = create_verdicts(call, rejected=20)
        for index, (one, other) in enumerate(zip(right, wrong, strict=True)):
            one.confidence, other.confidence = 0.6 + 0.01 * index, 0.3 + 0.01 * index
        db.session.commit()
    assert "The figures propose" not in book.kind_page()
    book.browser.post(f"{book.kind_url}/standing", data={"choice": "kept", "seen": "active"})
    words = _words(book.kind_page())
    assert re.search(r"The figures propose a floor of 0\.5\d: .* \(40 verdicts\)", words)


def test_the_log_has_phrases_too(app: Flask, book: Book) -> None:
    with app.app_context():
        call = db.session.get_one(Call, book.call)
        add_phrase(None, call.campaign, role="background", list_name="", text="la toiture fuit")
        db.session.commit()
    assert "“la toiture fuit” added" in _words(book.page())


def test_an_unknown_kind_is_no_page(book: Book) -> None:
    assert book.browser.get(f"{book.url}/D09/nonsense").status_code == 404
    assert book.browser.get(f"{book.url}/M0/insistence").status_code == 404


def test_the_campaign_leads_there_for_those_who_may_look(
    app: Flask, book: Book, sign_in: SignIn
) -> None:
    assert book.url in book.browser.get(f"/campaigns/{book.campaign}").text
    assert book.url in book.browser.get("/campaigns").text
    with app.app_context():
        lead = create_user(Role.TEAM_LEAD, [db.session.get_one(Call, book.call).team])
        other = sign_in(lead)
    assert book.url not in other.get(f"/campaigns/{book.campaign}").text
    assert book.url not in other.get("/campaigns").text


def test_no_agent_is_named(app: Flask, book: Book) -> None:
    with app.app_context():
        call = db.session.get_one(Call, book.call)
        call.agent = create_user(Role.AGENT, [call.team], name="Hanta Rakoto")
        db.session.commit()
    _verdicts(app, book, 4, 4)
    assert "Hanta" not in book.page() + book.kind_page()
