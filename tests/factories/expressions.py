"""Expressions of campaigns, for tests."""

from __future__ import annotations

import io
from typing import Any

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, User
from callcoach.campaigns.models import Campaign
from callcoach.drills.operations.unheard import make_without_call
from callcoach.expressions import operations
from callcoach.expressions.operations import Saying
from callcoach.extensions import db
from callcoach.script_library.models import Expression
from callcoach.storage.operations import put_file


def create_expression(
    campaign: Campaign, phrase: str = "une petite minute", kind: str = "forbidden", **values: Any
) -> Expression:
    """One expression, by nobody."""
    saying = Saying(
        kind,
        phrase,
        values.get("hears", {"": "Une minute qui en durera dix."}),
        values.get("instead", "Il me faut trente secondes."),
    )
    expression = operations.add(Viewer.system(), campaign, saying)
    db.session.commit()
    return expression


def add_voice(expression: Expression) -> Expression:
    """A native says it."""
    expression.voice_file = put_file(
        io.BytesIO(b"voice" * 50), kind="voice", media_type="audio/mp4"
    )
    expression.voice_ms = 2000
    db.session.commit()
    return expression


def expression_things(campaign: Campaign, author: User, mark: str) -> dict[str, int]:
    """What `Site` names of this room: one in use with all it can have, one put aside."""
    viewer = Viewer(author.id, Role.SUPERVISOR, frozenset(link.team_id for link in campaign.teams))
    expression = create_expression(campaign, f"une minute {mark}")
    changed = Saying("forbidden", f"une petite minute {mark}", {"": f"Entendu-{mark}"}, "Trente.")
    operations.change(viewer, expression, changed, based_on=expression.row_version)
    add_voice(expression)
    drill = make_without_call(viewer, campaign, title=f"Minute {mark}", line="Oui ?")
    expression.drill_id = drill.id
    removed = create_expression(campaign, f"ancienne tournure {mark}", "decoded")
    operations.remove(viewer, removed)
    db.session.commit()
    edit = next(edit for edit in expression.edits if edit.action == "changed")
    return {
        "expression": expression.id,
        "expression_edit": edit.id,
        "removed_expression": removed.id,
    }
