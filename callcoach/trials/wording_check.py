"""Whether a wording may be said to prospects before the sponsor has seen it.

A trial puts words into calls, so it asks what a new version would ask: wording that touches a
promise, a disclosure or a phrase the sponsor warned of is said only once it was approved.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from callcoach.campaigns.models import Campaign, PromiseKind
from callcoach.extensions import db
from callcoach.script_library.approval import Ground, GroundKind, Statement, grounds
from callcoach.script_library.approval_queries import (
    approved_last,
    is_suspended,
    suspended_since,
)
from callcoach.script_library.models import Expression, ExpressionKind, ScriptVersion
from callcoach.trials.queries import Triable

_PROMISES = {
    PromiseKind.APPROVED: GroundKind.PROMISE,
    PromiseKind.CONDITIONAL: GroundKind.PROMISE,
    PromiseKind.POSITIONING: GroundKind.PROMISE,
    PromiseKind.DISCLOSURE: GroundKind.DISCLOSURE,
    PromiseKind.FORBIDDEN: GroundKind.FORBIDDEN,
    PromiseKind.AMBIGUOUS: GroundKind.AMBIGUOUS,
}
_EXPRESSIONS = {
    ExpressionKind.FORBIDDEN: GroundKind.FORBIDDEN,
    ExpressionKind.AMBIGUOUS: GroundKind.AMBIGUOUS,
}


def what_waits(campaign: Campaign, triable: Triable, text: str) -> tuple[Ground, ...]:
    """Why a wording of a line waits for the sponsor; nothing when it may be tried.

    Words of the line that are in force, or that the sponsor approved last, may be said. Those of
    older versions are judged anew: the sponsor may have warned of them, or replaced them, since.
    """
    approved = approved_last(triable.version.script)
    if any(_says(version, triable, text) for version in (triable.version, approved) if version):
        return ()
    before = triable.version.document
    place = before.place_of(triable.line.key)
    assert place is not None
    lines = tuple(
        replace(line, text=text) if line.key == triable.line.key else line
        for line in place.section.lines
    )
    after = before.with_section(replace(place.section, lines=lines))
    suspended = suspended_since(triable.version, approved)
    return grounds(before, after, statements_of(campaign), suspended)


def _says(version: ScriptVersion, triable: Triable, text: str) -> bool:
    line = version.document.line(triable.line.key)
    return line is not None and text in line.wordings() and not is_suspended(version)


def statements_of(campaign: Campaign) -> list[Statement]:
    """The sponsor's phrases: what it approved, and what it warned of."""
    found = [
        Statement(_PROMISES[PromiseKind(promise.kind)], promise.text, promise.id)
        for promise in campaign.promises
    ]
    expressions = db.session.scalars(
        select(Expression).where(
            Expression.campaign_id == campaign.id,
            Expression.removed_at.is_(None),
            Expression.kind.in_(tuple(_EXPRESSIONS)),
        )
    )
    found += [Statement(_EXPRESSIONS[ExpressionKind(e.kind)], e.phrase) for e in expressions]
    return found
