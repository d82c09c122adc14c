"""The list of calls. Changes, media and imports have modules beside; the page of one call is the
review desk, in the room above.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer, can_import_calls
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.calls import presenters, queries
from callcoach.calls.access import (
    can_delete_call,
    can_edit_call,
    can_judge_call,
    sees_unconfirmed_flags,
)
from callcoach.calls.blueprint import bp
from callcoach.calls.forms import ListState, read_list_state
from callcoach.calls.models import Call, CallKind, CallState, Outcome
from callcoach.calls.operations import log_access
from callcoach.calls.subjects import subject_of
from callcoach.errors import NotFound
from callcoach.extensions import db, write_transaction
from callcoach.jobs.queries import JobStatus, live_jobs
from callcoach.web.i18n import preferences
from callcoach.web.paging import Page

#: Calls asked after in one poll; a page of the list holds fewer.
_MAX_POLLED = 200


@bp.get("/calls")
def list_calls() -> ResponseReturnValue:
    """Calls in the viewer's scope, newest first, with filters in the address. Clients have none: what
    they may hear is on pages of their own.
    """
    viewer = current_viewer()
    if viewer.role is Role.SPONSOR:
        raise NotFound("This page does not exist.")
    state = list_state()
    found = queries.list_calls(viewer, state.filters, state.page)
    return render_template(
        "calls/list.html",
        rows=rows(viewer, found.items),
        page=Page(found.items, found.number, found.total, found.per_page),
        list_state=state,
        choices=queries.filter_choices(viewer),
        options=_filter_options(sees_negative=sees_unconfirmed_flags(viewer)),
        can_import=can_import_calls(viewer),
    )


@bp.get("/calls/progress")
def progress() -> ResponseReturnValue:
    """Where the calls of ``?ids=1,2`` stand; one that is done brings its new row with it.

    ``known`` holds the states that the page shows, so that only what changed is drawn again.
    """
    viewer = current_viewer()
    numbers = [int(part) for part in request.args.get("ids", "").split(",") if part.isdecimal()]
    calls = queries.calls_by_id(viewer, numbers[:_MAX_POLLED])
    answer = []
    for row in rows(viewer, calls):
        item = {
            "id": row.call_id,
            "state": row.state,
            "label": row.state_label,
            "running": row.is_running,
            "progress": row.progress,
        }
        if not row.is_running and request.args.get("rows"):
            item["html"] = render_template("calls/_row.html", row=row, query=list_state().query())
        answer.append(item)
    return jsonify(calls=answer)


def list_state() -> ListState:
    """The list as this address describes it, days in the reader's zone."""
    return read_list_state(request.args, zone=preferences().timezone)


def rows(viewer: Viewer, calls: Sequence[Call]) -> list[presenters.Row]:
    """Rows of the list, with progress and counts fetched for all at once."""
    running = [call for call in calls if call.state in presenters.RUNNING]
    jobs = live_jobs(viewer, (subject_of(call.id) for call in running))
    counts = queries.count_tipping_points(viewer, calls)
    tags = queries.tags_of(viewer, calls)
    return [
        presenters.row(
            call,
            progress=_progress(jobs.get(subject_of(call.id))),
            counts=presenters.Counts(*counts[call.id]) if call.id in counts else None,
            sees_all_moments=sees_unconfirmed_flags(viewer),
            can_edit=can_edit_call(viewer, call),
            can_delete=can_delete_call(viewer, call),
            can_judge=can_judge_call(viewer, call),
            tags=tags.get(call.id, ()),
        )
        for call in calls
    ]


def _progress(job: JobStatus | None) -> float | None:
    return job.progress if job is not None else None


def log_read(viewer: Viewer, call: Call, action: str) -> None:
    """Write to the access log at the end of a reading request.

    The reading transaction ends first: one that read and then writes is refused by SQLite when
    another writer committed in between.
    """
    db.session.rollback()
    with write_transaction():
        log_access(viewer, action, call)
        db.session.commit()


def _filter_options(*, sees_negative: bool) -> dict[str, list[tuple[str, ...]]]:
    """Words to filter by."""
    causes = presenters.cause_choices()
    return {
        "outcome": [(item.value, presenters.outcome_label(item)) for item in Outcome],
        "kind": [(kind.value, presenters.kind_label(kind)) for kind in CallKind],
        "state": [(state.value, presenters.state_label(state)) for state in CallState],
        "negative": [cause[:2] for cause in causes if sees_negative and cause[2] == "negative"],
        "positive": [cause[:2] for cause in causes if cause[2] == "positive"],
    }


# Views beside this module register themselves on the blueprint.
from callcoach.calls import change_views, import_views, media_views, tag_views  # noqa: E402

__all__ = ["bp", "change_views", "import_views", "media_views", "tag_views"]
