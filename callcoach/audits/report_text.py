"""What a report says in words: method, results, findings. Rows in, plain values out.

Redacted throughout: agents under their numbers, quotes only of calls whose redaction is released and
as it was released, nothing that people wrote freely, and of what the analysis proposed only how often
it was the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import select

from callcoach.analysis.claims import Standing
from callcoach.audits import presenters
from callcoach.audits.blindness import left_out_of_agreement
from callcoach.audits.frames import Frame, moments_of
from callcoach.audits.models import Audit, AuditCall, Judgement, LeftOut, RemarkKind, SampleState
from callcoach.audits.queries import sampled_calls, versions_by_id
from callcoach.audits.report_facts import AliasOf
from callcoach.audits.result_presenters import not_compared
from callcoach.audits.results import Results, Share, is_aligned
from callcoach.calls.models import Call
from callcoach.calls.presenters import outcome_label
from callcoach.extensions import db
from callcoach.incidents.models import Incident, IncidentKind
from callcoach.privacy.presenters import text_of
from callcoach.privacy.queries import released_for
from callcoach.promises.labels import KINDS
from callcoach.promises.models import PromiseVersion
from callcoach.script_library.models import ScriptVersion

#: Quotes of one promise in the PDF; the table has every row.
MOST_QUOTES = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One sampled call and one promise.

    Args:
        position: of the call in the draw, from 1.
        promise: number of the promise in this report, from 1.
        agent: under the sponsor's number for them, or "".
        script: version of the script, or "".
        first: the judgement, before the analysis was seen.
        standing: what the figures use.
        is_aligned: None where the call gave no occasion.
        quote: as released; "" where nothing was said, or nothing is released.
        contested: what became of it where the sponsor contests it, or "".
    """

    position: int
    promise: int
    text: str
    agent: str
    day: str
    script: str
    first: str
    standing: str
    is_aligned: bool | None
    quote: str
    contested: str
    settled: str


def report_rows(audit: Audit, found: Results, alias_of: AliasOf) -> list[Row]:
    """Every sampled and judged call × promise, promise by promise."""
    numbers = {line.version_id: place for place, line in enumerate(found.promises, 1)}
    versions = versions_by_id(list(numbers))
    scripts = script_numbers(audit)
    quotes: dict[int, Any] = {}
    rows: list[Row] = []
    for sampled in sampled_calls(audit):
        if sampled.judged_at is None:
            continue
        for finding in sampled.judgements:
            version = versions.get(finding.promise_version_id)
            if version is not None:
                rows.append(
                    Row(
                        sampled.position + 1,
                        numbers[version.id],
                        version.text,
                        agent_text(sampled, alias_of),
                        day_text(sampled.called_on),
                        _script(scripts, sampled.script_version_id),
                        presenters.label_of(version.kind, finding.standing),
                        presenters.label_of(version.kind, finding.final),
                        _aligned(version, finding),
                        _quote(sampled.call, finding, quotes),
                        _contested(finding),
                        presenters.label_of(version.kind, finding.settled)
                        if finding.settled
                        else "",
                    )
                )
    return sorted(rows, key=lambda row: (row.promise, row.position))


def _aligned(version: PromiseVersion, finding: Judgement) -> bool | None:
    if finding.final is Standing.NOT_APPLICABLE:
        return None
    return is_aligned(version.kind, finding.final)


def _quote(call: Call | None, finding: Judgement, released: dict[int, Any]) -> str:
    if call is None or finding.start_ms is None or finding.end_ms is None:
        return ""
    if call.id not in released:
        released[call.id] = released_for(call)
    redaction = released[call.id]
    if redaction is None:
        return ""
    return text_of(redaction, finding.start_ms, finding.end_ms, finding.channel)


