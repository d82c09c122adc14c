"""Where an expression was said: in the last calls of a campaign, and in the words of one call.

A turn's text alone tells whether; only turns that say it are read with their words' times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callcoach.accounts.access import Viewer
from callcoach.analysis import expressions as matching
from callcoach.analysis.expressions import How, Pattern
from callcoach.analysis.model import Speaker
from callcoach.calls.mapping import to_ms
from callcoach.calls.queries import past_words
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db
from callcoach.script_library.models import ExpressionKind

#: Last calls that a phrase is tried on.
LAST_CALLS = 200
#: Most places that are shown of those found.
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phrase is said; times in milliseconds, half-open."""

    call_id: int
    channel: int
    start_ms: int
    end_ms: int
    speaker: str
    quote: str
    how: How


@dataclass(frozen=True, slots=True)
class Preview:
    """What a phrase finds in the last calls.

    Args:
        calls: how many calls were looked at.
        count: how often it is said.
        in_calls: in how many of them.
        places: the first of these, newest call first.
    """

    calls: int
    count: int
    in_calls: int
    places: list[Place]


def speaker_of(kind: str) -> Speaker:
    """Whose words an expression is looked for in: the prospect's to decode, else the agent's."""
    return Speaker.PROSPECT if kind == ExpressionKind.DECODED else Speaker.AGENT


def preview(
    viewer: Viewer, campaign: Campaign, phrase: str, kind: str, *, shown: int = SHOWN
) -> Preview:
    """Look for a phrase in what was said."""
    pattern = matching.read_phrase(phrase, campaign.language)
    last = past_words.last_analysed(viewer, campaign.id, LAST_CALLS)
    call_ids = list(db.session.scalars(last))
    found: list[tuple[int, int]] = []
    count = 0
    if not pattern.is_empty:
        for turn_id, call_id, text in db.session.execute(
            past_words.turn_texts(call_ids, speaker_of(kind))
        ):
            said = matching.read_text(text, campaign.language)
            if hits := len(matching.find(said, pattern)):
                count += hits
                found.append((turn_id, call_id))
    by_call = {number: place for place, number in enumerate(call_ids)}
    found.sort(key=lambda item: (by_call[item[1]], item[0]))
    return Preview(
        calls=len(call_ids),
        count=count,
        in_calls=len({call_id for _, call_id in found}),
        places=_places(found[:shown], pattern)[:shown],
    )


def _places(found: Sequence[tuple[int, int]], pattern: Pattern) -> list[Place]:
    """The exact moments in these turns, in their order."""
    rows = past_words.turns_with_words([turn_id for turn_id, _ in found])
    return [
        Place(
            call_id=call_id,
            channel=rows[turn_id].channel,
            start_ms=max(to_ms(match.start_s), rows[turn_id].start_ms),
            end_ms=min(to_ms(match.end_s), rows[turn_id].end_ms),
            speaker=str(rows[turn_id].speaker),
            quote=match.quote,
            how=match.how,
        )
        for turn_id, call_id in found
        for match in matching.find(
            matching.read_words(past_words.words_of(rows[turn_id]), pattern.language), pattern
        )
    ]
