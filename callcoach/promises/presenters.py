"""What the pages of promises print. Plain values for templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _

from callcoach.extensions import utc_now
from callcoach.promises.labels import DISCLOSURES, KIND_MEANINGS, KINDS, SIGNS, STATES
from callcoach.promises.models import PromiseVersion, ProposalState
from callcoach.promises.operations.proposing import DEFAULT_HOURS
from callcoach.script_library.models import Script
from callcoach.script_library.presenters import woven

#: Both texts in one, as (op, text).
Parts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing in which a version differs from the one before it."""

    label: str
    parts: Parts


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version of a promise.

    Args:
        kind_sign, kind: a mark, and what kind of statement it is.
        state_sign, state: a mark, and how far it has come.
        before: whether there is an approved version that it is compared with.
        changes: what differs from that.
        since, until: in force, half-open; until None for one that still is.
        comes_with: number of the script's version with which it is, or was, to come.
        is_late: it waits for longer than the sponsor was given.
    """

    version_id: int
    promise_id: int
    number: int
    kind_value: str
    kind_sign: str
    kind: str
    meaning: str
    disclosure: str
    text: str
    nuances: tuple[str, ...]
    condition: str
    note: str
    reason: str
    is_removal: bool
    state_value: str
    state_sign: str
    state: str
    before: bool
    changes: tuple[Change, ...]
    proposed_by: str
    proposed_at: datetime
    reminded_at: datetime | None
    decided_by: str
    decided_at: datetime | None
    comment: str
    is_recorded: bool
    since: datetime | None
    until: datetime | None
    comes_with: int | None
    is_late: bool
    row_version: int
    campaign: str
    url: str

    @property
    def is_in_force(self) -> bool:
        return self.since is not None and self.until is None and not self.is_removal

    @property
    def is_proposed(self) -> bool:
        return self.state_value == ProposalState.PROPOSED

    @property
    def asks(self) -> str:
        """What is proposed, in a word."""
        if self.is_removal:
            return str(_("Retire"))
        return str(_("Another wording")) if self.before else str(_("New statement"))


@dataclass(frozen=True, slots=True)
class Group:
    """The statements of one kind."""

    sign: str
    title: str
    meaning: str
    rows: tuple[VersionView, ...]


def version_view(
    version: PromiseVersion,
    before: PromiseVersion | None = None,
    *,
    script: Script | None = None,
) -> VersionView:
    """One version.

    Args:
        before: the approved version that it follows; None for the first.
        script: whose hours the sponsor is given.
    """
    campaign = version.promise.campaign
    sign, state = STATES[ProposalState(version.state)]
    hours = timedelta(hours=script.approval_hours if script else DEFAULT_HOURS)
    waits = version.state == ProposalState.PROPOSED
    return VersionView(
        version_id=version.id,
        promise_id=version.promise_id,
        number=version.number,
        kind_value=str(version.kind),
        kind_sign=SIGNS[version.kind],
        kind=str(KINDS[version.kind]),
        meaning=str(KIND_MEANINGS[version.kind]),
        disclosure=str(DISCLOSURES[version.disclosure]) if version.disclosure else "",
        text=version.text,
        nuances=tuple(version.nuances),
        condition=version.condition,
        note=version.note,
        reason=version.reason,
        is_removal=version.is_removal,
        state_value=str(version.state),
        state_sign=sign,
        state=str(state),
        before=before is not None,
        changes=tuple(changes(before, version)) if before and not version.is_removal else (),
        proposed_by=version.proposed_by.name if version.proposed_by else "",
        proposed_at=version.proposed_at,
        reminded_at=version.reminded_at,
        decided_by=version.decided_by.name if version.decided_by else "",
        decided_at=version.decided_at,
        comment=version.comment,
        is_recorded=version.is_recorded,
        since=version.in_force_from,
        until=version.in_force_until,
        comes_with=version.script_version.number if version.script_version else None,
        is_late=waits and utc_now() - version.proposed_at > hours,
        row_version=version.row_version,
        campaign=campaign.name,
        url=url_for(
            "promises.show_promise", campaign_id=campaign.id, promise_id=version.promise_id
        ),
    )


def changes(before: PromiseVersion, after: PromiseVersion) -> list[Change]:
    """What differs between two versions, in the order of the form."""
    found = [
        Change(str(label), woven(str(old), str(new)))
        for label, old, new in (
            (_("What it is"), KINDS[before.kind], KINDS[after.kind]),
            (_("What it makes known"), _disclosure(before), _disclosure(after)),
            (_("The statement"), before.text, after.text),
            (_("The condition"), before.condition, after.condition),
            (_("Why, or what to say instead"), before.note, after.note),
        )
        if old != new
    ]
    gone = [text for text in before.nuances if text not in after.nuances]
    new = [text for text in after.nuances if text not in before.nuances]
    if gone or new:
        parts = [("delete", f"{text} ") for text in gone] + [("insert", f"{text} ") for text in new]
        found.append(Change(str(_("Allowed nuances")), tuple(parts)))
    return found


def history(
    versions: Sequence[PromiseVersion], *, script: Script | None = None
) -> list[VersionView]:
    """Versions of one promise, newest first, each with what differs from the approved one before."""
    return [version_view(each, base_of(each, versions), script=script) for each in versions]


def base_of(version: PromiseVersion, versions: Sequence[PromiseVersion]) -> PromiseVersion | None:
    """The approved version before one, among versions in any order."""
    earlier = [
        each
        for each in versions
        if each.number < version.number
        and each.state == ProposalState.APPROVED
        and not each.is_removal
    ]
    return max(earlier, key=lambda each: each.number, default=None)


def groups(versions: Sequence[PromiseVersion]) -> list[Group]:
    """Versions in force by kind, in the order of a call; kinds without any are left out."""
    found = []
    for kind, title in KINDS.items():
        rows = tuple(version_view(each) for each in versions if each.kind == kind)
        if rows:
            found.append(Group(SIGNS[kind], str(title), str(KIND_MEANINGS[kind]), rows))
    return found


def _disclosure(version: PromiseVersion) -> str:
    return str(DISCLOSURES[version.disclosure]) if version.disclosure else ""
