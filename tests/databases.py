"""The PostgreSQL database that this process of the tests has for itself."""

from __future__ import annotations

import os

from sqlalchemy import create_engine, make_url, text


def own_database(url: str) -> str:
    """`url`, or that of a database beside it where tests run in several processes at once.

    Each process empties its database before a test, so that no two may share one.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if not url or not worker:
        return url
    shared = make_url(url)
    name = f"{shared.database}_{worker}"
    engine = create_engine(shared, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        known = text("SELECT 1 FROM pg_database WHERE datname = :name")
        if connection.execute(known, {"name": name}).scalar() is None:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return shared.set(database=name).render_as_string(hide_password=False)
