"""A recording that comes in is found when its call is ready, and follows an exchange of channels."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from callcoach.calls.models import Call
from callcoach.calls.operations import swap_channels
from callcoach.extensions import db, write_transaction
from callcoach.search.models import SearchEntry
from tests.calls.conftest import (  # noqa: F401 - fixtures
    Floor,
    ImportSample,
    RunJobs,
    floor,
    import_sample,
    run_jobs,
    short_recording,
    transcriber,
)


def _entries(call_id: int) -> dict[tuple[int, str], str]:
    rows = db.session.scalars(select(SearchEntry).where(SearchEntry.call_id == call_id))
    return {(row.channel, row.text): row.speaker for row in rows}


def test_a_call_is_indexed_with_its_analysis_and_again_with_the_next(
    app: Flask,
    floor: Floor,  # noqa: F811
    import_sample: ImportSample,  # noqa: F811
    run_jobs: RunJobs,  # noqa: F811
) -> None:
    call_id = import_sample()
    with app.app_context():
        assert _entries(call_id) == {}
    run_jobs()
    with app.app_context():
        before = _entries(call_id)
        call = db.session.get_one(Call, call_id)
        assert call.current_analysis is not None
        said = {(turn.channel, turn.text) for turn in call.current_analysis.turns if turn.text}
        assert said
        assert set(before) == said
        assert {"agent", "prospect"} <= set(before.values())
    with app.app_context(), write_transaction():
        swap_channels(floor.supervisor, db.session.get_one(Call, call_id))
        db.session.commit()
    run_jobs()
    with app.app_context():
        after = _entries(call_id)
        shared = set(before) & set(after)
        assert shared
        assert all({before[key], after[key]} == {"agent", "prospect"} for key in shared)
