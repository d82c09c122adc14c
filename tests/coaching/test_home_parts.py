"""Rooms above add parts to the home page of the roles they name."""

from __future__ import annotations

import pytest

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.coaching import home_parts
from callcoach.extensions import Registry


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_parts, "_parts", Registry())


def _viewer(role: Role) -> Viewer:
    return Viewer(1, role)


def test_a_part_is_shown_to_its_roles_in_order_and_nothing_for_nothing():
    @home_parts.add_part(Role.AGENT, Role.ADMIN)
    def _first(viewer: Viewer) -> str:
        return "<p>first</p>"

    @home_parts.add_part(Role.AGENT)
    def _second(viewer: Viewer) -> str:
        return ""

    home_parts.add_part(Role.AGENT, Role.ADMIN)(_first)
    assert home_parts.parts_of(_viewer(Role.AGENT)) == ["<p>first</p>"]
    assert home_parts.parts_of(_viewer(Role.ADMIN)) == ["<p>first</p>"]
    assert home_parts.parts_of(_viewer(Role.SUPERVISOR)) == []
    assert home_parts.parts_of(Viewer.system()) == []
