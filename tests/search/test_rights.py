"""Who finds what: the query and the pure predicate agree, and a count gives nothing away."""

from __future__ import annotations

from itertools import product

import pytest
from flask import Flask

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call
from callcoach.extensions import db
from callcoach.search import queries
from callcoach.search.access import can_find, can_search
from callcoach.search.models import EntryKind, SearchEntry
from callcoach.search.operations import FoundNote, index_note
from callcoach.search.syntax import parse

from .conftest import World

PEOPLE = (
    "claire",
    "thomas",
    "admin",
    "lead",
    "agent",
    "colleague",
    "stranger",
    "far_agent",
    "sponsor",
)


@pytest.fixture
def notes(app: Flask, world: World) -> World:
    """Notes of two supervisors to either agent or nobody, shared and private, on every call."""
    with app.app_context():
        calls = (world.call_id, world.colleagues_call_id, world.foreign_call_id)
        facts = product(
            calls, ("claire", "thomas", "stranger"), ("agent", "colleague", None), (False, True)
        )
        for number, (call_id, author, agent, is_private) in enumerate(facts, 1):
            index_note(
                FoundNote(
                    note_id=number,
                    call_id=call_id,
                    author_id=world.ids[author],
                    agent_id=world.ids[agent] if agent else None,
                    is_private=is_private,
                    channel=0,
                    start_ms=1000,
                    end_ms=2000,
                    text=f"Dire gratuit tôt, {number}.",
                )
            )
        db.session.commit()
    return world


@pytest.mark.parametrize("who", PEOPLE)
def test_what_is_found_is_what_may_be_read(app: Flask, notes: World, who: str) -> None:
    viewer = notes.viewers[who]
    with app.app_context():
        every = db.session.query(SearchEntry).all()
        matching = [entry for entry in every if "gratuit" in entry.words]
        allowed = {
            entry.id
            for entry in matching
            if can_find(viewer, entry, db.session.get_one(Call, entry.call_id))
        }
        hits = queries.search(viewer, parse("gratuit"), per_page=1000)
        assert {hit.entry.id for hit in hits.items} == allowed
        assert hits.total == len(allowed)


def test_the_matrix_in_words(app: Flask, notes: World) -> None:
    """What the predicate says, said once more by hand: a mistake in both would agree."""
    with app.app_context():

        def _notes_of(who: str) -> list[SearchEntry]:
            hits = queries.search(notes.viewers[who], parse("gratuit"), per_page=1000)
            return [hit.entry for hit in hits.items if hit.entry.kind == EntryKind.NOTE]

        assert _notes_of("sponsor") == []
        ids = notes.ids
        mine = _notes_of("agent")
        assert mine
        assert {entry.call_id for entry in mine} == {notes.call_id}
        assert {(entry.agent_id, entry.is_private) for entry in mine} == {(ids["agent"], False)}
        claires = _notes_of("claire")
        assert {entry.call_id for entry in claires} == {notes.call_id, notes.colleagues_call_id}
        assert {entry.author_id for entry in claires if entry.is_private} == {ids["claire"]}
        lead = _notes_of("lead")
        assert lead
        assert not any(entry.is_private for entry in lead)
        assert not any(entry.is_private for entry in _notes_of("admin"))
        assert {entry.call_id for entry in _notes_of("stranger")} == {notes.foreign_call_id}


def test_agents_find_their_own_calls_only(app: Flask, world: World) -> None:
    with app.app_context():
        found = queries.search(world.viewers["agent"], parse("gratuit"))
        assert {hit.call.id for hit in found.items} == {world.call_id}
        assert found.total == 2
        # the words of the colleague's call: not even how often
        assert queries.search(world.viewers["agent"], parse("livré")).total == 0
        assert queries.search(world.viewers["claire"], parse("Tunis")).total == 0


def test_sponsors_search_nothing_and_the_system_everything(app: Flask, world: World) -> None:
    assert not can_search(world.viewers["sponsor"])
    with app.app_context():
        assert queries.search(world.viewers["sponsor"], parse("gratuit")).total == 0
        assert queries.search(Viewer.system(), parse("gratuit")).total == 4
