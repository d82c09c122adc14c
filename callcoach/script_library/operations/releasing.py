"""Putting published versions in force, for which teams and since when, and ending that.

What teams say follows from `ScriptRelease` rows alone (`script_library.in_force`). A release that
is planned starts by itself; `start` then tells the rooms above, once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Team
from callcoach.errors import Conflict, InvalidInput, NotAllowed
from callcoach.extensions import db, utc_now
from callcoach.jobs import operations as jobs
from callcoach.script_library import approval, events
from callcoach.script_library.approval_queries import (
    grounds_of,
    is_suspended,
    statements_of,
)
from callcoach.script_library.in_force import release_in_force, version_in_force
from callcoach.script_library.models import (
    DecisionKind,
    EndReason,
    ScriptRelease,
    ScriptVersion,
    VersionState,
)
from callcoach.script_library.operations import telling
from callcoach.script_library.operations.rights import (
    decide,
    lock,
    log,
    require_approver,
    require_writer,
)

#: The job that starts a planned release.
START = "script_library.start"
#: A moment that is past by less means now: a form takes a while to be filled in.
NOW = timedelta(minutes=10)
#: Furthest moment that can be planned.
FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a team says after something ended: None when nothing is in force any more."""

    team: Team
    version: ScriptVersion | None


def put_in_force(
    viewer: Viewer,
    version: ScriptVersion,
    team_ids: Collection[int],
    starts_at: datetime | None = None,
) -> list[ScriptRelease]:
    """Have teams say a published version from a moment on. Teams that do already are passed over,
    so that twice is once.

    Args:
        starts_at: None for now. In the past only for a team that never had another version: "in
            force since" then pins its past calls.

    Returns:
        The new releases.

    Raises:
        NotFound, NotAllowed: not the viewer's to write, or a team is not theirs.
        InvalidInput: no team, a team that does not call for the campaign, or a moment that is
            past or too far away.
        Conflict: it is not published, retired, suspended, or says what the sponsor has approved
            otherwise since.
    """
    require_writer(viewer, version)
    lock(version)
    _require_releasable(version)
    teams = _teams(viewer, version, team_ids)
    now = utc_now()
    moment = starts_at or now
    if moment > now + FURTHEST:
        raise InvalidInput("Choose a day within a year from now.")
    is_past = moment < now - NOW
    if is_past and any(_has_other(version, team) for team in teams):
        raise InvalidInput(
            "Only the first version of a team may have been in force before today. Choose now, or "
            "a day to come."
        )
    if not is_past:
        moment = max(moment, now)
    made = [_release(viewer, version, team, moment) for team in teams]
    found = [release for release in made if release is not None]
    db.session.flush()
    end_overtaken_plans(viewer, version)
    for release in found:
        if release.starts_at <= now:
            start(release)
        else:
            subject = f"release:{release.id}"
            jobs.enqueue(START, subject, viewer=Viewer.system(), not_before=release.starts_at)
    return found


def start(release: ScriptRelease) -> bool:
    """Tell the rooms above that a release has started, once; safe to ask again.

    Returns:
        Whether they were told now: not before its moment, nor when it was ended or overtaken, or
        says by now what the sponsor has to approve; it is ended then.
    """
    now = utc_now()
    if release.announced_at is not None or release.ended_at is not None or release.starts_at > now:
        return False
    if _why_not(release.version) is not None:
        _end_plans(Viewer.system(), [release])
        return False
    campaign_id = release.version.script.campaign_id
    if version_in_force(campaign_id, release.team_id, now) is not release.version:
        return False
    release.announced_at = now
    db.session.flush()
    if release.version.needed_approval is False:
        telling.tell_without_asking(release.version)
    events.put_in_force(release)
    return True


def end_overtaken_plans(viewer: Viewer, version: ScriptVersion) -> None:
    """End planned releases of the script's other versions that could not be put in force any more:
    a plan made before the sponsor approved other words must not bring the old ones back.
    """
    planned = db.session.scalars(
        select(ScriptRelease)
        .join(ScriptRelease.version)
        .where(
            ScriptVersion.script_id == version.script_id,
            ScriptVersion.id != version.id,
            ScriptRelease.ended_at.is_(None),
            ScriptRelease.starts_at > utc_now(),
        )
        .order_by(ScriptRelease.id)
    )
    _end_plans(viewer, [each for each in planned if _why_not(each.version) is not None])


