"""What happened in a debrief, for its minutes, and who reads them."""

from __future__ import annotations

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import User
from callcoach.debriefs.access import can_attend, can_lead
from callcoach.debriefs.minutes import AnswerFacts, DecisionFacts, Facts, ItemFacts
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState, ItemKind, Remark
from callcoach.debriefs.queries.decisions import decisions_of
from callcoach.debriefs.sharing import is_set_aside, names_agent
from callcoach.errors import NotFound
from callcoach.extensions import db

_HELD = (DebriefState.RUNNING, DebriefState.DONE)


def get_with_minutes(viewer: Viewer, debrief_id: int) -> Debrief:
    """A debrief whose minutes the viewer reads: who leads it once it has begun, who attends once
    they are sent.

    Raises:
        NotFound: there is none.
    """
    debrief = db.session.get(Debrief, debrief_id)
    if debrief is not None and debrief.state in _HELD:
        if can_lead(viewer, debrief):
            return debrief
        if can_attend(viewer, debrief) and is_sent(debrief):
            return debrief
    raise NotFound("There is no such debrief.")


def is_sent(debrief: Debrief) -> bool:
    """Whether who took part reads the minutes."""
    return debrief.state == DebriefState.DONE and debrief.minutes_sent_at is not None


def facts_of(debrief: Debrief) -> Facts:
    """What happened. In a one-to-one there is nobody from whom a name would be kept."""
    remarks = [row for row in remarks_of(debrief) if row.deleted_at is None]
    items = list(debrief.items)
    hides = {item.id: hides_of(debrief, item) for item in items}
    spent_s = 0
    if debrief.started_at is not None and debrief.ended_at is not None:
        spent_s = max(int((debrief.ended_at - debrief.started_at).total_seconds()), 0)
    return Facts(
        is_one_to_one=debrief.is_one_to_one,
        items=tuple(
            _item(item, [row.text for row in remarks if row.item_id == item.id], hides[item.id])
            for item in items
        ),
        decisions=tuple(
            DecisionFacts(
                text=row.text,
                owner=row.owner.name if row.owner else "",
                due_on=row.due_on,
            )
            for row in decisions_of(debrief)
        ),
        remarks=tuple(row.text for row in remarks if row.item_id not in hides),
        spent_s=spent_s,
        hides=tuple(sorted({name for names in hides.values() for name in names})),
    )


def remarks_of(debrief: Debrief) -> list[Remark]:
    """What was written down on the fly, in its order; also what was taken away."""
    return list(
        db.session.scalars(
            select(Remark).where(Remark.debrief_id == debrief.id).order_by(Remark.id)
        )
    )


def hidden_names(debrief: Debrief) -> list[str]:
    """The agents whose moments were before everybody and who are not named with them, by name."""
    return sorted({name for item in debrief.items for name in hides_of(debrief, item)})


def _item(item: AgendaItem, remarks: list[str], hides: tuple[str, ...]) -> ItemFacts:
    kind, is_opened = str(item.kind), item.opened_at is not None
    if is_set_aside(item):
        return ItemFacts("", kind, is_opened=is_opened, spent_s=item.spent_s)
    is_moment = item.kind == ItemKind.MOMENT
    return ItemFacts(
        title=item.title,
        kind=kind,
        is_opened=is_opened,
        spent_s=item.spent_s,
        question=item.question,
        answers=tuple(
            AnswerFacts(answer.text, is_allowed=answer.is_named)
            for answer in item.answers
            if answer.hidden_at is None and not answer.is_catching_up
        ),
        reformulation=item.reformulation if is_moment else "",
        remarks=tuple(remarks),
        hides=hides,
    )


def hides_of(debrief: Debrief, item: AgendaItem) -> tuple[str, ...]:
    """Names that colleagues are not told with an item."""
    if debrief.agent_id is not None or item.agent_id is None:
        return ()
    if names_agent(item) and not is_set_aside(item):
        return ()
    agent = db.session.get(User, item.agent_id)
    return (agent.name,) if agent is not None else ()
