"""What differs between two documents, and edits of one, by properties."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcoach.errors import Conflict
from callcoach.script_library import changes, editing
from callcoach.script_library.changes import Op, Status, What
from callcoach.script_library.document import (
    Address,
    Document,
    Line,
    Register,
    Section,
    SectionKind,
    Variant,
    check,
)

_TEXT = st.text(alphabet="abc dé'’,.!?{}-\n😀", max_size=40)


@given(before=_TEXT, after=_TEXT)
@settings(max_examples=150, deadline=None)
def test_woven_words_spell_both_texts_exactly(before: str, after: str) -> None:
    words = changes.compare_words(before, after)
    assert "".join(w.text for w in words if w.op is not Op.INSERT) == before
    assert "".join(w.text for w in words if w.op is not Op.DELETE) == after
    assert all(a.op is not b.op for a, b in itertools.pairwise(words))


def test_replaced_words_are_read_as_one_replacement() -> None:
    words = changes.compare_words("Bonjour, je ne vous dérange pas ?", "Bonjour, une minute ?")
    assert [(w.op.value, w.text) for w in words] == [
        ("equal", "Bonjour, "),
        ("delete", "je ne vous dérange pas"),
        ("insert", "une minute"),
        ("equal", " ?"),
    ]


@given(st.permutations(list("abcdefg")), st.sets(st.sampled_from("abcdefg")))
@settings(max_examples=100, deadline=None)
def test_the_fewest_lines_are_said_to_have_moved(after: list[str], gone: set[str]) -> None:
    before = [key for key in "abcdefg" if key not in gone]
    found = changes.moved(before, after)
    kept = [key for key in after if key in before and key not in found]
    assert kept == sorted(kept)
    common = [key for key in after if key in before]
    longest = max(
        len(run)
        for size in range(len(common) + 1)
        for run in itertools.combinations(common, size)
        if list(run) == sorted(run)
    )
    assert len(kept) == longest


def _random_document(random_: random.Random) -> Document:
    numbers = iter(range(100))
    return Document(
        tuple(
            Section(
                f"s{i}",
                random_.choice(list(SectionKind)),
                "",
                tuple(
                    Line(f"l{next(numbers)}", f"Bonjour {random_.randint(0, 9)} à vous.")
                    for _ in range(random_.randint(0, 4))
                ),
            )
            for i in range(random_.randint(1, 4))
        )
    )


def _random_change(document: Document, random_: random.Random, number: int) -> editing.Change:
    lines, sections = document.lines(), document.sections
    target = random_.choice(sections).key
    new = Line(f"n{number}", f"Phrase neuve {number}.")
    offers: list[editing.Change] = [
        editing.AddLine(target, new, random_.choice([None, 0, 1])),
        editing.AddSection(Section(f"t{number}", random_.choice(list(SectionKind)))),
        editing.MoveSection(target, random_.randint(0, 3)),
        editing.ChangeSection(target, SectionKind.CLOSING, f"Titre {number}"),
    ]
    if len(sections) > 1:
        offers.append(editing.RemoveSection(target))
    if lines:
        line = random_.choice(lines)
        spoken = editing.set_wording(line, random_.choice(["", "DAF"]), f"Dit {number} fois.")
        offers += [
            editing.ReplaceLine(spoken),
            editing.ReplaceLine(
                editing.set_register(line, "", Register(Address.VOUS, f"posé {number}"))
            ),
            editing.RemoveLine(line.key),
            editing.MoveLine(line.key, target, random_.randint(0, 3)),
        ]
    return random_.choice(offers)


def _rebuilt(before: Document, found: changes.Difference) -> tuple[Document, Document]:
    """Both documents' lines and sections as the difference alone tells them."""
    old = {c.key: c.before for c in found.lines() if c.before}
    sides = []
    for section in found.sections:
        if section.after is not None:
            lines = tuple(c.after for c in section.lines if c.after is not None)
            sides.append(Section(section.key, section.after.kind, section.after.title, lines))
    # The older side keeps its own order, so what is rebuilt of it are its lines
    kept = tuple(
        Section(s.key, s.kind, s.title, tuple(old[line.key] for line in s.lines))
        for s in before.sections
    )
    return Document(kept), Document(tuple(sides))


