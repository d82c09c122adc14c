"""Who prepares debriefs and their agenda; rows of `tests.access_table`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from callcoach.extensions import utc_now
from tests.access_row import ADMIN, AGENTS, EDITS, HEARS, LEADS, Row, post
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


def _plan(site: Site) -> Mapping[str, object]:
    return {
        "title": "Débrief",
        "team_ids": site.team,
        "day": utc_now().date() + timedelta(days=5),
        "time": "16:00",
        "minutes": "30",
        "timezone": "Europe/Paris",
        "based_on": "1",
    }


def _ritual(site: Site) -> Mapping[str, object]:
    day = utc_now().date()
    return {**_plan(site), "weekday": "2", "every_weeks": "2", "starts_on": day}


#: Lists and empty forms: whoever prepares debriefs of any team.
_PREPARES = {"may": LEADS | ADMIN}
_PLANNED = {**_LEADS, "values": _DEBRIEF}
_SERIES = {**_LEADS, "values": {"series_id": "debrief_series"}}
_PLANNING = (
    Row("debriefs.list_debriefs", **_PREPARES),
    Row("debriefs.new_debrief", **_PREPARES),
    # a team that is not theirs is not there for other supervisors
    post("debriefs.add_debrief", **_LEADS, data=_plan),
    Row("debriefs.show_plan", **_PLANNED),
    post("debriefs.change_plan", **_PLANNED, data=_plan),
    post("debriefs.postpone_debrief", **_PLANNED, data=lambda _: {"days": "1", "based_on": "1"}),
    post("debriefs.skip_debrief", **_PLANNED, data=lambda _: {"reason": "Férié", "based_on": "1"}),
    post(
        "debriefs.carry_agenda",
        **_LEADS,
        values={"debrief_id": "skipped_debrief"},
        data=lambda site: {"to": site.debrief},
    ),
    post("debriefs.unskip_debrief", **_LEADS, values={"debrief_id": "skipped_debrief"}),
    post("debriefs.delete_debrief", **_PLANNED),
    post("debriefs.restore_debrief", **_LEADS, values={"debrief_id": "deleted_debrief"}),
    post("debriefs.invite", **_PLANNED),
    post("debriefs.uninvite", **_PLANNED),
    # those who take part put it into their calendars
    Row("debriefs.download_invitation", may=HEARS | AGENTS, values=_DEBRIEF),
    Row("debriefs.show_all_series", **_PREPARES),
    Row("debriefs.new_series", **_PREPARES),
    post("debriefs.add_series", **_LEADS, data=_ritual),
    Row("debriefs.show_series", **_SERIES),
    post("debriefs.change_series", **_SERIES, data=_ritual),
    post("debriefs.plan_series", **_SERIES),
    post("debriefs.archive_series", **_SERIES),
    post("debriefs.restore_series", **_LEADS, values={"series_id": "archived_series"}),
)

#: Seen with the note: a good moment, which leads may suggest too.
_SUGGESTED = {
    **_LEADS,
    "values": _DEBRIEF,
    "data": lambda site: {"source": f"note:{site.team_note}"},
}
_WAITING = {**_LEADS, "values": {"item_id": "waiting_item"}}
_ADDING = (
    post("debriefs.add", **_LEADS, values={"kind": "flag", "number": "verdict"}),
    post(
        "debriefs.add_stretch",
        **_LEADS,
        values={"call_id": "call"},
        data=lambda _: {"start_ms": "2700", "end_ms": "9000"},
    ),
    post("debriefs.undo_add", **_WAITING),
    post("debriefs.add_suggestion", **_SUGGESTED),
    post("debriefs.dismiss_suggestion", **_SUGGESTED),
    Row("debriefs.list_waiting", may=LEADS | ADMIN),
    post("debriefs.take_waiting", **_LEADS, values=_DEBRIEF),
    post("debriefs.remove_waiting", **_WAITING),
    post("debriefs.restore_waiting", **_WAITING, writes=False),
)

DEBRIEFS: tuple[Row, ...] = (*_PLANNING, *_AGENDA, *_ADDING)
