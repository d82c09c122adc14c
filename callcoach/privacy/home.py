"""What the home page says of redactions: calls that wait for a person to release them."""

from __future__ import annotations

from flask import render_template, url_for

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.coaching.home_parts import add_part
from callcoach.coaching.home_presenters import Line, Part
from callcoach.privacy.queue import waiting_for

#: Lines on the home page; the rest is in the queue.
_MOST = 3


@add_part(Role.ADMIN, Role.SUPERVISOR)
def calls_to_release(viewer: Viewer) -> str:
    """Calls that a client waits to read and hear, the longest wait first."""
    waiting = waiting_for(viewer)
    if not waiting:
        return ""
    lines = [
        Line(
            url=url_for("privacy.show_redaction", call_id=row.call_id),
            title=row.heading,
            about=f"{row.campaign} · {row.sponsor}",
            text=row.why,
            at=row.since,
        )
        for row in waiting[:_MOST]
    ]
    return render_template(
        "privacy/_home.html", waiting=Part(lines, len(waiting), url_for("privacy.list_redactions"))
    )
