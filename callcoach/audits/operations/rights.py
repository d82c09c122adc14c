"""What every write of this room asks first, and how it is written down."""

from __future__ import annotations

from typing import Any

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.audits.access import can_change_draft, can_judge, can_read_audits_of
from callcoach.audits.models import Audit
from callcoach.campaigns.models import Campaign
from callcoach.errors import Conflict, NotAllowed, StaleVersion
from callcoach.extensions import db


def require_auditor(viewer: Viewer, campaign: Campaign) -> None:
    """Let supervisors of the campaign's teams and administrators pass.

    Raises:
        NotAllowed: somebody else.
    """
    if not can_read_audits_of(viewer, [link.team_id for link in campaign.teams]):
        raise NotAllowed("Supervisors of this campaign draw and judge its audits.")


def lock(audit: Audit) -> None:
    """Read the audit anew and let nobody else change it in this transaction."""
    db.session.flush()
    db.session.refresh(audit, with_for_update={"of": Audit})


def require_draft(audit: Audit) -> None:
    """Raises:
    Conflict: its sample was drawn, or it was given up.
    """
    if not can_change_draft(audit.state):
        raise Conflict("The sample of this audit was drawn: its frame no longer changes.")


def require_running(audit: Audit) -> None:
    """Raises:
    Conflict: nothing is drawn yet, or it was closed or given up.
    """
    if not can_judge(audit.state):
        raise Conflict("Calls of this audit are judged from its draw until it is closed.")


def require_version(audit: Audit, based_on: int) -> None:
    """Raises:
    StaleVersion: somebody changed it since it was read.
    """
    if audit.row_version != based_on:
        raise StaleVersion("Somebody changed this audit since you opened it. Look at it again.")


def log(viewer: Viewer, action: str, audit: Audit, **detail: Any) -> None:
    """One line in the access log: ``audit.<action>``."""
    record(viewer.user_id, f"audit.{action}", subject_kind="audit", subject_id=audit.id, **detail)
