"""Numbers under which sponsors know agents."""

from __future__ import annotations

from flask import Flask
from pytest import MonkeyPatch

from callcoach.accounts.models import Role
from callcoach.audits import aliases
from callcoach.audits.aliases import alias_of
from callcoach.extensions import db
from tests.factories.accounts import create_user
from tests.factories.campaigns import create_sponsor


def test_an_agent_keeps_a_number_that_is_nobody_elses(app: Flask) -> None:
    with app.app_context():
        sponsor, other = create_sponsor(name="Un").id, create_sponsor(name="Deux").id
        agents = [create_user(Role.AGENT).id for _ in range(12)]
        numbers = [alias_of(sponsor, agent) for agent in agents]
        db.session.commit()
        assert len(set(numbers)) == 12
        assert [alias_of(sponsor, agent) for agent in agents] == numbers
        elsewhere = [alias_of(other, agent) for agent in agents]
        # drawn by lot: neither in the order of first use nor the same for two sponsors
        assert not numbers == elsewhere == sorted(numbers)
        db.session.commit()


def test_two_at_once_end_with_one_number(app: Flask, monkeypatch: MonkeyPatch) -> None:
    with app.app_context():
        sponsor = create_sponsor().id
        first, second = (create_user(Role.AGENT).id for _ in range(2))
        taken = alias_of(sponsor, first)
        db.session.commit()
        draw, known = aliases._draw, aliases.known_alias
        # what somebody else wrote since is not seen at first: neither the number nor the agent
        numbers = iter([taken])
        monkeypatch.setattr(aliases, "_draw", lambda of: next(numbers, None) or draw(of))
        assert alias_of(sponsor, second) != taken
        monkeypatch.setattr(aliases, "known_alias", _blind_once(known))
        assert alias_of(sponsor, first) == taken
        db.session.commit()


def _blind_once(known):  # type: ignore[no-untyped-def]
    """The look-up as it is for who comes a moment too early."""
    answers = iter([None])

    def look_up(sponsor_id: int, agent_id: int) -> int | None:
        try:
            return next(answers)
        except StopIteration:
            found: int | None = known(sponsor_id, agent_id)
            return found

    return look_up
