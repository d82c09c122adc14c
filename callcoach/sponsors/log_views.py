"""What clients looked at, for administrators."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from callcoach.accounts.session import current_viewer
from callcoach.extensions import db
from callcoach.sponsors import log, log_presenters
from callcoach.sponsors.blueprint import bp
from callcoach.sponsors.log import LogFilters
from callcoach.web.forms import day_of
from callcoach.web.paging import paginate


@bp.get("/portal-log")
def show_log() -> ResponseReturnValue:
    """Every access of clients, newest first (``sponsor``, ``person``, ``since``, ``until``)."""
    viewer = current_viewer()
    filters = LogFilters(
        sponsor_id=request.args.get("sponsor", type=int),
        user_id=request.args.get("person", type=int),
        since=day_of(request.args.get("since", "")),
        until=day_of(request.args.get("until", "")),
    )
    page = paginate(db.session(), log.lines(viewer, filters))
    return render_template(
        "sponsors/log.html",
        page=page,
        rows=log_presenters.rows(page.rows),
        filters=filters,
        sponsors=[(str(one.id), one.name) for one in log.sponsors_to_offer()],
        people=[(str(one.id), one.name) for one in log.people_to_offer()],
        is_filtered=filters != LogFilters(),
    )
