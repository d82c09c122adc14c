"""The form of how one wants to be told."""

from __future__ import annotations

from datetime import time

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TimeField
from wtforms.validators import InputRequired

from callcoach.notices.models import Delivery, NoticePreference
from callcoach.web.forms import Form, choices


def minutes(value: time | None) -> int:
    """Minutes after midnight; 0 for none.

    >>> minutes(time(8, 30))
    510
    """
    return value.hour * 60 + value.minute if value is not None else 0


def clock_time(minute: int) -> time:
    """The other way round."""
    return time(minute // 60 % 24, minute % 60)


class NoticeForm(Form):
    """When and how to be told by e-mail."""

    delivery = RadioField(
        _l("By e-mail"),
        choices=choices(
            [
                (Delivery.DIGEST.value, _l("Once a day, everything together")),
                (Delivery.IMMEDIATE.value, _l("As it happens")),
                (Delivery.OFF.value, _l("Never")),
            ]
        ),
    )
    digest_at = TimeField(
        _l("Once a day, at"), [InputRequired(_l("Write a time of day, such as 08:30."))]
    )
    quiet_from = TimeField(
        _l("No e-mail from"), [InputRequired(_l("Write a time of day, such as 08:30."))]
    )
    quiet_to = TimeField(_l("until"), [InputRequired(_l("Write a time of day, such as 08:30."))])

    @classmethod
    def of(cls, preference: NoticePreference) -> NoticeForm:
        """The form filled with what the person chose."""
        return cls(
            delivery=str(preference.delivery),
            digest_at=clock_time(preference.digest_at),
            quiet_from=clock_time(preference.quiet_from),
            quiet_to=clock_time(preference.quiet_to),
        )
