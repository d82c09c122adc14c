"""Rights on what agents see otherwise: theirs to say, their supervisors' to answer."""

from __future__ import annotations

from tests.access_row import ADMIN, AGENTS, SUPERVISORS, Row, post

_OWN = {"may": frozenset({"agent"})}
#: Whoever judges the call; team leads see no evaluation, and no answer to one.
_JUDGES = frozenset({"supervisor", "admin"})
_DISPUTE = {"dispute_id": "dispute"}
_ANSWERS = {"may": _JUDGES, "refused": frozenset({"agent"})}
_FLAG = {"call_id": "judged_call", "moment": "flag_key"}
_HEARD = {"may": _JUDGES | {"agent"}, "values": {**_DISPUTE, "part": "moment"}}

DISPUTES = (
    Row("coaching.dispute_note", **_OWN, values={"note_id": "note"}),
    post(
        "coaching.open_note_dispute",
        **_OWN,
        values={"note_id": "note"},
        data=lambda _: {"text": "Il avait deux minutes."},
    ),
    Row("coaching.dispute_moment", **_OWN, values=_FLAG),
    post(
        "coaching.open_moment_dispute",
        **_OWN,
        values=_FLAG,
        data=lambda _: {"text": "Il avait deux minutes."},
    ),
    Row("coaching.said_at", **_OWN, values={"call_id": "call", "at": "0:05"}),
    Row("coaching.my_disputes", may=AGENTS),
    post("coaching.withdraw_dispute", **_OWN, values=_DISPUTE),
    post("coaching.restore_dispute", **_OWN, values={"dispute_id": "withdrawn_dispute"}),
    Row("coaching.time_to_ear", may=ADMIN | SUPERVISORS),
    Row("coaching.list_disputes", may=ADMIN | SUPERVISORS),
    Row("coaching.show_dispute", may=_JUDGES, values=_DISPUTE, writes=True),
    post(
        "coaching.keep_dispute", **_ANSWERS, values=_DISPUTE, data=lambda _: {"text": "Elle reste."}
    ),
    post("coaching.accept_dispute", **_ANSWERS, values=_DISPUTE),
    post("coaching.reopen_dispute", **_ANSWERS, values={"dispute_id": "kept_dispute"}),
    Row("coaching.dispute_sound", **_HEARD, writes=True),
    Row("coaching.dispute_sound_status", **_HEARD),
)
