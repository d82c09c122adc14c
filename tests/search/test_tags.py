"""Searching the calls with a tag, and saved searches when a tag gets another name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.models import User
from callcoach.calls.models import Call
from callcoach.calls.operations import add_tag, rename_tag, undo_rename
from callcoach.extensions import db
from callcoach.search.models import SavedView
from tests.factories.search import create_saved_view

from .conftest import World

SignIn = Callable[[User | int], FlaskClient]


@pytest.fixture
def tagged(app: Flask, world: World) -> None:
    """Hanta's call and one in Tunis have a tag; Patrice's has none."""
    with app.app_context():
        for who, number in (("claire", world.call_id), ("stranger", world.foreign_call_id)):
            add_tag(world.viewers[who], db.session.get_one(Call, number), "À relire")
        db.session.commit()


def _queries(app: Flask) -> dict[str, str]:
    with app.app_context():
        return {view.name: view.query for view in db.session.scalars(select(SavedView))}


@pytest.mark.usefixtures("tagged")
def test_a_search_is_narrowed_to_a_tag_and_saved_with_it(
    app: Flask, world: World, sign_in: SignIn
) -> None:
    browser = sign_in(world.ids["claire"])
    everywhere = browser.get("/search?q=gratuit").text
    narrowed = browser.get("/search?q=gratuit&tag=à relire").text
    assert f"/calls/{world.colleagues_call_id}?" in everywhere
    assert f"/calls/{world.colleagues_call_id}?" not in narrowed
    assert f"/calls/{world.call_id}?" in narrowed
    browser.post("/search/views", data={"name": "Relire", "query": "q=gratuit&tag=à relire"})
    assert _queries(app) == {"Relire": "q=gratuit&tag=%C3%A0+relire"}
    agent = sign_in(world.ids["agent"])
    assert "data-hit>" not in agent.get("/search?q=gratuit&tag=à relire").text
    assert "relire" not in agent.get("/search?q=gratuit").text


@pytest.mark.usefixtures("tagged")
def test_saved_searches_follow_a_tag_for_those_who_see_its_new_name_alone(
    app: Flask, world: World
) -> None:
    with app.app_context():
        for who in ("claire", "thomas", "admin", "stranger", "agent"):
            create_saved_view(world.ids[who], who, "q=prix&tag=%C3%A0+RELIRE")
        create_saved_view(world.ids["claire"], "other", "q=tag%3D&tag=autre")
        done = rename_tag(world.viewers["claire"], "À relire", "Vu & revu")
        db.session.commit()
        event_id = done.event_id
    before, after = "q=prix&tag=%C3%A0+RELIRE", "q=prix&tag=Vu+%26+revu"
    assert _queries(app) == {
        "claire": after,
        "thomas": after,
        "admin": before,  # Tunis still has the old one
        "stranger": before,
        "agent": before,
        "other": "q=tag%3D&tag=autre",
    }
    with app.app_context():
        undo_rename(world.viewers["claire"], event_id, old="À relire", new="Vu & revu")
        db.session.commit()
    assert _queries(app)["thomas"] == "q=prix&tag=%C3%80+relire"
    assert _queries(app)["stranger"] == before
