"""Who was reached, by what the other side means."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from callcoach.analysis import kind_meaning
from callcoach.analysis.embedding import (
    LETTERS,
    SentenceModel,
    Vectors,
    load_sentence_model,
)
from callcoach.analysis.kind import classify_kind
from callcoach.analysis.kind_meaning import PARTS, Exchange, KindWeights
from callcoach.analysis.model import Kind, KindGuess
from callcoach.analysis.scripted import Dialogue, read_dialogues
from callcoach.analysis.wording import render

DATA = Path(__file__).parent / "data"
UNSEEN = read_dialogues(DATA / "call_kinds_unseen.txt")


class _Word:
    """A direction for texts with "absent", another for all others; counts what it is asked."""

    name = "one-word"
    near = 0.5

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return np.array([[1.0, 0.0] if "absent" in text else [0.0, 1.0] for text in texts])


def _weights(floor: float = 0.5) -> KindWeights:
    """Whoever says "absent" after the first turn is a receptionist."""
    weights = np.zeros((1, len(PARTS), 2))
    weights[0, tuple(PARTS).index("rest"), 0] = 4.0
    centre = np.zeros((len(PARTS), 2))
    return KindWeights("one-word", (Kind.GATEKEEPER,), centre, weights, np.array([-1.0]), floor)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> _Word:
    monkeypatch.setattr(kind_meaning, "load_kind_weights", lambda: (_weights(), _weights()))
    return _Word()


def _exchange(*theirs: str) -> Exchange:
    return Exchange(theirs, ("Bonjour",), (*theirs, "Bonjour"), mixed=False)


def test_the_turn_that_says_most_is_quoted(known: _Word) -> None:
    guess = kind_meaning.second_opinion(_exchange("Oui", "Il est absent", "Voilà"), known)
    assert guess is not None
    assert guess.kind is Kind.GATEKEEPER
    assert guess.confidence == pytest.approx(0.75)  # 0.6 + 0.3 (4/2 - 1 - 0.5)
    assert "Il est absent" in render(guess.reasons[0], "fr")


def test_below_the_floor_it_stays_a_conversation_to_check(known: _Word) -> None:
    doubtful = kind_meaning.second_opinion(_exchange("Oui", "absent", "a", "b"), known)  # 4/3 - 1
    assert doubtful is not None
    assert (doubtful.kind, doubtful.confidence) == (Kind.TARGET, 0.4)
    assert "absent" in render(doubtful.reasons[0], "en")
    assert kind_meaning.second_opinion(_exchange("Oui", "Parlons-en"), known) is None


def test_long_talks_and_single_turns_are_not_read(known: _Word) -> None:
    assert kind_meaning.second_opinion(_exchange(*["absent"] * 8), known) is None
    assert kind_meaning.second_opinion(_exchange("absent"), known) is None
    assert known.asked == []


def test_without_the_embedder_of_the_fit_the_rules_decide_alone() -> None:
    call = next(one for one in UNSEEN if one.name == "gk-l01")
    for embedder in (None, LETTERS):
        guess = classify_kind(call.turns(), duration_s=call.duration_s, embedder=embedder)
        assert guess == classify_kind(call.turns(), duration_s=call.duration_s)


def test_voices_on_one_channel_are_read_by_sentence() -> None:
    call = next(one for one in UNSEEN if one.name == "gk-l01")
    read = kind_meaning.read_exchange(call.turns(separate=False))
    assert read.mixed
    assert read.ours == ()
    assert read.theirs[:2] == ("Scierie Aubin, allô.", "Bonjour, c'est Patrice.")


@pytest.fixture(scope="module")
def model() -> SentenceModel:
    loaded = load_sentence_model()
    if loaded is None:
        pytest.fail("the sentence model cannot be loaded: install the extra `meaning`")
    return loaded


def _guess(call: Dialogue, model: SentenceModel, *, separate: bool) -> KindGuess:
    return classify_kind(
        call.turns(separate=separate),
        duration_s=call.duration_s,
        language=call.language,
        embedder=model,
    )


def test_the_packaged_weights_fit_the_packaged_model(model: SentenceModel) -> None:
    for weights in kind_meaning.load_kind_weights():
        assert weights.embedder == model.name
        assert weights.weights.shape == (len(weights.kinds), *weights.centre.shape)
        assert weights.floor >= 0.3


@pytest.mark.parametrize("separate", [True, False])
def test_the_real_model_tells_receptionists_and_strangers_in_words_of_their_own(
    model: SentenceModel, separate: bool
) -> None:
    calls = [one for one in UNSEEN if one.name.startswith(("gk-u", "wp-u", "tg-u"))]
    guesses = [(call, _guess(call, model, separate=separate)) for call in calls]
    targets = [guess.kind for call, guess in guesses if call.kind == Kind.TARGET]
    assert set(targets) == {Kind.TARGET}
    others = [guess.kind == call.kind for call, guess in guesses if call.kind != Kind.TARGET]
    assert len(others) == 18
    assert sum(others) >= 12
