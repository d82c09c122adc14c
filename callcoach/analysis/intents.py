"""What a turn means, told by its likeness to sentences that mean it.

Source: TIPPING.md §2, intent score: ``max cos(centred u, prototypes) - mean top-5 cos(u, background)``.
Centring takes away what all sentences of a telephone call share; subtracting the background takes
away what makes a sentence resemble everything. The prototypes are data (``data/intents``), and a
campaign adds its own (`Tuning.prototypes`, by phrase list) and sentences that mean nothing of the
kind (`Tuning.background`): a supervisor's click changes what the next analysis finds, without any
training.

A turn that lies near a prototype counts as a hit of the prototype's phrase list (`Scene.hits`), with
the prospect's own words as evidence. Without the sentence model likeness is that of letters, which
still knows a sentence again that recognition bent.

Does not detect: negation or figures; sentences that differ only there look alike.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

import numpy as np

from callcoach.analysis.embedding import Embedder, Vectors
from callcoach.analysis.lexicon import LANGUAGES, Hit
from callcoach.analysis.model import Speaker, Turn
from callcoach.analysis.text import word_count
from callcoach.analysis.tuning import Tuning

#: A turn of fewer words says too little to be read for its meaning.
MIN_WORDS = 3
#: A longer turn is read sentence by sentence: one objection must not drown in a long answer.
LONG_WORDS = 20
#: Sentences of the background averaged (TIPPING.md §2).
NEAREST = 5
#: Section of the data files that means nothing of the kind.
BACKGROUND = "background"
_ENDS = (".", "?", "!", "…")


@dataclass(frozen=True, slots=True)
class Intent:
    """One packaged intent: the phrase list that it stands for, whose turns mean it, sentences."""

    name: str
    list_name: str
    speaker: Speaker | None
    sentences: tuple[str, ...]


@lru_cache(maxsize=len(LANGUAGES))
def load_intents(language: str) -> Mapping[str, Intent]:
    """The packaged intents by name, the background among them; French for an unknown language."""
    known = language if language in LANGUAGES else "fr"
    resource = files("callcoach.analysis") / "data" / "intents" / f"{known}.toml"
    return {
        name: Intent(
            name,
            entry["list"],
            Speaker(entry["speaker"]) if entry["speaker"] else None,
            tuple(entry["sentences"]),
        )
        for name, entry in tomllib.loads(resource.read_text(encoding="utf-8")).items()
    }


class Space:
    """Sentences of one language around the packaged background, in one embedder's vectors."""

    def __init__(self, embedder: Embedder, language: str) -> None:
        self._embedder = embedder
        background = load_intents(language)[BACKGROUND].sentences
        raw = embedder.embed(background)
        self._centre = raw.mean(axis=0)
        self.background = self._centred(raw)

    @property
    def near(self) -> float:
        return self._embedder.near

    def place(self, texts: Sequence[str]) -> Vectors:
        """Centred vectors of length 1, shape (len(texts), d); 0 for a text without words."""
        return self._centred(self._embedder.embed(texts))

    def _centred(self, raw: Vectors) -> Vectors:
        empty = ~raw.any(axis=1)
        moved = raw - self._centre
        moved[empty] = 0.0
        lengths = np.linalg.norm(moved, axis=1, keepdims=True)
        return np.asarray(moved / np.where(lengths > 0, lengths, 1.0))


@lru_cache(maxsize=8)
def space_of(embedder: Embedder, language: str) -> Space:
    """The space of one embedder and language, prepared once."""
    return Space(embedder, language)


def score(turn: Vectors, prototypes: Vectors, background: Vectors) -> float:
    """The intent score of one centred vector, shape (d,), against centred prototypes, (n, d).

    -2 without prototypes; nothing is subtracted without a background.
    """
    if not len(prototypes):
        return -2.0
    common = np.sort(background @ turn)[-NEAREST:] if len(background) else np.zeros(1)
    return float((prototypes @ turn).max() - common.mean())


class Intents:
    """A campaign's sentences by phrase list, ready to be looked for.

    Args:
        tuning: what the campaign adds; without prototypes nothing is ever found.
        packaged: whether the packaged sentences count as well.
    """

    def __init__(
        self, embedder: Embedder, language: str, tuning: Tuning, *, packaged: bool = False
    ) -> None:
        self._embedder, self._language = embedder, language
        sentences = {name: list(found) for name, found in tuning.prototypes.items() if found}
        packaged_intents = [each for each in load_intents(language).values() if each.list_name]
        if packaged:
            for intent in packaged_intents:
                sentences.setdefault(intent.list_name, []).extend(intent.sentences)
        self._sentences = {name: tuple(found) for name, found in sentences.items()}
        self._tuning_background = tuning.background
        self._speakers = {each.list_name: each.speaker for each in packaged_intents}

    @cached_property
    def _space(self) -> Space:
        return space_of(self._embedder, self._language)

    @cached_property
    def _prototypes(self) -> Mapping[str, Vectors]:
        return {name: self._space.place(found) for name, found in self._sentences.items()}

    @cached_property
    def _refused(self) -> Vectors:
        return self._space.place(self._tuning_background)

    @cached_property
    def _background(self) -> Vectors:
        return np.vstack([self._space.background, self._refused])

    def knows(self, name: str) -> bool:
        """Whether any sentence stands for the phrase list `name`."""
        return name in self._sentences

    def reads(self, speaker: Speaker) -> bool:
        """Whether any sentence is looked for in what this side says."""
        return any(self._speaker(name) is speaker for name in self._sentences)

    def hits(self, turn: Turn, name: str) -> tuple[Hit, ...]:
        """The part of `turn` that lies nearest to a sentence of the list `name`, if near enough.

        A part that lies nearer to a background sentence of the campaign than to any of the list's
        does not count, however near it is: a person said that it means something else.
        """
        if name not in self._sentences or turn.speaker is not self._speaker(name):
            return ()
        parts = tuple(_parts(turn))
        if not parts:
            return ()
        prototypes = self._prototypes[name]
        texts = ["".join(word.word for word in turn.words[a:b]).strip() for a, b in parts]
        best: tuple[float, int] | None = None
        vectors = self._space.place(texts)
        for number, vector in enumerate(vectors):
            value = score(vector, prototypes, self._background)
            likeness = float((prototypes @ vector).max())
            refused = float((self._refused @ vector).max()) if len(self._refused) else -2.0
            if value >= self._space.near and likeness > refused and (not best or value > best[0]):
                best = (value, number)
        if best is None:
            return ()
        value, number = best
        first, end = parts[number]
        nearest = int((prototypes @ vectors[number]).argmax())
        words = turn.words[first:end]
        return (
            Hit(
                self._sentences[name][nearest],
                min(max(words[0].start_s, turn.start_s), turn.end_s),
                min(max(words[-1].end_s, turn.start_s), turn.end_s),
                texts[number],
                min(1.0, value),
                first,
                end - 1,
            ),
        )

    def _speaker(self, name: str) -> Speaker:
        return self._speakers.get(name) or Speaker.PROSPECT


def _parts(turn: Turn) -> Iterable[tuple[int, int]]:
    """Stretches of words, [first, end), that are read as one: a short turn, or each sentence."""
    if word_count(turn.text) < MIN_WORDS:
        return
    if len(turn.words) <= LONG_WORDS:
        yield 0, len(turn.words)
        return
    first = 0
    for index, word in enumerate(turn.words):
        last = index == len(turn.words) - 1
        if (word.word.rstrip().endswith(_ENDS) or last) and index + 1 - first >= MIN_WORDS:
            yield first, index + 1
            first = index + 1
