"""What somebody would say: sent from a telephone whose network comes and goes, kept once.

One person has one answer to an item. Every send carries an id and an edition that the page made; of
two sends the later edition stays, of two of the same edition the one with the greater id. So the
order in which they arrive, and how often, does not matter.
"""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.debriefs.access import can_attend, can_lead
from callcoach.debriefs.catch_up import asks, attendance_of, is_due
from callcoach.debriefs.client_ids import checked_client_id
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState, ItemAnswer
from callcoach.debriefs.operations.screens import follow
from callcoach.errors import Conflict, InvalidInput, NotFound
from callcoach.extensions import db, utc_now

#: Longest answer, characters: what one says on the telephone before the other speaks.
MAX_TEXT = 500
#: Most editions of one answer.
MAX_EDITION = 1_000_000


def put(
    viewer: Viewer,
    item: AgendaItem,
    client_id: str,
    text: str,
    is_named: bool,
    *,
    edition: int = 1,
) -> ItemAnswer:
    """Keep what the viewer would say; sent again, or after a later edition, nothing changes.

    What was written before the reveal and arrives after it is kept too: the network was gone.

    Args:
        client_id: made by the page that sends it.
        is_named: the others see whose it is.
        edition: counted by that page, from 1: raised when the answer is written anew.

    Raises:
        NotFound: the viewer does not take part, or the item was not before everybody yet.
        InvalidInput: no words, too many, no usable id, or nothing was asked.
        Conflict: the id is another answer's, or the viewer has opened what happened.
    """
    debrief = item.debrief
    if debrief is None or item.opened_at is None or not can_attend(viewer, debrief):
        raise NotFound("There is no such item.")
    client_id = checked_client_id(client_id)
    text = text.strip()
    if not asks(item):
        raise InvalidInput("This item asks nothing.")
    if not 1 <= len(text) <= MAX_TEXT:
        raise InvalidInput(
            "Write what you would say, in %(limit)s characters at most.", limit=MAX_TEXT
        )
    if not 1 <= edition <= MAX_EDITION:
        raise InvalidInput("This page is out of date. Reload it, then send again.")
    db.session.refresh(debrief, with_for_update={"of": Debrief})
    other = db.session.scalar(select(ItemAnswer).where(ItemAnswer.client_id == client_id))
    if other is not None and (other.item_id, other.user_id) != (item.id, viewer.user_id):
        raise Conflict("This was already written down elsewhere.")
    answer = own(viewer, item)
    if answer is not None and (edition, client_id) <= (answer.edition, answer.client_id):
        return answer
    _require_unopened(viewer, debrief, item, answer)
    if answer is None:
        answer = ItemAnswer(
            item_id=item.id,
            user_id=viewer.user_id,
            is_catching_up=is_due(debrief, viewer.user_id),
        )
        db.session.add(answer)
    answer.client_id, answer.edition = client_id, edition
    answer.text, answer.is_named = text, is_named
    answer.received_at = utc_now()
    db.session.flush()
    db.session.expire(item, ["answers"])
    follow(debrief.id)
    return answer


def own(viewer: Viewer, item: AgendaItem) -> ItemAnswer | None:
    """What the viewer has said there, as it is in the database now."""
    return db.session.scalar(
        select(ItemAnswer)
        .where(ItemAnswer.item_id == item.id, ItemAnswer.user_id == viewer.user_id)
        .execution_options(populate_existing=True)
    )


def hide(viewer: Viewer, answer: ItemAnswer, *, undo: bool = False) -> ItemAnswer:
    """Take an unsuitable answer off the screens, or show it again; twice changes nothing. Its
    author still reads it, and nobody is told whose it was.

    Raises:
        NotFound: the debrief is not the viewer's to lead.
    """
    debrief = answer.item.debrief
    if debrief is None or not can_lead(viewer, debrief):
        raise NotFound("There is no such answer.")
    if undo:
        answer.hidden_at = None
    elif answer.hidden_at is None:
        answer.hidden_at = utc_now()
    db.session.flush()
    follow(debrief.id)
    return answer


def get_answer(viewer: Viewer, answer_id: int) -> ItemAnswer:
    """An answer of a debrief that the viewer leads.

    Raises:
        NotFound: there is none.
    """
    answer = db.session.get(ItemAnswer, answer_id)
    if answer is None or answer.item.debrief is None or not can_lead(viewer, answer.item.debrief):
        raise NotFound("There is no such answer.")
    return answer


def _require_unopened(
    viewer: Viewer, debrief: Debrief, item: AgendaItem, answer: ItemAnswer | None
) -> None:
    """Who was not there answers before opening what happened, not after. Of who was there an answer
    that a cut line held back is taken until the minutes are sent; one that was seen by all stays.

    Raises:
        Conflict: the viewer has opened it, or seen it with the others.
    """
    if debrief.state != DebriefState.DONE:
        return
    is_late = not is_due(debrief, viewer.user_id) and debrief.minutes_sent_at is not None
    if (answer is not None and not answer.is_catching_up) or (answer is None and is_late):
        raise Conflict("You have seen what happened here; your answer stays as it was.")
    row = attendance_of(debrief, viewer.user_id)
    if row is not None and item.id in row.opened_items:
        raise Conflict("You have seen what happened here; your answer stays as it was.")
