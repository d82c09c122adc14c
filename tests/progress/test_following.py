"""Which calls show what became of a note, and what is found in them."""

from __future__ import annotations

import pytest
from flask import Flask

from callcoach.accounts.models import Role
from callcoach.calls import operations as calls
from callcoach.calls.events import words_changed
from callcoach.calls.models import CallKind, TippingPoint, TurnCorrection
from callcoach.coaching.models import NoteAim, Visibility
from callcoach.extensions import db, utc_now
from callcoach.progress.counting import Saying
from callcoach.progress.models import Recheck, RecheckListen, RecheckState, SignKind
from callcoach.progress.operations import following, hearing
from callcoach.progress.queries import rechecks as queries
from callcoach.progress.signs import Sign, suggest
from callcoach.tuning.models import Standing
from callcoach.tuning.operations import set_standing
from tests.coaching.conftest import Desk
from tests.factories.accounts import create_user
from tests.factories.campaigns import create_campaign
from tests.factories.coaching import create_note
from tests.progress.steps import call_at, followed, listen_of, rows, take_flags


@pytest.fixture(autouse=True)
def _context(app: Flask):
    with app.app_context():
        yield


def test_calls_around_the_note_are_counted_and_its_own_is_not(desk: Desk):
    before = [call_at(desk, -n, flagged=n % 2 == 0) for n in (1, 2, 3)]
    call_at(desk, -70, flagged=True)
    recheck = followed(desk)
    after = [call_at(desk, n, flagged=n == 1) for n in (1, 2)]
    assert listen_of(recheck, desk.call) is None
    assert [listen_of(recheck, call).is_before for call in (*before, *after)] == [True] * 3 + [
        False
    ] * 2
    counts = queries.tally_of(recheck)
    assert (counts.before.count, counts.before.total) == (1, 3)
    assert (counts.after.count, counts.after.total) == (1, 2)
    assert counts.to_hear == 1
    assert counts.saying is Saying.TOO_EARLY


def test_other_calls_do_not_count(desk: Desk):
    recheck = followed(desk)
    team = desk.call.team
    call_at(desk, 1, agent=desk.user("colleague"))
    call_at(desk, 1, campaign=create_campaign(teams=[team]))
    call_at(desk, 1, kind=CallKind.GATEKEEPER)
    call_at(desk, 1, agent=None)
    assert rows(recheck) == []


def test_an_older_call_imported_later_counts_by_its_day(desk: Desk):
    recheck = followed(desk)
    call_at(desk, 3)
    old = call_at(desk, -3, flagged=True)
    assert listen_of(recheck, old).is_before
    assert sorted(rows(recheck)) == [(False, False), (True, True)]


@pytest.mark.parametrize(
    "values",
    [
        {"aim": NoteAim.KEEP},
        {"visibility": Visibility.PRIVATE},
        {"sent": False},
    ],
    ids=["keep", "private", "draft"],
)
def test_only_changes_asked_of_an_agent_are_followed(desk: Desk, values):
    note = create_note(desk.call, desk.user("claire"), **values)
    assert following.start_recheck(note) is None
    assert db.session.query(Recheck).count() == 0


def test_twice_is_once(desk: Desk):
    recheck = followed(desk)
    call = call_at(desk, 1, flagged=True)
    for _ in range(3):
        words_changed(call)
        following.gather(recheck)
        following.start_recheck(recheck.note)
    db.session.commit()
    assert rows(recheck) == [(False, True)]


def test_what_the_note_names_is_the_sign():
    assert suggest("ignored_objection", "", ()) == Sign(SignKind.CAUSE, "ignored_objection")
    quote = "Bonjour, est-ce que je vous dérange ?"
    quoted = ("Il entend « Je vous dérange » et s’en saisit.",)
    assert suggest("", quote, quoted) == Sign(SignKind.EXPRESSION, "Je vous dérange")
    assert suggest("reformulation", quote, ("« autre chose »",)) == Sign(SignKind.EARS)


def test_an_expression_is_found_in_the_agents_words_only(desk: Desk):
    recheck = followed(desk)
    call = call_at(desk, 1)
    hearing.change_sign(desk.claire, recheck, Sign(SignKind.EXPRESSION, "une démonstration mardi"))
    found = listen_of(recheck, call)
    assert found.is_detected
    assert 12_200 <= found.start_ms < found.end_ms < 24_000
    hearing.change_sign(desk.claire, recheck, Sign(SignKind.EXPRESSION, "on a déjà un outil"))
    assert listen_of(recheck, call).is_detected is False


def test_a_corrected_turn_is_read_as_it_was_corrected(desk: Desk):
    recheck = followed(desk)
    hearing.change_sign(desk.claire, recheck, Sign(SignKind.EXPRESSION, "je me permets d’insister"))
    call = call_at(desk, 1)
    assert listen_of(recheck, call).is_detected is False
    correction = TurnCorrection(
        call_id=call.id,
        channel=0,
        start_ms=12_200,
        end_ms=24_000,
        replaced_text="x",
        text="Alors je me permets d'insister un peu.",
    )
    db.session.add(correction)
    db.session.flush()
    words_changed(call)
    assert listen_of(recheck, call).is_detected


