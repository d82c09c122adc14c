"""What the pages of new wordings print. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from flask import url_for
from flask_babel import gettext as _

from callcoach.audits.models import WordingCall, WordingDraw
from callcoach.sponsors import sounds, wordings
from callcoach.sponsors.call_presenters import TurnView, agent_name, moment_turns, turn_views
from callcoach.sponsors.queries import Content
from callcoach.sponsors.sounds import SoundView


@dataclass(frozen=True, slots=True)
class DrawRow:
    """A newly approved wording and how far its draw has come.

    Args:
        what: of what it is, "version 4 of the script" or "a promise".
        texts: the words that were approved.
        population: calls that say it: so far, or when it was drawn.
    """

    draw_id: int
    what: str
    texts: Sequence[str]
    size: int
    drawn: int
    population: int
    drawn_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class DrawnView:
    """A drawn call; without content not a word of it."""

    number: int
    called_on: date | None
    agent: str
    url: str
    is_released: bool
    is_erased: bool
    turns: Sequence[TurnView]
    sound: SoundView | None
    start_ms: int | None


def draw_row(draw: WordingDraw) -> DrawRow:
    """One wording."""
    script = draw.script_version
    return DrawRow(
        draw_id=draw.id,
        what=(
            _("Version %(number)s of the script", number=script.number)
            if script is not None
            else _("A promise")
        ),
        texts=wordings.texts_of(draw),
        size=draw.size,
        drawn=len(draw.calls),
        population=draw.population,
        drawn_at=draw.drawn_at,
        url=url_for("sponsors.show_wording", draw_id=draw.id) if draw.drawn_at else "",
    )


def drawn_view(drawn: WordingCall, number: int, content: Content | None) -> DrawnView:
    """One drawn call."""
    call = drawn.call
    return DrawnView(
        number=number,
        called_on=call.started_at.date() if call.started_at else None,
        agent=agent_name(drawn.draw.campaign.sponsor_id, call.agent_id),
        url=url_for("sponsors.show_wording_call", wording_call_id=drawn.id),
        is_released=content is not None,
        is_erased=call.deleted_at is not None,
        turns=moment_turns(content, drawn.start_ms, drawn.end_ms) if content is not None else [],
        sound=moment_sound(drawn, content) if content is not None else None,
        start_ms=drawn.start_ms if content is not None else None,
    )


def moment_sound(drawn: WordingCall, content: Content) -> SoundView:
    """Where the sound around the wording is."""
    return sounds.excerpt_view(
        content,
        drawn.start_ms,
        drawn.end_ms,
        "sponsors.wording_moment",
        wording_call_id=drawn.id,
    )


def whole_turns(drawn: WordingCall, content: Content | None) -> list[TurnView]:
    """Every released turn; those that say the wording are marked."""
    if content is None:
        return []
    return [
        replace(turn, is_said=turn.start_ms < drawn.end_ms and turn.end_ms > drawn.start_ms)
        for turn in turn_views(content)
    ]
