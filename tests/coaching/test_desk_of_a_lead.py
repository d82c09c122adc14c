"""What a team lead's page of a call leaves out: how far the engine can be trusted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.extensions import db
from tests.factories.verdicts import create_verdicts

from .conftest import Desk


@pytest.mark.parametrize(("who", "is_told"), [("claire", True), ("admin", True), ("lead", False)])
def test_reliability_is_for_those_who_judge(
    app: Flask, desk: Desk, sign_in: Callable[[User | int], FlaskClient], who: str, is_told: bool
) -> None:
    with app.app_context():
        create_verdicts(desk.call, confirmed=4, rejected=6)
        desk.user(who).locale = "en"
        db.session.commit()
    page = sign_in(desk.ids[who]).get(f"/calls/{desk.call_id}").text
    assert "ignored" in page or "objection left unanswered" in page, "the flag itself is there"
    assert ("confirmed 4 times out of 10" in page) is is_told
