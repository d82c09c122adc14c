"""The import page: one answer a file, for scripts and for the plain form."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from callcoach.accounts.models import User
from callcoach.calls.models import Call
from callcoach.extensions import db

from .conftest import Floor

SignIn = Callable[[User | int], FlaskClient]
JSON = {"Accept": "application/json"}


def _form(floor: Floor, **values: str) -> dict[str, object]:
    return {
        "team_id": str(floor.team_id),
        "campaign_id": "",
        "agent_id": str(floor.agent_id),
        "persona": "DAF",
        "agent_channel": "auto",
        "language": "",
        "timezone": "Europe/Paris",
        **values,
    }


def _send(
    browser: FlaskClient,
    form: dict[str, object],
    *files: tuple[bytes, str],
    table: str = "",
    headers: dict[str, str] | None = None,
) -> TestResponse:
    data = {**form, "files": [(io.BytesIO(content), name) for content, name in files]}
    if table:
        data["metadata"] = (io.BytesIO(table.encode()), "calls.csv")
    response = browser.post(
        "/calls/import", data=data, headers=headers or {}, content_type="multipart/form-data"
    )
    response.request.environ["wsgi.input"].close()  # the test client leaves its copy open
    return response


def _count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Call)) or 0


def test_a_file_is_imported_with_the_forms_defaults(
    app: Flask, floor: Floor, sign_in: SignIn, short_recording: Path
) -> None:
    browser = sign_in(floor.supervisor.user_id or 0)
    response = _send(
        browser,
        _form(floor, started_at="2026-09-14T11:41"),
        (short_recording.read_bytes(), "appel.wav"),
        headers=JSON,
    )
    assert response.status_code == 200, response.text
    (result,) = response.json["results"]
    assert result["outcome"] == "imported"
    assert browser.get(result["url"]).status_code == 200
    with app.app_context():
        call = db.session.scalars(select(Call)).one()
        assert (call.agent_id, call.persona, call.state) == (floor.agent_id, "DAF", "queued")
        assert call.started_at.isoformat() == "2026-09-14T09:41:00+00:00"


def test_a_row_of_the_table_beats_the_form(
    app: Flask, floor: Floor, sign_in: SignIn, short_recording: Path
) -> None:
    table = "file;external_id;prospect_name;persona\nAPPEL.WAV;A-1;Mme Delattre;DSI\n"
    _send(
        sign_in(floor.supervisor.user_id or 0),
        _form(floor),
        (short_recording.read_bytes(), "appel.wav"),
        table=table,
        headers=JSON,
    )
    with app.app_context():
        call = db.session.scalars(select(Call)).one()
        assert (call.external_id, call.prospect_name, call.persona) == (
            "A-1",
            "Mme Delattre",
            "DSI",
        )


def test_each_file_has_its_own_answer(
    app: Flask, floor: Floor, sign_in: SignIn, short_recording: Path
) -> None:
    sound = short_recording.read_bytes()
    response = _send(
        sign_in(floor.supervisor.user_id or 0),
        _form(floor),
        (sound, "un.wav"),
        (sound, "deux.wav"),
        (b"ceci n'est pas un son" * 50, "trois.wav"),
        headers=JSON,
    )
    outcomes = [result["outcome"] for result in response.json["results"]]
    assert outcomes == ["imported", "duplicate", "rejected"]
    assert "un.wav" in response.json["results"][1]["message"]
    assert response.json["results"][2]["message"]
    assert _count(app) == 1


def test_the_plain_form_shows_the_answers(
    app: Flask, floor: Floor, sign_in: SignIn, short_recording: Path
) -> None:
    response = _send(
        sign_in(floor.supervisor.user_id or 0),
        _form(floor),
        (short_recording.read_bytes(), "appel.wav"),
        (b"", "vide.wav"),
    )
    assert response.status_code == 200
    assert "is-imported" in response.text
    assert "is-rejected" in response.text
    assert _count(app) == 1


def test_nothing_chosen_is_said(floor: Floor, sign_in: SignIn) -> None:
    response = _send(sign_in(floor.supervisor.user_id or 0), _form(floor), headers=JSON)
    assert response.status_code == 400
    assert response.json["error"]


@pytest.mark.parametrize("who", ["agent", "sponsor"])
def test_who_may_not_import(app: Flask, floor: Floor, sign_in: SignIn, who: str) -> None:
    browser = sign_in(getattr(floor, who).user_id)
    assert browser.get("/calls/import").status_code == 403
    assert _send(browser, _form(floor), (b"x", "x.wav")).status_code == 403
    assert _count(app) == 0


def test_another_team_is_not_offered_and_not_taken(
    app: Flask, floor: Floor, sign_in: SignIn, short_recording: Path
) -> None:
    browser = sign_in(floor.supervisor.user_id or 0)
    assert "Équipe Tunis" not in browser.get("/calls/import").text
    response = _send(
        browser,
        _form(floor, team_id=str(floor.other_team_id)),
        (short_recording.read_bytes(), "appel.wav"),
        headers=JSON,
    )
    assert response.status_code == 400
    assert _count(app) == 0


def test_too_large_a_request_is_answered_413(app: Flask, floor: Floor, sign_in: SignIn) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    response = _send(
        sign_in(floor.supervisor.user_id or 0),
        _form(floor),
        (b"x" * 200_000, "x.wav"),
        headers=JSON,
    )
    assert response.status_code == 413
    assert response.json["error"]
