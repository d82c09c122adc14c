"""`callcoach audit`: check samples, reports and their chain."""

from __future__ import annotations

import click


@click.group()
def audit() -> None:
    """Audits of messages."""


@audit.command()
@click.argument("audit_id", type=int, required=False)
def verify(audit_id: int | None) -> int:
    """Draw each sample again from its seed, compute every hash of the reports anew, walk their chain,
    and say what differs. With AUDIT_ID: the draw and the results of this audit only.

    Exit code 1 when something differs. Findings that were settled together after a report differ
    from it, and are said so.
    """
    from callcoach.app import create_app
    from callcoach.audits.models import Audit
    from callcoach.audits.report_check import check_all
    from callcoach.errors import NotFound
    from callcoach.extensions import db

    app = create_app()
    with app.app_context():
        if audit_id is not None and db.session.get(Audit, audit_id) is None:
            raise NotFound("There is no such audit.")
        checked = check_all(audit_id)
        db.session.remove()
        db.engine.dispose()  # nothing of it is used again, wherever the command was called from
    for trouble in checked.troubles:
        click.echo(f"{trouble.where}: {trouble.what}.")
    click.echo(
        f"{checked.reports} reports in the chain, {checked.audits} drawn audits: "
        + ("all as they were." if checked.is_sound else f"{len(checked.troubles)} differences.")
    )
    return 0 if checked.is_sound else 1
