"""Proposing a promise, another wording of one, or that one be retired; nothing is in force by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.campaigns.models import Campaign, Disclosure, Promise, PromiseKind
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.jobs import operations as jobs
from callcoach.promises.models import PromiseVersion, ProposalState
from callcoach.promises.operations import telling
from callcoach.promises.operations.rights import (
    clean_comment,
    lock,
    log,
    must_be_as_seen,
    require_author,
    require_author_of,
)
from callcoach.promises.queries import in_force_of, proposal_of
from callcoach.script_library.models import Script, ScriptVersion, VersionState
from callcoach.script_library.queries import script_of

#: Jobs that come back to a proposal.
REMIND = "promises.remind"
ASK_DEPUTY = "promises.ask_deputy"

#: Longest statement, nuance and condition, as the columns hold them.
MAX_TEXT = 300
#: Longest note, characters.
MAX_NOTE = 500
#: More wordings than this of one statement are several statements.
MAX_NUANCES = 12
#: Hours after which everybody is asked, where no script says otherwise.
DEFAULT_HOURS = 48


@dataclass(frozen=True, slots=True)
class Content:
    """What a version says.

    Args:
        kind: a `PromiseKind`.
        text: the statement.
        note: why, or what to say instead.
        nuances: wordings that are as good.
        condition: of a conditional statement, the words without which it may not be said.
        disclosure: of what is to be said in the opening, a `Disclosure`.
        script_version_id: the version of the script with which it comes into force; None for at
            once.
    """

    kind: str
    text: str
    note: str = ""
    nuances: Sequence[str] = ()
    condition: str = ""
    disclosure: str | None = None
    script_version_id: int | None = None


def propose(
    viewer: Viewer,
    campaign: Campaign,
    content: Content,
    reason: str,
    *,
    promise_id: int | None = None,
) -> PromiseVersion:
    """Propose a promise, or another wording of one.

    Args:
        viewer: may edit the campaign.
        campaign: the campaign.
        content: what it is to say.
        reason: why; the sponsor reads it.
        promise_id: the promise that is to change, one that was retired included; None for a new
            one.

    Raises:
        NotFound, NotAllowed: not the viewer's to write; `promise_id` is not of this campaign.
        InvalidInput: something is missing, too long, or nothing differs.
        Conflict: the statement is there already, or a proposal of this promise waits.
    """
    require_author(viewer, campaign)
    lock(campaign)
    said = _clean(campaign, content, promise_id)
    why = _reason(reason)
    if promise_id is None:
        promise = Promise(
            campaign_id=campaign.id,
            is_in_force=False,
            **{name: said[name] for name in said if name != "script_version_id"},
        )
        db.session.add(promise)
        db.session.flush()
    else:
        promise = _own(campaign, promise_id)
        now = in_force_of(promise)
        if now is not None and all(getattr(now, name) == said[name] for name in _SAID):
            raise InvalidInput("It says the same as what is in force; change something.")
    return _add(viewer, promise, said, why)


def propose_removal(
    viewer: Viewer,
    promise: Promise,
    reason: str,
    *,
    script_version_id: int | None = None,
) -> PromiseVersion:
    """Propose that a promise be retired.

    Raises:
        NotFound, NotAllowed: not the viewer's to write.
        InvalidInput: no reason is given.
        Conflict: it is not in force, or a proposal of this promise waits.
    """
    campaign = promise.campaign
    require_author(viewer, campaign)
    lock(campaign)
    now = in_force_of(promise)
    if now is None:
        raise Conflict("This promise is not in force; there is nothing to retire.")
    said = {name: getattr(now, name) for name in _SAID}
    said["script_version_id"] = _script_version_id(campaign, script_version_id)
    return _add(viewer, promise, said, _reason(reason), is_removal=True)


def edit(
    viewer: Viewer,
    version: PromiseVersion,
    content: Content,
    reason: str,
    *,
    based_on: int | None,
) -> PromiseVersion:
    """Change what is proposed while the sponsor has not decided. They are told anew.

    Args:
        based_on: the `row_version` that the editor saw; None does not compare.

    Raises:
        NotFound, NotAllowed: not the viewer's to write.
        StaleVersion: somebody changed it in between.
        InvalidInput, Conflict: as `propose`; or it was decided meanwhile.
    """
    require_author_of(viewer, version)
    campaign = version.promise.campaign
    lock(campaign, version)
    _must_wait(version)
    must_be_as_seen(version, based_on)
    if version.is_removal:
        said = {name: getattr(version, name) for name in _SAID}
        said["script_version_id"] = _script_version_id(campaign, content.script_version_id)
    else:
        said = _clean(campaign, content, version.promise_id)
    for name, value in said.items():
        setattr(version, name, value)
    version.reason = _reason(reason)
    version.row_version += 1
    if not version.promise.is_in_force and version.number == 1:
        for name in _SAID:
            setattr(version.promise, name, said[name])
    log(viewer, "changed", version)
    db.session.flush()
    telling.tell_proposed(viewer, version)
    return version


def withdraw(viewer: Viewer, version: PromiseVersion) -> PromiseVersion:
    """Take a proposal back. Twice is once.

    Raises:
        NotFound, NotAllowed: not the viewer's to write.
        Conflict: the sponsor has decided meanwhile.
    """
    require_author_of(viewer, version)
    lock(version.promise.campaign, version)
    if version.state == ProposalState.WITHDRAWN:
        return version
    _must_wait(version)
    version.state = ProposalState.WITHDRAWN
    version.decided_at, version.decided_by_id = utc_now(), viewer.user_id
    version.row_version += 1
    log(viewer, "withdrawn", version)
    db.session.flush()
    telling.forget_asking(version)
    return version


def propose_again(viewer: Viewer, version: PromiseVersion) -> PromiseVersion:
    """Propose once more, as it was, what was taken back or declined.

    Raises:
        NotFound, NotAllowed: not the viewer's to write.
        InvalidInput, Conflict: as `propose`; or it was approved, or waits already.
    """
    require_author_of(viewer, version)
    campaign = version.promise.campaign
    if version.state not in (ProposalState.WITHDRAWN, ProposalState.DECLINED):
        raise Conflict("Only what was taken back or declined can be proposed again.")
    script_version_id = version.script_version_id if _may_come_with(version) else None
    if version.is_removal:
        return propose_removal(
            viewer, version.promise, version.reason, script_version_id=script_version_id
        )
    content = Content(
        kind=version.kind,
        text=version.text,
        note=version.note,
        nuances=version.nuances,
        condition=version.condition,
        disclosure=version.disclosure,
        script_version_id=script_version_id,
    )
    return propose(viewer, campaign, content, version.reason, promise_id=version.promise_id)


def script_versions_to_come(campaign: Campaign) -> list[ScriptVersion]:
    """Versions of the script with which a promise may come into force: those that are being
    written, wait for the sponsor, or are published and were never released.
    """
    return list(
        db.session.scalars(
            select(ScriptVersion)
            .join(ScriptVersion.script)
            .where(
                Script.campaign_id == campaign.id,
                ScriptVersion.state != VersionState.RETIRED,
                ~ScriptVersion.releases.any(),
            )
            .order_by(ScriptVersion.number.desc())
        )
    )


#: What a version says, by name of the column.
_SAID = ("kind", "text", "note", "nuances", "condition", "disclosure")


def _add(
    viewer: Viewer,
    promise: Promise,
    said: dict[str, object],
    reason: str,
    *,
    is_removal: bool = False,
) -> PromiseVersion:
    if proposal_of(promise) is not None:
        raise Conflict("A proposal of this promise waits already; change that one.")
    last = db.session.scalar(
        select(func.max(PromiseVersion.number)).where(PromiseVersion.promise_id == promise.id)
    )
    version = PromiseVersion(
        promise_id=promise.id,
        number=(last or 0) + 1,
        state=ProposalState.PROPOSED,
        is_removal=is_removal,
        reason=reason,
        proposed_by_id=viewer.user_id,
        proposed_at=utc_now(),
        **said,
    )
    db.session.add(version)
    db.session.flush()
    log(viewer, "proposed", version)
    telling.tell_proposed(viewer, version)
    _plan_reminders(version)
    return version


def _clean(campaign: Campaign, content: Content, promise_id: int | None) -> dict[str, object]:
    """What the columns are to hold, or an error in the reader's words."""
    if content.kind not in set(PromiseKind):
        raise InvalidInput("Say what kind of statement it is.")
    kind = PromiseKind(content.kind)
    text = _phrase(content.text)
    note = content.note.strip()
    if len(note) > MAX_NOTE:
        raise InvalidInput("At most %(most)s characters fit a note.", most=MAX_NOTE)
    condition = " ".join(content.condition.split()) if kind is PromiseKind.CONDITIONAL else ""
    if kind is PromiseKind.CONDITIONAL and not condition:
        raise InvalidInput("Write the condition without which it may not be said.")
    if len(condition) > MAX_TEXT:
        raise InvalidInput("At most %(most)s characters fit a statement.", most=MAX_TEXT)
    disclosure: Disclosure | None = None
    if kind is PromiseKind.DISCLOSURE:
        if content.disclosure not in set(Disclosure):
            raise InvalidInput("Say what it makes known in the opening.")
        disclosure = Disclosure(content.disclosure)
    _must_be_free(campaign, text, disclosure, promise_id)
    return {
        "kind": kind,
        "text": text,
        "note": note,
        "nuances": _nuances(content.nuances, text),
        "condition": condition,
        "disclosure": disclosure,
        "script_version_id": _script_version_id(campaign, content.script_version_id),
    }


