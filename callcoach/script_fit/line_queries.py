"""Reads about one line: its words over the versions, its notes, and how it fares in calls.

A flag counts for a line when it lasts at the same time as the line was said; one that covers a
whole passage counts for each line of the passage.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import joinedload

from callcoach.accounts.access import Viewer
from callcoach.analysis.model import Valence
from callcoach.calls import queries as calls
from callcoach.calls.models import Call, Decision, Verdict
from callcoach.campaigns import queries as campaigns
from callcoach.campaigns.models import Campaign
from callcoach.coaching.models import Dispute, DisputeState, Note, Visibility
from callcoach.coaching.readable import readable
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.progress.counting import Share
from callcoach.script_fit.line_access import works_on
from callcoach.script_fit.models import CallFit, LineUse, Said
from callcoach.script_library.models import PUBLISHED, Script, ScriptLine, ScriptVersion

#: Uses below which a line is not placed among those that fail: with ten, the widest interval at
#: `progress.counting.CONFIDENCE` spans about half of all shares, with fewer nearly anything.
LEAST_USES = 10
#: Most notes and moments that a page lists.
MOST_LISTED = 50


@dataclass(frozen=True, slots=True)
class Words:
    """A line as one version has it, when that is not what the version before had.

    Args:
        text: "" in the version that no longer has it.
        before: its words until then, "" when it is new.
    """

    version: ScriptVersion
    text: str
    before: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How often a line was said, and what people heard in those moments.

    Args:
        fails: uses with a confirmed negative flag, of all uses.
        good: confirmed positive flags in its moments.
    """

    fails: Share
    good: int
    notes: int
    disputes: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What stands beside a line of a script; as in `Counts`."""

    fails: Share
    notes: int
    disputes: int


@dataclass(frozen=True, slots=True)
class RankedLine:
    """A line of the ranking."""

    line: ScriptLine
    fails: Share


@dataclass(frozen=True, slots=True)
class Ranking:
    """Lines by how surely they fail.

    Args:
        failing: at least `LEAST_USES` uses and one confirmed failure, the highest lower bound first.
        early: a confirmed failure, too few uses to say more.
        quiet: lines that were said and have no confirmed failure.
        uses: of all lines together.
    """

    failing: Sequence[RankedLine]
    early: Sequence[RankedLine]
    quiet: int
    uses: int


def get_campaign(viewer: Viewer, campaign_id: int) -> Campaign:
    """A campaign on whose script the viewer works.

    Raises:
        NotFound: there is none.
    """
    campaign = campaigns.get_campaign(viewer, campaign_id)
    if not works_on(viewer, campaign):
        raise NotFound("There is no such page.")
    return campaign


def get_line(viewer: Viewer, line_id: int) -> ScriptLine:
    """A line of a script that the viewer works on.

    Raises:
        NotFound: there is none.
    """
    line = db.session.get(ScriptLine, line_id)
    if line is None or not works_on(viewer, line.script.campaign):
        raise NotFound("There is no such line.")
    return line


def versions_of(line: ScriptLine) -> list[Words]:
    """How the words of a line changed, newest first: published versions and the drafts after."""
    versions = db.session.scalars(
        select(ScriptVersion)
        .where(ScriptVersion.script_id == line.script_id)
        .options(joinedload(ScriptVersion.author))
        .order_by(ScriptVersion.state.in_(PUBLISHED).desc(), ScriptVersion.number)
    )
    found: list[Words] = []
    published = ""
    for version in versions:
        known = version.document.line(line.key)
        text = known.text if known else ""
        if text != published:
            found.append(Words(version, text, published))
        if version.state in PUBLISHED:
            published = text
    return found[::-1]


def notes_of(viewer: Viewer, line: ScriptLine) -> list[Note]:
    """Sent notes about a line that the viewer reads, newest first; private ones are no evidence."""
    return list(
        db.session.scalars(
            _notes(viewer)
            .where(Note.script_line_id == line.id)
            .order_by(Note.sent_at.desc(), Note.id.desc())
            .limit(MOST_LISTED)
        )
    )


def notes_by_line(viewer: Viewer, script: Script) -> list[tuple[ScriptLine, list[Note]]]:
    """Sent notes of a campaign that name a line, grouped by it: the line with most notes first."""
    groups: dict[int, list[Note]] = {}
    found = db.session.scalars(
        _notes(viewer)
        .join(ScriptLine, ScriptLine.id == Note.script_line_id)
        .where(ScriptLine.script_id == script.id)
        .order_by(Note.sent_at.desc(), Note.id.desc())
        .limit(10 * MOST_LISTED)
    )
    for note in found:
        groups.setdefault(note.script_line_id or 0, []).append(note)
    lines = {line.id: line for line in db.session.scalars(_lines(set(groups)))}
    order = sorted(groups, key=lambda line_id: (-len(groups[line_id]), line_id))
    return [(lines[line_id], groups[line_id]) for line_id in order]


def counts_of(viewer: Viewer, line: ScriptLine) -> Counts:
    """What a line's page counts, over the calls that the viewer reads."""
    used = _used(viewer).where(LineUse.line_id == line.id)
    total = db.session.scalar(select(func.count()).select_from(used.subquery())) or 0
    failing = used.where(_has_flag(Valence.NEGATIVE))
    fails = db.session.scalar(select(func.count()).select_from(failing.subquery())) or 0
    good = (
        select(func.count(Verdict.id.distinct()))
        .join(LineUse, _in_moment())
        .join(Call, Call.id == LineUse.call_id)
        .where(
            LineUse.line_id == line.id,
            *_confirmed(Valence.POSITIVE),
            Call.deleted_at.is_(None),
            calls.in_scope(viewer),
        )
    )
    disputes = _standing_disputes(viewer).where(_is_about(line))
    notes = _notes(viewer).where(Note.script_line_id == line.id).with_only_columns(Note.id)
    return Counts(
        fails=Share(fails, total),
        good=db.session.scalar(good) or 0,
        notes=db.session.scalar(select(func.count()).select_from(notes.subquery())) or 0,
        disputes=db.session.scalar(disputes.with_only_columns(func.count(Dispute.id))) or 0,
    )