@pytest.mark.parametrize(
    ("bound", "is_upper", "expected"), [(0.6, True, True), (0.7, True, False), (0.7, False, True)]
)
def test_a_figure_beyond_its_bound_is_found(desk: Desk, bound, is_upper, expected):
    recheck = followed(desk)
    call = call_at(desk, 1)
    call.current_analysis.figures = {
        "agent_talk_share": {"value": 0.66, "unit": "ratio", "reason": None}
    }
    sign = Sign(SignKind.FIGURE, "agent_talk_share", bound, is_upper)
    hearing.change_sign(desk.claire, recheck, sign)
    found = listen_of(recheck, call)
    assert (found.is_detected, found.value) == (expected, 0.66)


def test_a_figure_that_is_missing_cannot_be_counted(desk: Desk):
    recheck = followed(desk)
    call = call_at(desk, 1)
    sign = Sign(SignKind.FIGURE, "agent_rate", 6.0)
    hearing.change_sign(desk.claire, recheck, sign)
    assert listen_of(recheck, call).is_detected is None
    assert queries.tally_of(recheck).after.total == 0


def test_ears_are_led_to_the_answer_to_the_like_line(desk: Desk):
    recheck = followed(desk, cause="")
    found = listen_of(recheck, call_at(desk, 1))
    assert recheck.sign == SignKind.EARS
    assert found.is_detected is None
    # what follows "On a déjà un outil", as in the note's own call
    assert (found.channel, found.start_ms, found.end_ms) == (0, 12_200, 24_000)


def test_a_new_analysis_keeps_what_was_heard(desk: Desk):
    recheck = followed(desk)
    call = call_at(desk, 1, flagged=True)
    listen = listen_of(recheck, call)
    hearing.hear(desk.claire, listen, "held")
    take_flags(call)
    words_changed(call)
    db.session.commit()
    listen = listen_of(recheck, call)
    assert (listen.is_detected, listen.heard, listen.start_ms) == (False, "held", 12_200)


def test_a_call_of_another_kind_leaves_and_comes_back(desk: Desk):
    recheck = followed(desk)
    call = call_at(desk, 1)
    calls.set_kind(desk.claire, call, "voicemail")
    assert listen_of(recheck, call) is None
    calls.set_kind(desk.claire, call, "target")
    assert listen_of(recheck, call) is not None


def test_another_agents_call_leaves_unless_it_was_heard(desk: Desk):
    recheck = followed(desk)
    quiet, heard = call_at(desk, 1), call_at(desk, 2)
    hearing.hear(desk.claire, listen_of(recheck, heard), "held")
    other = create_user(Role.AGENT, teams=[desk.call.team])
    for call in (quiet, heard):
        calls.edit_call(desk.claire, call, {"agent_id": other.id})
    assert listen_of(recheck, quiet) is None
    assert listen_of(recheck, heard).heard == "held"
    assert queries.tally_of(recheck).heard.total == 0


def test_deleted_and_purged_calls_do_not_count(desk: Desk):
    recheck = followed(desk)
    aside, gone = call_at(desk, 1, flagged=True), call_at(desk, 2, flagged=True)
    calls.delete_call(desk.claire, aside)
    assert queries.tally_of(recheck).after.total == 1
    calls.purge_call(gone)
    db.session.commit()
    db.session.expire_all()
    assert queries.tally_of(recheck).after.total == 0
    calls.restore_call(desk.claire, aside)
    assert queries.tally_of(recheck).after.total == 1
    # the note's own call takes the note and its recheck along
    calls.purge_call(desk.call)
    db.session.commit()
    assert db.session.query(Recheck).count() == db.session.query(RecheckListen).count() == 0


def test_flags_held_back_or_rejected_are_not_found(desk: Desk):
    recheck = followed(desk)
    call = call_at(desk, 1, flagged=True)
    point = db.session.query(TippingPoint).filter_by(analysis_id=call.current_analysis_id).one()
    set_standing(None, call.campaign, point.detector, point.cause, Standing.HIDDEN)
    words_changed(call)
    assert listen_of(recheck, call).is_detected is False
    set_standing(None, call.campaign, point.detector, point.cause, Standing.ACTIVE)
    words_changed(call)
    assert listen_of(recheck, call).is_detected
    calls.judge(desk.claire, call, point, "rejected")
    assert listen_of(recheck, call).is_detected is False


def test_whoever_confirms_the_flag_has_heard_it_come_back(desk: Desk):
    recheck = followed(desk)
    call = call_at(desk, 1, flagged=True)
    point = db.session.query(TippingPoint).filter_by(analysis_id=call.current_analysis_id).one()
    verdict = calls.judge(desk.thomas, call, point, "confirmed")
    listen = listen_of(recheck, call)
    assert (listen.heard, listen.heard_by_id) == ("came_back", desk.thomas.user_id)
    assert queries.tally_of(recheck).saying is Saying.CAME_BACK
    calls.withdraw_verdict(desk.thomas, call, verdict)
    assert listen_of(recheck, call).heard is None


def test_a_note_sent_anew_is_followed_from_then_on(desk: Desk):
    recheck = followed(desk)
    call = call_at(desk, 1)
    recheck.note.sent_at = utc_now()
    following.start_recheck(recheck.note)
    assert listen_of(recheck, call).is_before


def test_what_came_back_for_good_takes_no_further_calls(desk: Desk):
    recheck = followed(desk)
    recheck.state = RecheckState.CAME_BACK
    call_at(desk, 1)
    assert rows(recheck) == []
