"""What the portal prints. Plain values for templates; nothing in them names anybody of the floor's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from flask import url_for
from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select

from callcoach.analysis.claims import Standing
from callcoach.audits.models import (
    AgentAlias,
    Audit,
    AuditCall,
    AuditReport,
    AuditState,
    Judgement,
    LeftOut,
    SampleState,
)
from callcoach.audits.report_due import due_ids
from callcoach.audits.results import Cell, PromiseResult, Results, Share, is_aligned
from callcoach.campaigns.models import PromiseKind
from callcoach.extensions import db
from callcoach.promises.labels import KINDS, SIGNS, STANDINGS
from callcoach.promises.models import PromiseVersion
from callcoach.script_library.models import ScriptVersion
from callcoach.sponsors import queries
from callcoach.sponsors.access import Place


class Mark(NamedTuple):
    """A sign, its word and the kind of chip: never told by colour alone."""

    sign: str
    word: str
    chip: str


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A statement as it was decided."""

    version_id: int
    sign: str
    kind: str
    text: str
    note: str
    condition: str
    nuances: Sequence[str]


@dataclass(frozen=True, slots=True)
class ShareView:
    """So many of so many ("41 of 44"), with its share and interval in whole percent.

    Args:
        mark: all aligned, some not, most not, or no occasion.
    """

    count: int
    n: int
    percent: int | None
    low: int
    high: int
    is_small: bool
    mark: Mark
    level: str


@dataclass(frozen=True, slots=True)
class CellView:
    """One field of the matrix; without a share it is in progress, or nothing was judged there."""

    share: ShareView | None
    url: str
    is_running: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """One promise across the columns."""

    promise: PromiseView
    total: CellView
    cells: Sequence[CellView]


@dataclass(frozen=True, slots=True)
class MatrixView:
    """Promises × weeks, or × versions of the script."""

    heads: Sequence[str]
    rows: Sequence[RowView]


@dataclass(frozen=True, slots=True)
class AuditView:
    """The state of an audit."""

    audit_id: int
    title: str
    starts_on: date
    ends_on: date
    mark: Mark
    drawn_at: datetime | None
    closed_at: datetime | None
    population: int
    judged: int
    sampled: int
    left_out: int
    reason: str
    is_closed: bool
    is_running: bool
    url: str
    reports: Sequence[AuditReport]
    due_ids: frozenset[int]

    @property
    def share(self) -> float:
        return self.judged / self.sampled if self.sampled else 0.0


@dataclass(frozen=True, slots=True)
class SampledView:
    """A call of a draw as the list of the sample shows it.

    Args:
        url: its page, once it was judged.
        is_released: its words and its sound may be opened.
    """

    number: int
    called_on: date | None
    agent: str
    script: str
    mark: Mark
    url: str
    is_released: bool


def promise_view(version: PromiseVersion) -> PromiseView:
    """One version of a promise."""
    kind = PromiseKind(version.kind)
    return PromiseView(
        version_id=version.id,
        sign=SIGNS[kind],
        kind=str(KINDS[kind]),
        text=version.text,
        note=version.note,
        condition=version.condition,
        nuances=version.nuances,
    )


def standing_mark(kind: PromiseKind | str, standing: Standing | str) -> Mark:
    """How a call stands to a promise, in a word; what must not be said is named by what happened."""
    said = Standing(standing)
    word = str(STANDINGS[said])
    if PromiseKind(kind) in (PromiseKind.FORBIDDEN, PromiseKind.AMBIGUOUS):
        words = {
            Standing.OMITTED: _("Not said, as agreed"),
            Standing.OVERPROMISED: _("Said although forbidden"),
            Standing.DISTORTED: _("Said, ambiguous"),
        }
        word = words.get(said, word)
    if said is Standing.NOT_APPLICABLE:
        return Mark("–", word, "")
    if is_aligned(kind, said):
        return Mark("✓", word, "good")
    return Mark("▼", word, "break")


def standing_choices(kind: PromiseKind | str) -> list[tuple[str, str]]:
    """What can be held of a call and a promise of this kind."""
    if PromiseKind(kind) in (PromiseKind.FORBIDDEN, PromiseKind.AMBIGUOUS):
        said = [Standing.OMITTED, Standing.OVERPROMISED, Standing.DISTORTED]
    else:
        said = [
            Standing.FAITHFUL,
            Standing.DISTORTED,
            Standing.OVERPROMISED,
            Standing.OMITTED,
        ]
    return [(one.value, standing_mark(kind, one).word) for one in (*said, Standing.NOT_APPLICABLE)]


