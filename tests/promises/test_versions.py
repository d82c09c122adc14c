"""Promises from the proposal to the end of their being in force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from callcoach.accounts.models import AccessEvent, Role
from callcoach.accounts.queries import viewer_of
from callcoach.campaigns.models import PromiseKind
from callcoach.errors import Conflict, InvalidInput, NotAllowed, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.notices.models import Notice
from callcoach.notices.sentences import sentence
from callcoach.promises import queries
from callcoach.promises.models import PromiseVersion, ProposalState
from callcoach.promises.operations import deciding, enforcing, proposing
from callcoach.promises.operations.proposing import Content
from callcoach.script_library.models import ScriptRelease, VersionState
from callcoach.script_library.operations import publishing
from tests.factories.accounts import create_user
from tests.factories.audits import create_promise_version
from tests.script_library.publishing_steps import FIRST, Desk, make_desk, run_due

HALF = Content("approved", "La clôture prend moitié moins de temps.", nuances=["Deux fois moins."])


@pytest.fixture
def desk(app: Flask) -> Iterator[Desk]:
    with app.app_context():
        yield make_desk(app)


def _proposed(desk: Desk, content: Content = HALF, promise_id: int | None = None) -> PromiseVersion:
    viewer = desk.viewer(desk.supervisor)
    found = proposing.propose(viewer, desk.campaign, content, "Plus court.", promise_id=promise_id)
    db.session.commit()
    return found


def _approved(desk: Desk, version: PromiseVersion) -> PromiseVersion:
    deciding.approve(desk.viewer(desk.approver), version)
    db.session.commit()
    return version


def _texts(desk: Desk, at: datetime | None = None) -> list[str]:
    return [each.text for each in queries.in_force_at(desk.campaign.id, at or utc_now())]


def test_only_an_approval_changes_what_is_in_force_and_from_then_on(desk: Desk) -> None:
    first = create_promise_version(desk.campaign, text="La clôture prend cinq jours.")
    before = utc_now()
    second = _proposed(desk, promise_id=first.promise_id)
    assert _texts(desk) == ["La clôture prend cinq jours."]
    assert desk.told(desk.approver) == ["promise.proposed"]

    _approved(desk, second)
    _approved(desk, second)

    assert _texts(desk) == [HALF.text]
    assert _texts(desk, before) == ["La clôture prend cinq jours."]
    assert first.in_force_until == second.in_force_from == second.decided_at
    promise = second.promise
    assert (promise.text, promise.nuances) == (HALF.text, ["Deux fois moins."])
    assert desk.told(desk.supervisor) == ["promise.approved"]
    assert desk.told(desk.approver) == []
    log = db.session.query(AccessEvent.action).filter_by(subject_kind="promise_version").all()
    assert [action for (action,) in log] == [
        "promise_version.proposed",
        "promise_version.approved",
        "promise_version.in_force",
    ]


def test_it_comes_into_force_with_its_version_of_the_script_and_stays(desk: Desk) -> None:
    script = desk.draft(FIRST)
    version = _approved(
        desk,
        _proposed(desk, Content("positioning", "La clôture guidée", script_version_id=script.id)),
    )
    assert version.in_force_from is None
    assert not version.promise.is_in_force
    assert version in queries.with_script(script)

    script.state, script.published_at = VersionState.APPROVED, utc_now()
    db.session.commit()
    writer = desk.viewer(desk.supervisor)
    publishing.put_in_force(writer, script, [desk.team.id])
    db.session.commit()

    since = version.in_force_from
    assert since is not None
    assert since >= (version.decided_at or utc_now())
    assert version.promise.is_in_force
    publishing.put_in_force(writer, script, [desk.other_team.id])
    db.session.commit()
    assert version.in_force_from == since
    assert version in queries.with_script(script)


def test_what_was_decided_on_never_changes(desk: Desk) -> None:
    version = _approved(desk, _proposed(desk))
    for name, value in (("text", "Autre chose."), ("in_force_from", utc_now() + timedelta(days=1))):
        setattr(version, name, value)
        with pytest.raises(RuntimeError, match="is decided and cannot change"):
            db.session.flush()
        db.session.rollback()
    with pytest.raises(Conflict):
        proposing.edit(desk.viewer(desk.supervisor), version, HALF, "Encore.", based_on=None)


def test_a_retired_promise_is_in_force_until_the_sponsor_agrees(desk: Desk) -> None:
    version = _approved(desk, _proposed(desk))
    removal = proposing.propose_removal(
        desk.viewer(desk.supervisor), version.promise, "Personne ne le dit."
    )
    assert _texts(desk) == [HALF.text]
    with pytest.raises(Conflict, match="waits already"):
        _proposed(desk, Content("approved", "Autre."), version.promise_id)
    _approved(desk, removal)
    assert _texts(desk) == []
    assert not version.promise.is_in_force
    assert list(queries.retired(desk.campaign)) == [version.promise]


def test_two_who_edit_at_once_and_a_sponsor_who_reads_an_old_text_are_told(desk: Desk) -> None:
    version = _proposed(desk)
    viewer, seen = desk.viewer(desk.supervisor), version.row_version
    proposing.edit(viewer, version, Content("approved", "Leur texte."), "Mieux.", based_on=seen)
    with pytest.raises(StaleVersion) as caught:
        proposing.edit(viewer, version, Content("approved", "Mon texte."), "Mieux.", based_on=seen)
    assert caught.value.values["theirs"] == "Leur texte."
    with pytest.raises(StaleVersion):
        deciding.approve(desk.viewer(desk.approver), version, seen=seen)
    assert version.state == ProposalState.PROPOSED


def test_declining_says_why_and_changes_nothing(desk: Desk) -> None:
    version = _proposed(desk)
    sponsor = desk.viewer(desk.approver)
    with pytest.raises(InvalidInput):
        deciding.decline(sponsor, version, " ")
    deciding.decline(sponsor, version, "Dites « environ ».")
    assert _texts(desk) == []
    assert desk.told(desk.supervisor) == ["promise.declined"]
    assert queries.turned_down(desk.viewer(desk.supervisor), desk.campaign) == [version]
    again = proposing.propose_again(desk.viewer(desk.supervisor), version)
    assert (again.number, again.text, again.state) == (2, HALF.text, ProposalState.PROPOSED)
    proposing.withdraw(desk.viewer(desk.supervisor), again)
    with pytest.raises(Conflict):
        deciding.approve(sponsor, again)


def test_an_approval_given_elsewhere_is_recorded_by_administrators_only(desk: Desk) -> None:
    version = _proposed(desk)
    said = {"who": "Julien Perrin", "how": "par courriel", "on": date(2026, 1, 12)}
    with pytest.raises(NotAllowed):
        deciding.record(desk.viewer(desk.supervisor), version, **said)
    deciding.record(viewer_of(create_user(Role.ADMIN)), version, **said)
    assert version.is_recorded
    assert desk.told(desk.approver) == desk.told(desk.deputy) == ["promise.recorded"]
    notice = db.session.scalars(select(Notice).where(Notice.user_id == desk.approver.id)).all()[-1]
    said_so = sentence(notice.kind, notice.values)
    for words in ("Julien Perrin", "par courriel", "2026-01-12", desk.campaign.name):
        assert words in said_so
    assert version.comment == "Julien Perrin · par courriel · 2026-01-12"
    assert version.in_force_from is not None
    assert version.in_force_from > datetime(2026, 1, 13, tzinfo=UTC)


def test_who_decides_is_reminded_once_then_the_deputy(desk: Desk) -> None:
    desk.script.approver_id, desk.script.deputy_id = desk.approver.id, desk.deputy.id
    db.session.commit()
    app, version_id = desk.app, _proposed(desk).id
    db.session.rollback()  # the worker's sessions are others
    assert "promises.remind" in run_due(app, in_hours=25)
    db.session.rollback()
    assert desk.told(desk.approver) == ["promise.proposed", "promise.reminded"]
    assert desk.told(desk.deputy) == []
    db.session.rollback()
    assert "promises.ask_deputy" in run_due(app, in_hours=24)
    db.session.rollback()
    assert desk.told(desk.deputy) == ["promise.deputy"]
    version = db.session.get_one(PromiseVersion, version_id)
    assert version.reminded_at is not None
    _approved(desk, version)
    assert desk.told(desk.deputy) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (Content("conditional", "Cinq jours."), "the condition"),
        (Content("disclosure", "Cet appel est enregistré."), "makes known"),
        (Content("approved", "  "), "Write what"),
        (Content("gossip", "Cinq jours."), "what kind"),
        (Content("approved", "Cinq jours.", script_version_id=9_999), "version of the script"),
    ],
)
def test_a_proposal_says_all_that_its_kind_needs(desk: Desk, content: Content, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        _proposed(desk, content)


def test_a_statement_and_a_disclosure_are_there_once(desk: Desk) -> None:
    create_promise_version(desk.campaign, text="Cinq jours.")
    with pytest.raises(Conflict):
        _proposed(desk, Content("forbidden", "cinq jours."))
    create_promise_version(
        desk.campaign, kind=PromiseKind.DISCLOSURE, text="Appel enregistré.", disclosure="recording"
    )
    with pytest.raises(Conflict, match="made known already"):
        _proposed(desk, Content("disclosure", "On enregistre.", disclosure="recording"))


def test_what_replaces_a_wording_in_force_never_begins_in_the_past(desk: Desk) -> None:
    first = create_promise_version(desk.campaign, text="La clôture prend cinq jours.")
    script = desk.draft(FIRST)
    second = _proposed(desk, replace(HALF, script_version_id=script.id), first.promise_id)
    earlier, asked_at = utc_now() - timedelta(days=2), utc_now()
    second.state, second.decided_at = ProposalState.APPROVED, earlier
    team_id = desk.campaign.teams[0].team_id
    released = ScriptRelease(version_id=script.id, team_id=team_id, starts_at=earlier)
    db.session.add(released)
    db.session.flush()
    enforcing.enforce_with_release(released)
    assert second.in_force_from is not None
    assert second.in_force_from >= asked_at
    assert first.in_force_until == second.in_force_from
    assert _texts(desk, earlier + timedelta(days=1)) == ["La clôture prend cinq jours."]
