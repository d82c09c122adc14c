"""The index follows calls and notes through everything that happens to them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from callcoach.accounts.access import Viewer
from callcoach.calls.operations import correct_turn, purge_call
from callcoach.coaching.note_text import NoteText
from callcoach.coaching.operations import notes as coaching
from callcoach.extensions import db
from callcoach.jobs import operations as jobs
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.runner import Runner
from callcoach.search import queries
from callcoach.search.models import EntryKind, SearchEntry
from callcoach.search.operations import index_call, reindex_call
from callcoach.search.syntax import parse
from callcoach.search.tasks import EVERYTHING, REINDEX

from .conftest import World

NOTE = NoteText(
    channel=0,
    start_ms=6000,
    end_ms=8000,
    quote="la démonstration est gratuite",
    hears="On me vend quelque chose.",
    instead="Dites ce que la démonstration montre, puis son prix.",
    cause="overpromise",
)


def _count(typed: str, who: Viewer | None = None, kind: EntryKind | None = None) -> int:
    filters = queries.SearchFilters(kind=kind)
    return queries.search(who or Viewer.system(), parse(typed), filters).total


def _entries() -> int:
    return db.session.scalar(select(func.count()).select_from(SearchEntry)) or 0


def _is_sound() -> None:
    """SQLite's full-text table compares itself with the plain one."""
    if db.engine.dialect.name == "sqlite":
        db.session.execute(
            text(
                "INSERT INTO search_entries_fts(search_entries_fts, rank) VALUES('integrity-check', 1)"
            )
        )


def test_a_correction_is_found_at_once_and_the_old_words_no_more(app: Flask, world: World) -> None:
    with app.app_context():
        call = world.call
        assert call.current_analysis is not None
        correct_turn(
            world.viewers["claire"],
            call,
            call.current_analysis.turns[3],
            "Je vous propose un rendez-vous jeudi, c'est cinquante euros.",
            based_on=0,
        )
        db.session.commit()
        assert _count("cinquante") == 1
        assert _count("soixante") == 0
        _is_sound()


def test_a_rolled_back_correction_leaves_the_index_as_it_was(app: Flask, world: World) -> None:
    with app.app_context():
        call = world.call
        assert call.current_analysis is not None
        turn = call.current_analysis.turns[3]
        correct_turn(world.viewers["claire"], call, turn, "Rien.", based_on=0)
        db.session.rollback()
        assert _count("soixante") == 1
        _is_sound()


def test_exchanged_channels_change_who_said_it(app: Flask, world: World) -> None:
    """As a new analysis is published: its turns take the place of the old ones."""
    with app.app_context():
        call = world.call
        assert call.current_analysis is not None
        for turn in call.current_analysis.turns:
            turn.speaker = "prospect" if turn.speaker == "agent" else "agent"
        db.session.flush()
        index_call(call)
        db.session.commit()
        found = queries.search(
            Viewer.system(), parse("soixante"), queries.SearchFilters(speaker="prospect")
        )
        assert found.total == 1


def test_indexing_twice_changes_nothing(app: Flask, world: World) -> None:
    with app.app_context():
        before = _entries()
        reindex_call(world.call)
        reindex_call(world.call)
        db.session.commit()
        assert _entries() == before
        assert _count("gratuit") == 4
        _is_sound()


def test_purging_a_call_takes_its_entries_along(app: Flask, world: World) -> None:
    with app.app_context():
        purge_call(world.call)
        db.session.commit()
        assert _count("gratuit") == 2
        assert (
            db.session.scalar(
                select(func.count())
                .select_from(SearchEntry)
                .where(SearchEntry.call_id == world.call_id)
            )
            == 0
        )
        _is_sound()


def test_a_note_is_found_from_sending_to_deleting(app: Flask, world: World) -> None:
    claire, agent = world.viewers["claire"], world.viewers["agent"]
    with app.app_context():
        note = coaching.save_draft(claire, world.call, NOTE)
        assert _count("montre", claire, EntryKind.NOTE) == 0, "drafts are not found"
        note = coaching.send_note(claire, world.call, note, NOTE, based_on=note.row_version)
        assert _count("montrer", agent, EntryKind.NOTE) == 1
        assert _count("vendre", world.viewers["lead"], EntryKind.NOTE) == 1
        edited = replace(NOTE, instead="Parlez du bénéfice.")
        coaching.edit_note(claire, world.call, note, edited, based_on=note.row_version)
        assert _count("montrer", agent, EntryKind.NOTE) == 0
        assert _count("benefices", agent, EntryKind.NOTE) == 1
        kept = replace(edited, visibility="private")
        coaching.edit_note(claire, world.call, note, kept, based_on=note.row_version)
        assert _count("bénéfice", agent, EntryKind.NOTE) == 0
        assert _count("bénéfice", world.viewers["thomas"], EntryKind.NOTE) == 0
        assert _count("bénéfice", claire, EntryKind.NOTE) == 1
        coaching.delete_note(claire, world.call, note)
        assert _count("bénéfice", claire, EntryKind.NOTE) == 0
        coaching.restore_note(claire, world.call, note)
        assert _count("bénéfice", claire, EntryKind.NOTE) == 1
        coaching.unsend_note(claire, world.call, note)
        assert _count("bénéfice", claire, EntryKind.NOTE) == 0
        db.session.commit()
        _is_sound()


def test_a_notes_cause_is_a_filter(app: Flask, world: World) -> None:
    claire = world.viewers["claire"]
    with app.app_context():
        note = coaching.save_draft(claire, world.call, NOTE)
        coaching.send_note(claire, world.call, note, NOTE, based_on=note.row_version)
        db.session.commit()
        for cause, count in (("overpromise", 1), ("monologue", 0)):
            filters = queries.SearchFilters(kind=EntryKind.NOTE, cause=cause)
            assert queries.search(claire, parse("gratuit"), filters).total == count


@pytest.mark.parametrize("times", [1, 2])
def test_the_job_builds_everything_anew_notes_included(
    app: Flask, world: World, times: int
) -> None:
    claire = world.viewers["claire"]
    with app.app_context():
        note = coaching.save_draft(claire, world.call, NOTE)
        coaching.send_note(claire, world.call, note, NOTE, based_on=note.row_version)
        before = _entries()
        db.session.query(SearchEntry).delete()
        db.session.commit()
        assert _count("gratuit") == 0
    for _ in range(times):
        with app.app_context():
            job_id = jobs.enqueue(REINDEX, EVERYTHING, viewer=Viewer.system()).id
            db.session.commit()
            db.session.remove()
        Runner(app, "test worker").run(job_id)
    with app.app_context():
        job = db.session.get_one(Job, job_id)
        assert job.state == JobState.DONE
        assert job.progress_permille == 1000
        assert _entries() == before
        assert _count("gratuit") == 5
        _is_sound()
