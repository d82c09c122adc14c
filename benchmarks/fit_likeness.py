"""Fit what `callcoach.analysis.likeness` adds to the choice of the cause. Used by `fit_fusion.py`.

Ridge regression from the vectors of the agent's turn and of the answer to the cause, one valence at
a time, on labelled moments and, at half their weight, on the written exchanges of
``examples/causes.fr.txt``. Constants were chosen on the plateau of a comparison by writer held out
(docs/evaluation.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from callcoach.analysis.embedding import Embedder
from callcoach.analysis.likeness import Likeness
from callcoach.analysis.model import Cause, Valence

#: Share of the agent's turn and of the answer, once vectors are divided by their usual length
#: about the centre.
SAID, HEARD, LENGTH = 1.2, 0.85, 0.4
#: Ridge penalty, weight of a written example beside a labelled moment, and what a full likeness
#: adds to the score of its cause.
PENALTY, EXAMPLE, FACTOR = 2.0, 0.5, 10.0
EXAMPLES = Path(__file__).parent / "examples" / "causes.fr.txt"

#: What the agent says, what the prospect answers, and the cause.
Case = tuple[str, str, Cause]


@cache
def read_examples(path: Path = EXAMPLES) -> tuple[Case, ...]:
    """The written exchanges."""
    found: list[Case] = []
    cause: Cause | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("["):
            cause = Cause(text.strip("[]"))
            continue
        said, bar, heard = text.partition(" | ")
        if cause is None or not bar:
            raise ValueError(f"{path.name}, line {number}: an exchange needs a cause and a bar")
        found.append((said, heard, cause))
    return tuple(found)


def fit_likeness(cases: Sequence[Case], embedder: Embedder) -> Likeness:
    """Weights for every cause that a case or an example shows."""
    examples = read_examples()
    every = [*cases, *examples]
    weigh = np.array([1.0] * len(cases) + [EXAMPLE] * len(examples))
    said = embedder.embed([case[0] for case in every])
    heard = embedder.embed([case[1] for case in every])
    both = np.vstack([said, heard])
    centre = both[both.any(axis=1)].mean(axis=0)
    empty = Likeness(embedder.name, centre, (), said[:0], heard[:0])
    said, heard = empty.centred(said), empty.centred(heard)
    x = np.hstack([said * SAID, heard * HEARD]) / LENGTH
    causes: list[Cause] = []
    rows: list[np.ndarray] = []
    for valence in Valence:
        mine = [i for i, case in enumerate(every) if case[2].valence is valence]
        seen = [cause for cause in Cause if any(every[i][2] is cause for i in mine)]
        wanted = np.array([[float(every[i][2] is cause) for cause in seen] for i in mine])
        wanted -= (weigh[mine] @ wanted) / weigh[mine].sum()
        kernel = x[mine] @ x[mine].T + PENALTY * np.diag(1 / weigh[mine])
        fitted = x[mine].T @ np.linalg.solve(kernel, wanted)
        causes += seen
        rows += list(fitted.T * FACTOR / LENGTH)
    weights, size = np.array(rows), x.shape[1] // 2
    return Likeness(
        embedder.name, centre, tuple(causes), weights[:, :size] * SAID, weights[:, size:] * HEARD
    )


def write_likeness(likeness: Likeness, path: Path) -> None:
    """Store in half precision: the third digit of a weight changes nothing."""
    np.savez(
        path,
        embedder=np.array(likeness.embedder),
        centre=likeness.centre.astype(np.float16),
        causes=np.array([cause.value for cause in likeness.causes]),
        said=likeness.said.astype(np.float16),
        heard=likeness.heard.astype(np.float16),
    )
