"""What the log of clients' accesses prints. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from callcoach.accounts.models import AccessEvent, User
from callcoach.campaigns.models import Campaign, Sponsor
from callcoach.extensions import db
from callcoach.sponsors.log import ACTIONS

#: Pages of what was looked at: endpoint and the name of its number.
_PAGES = {
    "audit": ("sponsors.show_audit", "audit_id"),
    "audit_call": ("sponsors.show_call", "audit_call_id"),
    "finding": ("sponsors.show_finding", "finding_id"),
    "incident": ("sponsors.show_incident", "incident_id"),
    "wording_draw": ("sponsors.show_wording", "draw_id"),
    "wording_call": ("sponsors.show_wording_call", "wording_call_id"),
}


@dataclass(frozen=True, slots=True)
class LogRow:
    """One access.

    Args:
        url: a preview of what was looked at, or "".
    """

    at: datetime
    who: str
    sponsor: str
    campaign: str
    what: str
    subject: str
    url: str


def rows(events: Sequence[AccessEvent]) -> list[LogRow]:
    """Lines of the log with the names of today."""
    people = _names(User, {event.actor_id for event in events})
    campaigns = _names(Campaign, {event.detail.get("campaign") for event in events})
    sponsors = _names(Sponsor, {event.detail.get("sponsor") for event in events})
    found = []
    for event in events:
        endpoint, name = _PAGES.get(event.subject_kind, ("", ""))
        has_page = bool(endpoint) and event.subject_id is not None
        number = f" {event.subject_id}" if has_page else ""
        extra = f" ({event.detail['format']})" if "format" in event.detail else ""
        found.append(
            LogRow(
                at=event.at,
                who=people.get(event.actor_id or 0, _("a closed account")),
                sponsor=sponsors.get(event.detail.get("sponsor", 0), ""),
                campaign=campaigns.get(event.detail.get("campaign", 0), ""),
                what=str(ACTIONS.get(event.action, event.action)) + extra,
                subject=_("no. %(number)s", number=number.strip()) if number else "",
                url=_url(endpoint, name, event.subject_id) if has_page else "",
            )
        )
    return found


def _names(table: type[User | Campaign | Sponsor], ids: set[int | None]) -> dict[int, str]:
    wanted = sorted(one for one in ids if one is not None)
    found = db.session.execute(select(table.id, table.name).where(table.id.in_(wanted)))
    return dict(found.all())


def _url(endpoint: str, name: str, number: int | None) -> str:
    values: dict[str, Any] = {name: number}
    return url_for(endpoint, **values)
