"""Listening requests: an agent asks, a supervisor answers."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callcoach.coaching.models import ListeningRequest, RequestAnswer
from callcoach.coaching.operations import requests
from callcoach.errors import CallCoachError, Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db
from tests.factories.coaching import create_note

from .conftest import Desk


def _asked(desk: Desk, at_ms: int | None = 11_500, text: str = "") -> ListeningRequest:
    request = requests.request_listening(desk.agent, desk.call, at_ms=at_ms, text=text)
    db.session.commit()
    return request


def test_a_mark_lies_on_the_turn_under_way(app: Flask, desk: Desk) -> None:
    with app.app_context():
        request = _asked(desk, 11_500, "  Pourquoi il se ferme ? ")
        assert (request.channel, request.start_ms, request.end_ms) == (1, 9600, 12_000)
        assert request.quote == "On a déjà un outil, depuis l'an dernier."
        assert request.text == "Pourquoi il se ferme ?"
        assert request.is_moment


def test_a_mark_in_silence_lies_on_what_was_said_last(app: Flask, desk: Desk) -> None:
    with app.app_context():
        request = _asked(desk, 24_700)
        assert request.channel == 0
        assert request.start_ms is not None
        assert request.end_ms is not None
        assert 12_200 <= request.start_ms < request.end_ms <= 24_000


def test_a_mark_in_a_long_turn_keeps_to_what_is_near(app: Flask, desk: Desk) -> None:
    with app.app_context():
        call = desk.call
        assert call.current_analysis is not None
        call.current_analysis.turns[3].end_ms = 180_000
        call.duration_ms = 200_000
        request = _asked(desk, 100_000)
        assert request.start_ms is not None
        assert request.end_ms is not None
        assert request.start_ms <= 100_000 <= request.end_ms
        assert request.end_ms - request.start_ms <= 20_000


def test_a_whole_call_has_no_moment(app: Flask, desk: Desk) -> None:
    with app.app_context():
        request = _asked(desk, None)
        assert not request.is_moment
        assert (request.channel, request.start_ms, request.end_ms) == (None, None, None)


@pytest.mark.parametrize("state", ["failed", "queued"])
def test_a_call_without_words_can_be_asked_for(app: Flask, desk: Desk, state: str) -> None:
    with app.app_context():
        call = desk.call
        call.state, call.current_analysis_id = state, None
        request = _asked(desk, 11_500)
        assert (request.start_ms, request.end_ms, request.quote) == (7500, 11_500, "")


def test_the_same_is_asked_once_until_it_is_answered(app: Flask, desk: Desk) -> None:
    with app.app_context():
        first = _asked(desk)
        with pytest.raises(Conflict):
            _asked(desk)
        requests.answer_request(desk.claire, first, RequestAnswer.LISTENED)
        db.session.commit()
        _asked(desk)


def test_what_waits_on_one_call_is_bounded(app: Flask, desk: Desk) -> None:
    with app.app_context():
        call = desk.call
        call.current_analysis_id = None
        for second in range(requests.MAX_OPEN_PER_CALL):
            _asked(desk, 5000 + second * 1000)
        with pytest.raises(Conflict, match="waiting"):
            _asked(desk, None)


@pytest.mark.parametrize("at_ms", [-1, 30_001])
def test_a_moment_outside_the_call_is_refused(app: Flask, desk: Desk, at_ms: int) -> None:
    with app.app_context(), pytest.raises(InvalidInput):
        requests.request_listening(desk.agent, desk.call, at_ms=at_ms)


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("colleague", NotFound),
        ("stranger", NotFound),
        ("sponsor", NotFound),
        ("claire", NotAllowed),
        ("lead", NotAllowed),
    ],
)
def test_only_the_calls_own_agent_asks(
    app: Flask, desk: Desk, who: str, error: type[CallCoachError]
) -> None:
    with app.app_context(), pytest.raises(error):
        requests.request_listening(getattr(desk, who), desk.call)


def test_a_request_is_taken_back_and_asked_again(app: Flask, desk: Desk) -> None:
    with app.app_context():
        request = _asked(desk)
        requests.withdraw_request(desk.agent, request)
        with pytest.raises(NotFound, match="taken"):
            requests.answer_request(desk.claire, request, RequestAnswer.LISTENED)
        requests.restore_request(desk.agent, request)
        requests.answer_request(desk.claire, request, "turns_here", text="Oui, sur « mardi »")
        db.session.commit()
        assert request.answer == RequestAnswer.TURNS_HERE
        with pytest.raises(Conflict):
            requests.withdraw_request(desk.agent, request)
        with pytest.raises(NotFound):
            requests.withdraw_request(desk.colleague, request)


def test_an_answer_is_undone_until_the_agent_has_read_it(app: Flask, desk: Desk) -> None:
    with app.app_context():
        request = _asked(desk)
        note = create_note(desk.call, desk.user("claire"))
        requests.answer_request(desk.claire, request, RequestAnswer.NOTED, note=note)
        assert request.note_id == note.id
        requests.reopen_request(desk.claire, request)
        assert (request.answer, request.answered_at, request.note_id) == (None, None, None)
        requests.answer_request(desk.thomas, request, RequestAnswer.NOT_HERE)
        requests.mark_answers_seen(desk.colleague, [request])
        assert request.seen_at is None, "it is not theirs"
        requests.mark_answers_seen(desk.agent, [request])
        with pytest.raises(Conflict):
            requests.reopen_request(desk.thomas, request)


@pytest.mark.parametrize(
    ("who", "error"),
    [("lead", NotAllowed), ("agent", NotAllowed), ("colleague", NotFound), ("stranger", NotFound)],
)
def test_only_supervisors_answer(
    app: Flask, desk: Desk, who: str, error: type[CallCoachError]
) -> None:
    with app.app_context():
        request = _asked(desk)
        with pytest.raises(error):
            requests.answer_request(getattr(desk, who), request, RequestAnswer.LISTENED)


def test_an_unknown_answer_is_refused(app: Flask, desk: Desk) -> None:
    with app.app_context(), pytest.raises(InvalidInput):
        requests.answer_request(desk.claire, _asked(desk), "whatever")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at_ms=st.integers(0, 30_000))
def test_a_mark_anywhere_lies_in_its_call(app: Flask, desk: Desk, at_ms: int) -> None:
    with app.app_context():
        request = requests.request_listening(desk.agent, desk.call, at_ms=at_ms)
        assert request.start_ms is not None
        assert request.end_ms is not None
        assert 0 <= request.start_ms < request.end_ms <= 30_000
        db.session.rollback()
