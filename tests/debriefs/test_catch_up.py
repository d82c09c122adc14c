"""Catching up: the same stop, the same question, and only then what happened."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcoach.accounts.models import User
from callcoach.debriefs import catch_up
from callcoach.debriefs.models import Attendance, Debrief, ItemAnswer, Presence
from callcoach.debriefs.operations import attendance, live
from callcoach.debriefs.operations.catching_up import tell_absent
from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice
from tests.factories.debriefs import (
    consent_to,
    create_answer,
    create_debrief,
    create_item,
    create_moment,
)

from .conftest import Floor

SignIn = Callable[[User | int], FlaskClient]
OUTCOME = ("démonstration", "vous êtes équipé", "La réponse de Hanta")


@pytest.fixture
def missed(app: Flask, floor: Floor) -> tuple[int, int, int, int]:
    """A debrief that Patrice missed and Hanta attended, with a moment that asks and a theme that
    does not; one more was never opened. Ids of the debrief and the three.
    """
    with app.app_context():
        debrief = create_debrief([floor.team], floor.user("claire"), "done")
        moment = create_moment(debrief, floor.call, opened_at=utc_now())
        theme = create_item(debrief, title="Le-theme", opened_at=utc_now())
        unopened = create_item(debrief, title="Jamais-ouvert")
        create_answer(moment, floor.user("agent"), "La réponse de Hanta")
        db.session.add(
            Attendance(debrief_id=debrief.id, user_id=floor.ids["agent"], presence=Presence.PRESENT)
        )
        db.session.commit()
        tell_absent(db.session.get_one(Debrief, debrief.id, populate_existing=True))
        db.session.commit()
        return debrief.id, moment.id, theme.id, unopened.id


@pytest.fixture
def patrice(floor: Floor, sign_in: SignIn) -> FlaskClient:
    return sign_in(floor.ids["colleague"])


def _row(app: Flask, debrief_id: int, user_id: int) -> Attendance | None:
    with app.app_context():
        debrief = db.session.get_one(Debrief, debrief_id, populate_existing=True)
        return catch_up.attendance_of(debrief, user_id)


def _text(client: FlaskClient, path: str) -> str:
    return client.get(path).text.replace("&#39;", "'")


def test_one_answers_first_then_sees_then_has_caught_up(
    app: Flask, floor: Floor, patrice: FlaskClient, missed: tuple[int, int, int, int]
) -> None:
    debrief_id, moment_id, theme_id, unopened_id = missed
    page = f"/my/debriefs/{debrief_id}"
    assert f'href="{page}"' in _text(patrice, "/my/debriefs")
    text = _text(patrice, page)
    assert "On a déjà un outil" in text
    for hidden in (*OUTCOME, "Le-theme", "Jamais-ouvert"):
        assert hidden not in text, hidden

    body = {"client_id": str(uuid.uuid4()), "text": "Depuis quand ?", "is_named": "1"}
    for _turn in range(2):  # sent again after a lost answer
        answered = patrice.post(f"{page}/items/{moment_id}/answers", data=body)
        assert answered.status_code == 302
        assert answered.location.endswith(f"{page}?item={moment_id}")
    with app.app_context():
        mine = db.session.scalars(
            db.select(ItemAnswer).where(ItemAnswer.user_id == floor.ids["colleague"])
        ).one()
        assert mine.is_catching_up
    text = _text(patrice, answered.location)
    for shown in (*OUTCOME, "Depuis quand ?"):
        assert shown in text, shown
    row = _row(app, debrief_id, floor.ids["colleague"])
    assert row is not None
    assert (row.opened_items, row.caught_up_at, row.presence) == ([moment_id], None, "absent")

    text = _text(patrice, page)
    assert "Le-theme" in text, "it goes on where it was left"
    assert f'action="{page}/items/{theme_id}/open"' in text
    assert patrice.post(f"{page}/items/{theme_id}/open").location.endswith(page)
    row = _row(app, debrief_id, floor.ids["colleague"])
    assert row is not None
    assert row.caught_up_at is not None
    with app.app_context():
        notice = db.session.scalars(db.select(Notice)).one()
        assert (notice.user_id, notice.kind) == (floor.ids["colleague"], "debrief.catch_up")
        assert notice.seen_at is not None
    assert "Le-theme" in _text(patrice, page)
    assert patrice.post(f"{page}/items/{unopened_id}/open").status_code == 404
    changed = {**body, "text": "Autre chose", "edition": "2"}
    late = patrice.post(f"{page}/items/{moment_id}/answers", data=changed)
    assert late.status_code == 409, "who has seen what happened does not answer anew"


def test_the_question_can_be_skipped_and_that_is_said(
    app: Flask, floor: Floor, patrice: FlaskClient, missed: tuple[int, int, int, int]
) -> None:
    debrief_id, moment_id, *_others = missed
    skipped = patrice.post(f"/my/debriefs/{debrief_id}/items/{moment_id}/open")
    text = _text(patrice, skipped.location)
    for shown in OUTCOME:
        assert shown in text, shown
    assert "You gave no answer here." in text or "Vous n" in text
    with app.app_context():
        assert len(floor.item(moment_id).answers) == 1


def test_who_was_there_sees_it_at_once_and_is_not_told(
    app: Flask, floor: Floor, sign_in: SignIn, missed: tuple[int, int, int, int]
) -> None:
    hanta = sign_in(floor.ids["agent"])
    page = f"/my/debriefs/{missed[0]}"
    assert "data-answer=" not in _text(hanta, page)
    for shown in OUTCOME:
        assert shown in _text(hanta, f"{page}?item={missed[1]}"), shown
    with app.app_context():
        told = set(db.session.scalars(db.select(Notice.user_id)))
        assert told == {floor.ids["colleague"]}


def test_sound_is_offered_with_a_yes_alone_and_goes_with_it(
    app: Flask, floor: Floor, patrice: FlaskClient, missed: tuple[int, int, int, int]
) -> None:
    debrief_id, moment_id, *_others = missed
    page = f"/my/debriefs/{debrief_id}"
    sound = f"/debriefs/{debrief_id}/items/{moment_id}/sound"
    assert "/sound/" not in _text(patrice, page)
    with app.app_context():
        consent = consent_to(floor.item(moment_id))
    text = _text(patrice, page)
    assert f'src="{sound}/ask"' in text
    assert f"{sound}/whole" not in text
    patrice.post(f"{page}/items/{moment_id}/open")
    assert f'src="{sound}/whole"' in _text(patrice, f"{page}?item={moment_id}")
    with app.app_context():
        db.session.merge(consent).withdrawn_at = utc_now()
        db.session.commit()
    assert "/sound/" not in _text(patrice, f"{page}?item={moment_id}")


def test_a_call_that_was_put_aside_since_is_not_among_them(
    app: Flask, floor: Floor, patrice: FlaskClient, missed: tuple[int, int, int, int]
) -> None:
    with app.app_context():
        floor.call.deleted_at = utc_now()
        db.session.commit()
    text = _text(patrice, f"/my/debriefs/{missed[0]}")
    assert "Une objection" not in text
    assert "Le-theme" in text, "the next one is what is left"
    gone = _text(patrice, f"/my/debriefs/{missed[0]}?item={missed[1]}")
    assert "On a déjà un outil" not in gone


def test_once_who_was_there_is_forgotten_all_is_open(
    app: Flask, patrice: FlaskClient, missed: tuple[int, int, int, int]
) -> None:
    with app.app_context():
        debrief = db.session.get_one(Debrief, missed[0])
        debrief.attendances.clear()
        debrief.attendance_purged_at = utc_now()
        db.session.commit()
    assert "data-answer=" not in _text(patrice, f"/my/debriefs/{missed[0]}?item={missed[1]}")
    refused = patrice.post(f"/my/debriefs/{missed[0]}/items/{missed[1]}/open")
    assert refused.status_code == 302, "it is open already, and nothing is kept of it"
    with app.app_context():
        assert db.session.scalars(db.select(Attendance)).all() == []


def test_who_missed_it_is_told_when_it_ends_unless_it_goes_on_or_nothing_was_shown(
    app: Flask, floor: Floor
) -> None:
    with app.app_context():
        empty = create_debrief([floor.team], floor.user("claire"), "running")
        create_item(empty)
        live.end(floor.claire, empty)
        debrief = create_debrief([floor.team], floor.user("claire"), "running")
        create_item(debrief, opened_at=utc_now())
        attendance.join(floor.agent, debrief)
        for _turn in range(2):
            live.end(floor.claire, debrief)
            told = db.session.scalars(db.select(Notice)).all()
            assert [(one.user_id, one.subject) for one in told] == [
                (floor.ids["colleague"], f"debrief:{debrief.id}")
            ]
            live.reopen(floor.claire, debrief)
            assert db.session.scalars(db.select(Notice)).all() == []
