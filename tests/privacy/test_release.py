"""From a proposal to what is shown and heard of a call, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.calls import queries as calls
from callcoach.calls.models import Call, TurnCorrection
from callcoach.calls.operations.lifecycle import purge_call
from callcoach.errors import Conflict, NotFound, StaleVersion
from callcoach.extensions import db, write_transaction
from callcoach.privacy import operations, presenters, queries, sounds
from callcoach.privacy.models import Redaction
from callcoach.privacy.queue import waiting_for
from callcoach.privacy.spans import PERSON
from callcoach.privacy.waiting import Wanted, _sources, add_source
from callcoach.speech.playback import read_playback
from callcoach.storage.store import get_store
from tests.calls.conftest import Floor, ImportSample, RunJobs

RATE_HZ = 16_000


@pytest.fixture
def call_id(app: Flask, import_sample: ImportSample, run_jobs: RunJobs) -> int:
    """Twenty seconds in which "mensuelle" is said again and again: here, the prospect's name."""
    number = import_sample(prospect_name="Mme Mensuelle")
    run_jobs()
    return number


def _call(call_id: int) -> Call:
    db.session.expire_all()
    return db.session.get_one(Call, call_id)


def _release(app: Flask, viewer: Viewer, call_id: int) -> int:
    with app.app_context(), write_transaction():
        redaction = operations.propose(_call(call_id))
        operations.release(viewer, redaction)
        db.session.commit()
        return redaction.id


def _sound(key: str) -> Any:
    with get_store().local_copy(key) as path:
        return read_playback(path)[0]


def _keys() -> set[str]:
    return {key for key, _written_at in get_store().list_keys()}


