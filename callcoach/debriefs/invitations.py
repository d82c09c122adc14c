"""Invitations as calendars read them (RFC 5545, RFC 5546): one event, with the zone it was planned in.

The same debrief keeps its UID for good, so that a later file moves or cancels the event in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vText
from icalendar.enums import CLASS, STATUS

#: Calendars remind people this long before.
REMIND = timedelta(minutes=10)
#: Who made the file (RFC 5545, PRODID).
_MADE_BY = "-//CallCoach//Debriefs//FR"
#: Rules of the zone are written for a little around the event, not for a century.
_ZONE_BACK, _ZONE_AHEAD = timedelta(days=400), timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in an invitation; `email` "" where they have none."""

    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation says.

    Args:
        uid: the same for one debrief for good.
        sequence: higher whenever what it says has changed.
        starts_at: aware.
        timezone: IANA zone whose clock it keeps.
        url: the debrief's page.
        text: a few words for the body of the event.
        organizer: who hosts it; `email` is never "".
        attendee: for whom the file is made; None for a file that is passed on.
    """

    uid: str
    sequence: int
    title: str
    starts_at: datetime
    minutes: int
    timezone: str
    place: str
    url: str
    text: str
    organizer: Person
    stamped_at: datetime
    is_cancelled: bool = False
    is_private: bool = False
    attendee: Person | None = None

    @property
    def method(self) -> str:
        """What a calendar does with it (RFC 5546): a request needs an attendee with an address."""
        if self.is_cancelled:
            return "CANCEL"
        return "REQUEST" if self.attendee is not None and self.attendee.email else "PUBLISH"


def calendar_of(invitation: Invitation) -> str:
    """The file: text with CRLF line ends, folded at 75 octets, as the RFC asks."""
    zone = ZoneInfo(invitation.timezone)
    starts = invitation.starts_at.astimezone(zone)
    # Reckoned in UTC: an end beyond a change of clocks would be an hour off otherwise
    ends = (
        invitation.starts_at.astimezone(UTC) + timedelta(minutes=invitation.minutes)
    ).astimezone(zone)
    event = Event.new(
        uid=invitation.uid,
        sequence=invitation.sequence,
        stamp=invitation.stamped_at,
        summary=invitation.title,
        start=starts,
        end=ends,
        location=invitation.place or None,
        description=invitation.text,
        url=invitation.url or None,
        status=STATUS.CANCELLED if invitation.is_cancelled else STATUS.CONFIRMED,
        classification=CLASS.PRIVATE if invitation.is_private else None,
        organizer=_address(invitation.organizer),
    )
    if invitation.attendee is not None and invitation.attendee.email:
        event.attendees = [_address(invitation.attendee, is_attendee=True)]
    if not invitation.is_cancelled:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", invitation.title)
        alarm.add("trigger", -REMIND)
        event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", _MADE_BY)
    calendar.add("version", "2.0")
    calendar.add("method", invitation.method)
    calendar.add_component(event)
    day: date = starts.date()
    calendar.add_missing_timezones(first_date=day - _ZONE_BACK, last_date=day + _ZONE_AHEAD)
    return cast("bytes", calendar.to_ical()).decode()


def _address(person: Person, *, is_attendee: bool = False) -> vCalAddress:
    address = vCalAddress(f"mailto:{person.email}")
    address.params["CN"] = vText(person.name)
    if is_attendee:
        address.params["ROLE"] = vText("REQ-PARTICIPANT")
        address.params["PARTSTAT"] = vText("NEEDS-ACTION")
        address.params["RSVP"] = vText("FALSE")
    return address
