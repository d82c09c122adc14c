"""Who may do what with sponsors and campaigns; rows of `tests.access_table`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.access_row import ADMIN, ALL, CAMPAIGN, CHANGES_CAMPAIGN, SUPERVISORS, Row
from tests.access_row import post as _post
from tests.factories.two_sites import Site


def _campaign(site: Site) -> Mapping[str, object]:
    return {
        "based_on": "1",
        "sponsor_id": site.sponsor,
        "name": "Nouvelle campagne",
        "language": "fr",
        "agent_audio": "yes",
        "dispute_hours": 48,
        "team_ids": [site.team],
    }


IN_CAMPAIGN = {"campaign_id": "campaign"}
CHANGES = {"may": CHANGES_CAMPAIGN, "refused": CAMPAIGN - CHANGES_CAMPAIGN}
_SPONSOR = {"may": ADMIN, "values": {"sponsor_id": "sponsor"}}
CAMPAIGNS = (
    Row("campaigns.list_campaigns"),
    Row("campaigns.show_campaign", may=CAMPAIGN, values=IN_CAMPAIGN),
    Row("campaigns.new_campaign", may=ADMIN | SUPERVISORS, refused=ALL),
    _post(
        "campaigns.new_campaign",
        may=CHANGES_CAMPAIGN,
        refused=ALL,
        but={"other_supervisor": 422},  # for a team that is not theirs
        data=_campaign,
    ),
    Row("campaigns.edit_campaign", **CHANGES, values=IN_CAMPAIGN),
    _post("campaigns.edit_campaign", **CHANGES, values=IN_CAMPAIGN, data=_campaign),
    _post("campaigns.archive_campaign", **CHANGES, values=IN_CAMPAIGN),
    _post("campaigns.unarchive_campaign", **CHANGES, values=IN_CAMPAIGN),
    _post("campaigns.save_persona", **CHANGES, values=IN_CAMPAIGN, data=lambda _: {"name": "DAF"}),
    _post("campaigns.remove_persona", **CHANGES, values={**IN_CAMPAIGN, "persona_id": "persona"}),
    _post("campaigns.put_back", **CHANGES, values={**IN_CAMPAIGN, "token": "put_back_token"}),
    Row("campaigns.new_sponsor", may=ADMIN, refused=ALL),
    _post("campaigns.new_sponsor", may=ADMIN, refused=ALL, data=lambda _: {"name": "Neuve"}),
    Row("campaigns.show_sponsor", **_SPONSOR),
    _post("campaigns.show_sponsor", **_SPONSOR, data=lambda _: {"name": "Autre nom"}),
    _post("campaigns.archive_sponsor", **_SPONSOR, status=409, writes=False),
    _post("campaigns.unarchive_sponsor", **_SPONSOR),
    _post(
        "campaigns.give_seat", **_SPONSOR, data=lambda site: {"user_id": site.loose_sponsor_user}
    ),
    _post(
        "campaigns.take_seat",
        may=ADMIN,
        values={"sponsor_id": "sponsor", "user_id": "sponsor_user"},
    ),
)
