"""Revisions: the head equals the models, they go both ways, and children survive."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import JSON, Column, MetaData, insert, select, text

from callcoach.accounts.models import Membership, User
from callcoach.app import create_app
from callcoach.calls.models import Turn
from callcoach.config import MIGRATIONS_DIR, Settings
from callcoach.extensions import db
from callcoach.notices.models import Notice
from tests.conftest import POSTGRES_URL
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call

REVISIONS = [
    script.revision
    for script in reversed(list(ScriptDirectory(str(MIGRATIONS_DIR)).walk_revisions()))
]


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Flask]:
    """The application on a database made by the revisions alone."""
    overrides = {"database_url": POSTGRES_URL} if POSTGRES_URL else {}
    settings = Settings.from_env({}, data_dir=tmp_path, production=False, **overrides)
    app = create_app(settings, TESTING=True)
    with app.app_context():
        _drop_everything()
        flask_migrate.upgrade()
        yield app
        db.session.remove()
        _drop_everything()  # what a revision made is not what other tests expect to find
        db.engine.dispose()


def _drop_everything() -> None:
    if POSTGRES_URL:
        with db.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))


def _tables() -> set[str]:
    from sqlalchemy import inspect

    return set(inspect(db.engine).get_table_names())


def test_head_equals_the_models(migrated: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": False,
                "include_name": lambda name, _kind, _: name is None or "_fts" not in name,
            },
        )
        assert compare_metadata(context, db.metadata) == []


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS_DIR)).get_heads()) == 1


def test_going_down_to_nothing_and_up_again_leaves_the_same_tables(migrated: Flask) -> None:
    before = _tables()
    flask_migrate.downgrade(revision="base")
    assert _tables() <= {"alembic_version"}
    flask_migrate.upgrade()
    assert _tables() == before


def test_rows_and_their_children_survive_a_rebuild_of_their_parent(migrated: Flask) -> None:
    """What a batch alteration does on SQLite: rebuilds `users` and `calls` with children in place."""
    create_user(teams=[create_team()])
    create_call()
    turns, memberships = db.session.query(Turn).count(), db.session.query(Membership).count()
    assert turns
    assert memberships
    db.session.remove()
    folder = Path(migrated.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")).parent
    _run_revision_that_rebuilds(
        folder if not POSTGRES_URL else Path(os.environ.get("TMPDIR", "/tmp"))
    )
    assert db.session.query(Turn).count() == turns
    assert db.session.query(Membership).count() == memberships
    assert db.session.query(User).count() == 1


def test_a_database_of_the_first_revision_keeps_its_calls_up_and_down(migrated: Flask) -> None:
    """The second revision rebuilds `tipping_points`, and its going down does so again."""
    flask_migrate.downgrade(revision=REVISIONS[0])
    _fill_first_revision()
    before = _contents()
    assert {len(rows) for rows in before.values()} == {2}
    flask_migrate.upgrade()
    assert _contents() == before
    with db.engine.begin() as connection:
        assert connection.execute(text("SELECT verdict_id FROM tipping_points")).all() == [
            (None,),
            (None,),
        ]
        connection.execute(
            text(
                "INSERT INTO verdicts (id, call_id, decision, channel, start_ms, end_ms, quote, cause,"
                " valence, severity, confidence, detector, evidence, explanation, suggestion,"
                " created_at) SELECT 1, 1, 'confirmed', channel, start_ms, end_ms, quote, cause,"
                " valence, severity, confidence, detector, evidence, explanation, suggestion, :now"
                " FROM tipping_points WHERE id = 1"
            ),
            {"now": NOW},
        )
        connection.execute(text("UPDATE tipping_points SET verdict_id = 1 WHERE id = 1"))
    flask_migrate.downgrade(revision=REVISIONS[0])
    assert _contents() == before
    assert "verdicts" not in _tables()
    flask_migrate.upgrade()
    assert _contents() == before


NOW = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
#: What the first revision has under a call, with the columns that a rebuild must keep.
CHILDREN = {
    "calls": "id, state, current_analysis_id",
    "transcripts": "id, call_id, number",
    "analysis_runs": "id, call_id, transcript_id, number",
    "turns": 'id, analysis_id, "index", text',
    "tipping_points": "id, analysis_id, turn_index, cause, quote, severity",
}


def test_calls_keep_who_said_their_kind_through_the_revision_that_asks(migrated: Flask) -> None:
    flask_migrate.downgrade(revision="5d20b7c1e9a4")
    _fill_first_revision()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE calls SET kind = 'target' WHERE id = 1"))
        connection.execute(text("UPDATE calls SET kind = 'gatekeeper' WHERE id = 2"))
    before = _contents()

    flask_migrate.upgrade()
    assert _contents() == before
    assert _rows("SELECT kind_source FROM calls ORDER BY id") == ["analysis", "metadata"]
    assert _rows("SELECT kind FROM analysis_runs ORDER BY id") == [None, None]
    assert _rows("SELECT CAST(kind_reasons AS TEXT) FROM analysis_runs") == ["[]", "[]"]

    flask_migrate.downgrade(revision="5d20b7c1e9a4")
    assert _contents() == before
    flask_migrate.upgrade()
    assert _contents() == before


def test_what_old_notices_quoted_is_forgotten(migrated: Flask) -> None:
    flask_migrate.downgrade(revision="09437fd61115")
    metadata = MetaData()
    metadata.reflect(db.engine)
    told = {"drill.assigned": {"title": "« Ils nous volent ! »"}, "note.sent": {"name": "Claire"}}
    with db.engine.begin() as connection:
        rows = [("users", {"id": 1})]
        for number, (kind, values) in enumerate(told.items(), start=1):
            row = {"id": number, "user_id": 1, "kind": kind, "values": values, "subject": kind}
            rows.append(("notices", row))
        for table, row in rows:
            columns = metadata.tables[table].columns
            needed = {c.name: _some(c) for c in columns if not c.nullable and not c.server_default}
            connection.execute(insert(metadata.tables[table]).values(**{**needed, **row}))
    flask_migrate.upgrade()
    kept = dict(db.session.execute(select(Notice.kind, Notice.values)).all())
    assert kept == told | {"drill.assigned": {}}


def _rows(query: str) -> list[object]:
    with db.engine.connect() as connection:
        return list(connection.execute(text(query)).scalars())


def _contents() -> dict[str, list[tuple[object, ...]]]:
    with db.engine.connect() as connection:
        return {
            table: [
                tuple(row)
                for row in connection.execute(text(f"SELECT {columns} FROM {table} ORDER BY id"))
            ]
            for table, columns in CHILDREN.items()
        }


def _fill_first_revision() -> None:
    """Two analysed calls, written without the models, which know later columns."""
    metadata = MetaData()
    metadata.reflect(db.engine)
    with db.engine.begin() as connection:

        def _add(table: str, **values: object) -> None:
            connection.execute(insert(metadata.tables[table]).values(**values))

        def _written(name: str) -> dict[str, object]:
            """A value for every other column that must have one."""
            return {
                column.name: _some(column)
                for column in metadata.tables[name].columns
                if not column.nullable and column.server_default is None
            }

        for table in ("sponsors", "campaigns", "teams"):
            _add(table, **{**_written(table), "id": 1})
        for number in (1, 2):
            parents = {"call_id": number, "transcript_id": number, "analysis_id": number}
            own = {"id": number, "number": 1, "index": number, "text": f"Bonjour {number}"}
            own |= {
                "state": "ready",
                "cause": "insistence",
                "quote": f"mot {number}",
                "severity": 2,
            }
            for table in CHILDREN:
                columns = metadata.tables[table].columns
                known = {k: v for k, v in {**own, **parents}.items() if k in columns}
                _add(table, **{**_written(table), **known})
            connection.execute(
                text("UPDATE calls SET current_analysis_id = :id WHERE id = :id"), {"id": number}
            )


def _some(column: Column[Any]) -> object:
    kinds: dict[type, object] = {str: "x", int: 1, float: 0.5, bool: False, dict: {}, datetime: NOW}
    if isinstance(column.type, JSON):
        return {}
    return kinds.get(column.type.python_type, NOW)


def _run_revision_that_rebuilds(folder: Path) -> None:
    """Apply a scratch revision on top of the head, through the real `env.py`."""
    import shutil

    scratch = folder / "scratch_migrations"
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(MIGRATIONS_DIR, scratch)
    (scratch / "versions" / "scratch.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f"revision, down_revision, branch_labels, depends_on = 'scratch', {REVISIONS[-1]!r}, None, None\n"
        "def upgrade():\n"
        "    for table in ('users', 'calls', 'analysis_runs'):\n"
        "        with op.batch_alter_table(table, recreate='always' if op.get_bind().dialect.name == 'sqlite' else 'auto') as batch:\n"
        "            batch.add_column(sa.Column('scratch', sa.Integer))\n"
        "def downgrade():\n"
        "    pass\n"
    )
    flask_migrate.upgrade(directory=str(scratch))
    shutil.rmtree(scratch)