def _contested(finding: Judgement) -> str:
    is_contested = any(
        remark.kind == RemarkKind.CONTESTS and remark.withdrawn_at is None
        for remark in finding.remarks
    )
    if finding.settled is not None:
        return _("contested, settled together")
    if not is_contested:
        return ""
    calibration = finding.calibration
    if calibration is not None and calibration.closed_at is not None:
        return _("contested, both differ")
    return _("contested, not settled yet")


def agent_text(sampled: AuditCall, alias_of: AliasOf) -> str:
    """« Agent 7 »; "" where it is not known any more whose call it was."""
    agent_id = sampled.call.agent_id if sampled.call is not None else None
    if agent_id is None and sampled.stratum.isdigit():
        agent_id = int(sampled.stratum)
    number = alias_of(agent_id) if agent_id is not None else None
    return _("Agent %(number)s", number=number) if number is not None else ""


def day_text(day: date | None) -> str:
    """A day, or a dash."""
    return format_date(day, "medium") if day is not None else "–"


def script_numbers(audit: Audit) -> dict[int, int]:
    """Numbers of the script versions that its calls were made with."""
    ids = {one.script_version_id for one in audit.calls if one.script_version_id is not None}
    rows = db.session.execute(
        select(ScriptVersion.id, ScriptVersion.number).where(ScriptVersion.id.in_(sorted(ids)))
    )
    return {row.id: row.number for row in rows}


def _script(numbers: Mapping[int, int], version_id: int | None) -> str:
    number = numbers.get(version_id) if version_id is not None else None
    return _("Version %(number)s", number=number) if number is not None else ""


def method_of(audit: Audit) -> list[tuple[str, str]]:
    """How the sample came about, term by term."""
    frame = Frame.from_dict(audit.frame)
    outcomes = ", ".join(outcome_label(item) for item in frame.outcomes) or _("all")
    length = _("from %(seconds)s s", seconds=frame.min_s) if frame.min_s else _("all")
    if frame.max_s is not None:
        length = _("%(least)s to %(most)s s", least=frame.min_s, most=frame.max_s)
    strata = audit.drawn_from.get("strata", {})
    sample = sampled_calls(audit)
    left_out = not_compared(left_out_of_agreement(audit))
    return [
        (
            _("Period"),
            f"{format_date(audit.starts_on, 'long')} – {format_date(audit.ends_on, 'long')}",
        ),
        (_("Calls in the frame"), _("conversations with the person who was to be reached")),
        (_("Ended as"), outcomes),
        (_("Length"), length),
        (_("Teams"), _("all") if not frame.team_ids else str(len(frame.team_ids))),
        (
            _("Strata"),
            _("%(count)s, one an agent, each in proportion to its calls", count=len(strata))
            if frame.by_agent
            else _("none"),
        ),
        (_("Population"), str(audit.population or 0)),
        (_("Sample drawn"), str(audit.size or 0)),
        (
            _("Sample judged"),
            str(sum(one.judged_at is not None for one in sample)),
        ),
        (
            _("Planned for"),
            _(
                "a margin of ± %(margin)s points at an expected share of %(expected)s %%",
                margin=round(audit.margin * 100, 1),
                expected=round(audit.expected * 100),
            )
            if frame.size is None
            else _("a chosen size"),
        ),
        (_("Seed"), str(audit.seed)),
        (
            _("Draw"),
            _(
                "How many calls each stratum gives is rounded by lot from the seed, so that every call "
                "of the frame has the same chance. In each stratum calls are ordered by SHA-256 of "
                "“seed:call”; the first ones are the sample, the next ones the reserve. The seed comes "
                "from the system’s randomness, and a sampled call is left out only for a listed "
                "reason; the next in order takes its place."
            ),
        ),
        (
            _("Judgement"),
            _(
                "Every sampled call was judged promise by promise by a person, before what the "
                "analysis proposes was shown. Figures use these judgements, and what a joint "
                "calibration settled. Intervals: Wilson, 95 %."
            ),
        ),
        *([(_("Agreement"), left_out)] if left_out else []),
    ]


