"""A take arrives whole, whatever the line does, or its sender is told why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from callcoach.accounts.models import User
from callcoach.drills.models import Answer
from callcoach.extensions import db
from callcoach.storage import get_store
from tests.factories.drills import give

from .conftest import Desk, Given, given_drill
from .steps import put_piece, silent_wav, take_url, upload, voice_wav

SignIn = Callable[[User | int], FlaskClient]


def _answers(app: Flask) -> list[tuple[int | None, int]]:
    with app.app_context():
        return [(a.file_id, a.duration_ms) for a in db.session.scalars(select(Answer))]


def _step_id(app: Flask, given: Given) -> int:
    with app.app_context():
        return given.drill.steps[0].id


@pytest.fixture(name="given")
def _given(app: Flask, desk: Desk) -> Given:
    with app.app_context():
        return given_drill(desk)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(data=st.data())
def test_pieces_in_any_order_with_repeats_end_as_one_take(
    app: Flask, desk: Desk, sign_in: SignIn, tmp_path: Path, data: st.DataObject
) -> None:
    """Whatever is sent, and in whatever order, a sender who asks where to go on gets there."""
    with app.app_context():
        mine = given_drill(desk)
    content = voice_wav(tmp_path, 1.0)
    url = take_url(mine.assignment_id, _step_id(app, mine))
    browser = sign_in(desk.ids["agent"])
    size = len(content)
    pieces = st.tuples(st.integers(0, size + 10), st.integers(1, size))
    before = len(_answers(app))
    for start, length in data.draw(st.lists(pieces, max_size=6), label="sent"):
        answer = put_piece(browser, url, content, start, min(start + length, size))
        assert answer.status_code in (200, 400, 409)
        if answer.status_code == 200 and answer.json["done"]:
            break
    for _ in range(10):
        state = browser.get(url).json
        if state["done"]:
            break
        at = state["offset"]
        assert put_piece(browser, url, content, at, min(at + size // 3, size)).status_code == 200
    assert browser.get(url).json["done"]
    assert put_piece(browser, url, content, 0, 50).json["done"], "sent again, it is there already"
    found = _answers(app)
    assert len(found) == before + 1
    assert found[-1][1] == pytest.approx(1000, abs=60)


def test_what_is_kept_is_a_small_file_of_our_own(
    app: Flask, desk: Desk, sign_in: SignIn, given: Given, tmp_path: Path
) -> None:
    url = take_url(given.assignment_id, _step_id(app, given))
    content = voice_wav(tmp_path, 2.0)
    answer = upload(sign_in(desk.ids["agent"]), url, content, [10_000, 40_000])
    assert answer.json["done"]
    assert answer.json["duration_ms"] == pytest.approx(2000, abs=60)
    sound = sign_in(desk.ids["agent"]).get(answer.json["sound"])
    assert (sound.status_code, sound.mimetype) == (200, "audio/mp4")
    assert sound.headers["Cache-Control"] == "private, no-store"
    assert len(sound.data) < len(content) / 3
    (tmp_path / "heard.m4a").write_bytes(sound.data)
    with av.open(str(tmp_path / "heard.m4a")) as opened:
        assert opened.streams.audio[0].codec_context.name == "aac"
    with app.app_context():
        keys = [key for key, _at in get_store().list_keys()]
        assert len(keys) == 1, "nothing of the upload is left"


def test_what_is_no_sound_is_refused_and_nothing_is_kept(
    app: Flask, desk: Desk, sign_in: SignIn, given: Given
) -> None:
    url = take_url(given.assignment_id, _step_id(app, given))
    answer = upload(sign_in(desk.ids["agent"]), url, b"#EXTM3U\nfile:///etc/passwd\n" * 20)
    assert answer.status_code == 422
    assert answer.json["error"]
    assert _answers(app) == []
    with app.app_context():
        assert list(get_store().list_keys()) == []


def test_a_damaged_upload_can_be_sent_again(
    app: Flask, desk: Desk, sign_in: SignIn, given: Given, tmp_path: Path
) -> None:
    url = take_url(given.assignment_id, _step_id(app, given))
    browser = sign_in(desk.ids["agent"])
    content = voice_wav(tmp_path, 1.0)
    wrong = {"Upload-Checksum": "0" * 64}
    assert put_piece(browser, url, content, 0, len(content), **wrong).status_code == 409
    assert browser.get(url).json == {"offset": 0, "done": False}
    assert upload(browser, url, content).json["done"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Offset": "x"},
        {"Upload-Length": ""},
        {"Upload-Length": "99000000"},
        {"Upload-Checksum": "zz"},
    ],
)
def test_unreadable_pieces_are_refused(
    app: Flask, desk: Desk, sign_in: SignIn, given: Given, headers: dict[str, str]
) -> None:
    url = take_url(given.assignment_id, _step_id(app, given))
    browser = sign_in(desk.ids["agent"])
    assert put_piece(browser, url, b"abcdef", 0, 3, **headers).status_code == 400
    assert browser.get(url).json == {"offset": 0, "done": False}


def test_two_agents_with_the_same_name_for_a_take_do_not_meet(
    app: Flask, desk: Desk, sign_in: SignIn, given: Given
) -> None:
    step_id = _step_id(app, given)
    with app.app_context():
        other = give(desk.user("colleague"), given.drill).id
    put_piece(sign_in(desk.ids["agent"]), take_url(given.assignment_id, step_id), b"abcdef", 0, 3)
    theirs = sign_in(desk.ids["colleague"])
    assert theirs.get(take_url(other, step_id)).json["offset"] == 0
    assert theirs.get(take_url(given.assignment_id, step_id)).status_code == 404


def test_discarding_also_forgets_what_came_in_part(
    app: Flask, desk: Desk, sign_in: SignIn, given: Given
) -> None:
    url = take_url(given.assignment_id, _step_id(app, given))
    browser = sign_in(desk.ids["agent"])
    put_piece(browser, url, b"abcdef", 0, 3)
    assert browser.delete(url).status_code == 200
    assert browser.get(url).json["offset"] == 0


def test_a_microphone_that_is_off_is_no_silence_and_a_quiet_room_is(
    app: Flask, desk: Desk, sign_in: SignIn, tmp_path: Path
) -> None:
    browser = sign_in(desk.ids["agent"])
    with app.app_context():
        real_time = given_drill(desk, "real_time")
    url = take_url(real_time.assignment_id, _step_id(app, real_time))
    refused = upload(browser, url, silent_wav(tmp_path, 3.0))
    assert refused.status_code == 422
    assert refused.json["error"].startswith("Aucun son ne nous est parvenu")
    assert _answers(app) == []
    again = take_url(real_time.assignment_id, _step_id(app, real_time), "take-2")
    quiet = voice_wav(tmp_path, 0.0, silence_s=3.0)
    assert upload(browser, again, quiet).json["done"], "somebody who says nothing"
    assert browser.post(f"/my/drills/{real_time.assignment_id}/send").status_code == 302
    assert [duration_ms for _file, duration_ms in _answers(app)] == [pytest.approx(3000, abs=60)]


def test_there_is_nothing_to_record_by_ear(
    app: Flask, desk: Desk, sign_in: SignIn, tmp_path: Path
) -> None:
    with app.app_context():
        mine = given_drill(desk, "ear")
    url = take_url(mine.assignment_id, _step_id(app, mine))
    assert put_piece(sign_in(desk.ids["agent"]), url, b"abc", 0, 3).status_code == 409


def test_a_take_that_was_sent_is_not_made_anew_by_its_last_piece(
    app: Flask, desk: Desk, sign_in: SignIn, given: Given, tmp_path: Path
) -> None:
    """The answer to the last piece was lost, the try sent, and the piece comes once more."""
    url = take_url(given.assignment_id, _step_id(app, given))
    browser = sign_in(desk.ids["agent"])
    content = voice_wav(tmp_path, 1.0)
    assert upload(browser, url, content).json["done"]
    assert browser.post(f"/my/drills/{given.assignment_id}/send").status_code == 302
    again = upload(browser, url, content)
    assert again.json["done"]
    assert len(_answers(app)) == 1
    assert browser.delete(url).status_code == 200
    assert browser.get(again.json["sound"]).status_code == 200
