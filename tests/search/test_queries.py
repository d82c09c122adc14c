"""Searching on a real database: both engines find what the pure model of a query says."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call, Outcome, TippingPoint, Verdict
from callcoach.calls.operations import judge, withdraw_verdict
from callcoach.calls.queries import CallFilters
from callcoach.extensions import db
from callcoach.search import queries
from callcoach.search.engines import index_of
from callcoach.search.models import EntryKind
from callcoach.search.queries import SearchFilters
from callcoach.search.syntax import Query, parse
from callcoach.search.words import tokens
from tests.factories.search import create_spoken_call

from .conftest import World

#: Texts that trip tokenizers: numbers, hosts, signs, other scripts, SQL and query words.
AWKWARD = (
    "C'est gratuit, gratuitement, sans engagement.",
    "Sans aucun engagement de votre part",
    "1e5 3,5 % 0x1f 12h30 a.b.c www.example.com/prix?x=1 jean@exemple.fr",
    "AND OR NOT NEAR words : stems *",
    "L'œuvre de l'été à Noël; ﬁn ² ½ ™",
    "Цена бесплатно 価格は無料 δωρεάν 🎉",
    "prix prix prix, le prix du mois",
    "rendez-vous rendez vous rendezvous aujourd'hui",
    "' \" \\ %s :x {y} -- ; DROP TABLE",
    "proposé proposons une proposition",
    "mot" * 40,
)
POOL = [word for text in AWKWARD for word in text.split()] + [
    "gratuite",
    "engagements",
    "proposer",
    "sans",
    "le",
    "rendez-vous",
]
PARTS = st.one_of(
    st.sampled_from(POOL),
    st.sampled_from(POOL).map(lambda word: f"-{word}"),
    st.sampled_from(POOL).map(lambda word: f"{word[:4]}*"),
    st.tuples(st.sampled_from(POOL), st.sampled_from(POOL)).map(lambda two: f'"{" ".join(two)}"'),
    st.text(max_size=12),
)


@pytest.fixture
def spoken(app: Flask) -> int:
    with app.app_context():
        return create_spoken_call([("agent", text) for text in AWKWARD]).id


def _expected(query: Query) -> set[int]:
    """Lines that the pure model finds."""
    found = set()
    for number, text in enumerate(AWKWARD):
        said = tokens(text)
        if (
            query
            and all(term.places(said) for term in query.terms)
            and not any(term.places(said) for term in query.excluded)
        ):
            found.add(number)
    return found


@hypothesis_settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(parts=st.lists(PARTS, max_size=4))
def test_any_query_finds_exactly_what_it_says_and_never_fails(
    app: Flask, spoken: int, parts: list[str]
) -> None:
    query = parse(" ".join(parts))
    with app.app_context():
        hits = queries.search(Viewer.system(), query, per_page=100)
        assert {hit.entry.start_ms // 5000 for hit in hits.items} == _expected(query)
        assert hits.total == len(hits.items)


def _texts(world: World, who: str, typed: str, **filters: object) -> list[str]:
    hits = queries.search(world.viewers[who], parse(typed), SearchFilters(**filters))  # type: ignore[arg-type]
    assert hits.total == len(hits.items)
    return [hit.entry.text for hit in hits.items]


def test_other_forms_of_a_word_are_found_and_quotes_ask_for_one(app: Flask, world: World) -> None:
    with app.app_context():
        assert len(_texts(world, "claire", "gratuites")) == 3
        assert len(_texts(world, "claire", '"gratuite"')) == 1
        assert _texts(world, "claire", "proposons") == [
            "Je vous propose un rendez-vous jeudi, l'offre est à soixante euros par mois."
        ]
        assert len(_texts(world, "claire", "ENVOYEZ")) == 1
        assert len(_texts(world, "claire", "enverrai")) == 1


def test_a_minus_leaves_turns_out(app: Flask, world: World) -> None:
    with app.app_context():
        assert len(_texts(world, "claire", "gratuit -engagement")) == 2
        assert _texts(world, "claire", "-engagement") == []


def test_newest_calls_come_first_and_turns_in_their_order(app: Flask, world: World) -> None:
    with app.app_context():
        hits = queries.search(world.viewers["claire"], parse("gratuit")).items
        assert [hit.call.id for hit in hits] == [
            world.colleagues_call_id,
            world.call_id,
            world.call_id,
        ]
        assert hits[1].entry.start_ms < hits[2].entry.start_ms


def test_a_hit_brings_what_was_said_around_it_and_its_moment(app: Flask, world: World) -> None:
    with app.app_context():
        (hit,) = queries.search(world.viewers["claire"], parse("soixante")).items
        assert hit.before is not None
        assert hit.after is not None
        assert hit.before.text.startswith("Gratuit, vraiment")
        assert hit.after.text.startswith("Envoyez-moi")
        assert hit.entry.start_ms < hit.at_ms < hit.entry.end_ms
        (first,) = queries.search(world.viewers["claire"], parse("allô")).items
        assert first.before is None


def test_pages_hold_every_hit_once(app: Flask, world: World) -> None:
    with app.app_context():
        viewer = world.viewers["claire"]
        pages = [queries.search(viewer, parse("gratuit"), page=n, per_page=2) for n in (1, 2)]
        assert [page.total for page in pages] == [3, 3]
        assert len({hit.entry.id for page in pages for hit in page.items}) == 3
        assert queries.search(viewer, parse("gratuit"), page=99, per_page=2).number == 2


def test_filters_narrow_what_is_found(app: Flask, world: World) -> None:
    with app.app_context():
        agents = _texts(world, "claire", "gratuit", speaker="agent")
        assert len(agents) == 2
        assert len(_texts(world, "claire", "gratuit", speaker="prospect")) == 1
        assert _texts(world, "claire", "gratuit", kind=EntryKind.NOTE) == []
        assert (
            len(_texts(world, "claire", "gratuit", calls=CallFilters(outcome=Outcome.MEETING))) == 2
        )
        patrice = CallFilters(agent_id=world.ids["colleague"])
        assert len(_texts(world, "claire", "gratuit", calls=patrice)) == 1
        before = CallFilters(until=date(2026, 1, 1))
        assert _texts(world, "claire", "gratuit", calls=before) == []
        elsewhere = CallFilters(team_id=world.viewers["stranger"].team_ids.__iter__().__next__())
        assert _texts(world, "claire", "gratuit", calls=elsewhere) == []


@pytest.fixture
def flagged(app: Flask, world: World) -> int:
    """A negative flag on the agent's first « gratuit »; its id."""
    with app.app_context():
        point = TippingPoint(
            analysis_id=world.call.current_analysis_id,
            turn_index=1,
            channel=0,
            start_ms=6000,
            end_ms=8000,
            valence="negative",
            cause="overpromise",
            severity=2,
            confidence=0.8,
            detector="D17",
            evidence=[],
            explanation={"key": "overpromise.explanation", "values": {}},
            suggestion={"key": "overpromise.suggestion", "values": {}},
        )
        db.session.add(point)
        db.session.commit()
        return point.id


