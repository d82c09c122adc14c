"""Commands that keep an installation well: `migrate`, `backup`, `check`."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.engine import make_url

from callcoach.config import Settings
from callcoach.errors import InvalidInput


@click.command()
@click.option("--to", default="head", help="Revision to go to; head by default.")
@click.option("--down", is_flag=True, help="Go down to the revision instead of up.")
@click.option("--revision", "subject", help="Draft a new revision with this subject.")
def migrate(to: str, down: bool, subject: str | None) -> None:
    """Bring the database to the newest revision."""
    import flask_migrate

    from callcoach.app import create_app

    app = create_app()
    with app.app_context():
        if subject:
            flask_migrate.migrate(message=subject)
        elif down:
            flask_migrate.downgrade(revision=to)
        else:
            flask_migrate.upgrade(revision=to)
    click.echo("Database is up to date." if not subject else "Draft written; read it.")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def backup(folder: Path) -> None:
    """Copy database and recordings into FOLDER/<moment>, while the server runs.

    SQLite is copied through its online backup, so that the copy is consistent. A PostgreSQL
    database is left to pg_dump, and object stores to their own versions: the command says so.
    """
    settings = Settings.from_env()
    url = make_url(settings.database_url)
    source = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
    if source is not None and not source.is_file():
        raise InvalidInput("There is no database at %(path)s to copy.", path=source)
    target = folder / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target.mkdir(parents=True)
    if source is not None:
        with (
            closing(sqlite3.connect(source)) as live,
            closing(sqlite3.connect(target / source.name)) as copy,
        ):
            live.backup(copy)
        click.echo(f"database: {target / source.name}")
    else:
        click.echo("database: PostgreSQL, copy it with pg_dump")
    files = settings.data_dir / "files"
    if settings.storage_url:
        click.echo(f"recordings: kept at {settings.storage_url}, use that store's own backup")
    elif files.is_dir():
        shutil.copytree(files, target / "files")
        click.echo(f"recordings: {target / 'files'}")
    key = settings.data_dir / "secret_key"
    if key.is_file():
        shutil.copy2(key, target / "secret_key")
    click.echo(f"Backup complete: {target}")


#: What `check` runs, fastest and broadest first.
CHECKS = (
    ("lint", ("ruff", "check", ".")),
    ("format", ("ruff", "format", "--check", ".")),
    ("architecture", ("lint-imports",)),
    ("types", ("mypy",)),
    ("tests", (sys.executable, "-m", "pytest")),
)


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--fast", is_flag=True, help="Leave the tests out.")
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
def check(fast: bool, pytest_args: tuple[str, ...]) -> None:
    """Lint, format, architecture, types, tests: fastest first, stops at the first failure."""
    root = Path(__file__).resolve().parents[2]
    if not (root / "pyproject.toml").is_file():
        raise InvalidInput("`callcoach check` works in a checkout, not in an installed package.")
    tools = Path(sys.executable).parent
    env = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"}
    for name, command in CHECKS:
        if name == "tests" and fast:
            continue
        click.secho(f"== {name}: {' '.join(command)}", bold=True)
        arguments = [*command, *(pytest_args if name == "tests" else ())]
        if code := subprocess.run(arguments, cwd=root, env=env, check=False).returncode:
            sys.exit(code)
