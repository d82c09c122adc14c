"""What the pages of approval and of what is in force print. Plain values for templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.access import Viewer
from callcoach.extensions import utc_now
from callcoach.script_library.access import can_approve
from callcoach.script_library.approval import ChangeKind, Ground, GroundKind
from callcoach.script_library.approval_queries import is_suspended, last_sent_back
from callcoach.script_library.in_force import release_in_force
from callcoach.script_library.labels import state_mark
from callcoach.script_library.models import (
    ScriptDecision,
    ScriptRelease,
    ScriptVersion,
    VersionState,
)
from callcoach.script_library.operations.releasing import Standing
from callcoach.script_library.presenters import DecisionView, decision_view


@dataclass(frozen=True, slots=True)
class GroundView:
    """One reason for which a version waits.

    Args:
        sign, words: a mark, and what is touched.
        phrase: the sponsor's words that are touched, or "".
        change: what became of the line, or "".
        text: its words, those of before where it was removed.
    """

    key: str
    sign: str
    words: str
    phrase: str
    change: str
    persona: str
    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A version in the lists of sponsors and supervisors.

    Args:
        at: when it was submitted, sent back, or published.
        is_late: it waits for longer than it was to.
        comment: what the sponsor said last.
        since: when it came in force, for a published one that is.
    """

    version_id: int
    number: int
    campaign: str
    reason: str
    url: str
    sign: str
    word: str
    at: datetime | None
    is_mine: bool
    is_late: bool
    comment: str
    since: datetime | None
    is_unasked: bool
    is_suspended: bool


@dataclass(frozen=True, slots=True)
class TeamForce:
    """What a team says, seen from one version.

    Args:
        number: of the version it says now; None for none.
        is_this: that is the version of the page.
        since: since when it says that.
        planned: when the version of the page is to be in force there.
    """

    team_id: int
    name: str
    number: int | None
    is_this: bool
    since: datetime | None
    planned: datetime | None

    @property
    def can_withdraw(self) -> bool:
        return self.is_this or self.planned is not None


_SIGNS = {
    GroundKind.FIRST: "1",
    GroundKind.PROMISE: "✓",
    GroundKind.DISCLOSURE: "§",
    GroundKind.FORBIDDEN: "×",
    GroundKind.AMBIGUOUS: "?",
    GroundKind.SUSPENDED: "‖",
}


def ground_view(ground: Ground) -> GroundView:
    """One reason."""
    words = {
        GroundKind.FIRST: _("It is the first version: all of it waits."),
        GroundKind.PROMISE: _("A promise is touched"),
        GroundKind.DISCLOSURE: _("What the law wants said is touched"),
        GroundKind.FORBIDDEN: _("A forbidden phrase is touched"),
        GroundKind.AMBIGUOUS: _("An ambiguous phrase is touched"),
        GroundKind.SUSPENDED: _("It was suspended before"),
    }
    changes = {
        ChangeKind.ADDED: _("added"),
        ChangeKind.CHANGED: _("changed"),
        ChangeKind.REMOVED: _("removed"),
    }
    return GroundView(
        key=ground.key,
        sign=_SIGNS[ground.kind],
        words=words[ground.kind],
        phrase=ground.phrase,
        change="" if ground.kind is GroundKind.FIRST else changes[ground.change],
        persona=ground.persona,
        text=ground.after or ground.before,
    )


def grounds_by_line(grounds: Sequence[Ground]) -> Mapping[str, str]:
    """HTML to stand under each changed line: why it makes the version wait."""
    found: dict[str, list[GroundView]] = {}
    for ground in grounds:
        found.setdefault(ground.key, []).append(ground_view(ground))
    return {
        key: render_template("script_library/_approve_grounds.html", grounds=views)
        for key, views in found.items()
        if key
    }


