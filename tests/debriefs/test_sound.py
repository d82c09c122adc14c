"""The sound of a moment: exactly its bounds, with its agent's yes alone, and only as far as shown."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.models import AccessEvent
from callcoach.calls.models import Call
from callcoach.calls.operations.lifecycle import delete_audio, delete_call
from callcoach.calls.subjects import EXCERPT
from callcoach.campaigns.models import AgentAudio
from callcoach.debriefs.models import LiveState, Phase
from callcoach.debriefs.operations import agenda, asking
from callcoach.debriefs.operations.asking import Standing, consent_of
from callcoach.debriefs.said import parts_of
from callcoach.errors import Conflict
from callcoach.extensions import db, utc_now, write_transaction
from callcoach.progress.models import SharingConsent
from callcoach.progress.operations import consents
from callcoach.speech.audio import Recording
from callcoach.speech.playback import read_playback, write_playback
from callcoach.storage.models import StoredFile
from callcoach.storage.operations import put_file
from tests.calls.conftest import RunJobs
from tests.factories.debriefs import consent_to, create_debrief, create_moment
from tests.factories.sounds import speech_like, write_pcm_wav

from .conftest import Floor

SignIn = Callable[[int], FlaskClient]

START_MS, ASK_MS, END_MS = 9607, 12_101, 23_991
RATE_HZ = 16_000
#: What playing before people needs: the ear notices an edge that is off by more.
EXACT_S = 0.02


def _clicks() -> list[float]:
    """Seconds of bursts over thirty seconds, unevenly spaced, so that no shift looks like another."""
    steps = np.random.default_rng(3).uniform(0.31, 0.77, 60)
    return [float(at) for at in 0.4 + np.cumsum(steps) if at < 29.5]


def _give_clicks(call: Call) -> None:
    """A recording whose bursts alternate between its two channels."""
    sound = np.zeros((2, 30 * RATE_HZ), np.float32)
    burst = 0.8 * np.sin(2 * np.pi * 1200 * np.arange(192) / RATE_HZ) * np.hanning(192)
    for number, at in enumerate(_clicks()):
        first = round(at * RATE_HZ) - 96
        sound[number % 2, first : first + 192] += burst.astype(np.float32)
    recording = Recording(sound, 8000, 30.0, "wav", "pcm_s16le", 2)
    with tempfile.TemporaryDirectory() as folder:
        path = write_playback(recording, Path(folder) / "playback.m4a")
        assert call.recording is not None
        with path.open("rb") as stream:
            call.recording.playback = put_file(stream, kind="playback", media_type="audio/mp4")
    db.session.commit()


def _bursts(data: bytes, folder: Path) -> tuple[list[float], float]:
    """Centres of the bursts that are heard in a file, and its length, seconds."""
    path = folder / "heard.m4a"
    path.write_bytes(data)
    heard = np.abs(read_playback(path).mean(axis=0))
    loud = np.flatnonzero(heard > 0.25 * heard.max())
    groups = np.split(loud, np.flatnonzero(np.diff(loud) > 1600) + 1)
    return [float(group.mean()) / RATE_HZ for group in groups], len(heard) / RATE_HZ


def _url(debrief_id: int, item_id: int, part: str) -> str:
    return f"/debriefs/{debrief_id}/items/{item_id}/sound/{part}"


def _live(floor: Floor, phase: Phase = Phase.ASKING, **facts: object) -> tuple[int, int]:
    """A running debrief with a moment of the call before everybody; both ids."""
    debrief = create_debrief([floor.team], floor.user("claire"), "running")
    item = create_moment(debrief, floor.call, opened_at=utc_now(), **facts)
    state = db.session.get_one(LiveState, debrief.id)
    state.item_id, state.phase = item.id, phase
    db.session.commit()
    return debrief.id, item.id


def test_each_part_is_heard_from_its_bound_to_its_bound(
    app: Flask, floor: Floor, run_jobs: RunJobs, sign_in: SignIn, tmp_path: Path
) -> None:
    with app.app_context(), write_transaction():
        _give_clicks(floor.call)
        item = agenda.add_moment(
            floor.claire, floor.debrief, floor.call, START_MS, END_MS, ask_ms=ASK_MS, is_good=False
        )
        consent_to(item)
        item_id = item.id
        db.session.commit()
    assert run_jobs() == [EXCERPT] * 3
    browser = sign_in(floor.ids["claire"])
    parts = {"ask": (START_MS, ASK_MS), "rest": (ASK_MS, END_MS), "whole": (START_MS, END_MS)}
    for part, (start_ms, end_ms) in parts.items():
        answer = browser.get(_url(floor.debrief_id, item_id, part))
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]
        heard, length_s = _bursts(answer.data, tmp_path)
        start_s, end_s = start_ms / 1000, end_ms / 1000
        expected = [at - start_s for at in _clicks() if start_s + 0.01 < at < end_s - 0.01]
        assert length_s == pytest.approx(end_s - start_s, abs=EXACT_S)
        assert len(heard) == len(expected), part
        assert max(abs(a - b) for a, b in zip(heard, expected, strict=True)) < EXACT_S, part
    with app.app_context():
        lines = db.session.scalars(select(AccessEvent).where(AccessEvent.action == "item.heard"))
        assert [line.subject_id for line in lines] == [item_id], "one listening, one line"


def test_nobody_is_sent_a_moment_without_its_agents_yes_or_after_it_was_taken_back(
    app: Flask, floor: Floor, run_jobs: RunJobs, sign_in: SignIn
) -> None:
    with app.app_context(), write_transaction():
        debrief_id, item_id = _live(floor)
        consent = asking.ask(floor.claire, floor.item(item_id))
        consent_id = consent.id
        db.session.commit()
    run_jobs()
    claire, patrice = sign_in(floor.ids["claire"]), sign_in(floor.ids["colleague"])
    url = _url(debrief_id, item_id, "ask")

    def _heard() -> list[int]:
        return [browser.get(url).status_code for browser in (claire, patrice)]

    assert claire.get(url).status_code == 404
    assert claire.get(f"/debriefs/items/{item_id}/preview/whole").status_code in (200, 202)
    with app.app_context(), write_transaction():
        consents.answer(floor.agent, db.session.get_one(SharingConsent, consent_id), is_yes=True)
        db.session.commit()
    claire.get(url), run_jobs()
    assert _heard() == [200, 200]
    live = f"/debriefs/{debrief_id}/live"
    before = claire.get(live).json
    assert before is not None
    assert before["sound"]["parts"] == {"ask": url}
    with app.app_context(), write_transaction():
        consents.withdraw(floor.agent, db.session.get_one(SharingConsent, consent_id))
        db.session.commit()
    assert _heard() == [404, 404]
    for browser in (claire, patrice):  # not "nothing new": what is loaded has to go
        after = browser.get(f"{live}?seen={before['revision']}").json
        assert after is not None
        assert after["sound"]["parts"] == {}
    assert claire.get(f"{url}/status").json == {"state": "silent"}
    with app.app_context():
        item = floor.item(item_id)
        assert consent_of(item).standing == Standing.NO
        item.start_ms = item.start_ms + 40 if item.start_ms else None
        with pytest.raises(Conflict):
            asking.ask(floor.claire, item)


def test_who_takes_part_hears_the_rest_once_it_is_revealed(
    app: Flask, floor: Floor, run_jobs: RunJobs, sign_in: SignIn
) -> None:
    with app.app_context():
        debrief_id, item_id = _live(floor)
        consent_to(floor.item(item_id))
        hidden = create_moment(db.session.get(type(floor.debrief), debrief_id), floor.call)
        hidden_id = hidden.id
    claire, patrice = sign_in(floor.ids["claire"]), sign_in(floor.ids["colleague"])
    for part in ("ask", "rest"):
        assert claire.get(_url(debrief_id, item_id, part)).status_code == 202
    run_jobs()
    assert patrice.get(_url(debrief_id, item_id, "ask")).status_code == 200
    for part in ("rest", "whole"):
        assert patrice.get(_url(debrief_id, item_id, part)).status_code == 404
    assert patrice.get(_url(debrief_id, hidden_id, "ask")).status_code == 404, "not shown yet"
    assert patrice.get(f"/debriefs/items/{item_id}/preview/whole").status_code == 404
    with app.app_context():
        db.session.get_one(LiveState, debrief_id).phase = Phase.REVEALED
        db.session.commit()
    assert patrice.get(_url(debrief_id, item_id, "rest")).status_code == 200
    with app.app_context():
        floor.call.campaign.agent_audio = AgentAudio.TEXT_ONLY
        db.session.commit()
    assert patrice.get(_url(debrief_id, item_id, "rest")).status_code == 404
    assert claire.get(_url(debrief_id, item_id, "rest")).status_code == 200


def test_a_call_set_aside_is_neither_heard_nor_read_and_comes_back(
    app: Flask, floor: Floor, sign_in: SignIn
) -> None:
    with app.app_context(), write_transaction():
        item_id = create_moment(floor.debrief, floor.call, title="Un moment").id
        consent_to(floor.item(item_id))
        delete_call(floor.admin, floor.call)
        db.session.commit()
    claire = sign_in(floor.ids["claire"])
    assert claire.get(_url(floor.debrief_id, item_id, "whole")).status_code == 404
    assert claire.get(f"/debriefs/items/{item_id}/preview/whole").status_code == 404
    assert "démonstration" not in claire.get(f"/debriefs/items/{item_id}").text


def test_when_the_audio_goes_the_words_stay_and_the_bounds_rest(
    app: Flask, floor: Floor, sign_in: SignIn
) -> None:
    with app.app_context(), write_transaction():
        item = agenda.add_moment(
            floor.claire, floor.debrief, floor.call, 9600, 24_000, is_good=False
        )
        consent_to(item)
        item_id = item.id
        delete_audio(floor.admin, floor.call)
        db.session.commit()
    claire = sign_in(floor.ids["claire"])
    assert claire.get(_url(floor.debrief_id, item_id, "whole")).status_code == 404
    page = claire.get(f"/debriefs/items/{item_id}").text
    assert "Je vous propose une démonstration mardi ou jeudi." in page
    assert "data-trim " not in page
    with app.app_context():
        assert consent_of(floor.item(item_id)).standing == Standing.NO_SOUND
        texts = " ".join(part["text"] for part in floor.item(item_id).said)
        assert not {part for part in parts_of("Hanta Rakoto") if part in texts}


def test_the_supervisor_reads_a_moment_aloud_and_it_is_heard_once_revealed(
    app: Flask, floor: Floor, sign_in: SignIn, tmp_path: Path
) -> None:
    with app.app_context():
        debrief_id, item_id = _live(floor)
    claire, patrice = sign_in(floor.ids["claire"]), sign_in(floor.ids["colleague"])
    sound = write_pcm_wav(tmp_path / "said.wav", speech_like(3.0, 5)[np.newaxis], 16_000)
    data = sound.read_bytes()
    halves = (data[: len(data) // 2], data[len(data) // 2 :])
    url, offset = f"/debriefs/items/{item_id}/reread/takes/a", 0
    for half in halves:
        headers = {"Upload-Offset": str(offset), "Upload-Length": str(len(data))}
        answer = claire.put(url, data=half, headers=headers)
        offset += len(half)
    assert answer.status_code == 200
    assert answer.get_json()["state"] == "ready"
    assert patrice.put(url, data=b"x", headers=headers).status_code == 404
    heard = claire.get(f"/debriefs/items/{item_id}/reread")
    (tmp_path / "heard.m4a").write_bytes(heard.data)
    assert read_playback(tmp_path / "heard.m4a").shape[1] / 16_000 == pytest.approx(3, abs=EXACT_S)
    assert patrice.get(f"/debriefs/items/{item_id}/reread").status_code == 404
    with app.app_context():
        db.session.get_one(LiveState, debrief_id).phase = Phase.REVEALED
        db.session.commit()
    assert patrice.get(f"/debriefs/items/{item_id}/reread").status_code == 200
    assert claire.delete(url).json == {"removed": True}
    assert claire.get(f"/debriefs/items/{item_id}/reread").status_code == 404
    with app.app_context():
        voices = db.session.scalars(select(StoredFile).where(StoredFile.kind == "voice")).all()
        assert voices == []
