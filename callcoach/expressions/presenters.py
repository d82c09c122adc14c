"""Expressions as pages show them, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.analysis import wording
from callcoach.calls.presenters import clock, heading, language
from callcoach.calls.queries import calls_by_id
from callcoach.calls.sound import hears_calls
from callcoach.drills.access import practises
from callcoach.expressions import labels
from callcoach.expressions.drilling import drill_of
from callcoach.expressions.operations import Saying
from callcoach.expressions.previews import Preview
from callcoach.expressions.starter import Starter
from callcoach.script_library.models import Expression, ExpressionKind

#: A moment is played from this much before it, and a little after: it is a phrase in its place.
_LEAD_MS, _TAIL_MS = 3_000, 1_500


@dataclass(frozen=True, slots=True)
class SayingView:
    """What an expression says.

    Args:
        hears: (persona or "", what they hear).
    """

    kind: str
    kind_label: str
    sign: str
    look: str
    phrase: str
    hears_label: str
    hears: tuple[tuple[str, str], ...]
    instead_label: str
    instead: str


@dataclass(frozen=True, slots=True)
class Card:
    """An expression in a list; addresses are "" where there is nothing."""

    expression_id: int
    saying: SayingView
    sound: str
    sound_length: str
    sound_text: str
    drill_url: str
    is_removed: bool


@dataclass(frozen=True, slots=True)
class StarterView:
    """A proposal."""

    key: str
    saying: SayingView


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A place in a call, with the address to hear it at; `audio` is "" where there is no sound.

    Args:
        from_s, to_s: what is played of the call, seconds.
    """

    url: str
    heading: str
    clock: str
    who: str
    quote: str
    how: str
    audio: str
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class EditView:
    """One line of the history."""

    at: datetime
    who: str
    action: str
    phrase: str
    undo_id: int


def kind_choices(kinds: Iterable[ExpressionKind] = tuple(ExpressionKind)) -> list[tuple[str, str]]:
    """Kinds by value and name."""
    return [(kind.value, _(labels.KINDS[kind])) for kind in kinds]


def kind_hints() -> dict[str, str]:
    """What each kind is."""
    return {kind.value: _(text) for kind, text in labels.KIND_HINTS.items()}


def saying_view(saying: Saying, persona: str | None = None) -> SayingView:
    """What an expression says; with a persona, only what that one and everybody hears in it."""
    kind = ExpressionKind(saying.kind)
    sign, look = labels.SIGNS[kind]
    hears = saying.hears
    if persona is not None:
        hears = {n: text for n, text in hears.items() if n in ("", persona)} or hears
    return SayingView(
        kind=kind.value,
        kind_label=_(labels.KINDS[kind]),
        sign=sign,
        look=look,
        phrase=saying.phrase,
        hears_label=_(labels.HEARS[kind]),
        hears=tuple(sorted(hears.items(), key=lambda item: (bool(item[0]), item[0]))),
        instead_label=_(labels.INSTEAD[kind]),
        instead=saying.instead,
    )


def card(viewer: Viewer, expression: Expression) -> Card:
    """One expression."""
    drill = drill_of(expression)
    has_sound = expression.voice_file_id is not None and hears_calls(viewer, expression.campaign)
    return Card(
        expression_id=expression.id,
        saying=saying_view(Saying.of(expression)),
        sound=url_for("expressions.voice_sound", expression_id=expression.id) if has_sound else "",
        sound_length=clock(expression.voice_ms) if has_sound else "",
        sound_text=expression.voice_text if has_sound else "",
        drill_url=(
            url_for("drills.show_drill", drill_id=drill.id)
            if drill is not None and not practises(viewer)
            else ""
        ),
        is_removed=expression.removed_at is not None,
    )


def starter_views(found: Iterable[Starter]) -> list[StarterView]:
    """Proposals."""
    return [StarterView(item.key, saying_view(item.saying)) for item in found]


def place_views(viewer: Viewer, found: Preview) -> list[PlaceView]:
    """Where a phrase was said, with the calls."""
    calls = {call.id: call for call in calls_by_id(viewer, {p.call_id for p in found.places})}
    views = []
    for place in found.places:
        call = calls.get(place.call_id)
        if call is None:
            continue
        recording = call.recording
        has_audio = recording is not None and recording.playback_id is not None
        from_ms = max(0, place.start_ms - _LEAD_MS)
        views.append(
            PlaceView(
                url=url_for("coaching.desk", call_id=call.id, t=f"{from_ms / 1000:g}"),
                heading=heading(call),
                clock=clock(place.start_ms),
                who=wording.speaker_label(place.speaker, language()),
                quote=place.quote,
                how=_(labels.HOWS[place.how]) if labels.HOWS[place.how] else "",
                audio=(
                    url_for("calls.audio", call_id=call.id)
                    if has_audio and hears_calls(viewer, call.campaign)
                    else ""
                ),
                from_s=from_ms / 1000,
                to_s=(place.end_ms + _TAIL_MS) / 1000,
            )
        )
    return views


def history(expression: Expression) -> list[EditView]:
    """Who changed what, newest first; the last change of its words can be undone."""
    worded = next((e for e in expression.edits if e.action in ("changed", "undone")), None)
    is_living = expression.removed_at is None
    return [
        EditView(
            at=edit.at,
            who=edit.author.name if edit.author else "",
            action=_(labels.ACTIONS.get(edit.action, edit.action)),
            phrase=str(edit.said.get("phrase", "")),
            undo_id=edit.id if is_living and worded is not None and edit.id == worded.id else 0,
        )
        for edit in expression.edits
    ]


def both(theirs: Saying, mine: Saying) -> Sequence[tuple[str, str, str]]:
    """Two wordings beside each other: (name, theirs, mine), only where they differ."""
    names = sorted({*theirs.hears, *mine.hears})
    pairs: list[tuple[str, str, str]] = [
        (_("Kind"), _kind(theirs.kind), _kind(mine.kind)),
        (_("Words"), theirs.phrase, mine.phrase),
        *(
            (name or _("Everybody"), theirs.hears.get(name, ""), mine.hears.get(name, ""))
            for name in names
        ),
        (_("What to say"), theirs.instead, mine.instead),
    ]
    return [pair for pair in pairs if pair[1] != pair[2]]


def persona_fields(
    personas: Iterable[str], hears: Mapping[str, str], defaults: Sequence[str]
) -> list[tuple[str, str]]:
    """(persona, what they hear) for a form: everybody, the campaign's personas, those already there."""
    names = ["", *(list(personas) or list(defaults))]
    names += [name for name in hears if name not in names]
    return [(name, hears.get(name, "")) for name in dict.fromkeys(names)]


def _kind(kind: str) -> str:
    try:
        return _(labels.KINDS[ExpressionKind(kind)])
    except ValueError:
        return kind
