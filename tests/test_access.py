"""The matrix: every endpoint × every role × own and foreign things, against `access_table`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import event

from callcoach.app import create_app
from callcoach.config import Settings
from callcoach.extensions import db
from callcoach.web.gate import is_public
from tests.access_table import ROLES, TABLE, Row
from tests.conftest import POSTGRES_URL, _empty_postgres
from tests.factories.two_sites import Site, TwoSites, create_two_sites

Snapshot = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for the whole matrix; each test puts the database back as it found it."""
    overrides = {"database_url": POSTGRES_URL} if POSTGRES_URL else {}
    folder = tmp_path_factory.mktemp("access")
    settings = Settings.from_env({}, data_dir=folder, production=False, **overrides)
    application = create_app(
        settings, TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False
    )
    with application.app_context():
        if POSTGRES_URL:
            _empty_postgres()
        db.create_all()
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


class Watch:
    """Which tables may have been written to since the database was last found as it was: every
    statement that is no plain read counts. Comparing all tables after each request takes minutes.
    """

    READS = frozenset({"SELECT", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT"})
    WRITES = re.compile(r'(?:INSERT\s+INTO|UPDATE)\s+"?(\w+)', re.IGNORECASE)

    def __init__(self) -> None:
        self.touched: set[str] = set()
        self.has_written = False

    def __call__(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.split(None, 1)[0].upper() in self.READS:
            return
        self.has_written = True
        write = self.WRITES.match(statement)
        # What is deleted takes rows of other tables with it
        self.touched |= {write[1]} if write else set(db.metadata.tables)

    def forget(self) -> None:
        self.touched.clear()
        self.has_written = False


@dataclass(frozen=True)
class World:
    """Both sites, who is who, and the database as it was at the start."""

    app: Flask
    sites: TwoSites
    people: dict[str, int]
    start: Snapshot
    files: dict[Path, bytes]
    watch: Watch

    def put_back(self) -> None:
        """Undo whatever a request changed, also a recording that it deleted."""
        if self.watch.has_written:
            with self.app.app_context():
                _restore(self.start, self.watch.touched)
            self.watch.forget()
        for path, content in self.files.items():
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)

    def snapshot(self) -> Snapshot:
        """Every row of every table, as it is now."""
        if not self.watch.touched:
            return self.start
        with self.app.app_context():
            return {**self.start, **_snapshot(self.watch.touched)}


@pytest.fixture(scope="module")
def world(app: Flask) -> World:
    watch = Watch()
    with app.app_context():
        sites = create_two_sites()
        start = _snapshot(set(db.metadata.tables))
        event.listen(db.engine, "before_cursor_execute", watch)
    stored = (app.extensions["callcoach"].data_dir / "files").rglob("*")
    files = {path: path.read_bytes() for path in stored if path.is_file()}
    assert files, "the matrix asks for sounds"
    here, there = sites.here, sites.there
    people = {
        "agent": here.agent,
        "colleague": here.colleague,
        "team_lead": here.team_lead,
        "supervisor": here.supervisor,
        "other_supervisor": there.supervisor,
        "sponsor": here.sponsor_user,
        "other_sponsor": there.sponsor_user,
        "admin": sites.admin,
    }
    assert set(people) == set(ROLES)
    return World(app, sites, people, start, files, watch)


@pytest.fixture(autouse=True)
def _as_found(world: World) -> Iterator[None]:
    """A test that fails half-way must not fail those after it."""
    yield
    world.put_back()


def _without_log(rows: Snapshot) -> Snapshot:
    """A failed try at signing in is written down; nothing else of a stranger's is."""
    return {name: found for name, found in rows.items() if name != "access_events"}


def _tables() -> list[Any]:
    return list(db.metadata.tables.values())


def _snapshot(names: set[str]) -> Snapshot:
    """Every row of these tables; what is no table of ours, such as the search index, is left out."""
    with db.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(_in_order(table))]
            for table in _tables()
            if table.name in names
        }


def _in_order(table: Any) -> Any:
    return table.select().order_by(*table.primary_key.columns)


def _restore(wanted: Snapshot, names: set[str]) -> None:
    """Put these tables back. They refer to each other in circles, and what is deleted must not take
    rows of other tables with it, so references count for nothing meanwhile.
    """
    is_sqlite = db.engine.dialect.name == "sqlite"
    db.session.remove()
    with db.engine.connect() as connection:
        if is_sqlite:  # outside a transaction, which SQLAlchemy would begin
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        with connection.begin():
            if not is_sqlite:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            tables = [table for table in _tables() if table.name in names]
            for table in tables:
                connection.execute(table.delete())
                columns = [column.name for column in table.columns]
                rows = [dict(zip(columns, row, strict=True)) for row in wanted[table.name]]
                if rows:
                    connection.execute(table.insert(), rows)
        if is_sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def _address(app: Flask, row: Row, site: Site) -> str:
    values = {
        name: getattr(site, value, value) if isinstance(value, str) else value
        for name, value in row.values.items()
    }
    with app.test_request_context():
        return url_for(row.endpoint, **values)


