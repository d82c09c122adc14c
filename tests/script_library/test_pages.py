"""Bringing a script in, reading it as files, and what the pages of a script show."""

from __future__ import annotations

import html
import io
import json
import re

import pypdf
import pytest

from callcoach.accounts.models import Role
from callcoach.campaigns.models import Persona
from callcoach.extensions import db
from callcoach.script_library import panels
from callcoach.script_library.document import Document, SectionKind
from callcoach.script_library.models import ScriptVersion
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign
from tests.factories.scripts import create_script, create_version, document, line

_TEXT = """# Ancien script
## Accroche
- Bonjour {prénom}, Miora.
  - DAF : Bonjour Madame.
## Quand ça coince
- Par rapport à quoi ?
"""


@pytest.fixture
def floor(app):
    """Ids of a campaign whose published version says two lines, of that version, of a supervisor."""
    with app.app_context():
        team = create_team()
        campaign = create_campaign(teams=[team], name="Clôture & paie")
        db.session.add(Persona(campaign_id=campaign.id, name="DAF"))
        said = document(line("Bonjour {prénom}, Miora.", key="a"), line("Au <revoir>.", key="b"))
        version = create_version(create_script(campaign), said, in_force_for=[team])
        person = create_user(Role.SUPERVISOR, teams=[team])
        return campaign.id, version.id, person.id


def test_a_text_is_looked_at_before_it_is_kept_and_its_lines_go_on(app, floor, sign_in) -> None:
    campaign_id, version_id, person_id = floor
    client = sign_in(person_id)
    address = f"/campaigns/{campaign_id}/script/import"
    file = (io.BytesIO(_TEXT.encode()), "script.md")
    page = client.post(address, data={"file": file}).get_data(as_text=True)
    assert "Par rapport à quoi" in page
    content = html.unescape(re.search(r'name="content" value="([^"]*)"', page)[1])
    unsure = json.loads(content)["sections"][1]["key"]
    with app.app_context():
        assert db.session.query(ScriptVersion).count() == 1
    answer = client.post(
        f"{address}/keep",
        data={"content": content, f"kind-{unsure}": "objection", "reason": "Repris de juin"},
    )
    assert answer.status_code == 302
    with app.app_context():
        kept = db.session.query(ScriptVersion).filter_by(number=2).one()
        assert (kept.based_on_id, kept.reason) == (version_id, "Repris de juin")
        first, other = kept.document.lines()
        assert first.key == "a"
        assert first.said_to("DAF") == "Bonjour Madame."
        assert kept.document.place_of(other.key).section.kind is SectionKind.OBJECTION
    refused = client.post(f"{address}/keep", data={"content": '{"sections": [{"key": 3}]}'})
    assert refused.status_code == 400
    torn = client.post(address, data={"file": (io.BytesIO(b"PK\x03\x04 torn"), "script.docx")})
    assert torn.status_code == 400
    assert "field-error" in torn.get_data(as_text=True)


@pytest.mark.parametrize("of", ["version", "history"])
def test_versions_and_the_history_are_files(floor, sign_in, of) -> None:
    campaign_id, version_id, person_id = floor
    client = sign_in(person_id)
    client.post(f"/campaigns/{campaign_id}/script/drafts", data={"based_on": version_id})
    address = {
        "version": f"/campaigns/scripts/{version_id}/file",
        "history": f"/campaigns/{campaign_id}/script/history",
    }[of]
    text = client.get(f"{address}.md").get_data(as_text=True)
    assert "- Bonjour {prénom}, Miora." in text
    facts = json.loads(client.get(f"{address}.json").data)
    found = facts["versions"][0] if of == "history" else facts
    assert Document.from_dict(found["document"]).line("b").text == "Au <revoir>."
    pdf = client.get(f"{address}.pdf")
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    words = pypdf.PdfReader(io.BytesIO(pdf.data)).pages[0].extract_text()
    assert "Au <revoir>." in words
    assert client.get(f"{address}.exe").status_code == 404


def test_panels_of_other_rooms_are_asked_once_a_page(floor, sign_in, monkeypatch) -> None:
    campaign_id, version_id, person_id = floor
    asked = []

    def panel(*given):
        asked.append(list(given[-1]))
        return {"b": "<em>douze fois</em>"}

    monkeypatch.setattr(panels, "_line_panels", [panel])
    monkeypatch.setattr(panels, "_diff_panels", [panel])
    client = sign_in(person_id)
    page = client.get(f"/campaigns/scripts/{version_id}").get_data(as_text=True)
    assert page.count("<em>douze fois</em>") == 1
    assert "Au &lt;revoir&gt;." in page
    diff = client.get(f"/campaigns/scripts/{version_id}/diff").get_data(as_text=True)
    assert "<em>douze fois</em>" in diff
    assert asked == [["a", "b"], ["a", "b"]]
    assert client.get(f"/campaigns/{campaign_id}/script").status_code == 200
