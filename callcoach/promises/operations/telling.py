"""Who is told what of a promise: names and campaigns, never its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.accounts.queries import name_of
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db
from callcoach.notices import operations as notices
from callcoach.notices.models import Notice
from callcoach.promises.models import PromiseVersion
from callcoach.script_library.approval_queries import asked_first, seats_of
from callcoach.script_library.queries import script_of


def subject_of(version: PromiseVersion) -> str:
    """What notices about a version are about."""
    return f"promise_version:{version.id}"


def asked(campaign: Campaign) -> Sequence[User]:
    """Who is asked to approve: the approver of the script, or everybody of the sponsor's."""
    script = script_of(campaign)
    return asked_first(script) if script is not None else seats_of(campaign)


def tell_proposed(viewer: Viewer, version: PromiseVersion) -> None:
    """Ask those who approve."""
    _tell_sponsor(
        asked(version.promise.campaign), "promise.proposed", version, name_of(viewer.user_id)
    )


def tell_again(version: PromiseVersion) -> None:
    """It still waits."""
    _tell_sponsor(asked(version.promise.campaign), "promise.reminded", version)


def tell_deputy(version: PromiseVersion) -> None:
    """The approver did not answer in time; the deputy is asked once."""
    script = script_of(version.promise.campaign)
    if script is None or script.deputy_id is None:
        return
    known = select(Notice.id).where(
        Notice.user_id == script.deputy_id,
        Notice.kind == "promise.deputy",
        Notice.subject == subject_of(version),
    )
    if db.session.scalar(known.limit(1)) is None:
        people = [each for each in seats_of(script.campaign) if each.id == script.deputy_id]
        _tell_sponsor(people, "promise.deputy", version)


def forget_asking(version: PromiseVersion) -> None:
    """Nobody has to answer any more."""
    for kind in ("promise.proposed", "promise.reminded", "promise.deputy"):
        notices.take_back(kind, subject_of(version))


def tell_answer(viewer: Viewer, version: PromiseVersion, kind: str) -> None:
    """Tell who proposed it what the sponsor said."""
    campaign_id = version.promise.campaign_id
    notices.notify(
        version.proposed_by_id,
        kind,
        subject_of(version),
        f"/campaigns/{campaign_id}/promises/{version.promise_id}",
        name=name_of(viewer.user_id),
        campaign=version.promise.campaign.name,
    )


def tell_recorded(viewer: Viewer, version: PromiseVersion, *, who: str, how: str, day: str) -> None:
    """Tell everybody of the sponsor's that an approval was written down in their name: whoever
    never gave it can say so.
    """
    people = seats_of(version.promise.campaign)
    name = name_of(viewer.user_id)
    _tell_sponsor(people, "promise.recorded", version, name, who=who, how=how, day=day)


def _tell_sponsor(
    people: Iterable[User], kind: str, version: PromiseVersion, name: str = "", **values: str
) -> None:
    notices.notify_each(
        [person.id for person in people],
        kind,
        subject_of(version),
        f"/approvals/promises/{version.id}",
        name=name,
        campaign=version.promise.campaign.name,
        **values,
    )
