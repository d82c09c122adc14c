"""Making a report: both files and their entry in the chain, in one transaction."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import format_datetime
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from callcoach.accounts.access import Viewer
from callcoach.audits import presenters
from callcoach.audits.aliases import alias_of
from callcoach.audits.models import Audit, AuditReport, AuditState
from callcoach.audits.operations.rights import lock, log, require_auditor
from callcoach.audits.queries import results_of
from callcoach.audits.report_facts import (
    NOTHING_BEFORE,
    canonical,
    entry_of,
    facts_of_report,
)
from callcoach.audits.report_sheets import Sheet, workbook_of
from callcoach.audits.report_text import (
    Row,
    incidents_of,
    left_out_of,
    method_of,
    quotes_by_promise,
    report_rows,
    results_blocks,
)
from callcoach.errors import Conflict
from callcoach.extensions import db, utc_now
from callcoach.storage.operations import put_file
from callcoach.web.papers import compile_paper

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Two people make a report at the same moment: whoever comes second takes the next place.
_TRIES = 5


@dataclass(frozen=True, slots=True)
class _Content:
    """What both files are made of."""

    facts: bytes
    rows: list[Row]
    blocks: list[dict[str, Any]]
    method: list[tuple[str, str]]
    excluded: list[tuple[str, int]]
    left_out: list[tuple[str, str, str]]
    incidents: list[tuple[str, int]]


def make_report(viewer: Viewer, audit: Audit, *, language: str) -> AuditReport:
    """A dated report of a closed audit, the next in the chain.

    Args:
        language: of the files, two letters; that of the interface now.

    Raises:
        NotAllowed: the viewer does not audit this campaign.
        Conflict: it is not closed; figures may still change.
    """
    require_auditor(viewer, audit.campaign)
    lock(audit)
    if audit.state != AuditState.CLOSED:
        raise Conflict("A report is made once the audit is closed: its figures may still change.")
    content = _content(audit)
    made_at = utc_now().replace(microsecond=0)
    for _try in range(_TRIES):
        last = db.session.scalar(select(AuditReport).order_by(AuditReport.number.desc()).limit(1))
        report = AuditReport(
            number=last.number + 1 if last is not None else 1,
            audit_id=audit.id,
            made_by_id=viewer.user_id,
            made_at=made_at,
            previous_sha256=last.entry_sha256 if last is not None else NOTHING_BEFORE,
            results_sha256=hashlib.sha256(content.facts).hexdigest(),
        )
        pdf = pdf_of(audit, content, report, language=language)
        xlsx = xlsx_of(audit, content, made_at=made_at)
        report.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
        report.xlsx_sha256 = hashlib.sha256(xlsx).hexdigest()
        report.entry_sha256 = entry_of(report)
        try:
            with db.session.begin_nested():
                db.session.add(report)
        except IntegrityError:
            continue  # somebody else took the place
        report.pdf = put_file(io.BytesIO(pdf), kind="report", media_type=PDF)
        report.xlsx = put_file(io.BytesIO(xlsx), kind="report", media_type=XLSX)
        db.session.flush()
        log(viewer, "reported", audit, number=report.number, entry=report.entry_sha256)
        return report
    raise Conflict("Others are making reports at this moment; try again.")


def _content(audit: Audit) -> _Content:
    sponsor_id = audit.campaign.sponsor_id

    def number_of(agent_id: int) -> int | None:
        return alias_of(sponsor_id, agent_id)

    found = results_of(audit)
    return _Content(
        facts=canonical(facts_of_report(audit, number_of)),
        rows=report_rows(audit, found, number_of),
        blocks=results_blocks(audit, found),
        method=method_of(audit),
        excluded=presenters.exclusions(audit.drawn_from.get("excluded", [])),
        left_out=left_out_of(audit),
        incidents=incidents_of(audit),
    )


def pdf_of(audit: Audit, content: _Content, report: AuditReport, *, language: str) -> bytes:
    """The paper; the same content gives the same bytes."""
    quotes = quotes_by_promise(content.rows)
    made = format_datetime(report.made_at, "long")
    contested = [
        [
            _("Call %(number)s", number=row.position),
            str(row.promise),
            row.first,
            row.contested,
            row.settled or row.standing,
        ]
        for row in content.rows
        if row.contested
    ]
    return compile_paper(
        "audit",
        {
            "language": language,
            "title": _("Audit of message alignment: %(title)s", title=audit.title),
            "subtitle": f"{audit.campaign.sponsor.name} · {audit.campaign.name}",
            "foot": _("Report no. %(number)s, made on %(date)s", number=report.number, date=made),
            "words": _words(),
            "method": [list(pair) for pair in content.method],
            "excluded": [[label, str(count)] for label, count in content.excluded],
            "left_out": [list(row) for row in content.left_out],
            "results": [
                {**block, "quotes": quotes.get(block["number"], [])} for block in content.blocks
            ],
            "contested": contested,
            "incidents": [[label, str(count)] for label, count in content.incidents],
            "chain": [
                [_("Report"), str(report.number)],
                [_("Results (SHA-256)"), report.results_sha256],
                [_("Entry before (SHA-256)"), report.previous_sha256],
            ],
            "sides": [
                _("For %(sponsor)s", sponsor=audit.campaign.sponsor.name),
                _("For those who call"),
            ],
        },
        made_at=report.made_at,
    )


def _words() -> dict[str, str]:
    return {
        "method": _("Method"),
        "excluded": _("Calls of the period outside the frame"),
        "left_out": _("Calls left out of the sample"),
        "none_left_out": _("No sampled call was left out."),
        "place": _("Place in the draw"),
        "reason": _("Reason"),
        "taken": _("Its place was taken by"),
        "results": _("Results, promise by promise"),
        "no_results": _("No call was judged."),
        "weeks": _("By week"),
        "scripts": _("By version of the script"),
        "quotes": _("Excerpts"),
        "no_quotes": _("No excerpt is released."),
        "contested": _("Contested findings"),
        "no_contested": _("No finding is contested."),
        "call": _("Call"),
        "promise": _("Promise"),
        "judged": _("Judged"),
        "became": _("What became of it"),
        "holds": _("What holds"),
        "incidents": _("Incidents told of calls in the period"),
        "chain": _("So that a later change is evident"),
        "chain_text": _(
            "This report is one entry of a chain: its hash covers both its files, its results and the "
            "entry before. The spreadsheet that belongs to it holds every row and what the results "
            "hash is of; whoever has both checks them without the application."
        ),
        "signed": _("Name, date, signature"),
    }


def xlsx_of(audit: Audit, content: _Content, *, made_at: datetime) -> bytes:
    """The spreadsheet; the same content gives the same bytes."""
    sheets: list[Sheet] = [
        (
            _("Method"),
            (_("What"), _("How")),
            [
                (_("Audit"), audit.title),
                (_("Sponsor"), audit.campaign.sponsor.name),
                (_("Campaign"), audit.campaign.name),
                *content.method,
                *(
                    (f"{_('Outside the frame')}: {label}", count)
                    for label, count in content.excluded
                ),
                *(
                    (f"{_('Left out')}: {place}", f"{reason} → {taken}")
                    for place, reason, taken in content.left_out
                ),
                *(
                    (f"{_('Incidents told in the period')}: {label}", count)
                    for label, count in content.incidents
                ),
            ],
        ),
        (
            _("Results"),
            (
                _("No."),
                _("Kind"),
                _("Promise"),
                _("Of"),
                _("Result"),
                _("Standings"),
                _("Analysis"),
            ),
            [line for block in content.blocks for line in _lines(block)],
        ),
        (
            _("All rows"),
            (
                _("Call"),
                _("No."),
                _("Promise"),
                _("Agent"),
                _("Date"),
                _("Script"),
                _("Judged"),
                _("Standing"),
                _("Aligned"),
                _("Quote"),
                _("Contested"),
                _("Settled"),
            ),
            [
                (
                    row.position,
                    row.promise,
                    row.text,
                    row.agent,
                    row.day,
                    row.script,
                    row.first,
                    row.standing,
                    "–" if row.is_aligned is None else _("yes") if row.is_aligned else _("no"),
                    row.quote,
                    row.contested,
                    row.settled,
                )
                for row in content.rows
            ],
        ),
    ]
    return workbook_of(sheets, content.facts, made_at=made_at)


def _lines(block: dict[str, Any]) -> list[tuple[str | int | None, ...]]:
    head = (block["number"], block["kind"], block["text"])
    return [
        (*head, _("all"), block["aligned"], block["standings"], block["agreement"]),
        *((*head, label, share, None, None) for label, share in block["weeks"]),
        *((*head, label, share, None, None) for label, share in block["scripts"]),
    ]
