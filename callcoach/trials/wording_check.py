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
from callcoach.script_library.models import EndReason, Expression, ExpressionKind, ScriptVersion
from callcoach.trials.queries import Triable

_PROMISES = {
    PromiseKind.APPROVED: GroundKind.PROMISE,
    PromiseKind.FORBIDDEN: GroundKind.FORBIDDEN,
    PromiseKind.AMBIGUOUS: GroundKind.AMBIGUOUS,
}
_EXPRESSIONS = {
    ExpressionKind.FORBIDDEN: GroundKind.FORBIDDEN,
    ExpressionKind.AMBIGUOUS: GroundKind.AMBIGUOUS,
}


def what_waits(campaign: Campaign, triable: Triable, text: str) -> tuple[Ground, ...]:
    """Why a wording of a line waits for the sponsor; nothing when it may be tried.

    Words of any published version of the line were approved, or did not have to be; unless the
    sponsor has suspended it.
    """
    if _was_published(triable, text):
        return ()
    before = triable.version.document
    place = before.place_of(triable.line.key)
    assert place is not None
    lines = tuple(
        replace(line, text=text) if line.key == triable.line.key else line
        for line in place.section.lines
    )
    after = before.with_section(replace(place.section, lines=lines))
    return grounds(before, after, statements_of(campaign))


def _was_published(triable: Triable, text: str) -> bool:
    versions = db.session.scalars(
        select(ScriptVersion).where(
            ScriptVersion.script_id == triable.version.script_id,
            ScriptVersion.published_at.is_not(None),
        )
    )
    found = (
        version.document.line(triable.line.key)
        for version in versions
        if all(release.end_reason != EndReason.SUSPENDED for release in version.releases)
    )
    return any(line is not None and text in line.wordings() for line in found)


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