def _must_be_free(
    campaign: Campaign, text: str, disclosure: Disclosure | None, promise_id: int | None
) -> None:
    """One statement once, and one text for each disclosure, among what is in force and waits."""
    rows = db.session.execute(
        select(Promise.id, PromiseVersion.text, PromiseVersion.disclosure)
        .join(PromiseVersion, PromiseVersion.promise_id == Promise.id)
        .where(
            Promise.campaign_id == campaign.id,
            PromiseVersion.is_removal.is_(False),
            (PromiseVersion.state == ProposalState.PROPOSED)
            | (PromiseVersion.in_force_from.is_not(None) & PromiseVersion.in_force_until.is_(None)),
        )
    )
    for other_id, other_text, other_disclosure in rows:
        if other_id == promise_id:
            continue
        if other_text.casefold() == text.casefold():
            raise Conflict("This statement is there already; change it instead of adding it again.")
        if disclosure is not None and other_disclosure == disclosure:
            raise Conflict(
                "This is made known already by “%(text)s”; change that one, or add a nuance to it.",
                text=other_text,
            )


def _nuances(lines: Iterable[str], text: str) -> list[str]:
    kept: dict[str, str] = {}
    for line in lines:
        if phrase := " ".join(line.split()):
            kept.setdefault(phrase.casefold(), _phrase(phrase))
    kept.pop(text.casefold(), None)
    if len(kept) > MAX_NUANCES:
        raise InvalidInput("At most %(most)s nuances: more are another promise.", most=MAX_NUANCES)
    return list(kept.values())