def tallies_of(viewer: Viewer, line_ids: Collection[int]) -> dict[int, Tally]:
    """As `counts_of`, for many lines in one query; lines of which nothing is known are left out."""
    used = _used(viewer).where(LineUse.line_id.in_(line_ids))
    disputed = _standing_disputes(viewer)
    grouped = (
        used.with_only_columns(LineUse.line_id, _part(0), func.count()).group_by(LineUse.line_id),
        used.join(Verdict, _in_moment())
        .where(*_confirmed(Valence.NEGATIVE))
        .with_only_columns(LineUse.line_id, _part(1), func.count(LineUse.id.distinct()))
        .group_by(LineUse.line_id),
        _notes(viewer)
        .where(Note.script_line_id.in_(line_ids))
        .with_only_columns(Note.script_line_id, _part(2), func.count(Note.id))
        .group_by(Note.script_line_id),
        disputed.join(Note, Note.id == Dispute.note_id)
        .where(Note.script_line_id.in_(line_ids))
        .with_only_columns(Note.script_line_id, _part(3), func.count(Dispute.id))
        .group_by(Note.script_line_id),
        disputed.join(Verdict, Verdict.id == Dispute.verdict_id)
        .join(LineUse, _in_moment())
        .where(LineUse.line_id.in_(line_ids))
        .with_only_columns(LineUse.line_id, _part(4), func.count(Dispute.id.distinct()))
        .group_by(LineUse.line_id),
    )
    counted: Any = db.session.execute(union_all(*grouped))
    found: dict[int, list[int]] = {}
    for line_id, part, count in counted:
        found.setdefault(line_id, [0] * len(grouped))[part] = count
    return {
        line_id: Tally(Share(fails, uses), notes, of_notes + of_flags)
        for line_id, (uses, fails, notes, of_notes, of_flags) in found.items()
    }


def disputes_of(viewer: Viewer, line: ScriptLine) -> list[Dispute]:
    """What agents saw otherwise in the notes and the moments of a line: what waits for an answer
    first, then the newest.
    """
    return list(
        db.session.scalars(
            _standing_disputes(viewer)
            .where(_is_about(line))
            .options(joinedload(Dispute.note), joinedload(Dispute.verdict))
            .order_by(
                (Dispute.state == DisputeState.OPEN.value).desc(),
                Dispute.created_at.desc(),
                Dispute.id.desc(),
            )
            .limit(MOST_LISTED)
        )
    )


def flags_of(viewer: Viewer, line: ScriptLine) -> list[tuple[Call, Verdict]]:
    """Confirmed negative flags inside the moments of a line, newest first."""
    found = db.session.execute(
        select(Call, Verdict)
        .join(Verdict, Verdict.call_id == Call.id)
        .where(
            exists().where(LineUse.line_id == line.id, _in_moment()),
            *_confirmed(Valence.NEGATIVE),
            Call.deleted_at.is_(None),
            calls.in_scope(viewer),
        )
        .order_by(Verdict.created_at.desc(), Verdict.id.desc())
        .limit(MOST_LISTED)
    )
    return [(call, verdict) for call, verdict in found]


