"""The sponsor's answer to what is proposed; an administrator writes down one given elsewhere."""

from __future__ import annotations

from datetime import date

from callcoach.accounts.access import Viewer
from callcoach.errors import Conflict, InvalidInput, NotAllowed, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.promises.access import can_record
from callcoach.promises.models import PromiseVersion, ProposalState
from callcoach.promises.operations import telling
from callcoach.promises.operations.enforcing import enforce_when_due
from callcoach.promises.operations.rights import (
    clean_comment,
    lock,
    log,
    require_author_of,
    require_decider,
)


def approve(
    viewer: Viewer, version: PromiseVersion, comment: str = "", *, seen: int | None = None
) -> PromiseVersion:
    """The sponsor approves what waits: it is in force at once, or with its version of the script.
    Twice is once.

    Args:
        seen: the `row_version` that the page showed.

    Raises:
        NotFound, NotAllowed: not the viewer's to decide.
        Conflict: it was taken back or declined.
        StaleVersion: it says something else by now.
    """
    require_decider(viewer, version)
    lock(version.promise.campaign, version)
    if version.state == ProposalState.APPROVED:
        return version
    _must_wait(version, seen)
    _decide(viewer, version, ProposalState.APPROVED, clean_comment(comment))
    enforce_when_due(version)
    telling.tell_answer(viewer, version, "promise.approved")
    return version


def decline(
    viewer: Viewer, version: PromiseVersion, comment: str, *, seen: int | None = None
) -> PromiseVersion:
    """The sponsor says no, and why. What is in force stays so. Twice is once.

    Raises:
        InvalidInput: nothing is said.
        NotFound, NotAllowed, Conflict, StaleVersion: as `approve`.
    """
    require_decider(viewer, version)
    said = clean_comment(comment)
    if not said:
        raise InvalidInput("Say what should be otherwise: the team can then mend it.")
    lock(version.promise.campaign, version)
    if version.state == ProposalState.DECLINED:
        return version
    _must_wait(version, seen)
    _decide(viewer, version, ProposalState.DECLINED, said)
    telling.tell_answer(viewer, version, "promise.declined")
    return version


def record(
    viewer: Viewer, version: PromiseVersion, *, who: str, how: str, on: date
) -> PromiseVersion:
    """An administrator writes down an approval that was given elsewhere; it stays marked as such.
    It counts from now on: calls are not judged backwards. Twice is once.

    Args:
        who: the person of the sponsor's who gave it.
        how: by e-mail, in a meeting … and where to find it.
        on: the day.

    Raises:
        NotFound: not the viewer's to read.
        NotAllowed: the viewer is no administrator.
        InvalidInput: something is missing, or the day is to come.
        Conflict: it was decided otherwise meanwhile.
    """
    require_author_of(viewer, version)
    if not can_record(viewer):
        raise NotAllowed("Administrators record approvals that were given elsewhere.")
    who, how = " ".join(who.split()), " ".join(how.split())
    if not who or not how:
        raise InvalidInput("Say who approved it, and how: it is kept and shown.")
    if on > utc_now().date():
        raise InvalidInput("This day is still to come.")
    lock(version.promise.campaign, version)
    if version.state == ProposalState.APPROVED:
        return version
    _must_wait(version, None)
    version.is_recorded = True
    words = clean_comment(f"{who} · {how} · {on.isoformat()}")
    _decide(viewer, version, ProposalState.APPROVED, words)
    enforce_when_due(version)
    telling.tell_recorded(viewer, version, who=who, how=how, day=on.isoformat())
    telling.tell_answer(viewer, version, "promise.approved")
    return version


def _must_wait(version: PromiseVersion, seen: int | None) -> None:
    if version.state == ProposalState.WITHDRAWN:
        raise Conflict("The team has taken this proposal back.")
    if version.state != ProposalState.PROPOSED:
        raise Conflict("Somebody of yours has decided otherwise meanwhile.")
    if seen is not None and seen != version.row_version:
        raise StaleVersion(
            "This proposal was changed while you were reading it. Look at it again.",
            theirs=version.text,
        )


def _decide(viewer: Viewer, version: PromiseVersion, state: ProposalState, comment: str) -> None:
    version.state = state
    version.decided_by_id, version.decided_at = viewer.user_id, utc_now()
    version.comment = comment
    version.row_version += 1
    log(viewer, state.value, version, recorded=version.is_recorded)
    db.session.flush()
    telling.forget_asking(version)