def _phrase(text: str) -> str:
    phrase = " ".join(text.split())
    if not phrase:
        raise InvalidInput("Write what is, or is not, to be said.")
    if len(phrase) > MAX_TEXT:
        raise InvalidInput("At most %(most)s characters fit a statement.", most=MAX_TEXT)
    return phrase


def _reason(text: str) -> str:
    reason = clean_comment(text)
    if not reason:
        raise InvalidInput("Say in a sentence why: the sponsor reads it.")
    return reason


def _script_version_id(campaign: Campaign, version_id: int | None) -> int | None:
    if version_id is None:
        return None
    if version_id not in {version.id for version in script_versions_to_come(campaign)}:
        raise InvalidInput("Choose a version of the script that is not in force yet.")
    return version_id


def _may_come_with(version: PromiseVersion) -> bool:
    offered = script_versions_to_come(version.promise.campaign)
    return version.script_version_id in {each.id for each in offered}


def _own(campaign: Campaign, promise_id: int) -> Promise:
    promise = db.session.get(Promise, promise_id)
    if promise is None or promise.campaign_id != campaign.id:
        raise NotFound("There is no such promise.")
    return promise


def _must_wait(version: PromiseVersion) -> None:
    if version.state != ProposalState.PROPOSED:
        raise Conflict("This was decided meanwhile; propose another version.")


def _plan_reminders(version: PromiseVersion) -> None:
    """A reminder after half of the hours, the deputy after all, as for scripts; each job looks
    whether it still waits.
    """
    script = script_of(version.promise.campaign)
    hours = timedelta(hours=script.approval_hours if script else DEFAULT_HOURS)
    for kind, wait in ((REMIND, hours / 2), (ASK_DEPUTY, hours)):
        jobs.enqueue(
            kind,
            f"promise_version:{version.id}",
            viewer=Viewer.system(),
            not_before=version.proposed_at + wait,
        )
