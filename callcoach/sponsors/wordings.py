"""Wordings that a client approved, and the first calls in which they are really said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, select

from callcoach.accounts.access import Viewer
from callcoach.analysis.claims import Standing
from callcoach.analysis.model import Kind
from callcoach.audits.candidates import objections
from callcoach.audits.models import WordingCall, WordingDraw
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign, PromiseKind
from callcoach.extensions import db, utc_now
from callcoach.privacy.queries import released_ids
from callcoach.promises.models import PromiseCheck, PromiseVersion, ProposalState
from callcoach.script_fit.models import CallFit, LineUse, Said
from callcoach.script_library.approval_queries import approved_before
from callcoach.script_library.changes import Status, compare
from callcoach.script_library.document import Document
from callcoach.script_library.models import (
    PUBLISHED,
    DecisionKind,
    ScriptDecision,
    ScriptLine,
    ScriptRelease,
    ScriptVersion,
)
from callcoach.sponsors import log, queries
from callcoach.sponsors.access import Place, place_in_wording
from callcoach.sponsors.queries import Content

#: Calls that are drawn, and after how long fewer will do: a client who approved a wording wants to
#: hear it within the month, also where few calls come to it.
SIZE = 5
FEWER_AFTER = timedelta(days=14)
#: Nothing is looked for any more after this: who never said it in a quarter will not begin.
GIVEN_UP_AFTER = timedelta(days=90)

#: What is to be said; the rest must not be, and is nothing to be heard.
_SAID_KINDS = (
    PromiseKind.APPROVED,
    PromiseKind.CONDITIONAL,
    PromiseKind.DISCLOSURE,
    PromiseKind.POSITIONING,
)


@dataclass(frozen=True, slots=True)
class Use:
    """A call in which the wording is said, and where; half-open, milliseconds."""

    call_id: int
    start_ms: int
    end_ms: int


def new_scripts() -> list[ScriptVersion]:
    """Versions of scripts that a client's person approved and that are in force somewhere, without a
    finished draw.
    """
    now = utc_now()
    query = (
        select(ScriptVersion)
        .where(
            ScriptVersion.state.in_(PUBLISHED),
            exists().where(
                ScriptDecision.version_id == ScriptVersion.id,
                ScriptDecision.kind == DecisionKind.APPROVED,
            ),
            exists().where(
                ScriptRelease.version_id == ScriptVersion.id,
                ScriptRelease.starts_at <= now,
                ScriptRelease.starts_at > now - GIVEN_UP_AFTER,
            ),
            ~exists().where(
                WordingDraw.script_version_id == ScriptVersion.id,
                WordingDraw.drawn_at.is_not(None),
            ),
        )
        .order_by(ScriptVersion.id)
    )
    return list(db.session.scalars(query))


def new_promises() -> list[PromiseVersion]:
    """Promises that somebody approved and that are in force, without a finished draw."""
    now = utc_now()
    query: Select[PromiseVersion] = (
        select(PromiseVersion)
        .where(
            PromiseVersion.state == ProposalState.APPROVED,
            PromiseVersion.is_removal.is_(False),
            PromiseVersion.kind.in_(_SAID_KINDS),
            PromiseVersion.decided_by_id.is_not(None),
            PromiseVersion.in_force_from <= now,
            PromiseVersion.in_force_from > now - GIVEN_UP_AFTER,
            ~exists().where(
                WordingDraw.promise_version_id == PromiseVersion.id,
                WordingDraw.drawn_at.is_not(None),
            ),
        )
        .order_by(PromiseVersion.id)
    )
    return list(db.session.scalars(query))


def changed_lines(version: ScriptVersion) -> dict[str, str]:
    """Words of the lines that a version brought or changed against what was approved before, by key."""
    before = approved_before(version)
    found = compare(before.document if before else Document(), version.document)
    return {
        line.key: line.after.text
        for line in found.lines()
        if line.after is not None
        and (
            line.status is Status.ADDED
            or (
                line.status is Status.CHANGED
                and line.before is not None
                and line.before.wordings() != line.after.wordings()
            )
        )
    }


def _may_be_heard() -> tuple[ColumnElement[bool], ...]:
    """A talk with the person to be reached, who did not object, and that was not put aside."""
    return (
        Call.deleted_at.is_(None),
        Call.kind == Kind.TARGET,
        Call.id.not_in(objections()),
    )


def uses_of_script(version: ScriptVersion) -> list[Use]:
    """Calls made with a version in which a changed line is really said, each once, where it is first
    said. Calls that follow the words of before do not count.
    """
    rows = db.session.execute(
        select(LineUse.call_id, LineUse.start_ms, LineUse.end_ms)
        .join(CallFit, CallFit.call_id == LineUse.call_id)
        .join(Call, Call.id == LineUse.call_id)
        .join(ScriptLine, ScriptLine.id == LineUse.line_id)
        .where(
            CallFit.version_id == version.id,
            CallFit.reason == "",
            CallFit.is_outdated.is_(False),
            Call.script_version_id == version.id,
            Call.campaign_id == version.script.campaign_id,
            *_may_be_heard(),
            ScriptLine.key.in_(changed_lines(version)),
            LineUse.said == Said.SAID,
            LineUse.start_ms.is_not(None),
            LineUse.end_ms.is_not(None),
        )
        .order_by(LineUse.call_id, LineUse.start_ms)
    )
    return _first_of_each(rows.all())


def uses_of_promise(version: PromiseVersion) -> list[Use]:
    """Calls since a promise is in force in which it is said faithfully, as `uses_of_script`."""
    rows = db.session.execute(
        select(PromiseCheck.call_id, PromiseCheck.start_ms, PromiseCheck.end_ms)
        .join(Call, Call.id == PromiseCheck.call_id)
        .where(
            PromiseCheck.promise_version_id == version.id,
            PromiseCheck.standing == Standing.FAITHFUL,
            PromiseCheck.start_ms.is_not(None),
            PromiseCheck.end_ms.is_not(None),
            Call.campaign_id == version.promise.campaign_id,
            *_may_be_heard(),
            Call.started_at >= version.in_force_from,
        )
        .order_by(PromiseCheck.call_id, PromiseCheck.start_ms)
    )
    return _first_of_each(rows.all())


def _first_of_each(rows: Sequence[tuple[int, int | None, int | None]]) -> list[Use]:
    found: dict[int, Use] = {}
    for call_id, start_ms, end_ms in rows:
        if start_ms is not None and end_ms is not None:
            found.setdefault(call_id, Use(call_id, start_ms, end_ms))
    return list(found.values())


def in_force_since(version: ScriptVersion | PromiseVersion) -> datetime:
    """Since when calls may say it."""
    if isinstance(version, PromiseVersion):
        return version.in_force_from or utc_now()
    return min((release.starts_at for release in version.releases), default=utc_now())


def campaign_id_of(version: ScriptVersion | PromiseVersion) -> int:
    """Whose wording it is."""
    if isinstance(version, PromiseVersion):
        return version.promise.campaign_id
    return version.script.campaign_id


def text_of(draw: WordingDraw) -> str:
    """The words that were approved; of a version of the script its first changed line."""
    if draw.promise_version is not None:
        return draw.promise_version.text
    if draw.script_version is None:
        return ""
    return next(iter(changed_lines(draw.script_version).values()), "")


def texts_of(draw: WordingDraw) -> list[str]:
    """All words that were approved with it."""
    if draw.promise_version is not None:
        return [draw.promise_version.text]
    return list(changed_lines(draw.script_version).values()) if draw.script_version else []


def content_of(viewer: Viewer, drawn: WordingCall) -> Content | None:
    """What may be shown of a drawn call."""
    place: Place = place_in_wording(is_drawn=drawn.draw.drawn_at is not None)
    return queries.content_of(viewer, drawn.call, place, drawn.draw.campaign_id)


def unheard(viewer: Viewer, campaign: Campaign) -> list[WordingDraw]:
    """Draws of which something may be heard and that the viewer has not opened yet."""
    drawn = [draw for draw in queries.draws_of(campaign) if draw.drawn_at is not None]
    opened = log.opened(viewer, campaign, "wording", "wording_draw", [draw.id for draw in drawn])
    released = released_ids([one.call_id for draw in drawn for one in draw.calls])
    return [
        draw
        for draw in drawn
        if draw.id not in opened and any(one.call_id in released for one in draw.calls)
    ]


def waiting_calls() -> list[WordingCall]:
    """Drawn calls, whose redaction is to be released, oldest draw first."""
    return list(
        db.session.scalars(
            select(WordingCall)
            .join(WordingCall.draw)
            .where(WordingDraw.drawn_at.is_not(None))
            .order_by(WordingDraw.drawn_at, WordingCall.id)
        )
    )
