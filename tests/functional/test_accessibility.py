"""axe finds nothing on the pages of calls, in both themes, on the laptop and on the phone."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.looks import every_look

from .conftest import Floor, SignIn

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


@every_look
def test_axe_finds_nothing(sign_in_as: SignIn, floor: Floor, scheme: str, *, phone: bool) -> None:
    page = sign_in_as("claire", phone=phone, scheme=scheme)
    found = []
    for path in (
        "/calls",
        "/calls?q=personne",
        "/calls/import",
        f"/calls/{floor.own_call}",
        f"/calls/{floor.own_call}/edit",
        f"/calls/{floor.own_call}/turns/2/correction",
    ):
        page.goto(path)
        for details in page.locator("details.card").all():
            details.evaluate("element => { element.open = true; }")
        answer = Axe().run(page, options=RULES).response
        assert len(answer["passes"]) > 10, "axe looked at the page"
        for violation in answer["violations"]:
            places = [node["html"][:160] for node in violation["nodes"][:3]]
            found.append(f"{path}: {violation['id']}: {violation['help']}: {places}")
    assert not found, "\n".join(found)
