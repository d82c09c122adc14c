"""The search page, and the saved views of whoever looks at it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.accounts.session import current_viewer
from callcoach.calls import presenters as calls_presenters
from callcoach.calls.access import sees_unconfirmed_flags
from callcoach.calls.models import CallKind, Outcome
from callcoach.calls.queries import filter_choices
from callcoach.errors import CallCoachError, NotFound
from callcoach.extensions import db, write_transaction
from callcoach.search import operations, queries
from callcoach.search.access import can_search
from callcoach.search.forms import SaveViewForm, SearchState, read_search
from callcoach.search.presenters import hit_view, wider
from callcoach.web.errors import explain
from callcoach.web.i18n import preferences
from callcoach.web.paging import Page
from callcoach.web.toasts import notify

bp = Blueprint("search", __name__)


@bp.get("/search")
def search() -> ResponseReturnValue:
    """Hits for the query in the address, with its filters; without one, how to ask."""
    viewer = _searcher()
    state = read_search(request.args, zone=preferences().timezone)
    hits = queries.search(viewer, state.query, state.filters, state.page)
    answer = render_template(
        "search/search.html",
        state=state,
        hits=[hit_view(hit, state.query) for hit in hits.items],
        page=Page(hits.items, hits.number, hits.total, hits.per_page),
        choices=filter_choices(viewer),
        options=_options(viewer),
        views=[(view, _address(view.query)) for view in queries.saved_views(viewer)],
        save_form=SaveViewForm(formdata=None, query=urlencode(state.args())),
        current=urlencode(state.args()),
        wider=[] if hits.total else wider(state.query),
        is_empty=not hits.total and queries.is_empty(),
    )
    if state.query and state.page == 1:
        _log_search(viewer, hits.total)
    return answer


@bp.post("/search/views")
def save_view() -> ResponseReturnValue:
    """Keep the search shown under a name."""
    viewer = _searcher()
    form = SaveViewForm()
    state = _state_of(form.query.data or "")
    query = urlencode(state.args()) if state.query or state.is_filtered else ""
    try:
        operations.save_view(viewer, form.name.data or "", query)
    except CallCoachError as error:
        db.session.rollback()
        flash(explain(error), "error")
        return redirect(_address(query))
    db.session.commit()
    notify(_("Search saved."))
    return redirect(_address(query))


@bp.post("/search/views/<int:view_id>/delete")
def delete_view(view_id: int) -> ResponseReturnValue:
    """Put a saved search aside; the message offers to bring it back."""
    view = operations.delete_view(_searcher(), view_id)
    name = view.name
    db.session.commit()
    notify(
        _("“%(name)s” deleted.", name=name), undo=url_for("search.restore_view", view_id=view_id)
    )
    return redirect(url_for("search.search"))


@bp.post("/search/views/<int:view_id>/restore")
def restore_view(view_id: int) -> ResponseReturnValue:
    """Bring a saved search back."""
    view = operations.restore_view(_searcher(), view_id)
    query = view.query
    db.session.commit()
    return redirect(_address(query))


def _searcher() -> Viewer:
    viewer = current_viewer()
    if not can_search(viewer):
        raise NotFound("There is no such page.")
    return viewer


def _state_of(query: str) -> SearchState:
    return read_search(dict(parse_qsl(query)), zone=preferences().timezone)


def _address(query: str) -> str:
    page = url_for("search.search")
    return f"{page}?{query}" if query else page


def _log_search(viewer: Viewer, total: int) -> None:
    """That somebody searched and how much they found, not the words: what a supervisor wonders
    about is theirs, and the names of prospects in it would outlive the calls.

    The reading transaction ends first (see `callcoach.calls.views.log_read`).
    """
    db.session.rollback()
    with write_transaction():
        record(viewer.user_id, "search.made", hits=total)
        db.session.commit()


def _options(viewer: Viewer) -> dict[str, list[tuple[str, ...]]]:
    """Words to filter by, as in the list of calls."""
    causes = calls_presenters.cause_choices()
    sees_negative = sees_unconfirmed_flags(viewer)
    return {
        "outcome": [(item.value, calls_presenters.outcome_label(item)) for item in Outcome],
        "kind": [(kind.value, calls_presenters.kind_label(kind)) for kind in CallKind],
        "negative": [cause[:2] for cause in causes if sees_negative and cause[2] == "negative"],
        "positive": [cause[:2] for cause in causes if cause[2] == "positive"],
    }