def test_a_cause_finds_only_moments_that_the_viewer_may_see(
    app: Flask, world: World, flagged: int
) -> None:
    with app.app_context():
        found = ["Bonjour madame, la démonstration est gratuite et sans engagement."]
        assert _texts(world, "claire", "gratuit", cause="overpromise") == found
        assert _texts(world, "claire", "gratuit", cause="monologue") == []
        assert _texts(world, "agent", "gratuit", cause="overpromise") == [], "nobody confirmed it"
        point = db.session.get_one(TippingPoint, flagged)
        verdict = judge(world.viewers["claire"], world.call, point, "confirmed")
        db.session.commit()
        assert _texts(world, "agent", "gratuit", cause="overpromise") == found
        withdraw_verdict(
            world.viewers["claire"], world.call, db.session.get_one(Verdict, verdict.id)
        )
        db.session.commit()
        assert _texts(world, "agent", "gratuit", cause="overpromise") == []
        judge(world.viewers["claire"], world.call, point, "rejected")
        db.session.commit()
        assert _texts(world, "claire", "gratuit", cause="overpromise") == []


def test_a_confirmed_moment_is_found_when_its_flag_is_gone(
    app: Flask, world: World, flagged: int
) -> None:
    with app.app_context():
        judge(
            world.viewers["claire"],
            world.call,
            db.session.get_one(TippingPoint, flagged),
            "confirmed",
        )
        db.session.commit()
        db.session.delete(db.session.get_one(TippingPoint, flagged))
        db.session.commit()
        assert len(_texts(world, "agent", "gratuit", cause="overpromise")) == 1


def test_another_database_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="mysql"):
        index_of("mysql")


def test_a_call_put_aside_is_not_found(app: Flask, world: World) -> None:
    from callcoach.calls.operations import delete_call, restore_call

    with app.app_context():
        call = db.session.get_one(Call, world.colleagues_call_id)
        delete_call(world.viewers["claire"], call)
        db.session.commit()
        assert len(_texts(world, "claire", "gratuit")) == 2
        restore_call(world.viewers["claire"], call)
        db.session.commit()
        assert len(_texts(world, "claire", "gratuit")) == 3
