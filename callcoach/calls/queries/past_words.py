"""Words of past calls, for looking a phrase up in them: first the texts, then the few turns found."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import load_only

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Speaker, Word
from callcoach.calls.mapping import to_s
from callcoach.calls.models import Call, Turn
from callcoach.calls.queries.scope import in_scope
from callcoach.extensions import db


def last_analysed(viewer: Viewer, campaign_id: int, limit: int) -> Select[int]:
    """A campaign's last calls with an analysis, in the viewer's scope, newest first."""
    return (
        select(Call.id)
        .where(
            Call.campaign_id == campaign_id,
            Call.deleted_at.is_(None),
            Call.current_analysis_id.is_not(None),
            in_scope(viewer),
        )
        .order_by(Call.started_at.desc(), Call.id.desc())
        .limit(limit)
    )


def turn_texts(call_ids: Collection[int], speaker: Speaker | None = None) -> Select[int, int, str]:
    """Turn, call and text of all that was said in calls, by one side or both."""
    texts = (
        select(Turn.id, Call.id, Turn.text)
        .join(Call, Call.current_analysis_id == Turn.analysis_id)
        .where(Call.id.in_(call_ids), Turn.text != "")
    )
    return texts if speaker is None else texts.where(Turn.speaker == speaker)


def turns_with_words(turn_ids: Collection[int]) -> dict[int, Turn]:
    """Turns by id, with what tells who said each word, and when."""
    rows = db.session.scalars(
        select(Turn)
        .where(Turn.id.in_(turn_ids))
        .options(load_only(Turn.speaker, Turn.channel, Turn.start_ms, Turn.end_ms, Turn.words))
    )
    return {turn.id: turn for turn in rows}


def words_of(turn: Turn) -> tuple[Word, ...]:
    """A turn's words, with times in seconds."""
    return tuple(
        Word(str(word), to_s(start_ms), to_s(end_ms), float(sure))
        for word, start_ms, end_ms, sure in turn.words
    )
