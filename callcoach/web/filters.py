"""How times, durations, numbers and phone numbers are written, in the reader's language and zone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import phonenumbers
from babel import dates, numbers
from flask import Flask
from flask_babel import get_locale, get_timezone

from callcoach.extensions import utc_now

#: Written where there is no value.
NOTHING = "–"

# Babel patterns: "lundi 14 septembre, 11 h 41" / "Monday 14 September, 11:41"
_TIME = {"fr": "H 'h' mm", "en": "HH:mm"}
_DAY = {"fr": "EEEE d MMMM", "en": "EEEE d MMMM"}
_SHORT_DAY = "d MMM"


def init_app(app: Flask) -> None:
    """Attach the filters under the names templates use."""
    app.jinja_env.filters.update(
        local_datetime=local_datetime,
        local_date=local_date,
        local_time=local_time,
        short_datetime=short_datetime,
        iso=iso,
        ago=ago,
        duration=duration,
        clock=clock,
        phone=phone,
        number=number,
        percent=percent,
        filesize=filesize,
        initials=initials,
    )


def _language() -> str:
    locale = get_locale()
    return locale.language if locale and locale.language in _TIME else "fr"


def _here(moment: dt.datetime, zone: dt.tzinfo | None = None) -> dt.datetime:
    """In the reader's zone. Naive moments are refused: their zone cannot be known here."""
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime {moment!r}: give it a zone")
    zone = zone or get_timezone()
    return moment.astimezone(zone) if zone else moment


def _format(moment: dt.datetime | dt.date, pattern: str) -> str:
    locale = get_locale() or "fr"
    if isinstance(moment, dt.datetime):
        return dates.format_datetime(moment, pattern, tzinfo=moment.tzinfo, locale=locale)
    return dates.format_date(moment, pattern, locale=locale)


def _with_year(pattern: str, day: dt.date) -> str:
    """The year is written when it is not the present one."""
    return pattern if day.year == _here(utc_now()).year else f"{pattern} y"


def local_datetime(moment: dt.datetime | None) -> str:
    """« lundi 14 septembre, 11 h 41 »; with the year when it is not the present one."""
    if moment is None:
        return NOTHING
    here = _here(moment)
    language = _language()
    day = _with_year(_DAY[language], here.date())
    return f"{_format(here, day)}, {_format(here, _TIME[language])}"


def short_datetime(moment: dt.datetime | None) -> str:
    """For tables: « 14 sept., 11 h 41 »."""
    if moment is None:
        return NOTHING
    here = _here(moment)
    day = _with_year(_SHORT_DAY, here.date())
    return f"{_format(here, day)}, {_format(here, _TIME[_language()])}"


def local_date(moment: dt.datetime | dt.date | None) -> str:
    """« lundi 14 septembre », from a moment or a calendar day."""
    if moment is None:
        return NOTHING
    if isinstance(moment, dt.datetime):
        moment = _here(moment)
    day = moment.date() if isinstance(moment, dt.datetime) else moment
    return _format(day, _with_year(_DAY[_language()], day))


def local_time(moment: dt.datetime | None, zone: dt.tzinfo | None = None) -> str:
    """« 11 h 41 »; in `zone` instead of the reader's."""
    return NOTHING if moment is None else _format(_here(moment, zone), _TIME[_language()])


def iso(moment: dt.datetime | None) -> str:
    """For ``<time datetime>``; empty when there is none."""
    return "" if moment is None else _here(moment).isoformat(timespec="seconds")


def ago(moment: dt.datetime | None) -> str:
    """« il y a 24 minutes »."""
    if moment is None:
        return NOTHING
    return dates.format_timedelta(
        moment - utc_now(), add_direction=True, locale=get_locale() or "fr"
    )


def duration(seconds: float | None) -> str:
    """Seconds as ``m:ss``, or ``h:mm:ss`` from an hour on; rounded to the nearest second."""
    if seconds is None:
        return NOTHING
    return _clock(int(seconds + 0.5))


def clock(milliseconds: float | None) -> str:
    """A place in a recording, in ms, as ``m:ss``: the second it lies in, not the nearest."""
    return NOTHING if milliseconds is None else _clock(int(milliseconds // 1000))


def _clock(whole_s: int) -> str:
    minutes, seconds = divmod(max(whole_s, 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def phone(value: str | None, region: str = "FR") -> str:
    """A phone number as people write it: « 01 23 45 67 89 », « +216 20 123 456 ».

    What is no number is given back as it came.
    """
    if not value:
        return NOTHING
    try:
        parsed = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return value
    if not phonenumbers.is_possible_number(parsed):
        return value
    at_home = phonenumbers.region_code_for_number(parsed) == region
    style = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if at_home
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return phonenumbers.format_number(parsed, style).replace(" ", "\N{NO-BREAK SPACE}")


def number(value: float | None, digits: int = 0) -> str:
    """« 1 234,5 » with `digits` decimals."""
    if value is None:
        return NOTHING
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(value, pattern, locale=get_locale() or "fr")


def percent(share: float | None, digits: int = 0) -> str:
    """A share in [0, 1] as « 42 % »."""
    if share is None:
        return NOTHING
    space = "\N{NARROW NO-BREAK SPACE}" if _language() == "fr" else ""
    return f"{number(share * 100, digits)}{space}%"


def filesize(octets: float | None) -> str:
    """Bytes as « 3,4 Mo »."""
    if octets is None:
        return NOTHING
    units = ("o", "Ko", "Mo", "Go") if _language() == "fr" else ("B", "KB", "MB", "GB")
    size, unit = float(octets), 0
    while size >= 1000 and unit < len(units) - 1:
        size, unit = size / 1000, unit + 1
    return f"{number(size, 1 if unit and size < 100 else 0)}\N{NO-BREAK SPACE}{units[unit]}"


def initials(name: Any) -> str:
    """Two capitals of a name, for the round mark: first and last word."""
    words = [word for word in str(name or "").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
