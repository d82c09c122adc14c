"""Saved views for tests, and calls that say what a test needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callcoach.calls.models import Call, Turn
from callcoach.extensions import db, utc_now
from callcoach.search.models import SavedView
from callcoach.search.operations import reindex_call

from .calls import create_call, spread_words


def create_saved_view(
    owner_id: int, name: str = "Gratuit", query: str = "q=gratuit", *, deleted: bool = False
) -> SavedView:
    """One person's search under a name."""
    view = SavedView(
        owner_id=owner_id, name=name, query=query, deleted_at=utc_now() if deleted else None
    )
    db.session.add(view)
    db.session.commit()
    return view


def create_spoken_call(lines: Sequence[tuple[str, str]] = (), **values: Any) -> Call:
    """An indexed call whose turns are `lines`: (speaker, text), 5 s each; the usual dialogue
    without any.
    """
    call = create_call(**values)
    if lines:
        analysis = call.current_analysis
        assert analysis is not None
        analysis.turns = []
        analysis.tipping_points = []
        db.session.flush()
        for index, (speaker, text) in enumerate(lines):
            start_ms = 5000 * index
            analysis.turns.append(
                Turn(
                    index=index,
                    speaker=speaker,
                    channel=0 if speaker == "agent" else 1,
                    start_ms=start_ms,
                    end_ms=start_ms + 4000,
                    text=text,
                    words=spread_words(text, start_ms, start_ms + 4000) if text else [],
                )
            )
        db.session.flush()
    reindex_call(call)
    db.session.commit()
    return call
