"""The Flask extensions, unbound, and the database's ground rules.

SQLite runs in WAL mode with foreign keys on. Transactions are begun by us: a unit of work that
means to write begins ``IMMEDIATE`` (`write_transaction`), because a deferred one that read first
fails at once when another writer committed in between, whatever the busy timeout.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import DateTime, Engine, MetaData, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

#: Names for constraints from the first revision, so that every one can be altered on SQLite.
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment; stored in UTC, read back as UTC on every engine.

    Raises:
        ValueError: a naive datetime is bound; which zone it meant cannot be known here.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: give it a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


db = SQLAlchemy(model_class=Base)
migrate = Migrate(render_as_batch=True)
login_manager = LoginManager()
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(get_remote_address)

Member = TypeVar("Member")


class Registry(Generic[Member]):
    """What rooms above register with one below, which cannot import them: subscribers to an event,
    parts of a page, sources of an answer. In the order in which they were registered.
    """

    def __init__(self) -> None:
        self._members: list[Member] = []

    def add(self, member: Member) -> Member:
        """Register, also as a decorator; once, however often its module is imported."""
        if member not in self._members:
            self._members.append(member)
        return member

    def remove(self, member: Member) -> None:
        """Forget it again.

        Raises:
            ValueError: it was never registered.
        """
        self._members.remove(member)

    def __iter__(self) -> Iterator[Member]:
        return iter(self._members)


_write_intent: ContextVar[bool] = ContextVar("write_intent", default=False)


@contextlib.contextmanager
def write_transaction() -> Iterator[None]:
    """Transactions begun inside take SQLite's write lock at once (no effect on PostgreSQL)."""
    token = _write_intent.set(True)
    try:
        yield
    finally:
        _write_intent.reset(token)


def intend_write(intent: bool) -> None:
    """Set the intent for the rest of this context (a request: see `callcoach.web`)."""
    _write_intent.set(intent)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if type(connection).__module__.split(".")[0] != "sqlite3":
        return
    connection.isolation_level = None  # transactions are begun below, not by the driver
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "busy_timeout=15000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if _write_intent.get() else "BEGIN")
