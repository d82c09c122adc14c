"""Numbers under which a client knows agents, drawn before a page that names them is read."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from callcoach.audits.aliases import alias_of
from callcoach.audits.models import AgentAlias
from callcoach.extensions import db, write_transaction


def ensure_aliases(sponsor_id: int, agent_ids: Iterable[int | None]) -> None:
    """See that each agent has a number for this client. Where one is missing, the reading
    transaction ends, and what was read is read anew.
    """
    wanted = {agent_id for agent_id in agent_ids if agent_id is not None}
    known = set(
        db.session.scalars(
            select(AgentAlias.agent_id).where(
                AgentAlias.sponsor_id == sponsor_id, AgentAlias.agent_id.in_(sorted(wanted))
            )
        )
    )
    if wanted <= known:
        return
    db.session.rollback()
    with write_transaction():
        for agent_id in sorted(wanted - known):
            alias_of(sponsor_id, agent_id)
        db.session.commit()
