"""The sound and the peaks: parts, conditions, rights and the access log."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from callcoach.accounts.models import AccessEvent, Role, User
from callcoach.calls.models import Call
from callcoach.extensions import db
from callcoach.storage.operations import put_file
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call

SignIn = Callable[[User | int], FlaskClient]
#: As long as no chunk boundary, so that a part may cross one.
SOUND = bytes(range(256)) * 3000


@pytest.fixture
def media(app: Flask) -> dict[str, int]:
    """A call with sound and peaks in the store."""
    with app.app_context():
        team, other = create_team(), create_team()
        agent = create_user(Role.AGENT, teams=[team])
        call = create_call(team=team, agent=agent)
        assert call.recording is not None
        call.recording.playback = put_file(
            io.BytesIO(SOUND), kind="playback", media_type="audio/mp4"
        )
        call.recording.peaks = put_file(
            io.BytesIO(b"CCPK"), kind="peaks", media_type="application/octet-stream"
        )
        db.session.commit()
        return {
            "call": call.id,
            "agent": agent.id,
            "supervisor": create_user(Role.SUPERVISOR, teams=[team]).id,
            "other_supervisor": create_user(Role.SUPERVISOR, teams=[other]).id,
            "other_agent": create_user(Role.AGENT, teams=[team]).id,
            "sponsor": create_user(Role.SPONSOR).id,
        }


def _heard(app: Flask) -> int:
    with app.app_context():
        return (
            db.session.scalar(
                select(func.count())
                .select_from(AccessEvent)
                .where(AccessEvent.action == "call.heard")
            )
            or 0
        )


def test_the_whole_sound(app: Flask, media: dict[str, int], sign_in: SignIn) -> None:
    response = sign_in(media["agent"]).get(f"/calls/{media['call']}/audio")
    assert response.status_code == 200
    assert response.data == SOUND
    assert response.mimetype == "audio/mp4"
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-299999", 100, 300_000),
        ("bytes=767000-", 767_000, len(SOUND)),
        ("bytes=-500", len(SOUND) - 500, len(SOUND)),
        ("bytes=767990-9999999", 767_990, len(SOUND)),
    ],
)
def test_a_part_of_the_sound(
    media: dict[str, int], sign_in: SignIn, asked: str, start: int, end: int
) -> None:
    response = sign_in(media["agent"]).get(
        f"/calls/{media['call']}/audio", headers={"Range": asked}
    )
    assert response.status_code == 206
    assert response.data == SOUND[start:end]
    assert response.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(SOUND)}"
    assert response.content_length == end - start


def test_a_part_past_the_end(media: dict[str, int], sign_in: SignIn) -> None:
    response = sign_in(media["agent"]).get(
        f"/calls/{media['call']}/audio", headers={"Range": "bytes=900000-"}
    )
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{len(SOUND)}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "lines=0-1", "bytes=z", "bytes=5-1"])
def test_ranges_that_are_not_one_part_get_the_whole(
    media: dict[str, int], sign_in: SignIn, asked: str
) -> None:
    response = sign_in(media["agent"]).get(
        f"/calls/{media['call']}/audio", headers={"Range": asked}
    )
    assert response.status_code == 200
    assert len(response.data) == len(SOUND)


def test_if_range_gives_a_part_of_the_same_version_only(
    media: dict[str, int], sign_in: SignIn
) -> None:
    browser = sign_in(media["agent"])
    url = f"/calls/{media['call']}/audio"
    etag = browser.get(url).headers["ETag"]
    same = browser.get(url, headers={"Range": "bytes=0-9", "If-Range": etag})
    assert same.status_code == 206
    other = browser.get(url, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert other.status_code == 200
    dated = browser.get(
        url, headers={"Range": "bytes=0-9", "If-Range": "Mon, 14 Sep 2026 08:00:00 GMT"}
    )
    assert dated.status_code == 200


def test_an_unchanged_sound_is_not_sent_again(media: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(media["agent"])
    url = f"/calls/{media['call']}/audio"
    etag = browser.get(url).headers["ETag"]
    response = browser.get(url, headers={"If-None-Match": etag})
    assert response.status_code == 304
    assert response.data == b""


def test_one_listening_is_one_line_of_the_log(
    app: Flask, media: dict[str, int], sign_in: SignIn
) -> None:
    browser = sign_in(media["agent"])
    for asked in ("bytes=0-", "bytes=100-200", "bytes=300-400"):
        browser.get(f"/calls/{media['call']}/audio", headers={"Range": asked})
    assert _heard(app) == 1
    sign_in(media["supervisor"]).get(f"/calls/{media['call']}/audio")
    assert _heard(app) == 2


@pytest.mark.parametrize("who", ["other_supervisor", "other_agent", "sponsor"])
def test_who_may_not_hear(app: Flask, media: dict[str, int], sign_in: SignIn, who: str) -> None:
    browser = sign_in(media[who])
    assert browser.get(f"/calls/{media['call']}/audio").status_code == 404
    assert _heard(app) == 0


def test_stranger_hears_nothing(client: FlaskClient, media: dict[str, int]) -> None:
    assert client.get(f"/calls/{media['call']}/audio").status_code in (302, 401)


def test_peaks_are_kept_by_the_browser_under_their_version(
    app: Flask, media: dict[str, int], sign_in: SignIn
) -> None:
    with app.app_context():
        call = db.session.get_one(Call, media["call"])
        assert call.recording is not None
        assert call.recording.peaks is not None
        version = call.recording.peaks.sha256[:16]
    browser = sign_in(media["supervisor"])
    response = browser.get(f"/calls/{media['call']}/peaks/{version}")
    assert response.data == b"CCPK"
    assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    shared = sign_in(media["agent"]).get(f"/calls/{media['call']}/peaks/{version}")
    assert shared.headers["Cache-Control"] == "private, no-store", "agents share their computers"
    assert browser.get(f"/calls/{media['call']}/peaks/ffff").status_code == 404
    foreign = sign_in(media["other_supervisor"]).get(f"/calls/{media['call']}/peaks/{version}")
    assert foreign.status_code == 404


def test_deleted_sound_is_not_found(app: Flask, media: dict[str, int], sign_in: SignIn) -> None:
    with app.app_context():
        call = db.session.get_one(Call, media["call"])
        assert call.recording is not None
        call.recording.playback = None
        db.session.commit()
    assert sign_in(media["agent"]).get(f"/calls/{media['call']}/audio").status_code == 404