def _tone_share(heard: Any, start_ms: int, end_ms: int) -> float:
    cut = heard[start_ms * RATE_HZ // 1000 : end_ms * RATE_HZ // 1000]
    spectrum = np.abs(np.fft.rfft(cut * np.hanning(len(cut)))) ** 2
    at_hz = np.fft.rfftfreq(len(cut), 1 / RATE_HZ)
    return float(spectrum[(at_hz > 950) & (at_hz < 1050)].sum() / spectrum.sum())


def test_nothing_is_shown_before_a_person_releases_it_and_nothing_after_it_is_withdrawn(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    with app.app_context(), write_transaction():
        call = _call(call_id)
        redaction = operations.propose(call)
        assert queries.released_for(call) is None, "rules propose; a person releases"
        assert operations.propose(call).id == redaction.id, "asked once"
        with pytest.raises(NotFound):
            operations.release(floor.other_supervisor, redaction)
        with pytest.raises(NotFound):
            operations.release(floor.team_lead, redaction)
        db.session.commit()
    redaction_id = _release(app, floor.supervisor, call_id)
    assert "privacy.sound" in run_jobs()
    with app.app_context(), write_transaction():
        call = _call(call_id)
        released = queries.released_for(call)
        assert released is not None
        assert released.id == redaction_id
        text = " ".join(turn.text for turn in presenters.turns_of(released))
        assert "[nom]" in text
        assert "mensuelle" not in text.casefold()
        assert "clôture" in text, "all else stays"
        assert queries.released_ids([call_id]) == {call_id}
        whole, text_only = sounds.whole(released, True), sounds.whole(released, False)
        assert whole is not None
        assert text_only is not None
        voiced, bare = _sound(whole.key), _sound(text_only.key)
        names = [strike for strike in queries.strikes_of(released) if strike.kind == "name"]
        assert names
        for strike in names:
            assert _tone_share(voiced, strike.start_ms + 20, strike.end_ms - 20) > 0.9
        agents = [turn for turn in calls.turns_of(call) if turn.speaker == "agent"]
        others = [turn for turn in calls.turns_of(call) if turn.speaker == "prospect"]
        alone = next(
            turn
            for turn in agents
            if all(
                other.end_ms <= turn.start_ms or turn.end_ms <= other.start_ms for other in others
            )
        )
        span = slice(alone.start_ms * 16 + 800, alone.end_ms * 16 - 800)
        assert float(np.abs(voiced[span]).max()) > 0.01
        assert float(np.abs(bare[span]).max()) < 0.002, "the agent is not heard"
        heard = max(others, key=lambda turn: turn.end_ms - turn.start_ms)
        assert float(np.abs(bare[heard.start_ms * 16 : heard.end_ms * 16]).max()) > 0.01
        assert sounds.ensure_excerpt(released, 2000, 6000, True) is None, "not in the request"
        db.session.commit()
    assert run_jobs() == ["privacy.excerpt"]
    with app.app_context(), write_transaction():
        released = db.session.get_one(Redaction, redaction_id)
        cut = sounds.ensure_excerpt(released, 2000, 6000, True)
        assert cut is not None
        files = {cut.key, *(file.key for file in (released.file, released.text_only_file) if file)}
        assert len(files & _keys()) == 3
        operations.withdraw(floor.supervisor, released)
        db.session.commit()
        assert queries.released_for(_call(call_id)) is None
        assert sounds.whole(released, True) is None
        assert not files & _keys(), "no sound of it is left"


def test_a_correction_puts_it_out_of_date_and_what_people_decided_is_carried_over(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    with app.app_context(), write_transaction():
        call = _call(call_id)
        first = operations.propose(call)
        turns = [turn for turn in calls.turns_of(call) if "clôture" in turn.text]
        turn, other = turns[0], turns[-1]
        assert turn.index != other.index
        start = turn.text.index("clôture")
        version = operations.version_of(first)
        add = [{"turn": turn.index, "start": start + 1, "end": start + 3, "kind": "other"}]
        kept = next(
            s for s in queries.strikes_of(first) if s.kind == "name" and s.turn != other.index
        )
        add.append({**kept.to_dict(), "is_struck": False})
        with pytest.raises(StaleVersion):
            operations.change(floor.supervisor, call, add=add, based_on=(1, 99, version[2]))
        first, came, gone = operations.change(
            floor.supervisor, call, drop=[kept.to_dict()], add=add, based_on=version
        )
        struck = next(strike for strike in came if strike.by == PERSON)
        assert turn.text[struck.start : struck.end] == "clôture", (
            "whole words: half of one tells it"
        )
        version = operations.version_of(first)
        first, _, _ = operations.change(
            floor.supervisor,
            call,
            drop=[s.to_dict() for s in came],
            add=[s.to_dict() for s in gone],
            based_on=version,
        )
        assert not any(s.is_decided for s in queries.strikes_of(first)), "undone, both at once"
        operations.change(
            floor.supervisor,
            call,
            drop=[kept.to_dict()],
            add=add,
            based_on=operations.version_of(first),
        )
        other_stretch = {"start_ms": other.start_ms, "end_ms": other.end_ms}
        db.session.commit()
        channel, other_text = other.channel, other.text
    redaction_id = _release(app, floor.supervisor, call_id)
    run_jobs()
    with app.app_context(), write_transaction():
        released = queries.released_for(_call(call_id))
        assert released is not None
        shown = " ".join(turn.text for turn in presenters.turns_of(released))
        assert "[passage retiré]" in shown
        assert shown.casefold().count("mensuelle") == 1, "the one put back"
        with pytest.raises(Conflict):
            operations.change(
                floor.supervisor, _call(call_id), based_on=operations.version_of(released)
            )
        db.session.rollback()
    with app.app_context(), write_transaction():
        said = {"replaced_text": other_text, "text": "Je suis Paul Karlin."}
        db.session.add(TurnCorrection(call_id=call_id, channel=channel, **other_stretch, **said))
        db.session.flush()
        call = _call(call_id)
        assert queries.released_for(call) is None, "the words are others now"
        anew = operations.propose(call)
        assert (anew.number, anew.released_at) == (2, None)
        texts = {turn.index: turn.text for turn in calls.turns_of(call)}
        found = {texts[s.turn][s.start : s.end] for s in queries.strikes_of(anew) if s.is_struck}
        assert {"Paul Karlin", "clôture"} <= found
        assert [s for s in queries.strikes_of(anew) if not s.is_struck], "stays put back"
        old = db.session.get_one(Redaction, redaction_id)
        assert (old.file_id, old.text_only_file_id) == (None, None)
        db.session.commit()


def test_words_corrected_after_they_were_read_are_not_released_unseen(
    app: Flask, floor: Floor, call_id: int
) -> None:
    with app.app_context(), write_transaction():
        call = _call(call_id)
        turns = calls.turns_of(call)
        seen = operations.version_of(operations.draft_of(call, turns, None))
        stretch = {"start_ms": turns[0].start_ms, "end_ms": turns[0].end_ms}
        said = {"replaced_text": turns[0].text, "text": "Appelez Paul Karlin."}
        one = TurnCorrection(call_id=call_id, channel=turns[0].channel, **stretch, **said)
        db.session.add(one)
        db.session.flush()
        for write in (operations.release_call, operations.change):
            with pytest.raises(StaleVersion):
                write(floor.supervisor, _call(call_id), based_on=seen)
        shown = operations.version_of(operations.propose(_call(call_id)))
        assert shown[:2] == seen[:2], "only the digest tells them apart"
        released = operations.release_call(floor.supervisor, call, based_on=shown)
        assert queries.is_released(released)


def test_a_purged_call_leaves_no_redacted_sound(
    app: Flask, floor: Floor, call_id: int, run_jobs: RunJobs
) -> None:
    _release(app, floor.supervisor, call_id)
    run_jobs()
    with app.app_context(), write_transaction():
        assert any(".redacted-" in key for key in _keys())
        purge_call(_call(call_id))
        db.session.commit()
        assert not any(".redacted-" in key for key in _keys())
        assert db.session.query(Redaction).count() == 0


def test_calls_wait_until_they_are_released(app: Flask, floor: Floor, call_id: int) -> None:
    with app.app_context():
        created_at = _call(call_id).created_at
    source = add_source(lambda viewer: [Wanted(call_id, "Audit", created_at)])
    try:
        with app.app_context():
            assert [item.call_id for item in waiting_for(floor.supervisor)] == [call_id]
            assert waiting_for(floor.other_supervisor) == []
            assert waiting_for(floor.team_lead) == []
        _release(app, floor.supervisor, call_id)
        with app.app_context():
            assert waiting_for(floor.supervisor) == []
    finally:
        _sources.remove(source)
