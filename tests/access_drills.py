"""Who may do what with drills; rows of `tests.access_table`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.access_row import ADMIN, AGENTS, ALL, SPONSORS, SUPERVISORS, Row
from tests.access_row import post as _post
from tests.factories.two_sites import Site

#: Nobody in an agent's place, whatever they answer for.
_OWN = frozenset({"agent"})
#: Who makes drills and marks tries of the site.
_MAKES = frozenset({"supervisor", "admin"})
#: They see the call or the note; making a drill of it is not theirs.
_OF_CALL = {"may": _MAKES, "refused": frozenset({"agent", "team_lead"})}
_LISTS = {"may": ADMIN | SUPERVISORS, "refused": frozenset({"team_lead"})}
_HEARD = {"may": _MAKES | _OWN}
_DRILL = {"may": _MAKES, "values": {"drill_id": "drill"}}
_SET = {"may": _MAKES, "values": {"set_id": "drill_set"}}
_ITEM = {"may": _MAKES, "values": {"set_id": "drill_set", "item_id": "drill_item"}}
_GIVEN = {"may": _OWN, "values": {"assignment_id": "drill_given"}}
_TAKE = {
    "may": _OWN,
    "values": {"assignment_id": "drill_given", "step_id": "drill_step", "name": "a"},
}
_STEP = {"step_id": "drill_step", "part": "line"}
_TRY = {"may": _MAKES, "values": {"attempt_id": "drill_try"}}


def _piece(_site: Site) -> Mapping[str, object]:
    return {"data": b"abc", "headers": {"Upload-Offset": "0", "Upload-Length": "9"}}


def _edit(_site: Site) -> Mapping[str, object]:
    return {"title": "Autre titre", "situation": "price", "based_on": 1}


DRILLS = (
    Row("drills.my_drills", may=AGENTS),
    Row("drills.my_drill", **_GIVEN),
    Row("drills.my_tries", **_GIVEN),
    Row("drills.take_state", **_TAKE),
    Row("drills.put_take", "PUT", **_TAKE, data=_piece),
    Row("drills.discard_take", "DELETE", **_TAKE, writes=True),
    _post("drills.send_try", **_GIVEN),
    _post("drills.listened", may=_OWN, values={"assignment_id": "drill_listening"}),
    _post("drills.take_up", may=_OWN, values={"note_id": "understood_note"}),
    Row("drills.listen_sound", may=_OWN, values={"assignment_id": "drill_listening"}, writes=True),
    Row("drills.step_sound", **_HEARD, values=_STEP, writes=True),
    Row("drills.step_sound_status", **_HEARD, values=_STEP),
    Row("drills.example_sound", **_HEARD, values={"step_id": "drill_step"}, writes=True),
    Row("drills.answer_sound", **_HEARD, values={"answer_id": "drill_answer"}, writes=True),
    Row("drills.list_drills", **_LISTS),
    Row("drills.show_drill", **_DRILL),
    Row("drills.edit_drill", **_DRILL),
    _post("drills.edit_drill", **_DRILL, data=_edit),
    _post("drills.archive_drill", **_DRILL),
    _post("drills.unarchive_drill", **_DRILL),
    _post("drills.make_from_note", **_OF_CALL, values={"note_id": "note"}),
    _post(
        "drills.make_from_moment",
        **_OF_CALL,
        values={"call_id": "call"},
        data=lambda _: {"start_ms": 12_200, "end_ms": 24_000, "kind": "ear"},
    ),
    Row("drills.make_chain", **_OF_CALL, values={"call_id": "call"}),
    _post(
        "drills.make_chain",
        **_OF_CALL,
        values={"call_id": "call"},
        data=lambda site: {"turns": list(site.chain_turns)},
    ),
    _post("drills.assign_drill", **_DRILL, data=lambda site: {"agents": site.colleague}),
    _post("drills.cancel_assignment", may=_MAKES, values={"assignment_id": "drill_given"}),
    _post("drills.restore_assignment", may=_MAKES, values={"assignment_id": "drill_cancelled"}),
    Row("drills.list_due", may=ALL - SPONSORS - AGENTS),
    Row("drills.list_sets", **_LISTS),
    _post(
        "drills.list_sets",
        may=_MAKES,
        refused=frozenset({"team_lead"}),
        data=lambda site: {"campaign_id": site.campaign, "name": "Prix"},
    ),
    Row("drills.show_set", **_SET),
    _post("drills.rename_set", **_SET, data=lambda _: {"name": "Autre nom"}),
    _post("drills.archive_set", **_SET),
    _post("drills.unarchive_set", may=_MAKES, values={"set_id": "drill_archived_set"}),
    _post("drills.add_item", **_SET, data=lambda _: {"kind": "review"}),
    _post("drills.remove_item", **_ITEM),
    _post("drills.move_item", **_ITEM, data=lambda _: {"by": 1}),
    _post("drills.assign_set", **_SET, data=lambda site: {"agents": site.colleague}),
    _post("drills.mark_reviewed", may=_MAKES, values={"assignment_id": "drill_review"}),
    _post("drills.unmark_reviewed", may=_MAKES, values={"assignment_id": "drill_reviewed"}),
    Row("drills.list_tries", **_LISTS),
    Row("drills.show_try", **_TRY),
    Row("drills.try_answers", **_TRY),
    _post("drills.mark_try", **_TRY, data=lambda _: {"mark": "again"}),
    # taking a mark back is for whoever gave it
    _post(
        "drills.unmark_try",
        may=frozenset({"supervisor"}),
        values={"attempt_id": "drill_marked_try"},
        but={"admin": 409},
    ),
)
