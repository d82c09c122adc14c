"""Under which number a sponsor knows an agent: theirs alone, by lot, for ever."""

from __future__ import annotations

import secrets

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from callcoach.audits.models import AgentAlias
from callcoach.extensions import db

#: Numbers are drawn from this many times the agents known so far, and from `_LEAST` at least: gaps
#: tell nothing of how many there are or who came first, and numbers stay short.
_ROOM = 3
_LEAST = 40


def alias_of(sponsor_id: int, agent_id: int) -> int:
    """The agent's number for this sponsor, from 1; drawn on first use, flushed, never changed.

    Two who ask for it at the same moment get the same one: the table takes one number for an agent
    and one agent for a number, and who comes second reads what the first wrote.
    """
    while True:
        known = known_alias(sponsor_id, agent_id)
        if known is not None:
            return known
        number = _draw(sponsor_id)
        try:
            with db.session.begin_nested():
                db.session.add(AgentAlias(sponsor_id=sponsor_id, agent_id=agent_id, number=number))
        except IntegrityError:
            continue  # somebody was faster: with this agent, or with this number
        return number


def known_alias(sponsor_id: int, agent_id: int) -> int | None:
    """The agent's number for this sponsor if it was drawn."""
    return db.session.scalar(
        select(AgentAlias.number).where(
            AgentAlias.sponsor_id == sponsor_id, AgentAlias.agent_id == agent_id
        )
    )


def _draw(sponsor_id: int) -> int:
    """A free number, each as likely as the other."""
    taken = set(
        db.session.scalars(select(AgentAlias.number).where(AgentAlias.sponsor_id == sponsor_id))
    )
    count = db.session.scalar(
        select(func.count()).select_from(AgentAlias).where(AgentAlias.sponsor_id == sponsor_id)
    )
    room = max(_LEAST, _ROOM * ((count or 0) + 1))
    free = [number for number in range(1, room + 1) if number not in taken]
    return secrets.choice(free)
