"""Changes of the engine while others work on the same campaign."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from callcoach.accounts.models import Team
from callcoach.campaigns.models import Campaign
from callcoach.errors import StaleVersion
from callcoach.extensions import db, write_transaction
from callcoach.learning.ledger_operations import decide_floor, decide_standing
from callcoach.tuning.models import Standing
from callcoach.tuning.operations import set_bound, set_floor, set_standing
from callcoach.tuning.queries import standings_of
from tests.factories.calls import create_call
from tests.tuning.conftest import People

KIND = ("D02", "monologue")


def _is_postgres() -> bool:
    return db.engine.dialect.name == "postgresql"


def _elsewhere(app: Flask, change: Callable[[Campaign], object], campaign_id: int) -> None:
    """Make a change in a transaction of its own, in another thread, and commit it."""
    troubles: list[BaseException] = []

    def work() -> None:
        try:
            with app.app_context(), write_transaction():
                change(db.session.get_one(Campaign, campaign_id))
                db.session.commit()
        except BaseException as error:
            troubles.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    assert not troubles


def _standing(people: People) -> Standing:
    return Standing(standings_of(people.campaign_id)[KIND].standing)


def test_a_standing_that_was_read_before_it_changed_is_looked_at_again(
    app: Flask, people: People
) -> None:
    """The page reads the ledger before it takes the lock; what it read must not count."""
    with app.app_context():
        campaign = db.session.get_one(Campaign, people.campaign_id)
        set_standing(people.admin, campaign, *KIND, "retired")
        set_floor(people.admin, campaign, *KIND, 0.2)
        db.session.commit()
        kept = standings_of(people.campaign_id)
        assert kept[KIND].floor == 0.2
        if not _is_postgres():
            db.session.commit()  # a transaction that means to write has the database to itself
        _elsewhere(
            app,
            lambda found: (
                set_standing(people.admin, found, *KIND, "kept"),
                set_floor(people.admin, found, *KIND, 0.4),
            ),
            people.campaign_id,
        )
        with pytest.raises(StaleVersion):
            decide_standing(people.supervisor, campaign, *KIND, "figures", seen="retired")
        with pytest.raises(StaleVersion):
            decide_floor(people.supervisor, campaign, *KIND, 0.3, seen=0.2)
        db.session.rollback()
        assert _standing(people) is Standing.KEPT


def test_calls_are_imported_while_somebody_tunes_their_campaign(app: Flask, people: People) -> None:
    with app.app_context():
        team_id = db.session.get_one(Campaign, people.campaign_id).teams[0].team_id
        db.session.commit()
        with write_transaction():
            campaign = db.session.get_one(Campaign, people.campaign_id)
            set_bound(people.supervisor, campaign, "monologue.floor_s", 20.0)
            if not _is_postgres():
                db.session.commit()  # one writer at a time; the next one comes right after

            def _import(found: Campaign) -> None:
                if _is_postgres():
                    db.session.execute(text("SET LOCAL lock_timeout = '5s'"))
                create_call(team=db.session.get_one(Team, team_id), campaign=found)

            _elsewhere(app, _import, people.campaign_id)
            db.session.commit()
