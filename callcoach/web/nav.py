"""The navigation: entries named by endpoint, shown where the page exists and the role may use it.

Names only, so that this package stays below the rooms whose pages it lists.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_login import current_user

_FLOOR = frozenset({"admin", "supervisor", "team_lead", "agent"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Args:
        endpoint: page it leads to; the entry is left out while no view has this name.
        label: as people read it.
        roles: who is offered it. What they may do there is decided by the room.
    """

    endpoint: str
    label: LazyString
    roles: frozenset[str]

    @property
    def room(self) -> str:
        return self.endpoint.partition(".")[0]


#: In reading order, the most useful first.
ENTRIES = (
    Entry("calls.list_calls", _l("Calls"), _FLOOR),
    Entry("calls.import_page", _l("Import"), frozenset({"admin", "supervisor", "team_lead"})),
    Entry("campaigns.list_campaigns", _l("Campaigns"), _FLOOR | {"sponsor"}),
    Entry("people.list_teams", _l("Teams"), frozenset({"admin", "supervisor", "team_lead"})),
    Entry("people.list_people", _l("People"), frozenset({"admin"})),
)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry, ready to draw."""

    url: str
    label: LazyString
    is_current: bool


def init_app(app: Flask) -> None:
    """Attach the template global `navigation()`."""
    app.jinja_env.globals["navigation"] = navigation


def navigation() -> list[Link]:
    """Links for the signed-in person; the current one is marked.

    A page that is no entry itself belongs to the entry whose address its own continues
    (``/calls/3`` to ``/calls``), else to the first entry of its room.
    """
    offered = [(entry, url_for(entry.endpoint)) for entry in _offered()]
    room = (request.endpoint or "").partition(".")[0]
    above = [url for _, url in offered if f"{request.path}/".startswith(f"{url}/")]
    current = max(above, key=len, default="") or next(
        (url for entry, url in offered if entry.room == room), ""
    )
    return [Link(url, entry.label, url == current) for entry, url in offered]


def home_endpoint() -> str:
    """The most useful page of the signed-in person; their settings when there is no other."""
    offered = _offered()
    return offered[0].endpoint if offered else "accounts.settings"


def _offered() -> list[Entry]:
    role = str(getattr(current_user, "role", ""))
    return [e for e in ENTRIES if e.endpoint in current_app.view_functions and role in e.roles]
