"""Hits as the search page prints them: worded, marked, with what plays the moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from callcoach.analysis import wording
from callcoach.calls.presenters import clock, heading, language, outcome_label
from callcoach.search.marking import Piece, pieces
from callcoach.search.models import EntryKind, SearchEntry
from callcoach.search.queries import Hit
from callcoach.search.syntax import Query, Term

#: Playing starts this long before the word: a sentence is understood from its beginning.
LEAD_IN_MS = 3000
#: … and goes on until the end of the turn and a little of the answer, at most this long.
LEAD_OUT_MS, LONGEST_MS = 4000, 30_000
#: A turn beside the hit is context: its nearest words do.
_CONTEXT_LENGTH = 140
#: Fewest letters of a beginning that is offered instead of a word that was not found.
_SHORTEST_PREFIX = 4


@dataclass(frozen=True, slots=True)
class Context:
    """A turn before or after the hit."""

    name: str
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class HitView:
    """A hit, ready to print.

    Args:
        lines: the text in lines (a note has several), each cut into hits and what lies between.
        note_id: the note's number; 0 for a turn.
        at_s: for the desk's address, seconds.
        play_from_ms, play_to_ms: what plays in place, milliseconds; both 0 without sound.
    """

    key: str
    is_note: bool
    note_id: int
    call_id: int
    heading: str
    started_at: datetime
    campaign: str
    outcome: str
    who: str
    speaker: str
    language: str
    cause: str
    is_private: bool
    lines: list[list[Piece]]
    before: Context | None
    after: Context | None
    at_s: str
    clock: str
    play_from_ms: int
    play_to_ms: int

    @property
    def has_sound(self) -> bool:
        return self.play_to_ms > 0


def hit_view(hit: Hit, query: Query) -> HitView:
    """Prepare one hit."""
    entry, call = hit.entry, hit.call
    is_note = entry.kind == EntryKind.NOTE
    has_sound = call.recording is not None and call.recording.playback_id is not None
    starts_ms = max(0, hit.at_ms - LEAD_IN_MS)
    ends_ms = min(entry.end_ms + LEAD_OUT_MS, hit.at_ms + LONGEST_MS)
    return HitView(
        key=f"hit-{entry.id}",
        is_note=is_note,
        note_id=entry.note_id or 0,
        call_id=call.id,
        heading=heading(call),
        started_at=call.started_at,
        campaign=call.campaign.name,
        outcome=outcome_label(call.outcome) if call.outcome != "none" else "",
        who=_author(entry) if is_note else _speaker(entry, hit),
        speaker="" if is_note else entry.speaker,
        language=call.language,
        cause=wording.cause_label(entry.cause, language()) if entry.cause else "",
        is_private=entry.is_private,
        lines=[pieces(query, line) for line in entry.text.split("\n") if line.strip()],
        before=_context(hit.before, hit, from_end=True),
        after=_context(hit.after, hit),
        at_s=f"{hit.at_ms / 1000:.1f}",
        clock=clock(hit.at_ms),
        play_from_ms=starts_ms if has_sound else 0,
        play_to_ms=ends_ms if has_sound else 0,
    )


def wider(query: Query) -> list[str]:
    """Queries that find more than one that found nothing: each of its terms alone, or the
    beginning of its only word.
    """
    if len(query.terms) == 1:
        word = query.terms[0].tokens[-1].word
        short = word[: max(_SHORTEST_PREFIX, len(word) * 2 // 3)]
        is_word = len(query.terms[0].tokens) == 1 and not query.terms[0].is_prefix
        return [f"{short}*"] if is_word and short != word else []
    return [_written(term) for term in query.terms]


def _written(term: Term) -> str:
    words = " ".join(token.word for token in term.tokens)
    star = "*" if term.is_prefix else ""
    return f'"{words}{star}"' if len(term.tokens) > 1 else f"{words}{star}"


def _author(entry: SearchEntry) -> str:
    return entry.author.name if entry.author is not None else str(_("somebody who has left"))


def _speaker(entry: SearchEntry, hit: Hit) -> str:
    """The agent by name; the prospect by role, since the heading names them."""
    name = _role(entry.speaker)
    if entry.speaker == "agent" and hit.call.agent is not None:
        return f"{name} · {hit.call.agent.name}"
    return name


def _context(turn: SearchEntry | None, hit: Hit, *, from_end: bool = False) -> Context | None:
    if turn is None:
        return None
    text = turn.text
    if len(text) > _CONTEXT_LENGTH:
        if from_end:
            text = "… " + text[-_CONTEXT_LENGTH:].partition(" ")[2]
        else:
            text = text[:_CONTEXT_LENGTH].rpartition(" ")[0] + " …"
    return Context(_role(turn.speaker), turn.speaker, text)


def _role(speaker: str) -> str:
    labels = {"agent": _("Agent"), "prospect": _("Prospect")}
    return str(labels.get(speaker) or wording.speaker_label(speaker, language()).capitalize())
