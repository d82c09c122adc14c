"""Which suggestions are made, and in which order."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

from callcoach.debriefs.ranking import (
    MOST,
    MOST_OF_A_REASON,
    MOST_OF_AN_AGENT,
    ORDER,
    Fact,
    Place,
    in_time,
    rank,
)

START = datetime(2026, 9, 14, tzinfo=UTC)


def _facts(seed: int) -> list[Fact]:
    """Anything at all, some of it twice and some on the same stretch."""
    rng = random.Random(seed)
    found = []
    for _ in range(rng.randrange(40)):
        number = rng.randrange(30)
        start_ms = rng.randrange(5) * 1000
        found.append(
            Fact(
                source=f"note:{number}",
                reason=rng.choice(ORDER),
                at=START + timedelta(minutes=rng.randrange(90)),
                is_good=rng.random() < 0.5,
                strength=float(rng.randrange(3)),
                place=Place(rng.randrange(4), start_ms, start_ms + 1500)
                if rng.random() < 0.6
                else None,
                agent_id=rng.choice([None, 1, 2, 3]),
            )
        )
    return found


def test_good_comes_first_nothing_twice_and_the_order_of_the_facts_does_not_matter() -> None:
    for seed in range(150):
        facts = _facts(seed)
        taken = {"note:3", "note:7"}
        held = [Place(0, 0, 1000)]
        found = rank(facts, taken=taken, places=held)
        goods = [fact.is_good for fact in found]
        assert goods == sorted(goods, reverse=True)
        sources = [fact.source for fact in found]
        assert len(sources) == len(set(sources)) <= MOST
        assert not taken & set(sources)
        places = [*held, *(fact.place for fact in found if fact.place)]
        for at, place in enumerate(places):
            assert not any(place.overlaps(other) for other in places[at + 1 :])
        agents = Counter(fact.agent_id for fact in found if fact.agent_id is not None)
        assert all(count <= MOST_OF_AN_AGENT for count in agents.values())
        reasons = Counter((fact.reason, fact.is_good) for fact in found)
        assert all(count <= MOST_OF_A_REASON for count in reasons.values())
        # Facts that differ in nothing the order knows of are the same suggestion
        told_apart = {(f.is_good, f.reason, f.strength, f.at, f.source): f for f in facts}
        plain = rank(told_apart.values(), taken=taken, places=held)
        shuffled = list(told_apart.values())
        random.Random(seed + 1).shuffle(shuffled)
        assert rank(shuffled, taken=taken, places=held) == plain


def test_in_a_one_to_one_the_agents_moments_are_not_rationed() -> None:
    facts = [
        Fact(f"note:{n}", reason, START, is_good=True, agent_id=1)
        for n, reason in enumerate(("keep", "keep", "keep", "good_flag"))
    ]
    assert len(rank(facts)) == MOST_OF_AN_AGENT
    assert len(rank(facts, is_one_to_one=True)) == 4


def test_what_fits_is_counted_down_and_a_long_one_is_passed_over() -> None:
    facts = [Fact(source, "keep", START) for source in ("a", "b", "c", "d")]
    minutes = {"a": 6, "b": 10, "c": 4, "d": 1}
    assert [fact.source for fact in in_time(facts, minutes, 10)] == ["a", "c"]
    assert in_time(facts, minutes, -5) == []
