"""Expressions are kept with their history, two people at once notice, and everything takes back."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.campaigns.models import SponsorSeat
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.expressions import operations, queries
from callcoach.expressions.operations import Saying
from callcoach.expressions.queries import Filters
from callcoach.expressions.starter import starters
from callcoach.extensions import db
from tests.factories.accounts import create_team, create_user
from tests.factories.campaigns import create_campaign
from tests.factories.expressions import create_expression


@pytest.fixture
def site(app: Flask) -> Any:
    with app.app_context():
        team = create_team()
        campaign = create_campaign(teams=[team])
        user = create_user(Role.SUPERVISOR, [team])
        yield campaign, Viewer(user.id, Role.SUPERVISOR, frozenset({team.id}))


def test_changes_leave_a_history_and_take_back(site: Any) -> None:
    campaign, viewer = site
    row = operations.add(viewer, campaign, Saying("forbidden", " « une  petite minute » "))
    assert row.phrase == "une petite minute"
    operations.change(
        viewer, row, Saying("ambiguous", "une minute", {"DAF": "Dix.", "": " "}), based_on=1
    )
    db.session.commit()
    assert (row.kind, row.hears, row.row_version) == ("ambiguous", {"DAF": "Dix."}, 2)
    operations.take_back(viewer, row, row.edits[0].id)
    assert (row.kind, row.phrase, row.hears) == ("forbidden", "une petite minute", {})
    with pytest.raises(Conflict):
        operations.take_back(viewer, row, row.edits[1].id)
    operations.take_back(viewer, row, row.edits[0].id)  # an undo takes back too
    assert row.phrase == "une minute"
    operations.remove(viewer, row)
    assert queries.in_use(campaign.id) == []
    operations.restore(viewer, row)
    db.session.commit()
    told = [edit.action for edit in row.edits]
    assert told == ["restored", "removed", "undone", "undone", "changed", "added"]
    assert {edit.author_id for edit in row.edits} == {viewer.user_id}


def test_save_over_a_newer_one_and_the_same_words_twice_are_refused(site: Any) -> None:
    campaign, viewer = site
    row = create_expression(campaign)
    other = create_expression(campaign, "c'est gratuit")
    operations.change(viewer, row, Saying("forbidden", "une minute"), based_on=1)
    with pytest.raises(StaleVersion):
        operations.change(viewer, row, Saying("forbidden", "deux minutes"), based_on=1)
    with pytest.raises(Conflict):
        operations.change(viewer, other, Saying("forbidden", "Une Minute !"), based_on=1)
    operations.add(viewer, campaign, Saying("decoded", "une minute"))  # a prospect's: another thing


@pytest.mark.parametrize(
    ("saying", "field"),
    [
        (Saying("loud", "une minute"), "kind"),
        (Saying("forbidden", " … "), "phrase"),
        (Saying("forbidden", "ah"), "phrase"),
        (Saying("forbidden", "x" * 201), "phrase"),
        (Saying("forbidden", "une minute", {"DAF": "x" * 501}), "hears"),
    ],
)
def test_what_cannot_be_looked_for_is_refused(site: Any, saying: Saying, field: str) -> None:
    campaign, viewer = site
    with pytest.raises(InvalidInput) as refused:
        operations.add(viewer, campaign, saying)
    assert refused.value.values["field"] == field


def test_other_teams_change_nothing_and_sponsors_read_no_decoding(site: Any) -> None:
    campaign, _viewer = site
    row = create_expression(campaign, "envoyez-moi un mail", "decoded")
    create_expression(campaign)
    stranger = Viewer(99, Role.SUPERVISOR, frozenset({campaign.teams[0].team_id + 50}))
    with pytest.raises(NotFound):
        operations.change(stranger, row, Saying("decoded", "un mail"), based_on=1)
    with pytest.raises(NotFound):
        queries.get_expression(stranger, row.id)
    seat = create_user(Role.SPONSOR)
    campaign.sponsor.seats = [SponsorSeat(user_id=seat.id)]
    db.session.commit()
    sponsor = Viewer(seat.id, Role.SPONSOR, frozenset())
    with pytest.raises(NotFound):
        queries.get_expression(sponsor, row.id)
    listed = queries.list_expressions(sponsor, campaign, Filters())
    assert [each.kind for each in listed.rows] == ["forbidden"]


def test_proposals_speak_to_the_campaigns_own_personas_and_leave_once_taken(site: Any) -> None:
    campaign, viewer = site
    offered = starters("fr", ["Gérant de PME", "DSI"], ())
    mail = next(item for item in offered if item.key == "envoyez-mail")
    assert set(mail.saying.hears) == {"", "DAF"}
    solution = next(item for item in offered if item.key == "solution-innovante")
    assert "DSI" in solution.saying.hears
    assert len(offered) >= 25
    for item in (*offered, *starters("en", [], ())):
        operations.checked(item.saying, "fr")  # each can be saved as it is
    row = operations.add(viewer, campaign, mail.saying)
    left = starters("fr", [], [row])
    assert len(left) == len(offered) - 1