@pytest.mark.parametrize("seed", range(25))
def test_any_edits_keep_history_and_their_difference_tells_all(seed: int) -> None:
    random_ = random.Random(seed)
    document = _random_document(random_)
    history = [document]
    for number in range(12):
        change = _random_change(document, random_, number)
        before, document = document, change.apply(document)
        check(document)
        assert Document.from_dict(document.to_dict()) == document
        assert editing.revert(document, before, document, change.subject) == before
        history.append(document)
    frozen = [each.to_dict() for each in history]
    for older, newer in itertools.combinations(history, 2):
        found = changes.compare(older, newer)
        assert _rebuilt(older, found) == (older, newer)
        assert found.is_empty == (older == newer)
        keys = [line.key for line in found.lines()]
        assert len(keys) == len(set(keys)), "a line is shown once, moved or not"
        for line in found.lines():
            if line.before and line.after:
                assert line.status in (Status.SAME, Status.CHANGED)
                assert (line.status is Status.CHANGED) == (line.before != line.after)
    assert [each.to_dict() for each in history] == frozen


def _one(line: Line) -> Document:
    return Document((Section("s", SectionKind.OPENING, "", (line,)),))


def test_variants_register_promise_and_marks_are_named() -> None:
    before = Line("a", "Bonjour.", (Variant("DAF", "Bonjour Madame."),), promise_id=1)
    after = Line(
        "a",
        "Bonjour.",
        (Variant("DSI", "Salut."),),
        Register(Address.VOUS, use=("clôture",)),
        promise_id=2,
        is_required=True,
    )
    (line,) = changes.compare(_one(before), _one(after)).changed_lines()
    assert {(detail.what, detail.persona) for detail in line.details} == {
        (What.VARIANT_REMOVED, "DAF"),
        (What.VARIANT_ADDED, "DSI"),
        (What.ADDRESS, ""),
        (What.USE, ""),
        (What.PROMISE, ""),
        (What.REQUIRED, ""),
    }


def test_a_line_that_goes_to_another_section_moves_and_is_no_new_one() -> None:
    a, b = Line("a", "Un."), Line("b", "Deux.")
    before = Document(
        (Section("s", SectionKind.OPENING, "", (a, b)), Section("t", SectionKind.CLOSING))
    )
    after = editing.MoveLine("a", "t", 0).apply(before)
    found = changes.compare(before, after)
    counts = found.counts()
    assert (counts.added, counts.removed, counts.changed, counts.moved) == (0, 0, 0, 1)
    (line,) = found.changed_lines()
    assert line.key == "a"
    assert line.moved_from == before.sections[0]


def test_fields_of_a_line_that_two_people_change_are_put_together() -> None:
    base = _one(Line("a", "Bonjour.", (Variant("DAF", "Madame."),)))
    theirs = editing.ReplaceLine(
        Line("a", "Bonjour.", (Variant("DAF", "Chère Madame."),), is_required=True)
    ).apply(base)
    mine = editing.ReplaceLine(Line("a", "Bonsoir.", (Variant("DAF", "Madame."),)))
    assert editing.merge(base, theirs, mine) == _one(
        Line("a", "Bonsoir.", (Variant("DAF", "Chère Madame."),), is_required=True)
    )
    clash = editing.ReplaceLine(Line("a", "Bonjour.", (Variant("DAF", "Monsieur."),)))
    assert editing.merge(base, theirs, clash) is None
    (was,), (now,) = base.lines(), theirs.lines()
    kept = editing.prefer_mine(was, clash.line, now)
    assert (kept.said_to("DAF"), kept.is_required) == ("Monsieur.", True)
    with pytest.raises(Conflict):
        editing.merge(base, theirs, editing.RemoveLine("a"))


def test_taking_an_early_edit_back_leaves_later_ones() -> None:
    a, b = Line("a", "Un."), Line("b", "Deux.")
    first = Document((Section("s", SectionKind.OPENING, "", (a, b)),))
    second = editing.RemoveLine("a").apply(first)
    third = editing.ReplaceLine(Line("b", "Trois.")).apply(second)
    back = editing.revert(third, first, second, "a")
    assert [line.text for line in back.lines()] == ["Un.", "Trois."]
    with pytest.raises(Conflict):
        editing.revert(editing.RemoveLine("b").apply(third), second, third, "b")
