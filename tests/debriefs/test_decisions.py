"""Decisions: taken once, given to somebody, changed, closed, and open again in the next debrief."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.debriefs.decision_presenters import view_of
from callcoach.debriefs.effect_models import Effect
from callcoach.debriefs.models import Debrief, Decision, DecisionState
from callcoach.debriefs.operations import deciding
from callcoach.debriefs.operations import decisions as operations
from callcoach.debriefs.operations.decisions import Links
from callcoach.debriefs.queries import decision_links as links
from callcoach.debriefs.queries import decisions as queries
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice
from callcoach.progress.models import SignKind
from callcoach.progress.operations.objectives import Aim
from callcoach.progress.signs import Sign
from callcoach.script_fit.models import ChangeRequest, RequestState
from callcoach.script_fit.operations.requests import Wish
from tests.debriefs.conftest import Floor
from tests.factories.debriefs import create_debrief, create_decision, create_moment
from tests.factories.drills import create_drill
from tests.factories.trials import create_script_in_force

TODAY = utc_now().date()


def _held(floor: Floor, state: str = "running", **values: object) -> Debrief:
    return create_debrief([floor.team], floor.user("claire"), state, **values)


def _decide(
    floor: Floor, debrief: Debrief, viewer: Viewer | None = None, **values: object
) -> Decision:
    facts = {"client_id": str(uuid.uuid4()), "text": "On laisse deux secondes.", **values}
    return operations.decide(viewer or floor.claire, debrief, **facts)  # type: ignore[arg-type]


def _told(floor: Floor, name: str) -> list[tuple[str, str]]:
    found = db.session.query(Notice).filter_by(user_id=floor.ids[name], seen_at=None)
    return [(notice.kind, notice.path) for notice in found if "decision" in notice.kind]


def test_what_is_sent_twice_is_taken_once_and_its_owner_told_once(app: Flask, floor: Floor) -> None:
    with app.test_request_context():
        debrief, client_id = _held(floor), str(uuid.uuid4())
        due = TODAY + timedelta(days=3)
        first, again = (
            _decide(floor, debrief, client_id=client_id, owner_id=floor.ids["agent"], due_on=due)
            for _ in range(2)
        )
        assert first is again
        assert [row.id for row in debrief.decisions] == [first.id]
        assert _told(floor, "agent") == [("debrief.decision", "/my/debriefs#decisions")]
        with pytest.raises(Conflict):
            _decide(floor, _held(floor), client_id=client_id)
        operations.remove(floor.claire, first)
        assert _told(floor, "agent") == []
        # a retry that comes late brings nothing back
        assert _decide(floor, debrief, client_id=client_id).deleted_at is not None
        operations.remove(floor.claire, first, undo=True)
        assert first.deleted_at is None
        assert len(_told(floor, "agent")) == 1


def test_who_may_decide_and_for_whom(app: Flask, floor: Floor) -> None:
    with app.test_request_context():
        debrief = _held(floor)
        assert _decide(floor, debrief, floor.lead, owner_id=floor.ids["colleague"]).owner_id
        for viewer in (floor.agent, floor.stranger, floor.sponsor):
            with pytest.raises(NotFound):
                _decide(floor, debrief, viewer)
        for name in ("stranger", "sponsor"):
            with pytest.raises(InvalidInput):
                _decide(floor, debrief, owner_id=floor.ids[name])
        with pytest.raises(Conflict):
            _decide(floor, floor.debrief)  # planned: nothing has been said yet
        with pytest.raises(InvalidInput):
            _decide(floor, debrief, text="  ")
        with pytest.raises(InvalidInput):
            _decide(floor, debrief, client_id="../x")
        with pytest.raises(NotFound):
            _decide(floor, debrief, item_id=create_moment(floor.debrief, floor.call).id)


def test_a_change_over_somebody_elses_is_shown_and_the_new_owner_told(
    app: Flask, floor: Floor
) -> None:
    with app.test_request_context():
        decision = _decide(floor, _held(floor), owner_id=floor.ids["agent"])
        facts: dict[str, Any] = {"owner_id": floor.ids["colleague"], "due_on": None}
        operations.edit(floor.claire, decision, text="Deux secondes", **facts, based_on=1)
        assert _told(floor, "agent") == []
        assert [kind for kind, _path in _told(floor, "colleague")] == ["debrief.decision_open"]
        with pytest.raises(StaleVersion) as refused:
            operations.edit(floor.lead, decision, text="Trois", **facts, based_on=1)
        assert refused.value.values["theirs"] == "Deux secondes"


def test_its_owner_says_that_it_is_done_and_only_who_leads_drops_it(
    app: Flask, floor: Floor
) -> None:
    with app.test_request_context():
        decision = _decide(floor, _held(floor), owner_id=floor.ids["agent"])
        with pytest.raises(NotFound):
            operations.close(floor.colleague, decision, "done")
        with pytest.raises(InvalidInput):
            operations.close(floor.agent, decision, "dropped", "Pas le temps")
        operations.close(floor.agent, decision, "done")
        with pytest.raises(Conflict):
            operations.close(floor.claire, decision, "done")
        operations.reopen(floor.agent, decision)
        with pytest.raises(InvalidInput):
            operations.close(floor.claire, decision, "dropped")
        operations.close(floor.claire, decision, "dropped", "Le script a changé.")
        assert (decision.state, decision.closing_text) == ("dropped", "Le script a changé.")
        with pytest.raises(Conflict):
            operations.reopen(floor.agent, decision)


def test_open_decisions_come_back_in_the_next_debrief_of_the_team_alone(
    app: Flask, floor: Floor
) -> None:
    with app.test_request_context():
        past = _held(floor, "done")
        late = create_decision(past, due_on=TODAY - timedelta(days=2), text="En retard")
        undated = create_decision(past, due_on=None, text="Sans date")
        create_decision(past, state=DecisionState.DONE)
        create_decision(past, deleted_at=utc_now())
        create_decision(_held(floor, "done", agent_id=floor.ids["agent"]), text="À deux")
        wider = create_debrief(
            [floor.team, db.session.get_one(type(floor.team), floor.other_team_id)],
            floor.user("claire"),
            "done",
        )
        create_decision(wider, text="Avec Tunis")
        assert queries.open_before(floor.claire, floor.debrief) == [late, undated]
        alone = create_debrief([floor.team], floor.user("claire"), agent_id=floor.ids["agent"])
        assert [row.text for row in queries.open_before(floor.claire, alone)] == ["À deux"]
        found = queries.list_decisions(floor.claire, state="overdue", today=TODAY)
        assert [row.text for row in found] == ["En retard"]
        assert queries.list_decisions(floor.stranger, today=TODAY) == []


def test_what_is_about_one_agent_stays_off_a_shared_screen(app: Flask, floor: Floor) -> None:
    with app.test_request_context():
        past = _held(floor, "done")
        item = create_moment(past, floor.call)
        decision = create_decision(past, item_id=item.id, text="Hanta reformule d’abord.")
        assert view_of(floor.claire, decision).text == "Hanta reformule d’abord."
        assert view_of(floor.claire, decision, is_shared=True).text == "… reformule d’abord."


def test_a_decision_makes_a_request_and_proposes_itself_as_done_once_it_is_merged(
    app: Flask, floor: Floor
) -> None:
    with app.test_request_context():
        script = create_script_in_force(floor.team)
        decision = _decide(floor, _held(floor))
        wish = Wish("Moins long", "Bonjour", section_kind="opening")
        with pytest.raises(NotFound):
            deciding.ask_change(floor.lead, decision, script.campaign_id, wish)
        request = deciding.ask_change(floor.claire, decision, script.campaign_id, wish)
        assert view_of(floor.claire, decision).proposes == ""
        db.session.get_one(ChangeRequest, request.id).state = RequestState.MERGED
        assert view_of(floor.claire, decision).proposes
        # the floor's leads neither work on scripts nor see what is asked there
        assert view_of(floor.lead, decision).links == ()
        operations.close(floor.claire, decision, "done")
        assert view_of(floor.claire, decision).proposes == ""


def test_a_decision_gives_a_drill_and_is_done_when_all_have_done_it(
    app: Flask, floor: Floor
) -> None:
    with app.test_request_context():
        drill = create_drill(floor.call)
        decision = _decide(floor, _held(floor))
        agents = [floor.ids["agent"], floor.ids["colleague"]]
        given = deciding.give_drill(floor.claire, decision, drill.id, agents, None)
        assert len(given.new) == 2
        given.new[0].done_at = utc_now()
        db.session.flush()
        assert view_of(floor.claire, decision).proposes == ""
        given.new[1].done_at = utc_now()
        db.session.flush()
        assert view_of(floor.claire, decision).proposes
        with pytest.raises(InvalidInput):
            deciding.give_drill(floor.claire, decision, drill.id, [floor.ids["stranger"]], None)


def test_a_decision_proposes_an_objective_that_others_do_not_see(app: Flask, floor: Floor) -> None:
    with app.test_request_context():
        decision = _decide(floor, _held(floor), owner_id=floor.ids["colleague"])
        aim = Aim("Reformuler", "", "", None, True, TODAY, TODAY + timedelta(days=20))
        deciding.propose(floor.claire, decision, floor.ids["agent"], floor.campaign_id, aim)
        assert [link.label for link in view_of(floor.claire, decision).links] == ["Reformuler"]
        assert view_of(floor.colleague, decision).links == ()
        assert view_of(floor.lead, decision).links == ()
        # changing its words leaves what somebody else linked
        operations.edit(
            floor.lead, decision, text="Autrement", owner_id=None, due_on=None, based_on=2
        )
        assert decision.objective_id is not None
        assert links.notes_for(floor.claire, decision.debrief) == []
        with pytest.raises(NotFound):
            operations.edit(
                floor.claire,
                decision,
                text="Autrement",
                owner_id=None,
                due_on=None,
                links=Links(note_id=987_654),
                based_on=3,
            )


def test_a_decision_is_followed_in_calls_of_the_team_and_never_of_one_agent(
    app: Flask, floor: Floor
) -> None:
    with app.test_request_context():
        decision, sign = _decide(floor, _held(floor)), Sign(SignKind.EXPRESSION, "vous clôturez")
        with pytest.raises(NotAllowed):
            deciding.watch(floor.lead, decision, None, sign, is_wanted=True)
        effect = deciding.watch(floor.claire, decision, None, sign, is_wanted=True)
        kept = db.session.get_one(Effect, effect.id)
        assert (kept.team_id, kept.started_at) == (floor.team_id, decision.created_at)
        shown = view_of(floor.claire, decision).effect
        assert shown is not None and shown.is_wanted
        alone = _decide(floor, _held(floor, agent_id=floor.ids["agent"]))
        with pytest.raises(Conflict):
            deciding.watch(floor.claire, alone, None, sign, is_wanted=True)
