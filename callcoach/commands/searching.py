"""`callcoach reindex`: build what the search page looks in."""

from __future__ import annotations

import click


@click.command()
@click.option("--background", is_flag=True, help="Leave it to the worker, and return at once.")
def reindex(background: bool) -> None:
    """Build the search index anew, from every call's transcript and sent notes.

    The index follows every change by itself: this is for an installation whose calls are older
    than the index, or a restored backup. It can be stopped and run again at any time; meanwhile
    people search what is there.
    """
    from sqlalchemy import func, select

    from callcoach.accounts.access import Viewer
    from callcoach.app import create_app
    from callcoach.calls.models import Call
    from callcoach.extensions import db, write_transaction
    from callcoach.jobs import operations as jobs
    from callcoach.search.operations import reindex_call
    from callcoach.search.tasks import EVERYTHING, REINDEX, next_call

    app = create_app()
    with app.app_context():
        if background:
            with write_transaction():
                jobs.enqueue(REINDEX, EVERYTHING, viewer=Viewer.system(), again=True)
                db.session.commit()
            click.echo("The worker builds the index; the search page fills up meanwhile.")
            return
        total = db.session.scalar(select(func.count()).select_from(Call)) or 0
        db.session.rollback()
        last = done = 0
        with click.progressbar(length=total, label="Indexing calls") as bar:
            while True:
                with write_transaction():
                    call = next_call(last)
                    if call is None:
                        db.session.rollback()
                        break
                    reindex_call(call)
                    last = call.id
                    db.session.commit()
                done += 1
                bar.update(1)
        click.echo(f"Calls indexed: {done}.")