def share_view(share: Share) -> ShareView:
    """A share with its sign: what the colour says, the sign and the words say too."""
    if not share.n:
        level, mark = "none", Mark("–", _("no occasion"), "")
    elif share.count == share.n:
        level, mark = "all", Mark("✓", _("all aligned"), "good")
    elif 2 * share.count >= share.n:
        level, mark = "some", Mark("◐", _("some not aligned"), "")
    else:
        level, mark = "few", Mark("▼", _("most not aligned"), "break")
    return ShareView(
        count=share.count,
        n=share.n,
        percent=None if share.value is None else round(100 * share.value),
        low=round(100 * share.low),
        high=round(100 * share.high),
        is_small=share.is_small,
        mark=mark,
        level=level,
    )


def matrix_view(
    campaign_id: int, found: Results, by: str, running: Sequence[AuditCall]
) -> MatrixView:
    """The alignment of every promise that was judged.

    Args:
        by: ``weeks`` or ``versions``.
        running: sampled calls of audits in progress; columns that they alone fall in are shown as
            such, without figures.
    """
    versions = _versions(found, running)
    columns, open_columns = _columns(found, by, running)
    promises = promise_views([line.version_id for line in found.promises])
    rows = [
        RowView(
            promise=promises[line.version_id],
            total=_cell(campaign_id, line.version_id, by, "all", line.total),
            cells=[
                _cell(
                    campaign_id,
                    line.version_id,
                    by,
                    key_of(column),
                    _in_column(line, column),
                    is_running=column in open_columns,
                )
                for column in columns
            ],
        )
        for line in found.promises
    ]
    return MatrixView([_head(column, versions) for column in columns], rows)


def _in_column(line: PromiseResult, column: date | int | None) -> Cell | None:
    """One promise in one week, or with one version of the script."""
    if isinstance(column, date):
        return line.by_week.get(column)
    return line.by_script.get(column)


def _columns(
    found: Results, by: str, running: Sequence[AuditCall]
) -> tuple[list[date | int | None], set[date | int | None]]:
    """Columns in order, and those that hold calls of audits in progress."""
    closed: list[date | int | None] = [*(found.weeks if by == "weeks" else found.scripts)]
    if by == "weeks":
        opened: set[date | int | None] = {
            week_of(call.called_on) for call in running if call.called_on is not None
        }
    else:
        opened = {call.script_version_id for call in running}
    columns = sorted(
        {*closed, *opened},
        key=lambda one: (one is None, one.toordinal() if isinstance(one, date) else one or 0),
    )
    return columns, opened


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return date.fromordinal(day.toordinal() - day.weekday())


def key_of(column: date | int | None) -> str:
    """A column in an address: ``2026-09-14``, the number of a version, or ``none``."""
    if column is None:
        return "none"
    return column.isoformat() if isinstance(column, date) else str(column)


def _head(column: date | int | None, versions: Mapping[int, int]) -> str:
    if column is None:
        return _("without a script")
    if isinstance(column, date):
        return _("week of %(day)s", day=format_date(column, "d MMM"))
    number = versions.get(column)
    return _("version %(number)s", number=number) if number else _("a former version")


def column_name(by: str, key: str) -> str:
    """A column as a heading says it; "" for all of them, or for an unreadable address."""
    if key == "none":
        return _("without a script")
    if by == "weeks":
        try:
            return _head(date.fromisoformat(key), {})
        except ValueError:
            return ""
    if not key.isdecimal():
        return ""
    version = db.session.get(ScriptVersion, int(key))
    return _head(int(key), {version.id: version.number} if version else {})


def _cell(
    campaign_id: int,
    version_id: int,
    by: str,
    key: str,
    cell: Cell | None,
    *,
    is_running: bool = False,
) -> CellView:
    if cell is None:
        return CellView(None, "", is_running)
    url = url_for(
        "sponsors.show_moments", campaign_id=campaign_id, version_id=version_id, by=by, key=key
    )
    return CellView(share_view(cell.aligned), url, is_running)


def _versions(found: Results, running: Sequence[AuditCall]) -> dict[int, int]:
    """Numbers of the script's versions by id."""
    ids = {*found.scripts, *(call.script_version_id for call in running)} - {None}
    return script_numbers([one for one in ids if one is not None])


def script_numbers(ids: Sequence[int]) -> dict[int, int]:
    """Numbers of versions of scripts by id."""
    rows = db.session.execute(
        select(ScriptVersion.id, ScriptVersion.number).where(ScriptVersion.id.in_(sorted(ids)))
    )
    return dict(rows.all())