def withdraw(viewer: Viewer, version: ScriptVersion, team_ids: Collection[int]) -> list[Standing]:
    """End what was put in force, or planned, for teams: the version before is in force again.

    Returns:
        What each of these teams says now.

    Raises:
        NotFound, NotAllowed, InvalidInput: as `put_in_force`.
        Conflict: the version before could not be put in force any more.
    """
    require_writer(viewer, version)
    lock(version)
    teams = _teams(viewer, version, team_ids)
    for team in teams:
        returning = _returning(version, team.id)
        if returning is not None and _why_not(returning.version) is not None:
            raise Conflict(
                "%(team)s would say version %(number)s again, which cannot be put in force any "
                "more. Put another version in force instead.",
                team=team.name,
                number=returning.version.number,
            )
    ended = _end(version, EndReason.WITHDRAWN, {team.id for team in teams})
    if ended:
        log(viewer, "withdrawn", version)
    return _stand(version, teams)


def suspend(viewer: Viewer, version: ScriptVersion, comment: str = "") -> list[Standing]:
    """The sponsor ends a version that entered force without them, in all teams. Twice is once.
    An older version comes back only if it could be put in force now; else the team has none.

    Returns:
        What each team that had it, or was to have it, says now.

    Raises:
        NotFound: not the viewer's to read.
        NotAllowed: somebody else of the sponsor's decides.
        Conflict: it was approved by the sponsor.
    """
    require_approver(viewer, version)
    lock(version)
    if version.needed_approval is not False or not VersionState(version.state).is_published:
        raise Conflict("You have approved this version; ask the team for another one.")
    if is_suspended(version):
        return _stand(version, _released_to(version))
    decide(viewer, version, DecisionKind.SUSPENDED, comment)
    db.session.flush()
    for team_id in {release.team_id for release in version.releases}:
        while (old := _returning(version, team_id)) and _why_not(old.version) is not None:
            old.ended_at, old.end_reason = utc_now(), EndReason.WITHDRAWN
            db.session.flush()
    end_overtaken_plans(viewer, version)
    ended = _end(version, EndReason.SUSPENDED, None)
    telling.tell_suspended(viewer, version, ended)
    return _stand(version, [release.team for release in ended])


def retire(viewer: Viewer, version: ScriptVersion) -> ScriptVersion:
    """Put a published version aside for good. Twice is once.

    Raises:
        NotFound, NotAllowed: not the viewer's to write.
        Conflict: it is not published, or in force or planned somewhere.
    """
    require_writer(viewer, version)
    lock(version)
    if version.state == VersionState.RETIRED:
        return version
    if version.state != VersionState.APPROVED:
        raise Conflict("Only a published version is retired; a draft is discarded.")
    now = utc_now()
    campaign_id = version.script.campaign_id
    for release in version.releases:
        if release.ended_at is not None:
            continue
        if release.starts_at > now or release is release_in_force(
            campaign_id, release.team_id, now
        ):
            raise Conflict(
                "%(team)s says this version now, or is going to. Put another one in force first.",
                team=release.team.name,
            )
    for release in version.releases:  # it must not come back when what overtook it is withdrawn
        release.ended_at = release.ended_at or now
    version.state, version.retired_at = VersionState.RETIRED, now
    log(viewer, "retired", version)
    db.session.flush()
    return version


def _release(
    viewer: Viewer, version: ScriptVersion, team: Team, moment: datetime
) -> ScriptRelease | None:
    """A new release; None when the team says this version at that moment anyway."""
    if version_in_force(version.script.campaign_id, team.id, moment) is version:
        return None
    for planned in version.releases:  # brought forward: the same must not start twice
        if planned.team_id == team.id and planned.starts_at > moment and planned.ended_at is None:
            planned.ended_at, planned.end_reason = utc_now(), EndReason.WITHDRAWN
    release = ScriptRelease(
        version=version,
        team_id=team.id,
        starts_at=moment,
        set_by_id=viewer.user_id,
    )
    db.session.add(release)
    log(viewer, "put_in_force", version, team_id=team.id, starts_at=moment.isoformat())
    return release


def _end_plans(viewer: Viewer, releases: Sequence[ScriptRelease]) -> None:
    """End releases that nobody was told of as started."""
    for release in releases:
        release.ended_at, release.end_reason = utc_now(), EndReason.WITHDRAWN
        log(viewer, "withdrawn", release.version)
    db.session.flush()
    for release in releases:
        events.release_ended(release)


