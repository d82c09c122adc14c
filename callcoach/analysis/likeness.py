"""How much what is said and answered resembles labelled moments of each cause.

One vector of weights a cause for the agent's turn and one for the prospect's answer, in the space of
the sentence model; fitted by ridge regression on labelled moments and on written examples
(``benchmarks/fit_likeness.py``), packaged in ``data/likeness.npz``. It adds to the choice of the cause
in `fusion` and to nothing else: it raises no moment and explains none.

Source: measured, see docs/evaluation.md. Without the sentence model nothing is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np

from callcoach.analysis.embedding import Embedder, Vectors
from callcoach.analysis.model import Cause


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """Fitted weights.

    Args:
        embedder: `Embedder.name` that they were fitted with; another's vectors mean nothing here.
        centre: shape (d,), taken away from every vector.
        causes: one for each row of `said` and `heard`.
        said, heard: weights of the agent's turn and of the answer, shape (len(causes), d).
    """

    embedder: str
    centre: Vectors
    causes: tuple[Cause, ...]
    said: Vectors
    heard: Vectors

    def scores(self, embedder: Embedder | None, said: str, heard: str) -> Mapping[Cause, float]:
        """What to add to each cause's score, about -5 to 10; empty without the right embedder."""
        if embedder is None or embedder.name != self.embedder:
            return {}
        turn, answer = self.centred(embedder.embed([said, heard]))
        return dict(
            zip(self.causes, map(float, self.said @ turn + self.heard @ answer), strict=True)
        )

    def centred(self, raw: Vectors) -> Vectors:
        """`raw` about the centre, 0 where there were no words."""
        return np.asarray(np.where(raw.any(axis=1, keepdims=True), raw - self.centre, 0.0))


@cache
def load_likeness() -> Likeness:
    """The packaged weights."""
    resource = files("callcoach.analysis") / "data" / "likeness.npz"
    with as_file(resource) as path, np.load(path, allow_pickle=False) as data:
        return Likeness(
            embedder=str(data["embedder"]),
            centre=data["centre"].astype(np.float64),
            causes=tuple(Cause(str(name)) for name in data["causes"]),
            said=data["said"].astype(np.float64),
            heard=data["heard"].astype(np.float64),
        )
