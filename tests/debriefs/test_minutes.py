"""What minutes are made of, and what never is in them."""

from __future__ import annotations

import random
from datetime import date

from flask import Flask

from callcoach.debriefs.minutes import (
    AnswerFacts,
    DecisionFacts,
    Facts,
    ItemFacts,
    as_it_stands,
    blocks,
    build,
    names_added,
    without_names,
)
from callcoach.debriefs.minutes_text import render

NAMES = ("Hanta Rakoto", "Ben Salem", "José", "D’Angelo Rose")
KINDS = ("moment", "theme", "progress", "objective", "script", "drill")


def _said(rng: random.Random, name: str) -> str:
    first = name.split(maxsplit=1)[0]
    return rng.choice(
        [f"{name} déroule", f"merci {first} !", f"« {name.upper()} », dit-on", "on reformule", ""]
    )


def _facts(rng: random.Random) -> Facts:
    """A debrief whose every text may name whose moment it is."""
    items = []
    for number in range(rng.randint(0, 7)):
        name = rng.choice(NAMES)
        items.append(
            ItemFacts(
                title=f"Point{number} {_said(rng, name)}",
                kind=rng.choice(KINDS),
                is_opened=rng.random() < 0.7,
                spent_s=rng.randint(0, 900),
                question=_said(rng, name),
                answers=tuple(
                    AnswerFacts(f"Rep{number}.{at} {_said(rng, name)}", rng.random() < 0.5)
                    for at in range(rng.randint(0, 4))
                ),
                reformulation=_said(rng, name),
                remarks=tuple(_said(rng, rng.choice(NAMES)) for _ in range(rng.randint(0, 2))),
                hides=(name,),
            )
        )
    decisions = tuple(
        DecisionFacts(
            f"Decision{at} {_said(rng, rng.choice(NAMES))}",
            rng.choice(["", "Claire M."]),
            rng.choice([None, date(2026, 11, 27)]),
        )
        for at in range(rng.randint(0, 4))
    )
    remarks = ("Vu ensemble", _said(rng, rng.choice(NAMES)))
    return Facts(tuple(items), decisions, remarks, spent_s=1500, hides=NAMES)


def test_all_that_was_opened_and_decided_is_there_and_nobody_whose_moment_it_was(
    app: Flask,
) -> None:
    with app.test_request_context():
        for seed in range(60):
            _assert_complete_and_discreet(_facts(random.Random(seed)))


def _assert_complete_and_discreet(facts: Facts) -> None:
    minutes = build(facts)
    text = render(minutes)
    opened = [item for item in facts.items if item.is_opened]
    places = [text.index(f"### {item.title.split()[0]} ") for item in opened]
    assert places == sorted(places)
    for row in facts.decisions:
        assert row.text.split()[0] in text
    for item in facts.items:
        for answer in item.answers:
            is_told = item.is_opened and answer.is_allowed
            assert (answer.text.split()[0] in text) == is_told
        if item.kind == "moment" and not item.is_opened:
            assert item.title.split()[0] not in text
    for name in NAMES:
        assert name.casefold() not in text.casefold()
        assert name.split(maxsplit=1)[0] not in text
    assert [part.answers for part in minutes.parts] == [len(item.answers) for item in opened]


def test_names_go_however_they_are_written_and_common_words_stay() -> None:
    assert without_names("HANTA rakoto, hanta  Rakoto et Rakoto", ["Hanta Rakoto"]) == "…, … et …"
    assert without_names("Une question claire pour Claire.", ["Claire Le Gall"]) == (
        "Une question claire pour …."
    )
    assert without_names("Le prix, ben voyons", ["Ben Le Gall"]) == "Le prix, ben voyons"
    assert without_names("Hantavirus", ["Hanta"]) == "Hantavirus"


def test_what_people_write_begins_no_heading_and_no_point() -> None:
    minutes = build(
        Facts(items=(ItemFacts("Titre\n# faux\n- faux", "theme", is_opened=True, spent_s=60),))
    )
    title = minutes.parts[0].title
    assert [block.kind for block in blocks(f"### {' '.join(title.split())}")] == ["h3"]


def test_an_edited_text_that_names_somebody_is_noticed_but_not_for_what_was_there() -> None:
    automatic = "- Rappeler (Hanta Rakoto)\n"
    assert names_added(automatic, automatic, ["Hanta Rakoto"]) == []
    assert names_added(f"{automatic}- Hanta a déroulé\n", automatic, ["Hanta Rakoto"]) == [
        "Hanta Rakoto"
    ]


def test_edited_minutes_keep_what_a_person_wrote_and_nothing_that_is_told_no_longer() -> None:
    today = "## Points\n### Clore avec … (2 minutes)\n- On reformule. (Hanta Rakoto)\n"
    base = today.replace("…", "Hanta") + "- 1 réponse : « Tant pis »\n"
    text = base + "Bravo Hanta !\n- On reformule mieux, Hanta. (Hanta Rakoto, vendredi)\n"

    def read(*, strikes: bool = True) -> str:
        name = ["Hanta Rakoto"]
        return as_it_stands(text, base=base, today=today, hides=name, owners=name, strikes=strikes)

    assert read() == (f"{today}Bravo … !\n- On reformule mieux, …. (Hanta Rakoto, vendredi)\n")
    to_edit = read(strikes=False)
    assert "Bravo Hanta" in to_edit
    assert "Clore avec Hanta" not in to_edit
