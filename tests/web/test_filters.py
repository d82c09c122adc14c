"""How values are written, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask_babel import force_locale

from callcoach.web import filters
from callcoach.web.i18n import Preferences

MOMENT = datetime(2026, 9, 14, 9, 41, 27, tzinfo=UTC)


@pytest.fixture
def speak(app, monkeypatch):
    """Apply a filter in a language, on the evening of a September day in 2026."""
    monkeypatch.setattr(filters, "utc_now", lambda: datetime(2026, 9, 14, 18, 0, tzinfo=UTC))

    def _speak(locale, function, *args, timezone="Europe/Paris"):
        with app.test_request_context():
            from flask import g

            g.preferences = Preferences(locale=locale, timezone=timezone)
            with force_locale(locale):
                return (
                    function(*args).replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\xa0", " ")
                )

    return _speak


def test_a_moment_is_written_as_people_say_it(speak):
    assert speak("fr", filters.local_datetime, MOMENT) == "lundi 14 septembre, 11 h 41"
    assert speak("en", filters.local_datetime, MOMENT) == "Monday 14 September, 11:41"
    assert speak("fr", filters.local_time, MOMENT) == "11 h 41"


def test_a_moment_is_written_in_the_readers_zone(speak):
    assert speak("fr", filters.local_time, MOMENT, timezone="Africa/Tunis") == "10 h 41"
    late = datetime(2026, 9, 14, 22, 30, tzinfo=UTC)
    assert speak("fr", filters.local_date, late) == "mardi 15 septembre"


def test_another_year_is_written(speak):
    assert speak("fr", filters.local_date, date(2025, 1, 2)) == "jeudi 2 janvier 2025"
    assert speak("fr", filters.short_datetime, MOMENT) == "14 sept., 11 h 41"


def test_a_moment_without_a_zone_is_refused(speak):
    with pytest.raises(ValueError, match="naive"):
        speak("fr", filters.local_time, datetime(2026, 9, 14, 9, 41))


def test_how_long_ago(speak):
    moment = datetime(2026, 9, 14, 18, 0, tzinfo=UTC) - timedelta(minutes=24)
    assert speak("fr", filters.ago, moment) == "il y a 24 minutes"
    assert speak("en", filters.ago, moment) == "24 minutes ago"


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0:00"), (59.4, "0:59"), (59.5, "1:00"), (82.2, "1:22"), (3600, "1:00:00"), (None, "–")],
)
def test_duration(seconds, written):
    assert filters.duration(seconds) == written


@pytest.mark.parametrize(
    ("milliseconds", "written"), [(0, "0:00"), (59_999, "0:59"), (60_000, "1:00"), (None, "–")]
)
def test_a_place_in_a_recording_is_the_second_it_lies_in(milliseconds, written):
    assert filters.clock(milliseconds) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("+33465710187", "04 65 71 01 87"),
        ("0465710187", "04 65 71 01 87"),
        ("+21620123456", "+216 20 123 456"),
        ("inconnu", "inconnu"),
        ("", "–"),
    ],
)
def test_phone_numbers(value, written):
    assert filters.phone(value).replace("\xa0", " ") == written


def test_numbers(speak):
    assert speak("fr", filters.number, 1234.5, 1) == "1 234,5"
    assert speak("en", filters.number, 1234.5, 1) == "1,234.5"
    assert speak("fr", filters.percent, 0.42) == "42 %"
    assert speak("en", filters.percent, 0.425, 1) == "42.5%"
    assert speak("fr", filters.filesize, 3_400_000) == "3,4 Mo"
    assert speak("en", filters.filesize, 812) == "812 B"


def test_initials():
    assert filters.initials("Claire Mercier") == "CM"
    assert filters.initials("Yassine Ben Ali") == "YA"
    assert filters.initials("yassine") == "Y"
    assert filters.initials("") == "?"
