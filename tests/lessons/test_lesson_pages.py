"""The pages of lessons, from an item of a debrief to another team."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.extensions import utc_now
from tests.debriefs.conftest import Floor
from tests.factories.debriefs import create_debrief, create_item

from .conftest import Sites

TITLE = "Reformuler avant de répondre"


def test_the_pages_from_an_item_to_the_other_team(
    app: Flask, floor: Floor, sites: Sites, sign_in: Callable[[User | int], FlaskClient]
):
    with app.app_context():
        held = create_debrief([floor.team], floor.user("claire"), "done")
        item_id = create_item(held, words="Vous êtes équipé.", opened_at=utc_now()).id
    form = {
        "item": item_id,
        "campaign_id": floor.campaign_id,
        "title": TITLE,
        "text": "Hanta laisse deux secondes.",
        "kind": "expression",
        "expression": "vous êtes équipé",
    }
    claire = sign_in(floor.ids["claire"])
    asked = claire.get(f"/lessons/new?item={item_id}").get_data(as_text=True)
    assert "Vous êtes équipé." in asked
    refused = claire.post("/lessons/new", data=form)
    assert refused.status_code == 400
    page = refused.get_data(as_text=True)
    assert "Hanta laisse deux secondes." in page
    assert 'aria-describedby="error-text"' in page
    kept = claire.post("/lessons/new", data={**form, "text": "Deux secondes."})
    claire.post(f"{kept.location}/propose", data={"team_ids": [sites.there]})
    leila = sign_in(sites.leila_id)
    assert f"{kept.location}/teams/{sites.there}/take" in leila.get("/lessons").get_data(
        as_text=True
    )
    leila.post(f"{kept.location}/teams/{sites.there}/take")
    shown = leila.get(kept.location).get_data(as_text=True)
    assert f"{kept.location}/teams/{sites.there}/unbrief" in shown
    assert f"{kept.location}/teams/{sites.there}/take" not in shown
    assert "/debriefs/effects/" not in shown  # the other team's drawn calls are not hers
    found = leila.get("/lessons?state=taken").get_data(as_text=True)
    assert TITLE in found
    assert TITLE not in leila.get("/lessons?state=declined").get_data(as_text=True)
