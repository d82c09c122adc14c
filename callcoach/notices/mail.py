"""Writing and sending one e-mail. Nothing of what notes say is in it, only that something waits."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from flask import render_template
from flask_babel import ngettext

from callcoach.accounts.models import User
from callcoach.config import Settings
from callcoach.notices import attachments
from callcoach.notices.models import Notice, NoticePreference
from callcoach.notices.sentences import sentence

#: A server that answers slower than this is taken for gone; the job tries again later.
TIMEOUT_S = 30.0
DEFAULT_PORTS = {"smtp": 587, "smtps": 465}


def compose(
    user: User, notices: Sequence[Notice], preference: NoticePreference, settings: Settings
) -> EmailMessage:
    """One e-mail about `notices`, in the language of the moment.

    Its Message-ID is made of what it carries, so that a repeated one can be told from a new one.
    """
    lines = [
        (sentence(notice.kind, notice.values), f"{settings.public_url}{_opening(notice)}")
        for notice in notices
    ]
    stop = f"{settings.public_url}/notifications/stop/{preference.unsubscribe_token}"
    message = EmailMessage()
    message["Subject"] = ngettext(
        "%(num)s thing waits for you", "%(num)s things wait for you", len(lines)
    )
    message["From"] = settings.mail_from
    message["To"] = Address(display_name=user.name, addr_spec=user.email or "")
    carried = ",".join(str(notice.id) for notice in notices)
    digest = hashlib.sha256(f"{carried}:{notices[-1].created_at}".encode()).hexdigest()[:24]
    domain = settings.mail_from.rpartition("@")[2].strip(">") or "localhost"
    message["Message-ID"] = f"<{digest}@{domain}>"
    # One click in the reader's own programme (RFC 8058)
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    values = {
        "name": user.name,
        "lines": lines,
        "stop": stop,
        "settings_url": f"{settings.public_url}/settings/notifications",
    }
    # Plain text: it reads everywhere, and carries nothing that loads from elsewhere
    message.set_content(render_template("notices/mail.txt", **values))
    attachments.attach(message, user, notices)
    return message


def send(message: EmailMessage, smtp_url: str) -> None:
    """Hand a message to the server.

    Raises:
        OSError, smtplib.SMTPException: it could not be reached, or refused.
    """
    parts = urlsplit(smtp_url)
    host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    with server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def explain_refusal(error: Exception) -> str:
    """Why a server refused, without what it may repeat of the message: its class and code."""
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()


def _opening(notice: Notice) -> str:
    return f"/notifications/{notice.id}"
