"""Who was reached, by what the other side means: a second opinion where no phrase is plain.

Receptionists and strangers say the same things in ever new words. Here the vectors of what is said
first are held against those of labelled dialogues: ridge regression (``benchmarks/fit_kinds.py``),
packaged in ``data/kinds.npz`` with its card. `analysis.kind` asks for it only where its rules see a
conversation that nothing proves, and it answers only far above its floor, which is chosen so that
hardly any conversation is hidden.

Does not detect: who was reached in a long talk (somebody who talks takes part), and anything in
another language than French, in which it was never measured. Source: measured, docs/call-kinds.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np

from callcoach.analysis.embedding import Embedder, Vectors
from callcoach.analysis.model import Kind, KindGuess, Message, Speaker, Turn
from callcoach.analysis.text import word_count

#: Languages that it was measured in.
LANGUAGES = ("fr",)
#: Least and most turns of the other side. With less there is nothing to read; with more the two
#: talk: the other side of the 53 labelled conversations takes 7 to 13 turns, receptionists and
#: strangers of the labelled dialogues up to 6.
TURNS = (2, 7)
#: The same in sentences, of both sides, where nobody told the voices apart and turns run together.
SENTENCES = (4, 16)
#: Names of the two sets of weights in the file.
FORMS = ("separate", "mixed")
#: Turns of the caller that are read: he says whom he wants at the start.
OURS = 3
#: What is read of an exchange: the other side's first turn, the mean of its others, the mean of the
#: caller's first turns, and the start of all of it in one breath. A weight each, chosen with the fit.
PARTS: Mapping[str, float] = {"opening": 0.5, "rest": 1.0, "ours": 0.5, "whole": 0.7}
#: Words of the whole exchange that are read in one breath: more tell little, and cost 2 ms each.
WHOLE_WORDS = 40
#: Usual length of a vector about the centre; the penalty of the fit is in units of it.
LENGTH = 0.4
#: Confidence at the floor, and how fast it rises above it.
SURE, RISE = 0.6, 0.3
#: Score from which a conversation is shown as one to check, and its confidence then, as where a
#: phrase speaks against it. At 0, ten of thirty new conversations were to check; at 0.1 seven.
DOUBT_FROM, DOUBTFUL = 0.1, 0.4


_SENTENCE = re.compile(r"[^.?!…]+[.?!…]*")


@dataclass(frozen=True, slots=True)
class Exchange:
    """What is read of a call: turns with words, in order of time.

    Args:
        theirs: of the other side; where the voices are `mixed`, the sentences of both.
        ours: of the caller; empty where the voices are mixed.
        whole: of both, as they follow each other.
    """

    theirs: tuple[str, ...]
    ours: tuple[str, ...]
    whole: tuple[str, ...]
    mixed: bool

    @property
    def is_readable(self) -> bool:
        """Whether it has as many turns as the fit was made for, of both sides."""
        low, high = SENTENCES if self.mixed else TURNS
        return low <= len(self.theirs) <= high and (self.mixed or bool(self.ours))


def read_exchange(turns: Iterable[Turn]) -> Exchange:
    """What is read of `turns`, in any order; turns without words are left out."""
    ordered = sorted(turns, key=lambda turn: (turn.start_s, turn.end_s))
    said = [turn for turn in ordered if word_count(turn.text)]
    whole = tuple(turn.text for turn in said)
    if any(turn.speaker is Speaker.UNKNOWN for turn in said):
        sentences = (one.strip() for text in whole for one in _SENTENCE.findall(text))
        return Exchange(tuple(one for one in sentences if word_count(one)), (), whole, mixed=True)
    return Exchange(
        theirs=tuple(turn.text for turn in said if turn.speaker is not Speaker.AGENT),
        ours=tuple(turn.text for turn in said if turn.speaker is Speaker.AGENT),
        whole=whole,
        mixed=False,
    )


def texts_of(exchange: Exchange) -> Mapping[str, tuple[str, ...]]:
    """The texts of each of `PARTS`."""
    return {
        "opening": exchange.theirs[:1],
        "rest": exchange.theirs[1:],
        "ours": exchange.ours[:OURS],
        "whole": (" ".join(" ".join(exchange.whole).split()[:WHOLE_WORDS]),),
    }


def vectors_of(exchange: Exchange, embedder: Embedder) -> Vectors:
    """Shape (len(PARTS), d): the mean vector of each part, 0 for a part without words."""
    parts = texts_of(exchange)
    raw = embedder.embed([text for name in PARTS for text in parts[name]])
    rows, at = np.zeros((len(PARTS), raw.shape[1])), 0
    for row, name in zip(rows, PARTS, strict=True):
        count = len(parts[name])
        if count:
            row[:] = raw[at : at + count].mean(axis=0)
        at += count
    return rows


@dataclass(frozen=True, slots=True, eq=False)
class KindWeights:
    """Fitted weights of one form of recording.

    Args:
        embedder: `Embedder.name` that they were fitted with; another's vectors mean nothing here.
        kinds: what may be answered, one for each row of `weights`.
        centre: shape (len(PARTS), d), taken away from the vectors of the parts that have words.
        weights: how much more than a conversation it looks like each kind, shape (len(kinds),
            len(PARTS), d).
        bias: shape (len(kinds),).
        floor: the least score that is answered.
    """

    embedder: str
    kinds: tuple[Kind, ...]
    centre: Vectors
    weights: Vectors
    bias: Vectors
    floor: float

    def scores(self, exchange: Exchange, embedder: Embedder) -> Vectors:
        """How much more the exchange looks like each of `kinds` than like a conversation.

        About -1 for a plain conversation, 1 for what is plainly something else.
        """
        raw = vectors_of(exchange, embedder)
        about = np.where(raw.any(axis=1, keepdims=True), raw - self.centre, 0.0)
        return np.asarray(np.tensordot(self.weights, about, axes=2) + self.bias)

    def telling(self, exchange: Exchange, kind: Kind, embedder: Embedder) -> str:
        """The turn of the other side that speaks most for `kind`: the first only where it is alone."""
        weights = self.weights[self.kinds.index(kind), tuple(PARTS).index("rest")]
        said = exchange.theirs[1:] or exchange.theirs
        return said[int(np.argmax(embedder.embed(said) @ weights))]


def second_opinion(exchange: Exchange, embedder: Embedder | None) -> KindGuess | None:
    """Who was reached if it does not sound like a conversation; None when it does.

    Between `DOUBT_FROM` and the floor it stays a conversation, one to check. None too without the embedder that
    the weights were fitted with.
    """
    weights = load_kind_weights()[exchange.mixed]
    if embedder is None or embedder.name != weights.embedder or not exchange.is_readable:
        return None
    scores = weights.scores(exchange, embedder)
    best = int(np.argmax(scores))
    score = float(scores[best])
    if score < DOUBT_FROM:
        return None
    kind = weights.kinds[best]
    quote = weights.telling(exchange, kind, embedder)
    if score < weights.floor:
        return KindGuess(Kind.TARGET, DOUBTFUL, (Message("kind.doubt", {"quote": quote}),))
    sure = round(min(0.9, SURE + RISE * (score - weights.floor)), 2)
    return KindGuess(kind, sure, (Message(f"kind.sounds_like_{kind.value}", {"quote": quote}),))


@cache
def load_kind_weights() -> tuple[KindWeights, KindWeights]:
    """The packaged weights: for voices apart, and for both on one channel."""
    resource = files("callcoach.analysis") / "data" / "kinds.npz"
    with as_file(resource) as path, np.load(path, allow_pickle=False) as data:
        separate, mixed = (
            KindWeights(
                embedder=str(data["embedder"]),
                kinds=tuple(Kind(str(name)) for name in data[f"{form}_kinds"]),
                centre=data[f"{form}_centre"].astype(np.float64),
                weights=data[f"{form}_weights"].astype(np.float64),
                bias=data[f"{form}_bias"].astype(np.float64),
                floor=float(data[f"{form}_floor"]),
            )
            for form in FORMS
        )
    return separate, mixed
