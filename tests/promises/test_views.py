"""The pages of promises, as a supervisor and the sponsor use them."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask

from callcoach.extensions import db
from callcoach.promises.operations.proposing import Content, propose
from callcoach.script_library.operations import publishing
from tests.factories.accounts import create_user
from tests.script_library.publishing_steps import FIRST, make_desk


def test_a_statement_goes_from_the_supervisor_to_the_sponsor_and_into_force(
    app: Flask, sign_in: Any
) -> None:
    with app.app_context():
        desk = make_desk(app)
        campaign = desk.campaign.id
        supervisor, sponsor = sign_in(desk.supervisor), sign_in(desk.approver)
        agent = sign_in(desk.agent)
    address = f"/campaigns/{campaign}/promises"
    values = {"kind": "conditional", "text": "Deux jours gagnés.", "script_version_id": "0"}
    refused = supervisor.post(f"{address}/new", data={**values, "reason": "Vu sur le terrain."})
    assert refused.status_code == 422
    assert "Deux jours gagnés." in refused.text
    asked = {**values, "condition": "d’après nos clients", "reason": "Vu sur le terrain."}
    shown = supervisor.post(f"{address}/new", data=asked, follow_redirects=True).text
    assert "Vu sur le terrain." in shown
    assert "Deux jours gagnés." not in agent.get(address).text

    waiting = sponsor.get("/approvals").text
    link = re.search(r'href="(/approvals/promises/\d+)"', waiting)
    assert link is not None
    page = sponsor.get(link[1]).text
    seen = re.search(r'name="seen" value="(\d+)"', page)
    assert seen is not None
    assert "d’après nos clients" in page
    done = sponsor.post(f"{link[1]}/approve", data={"seen": seen[1]}, follow_redirects=True)
    assert done.status_code == 200
    assert link[1] not in done.text

    assert "Deux jours gagnés." in agent.get(address).text
    assert "Deux jours gagnés." not in agent.get(f"{address}?on=2020-01-01").text
    assert "Deux jours gagnés." in agent.get(f"/campaigns/{campaign}").text


def test_a_stale_change_of_a_proposal_shows_both_texts(app: Flask, sign_in: Any) -> None:
    with app.app_context():
        desk = make_desk(app)
        campaign = desk.campaign.id
        first = sign_in(desk.supervisor)
        second = sign_in(create_user("admin"))
    values = {"kind": "approved", "text": "Texte.", "reason": "Motif.", "script_version_id": "0"}
    address = f"/campaigns/{campaign}/promises"
    shown = first.post(f"{address}/new", data=values, follow_redirects=True).text
    link = re.search(r'href="(/promises/versions/\d+/edit)"', shown)
    assert link is not None
    based_on = {"based_on": "1"}
    theirs = {**values, **based_on, "text": "Le leur."}
    assert second.post(link[1], data=theirs).status_code == 302
    late = first.post(link[1], data={**values, **based_on, "text": "Le mien."})
    assert late.status_code == 422
    assert "Le leur." in late.text
    assert "Le mien." in late.text
    again = re.search(r'name="based_on"[^>]*value="(\d+)"', late.text)
    assert again is not None
    saved = first.post(link[1], data={**values, "based_on": again[1], "text": "Le mien."})
    assert saved.status_code == 302


def test_a_script_and_the_promises_that_come_with_it_lead_to_each_other(
    app: Flask, sign_in: Any
) -> None:
    with app.app_context():
        desk = make_desk(app)
        script = publishing.submit(desk.viewer(desk.supervisor), desk.draft(FIRST))
        content = Content("positioning", "La clôture guidée", script_version_id=script.id)
        promise = propose(desk.viewer(desk.supervisor), desk.campaign, content, "Nouveau nom.")
        db.session.commit()
        script_id, promise_id, campaign = script.id, promise.id, desk.campaign.id
        sponsor, supervisor = sign_in(desk.approver), sign_in(desk.supervisor)
    assert f"/approvals/promises/{promise_id}" in sponsor.get(f"/approvals/{script_id}").text
    page = sponsor.get(f"/approvals/promises/{promise_id}").text
    assert f'href="/approvals/{script_id}"' in page
    version = supervisor.get(f"/campaigns/scripts/{script_id}").text
    assert f"/campaigns/{campaign}/promises?script={script_id}" in version