def waiting_view(
    version: ScriptVersion, url: str, *, is_mine: bool = False, now: datetime | None = None
) -> Waiting:
    """One version in a list."""
    moment = now or utc_now()
    sign, word = state_mark(version.state)
    suspended = is_suspended(version)
    back = last_sent_back(version)
    since = in_force_since(version)
    if suspended:
        sign, word = "‖", _("Suspended")
    elif back:
        sign, word = "↩", _("Sent back")
    elif since:
        sign, word = "▶", _("In force")
    hours = timedelta(hours=version.script.approval_hours)
    submitted = version.submitted_at if version.state == VersionState.SUBMITTED else None
    return Waiting(
        version_id=version.id,
        number=version.number,
        campaign=version.script.campaign.name,
        reason=version.reason,
        url=url,
        sign=sign,
        word=word,
        at=submitted or (back.at if back else version.published_at),
        is_mine=is_mine,
        is_late=submitted is not None and moment - submitted > hours,
        comment=_last_comment(version),
        since=since,
        is_unasked=version.needed_approval is False,
        is_suspended=suspended,
    )


def in_force_since(version: ScriptVersion) -> datetime | None:
    """Since when the version is in force somewhere; None when it is nowhere now."""
    now = utc_now()
    campaign_id = version.script.campaign_id
    moments = [
        release.starts_at
        for release in version.releases
        if release.ended_at is None
        and release.starts_at <= now
        and release is release_in_force(campaign_id, release.team_id, now)
    ]
    return min(moments, default=None)


def team_force(
    version: ScriptVersion, team_id: int, name: str, release: ScriptRelease | None
) -> TeamForce:
    """What a team says now.

    Args:
        release: the one in force there.
    """
    now = utc_now()
    planned = [
        each.starts_at
        for each in version.releases
        if each.team_id == team_id and each.ended_at is None and each.starts_at > now
    ]
    return TeamForce(
        team_id=team_id,
        name=name,
        number=release.version.number if release else None,
        is_this=release is not None and release.version_id == version.id,
        since=release.starts_at if release else None,
        planned=min(planned, default=None),
    )


def decision_views(version: ScriptVersion) -> list[DecisionView]:
    """What the sponsor said, newest first."""
    decisions: Sequence[ScriptDecision] = version.decisions
    return [decision_view(decision) for decision in reversed(decisions)]


def standing_words(stands: Sequence[Standing]) -> str:
    """What is in force now, team by team, for the floor."""
    return " ".join(
        _("%(team)s: version %(number)s is in force.", team=s.team.name, number=s.version.number)
        if s.version
        else _("%(team)s: no script is in force now.", team=s.team.name)
        for s in stands
    )


def standing_for_sponsor(stands: Sequence[Standing]) -> str:
    """What is in force now, without the names of teams."""
    numbers = sorted({stand.version.number for stand in stands if stand.version})
    words = [_("Version %(number)s is in force again.", number=number) for number in numbers]
    without = sum(stand.version is None for stand in stands)
    if without:
        words.append(
            ngettext(
                "%(num)s team has no script in force now; its supervisor is told.",
                "%(num)s teams have no script in force now; their supervisors are told.",
                without,
            )
        )
    return " ".join(words) or _("It was in force nowhere.")


def sponsor_list(
    versions: Sequence[ScriptVersion], viewer: Viewer
) -> tuple[list[Waiting], list[Waiting], list[Waiting]]:
    """Versions to approve, those that entered force without being asked, and all others."""
    mine, unasked, others = [], [], []
    for version in versions:
        url = url_for("script_library.show_approval", version_id=version.id)
        is_mine = can_approve(viewer, version.script)
        view = waiting_view(version, url, is_mine=is_mine)
        if version.state == VersionState.SUBMITTED:
            mine.append(view)
        elif view.is_unasked and view.since and not view.is_suspended:
            unasked.append(view)
        else:
            others.append(view)
    mine.sort(key=lambda view: view.at or utc_now())
    return mine, unasked, others


def _last_comment(version: ScriptVersion) -> str:
    return version.decisions[-1].comment if version.decisions else ""