def promise_views(ids: Sequence[int]) -> dict[int, PromiseView]:
    """Versions of promises by id."""
    found = db.session.scalars(select(PromiseVersion).where(PromiseVersion.id.in_(sorted(ids))))
    return {version.id: promise_view(version) for version in found}


def aliases_of(sponsor_id: int) -> dict[int, str]:
    """How a client knows each agent it met: "Agent 7"."""
    rows = db.session.execute(
        select(AgentAlias.agent_id, AgentAlias.number).where(AgentAlias.sponsor_id == sponsor_id)
    )
    return {agent_id: _("Agent %(number)s", number=number) for agent_id, number in rows}


_STATES = {
    AuditState.DRAWN: ("◔", "busy"),
    AuditState.CLOSED: ("✓", "good"),
    AuditState.ABANDONED: ("×", ""),
}


def audit_view(audit: Audit, reports: Sequence[AuditReport] = ()) -> AuditView:
    """One audit that was drawn."""
    judged, sampled = queries.count_judged(audit)
    state = AuditState(audit.state)
    words = {
        AuditState.DRAWN: _("in progress"),
        AuditState.CLOSED: _("closed"),
        AuditState.ABANDONED: _("given up"),
    }
    sign, chip = _STATES[state]
    return AuditView(
        audit_id=audit.id,
        title=audit.title,
        starts_on=audit.starts_on,
        ends_on=audit.ends_on,
        mark=Mark(sign, words[state], chip),
        drawn_at=audit.drawn_at,
        closed_at=audit.closed_at,
        population=audit.population or 0,
        judged=judged,
        sampled=sampled,
        left_out=sum(call.state == SampleState.REPLACED for call in audit.calls),
        reason=audit.reason if state is AuditState.ABANDONED else "",
        is_closed=state is AuditState.CLOSED,
        is_running=state is AuditState.DRAWN,
        url=url_for("sponsors.show_audit", audit_id=audit.id),
        reports=reports,
        due_ids=frozenset(due_ids(reports)),
    )


def sample_view(audit: Audit, released: Mapping[int, bool]) -> list[SampledView]:
    """The draw in its order: sampled calls, and with the reason those that were left out and those in
    reserve that were passed over.

    Args:
        released: whether words and sound may be opened, by number of the drawn call.
    """
    aliases = aliases_of(audit.campaign.sponsor_id)
    scripts = script_numbers(
        [call.script_version_id for call in audit.calls if call.script_version_id is not None]
    )
    left_out = {
        LeftOut.WRONG_KIND: _("another kind of call"),
        LeftOut.INAUDIBLE: _("inaudible"),
        LeftOut.OBJECTION: _("the person called objected"),
        LeftOut.ERASED: _("erased"),
    }
    found = []
    for drawn in audit.calls:
        is_passed_over = drawn.state == SampleState.RESERVE and drawn.left_out is not None
        if drawn.state == SampleState.RESERVE and not is_passed_over:
            continue
        is_out = drawn.state == SampleState.REPLACED
        is_judged = queries.place_of(drawn) is Place.AUDIT
        if is_out:
            why = left_out[LeftOut(drawn.left_out)] if drawn.left_out else _("with a reason")
            mark = Mark("×", _("left out: %(why)s", why=why), "")
        elif is_passed_over and drawn.left_out:
            why = left_out[LeftOut(drawn.left_out)]
            mark = Mark("×", _("in reserve, passed over: %(why)s", why=why), "")
        elif not is_judged:
            mark = Mark("◔", _("not judged yet"), "busy")
        elif released.get(drawn.id):
            mark = Mark("✓", _("judged"), "good")
        else:
            mark = Mark("…", _("judged, not yet released"), "")
        call = drawn.call
        agent_id = call.agent_id if call is not None else None
        script_id = drawn.script_version_id
        found.append(
            SampledView(
                number=drawn.position + 1,
                called_on=drawn.called_on,
                agent=aliases.get(agent_id or 0, "") if is_judged else "",
                script=_head(script_id, scripts) if script_id is not None else "",
                mark=mark,
                url=url_for("sponsors.show_call", audit_call_id=drawn.id) if is_judged else "",
                is_released=bool(released.get(drawn.id)),
            )
        )
    return found


def is_aligned_finding(finding: Judgement) -> bool:
    """Whether a finding is what the client decided."""
    return is_aligned(finding.version.kind, finding.final)
