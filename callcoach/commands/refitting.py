"""`callcoach refit`: align past calls with their scripts again."""

from __future__ import annotations

import click


@click.command()
def refit() -> None:
    """Have the worker align calls with the script that was in force, where that is out of date.

    Workers do so by themselves when a call is read, when a version is pinned to it and after an
    upgrade; this starts it at once. It goes behind everything that somebody waits for.
    """
    from sqlalchemy import func, select

    from callcoach.app import create_app
    from callcoach.extensions import db, write_transaction
    from callcoach.script_fit.fitting import feed_fitting, outdated_fits

    app = create_app()
    with app.app_context(), write_transaction():
        waiting = db.session.scalar(
            select(func.count()).select_from(outdated_fits().order_by(None).subquery())
        )
        if waiting:
            feed_fitting()
        db.session.commit()
        db.session.remove()
        db.engine.dispose()  # nothing of it is used again, wherever the command was called from
    if waiting:
        click.echo(f"The worker aligns {waiting} calls with their scripts.")
    else:
        click.echo("All calls are aligned with their scripts.")
