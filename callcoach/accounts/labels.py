"""Words for this room's values, as people read them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from callcoach.accounts.models import Role

ROLES = {
    Role.ADMIN: _l("Administrator"),
    Role.SUPERVISOR: _l("Sales supervisor"),
    Role.TEAM_LEAD: _l("Floor supervisor"),
    Role.AGENT: _l("Agent"),
    Role.SPONSOR: _l("Sponsor"),
}


def role_label(role: str) -> str:
    """The role in words; an unknown one as it is."""
    return str(ROLES[Role(role)]) if role in set(Role) else str(role)
