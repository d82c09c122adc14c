"""Who was reached: guessed, said by an export, corrected by people; and who wins."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent, Role, User
from callcoach.accounts.queries import viewer_of
from callcoach.calls import operations, recogniser
from callcoach.calls.models import AnalysisRun, Call, CallKind, KindSource
from callcoach.calls.subjects import ANALYSE, subject_of
from callcoach.errors import InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, write_transaction
from callcoach.jobs.operations import enqueue
from callcoach.speech.fake import FakeTranscriber
from tests.factories.accounts import create_team, create_user
from tests.factories.calls import create_call

from .conftest import Floor, ImportSample, RunJobs

SignIn = Callable[[User | int], FlaskClient]

#: What each side of the short recording says, a phrase a region of voice; see `FakeTranscriber`.
RECEPTIONIST = (
    ["pourriez-vous me passer monsieur Ferrand s'il vous plaît"] + ["merci madame"] * 30,
    ["standard bonjour", "qui dois-je annoncer", "il est en réunion"] + ["oui"] * 30,
)


def _call(call_id: int) -> Call:
    return db.session.get_one(Call, call_id, populate_existing=True)


def _said(call_id: int) -> tuple[str, str]:
    call = _call(call_id)
    return str(call.kind), str(call.kind_source)


@pytest.fixture
def receptionist(run_jobs: RunJobs) -> None:
    """Recognition hears a receptionist on every recording, whatever `run_jobs` put in its place."""
    recogniser.use_transcriber(lambda _settings: FakeTranscriber(RECEPTIONIST))


def _analyse_again(app: Flask, call_id: int, run_jobs: RunJobs) -> None:
    with app.app_context(), write_transaction():
        enqueue(ANALYSE, subject_of(call_id), viewer=Viewer.system(), again=True)
        db.session.commit()
    assert run_jobs() == [ANALYSE]


@pytest.mark.usefixtures("receptionist")
def test_the_analysis_says_who_was_reached_where_nobody_did(
    app: Flask, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample(agent_channel="left")
    with app.app_context():
        assert _said(call_id) == ("target", "analysis")
    run_jobs()
    with app.app_context():
        assert _said(call_id) == ("gatekeeper", "analysis")
        run = _call(call_id).current_analysis
        assert run is not None
        assert run.kind == "gatekeeper"
        assert run.kind_confidence is not None
        assert run.kind_confidence > 0.5
        assert any("annoncer" in str(reason["values"]) for reason in run.kind_reasons)


@pytest.mark.usefixtures("receptionist")
@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"kind": "cible"}, "target"),
        ({"kind": "messagerie"}, "voicemail"),
        ({"outcome": "repondeur"}, "voicemail"),
        ({"outcome": "rdv"}, "target"),
    ],
)
def test_what_an_export_says_is_kept(
    app: Flask, import_sample: ImportSample, run_jobs: RunJobs, told: dict[str, str], kind: str
) -> None:
    call_id = import_sample(agent_channel="left", **told)
    run_jobs()
    with app.app_context():
        assert _said(call_id) == (kind, "metadata")
        assert _call(call_id).current_analysis is not None


@pytest.mark.usefixtures("receptionist")
def test_an_outcome_that_a_receptionist_can_give_says_nothing_of_who_was_reached(
    app: Flask, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample(agent_channel="left", outcome="mail")
    run_jobs()
    with app.app_context():
        assert _said(call_id) == ("gatekeeper", "analysis")


@pytest.mark.usefixtures("receptionist")
def test_a_correction_outlives_a_new_analysis(
    app: Flask, floor: Floor, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample(agent_channel="left")
    run_jobs()
    with app.app_context(), write_transaction():
        operations.set_kind(floor.supervisor, _call(call_id), "voicemail")
        db.session.commit()
    _analyse_again(app, call_id, run_jobs)
    with app.app_context():
        assert _said(call_id) == ("voicemail", "person")
        assert db.session.query(AnalysisRun).count() == 2


@pytest.mark.usefixtures("receptionist")
def test_a_confirmed_guess_is_a_persons_word(
    app: Flask, floor: Floor, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample(agent_channel="left")
    run_jobs()
    with app.app_context(), write_transaction():
        operations.set_kind(floor.supervisor, _call(call_id), "gatekeeper")
        db.session.commit()
    with app.app_context():
        assert _said(call_id) == ("gatekeeper", "person")


@pytest.mark.usefixtures("receptionist")
def test_leaving_it_to_the_analysis_takes_the_guess_again(
    app: Flask, floor: Floor, import_sample: ImportSample, run_jobs: RunJobs
) -> None:
    call_id = import_sample(agent_channel="left", kind="messagerie")
    run_jobs()
    with app.app_context(), write_transaction():
        operations.leave_kind_to_analysis(floor.supervisor, _call(call_id))
        db.session.commit()
    with app.app_context():
        assert _said(call_id) == ("gatekeeper", "analysis")


def test_an_edit_that_changes_the_kind_is_a_persons_word(app: Flask) -> None:
    with app.app_context():
        team = create_team()
        viewer = viewer_of(create_user(Role.SUPERVISOR, teams=[team]))
        call = create_call(team=team)
        operations.edit_call(viewer, call, {"company": "Morel", "kind": "target"})
        assert call.kind_source == KindSource.ANALYSIS, "the form sent back what it showed"
        operations.edit_call(viewer, call, {"kind": "standard"})
        assert (call.kind, call.kind_source) == (CallKind.GATEKEEPER, KindSource.PERSON)


def test_an_outcome_that_names_who_answered_is_a_persons_word(app: Flask) -> None:
    with app.app_context():
        team = create_team()
        viewer = viewer_of(create_user(Role.SUPERVISOR, teams=[team]))
        call = create_call(team=team)
        operations.edit_call(viewer, call, {"outcome": "messagerie"})
        assert (call.kind, call.kind_source) == (CallKind.VOICEMAIL, KindSource.PERSON)


def test_who_may_not_change_a_call_may_not_say_who_was_reached(app: Flask) -> None:
    with app.app_context():
        team = create_team()
        agent = create_user(Role.AGENT, teams=[team])
        stranger = create_user(Role.SUPERVISOR, teams=[create_team()])
        call = create_call(team=team, agent=agent)
        for act in (
            lambda viewer: operations.set_kind(viewer, call, "voicemail"),
            lambda viewer: operations.leave_kind_to_analysis(viewer, call),
        ):
            with pytest.raises(NotAllowed):
                act(viewer_of(agent))
            with pytest.raises(NotFound):
                act(viewer_of(stranger))
        assert call.kind == CallKind.TARGET


def test_what_is_no_kind_is_refused(app: Flask) -> None:
    with app.app_context():
        team = create_team()
        viewer = viewer_of(create_user(Role.SUPERVISOR, teams=[team]))
        call = create_call(team=team)
        with pytest.raises(InvalidInput):
            operations.set_kind(viewer, call, "fax")


# ---------------------------------------------------------------- pages
@pytest.fixture
def guessed(app: Flask) -> dict[str, int]:
    """A call taken for a receptionist's, and people around it."""
    with app.app_context():
        team = create_team()
        agent = create_user(Role.AGENT, teams=[team], name="Hanta R.")
        call = create_call(team=team, agent=agent, kind=CallKind.GATEKEEPER)
        run = call.current_analysis
        assert run is not None
        run.kind, run.kind_confidence = CallKind.GATEKEEPER, 0.8
        run.kind_reasons = [
            {"key": "kind.receptionist", "values": {"quote": "<b>qui dois-je annoncer"}}
        ]
        db.session.commit()
        return {
            "call": call.id,
            "agent": agent.id,
            "supervisor": create_user(Role.SUPERVISOR, teams=[team]).id,
        }


