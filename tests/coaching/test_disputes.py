"""An agent sees a note or a flag otherwise: who may, what the answer does, and what undoes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from callcoach.accounts.models import User
from callcoach.calls import operations as calls
from callcoach.calls import queries as call_queries
from callcoach.calls.models import Decision, Verdict
from callcoach.coaching.models import Dispute, DisputeState, Note
from callcoach.coaching.operations import disputes, notes
from callcoach.coaching.queries import disputes as queries
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice
from tests.factories.coaching import create_note
from tests.factories.disputes import create_dispute

from .conftest import Desk

WHY = "Il venait de dire qu’il avait deux minutes."


def _note(desk: Desk, **values: object) -> Note:
    return create_note(desk.call, desk.user("claire"), **values)


def _flag(desk: Desk) -> Verdict:
    verdict = calls.judge(desk.claire, desk.call, desk.point, Decision.CONFIRMED)
    db.session.commit()
    return verdict


def _told() -> set[tuple[str, str]]:
    found = db.session.execute(
        select(User.login, Notice.kind)
        .join(Notice, Notice.user_id == User.id)
        .where(Notice.seen_at.is_(None))
    ).all()
    return {(login, kind) for login, kind in found}


def test_a_note_is_seen_otherwise_and_the_supervisors_are_told_by_when(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        desk.call.campaign.dispute_hours = 12
        note = _note(desk)
        before = utc_now()
        dispute = disputes.open_dispute(desk.agent, desk.call, note, f"  {WHY} ")
        assert (dispute.text, dispute.state) == (WHY, DisputeState.OPEN)
        assert before <= dispute.due_at - timedelta(hours=12) <= utc_now()
        assert note.read_at is not None
        assert _told() == {("claire", "dispute.opened"), ("thomas", "dispute.opened")}
        values = [notice.values for notice in db.session.scalars(select(Notice))]
        assert values == [{"name": "Hanta R."}] * 2, "nothing of what was said"
        again = disputes.open_dispute(desk.agent, desk.call, note, "Encore une fois.")
        assert again.id == dispute.id
        assert again.text == WHY


@pytest.mark.parametrize("who", ["claire", "thomas", "admin", "lead", "colleague", "sponsor"])
def test_only_its_agent_sees_a_note_otherwise(app: Flask, desk: Desk, who: str) -> None:
    with app.app_context(), pytest.raises(NotFound):
        disputes.open_dispute(getattr(desk, who), desk.call, _note(desk), WHY)


@pytest.mark.parametrize(
    "values",
    [{"sent": False}, {"visibility": "private"}, {"deleted_at": utc_now()}],
    ids=["draft", "private", "deleted"],
)
def test_what_the_agent_does_not_read_cannot_be_disputed(
    app: Flask, desk: Desk, values: dict[str, object]
) -> None:
    with app.app_context(), pytest.raises(NotFound):
        disputes.open_dispute(desk.agent, desk.call, _note(desk, **values), WHY)


@pytest.mark.parametrize("text", ["", "   ", "x" * (disputes.MAX_LENGTH + 1)])
def test_a_reasoning_is_needed(app: Flask, desk: Desk, text: str) -> None:
    with app.app_context():
        with pytest.raises(InvalidInput):
            disputes.open_dispute(desk.agent, desk.call, _note(desk), text)
        assert db.session.scalars(select(Dispute)).all() == []


def test_an_unconfirmed_flag_is_not_there_to_be_disputed(app: Flask, desk: Desk) -> None:
    with app.app_context():
        key = f"m{desk.point.channel}-{desk.point.start_ms}-{desk.point.end_ms}-{desk.point.cause}"
        with pytest.raises(NotFound):
            queries.find_flag(desk.agent, desk.call, key)
        flag = _flag(desk)
        assert queries.find_flag(desk.agent, desk.call, key).id == flag.id
        calls.judge(desk.claire, desk.call, desk.point, Decision.REJECTED)
        with pytest.raises(NotFound):
            queries.find_flag(desk.agent, desk.call, key)
        with pytest.raises(NotFound):
            disputes.open_dispute(desk.agent, desk.call, flag, WHY)


def test_a_counter_moment_is_what_was_being_said_there(app: Flask, desk: Desk) -> None:
    with app.app_context():
        counter = disputes.counter_at(desk.agent, desk.call, 10_000)
        dispute = disputes.open_dispute(desk.agent, desk.call, _note(desk), WHY, counter=counter)
        assert dispute.counter_call_id == desk.call_id
        assert (dispute.counter_start_ms, dispute.counter_end_ms) == (9600, 12_000)
        with pytest.raises(InvalidInput):
            disputes.counter_at(desk.agent, desk.call, desk.call.duration_ms + 1)


def test_it_is_taken_back_and_let_wait_again(app: Flask, desk: Desk) -> None:
    with app.app_context():
        dispute = disputes.open_dispute(desk.agent, desk.call, _note(desk), WHY)
        due_at = dispute.due_at
        disputes.withdraw_dispute(desk.agent, dispute)
        assert _told() == set()
        assert queries.disputes_on(desk.claire, desk.call) == []
        disputes.restore_dispute(desk.agent, dispute)
        assert (dispute.state, dispute.due_at) == (DisputeState.OPEN, due_at)
        with pytest.raises(NotFound):
            disputes.withdraw_dispute(desk.claire, dispute)
        disputes.keep(desk.claire, dispute, "On l’entend respirer.")
        with pytest.raises(Conflict):
            disputes.withdraw_dispute(desk.agent, dispute)


def test_it_stays_with_a_reason_that_the_agent_is_told_of(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _note(desk)
        dispute = disputes.open_dispute(desk.agent, desk.call, note, WHY)
        with pytest.raises(InvalidInput):
            disputes.keep(desk.claire, dispute, " ")
        disputes.keep(desk.thomas, dispute, "On l’entend respirer.")
        assert (dispute.state, dispute.answered_by_id) == (DisputeState.KEPT, desk.ids["thomas"])
        assert _told() == {("hanta", "dispute.answered")}
        assert note.deleted_at is None
        with pytest.raises(Conflict):
            disputes.keep(desk.claire, dispute, "Encore.")
        with pytest.raises(Conflict):
            disputes.open_dispute(desk.agent, desk.call, note, "Et pourtant.")
        disputes.reopen(desk.thomas, dispute)
        assert (dispute.state, dispute.answer) == (DisputeState.OPEN, "")
        assert _told() == set()
        disputes.keep(desk.thomas, dispute, "On l’entend respirer.")
        disputes.mark_answers_seen(desk.agent, [dispute])
        with pytest.raises(Conflict):
            disputes.reopen(desk.thomas, dispute)


@pytest.mark.parametrize("who", ["lead", "stranger", "sponsor", "colleague"])
def test_an_answer_is_the_supervisors(app: Flask, desk: Desk, who: str) -> None:
    with app.app_context():
        dispute = disputes.open_dispute(desk.agent, desk.call, _note(desk), WHY)
        with pytest.raises(NotFound):
            queries.get_dispute(getattr(desk, who), dispute.id)
        with pytest.raises(NotFound):
            disputes.keep(getattr(desk, who), dispute, "Non.")
        with pytest.raises(NotAllowed):
            disputes.accept(desk.agent, dispute)


def test_accepting_puts_the_note_aside_and_undoing_brings_it_back(app: Flask, desk: Desk) -> None:
    with app.app_context():
        flag = _flag(desk)
        note = _note(desk, point=desk.point, verdict_id=flag.id)
        dispute = disputes.open_dispute(desk.agent, desk.call, note, WHY)
        disputes.accept(desk.claire, dispute, "Vous avez raison.", rejects_flag=True)
        assert note.deleted_at is not None
        assert flag.withdrawn_at is not None
        assert call_queries.visible_moments(desk.agent, desk.call) == []
        assert (dispute.state, dispute.answer) == (DisputeState.ACCEPTED, "Vous avez raison.")
        disputes.reopen(desk.claire, dispute)
        assert note.deleted_at is None
        assert flag.withdrawn_at is None
        assert [m.verdict for m in call_queries.visible_moments(desk.agent, desk.call)] == [flag]
        assert dispute.state == DisputeState.OPEN


def test_accepting_a_note_leaves_its_flag_unless_told(app: Flask, desk: Desk) -> None:
    with app.app_context():
        flag = _flag(desk)
        note = _note(desk, point=desk.point, verdict_id=flag.id)
        dispute = disputes.open_dispute(desk.agent, desk.call, note, WHY)
        disputes.accept(desk.claire, dispute)
        assert note.deleted_at is not None
        assert flag.withdrawn_at is None


def test_accepting_rejects_the_flag_and_undoing_confirms_it(app: Flask, desk: Desk) -> None:
    with app.app_context():
        flag = _flag(desk)
        dispute = disputes.open_dispute(desk.agent, desk.call, flag, WHY)
        disputes.accept(desk.thomas, dispute)
        assert desk.point.verdict is not None
        assert desk.point.verdict.decision == Decision.REJECTED
        disputes.reopen(desk.claire, dispute)
        assert desk.point.verdict_id == flag.id
        assert dispute.state == DisputeState.OPEN


def test_a_moment_that_no_analysis_flags_is_taken_back_and_comes_back(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        flag = calls.mark_missed(
            desk.claire,
            desk.call,
            channel=0,
            start_ms=2700,
            end_ms=4000,
            cause="rushed",
            quote="Bonjour",
        )
        dispute = disputes.open_dispute(desk.agent, desk.call, flag, WHY)
        disputes.accept(desk.claire, dispute)
        assert flag.withdrawn_at is not None
        disputes.reopen(desk.claire, dispute)
        assert flag.withdrawn_at is None
        assert [m.verdict for m in call_queries.visible_moments(desk.agent, desk.call)] == [flag]


def test_a_new_text_answers_and_can_be_seen_otherwise_in_turn(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _note(desk)
        dispute = disputes.open_dispute(desk.agent, desk.call, note, WHY)
        text = replace(notes.text_of(note), instead="Vous aviez dit deux minutes : je vais au but.")
        notes.edit_note(desk.thomas, desk.call, note, text, based_on=note.row_version)
        assert (dispute.state, dispute.answered_by_id) == (
            DisputeState.REWRITTEN,
            desk.ids["thomas"],
        )
        assert note.read_at is None
        assert _told() == {("hanta", "dispute.answered")}, "one news, not two"
        with pytest.raises(Conflict):
            disputes.reopen(desk.thomas, dispute)
        anew = disputes.open_dispute(desk.agent, desk.call, note, "Toujours pas.")
        assert anew.id != dispute.id


def test_who_reads_the_note_is_no_new_text(app: Flask, desk: Desk) -> None:
    with app.app_context():
        note = _note(desk, aim="keep")
        dispute = disputes.open_dispute(desk.agent, desk.call, note, WHY)
        text = replace(notes.text_of(note), visibility="team")
        notes.edit_note(desk.claire, desk.call, note, text, based_on=note.row_version)
        assert dispute.state == DisputeState.OPEN


def test_a_note_on_the_flag_answers_and_taking_it_back_does_not(app: Flask, desk: Desk) -> None:
    with app.app_context():
        flag = _flag(desk)
        dispute = disputes.open_dispute(desk.agent, desk.call, flag, WHY)
        text = notes.NoteText(
            channel=desk.point.channel,
            start_ms=desk.point.start_ms,
            end_ms=desk.point.end_ms,
            quote="mot",
            instead="autre",
            cause=desk.point.cause,
        )
        draft = notes.save_draft(desk.claire, desk.call, text, point=desk.point)
        assert dispute.state == DisputeState.OPEN, "a draft is nobody's answer"
        notes.send_note(desk.claire, desk.call, draft, text, based_on=draft.row_version)
        assert dispute.state == DisputeState.REWRITTEN
        notes.unsend_note(desk.claire, desk.call, draft)
        assert dispute.state == DisputeState.OPEN


def test_deleting_the_note_or_rejecting_the_flag_by_hand_accepts(app: Flask, desk: Desk) -> None:
    with app.app_context():
        flag, note = _flag(desk), _note(desk)
        on_note = disputes.open_dispute(desk.agent, desk.call, note, WHY)
        on_flag = disputes.open_dispute(desk.agent, desk.call, flag, WHY)
        notes.delete_note(desk.claire, desk.call, note)
        rejected = calls.judge(desk.thomas, desk.call, desk.point, Decision.REJECTED)
        assert on_note.state == on_flag.state == DisputeState.ACCEPTED
        assert on_flag.answered_by_id == desk.ids["thomas"]
        notes.restore_note(desk.claire, desk.call, note)
        calls.withdraw_verdict(desk.thomas, desk.call, rejected)
        assert on_note.state == on_flag.state == DisputeState.OPEN


def test_what_is_due_first_comes_first_and_late_ones_can_still_be_answered(
    app: Flask, desk: Desk
) -> None:
    with app.app_context():
        agent = {"agent_id": desk.ids["agent"]}
        now = utc_now()
        later = create_dispute(_note(desk), due_at=now + timedelta(hours=9), **agent)
        late = create_dispute(_note(desk), due_at=now - timedelta(hours=1), **agent)
        soon = create_dispute(_note(desk), due_at=now + timedelta(hours=1), **agent)
        found = queries.open_disputes(desk.claire)
        assert [each.id for each in found.items] == [late.id, soon.id, later.id]
        assert found.total == 3
        assert queries.next_open(desk.claire, late) == soon.id
        for who in (desk.lead, desk.agent, desk.stranger, desk.sponsor):
            assert queries.open_disputes(who).total == 0
        disputes.keep(desk.claire, late, "Trop tard pour être poli, mais voici.")
        disputes.keep(desk.claire, soon, "On l’entend respirer.")
        assert queries.answered_in_time(desk.claire) == queries.InTime(1, 2)
        assert queries.answered_in_time(desk.thomas) == queries.InTime(0, 0)
