"""Who is told what of a script: names, numbers and campaigns, never its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, Team, User
from callcoach.accounts.queries import name_of
from callcoach.notices import operations as notices
from callcoach.script_library.approval_queries import asked_first, people_of, seats_of
from callcoach.script_library.models import ScriptRelease, ScriptVersion


def subject_of(version: ScriptVersion) -> str:
    """What notices about a version are about."""
    return f"script_version:{version.id}"


def tell_submitted(viewer: Viewer, version: ScriptVersion) -> None:
    """Ask those who approve."""
    _tell_sponsor(asked_first(version.script), "script.submitted", version, name_of(viewer.user_id))


def tell_approver_again(version: ScriptVersion) -> None:
    """It still waits."""
    _tell_sponsor(asked_first(version.script), "script.reminded", version)


def tell_deputy(version: ScriptVersion) -> None:
    """The approver did not answer in time."""
    deputy = [p for p in seats_of(version.script.campaign) if p.id == version.script.deputy_id]
    _tell_sponsor(deputy, "script.deputy", version)


def forget_asking(version: ScriptVersion) -> None:
    """Nobody has to answer any more."""
    for kind in ("script.submitted", "script.reminded", "script.deputy"):
        notices.take_back(kind, subject_of(version))


def tell_answer(viewer: Viewer, version: ScriptVersion, kind: str) -> None:
    """Tell those who wrote and submitted it what the sponsor said."""
    told = dict.fromkeys((version.submitted_by_id, version.author_id))
    _tell(told, kind, version, _publishing(version), name_of(viewer.user_id))


def tell_without_asking(version: ScriptVersion) -> None:
    """Tell the sponsor of a version that did not need their approval: they may suspend it."""
    _tell_sponsor(asked_first(version.script), "script.unasked", version)


def tell_suspended(viewer: Viewer, version: ScriptVersion, ended: Sequence[ScriptRelease]) -> None:
    """Tell whoever answers for the calls; `tell_changed_back` tells those who make them."""
    teams, name = [release.team_id for release in ended], name_of(viewer.user_id)
    supervisors = people_of(version.script.campaign, Role.SUPERVISOR)
    told = {person.id for person in supervisors} | {version.author_id, version.submitted_by_id}
    known = sorted(each for each in told if each is not None)
    _tell(known, "script.suspended", version, _publishing(version), name)
    if teams:
        leads = people_of(version.script.campaign, Role.TEAM_LEAD, team_ids=teams)
        _tell(_ids(leads), "script.suspended", version, _page(version), name)


def tell_changed_back(version: ScriptVersion, teams: Iterable[Team]) -> None:
    """Tell agents whose script is another one from now on."""
    ids = [team.id for team in teams]
    if not ids:
        return
    agents = people_of(version.script.campaign, Role.AGENT, team_ids=ids)
    _tell(_ids(agents), "script.changed_back", version, _page(version))


def _page(version: ScriptVersion) -> str:
    return f"/my/script?campaign={version.script.campaign_id}"


def _publishing(version: ScriptVersion) -> str:
    return f"/campaigns/scripts/{version.id}/publish"


def _tell_sponsor(
    people: Iterable[User], kind: str, version: ScriptVersion, name: str = ""
) -> None:
    _tell(_ids(people), kind, version, f"/approvals/{version.id}", name)


def _ids(people: Iterable[User]) -> list[int]:
    return [person.id for person in people]


def _tell(
    user_ids: Iterable[int | None], kind: str, version: ScriptVersion, path: str, name: str = ""
) -> None:
    notices.notify_each(
        user_ids,
        kind,
        subject_of(version),
        path,
        name=name,
        number=version.number,
        campaign=version.script.campaign.name,
    )
