"""Files and their rows live and die together."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask

from callcoach.extensions import db, utc_now
from callcoach.storage import get_store
from callcoach.storage.models import StoredFile
from callcoach.storage.operations import (
    delete_file,
    put_file,
    register_derived,
    sweep_orphans,
)
from callcoach.storage.store import derived_key


def _keys() -> set[str]:
    return {key for key, _ in get_store().list_keys()}


def _put() -> StoredFile:
    return put_file(io.BytesIO(b"sound"), kind="original", media_type="audio/wav")


def test_a_committed_file_stays(app: Flask) -> None:
    with app.app_context():
        row = _put()
        db.session.commit()
        assert _keys() == {row.key}
        assert row.size_bytes == 5


def test_a_rolled_back_file_goes(app: Flask) -> None:
    with app.app_context():
        _put()
        db.session.flush()
        db.session.rollback()
        assert _keys() == set()


def test_a_file_goes_when_its_session_is_only_closed(app: Flask) -> None:
    with app.app_context():
        _put()
        db.session.flush()
        db.session.remove()
        assert _keys() == set()


def test_a_file_of_a_released_savepoint_goes_with_the_whole(app: Flask) -> None:
    with app.app_context():
        with db.session.begin_nested():
            _put()
        assert len(_keys()) == 1
        db.session.rollback()
        assert _keys() == set()


def test_a_deleted_file_goes_only_when_that_is_committed(app: Flask) -> None:
    with app.app_context():
        row = _put()
        db.session.commit()
        key = row.key
        delete_file(row)
        db.session.flush()
        assert _keys() == {key}
        db.session.rollback()
        assert _keys() == {key}
        delete_file(db.session.query(StoredFile).one())
        db.session.commit()
        assert _keys() == set()
        assert db.session.query(StoredFile).count() == 0


def test_writing_a_derived_file_again_keeps_one_row_and_one_file(app: Flask) -> None:
    with app.app_context():
        original = _put()
        key = derived_key(original.key, "playback")
        for content in (b"first try", b"second"):
            stored = get_store().put(io.BytesIO(content), key)
            register_derived(stored, kind="playback", media_type="audio/mp4")
            db.session.commit()
        rows = db.session.query(StoredFile).filter_by(kind="playback").all()
        assert [(row.key, row.size_bytes) for row in rows] == [(key, 6)]
        assert _keys() == {original.key, key}


@pytest.mark.parametrize("age", [timedelta(hours=-1), timedelta(hours=1)])
def test_the_sweep_deletes_old_files_without_a_row(app: Flask, age: timedelta) -> None:
    with app.app_context():
        row = _put()
        db.session.commit()
        orphan = get_store().put(io.BytesIO(b"left by a crash")).key
        swept = sweep_orphans(utc_now() + age)
        assert swept == (1 if age > timedelta(0) else 0)
        assert _keys() == ({row.key} if swept else {row.key, orphan})
