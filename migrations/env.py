"""Runs revisions inside the application, on SQLite and on PostgreSQL.

On SQLite a batch alteration rebuilds the table: with foreign keys on, dropping the old parent
would silently delete its children. So they are off before the transaction starts (inside one the
pragma does nothing), and every reference is checked afterwards.
"""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection

from callcoach.extensions import UtcDateTime

database = current_app.extensions["migrate"].db
metadata = database.metadatas[None]


def include_name(name: str | None, type_: str, parents: Any) -> bool:
    """Leave out what full-text search keeps beside the tables: SQLite's virtual and shadow tables,
    PostgreSQL's generated column and its index (see `callcoach.search.engines`).
    """
    return name is None or "_fts" not in name


def render_item(type_: str, item: Any, autogen_context: Any) -> str | bool:
    """Write our own column types as what they are in the database."""
    if type_ == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def compare_type(
    _context: Any, _inspected: Any, _metadata: Any, inspected_type: Any, metadata_type: Any
) -> bool | None:
    """UtcDateTime is a plain timestamp there; all else is compared as usual."""
    return False if isinstance(metadata_type, UtcDateTime) else None


def run(connection: Connection) -> None:
    """Run the revisions on an open connection."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        include_name=include_name,
        render_item=render_item,
        compare_type=compare_type,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_on_sqlite(connection: Connection) -> None:
    """Foreign keys off for the length of the revisions, then checked."""
    raw = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        run(connection)
        broken = raw.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration left {len(broken)} broken references: {broken[:5]}")
    finally:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        raw.execute("PRAGMA foreign_keys=ON")


def main() -> None:
    """Entry: Alembic executes this file."""
    if context.is_offline_mode():
        context.configure(
            url=current_app.config["SQLALCHEMY_DATABASE_URI"],
            target_metadata=metadata,
            literal_binds=True,
            render_as_batch=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        return
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            run_on_sqlite(connection)
        else:
            run(connection)


main()
