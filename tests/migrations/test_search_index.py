"""The search index: made by revisions it works as made from models, and is filled by a job."""

from __future__ import annotations

import flask_migrate
from flask import Flask
from sqlalchemy import inspect, select, text

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call
from callcoach.calls.operations import purge_call
from callcoach.extensions import db
from callcoach.jobs.models import Job, JobState
from callcoach.jobs.runner import Runner
from callcoach.search import queries
from callcoach.search.engines import POSTGRESQL_CREATE, SQLITE_CREATE
from callcoach.search.syntax import parse
from tests.factories.search import create_spoken_call

from .test_migrations import migrated

__all__ = ["migrated"]

BEFORE = "a83d3ec98f5c"
LINES = [("agent", "La démonstration est gratuite.")]


def _total(typed: str) -> int:
    return queries.search(Viewer.system(), parse(typed)).total


def _jobs() -> list[Job]:
    return list(db.session.scalars(select(Job).where(Job.kind == "search.reindex")))


def test_the_index_of_the_revisions_follows_its_table(migrated: Flask) -> None:
    call_id = create_spoken_call(LINES).id
    assert _total("gratuit") == 1
    db.session.execute(text("UPDATE search_entries SET words = 'payant', stems = 'pai'"))
    db.session.commit()
    assert (_total("gratuit"), _total('"payant"')) == (0, 1)
    purge_call(db.session.get_one(Call, call_id))
    db.session.commit()
    assert _total('"payant"') == 0


def test_an_installation_with_calls_is_indexed_by_a_job(migrated: Flask) -> None:
    create_spoken_call(LINES)
    assert _jobs() == []
    db.session.remove()
    flask_migrate.downgrade(revision=BEFORE)
    assert not {name for name in inspect(db.engine).get_table_names() if "search" in name}
    flask_migrate.upgrade()
    assert _total("gratuit") == 0
    (job,) = _jobs()
    job_id = job.id
    db.session.remove()
    Runner(migrated, "test worker").run(job_id)
    assert _total("gratuit") == 1
    assert _jobs()[0].state == JobState.DONE


def test_a_fresh_installation_has_nothing_to_index(migrated: Flask) -> None:
    flask_migrate.downgrade(revision=BEFORE)
    flask_migrate.upgrade()
    assert _jobs() == []


def test_the_revision_makes_what_the_models_make(migrated: Flask) -> None:
    """The revision is frozen; the day the models differ, another revision must follow."""
    from callcoach.config import MIGRATIONS_DIR

    (path,) = (MIGRATIONS_DIR / "versions").glob("*_search_index.py")
    frozen = "".join(path.read_text().split())
    for statement in (*SQLITE_CREATE, *POSTGRESQL_CREATE):
        assert "".join(statement.split()) in frozen
