"""Short messages after an action."""

from __future__ import annotations

import json

import pytest
from flask import Flask, get_flashed_messages, make_response

from callcoach.web.toasts import notify, with_toast


@pytest.mark.parametrize(
    ("said", "shown"),
    [("Asked: Yassine B..", "Asked: Yassine B."), ("Saved.", "Saved."), ("Going on…", "Going on…")],
)
def test_a_name_cut_short_ends_the_sentence(app: Flask, said: str, shown: str) -> None:
    with app.test_request_context():
        notify(said)
        assert [message["message"] for message in get_flashed_messages()] == [shown]
        header = with_toast(make_response(""), said).headers["HX-Trigger"]
        assert json.loads(header)["toast"]["message"] == shown
