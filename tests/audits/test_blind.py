"""Agreement is of judgements that were blind; a departure has its grounds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from callcoach.analysis.claims import Standing
from callcoach.audits.models import Audit
from callcoach.audits.operations import drawing, judging
from callcoach.audits.operations.judging import Place
from callcoach.audits.queries import results_of, sampled_calls
from callcoach.calls.models import Call
from callcoach.errors import Conflict
from callcoach.extensions import db
from callcoach.incidents.models import IncidentKind, IncidentState
from callcoach.promises.models import PromiseVersion
from tests.factories.audits import create_check, create_incident

from .conftest import Floor


def _judged(floor: Floor, audit: Audit) -> None:
    for one in sampled_calls(audit):
        judging.judge(floor.claire, one, floor.approved, "faithful")
        judging.judge(floor.claire, one, floor.forbidden, "omitted")
        judging.finish(floor.claire, one)
    drawing.close(floor.claire, audit)
    db.session.commit()


def test_agreement_leaves_out_what_had_been_read_before(
    floor: Floor, page_of: Callable[..., tuple[int, str]]
) -> None:
    with floor.app.app_context():
        approved = db.session.get_one(PromiseVersion, floor.approved)
        forbidden = db.session.get_one(PromiseVersion, floor.forbidden)
        for call_id in floor.calls:
            call = db.session.get_one(Call, call_id)
            create_check(call, approved, standing=Standing.FAITHFUL)
            create_check(call, forbidden, standing=Standing.OMITTED)
        first = floor.drawn(size=2)
        heard = {one.call_id for one in sampled_calls(first)}
        suspected = next(call_id for call_id in floor.calls if call_id not in heard)
        create_incident(
            db.session.get_one(Call, suspected),
            IncidentState.DISMISSED,
            kind=IncidentKind.FORBIDDEN_CLAIM,
            promise_version_id=forbidden.id,
        )
        _judged(floor, first)
        assert results_of(first).agreement.same.n == 4
        again = floor.drawn(size=6)
        _judged(floor, again)
        # of twelve pairs four were read in the first audit, one with the incident
        found = results_of(again)
        assert (found.agreement.same.n, found.calls) == (7, 6)
        # the figures use them all
        assert [line.n for line in found.promises] == [6, 6]
        again_id = again.id
    _status, page = page_of(f"/audits/{again_id}/results")
    assert "4 judgements are left out of it: the calls had been judged in another audit." in page
    assert "1 judgement is left out of it: an incident about it had been decided before." in page


def test_a_departure_is_not_done_without_words_or_a_comment(
    floor: Floor, page_of: Callable[..., tuple[int, str]]
) -> None:
    with floor.app.app_context():
        sampled = sampled_calls(floor.drawn(size=1))[0]
        judging.judge(floor.claire, sampled, floor.approved, "faithful")
        judging.judge(floor.claire, sampled, floor.forbidden, "overpromised")
        db.session.commit()
        url = f"/audits/calls/{sampled.id}"
        with pytest.raises(Conflict):
            judging.finish(floor.claire, sampled)
        db.session.rollback()
    status, page = page_of(f"{url}/finish", method="POST", follow_redirects=True)
    assert status == 200
    assert "“certifié par l’État”: choose the words" in page
    with floor.app.app_context():
        again = sampled_calls(db.session.scalars(db.select(Audit)).one())[0]
        assert again.judged_at is None
        place = Place(0, 0, 900, "certifié par l’État")
        judging.judge(floor.claire, again, floor.forbidden, "overpromised", place=place)
        assert judging.finish(floor.claire, again).judged_at is not None
