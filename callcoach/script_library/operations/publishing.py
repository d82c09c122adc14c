"""From draft to published: submitting, the sponsor's answer, publishing what needs none.

One at a time for each script. Asking for what is so already changes nothing; asking for what can
no longer be says what happened meanwhile. Putting in force is `operations.releasing`, offered here
too.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.errors import Conflict, InvalidInput, NotAllowed, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.jobs import operations as jobs
from callcoach.script_library import events
from callcoach.script_library.access import can_edit_script
from callcoach.script_library.approval_queries import (
    approved_before,
    asked_first,
    grounds_of,
    seats_of,
)
from callcoach.script_library.models import (
    DecisionKind,
    Script,
    ScriptDecision,
    ScriptVersion,
    VersionState,
)
from callcoach.script_library.operations import telling
from callcoach.script_library.operations.drafting import sync_lines
from callcoach.script_library.operations.releasing import (
    end_overtaken_plans,
    put_in_force,
    retire,
    suspend,
    withdraw,
)
from callcoach.script_library.operations.rights import (
    decide,
    lock,
    lock_script,
    log,
    require_approver,
    require_writer,
)

__all__ = [
    "approve",
    "change_settings",
    "grounds_of",
    "publish",
    "put_in_force",
    "recall",
    "retire",
    "send_back",
    "submit",
    "suspend",
    "withdraw",
]

#: Jobs that come back to a submitted version.
REMIND = "script_library.remind"
ASK_DEPUTY = "script_library.ask_deputy"

#: Hours that may be given to an approver.
MIN_HOURS, MAX_HOURS = 1, 24 * 14

_CHANGED = "This version was changed while you were reading it. Look at it again."


def submit(viewer: Viewer, version: ScriptVersion) -> ScriptVersion:
    """Ask the sponsor to approve a draft; it cannot be edited meanwhile. Twice is once.

    Raises:
        NotFound, NotAllowed: not the viewer's to write.
        InvalidInput: it says nothing, does not say why, or nobody of the sponsor's could answer.
        Conflict: it is published already.
    """
    require_writer(viewer, version)
    lock(version)
    if version.state == VersionState.SUBMITTED:
        return version
    _require_ready(version)
    people = asked_first(version.script)
    if not people and version.script.approver_id is not None:
        raise InvalidInput("The person who approves can no longer sign in. Choose somebody else.")
    if not people:
        raise InvalidInput(
            "Nobody of the sponsor’s can sign in to approve it. An administrator gives them a seat."
        )
    now = utc_now()
    version.state = VersionState.SUBMITTED
    version.submitted_at, version.submitted_by_id = now, viewer.user_id
    version.needed_approval = True
    version.reminded_at = version.deputy_asked_at = None
    log(viewer, "submitted", version)
    db.session.flush()
    telling.tell_submitted(viewer, version)
    _plan_reminders(version)
    return version


def recall(viewer: Viewer, version: ScriptVersion) -> ScriptVersion:
    """Take a submitted version back: it is a draft again. Twice is once.

    Raises:
        NotFound, NotAllowed: not the viewer's to write.
        Conflict: the sponsor has approved it meanwhile.
    """
    require_writer(viewer, version)
    lock(version)
    if version.state == VersionState.DRAFT:
        return version
    if version.state != VersionState.SUBMITTED:
        raise Conflict("The sponsor has approved it meanwhile; begin a new draft from it.")
    _back_to_draft(version)
    log(viewer, "recalled", version)
    db.session.flush()
    return version


def approve(
    viewer: Viewer,
    version: ScriptVersion,
    comment: str = "",
    *,
    seen: str | None = None,
) -> ScriptVersion:
    """The sponsor approves what waits: it is published. Twice is once.

    Args:
        seen: what `fingerprint` said when the page was shown.

    Raises:
        NotFound: not the viewer's to read.
        NotAllowed: somebody else of the sponsor's approves.
        Conflict: it was taken back.
        StaleVersion: it, or what it is compared with, is another one by now.
    """
    require_approver(viewer, version)
    lock(version)
    if version.state in (VersionState.APPROVED, VersionState.RETIRED):
        return version
    _require_waiting(version)
    if seen is not None and seen != fingerprint(version):
        raise StaleVersion(_CHANGED)
    decide(viewer, version, DecisionKind.APPROVED, comment)
    _publish(version, needed_approval=True)
    end_overtaken_plans(viewer, version)
    telling.forget_asking(version)
    telling.tell_answer(viewer, version, "script.approved")
    return version


def send_back(
    viewer: Viewer, version: ScriptVersion, comment: str, *, seen: str | None = None
) -> ScriptVersion:
    """The sponsor says what has to be otherwise: it is a draft again.

    Raises:
        InvalidInput: nothing is said.
        NotFound, NotAllowed, Conflict, StaleVersion: as `approve`.
    """
    require_approver(viewer, version)
    if not comment.strip():
        raise InvalidInput("Say what should be otherwise: the team can then mend it.")
    lock(version)
    last = version.decisions[-1] if version.decisions else None
    if version.state == VersionState.DRAFT and last is not None and _is_same(last, viewer, comment):
        return version
    _require_waiting(version)
    if seen is not None and seen != fingerprint(version):
        raise StaleVersion(_CHANGED)
    decide(viewer, version, DecisionKind.SENT_BACK, comment)
    telling.tell_answer(viewer, version, "script.sent_back")
    _back_to_draft(version)
    db.session.flush()
    return version


def publish(viewer: Viewer, version: ScriptVersion) -> ScriptVersion:
    """Publish a draft in which nothing waits for the sponsor, who is told. Twice is once.

    Raises:
        NotFound, NotAllowed: not the viewer's to write.
        InvalidInput: it says nothing, or does not say why.
        Conflict: the sponsor has to approve it, or is asked already.
    """
    require_writer(viewer, version)
    lock(version)
    if version.state in (VersionState.APPROVED, VersionState.RETIRED):
        return version
    if version.state == VersionState.SUBMITTED:
        raise Conflict("The sponsor is asked already; take it back first.")
    _require_ready(version)
    if grounds_of(version):
        raise Conflict("The sponsor has to approve this version; submit it.")
    _publish(version, needed_approval=False)
    log(viewer, "published", version)
    telling.tell_without_asking(version)
    return version


def change_settings(
    viewer: Viewer,
    script: Script,
    *,
    approver_id: int | None,
    deputy_id: int | None,
    approval_hours: int,
) -> None:
    """Say who approves, who does in their place, and within how many hours. What waits already is
    asked of the new approver; its reminders come at the new times.

    Raises:
        NotAllowed: not the viewer's to write.
        InvalidInput: somebody is not the sponsor's, is named twice, or the hours are out of range.
    """
    if not can_edit_script(viewer, script.campaign):
        raise NotAllowed("The supervisors of this campaign change that.")
    lock_script(script.id)
    known = {person.id for person in seats_of(script.campaign)}
    if {approver_id, deputy_id} - {None} - known:
        raise InvalidInput("Choose people of the sponsor’s who may sign in.")
    if deputy_id is not None and approver_id in (None, deputy_id):
        raise InvalidInput("A deputy stands in for somebody else: choose the approver first.")
    if not MIN_HOURS <= approval_hours <= MAX_HOURS:
        raise InvalidInput(
            "Give between %(least)s and %(most)s hours.", least=MIN_HOURS, most=MAX_HOURS
        )
    is_new_person = script.approver_id != approver_id
    script.approver_id, script.deputy_id = approver_id, deputy_id
    script.approval_hours = approval_hours
    record(viewer.user_id, "script.settings_changed", subject_kind="script", subject_id=script.id)
    db.session.flush()
    waiting = db.session.scalars(
        select(ScriptVersion).where(
            ScriptVersion.script_id == script.id, ScriptVersion.state == VersionState.SUBMITTED
        )
    )
    for version in waiting:
        if is_new_person:
            telling.forget_asking(version)
            telling.tell_submitted(viewer, version)
        _plan_reminders(version)


def fingerprint(version: ScriptVersion) -> str:
    """What a page shows of a version that waits: its words, and what they are compared with."""
    before = approved_before(version)
    return f"{version.revision}.{before.id if before else 0}"


def _require_ready(version: ScriptVersion) -> None:
    if version.state != VersionState.DRAFT:
        raise Conflict("This version is published; begin a new draft from it.")
    if not version.document.lines():
        raise InvalidInput("This draft says nothing yet.")
    if not version.reason.strip():
        raise InvalidInput("Say in a sentence why this version is made: the sponsor reads it.")


def _require_waiting(version: ScriptVersion) -> None:
    if version.state != VersionState.SUBMITTED:
        raise Conflict("The team has taken this version back to change it.")


def _publish(version: ScriptVersion, *, needed_approval: bool) -> None:
    version.needed_approval = needed_approval
    version.published_at = utc_now()
    version.state = VersionState.APPROVED
    db.session.flush()
    sync_lines(version)
    events.version_published(version)


def _back_to_draft(version: ScriptVersion) -> None:
    version.state = VersionState.DRAFT
    version.submitted_at = version.submitted_by_id = None
    version.reminded_at = version.deputy_asked_at = version.needed_approval = None
    telling.forget_asking(version)


def _is_same(last: ScriptDecision, viewer: Viewer, comment: str) -> bool:
    return (
        last.kind == DecisionKind.SENT_BACK
        and last.user_id == viewer.user_id
        and last.comment == comment.strip()
    )


def _plan_reminders(version: ScriptVersion) -> None:
    """A reminder after half of the hours, the deputy after all; each job looks whether it still
    waits, since when, and whether its time has come.
    """
    if version.submitted_at is None:
        return
    hours = timedelta(hours=version.script.approval_hours)
    for kind, wait in ((REMIND, hours / 2), (ASK_DEPUTY, hours)):
        moment = version.submitted_at + wait
        jobs.enqueue(
            kind,
            f"version:{version.id}:{int(moment.timestamp())}",
            viewer=Viewer.system(),
            not_before=moment,
        )
