"""Judging: blind to the machine, corrected with the first judgement kept, settled with the client."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from callcoach.analysis.claims import Standing
from callcoach.audits import calibration_queries
from callcoach.audits.models import Audit, JointCalibration
from callcoach.audits.operations import calibrating, drawing, judging, remarking
from callcoach.audits.operations.judging import Place
from callcoach.audits.queries import results_of, sampled_calls
from callcoach.errors import Conflict, InvalidInput
from callcoach.extensions import db
from callcoach.notices.models import Notice
from callcoach.promises.models import PromiseVersion
from tests.factories.audits import create_audit, create_check

from .conftest import Floor

JSON = {"Accept": "application/json"}
#: What the machine says; must be nowhere before people have judged.
_MACHINE = "Machinemot"


def _drawn(floor: Floor) -> tuple[int, int]:
    """An audit of three calls, each with proposals; its id and that of its first call."""
    audit = floor.drawn()
    for one in sampled_calls(audit):
        assert one.call is not None
        for version_id in (floor.approved, floor.forbidden):
            version = db.session.get_one(PromiseVersion, version_id)
            standing = Standing.DISTORTED if version_id == floor.approved else Standing.OMITTED
            create_check(one.call, version, standing=standing, quote=_MACHINE, confidence=0.4321)
    return audit.id, sampled_calls(audit)[0].id


def test_nothing_of_the_machine_is_sent_before_the_call_is_done(
    floor: Floor, page_of: Callable[..., tuple[int, str]]
) -> None:
    with floor.app.app_context():
        audit_id, sampled_id = _drawn(floor)
    url = f"/audits/calls/{sampled_id}"

    def _blind(answer: tuple[int, str]) -> None:
        status, text = answer
        assert status == 200
        assert _MACHINE not in text
        assert "4321" not in text
        # nor does the page say who calls: the words may, the names beside them do not
        assert 'turn-name">Hanta' not in text

    _blind(page_of(url))
    _blind(page_of(f"/audits/{audit_id}"))
    for version_id, standing in ((floor.approved, "faithful"), (floor.forbidden, "omitted")):
        put = f"{url}/promises/{version_id}"
        place = {"channel": "0", "start_ms": "12200", "end_ms": "24000"}
        sent = {"standing": standing, **(place if standing == "faithful" else {"nowhere": "1"})}
        _blind(page_of(put, method="POST", data=sent, headers=JSON))
        _blind(page_of(url))
    status, text = page_of(f"{url}/finish", method="POST")
    assert status == 302
    with floor.app.app_context():
        first = sampled_calls(db.session.get_one(Audit, audit_id))[0]
        assert first.call is not None
        also = create_audit(floor.campaign, first.judgements[0].judged_by, [first.call]).id
    _blind(page_of(url))  # people are still to judge it elsewhere
    with floor.app.app_context():
        db.session.delete(db.session.get_one(Audit, also))
        db.session.commit()
    _status, text = page_of(url)
    assert _MACHINE in text
    # no figure while other calls are open
    assert page_of(f"/audits/{audit_id}/results")[0] == 302
    with floor.app.app_context():
        findings = sampled_calls(db.session.get_one(Audit, audit_id))[0].judgements
        assert [one.machine for one in findings] == [Standing.DISTORTED, Standing.OMITTED]
        assert findings[0].quote == "Je vous propose une démonstration mardi ou jeudi."


def test_a_call_is_done_only_when_every_promise_is_judged_and_then_only_corrected(
    floor: Floor,
) -> None:
    with floor.app.app_context():
        audit_id, _first = _drawn(floor)
        sampled = sampled_calls(db.session.get_one(Audit, audit_id))[0]
        judging.judge(
            floor.claire, sampled, floor.approved, "faithful", place=Place(0, 0, 900, "O")
        )
        with pytest.raises(Conflict):
            judging.finish(floor.claire, sampled)
        with pytest.raises(InvalidInput):  # what must not be said is said or not, never "faithful"
            judging.judge(floor.claire, sampled, floor.forbidden, "faithful")
        with pytest.raises(InvalidInput):
            judging.judge(
                floor.claire, sampled, floor.approved, "faithful", place=Place(0, 900, 90_000)
            )
        judging.judge(floor.claire, sampled, floor.forbidden, "overpromised")
        judging.take_back(floor.claire, sampled, floor.forbidden)
        judging.judge(floor.claire, sampled, floor.forbidden, "omitted")
        judging.finish(floor.claire, sampled)
        with pytest.raises(Conflict):
            judging.judge(floor.claire, sampled, floor.approved, "distorted")
        finding = sampled.judgements[0]
        with pytest.raises(InvalidInput):
            judging.correct(floor.claire, finding, "distorted", " ", finding.row_version)
        judging.correct(floor.claire, finding, "distorted", "Sans le prix.", finding.row_version)
        assert (finding.standing, finding.final) == (Standing.FAITHFUL, Standing.DISTORTED)
        line = results_of(sampled.audit).of(floor.approved)
        assert line is not None
        # the figure takes the correction, agreement the first judgement
        assert (line.aligned, line.n) == (0, 1)
        assert (line.agreement.same.count, line.agreement.same.n) == (0, 1)


def test_a_contested_finding_is_settled_when_both_hold_the_same(
    floor: Floor, page_of: Callable[..., tuple[int, str]]
) -> None:
    with floor.app.app_context():
        audit_id, _first = _drawn(floor)
        audit = db.session.get_one(Audit, audit_id)
        for one in sampled_calls(audit):
            judging.judge(floor.claire, one, floor.approved, "faithful")
            judging.judge(floor.claire, one, floor.forbidden, "omitted")
            judging.finish(floor.claire, one)
        drawing.close(floor.claire, audit)
        first, second = (one.judgements[0] for one in sampled_calls(audit)[:2])
        for finding in (first, second):
            finding.calibration = JointCalibration(
                sponsor_standing=Standing.DISTORTED, sponsor_reason="Secretducotéclient"
            )
        db.session.commit()
        ids = first.id, second.id
    for finding_id in ids:
        assert "Secretducot" not in page_of(f"/audits/findings/{finding_id}")[1]
    assert page_of("/audits/contested")[0] == 200
    with floor.app.app_context():
        agreed, differs = (
            db.session.query(JointCalibration).filter_by(judgement_id=one).one() for one in ids
        )
        calibrating.answer_for_floor(floor.claire, agreed, "distorted", "En effet.")
        calibrating.answer_for_floor(floor.claire, differs, "faithful", "C’est la nuance.")
        assert (agreed.is_agreed, agreed.judgement.final) == (True, Standing.DISTORTED)
        assert (differs.closed_at, differs.judgement.settled) == (None, None)
        with pytest.raises(Conflict):
            calibrating.answer_for_floor(floor.claire, differs, "distorted", "Finalement oui.")
        calibrating.record_disagreement(floor.claire, differs)
        with pytest.raises(Conflict):
            calibrating.take_over(floor.claire, differs)
        assert (differs.is_agreed, differs.judgement.final) == (False, Standing.FAITHFUL)
        told = db.session.query(Notice).filter_by(kind="audit.calibrated").all()
        assert {one.user_id for one in told} == {floor.client_id}
        db.session.commit()
    _status, text = page_of(f"/audits/findings/{ids[1]}")
    assert "Secretducot" in text
    # results: two of three aligned, and each figure opens its findings
    _status, text = page_of(f"/audits/{audit_id}/results")
    assert "67% [21–94]" in text
    status, text = page_of(f"/audits/{audit_id}/results/{floor.approved}?week=2026-09-14")
    assert status == 200
    assert text.count("/audits/findings/") == 3


def test_the_floor_answers_a_remark_but_not_before_its_side_of_a_calibration(floor: Floor) -> None:
    with floor.app.app_context():
        audit_id, _first = _drawn(floor)
        sampled = sampled_calls(db.session.get_one(Audit, audit_id))[0]
        judging.judge(floor.claire, sampled, floor.approved, "faithful")
        finding = sampled.judgements[0]
        with pytest.raises(Conflict):
            remarking.comment(floor.claire, finding, "Trop tôt.")
        judging.judge(floor.claire, sampled, floor.forbidden, "omitted")
        judging.finish(floor.claire, sampled)
        said = remarking.comment(floor.claire, finding, " Réentendu à deux. ")
        assert said.text == "Réentendu à deux."
        assert db.session.query(Notice).filter_by(kind="audit.commented").count() == 1
        remarking.take_back(floor.claire, said)
        assert said.withdrawn_at is not None
        finding.calibration = JointCalibration(sponsor_standing=Standing.DISTORTED)
        assert len(calibration_queries.waiting(floor.claire)) == 1
        assert calibration_queries.count_waiting(floor.claire) == 1
        with pytest.raises(Conflict):
            remarking.comment(floor.claire, finding, "C’est faux.")
