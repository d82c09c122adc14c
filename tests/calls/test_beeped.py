"""Moments with names and numbers beeped out: made of the words as they stand, apart, and purged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flask import Flask
from sqlalchemy import select

from callcoach.calls import operations
from callcoach.calls.beeped import find_beeped, recipe_of
from callcoach.calls.models import Call, TurnCorrection
from callcoach.calls.subjects import BEEPED, EXCERPT, beeped_stretch_of, beeped_subject
from callcoach.errors import InvalidInput
from callcoach.extensions import db, write_transaction
from callcoach.speech.playback import read_playback
from callcoach.storage.models import StoredFile
from callcoach.storage.store import get_store

from .conftest import Floor, ImportSample, RunJobs

START_MS, END_MS = 2000, 12_000


def _call(call_id: int) -> Call:
    db.session.expire_all()
    return db.session.get_one(Call, call_id)


@pytest.fixture
def call_id(app: Flask, import_sample: ImportSample, run_jobs: RunJobs) -> int:
    """A processed recording of 20 seconds, with voice and words all along."""
    number = import_sample()
    run_jobs()
    return number


def _ask(app: Flask, floor: Floor, call_id: int, end_ms: int = END_MS) -> None:
    with app.app_context(), write_transaction():
        operations.ensure_beeped(floor.supervisor, _call(call_id), START_MS, end_ms)
        db.session.commit()


def _change(app: Flask, call_id: int, **values: Any) -> None:
    with app.app_context(), write_transaction():
        for name, value in values.items():
            setattr(_call(call_id), name, value)
        db.session.commit()


def _file(call_id: int) -> StoredFile | None:
    """What would be played now; within an application context."""
    recipe = recipe_of(_call(call_id), START_MS, END_MS)
    assert recipe is not None
    return find_beeped(recipe)


def _sound(key: str) -> Any:
    with get_store().local_copy(key) as path:
        return read_playback(path)[0]


def test_a_worker_beeps_the_names_and_nothing_plain_lies_under_that_key(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    _change(app, call_id, prospect_name="Mme Mensuelle")
    _ask(app, floor, call_id)
    with app.app_context(), write_transaction():
        plain = operations.ensure_excerpt(floor.supervisor, _call(call_id), START_MS, END_MS)
        assert plain is not None
        db.session.commit()
        plain_id = plain.id
    with app.app_context():
        assert _file(call_id) is None, "not in the request"
    assert run_jobs() == [BEEPED, EXCERPT]
    with app.app_context():
        beeped, call = _file(call_id), _call(call_id)
        excerpt = operations.ensure_excerpt(floor.supervisor, call, START_MS, END_MS)
        assert beeped is not None
        assert excerpt is not None
        assert excerpt.file is not None
        assert excerpt.id == plain_id
        assert beeped.kind == "beeped"
        assert ".beeped-" in beeped.key
        assert beeped.key != excerpt.file.key
        heard, source = _sound(beeped.key), _sound(excerpt.file.key)
        assert call.current_transcript is not None
        said = [word for track in call.current_transcript.data["tracks"] for word in track["words"]]
    names = [
        (start_s, end_s)
        for word, start_s, end_s, _ in said
        if word == " mensuelle" and start_s >= START_MS / 1000 and end_s <= END_MS / 1000
    ]
    assert names, "the name is said within the moment"
    for start_s, end_s in names:
        first, after = (round((at - START_MS / 1000) * 16_000) for at in (start_s, end_s))
        spectrum = np.abs(np.fft.rfft(heard[first:after] * np.hanning(after - first))) ** 2
        at_hz = np.fft.rfftfreq(after - first, 1 / 16_000)
        tone = spectrum[(at_hz > 950) & (at_hz < 1050)].sum() / spectrum.sum()
        assert tone > 0.95, "a tone and nothing else"
    assert float(np.abs(heard - source[: len(heard)]).max()) > 0
    _ask(app, floor, call_id)
    assert run_jobs() == [], "it is there"


def test_what_is_said_otherwise_is_beeped_anew_and_the_old_file_goes(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    _ask(app, floor, call_id)
    run_jobs()
    with app.app_context():
        old = _file(call_id)
        assert old is not None
        old_key = old.key
        named = {"replaced_text": "", "text": "Je suis Paul Karlin."}
        turn = {"channel": 0, "start_ms": 4000, "end_ms": 7000}
        db.session.add(TurnCorrection(call_id=call_id, **turn, **named))
        db.session.commit()
        assert _file(call_id) is None, "made before somebody wrote the name down"
    _ask(app, floor, call_id)
    assert run_jobs() == [BEEPED]
    with app.app_context():
        new = _file(call_id)
        assert new is not None
        kept = db.session.scalars(select(StoredFile.key).where(StoredFile.kind == "beeped")).all()
        assert kept == [new.key]
        assert old_key not in {key for key, _ in get_store().list_keys()}
        heard = _sound(new.key)[2 * 16_000 + 800 : 5 * 16_000 - 800]
    spectrum = np.abs(np.fft.rfft(heard)) ** 2
    assert spectrum.argmax() == pytest.approx(1000 * len(heard) / 16_000, abs=2)
    assert spectrum.max() / spectrum.sum() > 0.5, "the whole turn is covered"


def test_it_goes_with_the_sound_and_never_holds_a_whole_call(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    _ask(app, floor, call_id)
    run_jobs()
    with app.app_context(), write_transaction():
        file = _file(call_id)
        assert file is not None
        key = file.key
        operations.delete_audio(floor.supervisor, _call(call_id))
        db.session.commit()
        assert key not in {found for found, _ in get_store().list_keys()}
        assert recipe_of(_call(call_id), START_MS, END_MS) is None
    _ask(app, floor, call_id)
    assert run_jobs() == [], "nothing to make it of"
    _change(app, call_id, duration_ms=600_000)
    with pytest.raises(InvalidInput):
        _ask(app, floor, call_id, 600_000)


def test_a_subject_names_its_stretch() -> None:
    assert beeped_stretch_of(beeped_subject(12, 500, 9000)) == (12, 500, 9000)
    with pytest.raises(ValueError, match="does not name"):
        beeped_stretch_of("excerpt:12")
