"""Who may publish, approve and release; one at a time for a script, each written down."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.errors import InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.script_library.access import can_approve, can_edit_script, can_read_version
from callcoach.script_library.models import (
    DecisionKind,
    Script,
    ScriptDecision,
    ScriptVersion,
)

#: Longest comment of the sponsor's, characters.
MAX_COMMENT = 2_000


def require_writer(viewer: Viewer, version: ScriptVersion) -> None:
    """Let pass who writes the script.

    Raises:
        NotFound: outside the viewer's scope.
        NotAllowed: the viewer may read it only.
    """
    if can_edit_script(viewer, version.script.campaign):
        return
    if not can_read_version(viewer, version):
        raise NotFound("There is no such version.")
    raise NotAllowed("You may read this script; the campaign’s supervisors change it.")


def require_approver(viewer: Viewer, version: ScriptVersion) -> None:
    """Let pass who approves for the sponsor. A draft is theirs only while they have an answer of
    their own in it, so that answering twice is no error.

    Raises:
        NotFound: outside the viewer's scope.
        NotAllowed: somebody else of the sponsor's approves.
    """
    if can_read_version(viewer, version):
        if not can_approve(viewer, version.script):
            raise NotAllowed("You may read this version; somebody else approves it.")
    elif not (can_approve(viewer, version.script) and version.decisions):
        raise NotFound("There is no such version.")


def lock_script(script_id: int) -> None:
    """Let nobody else decide on a script until the transaction ends."""
    db.session.flush()
    db.session.execute(select(Script.id).where(Script.id == script_id).with_for_update())


def lock(version: ScriptVersion) -> None:
    """One decision at a time for a script, on what is true now."""
    lock_script(version.script_id)
    db.session.refresh(version, with_for_update={"of": ScriptVersion})
    db.session.expire(version, ["decisions", "releases"])


def decide(viewer: Viewer, version: ScriptVersion, kind: DecisionKind, comment: str) -> None:
    """Write down what a person of the sponsor's said.

    Raises:
        InvalidInput: the comment is too long.
    """
    if len(comment) > MAX_COMMENT:
        raise InvalidInput("At most %(most)s characters fit a comment.", most=MAX_COMMENT)
    version.decisions.append(
        ScriptDecision(user_id=viewer.user_id, kind=kind, comment=comment.strip(), at=utc_now())
    )
    log(viewer, kind.value, version)


def log(viewer: Viewer, action: str, version: ScriptVersion, **detail: object) -> None:
    """Write a line of the access log: ``script_version.approved`` …"""
    record(
        viewer.user_id,
        f"script_version.{action}",
        subject_kind="script_version",
        subject_id=version.id,
        **detail,
    )
