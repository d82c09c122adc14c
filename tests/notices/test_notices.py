"""Telling people: once for each thing, only of what happened, only to whom it concerns."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from callcoach.accounts.models import User
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db, utc_now
from callcoach.jobs.models import JobState
from callcoach.notices import operations, queries
from callcoach.notices.models import Notice, NoticePreference
from callcoach.notices.sentences import SENTENCES, sentence
from callcoach.web.i18n import speaking
from tests.notices.conftest import Catcher, Told

ZONE = ZoneInfo("Indian/Antananarivo")


def _tell(told: Told, subject: str = "note:1", kind: str = "note.sent") -> int:
    with told.app.app_context():
        notice = operations.notify(told.agent_id, kind, subject, "/my/notes/1", name="Claire M.")
        assert notice is not None
        db.session.commit()
        return notice.id


def _choose(told: Told, delivery: str, quiet: tuple[int, int] = (0, 0)) -> None:
    with told.app.app_context():
        operations.change_preference(
            told.viewer, delivery=delivery, digest_at=510, quiet_from=quiet[0], quiet_to=quiet[1]
        )
        db.session.commit()


def test_the_same_thing_waits_once_and_comes_again_after_it_was_seen(told: Told) -> None:
    first = _tell(told)
    assert _tell(told) == first
    with told.app.app_context():
        assert queries.count_unseen(told.viewer) == 1
        operations.mark_subject_seen(told.viewer, "note:1")
        db.session.commit()
        assert queries.count_unseen(told.viewer) == 0
    assert _tell(told) != first
    with told.app.app_context():
        assert queries.count_unseen(told.viewer) == 1
        assert queries.count_unseen(told.other) == 0


def test_what_is_rolled_back_told_nobody(told: Told) -> None:
    with told.app.app_context():
        operations.notify(told.agent_id, "note.sent", "note:1", "/my/notes/1", name="Claire M.")
        db.session.rollback()
        assert queries.count_unseen(told.viewer) == 0
    assert told.jobs() == []


def test_a_note_taken_back_takes_its_notice_along_unless_it_was_seen(told: Told) -> None:
    _tell(told, "note:1")
    _tell(told, "note:2")
    with told.app.app_context():
        operations.mark_subject_seen(told.viewer, "note:2")
        operations.take_back("note.sent", "note:1")
        operations.take_back("note.sent", "note:2")
        db.session.commit()
        assert db.session.scalars(select(Notice.subject)).all() == ["note:2"]


def test_nobody_and_people_who_left_are_not_told(told: Told) -> None:
    with told.app.app_context():
        assert operations.notify(None, "note.sent", "note:1", "/", name="x") is None
        db.session.get_one(User, told.agent_id).is_enabled = False
        assert operations.notify(told.agent_id, "note.sent", "note:1", "/", name="x") is None
        with pytest.raises(KeyError):
            operations.notify(told.agent_id, "note.sung", "note:1", "/")


@pytest.mark.parametrize("kind", SENTENCES)
def test_every_kind_has_a_sentence_in_both_languages(told: Told, kind: str) -> None:
    values = {"name": "Claire M.", "title": "Le prix", "start": "1 mars", "end": "9 mars"}
    values |= {"number": "3", "campaign": "Clôture mensuelle", "day": "3 mars"}
    values |= {"time": "16:00", "team": "Lyon", "who": "Julien Perrin", "how": "par courriel"}
    said = {}
    for locale in ("fr", "en"):
        with told.app.test_request_context(), speaking(locale):
            said[locale] = sentence(kind, values)
    assert "%(" not in said["fr"] + said["en"]
    assert said["fr"] != said["en"]


def test_others_notices_cannot_be_opened_nor_unseen(told: Told) -> None:
    number = _tell(told)
    with told.app.app_context():
        with pytest.raises(NotFound):
            operations.mark_seen(told.other, number)
        operations.mark_seen(told.viewer, number)
        operations.mark_unseen(told.other, [number])
        db.session.commit()
        assert queries.count_unseen(told.viewer) == 0
        operations.mark_unseen(told.viewer, [number])
        assert queries.count_unseen(told.viewer) == 1


# E-mail


def test_the_digest_carries_everything_in_one_e_mail_and_nothing_twice(
    told: Told, post_office: Catcher
) -> None:
    _tell(told, "note:1")
    _tell(told, "note:2")
    [job] = told.jobs()
    local = job.not_before.astimezone(ZONE)
    assert (local.hour, local.minute) == (8, 30), "on the agent's own clock"
    assert [job.state for job in told.send_all()] == [JobState.DONE]
    [message] = post_office.taken
    assert message["To"] == '"Hanta R." <hanta@exemple.mg>'
    body = message.get_content()
    assert body.count("https://coach.exemple.fr/notifications/") == 2 + 1  # and the way out
    assert "Claire M." in body
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with told.app.app_context():
        operations.plan_mail(db.session.get_one(User, told.agent_id))
        db.session.commit()
    told.send_all()
    assert len(post_office.taken) == 1


def test_what_was_seen_meanwhile_is_not_mailed(told: Told, post_office: Catcher) -> None:
    _tell(told)
    with told.app.app_context():
        operations.mark_subject_seen(told.viewer, "note:1")
        db.session.commit()
    told.send_all()
    assert post_office.taken == []


def test_as_it_happens_waits_out_quiet_hours_and_follows_a_change_of_mind(
    told: Told, post_office: Catcher
) -> None:
    _choose(told, "immediate")
    _tell(told, "note:1")
    _choose(told, "off")
    told.send_all()
    assert post_office.taken == [], "switched off before it left"
    _choose(told, "immediate")
    told.send_all()
    assert len(post_office.taken) == 1, "what still waits leaves when it is switched on again"


def test_quiet_hours_set_after_it_was_planned_still_count(told: Told, post_office: Catcher) -> None:
    _choose(told, "immediate")
    _tell(told)
    now = utc_now().astimezone(ZONE)
    minute = now.hour * 60 + now.minute
    quiet = (minute - 5) % 1440, (minute + 240) % 1440
    _choose(told, "immediate", quiet)
    planned, after_quiet = told.jobs()
    told.send(planned)
    assert post_office.taken == []
    assert after_quiet.not_before is not None
    local = after_quiet.not_before.astimezone(ZONE)
    assert local.hour * 60 + local.minute == quiet[1]


def test_a_server_that_refuses_is_tried_again_and_the_log_names_no_address(
    told: Told, post_office: Catcher, caplog: pytest.LogCaptureFixture
) -> None:
    _tell(told)
    post_office.refusal = "451 come back later, hanta@exemple.mg"
    [job] = told.send_all()
    assert job.state == JobState.QUEUED
    assert "hanta@" not in job.reason + str(job.reason_values) + caplog.text
    post_office.refusal = ""
    [job] = told.send_all()
    assert job.state == JobState.DONE
    assert len(post_office.taken) == 1


def test_without_address_or_server_nothing_is_planned(told: Told) -> None:
    with told.app.app_context():
        db.session.get_one(User, told.agent_id).email = None
        db.session.commit()
    _tell(told)
    assert told.jobs() == []


def test_the_token_ends_the_e_mails_without_signing_in(told: Told) -> None:
    _tell(told)
    with told.app.app_context():
        token = db.session.scalars(select(NoticePreference.unsubscribe_token)).one()
        assert not operations.unsubscribe("something else")
        assert operations.unsubscribe(token)
        assert operations.unsubscribe(token), "twice is once"
        db.session.commit()
        assert db.session.scalars(select(NoticePreference.delivery)).one() == "off"


@pytest.mark.parametrize("minute", [-1, 1440])
def test_a_time_that_does_not_exist_is_refused(told: Told, minute: int) -> None:
    with told.app.app_context(), pytest.raises(InvalidInput):
        operations.change_preference(
            told.viewer, delivery="digest", digest_at=minute, quiet_from=0, quiet_to=0
        )
