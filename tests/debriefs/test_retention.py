"""What stays of a moment when its sound, its call, or its agent's yes has gone."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from callcoach.calls.operations.lifecycle import delete_audio, delete_call, purge_call
from callcoach.debriefs import sharing
from callcoach.debriefs.models import AgendaItem
from callcoach.extensions import db
from callcoach.storage.models import StoredFile
from callcoach.storage.operations import put_file
from tests.coaching.conftest import Desk, desk  # noqa: F401
from tests.factories.coaching import give_sound
from tests.factories.debriefs import SAID, add_excerpt, consent_to, create_debrief, create_moment


@pytest.fixture
def item(app: Flask, desk: Desk):  # noqa: F811
    """A moment that its agent lets be heard, with a reading of it by the supervisor."""
    with app.test_request_context():
        give_sound(desk.call)
        debrief = create_debrief([desk.call.team], desk.user("claire"))
        item = create_moment(debrief, desk.call)
        consent_to(item)
        add_excerpt(desk.call, 9600, 24_000)
        item.reread_file = put_file(io.BytesIO(b"read"), kind="reread", media_type="audio/mp4")
        item.reread_ms = 4000
        db.session.commit()
        assert sharing.plays_before(debrief, item)
        yield item


def _is_readable(item: AgendaItem) -> None:
    """The words are there and the supervisor's own reading; the sound of the call is not."""
    assert item.debrief is not None
    assert item.said == SAID
    assert not sharing.is_set_aside(item)
    assert not sharing.has_sound(item)
    assert not sharing.plays_before(item.debrief, item)
    assert item.reread_file is not None


def test_a_moment_lives_on_as_words_when_its_sound_is_deleted(desk: Desk, item: AgendaItem):  # noqa: F811
    delete_audio(desk.admin, desk.call)
    db.session.commit()
    db.session.expire_all()
    _is_readable(item)
    assert item.call_id == desk.call_id
    excerpts = db.session.query(StoredFile).filter_by(kind="excerpt").count()
    assert excerpts == 0, "no copy of the sound is left beside it"


def test_nothing_of_a_moment_lives_on_when_its_call_is_erased(desk: Desk, item: AgendaItem):  # noqa: F811
    delete_call(desk.claire, desk.call)
    db.session.commit()
    db.session.expire_all()
    assert sharing.is_set_aside(item), "put aside, neither words nor sound are shown"
    purge_call(desk.call)
    db.session.commit()
    db.session.expire_all()
    assert sharing.is_set_aside(item), "and it stays so when the call has gone"
    assert (item.call_id, item.said, item.reformulation) == (None, [], "")
    assert item.reread_file is None
    assert db.session.query(StoredFile).filter_by(kind="reread").count() == 0


def test_a_withdrawn_yes_takes_effect_at_once(desk: Desk, item: AgendaItem):  # noqa: F811
    from callcoach.progress.models import SharingConsent

    assert item.debrief is not None
    consent = db.session.query(SharingConsent).one()
    consent.withdrawn_at = consent.given_at
    db.session.commit()
    assert not sharing.plays_before(item.debrief, item)
    assert not sharing.names_agent(item)
