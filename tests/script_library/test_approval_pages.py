"""The sponsor's telephone, the agent's page and what supervisors see of what waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from flask.testing import FlaskClient

from callcoach.extensions import db
from callcoach.notices.models import Notice
from callcoach.script_library.document import Document, Variant
from callcoach.script_library.in_force import version_in_force
from callcoach.script_library.models import Script, ScriptVersion
from callcoach.script_library.operations import publishing
from tests.factories.calls import create_call
from tests.factories.scripts import create_version, document
from tests.script_library.publishing_steps import FIRST, HELLO, LAW, OFFER, make_desk

SignIn = Callable[[int], FlaskClient]


def test_a_sponsor_sees_only_what_changed_and_nothing_of_the_floor(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        desk = make_desk(app)
        desk.team.name = "Plateausecret"
        create_version(desk.script, FIRST, needed_approval=True, in_force_for=[desk.team])
        section = FIRST.sections[0]
        lines = (replace(HELLO, text="Bonjour ?"), OFFER, replace(LAW, text="Enregistré."))
        changed = Document((replace(section, lines=lines),))
        version = publishing.submit(
            desk.viewer(desk.supervisor), desk.draft(changed, "Plus clair.")
        )
        db.session.commit()
        approver, stranger = desk.approver.id, desk.stranger.id
        page = f"/approvals/{version.id}"
    client = sign_in(approver)
    assert "Plus clair." in client.get(page).text
    assert "§" in client.get(page).text
    assert "dix à cinq jours" not in client.get(page).text  # as before
    assert "dix à cinq jours" in client.get(f"{page}/text").text
    for address in ("/approvals", page, f"{page}/text"):
        assert "Plateausecret" not in client.get(address).text
    other = sign_in(stranger)
    assert other.get(page).status_code == 404
    assert "Plus clair." not in other.get("/approvals").text


def test_every_notice_leads_to_a_page(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        desk = make_desk(app)
        writer, sponsor = desk.viewer(desk.supervisor), desk.viewer(desk.approver)
        create_version(
            desk.script, FIRST, needed_approval=True, in_force_for=[desk.team, desk.other_team]
        )
        waits = publishing.submit(writer, desk.draft(document(OFFER, LAW), "Court."))
        back = publishing.submit(writer, desk.draft(document(HELLO, LAW), "Sans chiffre."))
        publishing.send_back(sponsor, back, "Gardez-le.")
        harmless = document(replace(HELLO, text="Bonjour ?"), OFFER, LAW)
        unasked = publishing.publish(writer, desk.draft(harmless))
        publishing.put_in_force(writer, unasked, [desk.team.id])
        publishing.suspend(sponsor, unasked, "Non.")
        db.session.commit()
        told = [
            (notice.user_id, notice.kind, notice.path)
            for notice in db.session.scalars(db.select(Notice))
            if notice.kind.startswith("script.")
        ]
        supervisor, waiting_page = desk.supervisor.id, f"/campaigns/scripts/{waits.id}/publish"
    kinds = {kind for _, kind, _ in told}
    assert {"script.submitted", "script.sent_back", "script.suspended"} <= kinds
    for user_id, kind, path in told:
        assert sign_in(user_id).get(path).status_code == 200, (kind, path)
    home = sign_in(supervisor).get("/home").text
    assert waiting_page in home
    assert "Gardez-le." in home


def test_an_agent_reads_what_the_team_says_to_whom_they_chose(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        desk = make_desk(app)
        hello = replace(HELLO, variants=(Variant("DAF", "Deux minutes sur votre clôture ?"),))
        version = create_version(desk.script, document(hello), in_force_for=[desk.team])
        create_version(desk.script, document("Pas encore."))
        call = create_call(agent=desk.agent, team=desk.team, campaign=desk.campaign)
        call.script_version_id = version.id
        db.session.commit()
        agent, lead = desk.agent.id, desk.lead.id
        campaign_id, version_id, call_id = desk.campaign.id, version.id, call.id
    client = sign_in(agent)
    assert "je vous dérange" in client.get("/my/script").text
    client.get(f"/my/script?campaign={campaign_id}&persona=DAF")
    later = client.get("/my/script").text
    assert "Deux minutes" in later
    assert "Pas encore." not in later
    assert "je vous dérange" not in later
    assert f"/campaigns/scripts/{version_id}" in client.get(f"/calls/{call_id}").text
    assert "/my/script?campaign=" in client.get("/home").text
    assert sign_in(lead).get("/my/script").status_code == 200


def test_who_approves_is_chosen_and_a_version_put_in_force_from_the_page(
    app: Flask, sign_in: SignIn
) -> None:
    with app.app_context():
        desk = make_desk(app)
        script_id, campaign_id, team_id = desk.script.id, desk.campaign.id, desk.team.id
        approver, deputy, supervisor = desk.approver.id, desk.deputy.id, desk.supervisor.id
        version_id = create_version(desk.script, FIRST, needed_approval=True).id
    client = sign_in(supervisor)
    url = f"/campaigns/{campaign_id}/script/approval"
    form = {"approver_id": approver, "deputy_id": approver, "approval_hours": 24}
    assert client.post(url, data=form).status_code == 422
    assert client.post(url, data={**form, "deputy_id": deputy}).status_code == 302
    page = f"/campaigns/scripts/{version_id}"
    data = {"team_ids": [team_id], "when": "since", "since": "2026-01-05T09:00"}
    assert client.post(f"{page}/in-force", data=data).status_code == 302
    assert client.get(f"{page}/publish").status_code == 200
    with app.app_context():
        script = db.session.get_one(Script, script_id)
        assert (script.approver_id, script.deputy_id, script.approval_hours) == (
            approver,
            deputy,
            24,
        )
        version = db.session.get_one(ScriptVersion, version_id)
        starts_at = version.releases[0].starts_at
        assert starts_at.isoformat() == "2026-01-05T08:00:00+00:00"  # from Paris
        assert version_in_force(campaign_id, team_id, starts_at) is version