def rank_lines(viewer: Viewer, script: Script) -> Ranking:
    """Lines by confirmed negative flags per use, over the calls that the viewer reads.

    Nobody judges every call: a use without a confirmed flag is no proof that the line worked.
    """
    each = (
        _used(viewer)
        .join(ScriptLine, ScriptLine.id == LineUse.line_id)
        .where(ScriptLine.script_id == script.id)
        .with_only_columns(
            LineUse.line_id.label("line_id"),
            case((_has_flag(Valence.NEGATIVE), 1), else_=0).label("fails"),
        )
        .subquery()
    )
    counted: Any = db.session.execute(
        select(each.c.line_id, func.sum(each.c.fails), func.count()).group_by(each.c.line_id)
    )
    shares: dict[int, Share] = {
        line_id: Share(int(fails), int(total)) for line_id, fails, total in counted
    }
    lines = {line.id: line for line in db.session.scalars(_lines(set(shares)))}
    ranked = [RankedLine(lines[line_id], share) for line_id, share in shares.items() if share.count]
    ranked.sort(key=lambda item: (-item.fails.interval[0], item.line.id))
    return Ranking(
        failing=[item for item in ranked if item.fails.total >= LEAST_USES],
        early=[item for item in ranked if item.fails.total < LEAST_USES],
        quiet=sum(share.count == 0 for share in shares.values()),
        uses=sum(share.total for share in shares.values()),
    )


def readable_notes(viewer: Viewer, note_ids: Sequence[int]) -> list[Note]:
    """Those of some notes that the viewer reads and that can speak for a request."""
    return list(db.session.scalars(_notes(viewer).where(Note.id.in_(note_ids)).order_by(Note.id)))


def _notes(viewer: Viewer) -> Select[Note]:
    return (
        select(Note)
        .join(Note.call)
        .where(
            Note.sent_at.is_not(None),
            Note.deleted_at.is_(None),
            Note.visibility != Visibility.PRIVATE.value,
            Call.deleted_at.is_(None),
            readable(viewer),
        )
        .options(joinedload(Note.call), joinedload(Note.author))
    )


def _lines(line_ids: set[int]) -> Select[ScriptLine]:
    return select(ScriptLine).where(ScriptLine.id.in_(line_ids))


def _used(viewer: Viewer) -> Select[int]:
    """Uses of lines in calls that the viewer reads, whichever words were chosen."""
    return (
        select(LineUse.id)
        .join(CallFit, CallFit.call_id == LineUse.call_id)
        .join(Call, Call.id == LineUse.call_id)
        .where(
            LineUse.said.in_([Said.SAID.value, Said.OTHERWISE.value]),
            Call.deleted_at.is_(None),
            calls.in_scope(viewer),
        )
    )


def _in_moment() -> ColumnElement[bool]:
    """A verdict lasts at the same time as a use of a line."""
    return and_(
        Verdict.call_id == LineUse.call_id,
        Verdict.start_ms < LineUse.end_ms,
        Verdict.end_ms > LineUse.start_ms,
    )


def _confirmed(valence: Valence) -> tuple[ColumnElement[bool], ...]:
    return (
        Verdict.decision == Decision.CONFIRMED.value,
        Verdict.valence == valence.value,
        Verdict.withdrawn_at.is_(None),
    )


def _has_flag(valence: Valence) -> ColumnElement[bool]:
    return exists().where(_in_moment(), *_confirmed(valence)).correlate(LineUse)


def _part(number: int) -> ColumnElement[int]:
    """Which of the counts of a union a row is."""
    return literal_column(str(number), Integer)


def _is_about(line: ScriptLine) -> ColumnElement[bool]:
    """A dispute is on a note about the line, or on a flag in its moment."""
    return or_(
        exists().where(Note.id == Dispute.note_id, Note.script_line_id == line.id),
        exists().where(Verdict.id == Dispute.verdict_id, LineUse.line_id == line.id, _in_moment()),
    )


def _standing_disputes(viewer: Viewer) -> Select[Dispute]:
    return (
        select(Dispute)
        .join(Call, Call.id == Dispute.call_id)
        .where(
            Dispute.state != DisputeState.WITHDRAWN.value,
            Call.deleted_at.is_(None),
            calls.in_scope(viewer),
        )
    )
