"""From draft to in force: who decides, what is told to whom, and that twice is once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from callcoach.campaigns.models import Promise, PromiseKind
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.script_library import events
from callcoach.script_library.in_force import version_in_force
from callcoach.script_library.models import (
    EndReason,
    ScriptRelease,
    ScriptVersion,
    VersionState,
)
from callcoach.script_library.operations import publishing, releasing
from callcoach.script_library.operations.publishing import ASK_DEPUTY, REMIND
from callcoach.script_library.operations.releasing import START
from tests.factories.scripts import create_version, document, line
from tests.script_library.publishing_steps import FIRST, HELLO, LAW, OFFER, make_desk, run_due

HARMLESS = document(replace(HELLO, text="Bonjour {prénom}, deux minutes ?"), OFFER, LAW)
PROMISING = document(HELLO, replace(OFFER, text="Votre clôture passe à deux jours."), LAW)


def test_the_sponsor_approves_and_the_team_says_it(app: Flask) -> None:
    with app.app_context():
        desk = make_desk(app)
        writer, sponsor = desk.viewer(desk.supervisor), desk.viewer(desk.approver)
        version = desk.draft(FIRST)
        with pytest.raises(Conflict, match="has to approve"):
            publishing.publish(writer, version)
        with pytest.raises(Conflict, match="published"):
            publishing.put_in_force(writer, version, [desk.team.id])
        for _ in range(2):
            publishing.submit(writer, version)
        assert desk.told(desk.approver) == ["script.submitted"]
        seen = publishing.fingerprint(version)
        for _ in range(2):
            publishing.approve(sponsor, version, "Très bien.", seen=seen)
        assert [each.comment for each in version.decisions] == ["Très bien."]
        assert desk.told(desk.approver) == []
        assert desk.told(desk.supervisor) == ["script.approved"]
        for _ in range(2):
            publishing.put_in_force(writer, version, [desk.team.id])
        assert len(version.releases) == 1
        now = utc_now()
        assert version_in_force(desk.campaign.id, desk.team.id, now) is version
        assert version_in_force(desk.campaign.id, desk.other_team.id, now) is None


def test_sent_back_with_a_comment_it_is_a_draft_again(app: Flask) -> None:
    with app.app_context():
        desk = make_desk(app)
        writer, sponsor = desk.viewer(desk.supervisor), desk.viewer(desk.approver)
        version = publishing.submit(writer, desk.draft(FIRST))
        with pytest.raises(InvalidInput, match="otherwise"):
            publishing.send_back(sponsor, version, "  ")
        for _ in range(2):
            publishing.send_back(sponsor, version, "Dites « environ ».")
        assert version.state == VersionState.DRAFT
        assert version.submitted_at is None
        assert len(version.decisions) == 1
        assert desk.told(desk.supervisor) == ["script.sent_back"]
        with pytest.raises(Conflict, match="taken this version back"):
            publishing.approve(sponsor, version)


def test_only_what_was_seen_is_approved_and_only_by_the_sponsor(app: Flask) -> None:
    with app.app_context():
        desk = make_desk(app)
        writer, sponsor = desk.viewer(desk.supervisor), desk.viewer(desk.approver)
        version = publishing.submit(writer, desk.draft(FIRST))
        seen = publishing.fingerprint(version)
        publishing.recall(writer, version)
        version.content, version.revision = PROMISING.to_dict(), version.revision + 1
        publishing.submit(writer, version)
        with pytest.raises(StaleVersion):
            publishing.approve(sponsor, version, seen=seen)
        with pytest.raises(NotFound):
            publishing.approve(desk.viewer(desk.stranger), version)
        for user in (desk.supervisor, desk.lead):
            with pytest.raises((NotAllowed, NotFound)):
                publishing.approve(desk.viewer(user), version)
        desk.script.approver_id = desk.approver.id
        with pytest.raises(NotAllowed, match="somebody else"):
            publishing.approve(desk.viewer(desk.deputy), version)
        assert version.state == VersionState.SUBMITTED


def test_two_steps_cannot_carry_a_promise_past_the_sponsor(app: Flask) -> None:
    """A draft of a draft is judged against what the sponsor approved, not against the draft."""
    with app.app_context():
        desk = make_desk(app)
        create_version(desk.script, FIRST, needed_approval=True)
        between = desk.draft(PROMISING)
        version = create_version(
            desk.script,
            document(replace(HELLO, text="Bonjour ?"), *PROMISING.lines()[1:]),
            state=VersionState.DRAFT,
            reason="…",
            based_on_id=between.id,
        )
        assert [ground.key for ground in publishing.grounds_of(version)] == ["offer"]
        with pytest.raises(Conflict, match="has to approve"):
            publishing.publish(desk.viewer(desk.supervisor), version)


def test_the_sponsor_suspends_what_needed_no_approval(app: Flask) -> None:
    with app.app_context():
        desk = make_desk(app)
        writer, sponsor = desk.viewer(desk.supervisor), desk.viewer(desk.approver)
        first = create_version(desk.script, FIRST, needed_approval=True, in_force_for=[desk.team])
        version = publishing.publish(writer, desk.draft(HARMLESS))
        publishing.put_in_force(writer, version, [desk.team.id, desk.other_team.id])
        assert desk.told(desk.approver) == ["script.unasked"]
        with pytest.raises(Conflict, match="have approved"):
            publishing.suspend(sponsor, first)
        stands = publishing.suspend(sponsor, version, "Trop familier.")
        said = {each.team.id: each.version for each in stands}
        assert said == {desk.team.id: first, desk.other_team.id: None}
        assert publishing.suspend(sponsor, version) == stands
        assert {each.end_reason for each in version.releases} == {EndReason.SUSPENDED}
        assert version_in_force(desk.campaign.id, desk.team.id, utc_now()) is first
        assert "script.suspended" in desk.told(desk.supervisor)
        assert desk.told(desk.lead) == ["script.suspended"]
        assert desk.told(desk.agent) == ["script.changed_back"]
        with pytest.raises(Conflict, match="suspended"):
            publishing.put_in_force(writer, version, [desk.team.id])
        again = desk.draft(HARMLESS)
        with pytest.raises(Conflict, match="has to approve"):
            publishing.publish(writer, again)


def test_a_planned_release_starts_when_its_moment_has_come(app: Flask) -> None:
    started: list[int] = []

    @events.on_put_in_force
    def _note(release: ScriptRelease) -> None:
        started.append(release.id)

    with app.app_context():
        desk = make_desk(app)
        writer = desk.viewer(desk.supervisor)
        create_version(desk.script, FIRST, needed_approval=True, in_force_for=[desk.team])
        version = publishing.publish(writer, desk.draft(HARMLESS))
        moment = utc_now() + timedelta(hours=20)
        (release,) = publishing.put_in_force(writer, version, [desk.team.id], moment)
        with pytest.raises(InvalidInput, match="first version"):
            publishing.put_in_force(writer, version, [desk.team.id], moment - timedelta(days=3))
        db.session.commit()
        release_id = release.id
    assert run_due(app) == []
    with app.app_context():
        db.session.get_one(ScriptRelease, release_id).starts_at -= timedelta(hours=21)
        db.session.commit()
    assert run_due(app, in_hours=21) == [START]
    assert started == [release_id]
    with app.app_context():
        release = db.session.get_one(ScriptRelease, release_id)
        assert release.announced_at is not None
    events._put_in_force.remove(_note)


def test_the_approver_is_reminded_once_and_then_the_deputy_asked(app: Flask) -> None:
    with app.app_context():
        desk = make_desk(app)
        writer = desk.viewer(desk.supervisor)
        with pytest.raises(InvalidInput, match="sponsor’s"):
            publishing.change_settings(
                writer,
                desk.script,
                approver_id=desk.stranger.id,
                deputy_id=None,
                approval_hours=24,
            )
        publishing.change_settings(
            writer,
            desk.script,
            approver_id=desk.approver.id,
            deputy_id=desk.deputy.id,
            approval_hours=24,
        )
        version = publishing.submit(writer, desk.draft(FIRST))
        assert desk.told(desk.deputy) == []
        db.session.commit()
        version_id, approver, deputy = version.id, desk.approver.id, desk.deputy.id
    assert run_due(app, in_hours=11) == []
    assert run_due(app, in_hours=1.5) == [REMIND]
    with app.app_context():
        assert _told(approver) == ["script.submitted", "script.reminded"]
        assert _told(deputy) == []
        db.session.remove()
    assert run_due(app, in_hours=12) == [ASK_DEPUTY]
    with app.app_context():
        assert _told(deputy) == ["script.deputy"]
        version = db.session.get_one(ScriptVersion, version_id)
        assert version.reminded_at is not None
        assert version.deputy_asked_at is not None


def _told(user_id: int) -> list[str]:
    from callcoach.notices.models import Notice

    found = db.select(Notice.kind).where(Notice.user_id == user_id).order_by(Notice.id)
    return list(db.session.scalars(found))


def test_an_older_version_does_not_bring_back_what_the_sponsor_replaced(app: Flask) -> None:
    with app.app_context():
        desk = make_desk(app)
        writer = desk.viewer(desk.supervisor)
        day = utc_now() - timedelta(days=9)
        first = create_version(desk.script, FIRST, needed_approval=True, published_at=day)
        second = create_version(
            desk.script, PROMISING, needed_approval=True, published_at=day + timedelta(days=1)
        )
        with pytest.raises(Conflict, match="other words"):
            publishing.put_in_force(writer, first, [desk.team.id])
        with pytest.raises(InvalidInput, match="teams that call"):
            publishing.put_in_force(writer, second, [10_000])
        since = utc_now() - timedelta(days=200)
        publishing.put_in_force(writer, second, [desk.team.id], since)
        assert version_in_force(desk.campaign.id, desk.team.id, since) is second
        with pytest.raises(Conflict, match="says this version"):
            publishing.retire(writer, second)
        stands = publishing.withdraw(writer, second, [desk.team.id])
        assert [each.version for each in stands] == [None]
        publishing.retire(writer, second)
        assert second.state == VersionState.RETIRED


def test_a_plan_does_not_bring_back_what_the_sponsor_replaced_meanwhile(app: Flask) -> None:
    with app.app_context():
        desk = make_desk(app)
        writer, sponsor = desk.viewer(desk.supervisor), desk.viewer(desk.approver)
        create_version(desk.script, FIRST, needed_approval=True, in_force_for=[desk.team])
        monday = utc_now() + timedelta(days=3)
        unasked = publishing.publish(writer, desk.draft(HARMLESS))
        (planned,) = publishing.put_in_force(writer, unasked, [desk.team.id], monday)
        same = publishing.publish(writer, desk.draft(HARMLESS))
        publishing.put_in_force(writer, same, [desk.other_team.id], monday)
        assert planned.ended_at is None, "nothing was replaced so far"
        corrected = publishing.submit(writer, desk.draft(PROMISING))
        publishing.approve(sponsor, corrected)
        assert planned.end_reason == EndReason.WITHDRAWN
        publishing.put_in_force(writer, corrected, [desk.team.id, desk.other_team.id])
        for team in (desk.team, desk.other_team):
            after = version_in_force(desk.campaign.id, team.id, monday + timedelta(days=1))
            assert after is corrected


def test_withdrawing_does_not_bring_back_what_the_sponsor_replaced(app: Flask) -> None:
    with app.app_context():
        desk = make_desk(app)
        writer, sponsor = desk.viewer(desk.supervisor), desk.viewer(desk.approver)
        create_version(desk.script, FIRST, needed_approval=True, in_force_for=[desk.team])
        second = publishing.submit(writer, desk.draft(PROMISING))
        publishing.approve(sponsor, second)
        publishing.put_in_force(writer, second, [desk.team.id])
        with pytest.raises(Conflict, match="version 1 again"):
            publishing.withdraw(writer, second, [desk.team.id])
        assert version_in_force(desk.campaign.id, desk.team.id, utc_now()) is second
        shorter = document(replace(HELLO, text="Bonjour ?"), *PROMISING.lines()[1:])
        third = publishing.publish(writer, desk.draft(shorter))
        publishing.put_in_force(writer, third, [desk.team.id])
        second.releases[0].ended_at = utc_now()
        stands = publishing.suspend(sponsor, third, "Trop court.")
        assert [each.version for each in stands] == [None], "not the promise of version 1"


def test_a_retired_version_does_not_come_back(app: Flask) -> None:
    with app.app_context():
        desk = make_desk(app)
        writer = desk.viewer(desk.supervisor)
        first = create_version(desk.script, FIRST, needed_approval=True, in_force_for=[desk.team])
        second = publishing.publish(writer, desk.draft(HARMLESS))
        before = utc_now()
        publishing.put_in_force(writer, second, [desk.team.id])
        publishing.retire(writer, first)
        assert version_in_force(desk.campaign.id, desk.team.id, before) is first
        stands = publishing.withdraw(writer, second, [desk.team.id])
        assert [each.version for each in stands] == [None]


def test_what_asked_nobody_waits_once_the_sponsor_warns_of_its_words(app: Flask) -> None:
    with app.app_context():
        desk = make_desk(app)
        writer = desk.viewer(desk.supervisor)
        create_version(desk.script, FIRST, needed_approval=True, in_force_for=[desk.team])
        warm = document(replace(HELLO, text="Bonjour, un résultat garanti ?"), OFFER, LAW)
        version = publishing.publish(writer, desk.draft(warm))
        soon = utc_now() + timedelta(hours=1)
        (planned,) = publishing.put_in_force(writer, version, [desk.team.id], soon)
        desk.campaign.promises.append(Promise(kind=PromiseKind.FORBIDDEN, text="Garanti"))
        db.session.flush()
        with pytest.raises(Conflict, match="by now"):
            publishing.put_in_force(writer, version, [desk.team.id])
        planned.starts_at = utc_now() - timedelta(minutes=1)
        assert not releasing.start(planned)
        said = version_in_force(desk.campaign.id, desk.team.id, utc_now())
        assert said is not None
        assert said.number == 1


def test_a_draft_without_words_or_reason_is_not_submitted(app: Flask) -> None:
    with app.app_context():
        desk = make_desk(app)
        writer = desk.viewer(desk.supervisor)
        with pytest.raises(InvalidInput, match="says nothing"):
            publishing.submit(writer, desk.draft(document()))
        with pytest.raises(InvalidInput, match="why"):
            publishing.submit(writer, desk.draft(document(line()), reason=" "))
        with pytest.raises(NotFound):
            publishing.submit(desk.viewer(desk.agent), desk.draft(FIRST))
