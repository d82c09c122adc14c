"""What changes: read and confirmed by agents; who has read it, for those who answer for them."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.session import current_viewer
from callcoach.calls.presenters import heading
from callcoach.coaching.home_presenters import desk_url
from callcoach.extensions import db, write_transaction
from callcoach.script_fit import briefing_queries as queries
from callcoach.script_fit.blueprint import bp
from callcoach.script_fit.briefing_presenters import changed_lines
from callcoach.script_fit.fit_queries import calls_with_old_words
from callcoach.script_fit.line_access import works_on
from callcoach.script_fit.operations import briefings as operations
from callcoach.script_library.presenters import pieces
from callcoach.web.requests import is_seen
from callcoach.web.toasts import notify


@bp.get("/my/script/changes/<int:version_id>")
def my_briefing(version_id: int) -> ResponseReturnValue:
    """Only what differs from what the agent said before, with the reason and examples to hear."""
    viewer = current_viewer()
    briefing = queries.get_my_briefing(viewer, version_id)
    html = render_template(
        "script_fit/my_briefing.html",
        version=briefing.version,
        campaign=briefing.version.script.campaign,
        is_first=briefing.base is None,
        is_in_force=briefing.is_in_force,
        is_confirmed=briefing.is_confirmed,
        lines=changed_lines(viewer, briefing),
        pieces=pieces,
    )
    if is_seen():
        db.session.rollback()
        with write_transaction():
            operations.open_briefing(viewer, queries.get_my_briefing(viewer, version_id))
            db.session.commit()
    return html


@bp.post("/my/script/changes/<int:version_id>/confirm")
def confirm_briefing(version_id: int) -> ResponseReturnValue:
    """The agent has read it."""
    viewer = current_viewer()
    operations.confirm(viewer, queries.get_my_briefing(viewer, version_id))
    left = queries.waiting_briefings(viewer)
    target = (
        url_for("script_fit.my_briefing", version_id=left[0].version.id)
        if left
        else url_for("accounts.home")
    )
    db.session.commit()
    notify(_("Thank you. These are the words from now on."))
    return redirect(target)


@bp.get("/campaigns/scripts/<int:version_id>/readings")
def show_readings(version_id: int) -> ResponseReturnValue:
    """Who has read what a version changes, by team and name."""
    viewer = current_viewer()
    version, teams = queries.get_readings(viewer, version_id)
    # A guess of the machine's: for those who judge calls, as on the call itself
    is_shown = works_on(viewer, version.script.campaign)
    old_words, old_count = calls_with_old_words(viewer, version) if is_shown else ([], 0)
    return render_template(
        "script_fit/readings.html",
        version=version,
        campaign=version.script.campaign,
        teams=teams,
        old_words=[(heading(call), desk_url(call.id), call.started_at) for call in old_words],
        old_count=old_count,
    )


@bp.post("/campaigns/scripts/<int:version_id>/readings/<int:team_id>/remind")
def remind_team(version_id: int, team_id: int) -> ResponseReturnValue:
    """Remind those of a team who have not confirmed it."""
    told = operations.remind(current_viewer(), version_id, team_id)
    db.session.commit()
    notify(ngettext("%(num)s person was reminded.", "%(num)s people were reminded.", told))
    return redirect(url_for("script_fit.show_readings", version_id=version_id))
