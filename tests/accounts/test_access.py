"""Predicates on people and teams."""

from __future__ import annotations

import pytest

from callcoach.accounts import access
from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role

ME, SOMEBODY, TEAM, OTHER_TEAM = 1, 2, 10, 20
LEADS = (Role.SUPERVISOR, Role.TEAM_LEAD)


def _viewer(role: Role | None, *team_ids: int) -> Viewer:
    return Viewer(user_id=ME, role=role, team_ids=frozenset(team_ids))


@pytest.mark.parametrize("role", list(Role))
def test_only_the_system_and_administrators_see_everything(role):
    assert Viewer.system().sees_everything and Viewer.system().is_system
    assert _viewer(role).sees_everything is (role is Role.ADMIN)
    assert access.can_manage_people(_viewer(role, TEAM)) is (role is Role.ADMIN)


@pytest.mark.parametrize("role", list(Role))
def test_who_has_pages_of_people_and_imports_calls(role):
    expected = role in (Role.ADMIN, *LEADS)
    assert access.sees_people(_viewer(role)) is expected
    assert access.can_import_calls(_viewer(role)) is expected


@pytest.mark.parametrize("role", list(Role))
def test_people_and_teams_are_read_in_ones_own_teams(role):
    viewer = _viewer(role, TEAM)
    assert access.can_read_team(viewer, TEAM) is (role in (Role.ADMIN, *LEADS))
    assert access.can_read_team(viewer, OTHER_TEAM) is (role is Role.ADMIN)
    assert access.can_read_person(viewer, {TEAM, OTHER_TEAM}) is (role in (Role.ADMIN, *LEADS))
    assert access.can_read_person(viewer, {OTHER_TEAM}) is (role is Role.ADMIN)
    assert access.can_read_person(viewer, set()) is (role is Role.ADMIN)


@pytest.mark.parametrize(
    ("role", "of_role", "team", "expected"),
    [
        (Role.ADMIN, Role.ADMIN, OTHER_TEAM, True),
        (Role.SUPERVISOR, Role.AGENT, TEAM, True),
        (Role.SUPERVISOR, "agent", TEAM, True),
        (Role.SUPERVISOR, Role.AGENT, OTHER_TEAM, False),
        (Role.SUPERVISOR, Role.TEAM_LEAD, TEAM, False),
        (Role.SUPERVISOR, Role.SUPERVISOR, TEAM, False),
        (Role.SUPERVISOR, Role.ADMIN, TEAM, False),
        (Role.TEAM_LEAD, Role.AGENT, TEAM, False),
        (Role.AGENT, Role.AGENT, TEAM, False),
        (Role.SPONSOR, Role.AGENT, TEAM, False),
    ],
)
def test_who_gives_out_temporary_secrets(role, of_role, team, expected):
    viewer = _viewer(role, TEAM)
    assert access.can_reset_secret(viewer, SOMEBODY, of_role, {team}) is expected
    assert not access.can_reset_secret(viewer, ME, of_role, {team}), "one's own goes by settings"


@pytest.mark.parametrize("role", list(Role))
def test_nobody_closes_their_own_account(role):
    assert access.can_disable(_viewer(role), SOMEBODY) is (role is Role.ADMIN)
    assert not access.can_disable(_viewer(role), ME)
