"""What waits for the next debrief of a campaign, in a viewer's scope."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Membership, User
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign
from callcoach.coaching.models import Note
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.field_reports.models import DebriefedPair, KeptFinding, Use
from callcoach.progress.models import BeforeAfter, Recheck
from callcoach.progress.queries import pairs

#: Weeks after which what was kept is no news to a team any more.
OLDEST_WEEKS = 8


def findings_for_debrief(campaign: Campaign, this_week: date) -> list[KeptFinding]:
    """What was kept for a debrief that has not taken it up, the newest week first.

    Args:
        this_week: its Monday.
    """
    return list(
        db.session.scalars(
            select(KeptFinding)
            .where(
                KeptFinding.campaign_id == campaign.id,
                KeptFinding.used_for == Use.DEBRIEF,
                KeptFinding.done_at.is_(None),
                KeptFinding.week >= this_week - timedelta(weeks=OLDEST_WEEKS),
            )
            .order_by(KeptFinding.week.desc(), KeptFinding.id)
        )
    )


def offered_pairs(viewer: Viewer, campaign: Campaign) -> list[BeforeAfter]:
    """Pairs that agents still of the call's team offer, the newest offer first: those that the viewer
    follows and that no debrief has taken up since.
    """
    found = db.session.scalars(
        pairs_of_members()
        .where(
            Call.campaign_id == campaign.id,
            BeforeAfter.confirmed_at.is_not(None),
            is_offered_anew(),
        )
        .order_by(BeforeAfter.offered_at.desc(), BeforeAfter.id.desc())
    )
    return [pair for pair in found if _is_followed(viewer, pair)]


def pairs_of_members() -> Select[BeforeAfter]:
    """Pairs of agents who are still of the call's team, joined with what `is_offered_anew` asks."""
    return (
        select(BeforeAfter)
        .join(BeforeAfter.recheck)
        .join(Recheck.note)
        .join(Note.call)
        .join(User, User.id == Recheck.agent_id)
        .join(Membership, (Membership.user_id == User.id) & (Membership.team_id == Call.team_id))
        .outerjoin(DebriefedPair, DebriefedPair.pair_id == BeforeAfter.id)
        .where(User.is_enabled.is_(True))
    )


def is_offered_anew() -> ColumnElement[bool]:
    """Offered to a debrief, and taken up by none since."""
    is_new = or_(DebriefedPair.pair_id.is_(None), DebriefedPair.done_at < BeforeAfter.offered_at)
    return and_(BeforeAfter.offered_at.is_not(None), is_new)


def get_offered(viewer: Viewer, campaign: Campaign, pair_id: int) -> BeforeAfter:
    """A pair that was offered in a campaign, done with or not.

    Raises:
        NotFound: there is none that the viewer follows.
    """
    pair = pairs.get_pair(viewer, pair_id)
    if pair.offered_at is None or pair.recheck.note.call.campaign_id != campaign.id:
        raise NotFound("There is no such pair.")
    return pair


def _is_followed(viewer: Viewer, pair: BeforeAfter) -> bool:
    try:
        return pairs.get_pair(viewer, pair.id).after_call.deleted_at is None
    except NotFound:
        return False
