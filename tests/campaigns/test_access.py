"""Who may read and change a campaign; the predicates agree with the queries."""

from __future__ import annotations

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.accounts.queries import viewer_of
from callcoach.campaigns import access, queries
from callcoach.campaigns.models import Campaign
from callcoach.errors import CallCoachError
from callcoach.extensions import db
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign, create_sponsor

TEAM, OTHER_TEAM, SEAT = 1, 2, 77


def _viewer(role: Role, *team_ids: int) -> Viewer:
    return Viewer(user_id=SEAT, role=role, team_ids=frozenset(team_ids))


@pytest.mark.parametrize(
    ("viewer", "reads", "edits"),
    [
        (Viewer.system(), True, True),
        (_viewer(Role.ADMIN), True, True),
        (_viewer(Role.SUPERVISOR, TEAM), True, True),
        (_viewer(Role.SUPERVISOR, OTHER_TEAM), False, False),
        (_viewer(Role.SUPERVISOR), False, False),
        (_viewer(Role.TEAM_LEAD, TEAM, OTHER_TEAM), True, False),
        (_viewer(Role.TEAM_LEAD, OTHER_TEAM), False, False),
        (_viewer(Role.AGENT, TEAM), True, False),
        (_viewer(Role.AGENT), False, False),
    ],
)
def test_the_floor_reads_what_its_teams_call_for(viewer: Viewer, reads: bool, edits: bool) -> None:
    assert access.can_read_campaign(viewer, [TEAM], []) is reads
    assert access.can_edit_campaign(viewer, [TEAM]) is edits


def test_a_sponsors_person_reads_by_their_seat_and_never_by_a_team() -> None:
    viewer = _viewer(Role.SPONSOR, TEAM)
    assert access.can_read_campaign(viewer, [], [SEAT])
    assert not access.can_read_campaign(viewer, [TEAM], [SEAT + 1])
    assert not access.can_edit_campaign(viewer, [TEAM])


def test_a_seat_gives_nothing_to_somebody_who_is_no_sponsor() -> None:
    assert not access.can_read_campaign(_viewer(Role.AGENT), [TEAM], [SEAT])


@pytest.mark.parametrize("role", list(Role))
def test_who_creates_campaigns_and_manages_sponsors(role: Role) -> None:
    viewer = _viewer(role)
    assert access.can_create_campaign(viewer) is (role in (Role.ADMIN, Role.SUPERVISOR))
    assert access.can_manage_sponsors(viewer) is (role is Role.ADMIN)


def test_predicates_and_queries_say_the_same(app: Flask) -> None:
    with app.app_context():
        teams = [create_team(), create_team()]
        clients = [create_user(Role.SPONSOR), create_user(Role.SPONSOR)]
        sponsors = [create_sponsor(seats=clients[:1]), create_sponsor(seats=clients)]
        for sponsor in sponsors:
            for calling in ([], teams[:1], teams[1:], teams):
                create_campaign(teams=calling, sponsor=sponsor)
        floor = [
            create_user(role, member_of)
            for role in (Role.ADMIN, Role.SUPERVISOR, Role.TEAM_LEAD, Role.AGENT)
            for member_of in ([], teams[:1], teams)
        ]
        campaigns = list(db.session.query(Campaign))
        readable = 0
        for user in [*floor, *clients]:
            viewer = viewer_of(user)
            listed = {
                found.id for group in queries.list_by_sponsor(viewer) for found in group.campaigns
            }
            for campaign in campaigns:
                team_ids = [link.team_id for link in campaign.teams]
                seats = [seat.user_id for seat in campaign.sponsor.seats]
                reads = access.can_read_campaign(viewer, team_ids, seats)
                readable += reads
                assert (campaign.id in listed) is reads
                assert _opens(queries.get_campaign, viewer, campaign.id) is reads
                assert _opens(queries.get_campaign_to_edit, viewer, campaign.id) is (
                    access.can_edit_campaign(viewer, team_ids)
                )
                assert queries.can_offer_sponsor(viewer, campaign.sponsor_id) is bool(
                    viewer.role is Role.ADMIN
                    or listed & {other.id for other in campaign.sponsor.campaigns}
                )
        assert 0 < readable < len(campaigns) * (len(floor) + len(clients))


def _opens(read: object, viewer: Viewer, campaign_id: int) -> bool:
    try:
        read(viewer, campaign_id)  # type: ignore[operator]
    except CallCoachError:
        return False
    return True
