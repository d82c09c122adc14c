"""What the client says of a finding, and what the log keeps of it."""

from __future__ import annotations

from typing import Any

from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import AccessEvent, Role
from callcoach.analysis.claims import Standing
from callcoach.audits.models import Judgement
from callcoach.audits.operations.calibrating import answer_for_floor, take_over
from callcoach.extensions import db
from callcoach.notices.models import Notice
from tests.factories.accounts import create_user

from .conftest import Client


def _floor_answers(app: Flask, site: Client, standing: Standing, reason: str) -> None:
    with app.app_context():
        calibration = db.session.get_one(Judgement, site.finding).calibration
        assert calibration is not None
        by = Viewer(site.supervisor, Role.SUPERVISOR, frozenset({site.team}))
        answer_for_floor(by, calibration, standing, reason)
        db.session.commit()


def test_each_side_of_a_calibration_answers_before_it_reads_the_other(
    app: Flask, client_site: Client, sign_in: Any
) -> None:
    browser = sign_in(client_site.user)
    page = f"/portal/findings/{client_site.finding}"
    empty = browser.post(f"{page}/remarks", data={"kind": "contests", "text": " "})
    assert empty.status_code == 400
    browser.post(f"{page}/remarks", data={"kind": "contests", "text": "Le délai est dit."})
    with app.app_context():
        told = db.session.query(Notice).filter_by(user_id=client_site.supervisor).one()
        assert (told.kind, told.path) == (
            "portal.contested",
            f"/audits/findings/{client_site.finding}",
        )
    _floor_answers(app, client_site, Standing.FAITHFUL, "Raison-du-plateau")
    assert "Raison-du-plateau" not in browser.get(page).text
    answer = {"standing": "faithful", "reason": "Raison-du-client"}
    browser.post(f"{page}/calibration", data=answer)
    after = browser.get(page).text
    assert "Raison-du-plateau" in after
    assert "Raison-du-client" in after
    assert browser.post(f"{page}/calibration", data=answer).status_code == 409
    with app.app_context():
        finding = db.session.get_one(Judgement, client_site.finding)
        assert finding.final is Standing.FAITHFUL
        assert finding.standing == Standing.DISTORTED
    contested = browser.post(f"{page}/remarks", data={"kind": "contests", "text": "Encore."})
    assert contested.status_code == 409, "what both settled is not contested again"


def test_a_contest_taken_back_ends_the_calibration_and_undo_opens_it_again(
    app: Flask, client_site: Client, sign_in: Any
) -> None:
    browser = sign_in(client_site.user)
    page = f"/portal/findings/{client_site.finding}"
    browser.post(f"{page}/remarks", data={"kind": "contests", "text": "Le délai est dit."})

    def _stands() -> tuple[int, bool, bool]:
        with app.app_context():
            finding = db.session.get_one(Judgement, client_site.finding)
            said = finding.remarks[0]
            return said.id, said.withdrawn_at is None, finding.calibration is not None

    said, *stands = _stands()
    assert stands == [True, True]
    browser.post(f"/portal/remarks/{said}/withdraw")
    assert _stands() == (said, False, False)
    browser.post(f"/portal/remarks/{said}/restore")
    assert _stands() == (said, True, True)
    browser.post(f"{page}/remarks", data={"kind": "agrees"})
    assert _stands() == (said, False, False), "to agree takes the place of the contest"
    assert browser.post(f"/portal/remarks/{said}/restore").status_code == 409


def test_a_calibration_with_an_answer_goes_on_to_its_end(
    app: Flask, client_site: Client, sign_in: Any
) -> None:
    browser = sign_in(client_site.user)
    page = f"/portal/findings/{client_site.finding}"
    browser.post(f"{page}/remarks", data={"kind": "contests", "text": "Le délai est dit."})
    foreign = {"standing": "nonsense", "reason": "Ce n’en est pas un."}
    assert browser.post(f"{page}/calibration", data=foreign).status_code == 400
    theirs = {"standing": "overpromised", "reason": "Trop."}
    browser.post(f"{page}/calibration", data=theirs)
    with app.app_context():
        said = db.session.get_one(Judgement, client_site.finding).remarks[0].id
    assert browser.post(f"/portal/remarks/{said}/withdraw").status_code == 409
    assert browser.post(f"{page}/remarks", data={"kind": "agrees"}).status_code == 409
    _floor_answers(app, client_site, Standing.FAITHFUL, "Non.")
    with app.app_context():
        finding = db.session.get_one(Judgement, client_site.finding)
        by = Viewer(client_site.supervisor, Role.SUPERVISOR, frozenset({client_site.team}))
        assert finding.calibration is not None
        take_over(by, finding.calibration)
        sides = finding.calibration.sponsor_standing, finding.calibration.floor_standing
        assert sides == (Standing.OVERPROMISED, Standing.FAITHFUL), "the record keeps both"
        assert finding.final is Standing.OVERPROMISED


def test_the_log_tells_an_admin_what_the_client_opened_and_no_preview(
    app: Flask, client_site: Client, sign_in: Any
) -> None:
    pages = (
        f"/portal/campaigns/{client_site.campaign}/alignment",
        f"/portal/calls/{client_site.sampled}",
        f"/portal/calls/{client_site.sampled}/audio",
        f"/portal/findings/{client_site.finding}/audio",
    )
    for who in (client_site.supervisor, client_site.user):
        browser = sign_in(who)
        ahead = {"Purpose": "prefetch"}  # said by a client, it spares nobody the log
        assert [browser.get(page, headers=ahead).status_code for page in pages[1:]] == [200] * 3
        assert browser.get(pages[0]).status_code == 200
        assert (
            "Aperçu" in browser.get(pages[0]).text or "Preview" in browser.get(pages[0]).text
        ) == (who == client_site.supervisor)
    with app.app_context():
        lines = db.session.query(AccessEvent).filter(AccessEvent.action.startswith("portal.")).all()
        assert {line.actor_id for line in lines} == {client_site.user}
        assert {line.action for line in lines} == {
            "portal.matrix",
            "portal.call",
            "portal.call_heard",
            "portal.finding_heard",
        }
        admin = create_user(Role.ADMIN).id
    browser = sign_in(admin)
    shown = browser.get(f"/portal-log?person={client_site.user}&since=2020-01-01").text
    assert f'href="/portal/calls/{client_site.sampled}"' in shown
    assert (
        f'href="/portal/calls/{client_site.sampled}"'
        not in browser.get("/portal-log?until=2020-01-01").text
    )
