"""The demo's floor, made quickly: its teams, campaigns and people, with cheap password hashes."""

from __future__ import annotations

from callcoach.accounts.models import Membership, TelephonyId
from callcoach.commands import demo, demo_data
from callcoach.extensions import db

from .accounts import create_user


def create_demo_floor() -> None:
    """Add and commit what `callcoach demo` adds, but the sponsors' seats."""
    teams = demo._seed_teams()
    demo._seed_campaigns(teams)
    db.session.commit()
    for person in demo_data.PEOPLE:
        user = create_user(person.role, login=person.login, name=person.name)
        user.memberships = [Membership(team_id=teams[team]) for team in person.teams]
        user.telephony_ids = [TelephonyId(value=value.casefold()) for value in person.telephony_ids]
    db.session.commit()
