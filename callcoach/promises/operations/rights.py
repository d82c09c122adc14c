"""Who may do what with a version, one at a time for a campaign, each written down."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.campaigns.access import can_read_campaign
from callcoach.campaigns.models import Campaign
from callcoach.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db
from callcoach.promises.access import can_decide, can_propose, can_read_version
from callcoach.promises.models import PromiseVersion
from callcoach.script_library.queries import script_of

#: Longest comment or reason, characters.
MAX_COMMENT = 2_000


def require_author(viewer: Viewer, campaign: Campaign) -> None:
    """Let pass who proposes promises.

    Raises:
        NotFound: outside the viewer's scope.
        NotAllowed: the viewer may read the campaign only.
    """
    if can_propose(viewer, campaign):
        return
    teams = [link.team_id for link in campaign.teams]
    if not can_read_campaign(viewer, teams, [seat.user_id for seat in campaign.sponsor.seats]):
        raise NotFound("This campaign does not exist, or is not one of yours.")
    raise NotAllowed("You may read this campaign; its supervisors change it.")


def require_author_of(viewer: Viewer, version: PromiseVersion) -> None:
    """As `require_author`, for one version: who does not read it does not learn that it is there."""
    if not can_read_version(viewer, version.promise.campaign, version):
        raise NotFound("There is no such promise.")
    require_author(viewer, version.promise.campaign)


def require_decider(viewer: Viewer, version: PromiseVersion) -> None:
    """Let pass who decides for the sponsor.

    Raises:
        NotFound: outside the viewer's scope.
        NotAllowed: somebody else of the sponsor's decides.
    """
    campaign = version.promise.campaign
    if not can_read_version(viewer, campaign, version):
        raise NotFound("There is no such promise.")
    if not can_decide(viewer, campaign, script_of(campaign)):
        raise NotAllowed("You may read this promise; somebody else decides on it.")


def lock(campaign: Campaign, version: PromiseVersion | None = None) -> None:
    """One change at a time of the promises of a campaign, on what is true now."""
    db.session.flush()
    db.session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())
    db.session.expire(campaign, ["promises"])
    if version is not None:
        db.session.refresh(version, with_for_update={"of": PromiseVersion})


def must_be_as_seen(version: PromiseVersion, seen: int | None) -> None:
    """Refuse what was decided or written on another text than the present one.

    Raises:
        StaleVersion: somebody changed it in between.
    """
    if seen is not None and seen != version.row_version:
        raise StaleVersion(
            "Somebody changed this proposal meanwhile. Your text is still here: compare it with "
            "theirs, then save again.",
            theirs=version.text,
        )


def clean_comment(text: str) -> str:
    """A comment or reason without blanks around it.

    Raises:
        InvalidInput: it is too long.
    """
    if len(text) > MAX_COMMENT:
        raise InvalidInput("At most %(most)s characters fit a comment.", most=MAX_COMMENT)
    return text.strip()


def log(viewer: Viewer, action: str, version: PromiseVersion, **detail: object) -> None:
    """Write a line of the access log: ``promise_version.approved`` …"""
    record(
        viewer.user_id,
        f"promise_version.{action}",
        subject_kind="promise_version",
        subject_id=version.id,
        **detail,
    )