def test_the_page_says_that_it_is_a_guess_and_from_which_words(
    guessed: dict[str, int], sign_in: SignIn
) -> None:
    for who in ("supervisor", "agent"):
        page = sign_in(guessed[who]).get(f"/calls/{guessed['call']}").text
        assert "as heard: “&lt;b&gt;qui dois-je annoncer”" in page or "entendu" in page
        assert "<b>qui" not in page
        assert ("data-kind-menu" in page) == (who == "supervisor")


def test_one_click_corrects_it_and_the_message_undoes(
    app: Flask, guessed: dict[str, int], sign_in: SignIn
) -> None:
    browser = sign_in(guessed["supervisor"])
    url = f"/calls/{guessed['call']}/kind"
    assert browser.post(url, data={"kind": "target"}).status_code == 302
    page = browser.get(f"/calls/{guessed['call']}").text
    assert f"{url}?kind=heard" in page
    assert "qui dois-je annoncer" not in page
    with app.app_context():
        assert _said(guessed["call"]) == ("target", "person")
        assert "call.kind_set" in list(db.session.scalars(select(AccessEvent.action)))
    browser.post(f"{url}?kind=heard")
    with app.app_context():
        assert _said(guessed["call"]) == ("gatekeeper", "analysis")
    assert "qui dois-je annoncer" in browser.get(f"/calls/{guessed['call']}").text


def test_correcting_a_correction_offers_the_one_before(
    app: Flask, guessed: dict[str, int], sign_in: SignIn
) -> None:
    browser = sign_in(guessed["supervisor"])
    url = f"/calls/{guessed['call']}/kind"
    browser.post(url, data={"kind": "voicemail"})
    browser.post(url, data={"kind": "no_answer"})
    assert f"{url}?kind=voicemail" in browser.get(f"/calls/{guessed['call']}").text


def test_an_unknown_kind_is_answered_as_a_mistake(guessed: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(guessed["supervisor"])
    assert browser.post(f"/calls/{guessed['call']}/kind", data={}).status_code == 400


def test_an_ordinary_conversation_says_no_more_than_before(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        team = create_team()
        call = create_call(team=team)
        run = call.current_analysis
        assert run is not None
        run.kind, run.kind_confidence = CallKind.TARGET, 0.8
        run.kind_reasons = [{"key": "kind.conversation", "values": {}}]
        db.session.commit()
        call_id, user_id = call.id, create_user(Role.SUPERVISOR, teams=[team]).id
    page = sign_in(user_id).get(f"/calls/{call_id}").text
    assert "is-guess" not in page


def test_a_conversation_in_doubt_says_so(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        team = create_team()
        call = create_call(team=team)
        run = call.current_analysis
        assert run is not None
        run.kind, run.kind_confidence = CallKind.TARGET, 0.4
        run.kind_reasons = [{"key": "kind.doubt", "values": {"quote": "le bip"}}]
        db.session.commit()
        call_id, user_id = call.id, create_user(Role.SUPERVISOR, teams=[team]).id
    assert "is-guess" in sign_in(user_id).get(f"/calls/{call_id}").text


def test_the_list_shows_only_the_kind_asked_for(guessed: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(guessed["supervisor"])
    row = f'data-call="{guessed["call"]}"'
    assert row in browser.get("/calls?kind=gatekeeper").text
    assert row not in browser.get("/calls?kind=target").text


def test_the_list_says_what_is_only_heard(guessed: dict[str, int], sign_in: SignIn) -> None:
    browser = sign_in(guessed["supervisor"])
    assert "is-guess" in browser.get("/calls").text
    browser.post(f"/calls/{guessed['call']}/kind", data={"kind": "gatekeeper"})
    assert "is-guess" not in browser.get("/calls").text
