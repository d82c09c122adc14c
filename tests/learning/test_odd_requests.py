"""What no page sends: numbers that no column holds, characters that cannot be seen, no numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.models import Role, User
from callcoach.extensions import db
from callcoach.tuning.models import CampaignPhrase
from callcoach.tuning.queries import standings_of, tuning_of
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call
from tests.factories.campaigns import create_campaign

HUGE = "9" * 30
KIND = "D09/ignored_objection"


@pytest.fixture
def browser(app: Flask, sign_in: Callable[[User | int], FlaskClient]) -> FlaskClient:
    """A supervisor's, of the one campaign with one call."""
    with app.app_context():
        team = create_team()
        create_call(team=team, campaign=create_campaign(teams=[team]))
        return sign_in(create_user(Role.SUPERVISOR, [team]))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/calls/{HUGE}", 404),
        (f"/check/{HUGE}", 404),
        (f"/campaigns/{HUGE}/phrases", 404),
        (f"/campaigns/1/phrases?from=turn&call={HUGE}&turn=1", 400),
        (f"/campaigns/1/phrases/try?role=added&list=objection&text=on+verra&call={HUGE}", 400),
        (f"/campaigns/1/phrases/try?role=added&list=objection&text=on+verra&job={HUGE}", 400),
        (f"/campaigns/1/phrases/try?phrase={HUGE}&text=on+verra", 400),
        (f"/campaigns/1/phrases?page={HUGE}", 200),
        ("/campaigns/1/phrases/try?role=added&list=objection&text=on%00verra", 200),
        ("/campaigns/1/phrases?q=%00(%5Ba", 200),
        (f"/campaigns/1/reliability?page={HUGE}", 200),
        (f"/campaigns/1/reliability/{KIND}?floor=nan", 200),
    ],
)
def test_odd_addresses_are_answered(browser: FlaskClient, address: str, status: int) -> None:
    assert browser.get(address).status_code == status


@pytest.mark.parametrize(
    "address",
    [
        f"/campaigns/1/phrases/{HUGE}/remove",
        f"/campaigns/1/phrases/changes/{HUGE}/undo",
        f"/campaigns/1/reliability/changes/{HUGE}/undo",
        f"/calls/1/moments/{HUGE}/verdict",
        f"/calls/1/verdicts/{HUGE}/withdraw",
        f"/check/{HUGE}/answer",
    ],
)
def test_nothing_is_done_to_what_cannot_be(browser: FlaskClient, address: str) -> None:
    assert browser.post(address).status_code == 404


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("on\x00 verra", "on verra"),
        ("\u202eon\u200b verra ", "on verra"),
        ("(a+)+$ [z", "(a+)+$ [z"),
        ("مرحبا oui", "مرحبا oui"),
        ("مرحبا بكم", None),  # the engine reads Latin letters only
        ("super 😀", "super 😀"),
        ("e\u0301" * 200, "é" * 200),
        ("é" * 201, None),
        ("😀", None),
        ("re:(a+)+$", None),
        ("\x00re:(a+)+$", None),
    ],
)
def test_a_phrase_keeps_the_words_that_can_be_seen(
    app: Flask, browser: FlaskClient, typed: str, kept: str | None
) -> None:
    form = {"role": "added", "list": "objection", "text": typed}
    assert browser.post("/campaigns/1/phrases", data=form).status_code == 302
    with app.app_context():
        assert db.session.scalars(select(CampaignPhrase.text)).all() == ([kept] if kept else [])


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e400"])
def test_what_is_no_number_sets_nothing(app: Flask, browser: FlaskClient, value: str) -> None:
    browser.post("/campaigns/1/phrases", data={"bound": "monologue.floor_s", "value": value})
    floor = {"floor": value, "seen": "0"}
    browser.post(f"/campaigns/1/reliability/{KIND}/floor", data=floor)
    browser.post(f"/campaigns/1/reliability/{KIND}/floor", data={"floor": "0.5", "seen": "nan"})
    with app.app_context():
        assert tuning_of(1).is_empty
        assert not any(row.floor for row in standings_of(1).values())
