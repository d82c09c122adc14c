"""Who proposes, approves and reads promises; rows of `tests.access_table`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.access_row import CAMPAIGN, CHANGES_CAMPAIGN, Row
from tests.access_row import post as _post
from tests.factories.two_sites import Site

_IN_CAMPAIGN = {"campaign_id": "campaign"}
_PROMISE = {**_IN_CAMPAIGN, "promise_id": "approved_promise"}
_READ_ONLY = CAMPAIGN - CHANGES_CAMPAIGN
#: What is only proposed: the floor does not know that it is there.
_PROPOSED = {
    "may": CHANGES_CAMPAIGN,
    "refused": frozenset({"sponsor"}),
    "values": {"version_id": "proposed_promise"},
}
_DECIDES = {"may": frozenset({"sponsor"}), "values": {"version_id": "proposed_promise"}}
_CHANGES = {"may": CHANGES_CAMPAIGN, "refused": _READ_ONLY}


def _statement(_site: Site) -> Mapping[str, object]:
    return {
        "kind": "forbidden",
        "text": "gratuit à vie",
        "reason": "Entendu deux fois cette semaine.",
        "script_version_id": "0",
        "based_on": "1",
    }


def _reason(_site: Site) -> Mapping[str, object]:
    return {"reason": "Personne ne le dit.", "script_version_id": "0"}


def _record(_site: Site) -> Mapping[str, object]:
    return {"who": "Julien Perrin", "how": "par courriel", "on": "2026-01-12"}


PROMISES: tuple[Row, ...] = (
    Row("promises.list_promises", may=CAMPAIGN, values=_IN_CAMPAIGN),
    Row("promises.show_promise", may=CAMPAIGN, values=_PROMISE),
    Row("promises.new_promise", **_CHANGES, values=_IN_CAMPAIGN),
    _post("promises.new_promise", **_CHANGES, values=_IN_CAMPAIGN, data=_statement),
    Row("promises.change_promise", **_CHANGES, values=_PROMISE),
    _post("promises.change_promise", **_CHANGES, values=_PROMISE, data=_statement),
    Row("promises.retire_promise", **_CHANGES, values=_PROMISE),
    _post("promises.retire_promise", **_CHANGES, values=_PROMISE, data=_reason),
    Row("promises.edit_proposal", **_PROPOSED),
    _post("promises.edit_proposal", **_PROPOSED, data=_statement),
    _post("promises.withdraw_proposal", **_PROPOSED),
    _post(
        "promises.propose_again",
        **{**_PROPOSED, "values": {"version_id": "declined_promise"}},
    ),
    _post(
        "promises.record_approval",
        may=frozenset({"admin"}),
        refused=frozenset({"sponsor", "supervisor"}),
        values=_PROPOSED["values"],
        data=_record,
    ),
    Row("promises.show_approval", **_DECIDES),
    _post("promises.approve_promise", **_DECIDES, data=lambda _: {"seen": "1"}),
    _post(
        "promises.decline_promise",
        **_DECIDES,
        data=lambda _: {"seen": "1", "comment": "Dites « environ »."},
    ),
)
