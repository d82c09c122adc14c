"""Who reads and changes a team's page; rows of `tests.access_table`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from callcoach.extensions import utc_now
from tests.access_row import AGENTS, SEES_PEOPLE, Row
from tests.access_row import post as _post
from tests.factories.two_sites import Site

_TEAM = {"may": SEES_PEOPLE, "values": {"team_id": "team"}}
_STANDARD = {"may": SEES_PEOPLE, "values": {"standard_id": "standard"}}
_OBJECTIVE = {"may": SEES_PEOPLE, "values": {"objective_id": "team_objective"}}


def _standard(_site: Site) -> Mapping[str, object]:
    return {"text": "On reformule d’abord", "based_on": 1}


def _aim(_site: Site) -> Mapping[str, object]:
    today = utc_now().date()
    return {
        "text": "Deux questions ouvertes",
        "starts_on": today,
        "ends_on": today + timedelta(days=7),
        "based_on": 1,
    }


TEAM_LIFE: tuple[Row, ...] = (
    Row("team_life.show_team", **_TEAM),
    Row("team_life.my_team", may=AGENTS),
    _post("team_life.add_standard", **_TEAM, data=_standard),
    _post("team_life.edit_standard", **_STANDARD, data=_standard),
    _post("team_life.move_standard", **_STANDARD, data=lambda _: {"places": 1}, writes=True),
    _post("team_life.retire_standard", **_STANDARD),
    _post(
        "team_life.restore_standard",
        may=SEES_PEOPLE,
        values={"standard_id": "retired_standard"},
    ),
    _post("team_life.propose_objective", **_TEAM, data=_aim),
    _post("team_life.adjust_objective", **_OBJECTIVE, data=_aim),
    _post("team_life.withdraw_objective", **_OBJECTIVE),
    _post(
        "team_life.close_objective",
        **_OBJECTIVE,
        data=lambda _: {"closing": "reached", "closing_text": "Bravo", "based_on": 1},
    ),
    _post(
        "team_life.reopen_objective",
        may=SEES_PEOPLE,
        values={"objective_id": "closed_team_objective"},
    ),
)
