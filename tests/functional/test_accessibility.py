"""axe finds nothing on the pages of calls, in both themes, on the laptop and on the phone."""

from __future__ import annotations

import pytest

from tests.axe import unfold, violations
from tests.looks import every_look

from .conftest import Floor, SignIn

pytestmark = [pytest.mark.browser, pytest.mark.slow]


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
        unfold(page, "details.card")
        found += violations(page, path)
    assert not found, "\n".join(found)
