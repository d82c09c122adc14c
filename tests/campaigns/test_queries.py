"""Who sees which campaign."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.queries import viewer_of
from callcoach.campaigns import queries
from callcoach.errors import NotAllowed, NotFound
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign, create_sponsor


@pytest.fixture(autouse=True)
def _context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.TEAM_LEAD, Role.AGENT])
def test_the_floor_sees_what_its_teams_call_for(role: Role) -> None:
    mine, other = create_team(), create_team()
    seen, unseen = create_campaign(teams=[mine]), create_campaign(teams=[other])
    viewer = viewer_of(create_user(role, [mine]))
    assert queries.get_campaign(viewer, seen.id) is seen
    with pytest.raises(NotFound):
        queries.get_campaign(viewer, unseen.id)
    listed = [c for group in queries.list_by_sponsor(viewer) for c in group.campaigns]
    assert listed == [seen]


def test_a_sponsor_sees_own_campaigns_only() -> None:
    person = create_user(Role.SPONSOR)
    own = create_campaign(sponsor=create_sponsor(seats=[person]))
    other = create_campaign()
    viewer = viewer_of(person)
    assert queries.get_campaign(viewer, own.id) is own
    with pytest.raises(NotFound):
        queries.get_campaign(viewer, other.id)
    assert [group.sponsor for group in queries.list_by_sponsor(viewer)] == [own.sponsor]


@pytest.mark.parametrize("role", [Role.TEAM_LEAD, Role.AGENT])
def test_readers_cannot_edit(role: Role) -> None:
    team = create_team()
    campaign = create_campaign(teams=[team])
    with pytest.raises(NotAllowed):
        queries.get_campaign_to_edit(viewer_of(create_user(role, [team])), campaign.id)


def test_only_administrators_see_sponsors_without_campaigns() -> None:
    empty = create_sponsor()
    team = create_team()
    create_campaign(teams=[team])
    supervisor = viewer_of(create_user(Role.SUPERVISOR, [team]))
    assert empty in [group.sponsor for group in queries.list_by_sponsor(Viewer.system())]
    assert empty not in [group.sponsor for group in queries.list_by_sponsor(supervisor)]
    with pytest.raises(NotFound):
        queries.get_sponsor(supervisor, empty.id)


def test_searching_finds_by_sponsor_or_by_campaign() -> None:
    sponsor = create_sponsor(name="Voltaneo")
    first = create_campaign(sponsor=sponsor, name="Ombrières")
    create_campaign(sponsor=sponsor, name="Toitures")
    create_campaign(name="Clôture")

    def found(text: str) -> list[str]:
        groups = queries.list_by_sponsor(Viewer.system(), text=text)
        return sorted(c.name for group in groups for c in group.campaigns)

    assert found("volta") == ["Ombrières", "Toitures"]
    assert found("OMBRI") == [first.name]
    assert found("rien de tel") == []
