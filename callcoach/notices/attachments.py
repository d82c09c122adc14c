"""What goes with the e-mail that carries a notice: an invitation to put into a calendar.

Rooms above register a source when their views are imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage

from callcoach.accounts.models import User
from callcoach.extensions import Registry
from callcoach.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Attachment:
    """One text file.

    Args:
        name: file name; of several with the same one only one is sent.
        subtype: after ``text/``.
        params: of its type, such as a calendar's method.
    """

    name: str
    text: str
    subtype: str
    params: dict[str, str] = field(default_factory=dict)


#: What goes with a notice, as its reader may have it; None for nothing.
Source = Callable[[User, Notice], Attachment | None]

_sources: Registry[Source] = Registry()
add_source = _sources.add


def attach(message: EmailMessage, user: User, notices: Iterable[Notice]) -> None:
    """Add what goes with these notices, each file once."""
    found = {
        attachment.name: attachment
        for notice in notices
        for source in _sources
        if (attachment := source(user, notice)) is not None
    }
    for attachment in found.values():
        message.add_attachment(
            attachment.text,
            subtype=attachment.subtype,
            charset="utf-8",
            filename=attachment.name,
            params=attachment.params,
        )