def left_out_of(audit: Audit) -> list[tuple[str, str, str]]:
    """Calls left out of the sample: place, reason of the list, and what took the place. What a
    supervisor wrote to it stays in the house.
    """
    following = {one.replaces: one.position + 1 for one in audit.calls if one.replaces is not None}
    rows = []
    for one in audit.calls:
        if one.state == SampleState.REPLACED:
            label = presenters.LEFT_OUT.get(LeftOut(one.left_out)) if one.left_out else None
            taken = following.get(one.position)
            reason = str(label or "–")
            rows.append((str(one.position + 1), reason, str(taken) if taken else _("nobody")))
    return rows


def aligned_text(share: Share) -> str:
    """« 41 of 44 calls aligned, 93 % [82–98] »."""
    if not share.n:
        return _("no call gave occasion to it")
    return _(
        "%(aligned)s of %(n)s calls aligned, %(share)s",
        aligned=share.count,
        n=share.n,
        share=presenters.share_text(share),
    )


def results_blocks(audit: Audit, found: Results) -> list[dict[str, Any]]:
    """Promise by promise: the figure, how the calls stand, by week, by script, and the machine's
    agreement.
    """
    versions = versions_by_id([line.version_id for line in found.promises])
    scripts = script_numbers(audit)
    blocks = []
    for place, line in enumerate(found.promises, 1):
        agreement = line.agreement.same
        blocks.append(
            {
                "number": place,
                "kind": str(KINDS[line.kind]),
                "text": versions[line.version_id].text,
                "aligned": aligned_text(line.total.aligned),
                "standings": ", ".join(
                    f"{presenters.label_of(line.kind, standing)} {count}"
                    for standing, count in line.counts.items()
                    if count
                ),
                "weeks": [
                    [_("week of %(day)s", day=day_text(week)), aligned_text(cell.aligned)]
                    for week, cell in sorted(line.by_week.items())
                ],
                "scripts": [
                    [_script(scripts, script) or _("no script known"), aligned_text(cell.aligned)]
                    for script, cell in sorted(
                        line.by_script.items(), key=lambda item: (item[0] is None, item[0] or 0)
                    )
                ],
                "agreement": _(
                    "The analysis had proposed the same in %(same)s of %(n)s: %(share)s.",
                    same=agreement.count,
                    n=agreement.n,
                    share=presenters.share_text(agreement),
                )
                if agreement.n
                else _("The analysis had proposed nothing."),
            }
        )
    return blocks


def quotes_by_promise(rows: Sequence[Row]) -> dict[int, list[list[str]]]:
    """The quotes of each promise: those that depart first, then in the order of the draw."""
    quoted: dict[int, list[list[str]]] = {}
    for row in sorted(rows, key=lambda one: (one.is_aligned is not False, one.position)):
        if row.quote:
            who = " · ".join(
                part
                for part in (_("Call %(number)s", number=row.position), row.agent, row.day)
                if part
            )
            quoted.setdefault(row.promise, []).append([who, row.standing, row.quote])
    return {promise: items[:MOST_QUOTES] for promise, items in quoted.items()}


def incidents_of(audit: Audit) -> list[tuple[str, int]]:
    """Incidents in the campaign's calls of the period that the sponsor was told of, counted by kind:
    those of its last days are mostly told after it.
    """
    start, end = moments_of(audit.starts_on, audit.ends_on)
    kinds = Counter(
        db.session.scalars(
            select(Incident.kind)
            .join(Call, Call.id == Incident.call_id)
            .where(
                Incident.campaign_id == audit.campaign_id,
                Incident.told_at.is_not(None),
                Call.started_at >= start,
                Call.started_at < end,
            )
        )
    )
    labels = {
        IncidentKind.FORBIDDEN_CLAIM: _("forbidden claims"),
        IncidentKind.FALSE_IDENTITY: _("false identities"),
    }
    return [(label, kinds[kind]) for kind, label in labels.items()]
