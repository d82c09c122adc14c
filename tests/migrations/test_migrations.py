"""Revisions: the head equals the models, they go both ways, and children survive."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import text

from callcoach.accounts.models import Membership, User
from callcoach.app import create_app
from callcoach.calls.models import Turn
from callcoach.config import MIGRATIONS_DIR, Settings
from callcoach.extensions import db
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call

POSTGRES_URL = os.environ.get("CALLCOACH_TEST_DATABASE_URL", "")
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
                "include_name": lambda name, kind, _: kind != "table" or "_fts" not in name,
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
