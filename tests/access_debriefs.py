"""Who prepares debriefs and their agenda; rows of `tests.access_table`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.access_row import AGENTS, EDITS, HEARS, Row, post
from tests.factories.two_sites import Site


def _piece(_site: Site) -> Mapping[str, object]:
    return {"data": b"abc", "headers": {"Upload-Offset": "0", "Upload-Length": "9"}}


#: Who prepares debriefs of the team: its supervisor, its lead, administrators.
_LEADS = {"may": EDITS}
_DEBRIEF = {"debrief_id": "debrief"}
_ITEM = {"item_id": "agenda_item"}
_TAKE = {**_ITEM, "name": "a-take"}
_SOUND = {"debrief_id": "running_debrief", "item_id": "live_item", "part": "ask"}
_AGENDA = (
    Row("debriefs.show_debrief", **_LEADS, values=_DEBRIEF),
    Row("debriefs.show_budget", **_LEADS, values=_DEBRIEF),
    Row("debriefs.new_item", **_LEADS, values=_DEBRIEF),
    post(
        "debriefs.add_item",
        **_LEADS,
        values=_DEBRIEF,
        data=lambda _: {"kind": "theme", "title": "Les objections", "minutes": "5"},
    ),
    Row("debriefs.show_item", **_LEADS, values=_ITEM),
    post(
        "debriefs.change_item",
        **_LEADS,
        values=_ITEM,
        data=lambda _: {"title": "Autrement", "minutes": "5", "based_on": "1"},
    ),
    post("debriefs.move_item", **_LEADS, values=_ITEM, data=lambda _: {"to": "1"}),
    post(
        "debriefs.set_minutes",
        **_LEADS,
        values=_ITEM,
        data=lambda _: {"minutes": "7", "based_on": "1"},
    ),
    post("debriefs.remove_item", **_LEADS, values={"item_id": "second_item"}),
    post("debriefs.restore_item", **_LEADS, values={"item_id": "removed_item"}),
    post(
        "debriefs.set_bounds",
        **_LEADS,
        values=_ITEM,
        data=lambda _: {"start_ms": "9700", "end_ms": "23900", "ask_ms": "", "based_on": "1"},
    ),
    # the floor's leads see the moment; asking its agent is the supervisors'
    post(
        "debriefs.ask_agent",
        may=EDITS - {"team_lead"},
        refused=frozenset({"team_lead"}),
        values={"item_id": "unasked_item"},
    ),
    post(
        "debriefs.take_back_question",
        may=EDITS - {"team_lead"},
        refused=frozenset({"team_lead"}),
        values={"item_id": "asked_item"},
    ),
    # whoever takes part is sent what leads up to the question, once it is before everybody
    Row("debriefs.item_sound", may=HEARS | AGENTS, values=_SOUND, writes=True),
    Row("debriefs.item_sound_status", may=HEARS | AGENTS, values=_SOUND),
    Row("debriefs.preview_sound", **_LEADS, values={**_ITEM, "part": "whole"}, writes=True),
    Row("debriefs.item_reread", **_LEADS, values={"item_id": "read_item"}, writes=True),
    Row("debriefs.reread_take", **_LEADS, values=_TAKE),
    Row("debriefs.put_reread_take", "PUT", **_LEADS, values=_TAKE, data=_piece, writes=False),
    Row("debriefs.remove_reread_take", "DELETE", **_LEADS, values=_TAKE, writes=False),
)

DEBRIEFS: tuple[Row, ...] = (*_AGENDA,)
