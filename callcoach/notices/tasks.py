"""The job that sends a person's e-mail."""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta
from email.message import EmailMessage

from flask import current_app
from sqlalchemy import select, update

from callcoach.accounts.models import User
from callcoach.config import Settings
from callcoach.errors import N_, JobFailed
from callcoach.extensions import db, utc_now
from callcoach.jobs.context import JobContext
from callcoach.jobs.registry import task
from callcoach.notices.models import Delivery, Notice
from callcoach.notices.operations import SEND, plan_mail, user_id_of, waiting_for_mail
from callcoach.notices.schedule import leaves_at, preference_of, zone_of
from callcoach.web.i18n import speaking

log = logging.getLogger(__name__)

#: An e-mail that was late by less than this leaves all the same.
LATE = timedelta(minutes=1)

_REFUSED = N_("The mail server did not take the e-mail (%(error)s); the next try may.")


@task(SEND, max_attempts=6)
def send_notices(context: JobContext) -> None:
    """One e-mail with everything that waits; nothing when all was seen in between.

    A crash between sending and the mark sends it once more, under the same Message-ID.
    """
    from callcoach.notices import mail  # smtplib and ssl are for workers only

    settings: Settings = current_app.extensions["callcoach"]
    user_id = user_id_of(context.subject)
    prepared = _prepare(context, user_id, settings)
    if prepared is None:
        return
    message, ids = prepared
    try:
        mail.send(message, settings.smtp_url)
    except (OSError, smtplib.SMTPException) as error:
        reason = mail.explain_refusal(error)
        permanent = isinstance(error, smtplib.SMTPRecipientsRefused)
        raise JobFailed(_REFUSED, retryable=not permanent, error=reason) from None
    with context.writing(final=True):
        db.session.execute(
            update(Notice)
            .where(Notice.id.in_(ids), Notice.user_id == user_id)
            .values(emailed_at=utc_now())
        )
    log.info("told user %s of %s notices by e-mail", user_id, len(ids))


def _prepare(
    context: JobContext, user_id: int, settings: Settings
) -> tuple[EmailMessage, list[int]] | None:
    """The e-mail and the notices it carries; None when there is nothing to send now.

    What was chosen since counts: switched off, to another way, or to other quiet hours.
    """
    from callcoach.notices import mail

    with context.writing():
        user = db.session.get(User, user_id)
        if user is None or not user.is_enabled or not user.email or not settings.smtp_url:
            return None
        preference = preference_of(user_id)
        if context.payload.get("delivery") != preference.delivery:
            return None  # chosen otherwise since; that planned its own
        now = utc_now()
        moment = leaves_at(preference, zone_of(user), now, gather=False)
        is_quiet_now = moment is not None and moment > now + LATE
        if preference.delivery == Delivery.IMMEDIATE and is_quiet_now:
            plan_mail(user)
            return None
        notices = db.session.scalars(
            select(Notice).where(*waiting_for_mail(user_id)).order_by(Notice.created_at, Notice.id)
        ).all()
        if not notices:
            return None
        with speaking(user.locale):
            message = mail.compose(user, notices, preference, settings)
        return message, [notice.id for notice in notices]
