"""Who may read and change a campaign's expressions; rows of `tests.access_table`."""

from __future__ import annotations

from collections.abc import Mapping

from tests.access_row import AGENTS, CAMPAIGN, CHANGES_CAMPAIGN, Row, post
from tests.factories.two_sites import Site

_CAMPAIGN = {"may": CHANGES_CAMPAIGN, "values": {"campaign_id": "campaign"}}
_EXPRESSION = {"may": CHANGES_CAMPAIGN, "values": {"expression_id": "expression"}}
_TAKE = {
    "may": CHANGES_CAMPAIGN,
    "values": {"expression_id": "expression", "name": "a"},
}
_WORDS = {"kind": "decoded", "phrase": "envoyez-moi un mail", "instead": "Volontiers."}


def _change(_site: Site) -> Mapping[str, object]:
    return {"kind": "ambiguous", "phrase": "deux petites minutes", "based_on": 2}


def _piece(_site: Site) -> Mapping[str, object]:
    return {"data": b"abc", "headers": {"Upload-Offset": "0", "Upload-Length": "9"}}


EXPRESSIONS = (
    Row(
        "expressions.list_expressions",
        may=CAMPAIGN - AGENTS,
        values={"campaign_id": "campaign"},
    ),
    Row("expressions.new_expression", **_CAMPAIGN),
    Row("expressions.try_expression", **_CAMPAIGN),
    post("expressions.add_expression", **_CAMPAIGN, data=lambda _: _WORDS),
    post("expressions.take_starter", **_CAMPAIGN, data=lambda _: {"key": "envoyez-mail"}),
    Row("expressions.show_expression", **_EXPRESSION),
    post("expressions.change_expression", **_EXPRESSION, data=_change),
    post(
        "expressions.undo_change",
        may=CHANGES_CAMPAIGN,
        values={"expression_id": "expression", "edit_id": "expression_edit"},
    ),
    post("expressions.remove_expression", **_EXPRESSION),
    post(
        "expressions.restore_expression",
        may=CHANGES_CAMPAIGN,
        values={"expression_id": "removed_expression"},
    ),
    # It has a drill: that one is opened
    post("expressions.drill_expression", **_EXPRESSION, writes=False),
    Row("expressions.voice_take", **_TAKE),
    Row("expressions.put_voice_take", "PUT", **_TAKE, data=_piece),
    Row("expressions.remove_voice_take", "DELETE", **_TAKE, writes=True),
    Row(
        "expressions.voice_sound",
        may=CAMPAIGN,
        values={"expression_id": "expression"},
        writes=True,
    ),
    Row("expressions.my_expressions", may=AGENTS),
    post("expressions.practise", may=AGENTS, values={"expression_id": "expression"}),
)
