"""The calendar file of one debrief for one reader, and the same beside the e-mail that invites them."""

from __future__ import annotations

from email.utils import parseaddr

from flask import current_app
from flask_babel import gettext as _

from callcoach.accounts.models import User
from callcoach.accounts.queries import viewer_of
from callcoach.config import Settings
from callcoach.debriefs.access import can_attend
from callcoach.debriefs.invitations import Invitation, Person, calendar_of
from callcoach.debriefs.models import Debrief, DebriefState
from callcoach.extensions import db, utc_now
from callcoach.notices.attachments import Attachment, add_source
from callcoach.notices.models import Notice

#: An organiser without an address (RFC 2606: leads nowhere).
_NOBODY = "no-reply@callcoach.invalid"
#: Notices that change what a calendar shows.
_KINDS = frozenset({"debrief.invited", "debrief.one_to_one", "debrief.moved", "debrief.skipped"})


def invitation_for(debrief: Debrief, reader: User, base_url: str) -> Invitation:
    """What the file of one reader says, in the language of the moment.

    Args:
        reader: attends or leads it; a leader's file names no attendee, since they may pass it on.
        base_url: the address people open, without a slash at its end.
    """
    attends = can_attend(viewer_of(reader), debrief)
    page = f"/my/debriefs/{debrief.id}" if attends else f"/debriefs/{debrief.id}"
    host = debrief.host
    settings: Settings = current_app.extensions["callcoach"]
    sender = parseaddr(settings.mail_from)[1] or _NOBODY
    return Invitation(
        # The moment it was made keeps apart two installations whose files meet in one calendar
        uid=f"debrief-{debrief.id}-{debrief.created_at:%Y%m%dT%H%M%S%f}@callcoach",
        sequence=debrief.sequence,
        title=debrief.title,
        starts_at=debrief.starts_at,
        minutes=debrief.minutes,
        timezone=debrief.timezone,
        place=debrief.place,
        url=f"{base_url}{page}",
        text=_("Join it here when it begins:") + f" {base_url}{page}",
        organizer=Person(
            host.name if host else "CallCoach", (host.email if host else None) or sender
        ),
        stamped_at=utc_now(),
        is_cancelled=debrief.state in (DebriefState.SKIPPED, DebriefState.DELETED),
        is_private=debrief.is_one_to_one,
        attendee=Person(reader.name, reader.email or "") if attends else None,
    )


def file_name(debrief: Debrief) -> str:
    """Plain ASCII: some telephones stumble over anything else."""
    return f"debrief-{debrief.id}.ics"


@add_source
def attach_invitation(user: User, notice: Notice) -> Attachment | None:
    """The calendar file beside an invitation, as the debrief stands when the e-mail leaves."""
    if notice.kind not in _KINDS:
        return None
    debrief = db.session.get(Debrief, int(notice.subject.partition(":")[2]))
    if debrief is None or not can_attend(viewer_of(user), debrief):
        return None
    settings: Settings = current_app.extensions["callcoach"]
    invitation = invitation_for(debrief, user, settings.public_url)
    return Attachment(
        file_name(debrief), calendar_of(invitation), "calendar", {"method": invitation.method}
    )
