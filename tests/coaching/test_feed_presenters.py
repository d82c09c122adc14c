"""How the feed cuts turns to what it plays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callcoach.calls.heard_presenters import _words_between
from callcoach.calls.mapping import ShownTurn

WORDS = ("Alors", " qu'", "est", "-ce", " qui", " vous", " prend", " du", " temps", " ?")


def _turn() -> ShownTurn:
    words = tuple((word, place * 100, place * 100 + 100, 0.9) for place, word in enumerate(WORDS))
    return ShownTurn(
        turn_id=1,
        index=0,
        speaker="agent",
        channel=0,
        start_ms=0,
        end_ms=1000,
        text="".join(WORDS),
        recognised_text="".join(WORDS),
        words=words,
        correction_id=0,
    )


def test_a_line_begins_with_a_whole_word() -> None:
    found = _words_between(_turn(), 300, 700)
    assert "".join(word[0] for word in found) == " qu'est-ce qui vous prend"


def test_what_lies_outside_is_left_out() -> None:
    assert _words_between(_turn(), 1000, 2000) == ()
    assert [word[0] for word in _words_between(_turn(), 0, 150)] == ["Alors"]


@given(st.integers(-500, 1500), st.integers(0, 1500))
def test_the_words_of_a_stretch_stand_together(start: int, length: int) -> None:
    turn = _turn()
    found = _words_between(turn, start, start + length)
    texts = "".join(word[0] for word in found)
    assert texts in turn.text
    assert not found or found[0] == turn.words[0] or found[0][0].startswith(" ")
