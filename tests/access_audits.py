"""Who draws audits and judges their calls; rows of `tests.access_table`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.access_row import ADMIN, CHANGES_CAMPAIGN, SUPERVISORS, Row, post
from tests.factories.two_sites import Site

#: Who supervises the campaign; for everybody else, the client too, there is no such page.
_MAY = {"may": CHANGES_CAMPAIGN}
_LISTS = {"may": SUPERVISORS | ADMIN}
_CAMPAIGN = {**_MAY, "values": {"campaign_id": "campaign"}}
_DRAFT = {**_MAY, "values": {"audit_id": "draft_audit"}}
_DRAWN = {**_MAY, "values": {"audit_id": "audit"}}
_CLOSED = {**_MAY, "values": {"audit_id": "closed_audit"}}
_REPORT = {"audit_id": "closed_audit", "number": "audit_report", "kind": "pdf"}
_CALL = {**_MAY, "values": {"sampled_id": "audit_call"}}
_PROMISE = {**_MAY, "values": {"sampled_id": "ready_call", "version_id": "promise_version"}}


def _plan(_site: Site) -> Mapping[str, object]:
    return {
        "title": "Autrement",
        "starts_on": "2026-09-01",
        "ends_on": "2026-09-30",
        "how": "margin",
        "margin": "10",
        "expected": "90",
        "based_on": "1",
    }


AUDITS: tuple[Row, ...] = (
    Row("audits.list_audits", **_LISTS),
    Row("audits.list_contested", **_LISTS),
    Row("audits.new_audit", **_CAMPAIGN),
    post("audits.create_audit", **_CAMPAIGN, data=_plan),
    post("audits.audit_size", **_CAMPAIGN, data=_plan, status=200, writes=False),
    Row("audits.show_audit", **_DRAWN),
    Row("audits.edit_audit", **_DRAFT),
    post("audits.change_audit", **_DRAFT, data=_plan),
    post("audits.draw_audit", **_DRAFT, data=lambda _: {"based_on": "1"}),
    post("audits.discard_audit", **_DRAFT),
    post("audits.abandon_audit", **_DRAWN, data=lambda _: {"reason": "Mauvaise période."}),
    post("audits.close_audit", **_MAY, values={"audit_id": "finished_audit"}),
    Row("audits.judge", **_DRAWN, status=302),
    Row("audits.show_sampled", **_CALL, writes=True),
    post("audits.put_judgement", **_PROMISE, data=lambda _: {"standing": "distorted"}),
    post("audits.take_back_judgement", **_PROMISE),
    post("audits.finish_sampled", **_MAY, values={"sampled_id": "ready_call"}),
    post(
        "audits.leave_call_out",
        **_CALL,
        data=lambda _: {"why": "inaudible", "words": "On n’entend que le prospect."},
    ),
    post(
        "audits.correct_finding",
        **_MAY,
        values={"finding_id": "corrigible_finding"},
        data=lambda _: {"standing": "distorted", "reason": "Réentendu.", "based_on": "1"},
    ),
    Row("audits.show_results", **_CLOSED),
    Row(
        "audits.show_cell",
        **_MAY,
        values={"audit_id": "closed_audit", "version_id": "promise_version"},
    ),
    Row("audits.show_reports", **_CLOSED),
    post("audits.make_report", **_CLOSED),
    Row("audits.download_report", **_MAY, values=_REPORT, writes=True),
    Row("audits.show_finding", **_MAY, values={"finding_id": "contested_finding"}),
    post(
        "audits.answer_contested",
        **_MAY,
        values={"finding_id": "contested_finding"},
        data=lambda _: {"standing": "faithful", "reason": "C’est la nuance convenue."},
    ),
    post(
        "audits.comment_finding",
        **_MAY,
        values={"finding_id": "finding"},
        data=lambda _: {"text": "Réentendu à deux."},
    ),
    # the client's own remark is theirs to take back: here it is only known
    post(
        "audits.take_back_comment",
        may=frozenset(),
        values={"remark_id": "finding_remark"},
        writes=False,
    ),
    post(
        "audits.conclude_contested",
        **_MAY,
        values={"finding_id": "answered_finding"},
        data=lambda _: {"as": "agreed"},
    ),
)
