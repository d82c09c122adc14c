"""`callcoach reanalyse`: bring past calls up to today's engine and their campaigns' tuning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from callcoach.errors import InvalidInput

if TYPE_CHECKING:
    from flask import Flask


@click.command()
@click.option("--campaign", "name", help="Only the calls of this campaign.")
@click.option("--background", is_flag=True, help="Leave it to the worker, and return at once.")
def reanalyse(name: str | None, background: bool) -> None:
    """Analyse again the calls whose analysis is older than the engine or than their campaign's
    changes to it.

    Workers do so by themselves, behind everything else; this does it now, beside them. Nothing is
    transcribed again; verdicts and notes stay with their moments. It can be stopped and run again.
    """
    from callcoach.accounts.access import Viewer
    from callcoach.app import create_app
    from callcoach.calls.operations.reanalysis import feed_refreshing
    from callcoach.calls.queries.reanalysis import reanalysis_progress
    from callcoach.extensions import db, write_transaction

    app = create_app()
    with app.app_context():
        campaign_id = None if name is None else _campaign_id(name)
        before = reanalysis_progress(Viewer.system(), campaign_id)
        db.session.remove()
        waiting = before.total - before.done
        if waiting and background:
            with write_transaction():
                feed_refreshing()
                db.session.commit()
    if not waiting:
        click.echo(f"All calls are up to date: {before.total}.")
        return
    if background:
        click.echo(f"The worker analyses {waiting} of {before.total} calls again.")
        return
    with click.progressbar(length=waiting, label="Analysing calls again") as bar:
        for _ in _worked_off(app, campaign_id):
            bar.update(1)
    with app.app_context():
        after = reanalysis_progress(Viewer.system(), campaign_id)
    click.echo(f"Calls up to date: {after.done} of {after.total}.")
    if not after.is_complete:
        raise InvalidInput(
            "Some calls are still being worked on, or could not be analysed; the list of jobs says "
            "why. Run this again later."
        )


def _worked_off(app: Flask, campaign_id: int | None) -> Iterator[int]:
    """Analyse outdated calls here, slice by slice, until none is left that nobody works on."""
    from callcoach.calls.operations.reanalysis import next_refreshes, refresh_outdated
    from callcoach.extensions import db, write_transaction
    from callcoach.jobs.processes import current_identity
    from callcoach.jobs.runner import Runner

    runner = Runner(app, current_identity())
    try:
        while True:
            with app.app_context(), write_transaction():
                refresh_outdated(campaign_id=campaign_id)
                db.session.commit()
                job_ids = next_refreshes(campaign_id)
                db.session.remove()
            if not job_ids:
                return
            for job_id in job_ids:
                runner.run(job_id)
                yield job_id
    finally:
        runner.hand_back_all()


def _campaign_id(name: str) -> int:
    """The campaign of this name, whatever its case.

    Raises:
        InvalidInput: there is none, or several sponsors have one.
    """
    from sqlalchemy import select

    from callcoach.campaigns.models import Campaign
    from callcoach.extensions import db

    # Compared here: SQLite lowers ASCII letters only
    rows = db.session.execute(select(Campaign.id, Campaign.name)).all()
    found = [row.id for row in rows if row.name.casefold() == name.casefold()]
    if not found:
        raise InvalidInput("There is no campaign called %(name)s.", name=name)
    if len(found) > 1:
        raise InvalidInput(
            "Several sponsors have a campaign called %(name)s; leave --campaign out.", name=name
        )
    return int(found[0])