def _request(browser: FlaskClient, address: str, row: Row, site: Site) -> Any:
    if row.method == "GET":
        return browser.get(address)
    if row.method in ("PUT", "DELETE"):
        return browser.open(address, method=row.method, **dict(row.data(site)))
    return browser.post(address, data=dict(row.data(site)))


def _id(row: Row) -> str:
    return f"{row.method} {row.endpoint}"


every_row = pytest.mark.parametrize("row", TABLE, ids=_id)
with_things = pytest.mark.parametrize(
    "row", [row for row in TABLE if row.values and not row.public], ids=_id
)


def test_every_endpoint_is_in_the_table(app: Flask) -> None:
    walked = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    declared = [row.key for row in TABLE]
    assert len(declared) == len(set(declared)), "an endpoint is declared twice"
    missing, gone = walked - set(declared), set(declared) - walked
    assert not missing, f"say who may use these, in tests/access_table.py: {sorted(missing)}"
    assert not gone, (
        f"these no longer exist; take them out of tests/access_table.py: {sorted(gone)}"
    )


@every_row
def test_strangers_are_sent_to_sign_in_and_change_nothing(world: World, row: Row) -> None:
    assert is_public(world.app, row.endpoint) == row.public
    for site in (world.sites.here, world.sites.there):
        address = _address(world.app, row, site)
        answer = _request(world.app.test_client(), address, row, site)
        if row.public:
            assert answer.status_code == row.stranger_status
        else:
            assert answer.status_code == 302
            assert answer.location.partition("?")[0] == "/sign-in"
        if row.stranger_writes:
            assert _without_log(world.snapshot()) != _without_log(world.start)
            world.put_back()
            continue
        assert _without_log(world.snapshot()) == _without_log(world.start)
        assert row.public or world.snapshot() == world.start


@every_row
def test_each_role_gets_what_the_table_says(world: World, sign_in: Any, row: Row) -> None:
    here = world.sites.here
    address = _address(world.app, row, here)
    for role in ROLES:
        answer = _request(sign_in(world.people[role]), address, row, here)
        assert answer.status_code == row.expected(role), f"{role} at {row.method} {address}"
        after = world.snapshot()
        if role not in row.may:
            assert after == world.start, f"{role} was refused {address}, and it changed something"
        elif row.must_write:
            assert after != world.start, f"{role} could do {address}, and nothing changed"
        _assert_names_nobody(world, role, answer.data.decode(errors="replace"))
        world.put_back()


@with_things
def test_things_of_another_site_do_not_exist(world: World, sign_in: Any, row: Row) -> None:
    there = world.sites.there
    address = _address(world.app, row, there)
    for role in ("agent", "colleague", "team_lead", "supervisor", "sponsor"):
        answer = _request(sign_in(world.people[role]), address, row, there)
        assert answer.status_code == row.foreign, f"{role} at {row.method} {address}"
        assert world.snapshot() == world.start, f"{role} changed something at {address}"
        _assert_names_nobody(world, role, answer.data.decode(errors="replace"))


@with_things
def test_things_that_never_were_are_answered_like_foreign_ones(
    world: World, sign_in: Any, row: Row
) -> None:
    """Else the difference would tell what exists."""
    there = world.sites.there
    nothing = {name: 987_654 for name in row.values if name.endswith("_id")}
    if not nothing:
        return
    with world.app.test_request_context():
        values = {
            n: getattr(there, v, v) if isinstance(v, str) else v for n, v in row.values.items()
        }
        address = url_for(row.endpoint, **{**values, **nothing})
    foreign = _address(world.app, row, there)
    for role in ("agent", "supervisor", "sponsor"):
        browser = sign_in(world.people[role])
        never = _request(browser, address, row, there)
        theirs = _request(browser, foreign, row, there)
        assert never.status_code == theirs.status_code
        assert _without_nonces(never.text) == _without_nonces(theirs.text)


def _assert_names_nobody(world: World, role: str, text: str) -> None:
    """No page gives away the other site, other agents to an agent, or any agent to a sponsor."""
    here, there = world.sites.here, world.sites.there
    text = text.casefold()
    if role == "admin":
        return
    other = here if role.startswith("other_") else there
    assert other.mark not in text, f"{role} reads of the other site"
    hidden = {
        "agent": ("collegue",),
        "colleague": ("agente",),
        "sponsor": ("agente", "collegue"),
        "other_sponsor": ("agente", "collegue"),
    }.get(role, ())
    for name in hidden:
        for site in (here, there):
            for form in (f"{name}-{site.mark}", f"{name}.{site.mark}"):
                assert form not in text, f"{role} reads {form}"


def _without_nonces(page: str) -> str:
    return re.sub(r'(nonce|content|value)="[^"]*"', r'\1=""', page)
