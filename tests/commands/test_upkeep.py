"""`callcoach migrate` and `callcoach backup`."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from callcoach.cli import cli
from callcoach.errors import InvalidInput


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation's data folder, on SQLite."""
    folder = tmp_path / "data"
    monkeypatch.setenv("CALLCOACH_DATA", str(folder))
    monkeypatch.delenv("CALLCOACH_DATABASE_URL", raising=False)
    return folder


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_migrating_makes_the_tables_and_doing_it_again_is_fine(data: Path) -> None:
    _run("migrate")
    assert "up to date" in _run("migrate")
    with sqlite3.connect(data / "callcoach.db") as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    connection.close()
    assert {"calls", "jobs", "users", "alembic_version"} <= names


def test_a_backup_holds_database_recordings_and_key(data: Path, tmp_path: Path) -> None:
    _run("migrate")
    live = sqlite3.connect(data / "callcoach.db")
    # committed to the write-ahead log only: a plain copy of the file would miss it
    live.execute(
        "INSERT INTO teams (name, timezone, is_archived, created_at) VALUES ('A', 'UTC', 0, '2026-09-14')"
    )
    live.commit()
    (data / "files" / "ab").mkdir(parents=True)
    (data / "files" / "ab" / "one").write_bytes(b"sound")

    _run("backup", str(tmp_path / "copies"))

    live.close()
    (copy,) = (tmp_path / "copies").iterdir()
    restored = sqlite3.connect(copy / "callcoach.db")
    assert restored.execute("SELECT name FROM teams").fetchall() == [("A",)]
    restored.close()
    assert (copy / "files" / "ab" / "one").read_bytes() == b"sound"
    assert (copy / "secret_key").read_text() == (data / "secret_key").read_text()


def test_a_backup_of_nothing_says_so(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no database"):
        CliRunner().invoke(cli, ["backup", str(tmp_path / "copies")], catch_exceptions=False)
    assert not (tmp_path / "copies").exists()
