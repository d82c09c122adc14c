"""A report does not outlive the release of what it quotes; the frame is told without names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Team, User
from callcoach.audits.models import Audit, Judgement
from callcoach.calls.models import Call
from callcoach.calls.operations import lifecycle
from callcoach.extensions import db, utc_now
from callcoach.privacy import operations as privacy
from callcoach.privacy.queries import newest_of
from tests.factories.audits import create_report

from .conftest import Client


def _entered(sign_in: Any, user_id: int) -> Any:
    user = db.session.get_one(User, user_id)
    user.locale = "en"
    db.session.commit()
    return sign_in(user)


def _withdraw(call: Call) -> None:
    redaction = newest_of(call.id)
    assert redaction is not None
    privacy.withdraw(Viewer.system(), redaction)


def _put_aside(call: Call) -> None:
    call.deleted_at = utc_now()


@pytest.mark.parametrize("take_back", [_withdraw, _put_aside, lifecycle.purge_call])
def test_a_report_that_quotes_what_was_taken_back_gives_a_client_no_file(
    app: Flask, client_site: Client, sign_in: Any, take_back: Callable[[Call], None]
) -> None:
    with app.app_context():
        audit = db.session.get_one(Audit, client_site.audit)
        supervisor = db.session.get_one(User, client_site.supervisor)
        old = create_report(audit, supervisor)
        db.session.commit()
        old_id, old_hash = old.id, old.entry_sha256
        client = _entered(sign_in, client_site.user)
        boss = _entered(sign_in, client_site.supervisor)
    path, page = f"/portal/reports/{old_id}/pdf", f"/portal/audits/{client_site.audit}"
    assert client.get(path).status_code == 200
    assert "a new report is due" not in client.get(page).text

    with app.app_context():
        take_back(db.session.get_one(Call, client_site.call))
        db.session.commit()
    assert client.get(path).status_code == 404
    assert boss.get(path).status_code == 200
    shown = client.get(page).text
    assert "a new report is due" in shown
    assert old_hash in shown
    assert path not in shown
    assert "the client cannot download it" in boss.get(f"/audits/{client_site.audit}/report").text

    with app.app_context():  # one made since quotes nothing of it
        new = create_report(
            db.session.get_one(Audit, client_site.audit),
            db.session.get_one(User, client_site.supervisor),
        )
        db.session.commit()
        new_id = new.id
    assert client.get(f"/portal/reports/{new_id}/pdf").status_code == 200
    assert client.get(path).status_code == 404


def test_the_client_reads_what_the_frame_was_and_no_name_of_the_floor(
    app: Flask, client_site: Client, sign_in: Any
) -> None:
    with app.app_context():
        audit = db.session.get_one(Audit, client_site.audit)
        team = db.session.get_one(Team, client_site.team)
        agent = db.session.get_one(User, client_site.agent).name
        audit.frame = {"outcomes": ["meeting"], "team_ids": [team.id], "min_s": 45}
        audit.drawn_from = {
            **audit.drawn_from,
            "excluded": [[901, "other_kind"], [902, "other_kind"]],
        }
        name = team.name
        db.session.commit()
        client = _entered(sign_in, client_site.user)
    shown = client.get(f"/portal/audits/{client_site.audit}").text
    for words in (
        "from 45 s",
        "not with the person to be reached 2",
        "the next in order takes its place",
        "in the spreadsheet of the report",
        "Reserves passed over",
    ):
        assert words in shown
    assert name not in shown
    assert agent not in shown


def test_the_history_of_a_promise_says_how_far_the_machine_is_right(
    app: Flask, client_site: Client, sign_in: Any
) -> None:
    with app.app_context():
        finding = db.session.get_one(Judgement, client_site.finding)
        finding.machine = finding.standing
        address = f"/campaigns/{client_site.campaign}/promises/{finding.version.promise_id}"
        boss = _entered(sign_in, client_site.supervisor)
        agent = _entered(sign_in, client_site.agent)
    shown = boss.get(address).text
    assert "against the first judgements: the same in 1 of 1" in shown
    assert "Of its alarms, right: 1 of 1" in shown
    assert "first judgements" not in agent.get(address).text
