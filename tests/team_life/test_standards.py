"""Standards: in force, in their order, retired and brought back; made from a decision."""

from __future__ import annotations

import pytest
from flask import Flask

from callcoach.accounts.models import Team
from callcoach.debriefs.models import Decision
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.team_life.models import TeamStandard
from callcoach.team_life.operations import standards
from callcoach.team_life.queries import pages
from tests.coaching.conftest import Desk
from tests.factories.debriefs import create_debrief, create_decision, create_standard


@pytest.fixture(autouse=True)
def _context(app: Flask):
    with app.test_request_context():
        yield


@pytest.fixture
def team(desk: Desk) -> Team:
    return db.session.get_one(Team, desk.team_id)


def _texts(team: Team) -> list[str]:
    return [item.text for item in pages.standards_of(team)]


def _add(desk: Desk, team: Team, text: str) -> TeamStandard:
    return standards.add_standard(desk.lead, team, text)


def test_standards_keep_their_order_through_moving_retiring_and_bringing_back(
    desk: Desk, team: Team
):
    one, two, three = (_add(desk, team, text) for text in ("Un", "Deux", "Trois"))
    standards.move_standard(desk.lead, three, -1)
    assert _texts(team) == ["Un", "Trois", "Deux"]
    standards.move_standard(desk.lead, one, -5)
    assert _texts(team) == ["Un", "Trois", "Deux"], "the first stays the first"
    standards.retire_standard(desk.lead, three)
    assert _texts(team) == ["Un", "Deux"]
    assert [item.text for item in pages.retired_of(team)] == ["Trois"]
    with pytest.raises(Conflict):
        standards.move_standard(desk.lead, three, 1)
    standards.restore_standard(desk.lead, three)
    standards.restore_standard(desk.lead, three)
    assert _texts(team) == ["Un", "Trois", "Deux"]
    assert two.retired_at is None


def test_a_standard_is_one_sentence_and_there_only_once(desk: Desk, team: Team):
    first = _add(desk, team, "  On laisse   deux secondes. ")
    assert first.text == "On laisse deux secondes."
    for text, error in (
        ("", InvalidInput),
        ("a" * 301, InvalidInput),
        ("ON LAISSE deux secondes.", Conflict),
    ):
        with pytest.raises(error):
            _add(desk, team, text)
    retired = create_standard(team, text="On laisse deux secondes.", retired_at=utc_now())
    with pytest.raises(Conflict):
        standards.restore_standard(desk.lead, retired)
    for number in range(standards.MOST_STANDARDS - 1):
        _add(desk, team, f"Standard {number}")
    with pytest.raises(Conflict):
        _add(desk, team, "Un de trop")


def test_two_who_edit_at_once_are_told(desk: Desk, team: Team):
    standard = _add(desk, team, "On reformule")
    standards.edit_standard(desk.claire, standard, "On reformule d’abord", "Pourquoi", based_on=1)
    with pytest.raises(StaleVersion):
        standards.edit_standard(desk.lead, standard, "Autre", "", based_on=1)
    assert (standard.text, standard.detail) == ("On reformule d’abord", "Pourquoi")


def test_a_decision_of_the_team_becomes_a_standard_and_none_of_a_one_to_one(desk: Desk, team: Team):
    claire = desk.user("claire")
    decision = create_decision(create_debrief([team], claire, "done"))
    found = pages.decision_for(desk.lead, team, decision.id)
    standard = standards.add_standard(desk.lead, team, decision.text, decision=found)
    assert standard.decision_id == decision.id
    private = create_decision(create_debrief([team], claire, "done", agent_id=desk.ids["agent"]))
    with pytest.raises(NotFound):
        pages.decision_for(desk.claire, team, private.id)
    with pytest.raises(NotFound):
        pages.decision_for(desk.stranger, team, decision.id)
    db.session.delete(db.session.get_one(Decision, decision.id))
    db.session.commit()
    db.session.refresh(standard)
    assert (standard.decision_id, standard.retired_at) == (None, None), "it outlives its decision"
