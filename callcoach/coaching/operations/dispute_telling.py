"""Who is told that an agent sees it otherwise, and that it was answered."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.accounts.queries import name_of, supervisors_of
from callcoach.coaching.models import Dispute, DisputeState, Note
from callcoach.notices import operations as notices


def dispute_opened(viewer: Viewer, dispute: Dispute) -> None:
    """The team's supervisors are told: any of them may answer."""
    notices.notify_each(
        supervisors_of(dispute.call.team_id),
        "dispute.opened",
        subject_of(dispute),
        f"/home/disputes/{dispute.id}",
        name=name_of(viewer.user_id),
    )


def dispute_closed(dispute: Dispute) -> None:
    """Taken back or answered: nobody else need go there."""
    notices.take_back("dispute.opened", subject_of(dispute))


def dispute_answered(answered_by_id: int | None, dispute: Dispute) -> None:
    """The agent has an answer; one that is a new text is announced once, as the answer."""
    dispute_closed(dispute)
    note: Note | None = dispute.note
    path = f"/my/disputes#dispute-{dispute.id}"
    if note is not None and dispute.state == DisputeState.REWRITTEN:
        notices.take_back("note.changed", f"note:{note.id}")
        path = f"/my/notes/{note.id}"
    notices.notify(
        dispute.agent_id,
        "dispute.answered",
        subject_of(dispute),
        path,
        name=name_of(answered_by_id),
    )


def answer_undone(dispute: Dispute) -> None:
    """The answer was taken back."""
    notices.take_back("dispute.answered", subject_of(dispute))


def subject_of(dispute: Dispute) -> str:
    """What notices about it are about."""
    return f"dispute:{dispute.id}"