def _returning(version: ScriptVersion, team_id: int) -> ScriptRelease | None:
    """What a team would say again if a version were not in force; None where it is not."""
    now, campaign_id = utc_now(), version.script.campaign_id
    if version_in_force(campaign_id, team_id, now) is not version:
        return None
    return release_in_force(campaign_id, team_id, now, without=version)


def _end(
    version: ScriptVersion, reason: EndReason, team_ids: Collection[int] | None
) -> list[ScriptRelease]:
    """End releases of a version; those whose script changes by it are told."""
    now = utc_now()
    campaign_id = version.script.campaign_id
    living = [
        release
        for release in version.releases
        if release.ended_at is None and (team_ids is None or release.team_id in team_ids)
    ]
    said = {
        release.team_id: release.team
        for release in living
        if version_in_force(campaign_id, release.team_id, now) is version
    }
    for release in living:
        release.ended_at, release.end_reason = now, reason
    db.session.flush()
    for release in living:
        events.release_ended(release)
    telling.tell_changed_back(version, said.values())
    return living


def _stand(version: ScriptVersion, teams: Sequence[Team]) -> list[Standing]:
    now = utc_now()
    campaign_id = version.script.campaign_id
    distinct = sorted({team.id: team for team in teams}.values(), key=lambda team: team.name)
    return [Standing(team, version_in_force(campaign_id, team.id, now)) for team in distinct]


def _released_to(version: ScriptVersion) -> list[Team]:
    return [release.team for release in version.releases]


def _require_releasable(version: ScriptVersion) -> None:
    if (problem := _why_not(version)) is not None:
        raise problem


def _why_not(version: ScriptVersion) -> Conflict | None:
    """Why a version cannot be put in force now; None when it can."""
    if version.state == VersionState.RETIRED:
        return Conflict("This version is retired; begin a new draft from it.")
    if version.state != VersionState.APPROVED:
        return Conflict("Only a published version can be put in force.")
    if is_suspended(version):
        return Conflict("The sponsor has suspended this version; submit a new one.")
    if version.needed_approval is False and grounds_of(version):
        return Conflict(
            "The sponsor has to approve by now what this version says. Begin a draft from it and "
            "submit it."
        )
    newest = _approved_last(version)
    if newest is not None and approval.grounds(
        newest.document, version.document, statements_of(version.script.campaign)
    ):
        return Conflict(
            "Since this version the sponsor has approved other words (version %(number)s). Begin a "
            "draft from it and submit it.",
            number=newest.number,
        )
    return None


def _approved_last(version: ScriptVersion) -> ScriptVersion | None:
    """A version that the sponsor approved after this one was published."""
    newest = db.session.scalar(
        select(ScriptVersion)
        .where(
            ScriptVersion.script_id == version.script_id,
            ScriptVersion.state.in_((VersionState.APPROVED, VersionState.RETIRED)),
            ScriptVersion.needed_approval.is_(True),
        )
        .order_by(ScriptVersion.published_at.desc(), ScriptVersion.id.desc())
        .limit(1)
    )
    if newest is None or newest.id == version.id or newest.published_at is None:
        return None
    is_later = version.published_at is None or newest.published_at > version.published_at
    return newest if is_later else None


def _has_other(version: ScriptVersion, team: Team) -> bool:
    """Whether the team ever said another version of the script."""
    found = db.session.scalar(
        select(ScriptRelease.id)
        .join(ScriptRelease.version)
        .where(
            ScriptVersion.script_id == version.script_id,
            ScriptVersion.id != version.id,
            ScriptRelease.team_id == team.id,
        )
        .limit(1)
    )
    return found is not None


def _teams(viewer: Viewer, version: ScriptVersion, team_ids: Collection[int]) -> list[Team]:
    calling = {link.team_id for link in version.script.campaign.teams}
    if not team_ids:
        raise InvalidInput("Choose at least one team.")
    if set(team_ids) - calling:
        raise InvalidInput("Choose among the teams that call for this campaign.")
    if not viewer.sees_everything and set(team_ids) - viewer.team_ids:
        raise NotAllowed("You decide for your own teams only.")
    return list(
        db.session.scalars(select(Team).where(Team.id.in_(team_ids)).order_by(Team.name, Team.id))
    )
