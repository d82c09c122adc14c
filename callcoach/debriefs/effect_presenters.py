"""What the pages of effects print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from callcoach.accounts.access import Viewer
from callcoach.analysis import wording
from callcoach.analysis.figures import UNITS
from callcoach.analysis.model import Figure
from callcoach.calls.access import can_judge_call
from callcoach.calls.call_presenters import speaker_names
from callcoach.calls.heard_presenters import HeardTurn, heard_turns
from callcoach.calls.mapping import ShownTurn
from callcoach.calls.presenters import language
from callcoach.debriefs import effect_words
from callcoach.debriefs.effect_models import Effect, EffectListen
from callcoach.debriefs.queries import effects as queries
from callcoach.extensions import Registry
from callcoach.progress.models import SignKind
from callcoach.progress.presenters import heard_stretch

#: What rooms above follow, by its words: the title of a lesson.
_titles: Registry[Callable[[Effect], str]] = Registry()
register_title = _titles.add


@dataclass(frozen=True, slots=True)
class Listed:
    """An effect in a list, and the head of its page.

    Args:
        about: the decision or the lesson that it came from; "" for neither.
        hear_url: the first drawn call to listen to; "" for nobody's ear.
    """

    effect_id: int
    url: str
    team: str
    campaign: str
    about: str
    effect: queries.Summary
    to_hear: int
    hear_url: str


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A drawn call, without whose it is.

    Args:
        url: to hear it again; "" as long as nobody has: here it stands when it was, and who knows
            hears otherwise.
    """

    number: int
    is_before: bool
    started_at: datetime
    result: str
    is_heard: bool
    url: str


@dataclass(frozen=True, slots=True)
class Card:
    """A drawn call to hear.

    Args:
        value: of a figure there, "" for none.
        heard: what was said of it before.
    """

    listen_id: int
    effect_id: int
    language: str
    about: str
    sign: str
    is_wanted: bool
    value: str
    heard: str
    turns: tuple[HeardTurn, ...]


def about(effect: Effect) -> str:
    """The decision or the lesson whose effect it is, in its own words."""
    decision = queries.decision_of(effect)
    if decision is not None:
        return decision.text
    return next(filter(None, (title(effect) for title in _titles)), "")


def listed(viewer: Viewer, effect: Effect) -> Listed:
    """One effect, for whoever follows it."""
    waiting = queries.to_hear(viewer, effect)
    return Listed(
        effect_id=effect.id,
        url=url_for("debriefs.show_effect", effect_id=effect.id),
        team=effect.team.name,
        campaign=effect.campaign.name if effect.campaign else "",
        about=about(effect),
        effect=queries.summary(effect),
        to_hear=len(waiting),
        hear_url=url_for("debriefs.hear_effect", listen_id=waiting[0].id) if waiting else "",
    )


def drawn_rows(viewer: Viewer, effect: Effect) -> list[DrawnRow]:
    """The drawn calls, newest first; numbered by lot, so that who listens knows which is which only
    afterwards.
    """
    rows = []
    for number, row in enumerate(queries.counted(effect), 1):
        heard = effect_words.heard_word(row.heard)
        can_hear = heard and queries.is_audible(row.call) and can_judge_call(viewer, row.call)
        rows.append(
            DrawnRow(
                number=number,
                is_before=row.is_before,
                started_at=row.call.started_at,
                result=heard or effect_words.found_word(row.is_detected),
                is_heard=bool(heard),
                url=url_for("debriefs.hear_effect", listen_id=row.id) if can_hear else "",
            )
        )
    return sorted(rows, key=lambda row: row.started_at, reverse=True)


def hear_card(listen: EffectListen, turns: Sequence[ShownTurn]) -> Card:
    """A drawn call without whose it is."""
    from_ms, to_ms = heard_stretch(listen, turns)
    sign = queries.sign_of(listen.effect)
    value = ""
    if listen.value is not None and sign.kind == SignKind.FIGURE:
        value = wording.figure_text(Figure(listen.value, UNITS[sign.subject]), language())
    return Card(
        listen_id=listen.id,
        effect_id=listen.effect_id,
        language=listen.call.language,
        about=about(listen.effect),
        sign=queries.summary(listen.effect).sign,
        is_wanted=listen.effect.is_wanted,
        value=value,
        heard=effect_words.heard_word(listen.heard),
        turns=tuple(
            heard_turns(
                turns,
                from_ms,
                to_ms,
                speaker_names("", ""),
                pins=(),
                all_words=listen.start_ms is None,
            )
        ),
    )
