"""Who may read and change a campaign's expressions. Pure: no database, no request.

Who is called and what the sponsor approves is one campaign's affair, so its readers are the
campaign's. What a prospect's words often mean is the team's know-how: the sponsor does not read it.
"""

from __future__ import annotations

from collections.abc import Collection

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.calls.access import sees_unconfirmed_flags
from callcoach.campaigns.access import can_edit_campaign, can_read_campaign
from callcoach.script_library.models import ExpressionKind

#: What the agent should not say, or not so.
AVOIDED = (ExpressionKind.FORBIDDEN, ExpressionKind.AMBIGUOUS)


def can_edit_expressions(viewer: Viewer, team_ids: Collection[int]) -> bool:
    """Administrators, and supervisors of a team that calls for the campaign."""
    return can_edit_campaign(viewer, team_ids)


def readable_kinds(
    viewer: Viewer, team_ids: Collection[int], seat_user_ids: Collection[int]
) -> tuple[ExpressionKind, ...]:
    """The kinds that the viewer reads in a campaign; none for strangers to it."""
    if not can_read_campaign(viewer, team_ids, seat_user_ids):
        return ()
    if viewer.role is Role.SPONSOR:
        return tuple(kind for kind in ExpressionKind if kind is not ExpressionKind.DECODED)
    return tuple(ExpressionKind)


def oversees_expressions(viewer: Viewer) -> bool:
    """Read them as a campaign's list; agents have a page of their own, for a telephone."""
    return viewer.role is not Role.AGENT


def marked_kinds(viewer: Viewer) -> tuple[ExpressionKind, ...]:
    """The kinds that are marked in a call's words for the viewer.

    That words to avoid were said is a machine's finding about a person: as long as nobody confirmed
    it, agents do not see it.
    """
    if sees_unconfirmed_flags(viewer):
        return tuple(ExpressionKind)
    return tuple(kind for kind in ExpressionKind if kind not in AVOIDED)
