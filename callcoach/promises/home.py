"""What the home page says of promises: what waits for the sponsor, and what they declined."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, url_for

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.coaching.home_parts import add_part
from callcoach.coaching.home_presenters import Line, Part
from callcoach.extensions import utc_now
from callcoach.promises import queries
from callcoach.promises.labels import KINDS
from callcoach.promises.models import PromiseVersion, ProposalState

#: Lines of one list; the rest is on the pages of the campaigns.
_MOST = 5
#: What was declined is news for this long.
_NEWS = timedelta(days=14)


@add_part(Role.ADMIN, Role.SUPERVISOR)
def promises_of_author(viewer: Viewer) -> str:
    """Proposals that wait, since when, and those that came back."""
    found = queries.proposals_of(
        viewer, ProposalState.PROPOSED, ProposalState.DECLINED, since=utc_now() - _NEWS
    )
    if not found:
        return ""
    waiting = [each for each in found if each.state == ProposalState.PROPOSED]
    declined = [each for each in found if each.state == ProposalState.DECLINED]
    return render_template("promises/_home.html", waiting=_part(waiting), declined=_part(declined))


def _part(versions: list[PromiseVersion]) -> Part[Line]:
    return Part([_line(version) for version in versions[:_MOST]], len(versions))


def _line(version: PromiseVersion) -> Line:
    campaign = version.promise.campaign
    return Line(
        url=url_for(
            "promises.show_promise", campaign_id=campaign.id, promise_id=version.promise_id
        ),
        title=version.text,
        about=f"{campaign.name} · {KINDS[version.kind]}",
        text=version.comment or version.reason,
        at=version.decided_at or version.proposed_at,
    )
