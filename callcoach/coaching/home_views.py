"""Home: what waits for whoever is signed in, and what comes next when nothing does."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from callcoach.accounts.access import Viewer, can_import_calls
from callcoach.accounts.models import Role
from callcoach.accounts.session import current_viewer
from callcoach.calls import views as calls_views
from callcoach.calls.models import Call, CallState
from callcoach.calls.presenters import Row
from callcoach.coaching import home_presenters as presenters
from callcoach.coaching.access import judges
from callcoach.coaching.blueprint import bp
from callcoach.coaching.dispute_presenters import dispute_part
from callcoach.coaching.feed_views import SECONDS_A_MOMENT
from callcoach.coaching.home_presenters import FeedStart, Home, Part
from callcoach.coaching.queries import feed, home
from callcoach.coaching.queries.disputes import open_disputes
from callcoach.errors import NotFound
from callcoach.learning.check_queries import is_checker
from callcoach.learning.check_views import draw_today


@bp.get("/home")
def home_page() -> ResponseReturnValue:
    """The page of the floor's people; sponsors have none."""
    viewer = current_viewer()
    if viewer.role is Role.AGENT:
        return render_template("coaching/my_home.html", home=_agents(viewer))
    if not viewer.has_role(Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD):
        raise NotFound("There is no such page.")
    return render_template(
        "coaching/home.html",
        home=_supervisors(viewer) if judges(viewer) else _leads(viewer),
        judges=judges(viewer),
        has_calls=home.has_calls(viewer),
        can_import=can_import_calls(viewer),
    )


def _supervisors(viewer: Viewer) -> Home:
    # Drawn first: what is to be marked blind is kept out of the feed
    check = draw_today(viewer) if is_checker(viewer) else None
    return Home(
        check_minutes=check.minutes if check else 0,
        feed=_feed_start(viewer),
        disputes=dispute_part(open_disputes(viewer)),
        requests=presenters.request_part(home.open_requests(viewer)),
        answers=presenters.reply_part(home.replies_to_my_notes(viewer)),
        drafts=presenters.draft_part(home.drafts(viewer)),
        unheard=presenters.unheard_part(home.unheard(viewer, own=True)),
        running=_running(viewer),
        failed=_failed(viewer),
    )


def _leads(viewer: Viewer) -> Home:
    return Home(
        requests=presenters.request_part(home.open_requests(viewer)),
        unheard=presenters.unheard_part(home.unheard(viewer, own=False)),
        running=_running(viewer),
        failed=_failed(viewer),
    )


def _agents(viewer: Viewer) -> Home:
    return Home(
        to_hear=presenters.to_hear_part(home.notes_to_hear(viewer)),
        answers=presenters.answer_part(home.new_answers_to_requests(viewer)),
        latest=_calls(viewer, home.latest_calls(viewer)),
    )


def _running(viewer: Viewer) -> Part[Row]:
    return _calls(viewer, home.running_calls(viewer))


def _failed(viewer: Viewer) -> Part[Row]:
    return _calls(viewer, home.failed_calls(viewer), state=CallState.FAILED.value)


def _calls(viewer: Viewer, found: home.Short[Call], **query: Any) -> Part[Row]:
    """Calls as the list prints them; `query` filters the list that has the rest."""
    rows = calls_views.rows(viewer, list(found.items))
    return Part(rows, found.total, url_for("calls.list_calls", **query))


def _feed_start(viewer: Viewer) -> FeedStart:
    waiting = feed.waiting(viewer)
    shifts = [item.shift for item in waiting if not item.is_request]
    if not shifts:
        return FeedStart(total=len(waiting))
    newest = max(shifts)
    moments = shifts.count(newest)
    return FeedStart(
        total=len(waiting),
        newest=moments,
        minutes=-(-moments * SECONDS_A_MOMENT // 60),
        day=newest.day,
        is_afternoon=newest.is_afternoon,
    )
