"""What a document holds, keeps and refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcoach.script_library.document import (
    MAX_LINE,
    Address,
    Document,
    Line,
    Register,
    Section,
    SectionKind,
    Variant,
    check,
    new_key,
    placeholders,
)
from tests.factories.scripts import document, line

_words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="{}"), max_size=60)
_said = _words.filter(lambda text: bool(text.strip()))
_registers = st.builds(
    Register,
    st.sampled_from(Address),
    _words,
    st.lists(_words, max_size=3).map(tuple),
    st.lists(_words, max_size=3).map(tuple),
)
_variants = st.lists(
    st.builds(Variant, _said, _said, _registers),
    max_size=3,
    unique_by=lambda variant: variant.persona.casefold(),
).map(tuple)
_lines = st.builds(
    Line,
    st.builds(new_key),
    _said,
    _variants,
    _registers,
    _words,
    st.none() | st.integers(1, 2**31),
    st.booleans(),
    st.booleans(),
)
_sections = st.builds(
    Section,
    st.builds(new_key),
    st.sampled_from(SectionKind),
    _words,
    st.lists(_lines, max_size=4).map(tuple),
)
documents = st.lists(_sections, max_size=5).map(lambda found: Document(tuple(found)))


@given(documents)
def test_what_is_written_is_read_back(given_one: Document) -> None:
    assert Document.from_dict(given_one.to_dict()) == given_one


def test_a_line_is_found_with_its_place_and_said_to_a_persona() -> None:
    asked = line("Bonjour.", variants=(Variant("DAF", "Bonjour, monsieur le directeur."),))
    found = document(line(), asked)
    place = found.place_of(asked.key)
    assert place is not None
    assert (place.index, place.section.kind) == (1, SectionKind.OPENING)
    assert asked.said_to("daf") == "Bonjour, monsieur le directeur."
    assert asked.said_to("Dirigeant") == "Bonjour."
    assert found.line("nowhere") is None


def test_a_section_is_replaced_or_comes_last() -> None:
    before = document("Un.")
    section = before.sections[0]
    assert before.with_section(replace(section, title="Accueil")).sections[0].title == "Accueil"
    assert before.with_section(Section(new_key(), SectionKind.CLOSING)).sections[1].lines == ()


def test_placeholders_are_named_once_in_order() -> None:
    assert placeholders("{prénom}, {société} : {prénom}") == ("prénom", "société")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (line("   "), "says nothing"),
        (line("x" * (MAX_LINE + 1)), "at most"),
        (line("Bonjour {prénom"), "braces"),
        (line("Bonjour {}"), "fill in"),
        (line("a", variants=(Variant("DAF", "b"), Variant("daf", "c"))), "same persona"),
        (line("a", variants=(Variant("", "b"),)), "no persona"),
        (line("a", key="no key!"), "letters and digits"),
    ],
)
def test_what_cannot_be_kept_is_named(wrong: Line, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check(document(wrong))


def test_a_key_is_there_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        check(document(line("a", key="k1"), line("b", key="k1")))


@pytest.mark.parametrize(
    "data",
    [
        {"sections": "none"},
        {"sections": [{"key": "k", "kind": "epilogue"}]},
        {"sections": [{"key": "k", "kind": "opening", "lines": [{"key": "l", "text": 3}]}]},
        {"sections": [{"key": "k", "kind": "opening", "lines": ["text"]}]},
        {
            "sections": [
                {
                    "key": "k",
                    "kind": "opening",
                    "lines": [{"key": "l", "text": "a", "promise_id": "1"}],
                }
            ]
        },
    ],
)
def test_data_of_another_shape_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Document.from_dict(data)
