"""What a page sends under an id of its own, and may send again: it is kept once."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.debriefs.access import can_lead
from callcoach.debriefs.client_ids import checked_client_id
from callcoach.debriefs.models import Debrief, Decision, Remark
from callcoach.errors import Conflict, NotFound
from callcoach.extensions import db

Written = TypeVar("Written", Decision, Remark)


def find_sent(
    viewer: Viewer, debrief: Debrief, model: type[Written], client_id: str
) -> tuple[str, Written | None]:
    """The id as it is kept, and what came under it before. Two sends at once: the second waits here,
    and finds what the first left.

    Raises:
        NotFound: the debrief is not the viewer's to lead.
        InvalidInput: no usable id.
        Conflict: the id is of something in another debrief.
    """
    if not can_lead(viewer, debrief):
        raise NotFound("There is no such debrief.")
    client_id = checked_client_id(client_id)
    db.session.refresh(debrief, with_for_update={"of": Debrief})
    known = db.session.scalar(select(model).where(model.client_id == client_id))
    if known is not None and known.debrief_id != debrief.id:
        raise Conflict("This was already written down elsewhere.")
    return client_id, known
