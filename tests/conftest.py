"""Fixtures that every room's tests share.

The database is real: a SQLite file per test, or the PostgreSQL of ``CALLCOACH_TEST_DATABASE_URL``
(emptied for each test; one for each process when several run side by side). The application context is pushed only around database work.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_login.utils import _create_identifier
from hypothesis import settings as hypothesis_settings
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import event, inspect, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from werkzeug.routing import Rule

from callcoach.accounts.models import User
from callcoach.app import create_app
from callcoach.config import Settings
from callcoach.extensions import db
from tests.databases import own_database

hypothesis_settings.register_profile("patient", deadline=None)  # a busy machine is no fault
hypothesis_settings.load_profile("patient")

SAMPLES = Path(__file__).parent.parent / "recordings_sample"
POSTGRES_URL = own_database(os.environ.get("CALLCOACH_TEST_DATABASE_URL", ""))
CHROMIUM = os.environ.get("CALLCOACH_TEST_CHROMIUM", "/usr/bin/chromium")
#: What a test that touches the database asks for.
WITH_DATABASE = frozenset({"app", "settings"})
#: Milliseconds in which a page comes to what is expected, however busy the machine is.
PATIENCE_MS = 20_000
#: No sandbox: the tests may run as root. The rest keeps it from reaching out on its own.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


_compile: Callable[[Any], None] = Rule.compile
#: What an address comes to once it is read; see `_compile_once`.
_READ = ("_parts", "_trace", "_converters", "arguments")
_addresses: dict[tuple[Any, ...], tuple[dict[str, Any], Any, Any]] = {}


def _compile_once(rule: Any) -> None:
    """An address is read and compiled once for all applications: each has several hundred of them,
    and making one for each test spent most of its time on this.
    """
    defaults = tuple(sorted((rule.defaults or {}).items()))
    key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, defaults)
    if key not in _addresses:
        _compile(rule)
        read = {name: getattr(rule, name) for name in _READ}
        _addresses[key] = (read, rule._build.__func__, rule._build_unknown.__func__)
        return
    read, build, build_unknown = _addresses[key]
    vars(rule).update(read)
    # They work for the rule that they are given
    rule._build = build.__get__(rule, None)
    rule._build_unknown = build_unknown.__get__(rule, None)


Rule.compile = _compile_once  # type: ignore[assignment, method-assign]

#: Statements compiled in this process. Each application has an engine of its own, and each engine
#: would compile every statement again: a third of the time of most tests.
_compiled: dict[Any, Any] = {}
for _dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
    # Statements are kept by dialect: one of the same kind compiles them to the same words
    _dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign]
    _dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign]


class _InMemory(BytecodeCache):
    """Templates compiled in this process: each application would compile them all again."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if (code := self._code.get(bucket.key + bucket.checksum)) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


_templates = _InMemory()


def _when(item: pytest.Item) -> int:
    """The order of tests: real processes and recognition, then browsers, then all that is quick."""
    if item.get_closest_marker("slow") or item.get_closest_marker("asr"):
        return 0
    return 1 if item.get_closest_marker("browser") else 2


@pytest.hookimpl(tryfirst=True)  # before pytest's own choice by mark
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what drives a browser. On PostgreSQL, leave out what touches no database: it says the
    same as on SQLite."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
            # A real browser on a machine that does much else may miss a beat: once more, and the
            # summary says so. What fails twice is a fault.
            item.add_marker(pytest.mark.flaky(reruns=1))
    # What takes minutes begins first: begun last, it would keep one process busy and the others idle
    items.sort(key=_when)
    if not POSTGRES_URL:
        return
    chosen, left_out = [], []
    for item in items:
        asked = WITH_DATABASE.intersection(getattr(item, "fixturenames", ()))
        is_chosen = bool(asked) or "migrations" in item.path.parts
        is_chosen &= item.get_closest_marker("any_database") is None
        (chosen if is_chosen else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = chosen


@pytest.fixture
def samples() -> Path:
    """The folder of sample recordings."""
    return SAMPLES


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a fresh installation in a folder of its own."""
    overrides = {"database_url": POSTGRES_URL} if POSTGRES_URL else {}
    return Settings.from_env({}, data_dir=tmp_path / "data", production=False, **overrides)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no rows: to copy it takes a hundredth of making them."""
    folder = tmp_path_factory.mktemp("empty")
    settings = Settings.from_env({}, data_dir=folder, production=False)
    application = create_app(settings, TESTING=True, RATELIMIT_ENABLED=False)
    with application.app_context():
        db.create_all()
        db.session.remove()
        db.engine.dispose()  # the last connection writes the log back into the file
    return folder / "callcoach.db"


@pytest.fixture
def app(settings: Settings, empty_database: Path) -> Iterator[Flask]:
    """The application on an empty database, with CSRF and rate limits off."""
    own_file = settings.data_dir / empty_database.name
    is_fresh = settings.database_url == f"sqlite:///{own_file}" and not own_file.exists()
    if is_fresh:
        settings.ensure_data_dir()
        shutil.copyfile(empty_database, own_file)
    application = create_app(
        settings, TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False
    )
    application.jinja_env.bytecode_cache = _templates
    with application.app_context():
        db.engine.update_execution_options(compiled_cache=_compiled)
        made: list[Any] = []
        if POSTGRES_URL:
            event.listen(db.engine, "connect", lambda connection, _record: made.append(connection))
            if not _empty_postgres():
                db.create_all()
        elif not is_fresh and not inspect(db.engine).has_table("users"):
            db.create_all()
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()
    for connection in made:
        # What a test left open would be collected at a moment when another one is blamed for it
        connection.close()


def _empty_postgres() -> bool:
    """Empty the tables an earlier test left, drop what is none of ours; false when there are none.

    Making them anew for each test takes longer than most tests, and so does TRUNCATE, which writes
    new files for every table and index: only those that hold rows are emptied.
    """
    names = [table.name for table in db.metadata.sorted_tables]
    with db.engine.begin() as connection:
        found = set(inspect(connection).get_table_names())
        for name in found - set(names):
            connection.execute(text(f'DROP TABLE "{name}" CASCADE'))
        if not set(names) <= found:
            return False
        filled = connection.execute(
            text(
                " UNION ALL ".join(
                    f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names
                )
            )
        ).scalars()
        # References are checked by triggers, which this role passes over
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in filled.all():
            connection.execute(text(f'DELETE FROM "{name}"'))
        # Also of tables whose test left no row: numbers begin at 1 for each
        connection.execute(text("SELECT setval(seqrelid::regclass, 1, false) FROM pg_sequence"))
    return True


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A stranger's browser."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[[User | int], FlaskClient]:
    """Make a browser in which the given person (or their id) is signed in."""

    def _sign_in(user: User | int) -> FlaskClient:
        with app.app_context():
            person = db.session.get(User, user if isinstance(user, int) else user.id)
            assert person is not None, "the person to sign in is not in the database"
            session_id = person.get_id()
        browser = app.test_client()
        with app.test_request_context(environ_base=browser.environ_base):
            fingerprint = _create_identifier()  # session protection compares it
        with browser.session_transaction() as session:
            session["_user_id"] = session_id
            session["_fresh"] = True
            session["_id"] = fingerprint
        return browser

    return _sign_in


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own browser, one for all: a process can hold one Playwright at a time."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
