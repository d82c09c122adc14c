"""What must hold before a process serves or works: said in one sentence when it does not."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.exc import OperationalError

from callcoach.config import MIGRATIONS_DIR, Settings
from callcoach.errors import CallCoachError
from callcoach.extensions import db


def require_ready(app: Flask) -> None:
    """Refuse to go on with a database that is not at the newest revision, or with demo people.

    Raises:
        CallCoachError: says what to do.
    """
    settings: Settings = app.extensions["callcoach"]
    with app.app_context():
        try:
            _require_newest_revision()
            if settings.production:
                _require_no_demo_people()
        except OperationalError as error:
            raise CallCoachError(
                "The database cannot be reached (%(cause)s). Check CALLCOACH_DATABASE_URL.",
                cause=str(error.orig).strip().splitlines()[0] if error.orig else "no answer",
            ) from error
        finally:
            db.session.remove()
            db.engine.dispose()


def _require_newest_revision() -> None:
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS_DIR))
    wanted = set(ScriptDirectory.from_config(config).get_heads())
    with db.engine.connect() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    if found == wanted:
        return
    if not found:
        raise CallCoachError("The database is empty. Run `callcoach migrate` first.")
    raise CallCoachError(
        "The database is at revision %(found)s, this version needs %(wanted)s. "
        "Run `callcoach migrate` first.",
        found=", ".join(sorted(found)),
        wanted=", ".join(sorted(wanted)),
    )


def _require_no_demo_people() -> None:
    from sqlalchemy import func, select

    from callcoach.accounts.models import User

    count = db.session.scalar(
        select(func.count()).select_from(User).where(User.is_demo, User.is_enabled)
    )
    if count:
        raise CallCoachError(
            "This database has %(count)s demo people, whose passwords are public. Disable them, "
            "or set CALLCOACH_PRODUCTION=0 if this is a demo.",
            count=count,
        )
