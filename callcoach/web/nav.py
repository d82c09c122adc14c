"""The navigation: entries named by endpoint, shown where the page exists and the role may use it.

Names only, so that this package stays below the rooms whose pages it lists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_login import current_user

#: Where the application keeps what counts what waits, by endpoint.
_BADGES = "callcoach.nav.badges"
_FLOOR = frozenset({"admin", "supervisor", "team_lead", "agent"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Args:
        endpoint: page it leads to; the entry is left out while no view has this name.
        label: as people read it.
        roles: who is offered it. What they may do there is decided by the room.
        is_room: whether the room's pages that are no entries themselves belong to it.
        short: as the bar at the bottom of a phone says it, five beside each other; the label if not
            given.
    """

    endpoint: str
    label: LazyString
    roles: frozenset[str]
    is_room: bool = True
    short: LazyString | None = None

    @property
    def room(self) -> str:
        return self.endpoint.partition(".")[0]


#: In reading order, the most useful first.
ENTRIES = (
    Entry("coaching.home_page", _l("Home"), _FLOOR, is_room=False),
    Entry("coaching.my_notes", _l("My notes"), frozenset({"agent"}), short=_l("Notes")),
    Entry(
        "script_library.my_script",
        _l("The script"),
        frozenset({"agent", "team_lead"}),
        short=_l("Script"),
    ),
    Entry("coaching.feed", _l("Listening feed"), frozenset({"admin", "supervisor"})),
    Entry(
        "debriefs.list_debriefs", _l("Debriefs"), frozenset({"admin", "supervisor", "team_lead"})
    ),
    Entry("drills.my_drills", _l("My drills"), frozenset({"agent"}), short=_l("Drills")),
    Entry("debriefs.my_debriefs", _l("My debriefs"), frozenset({"agent"}), short=_l("Debriefs")),
    Entry("progress.my_progress", _l("My progress"), frozenset({"agent"})),
    Entry("expressions.my_expressions", _l("Expressions"), frozenset({"agent"})),
    Entry("calls.list_calls", _l("Calls"), _FLOOR),
    Entry("drills.list_drills", _l("Drills"), frozenset({"admin", "supervisor"})),
    Entry("progress.list_rechecks", _l("Follow-up"), frozenset({"admin", "supervisor"})),
    Entry("audits.list_audits", _l("Audits"), frozenset({"admin", "supervisor"})),
    Entry("drills.list_due", _l("Drills"), frozenset({"team_lead"})),
    Entry("progress.show_floor", _l("Time to free"), frozenset({"team_lead"})),
    Entry("sponsors.portal", _l("Portal"), frozenset({"sponsor"})),
    Entry("script_library.list_approvals", _l("To approve"), frozenset({"sponsor"})),
    Entry("field_reports.list_letters", _l("From the floor"), frozenset({"sponsor"})),
    Entry("calls.import_page", _l("Import"), frozenset({"admin", "supervisor", "team_lead"})),
    Entry("campaigns.list_campaigns", _l("Campaigns"), _FLOOR | {"sponsor"}),
    Entry("people.list_teams", _l("Teams"), frozenset({"admin", "supervisor", "team_lead"})),
    Entry("people.list_people", _l("People"), frozenset({"admin"})),
)


#: The page behind the search field of the top bar: one keystroke away, so no entry.
FIND = "search.search"


@dataclass(frozen=True, slots=True)
class Link:
    """An entry, ready to draw; `count` is how much waits there, 0 draws nothing."""

    url: str
    label: LazyString
    is_current: bool
    count: int = 0
    short: LazyString | None = None


def init_app(app: Flask) -> None:
    """Attach the template global `navigation()`."""
    app.jinja_env.globals["navigation"] = navigation
    app.jinja_env.globals["find_url"] = find_url
    app.extensions.setdefault(_BADGES, {})


def add_badge(app: Flask, endpoint: str, count: Callable[[], int]) -> None:
    """Let an entry say how much waits on its page; `count` runs for those offered it only."""
    app.extensions.setdefault(_BADGES, {})[endpoint] = count


def navigation() -> list[Link]:
    """Links for the signed-in person; the current one is marked.

    A page that is no entry itself belongs to the entry whose address its own continues
    (``/calls/3`` to ``/calls``), else to the first entry of its room.
    """
    offered = [(entry, url_for(entry.endpoint)) for entry in _offered()]
    room = (request.endpoint or "").partition(".")[0]
    above = [url for _, url in offered if f"{request.path}/".startswith(f"{url}/")]
    current = max(above, key=len, default="") or next(
        (url for entry, url in offered if entry.room == room and entry.is_room), ""
    )
    badges: dict[str, Callable[[], int]] = current_app.extensions[_BADGES]
    return [
        Link(
            url,
            entry.label,
            url == current,
            badges[entry.endpoint]() if entry.endpoint in badges else 0,
            entry.short,
        )
        for entry, url in offered
    ]


def find_url() -> str:
    """Where the search field of the top bar asks; "" for whom there is nothing to search."""
    role = str(getattr(current_user, "role", ""))
    is_there = FIND in current_app.view_functions and role in _FLOOR
    return url_for(FIND) if is_there else ""


def home_endpoint() -> str:
    """The most useful page of the signed-in person; their settings when there is no other."""
    offered = _offered()
    return offered[0].endpoint if offered else "accounts.settings"


def _offered() -> list[Entry]:
    role = str(getattr(current_user, "role", ""))
    return [e for e in ENTRIES if e.endpoint in current_app.view_functions and role in e.roles]
