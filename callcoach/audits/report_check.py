"""Whether reports, their chain, their samples and their results are still what they were.

Looks and changes nothing. What it finds is said in English, as the command line does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from callcoach.audits.aliases import known_alias
from callcoach.audits.draw import draw
from callcoach.audits.models import Audit, AuditReport, AuditState
from callcoach.audits.report_facts import NOTHING_BEFORE, canonical, entry_of, facts_of_report
from callcoach.audits.report_sheets import facts_in
from callcoach.extensions import db
from callcoach.storage.models import StoredFile
from callcoach.storage.store import get_store


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that differs.

    Args:
        where: ``report 3`` or ``audit 12``.
        what: a sentence without a full stop.
    """

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what differs."""

    reports: int
    audits: int
    troubles: tuple[Trouble, ...]

    @property
    def is_sound(self) -> bool:
        return not self.troubles


def check_all(audit_id: int | None = None) -> Checked:
    """Walk the whole chain, and draw every drawn audit again.

    Args:
        audit_id: only this audit's draw and results; the chain is walked whole all the same.
    """
    reports = db.session.scalars(select(AuditReport).order_by(AuditReport.number)).all()
    wanted = select(Audit).where(Audit.state.in_([AuditState.DRAWN, AuditState.CLOSED]))
    if audit_id is not None:
        wanted = wanted.where(Audit.id == audit_id)
    audits = db.session.scalars(wanted.order_by(Audit.id)).all()
    troubles = [*_chain(reports)]
    for audit in audits:
        troubles += draw_troubles(audit)
    for report in reports:
        if audit_id is None or report.audit_id == audit_id:
            troubles += _results(report)
    return Checked(len(reports), len(audits), tuple(troubles))


def _chain(reports: Any) -> Iterator[Trouble]:
    before, number = NOTHING_BEFORE, 0
    for report in reports:
        where = f"report {report.number}"
        number += 1
        if report.number != number:
            yield Trouble(where, f"the chain goes from {number - 1} to {report.number}")
            number = report.number
        if report.previous_sha256 != before:
            yield Trouble(where, "it does not follow the entry before it")
        if report.entry_sha256 != entry_of(report):
            yield Trouble(where, "its entry is not the hash of what it names")
        yield from _file(where, "PDF", report.pdf, report.pdf_sha256)
        yield from _file(where, "spreadsheet", report.xlsx, report.xlsx_sha256)
        before = report.entry_sha256


def _file(where: str, name: str, file: StoredFile | None, sha256: str) -> Iterator[Trouble]:
    content = _bytes_of(file)
    if content is None:
        yield Trouble(where, f"its {name} is gone")
    elif hashlib.sha256(content).hexdigest() != sha256:
        yield Trouble(where, f"its {name} was changed")


def _bytes_of(file: StoredFile | None) -> bytes | None:
    if file is None:
        return None
    try:
        return b"".join(get_store().open_range(file.key))
    except FileNotFoundError:
        return None


def draw_troubles(audit: Audit) -> list[Trouble]:
    """What a second draw from the same calls with the same seed gives otherwise."""
    where = f"audit {audit.id}"
    strata = audit.drawn_from.get("strata", {})
    if audit.seed is None or audit.size is None:
        return [Trouble(where, "it is drawn and has no seed or size")]
    again = draw(strata, audit.size, audit.seed)
    expected = [one.call_id for one in (*again.sample, *again.reserve)]
    stored = {one.position: one for one in audit.calls}
    found = []
    if sum(len(ids) for ids in strata.values()) != audit.population:
        found.append(Trouble(where, "its frame does not hold as many calls as it says"))
    if len(stored) != len(expected):
        found.append(
            Trouble(where, f"{len(stored)} calls are drawn, the seed draws {len(expected)}")
        )
    for position, call_id in enumerate(expected):
        one = stored.get(position)
        if one is None:
            found.append(Trouble(where, f"the call at place {position + 1} is missing"))
        elif one.call_id is not None and one.call_id != call_id:
            found.append(
                Trouble(
                    where,
                    f"at place {position + 1} stands call {one.call_id}, the seed draws {call_id}",
                )
            )
    return found


def _results(report: AuditReport) -> Iterator[Trouble]:
    """What the report states against what the database says now."""
    where = f"report {report.number}"
    kept = facts_in(content) if (content := _readable(report)) else b""
    if kept and hashlib.sha256(kept).hexdigest() != report.results_sha256:
        yield Trouble(where, "the facts in its spreadsheet are not those of its results hash")
    if report.audit is None:
        return  # deleted with its campaign: the chain and the files are all there is
    sponsor_id = report.audit.campaign.sponsor_id
    facts = facts_of_report(report.audit, lambda agent_id: known_alias(sponsor_id, agent_id))
    now = canonical(facts)
    if hashlib.sha256(now).hexdigest() == report.results_sha256:
        return
    if not kept:
        yield Trouble(where, "its results are not those of the database any more")
        return
    # As JSON both, so that the same things compare equal
    for what in differences(json.loads(kept), json.loads(now)):
        yield Trouble(where, what)


def _readable(report: AuditReport) -> bytes | None:
    content = _bytes_of(report.xlsx)
    if content is None or hashlib.sha256(content).hexdigest() != report.xlsx_sha256:
        return None
    return content


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """In words, what the database says otherwise than a report; findings one by one."""
    for name in sorted(set(then) | set(now)):
        if then.get(name) == now.get(name):
            continue
        if name != "findings":
            yield f"{name} differs from the report"
            continue
        before = {(one["position"], one["promise"]): one for one in then.get(name, [])}
        after = {(one["position"], one["promise"]): one for one in now.get(name, [])}
        for key in sorted(set(before) | set(after)):
            if before.get(key) == after.get(key):
                continue
            said = before.get(key, {}).get("final", "nothing")
            says = after.get(key, {}).get("final", "nothing")
            settled = after.get(key, {}).get("settled") and not before.get(key, {}).get("settled")
            why = " (settled since)" if settled else ""
            yield f"call {key[0] + 1}, promise version {key[1]}: {said} then, {says} now{why}"
