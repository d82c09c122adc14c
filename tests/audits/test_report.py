"""A report: what it says, what it does not, that it comes out the same, and that changes show."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from flask_babel import force_locale
from openpyxl import load_workbook
from pypdf import PdfReader

from callcoach.accounts.models import User
from callcoach.analysis.claims import Standing
from callcoach.audits.models import Audit, AuditReport, AuditState, LeftOut
from callcoach.audits.operations import drawing
from callcoach.audits.operations.reporting import make_report
from callcoach.audits.queries import sampled_calls
from callcoach.audits.report_check import check_all
from callcoach.audits.report_facts import NOTHING_BEFORE
from callcoach.audits.report_sheets import facts_in, workbook_of
from callcoach.commands import auditing
from callcoach.errors import Conflict
from callcoach.extensions import db, utc_now
from callcoach.incidents.models import IncidentState
from callcoach.privacy import operations as privacy
from callcoach.promises.models import PromiseVersion
from callcoach.storage.models import StoredFile
from callcoach.storage.store import get_store
from tests.factories.audits import create_incident, create_judgement, create_promise_version

from .conftest import Floor

FORMULA = "=HYPERLINK(1) une démonstration"


def _closed(floor: Floor) -> Audit:
    """Three calls judged: one promise kept in two of three, the other never said."""
    audit = floor.drawn()
    drawing.leave_out(
        floor.claire, sampled_calls(audit)[0], LeftOut.INAUDIBLE, "Souffle confidentiel."
    )
    claire = db.session.get_one(User, floor.claire.user_id)
    offered = create_promise_version(floor.campaign, claire, text=FORMULA)
    versions = [offered, db.session.get_one(PromiseVersion, floor.forbidden)]
    for place, sampled in enumerate(sampled_calls(audit)):
        assert sampled.call is not None
        sampled.call.prospect_name, sampled.call.company = "Mme Secrète", "Discrétion Anonyme"
        sampled.call.file_name = "appel-secret.wav"
        standing = Standing.DISTORTED if place == 0 else Standing.FAITHFUL
        create_judgement(
            sampled, versions[0], claire, standing=standing, quote="Mme Secrète", machine=standing
        )
        nothing = {"start_ms": None, "end_ms": None, "channel": None, "quote": ""}
        create_judgement(sampled, versions[1], claire, standing=Standing.OMITTED, **nothing)
        sampled.judged_at = utc_now()
    first = sampled_calls(audit)[0].call
    assert first is not None
    privacy.release(floor.claire, privacy.propose(first))
    audit.state, audit.closed_at = AuditState.CLOSED, utc_now()
    db.session.commit()
    return audit


def _bytes(file: StoredFile | None) -> bytes:
    assert file is not None
    return b"".join(get_store().open_range(file.key))


def _troubles(audit_id: int | None = None) -> list[str]:
    return [f"{one.where}: {one.what}" for one in check_all(audit_id).troubles]


def _make(app: Flask, floor: Floor, audit: Audit) -> AuditReport:
    with app.test_request_context(), force_locale("en"):
        report = make_report(floor.claire, audit, language="en")
        db.session.commit()
        return report


def test_a_report_says_what_was_found_and_names_nobody(app: Flask, floor: Floor) -> None:
    with app.app_context():
        audit = _closed(floor)
        said_in = sampled_calls(audit)[0].call
        assert said_in is not None
        told_late = utc_now() + timedelta(days=60)  # long after the period
        create_incident(said_in, IncidentState.CLOSED, told_at=told_late)
        report = _make(app, floor, audit)
        pdf = "\n".join(
            page.extract_text() for page in PdfReader(io.BytesIO(_bytes(report.pdf))).pages
        )
        assert "2 of 3 calls aligned, 67" in pdf
        assert "3 of 3 calls aligned" in pdf
        assert str(audit.seed) in pdf
        assert report.results_sha256 in pdf
        assert re.search(r"false identities\s+1\b", pdf)
        assert "Je vous propose une démonstration" in pdf, "the excerpt of the released call"
        book = load_workbook(io.BytesIO(_bytes(report.xlsx)))
        cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
        (formula,) = {cell.data_type for cell in cells if cell.value == FORMULA}
        assert formula == "s", "text, not a formula"
        rows = [[cell.value for cell in row] for row in list(book.worksheets[2].iter_rows())[1:]]
        assert len(rows) == 6
        assert {row[3].split()[0] for row in rows} == {"Agent"}
        quotes = [row[9] for row in rows if row[9]]
        assert len(quotes) == 1, "only of the call that is released"
        everything = pdf + "\n".join(str(cell.value) for cell in cells)
        for name in ("Hanta", "Rakoto", "Patrice", "Secrète", "Discrétion", "appel-secret"):
            assert name not in everything
        facts = facts_in(_bytes(report.xlsx))
        assert facts.startswith(b'{"audit":')
        # what the machine proposed of one call stays in the house, as does why one was left out
        assert b'"machine"' not in facts
        assert b'"agreement":[3,3]' in facts
        assert "Souffle confidentiel" not in everything
        assert "Inaudible" in everything


def test_the_same_content_gives_the_same_bytes() -> None:
    made_at = datetime(2026, 9, 30, 12, 0, 5, tzinfo=UTC)
    sheets = [("Rows", ("What",), [("+33",), (4,)])]
    first = workbook_of(sheets, b'{"a":1}', made_at=made_at)
    book = load_workbook(io.BytesIO(first))
    assert (book.properties.created, book.properties.modified) == (
        datetime(2026, 9, 30, 12, 0, 5),
        datetime(2026, 9, 30, 12, 0, 5),
    )
    assert first == workbook_of(sheets, b'{"a":1}', made_at=made_at)


def test_whatever_is_changed_later_is_found(app: Flask, floor: Floor) -> None:
    with app.app_context():
        audit = floor.drawn()
        with pytest.raises(Conflict):
            _make(app, floor, audit)
        audit.state, audit.reason = AuditState.ABANDONED, "Begun twice."
        audit = _closed(floor)
        first, second = _make(app, floor, audit), _make(app, floor, audit)
        assert (first.previous_sha256, second.previous_sha256) == (
            NOTHING_BEFORE,
            first.entry_sha256,
        )
        assert first.results_sha256 == second.results_sha256
        assert _troubles() == []

        finding = sampled_calls(audit)[0].judgements[0]
        finding.settled = Standing.FAITHFUL
        db.session.commit()
        found = _troubles(audit.id)
        assert any("distorted then, faithful now (settled since)" in one for one in found)
        assert any("results differs" in one for one in found)
        finding.settled = None

        one, other = audit.calls[0], audit.calls[-1]
        swapped, other.call_id = other.call_id, None
        db.session.commit()
        one.call_id = swapped
        db.session.commit()
        assert any("the seed draws" in found for found in _troubles())
        one.call_id = None
        db.session.commit()
        assert _troubles() == [], "an erased call is no trouble"

        first.pdf_sha256 = "f" * 64
        db.session.commit()
        assert _troubles() == [
            "report 1: its entry is not the hash of what it names",
            "report 1: its PDF was changed",
        ]
        db.session.delete(first)
        db.session.commit()
        assert _troubles() == [
            "report 2: the chain goes from 0 to 2",
            "report 2: it does not follow the entry before it",
        ]


def test_the_command_says_what_differs(
    app: Flask, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcoach.app.create_app", lambda: app)
    with app.app_context():
        report_id = _make(app, floor, _closed(floor)).id
        monkeypatch.setattr(db.engine, "dispose", lambda: None)
    said = CliRunner().invoke(auditing.audit, ["verify"], standalone_mode=False)
    assert (said.return_value, said.output) == (
        0,
        "1 reports in the chain, 1 drawn audits: all as they were.\n",
    )
    with app.app_context():
        db.session.get_one(AuditReport, report_id).previous_sha256 = "1" * 64
        db.session.commit()
    said = CliRunner().invoke(auditing.audit, ["verify"], standalone_mode=False)
    assert said.return_value == 1
    assert "report 1: it does not follow the entry before it." in said.output
