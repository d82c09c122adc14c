"""The draw: which calls of a frame are sampled, in which order, and which come next. Pure.

How many calls each stratum gives is rounded by lot (`allocate`). Calls are ordered by the SHA-256 of
``seed:call id`` in each stratum; the first ones are the sample, the next ones the reserve. A generator of random numbers would do as well, but its sequence is a
promise of one library at one version: the hash is the same everywhere for ever, and an auditor
redoes any draw with ``printf '%s:%s' SEED ID | sha256sum``. Whoever does not know the seed before
can favour no call, and the seed comes from the system's randomness at the moment of the draw
(`new_seed`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from math import floor

#: Seeds fit a signed 32-bit column.
SEEDS = 2**31
#: Beside as many again as were sampled, each sampled stratum has so many calls in reserve: a stratum of one
#: call must bear more than one that turns out to be inaudible.
EXTRA_RESERVE = 2


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn call and its stratum."""

    call_id: int
    stratum: str


@dataclass(frozen=True, slots=True)
class Draw:
    """A whole draw.

    Args:
        sample: in the order of their hashes over all strata, so that places tell nothing of agents.
        reserve: the same order; those of a stratum take a place in it one after the other.
    """

    sample: tuple[Drawn, ...]
    reserve: tuple[Drawn, ...]


def new_seed() -> int:
    """From the system's randomness, 0 to `SEEDS` - 1."""
    return secrets.randbelow(SEEDS)


def rank(seed: int, call_id: int) -> str:
    """The call's place in a draw: the smaller, the earlier; hexadecimal.

    >>> rank(20260914, 7)[:12]
    '7ee3e9d88dfb'
    """
    return sha256(f"{seed}:{call_id}".encode()).hexdigest()


def allocate(sizes: Mapping[str, int], wanted: int, seed: int) -> dict[str, int]:
    """Share a sample out over strata in proportion to their sizes, rounded by lot.

    Systematic rounding: quotas are laid end to end on a line, and one start, drawn from the seed,
    decides where the whole numbers fall. Each stratum is given its quota rounded down or up, up as
    often as its fraction says, so that over all seeds every call has the same chance, `wanted` in
    all calls, and plain shares of the sample are unbiased. A least of one call each, or the largest
    remainder, would prefer the calls of those who made few.

    Args:
        sizes: calls of each stratum; their order matters.
        wanted: calls in all; lowered to all there are.
        seed: of the draw.

    Returns:
        Calls of each stratum, in the order of `sizes`, 0 to its size; together `wanted`.

    >>> [allocate({"a": 90, "b": 9, "c": 1}, 10, seed) for seed in (5, 6)]
    [{'a': 9, 'b': 1, 'c': 0}, {'a': 9, 'b': 0, 'c': 1}]
    """
    total = sum(sizes.values())
    start = Fraction(int(sha256(f"{seed}:start".encode()).hexdigest(), 16), 2**256)
    given: dict[str, int] = {}
    seen = before = 0
    for key, size in sizes.items():
        seen += size
        until = floor(Fraction(min(wanted, total) * seen, total) + start) if total else 0
        given[key] = until - before
        before = until
    return given


def draw(strata: Mapping[str, Sequence[int]], wanted: int, seed: int) -> Draw:
    """The sample and its reserve; the same arguments always give the same.

    >>> found = draw({"": range(1, 6)}, 2, seed=1)
    >>> [one.call_id for one in found.sample], len(found.reserve)
    ([4, 5], 3)
    """
    kept = {key: ids for key, ids in sorted(strata.items()) if ids}
    shares = allocate({key: len(ids) for key, ids in kept.items()}, wanted, seed)
    sample: list[Drawn] = []
    reserve: list[Drawn] = []
    for key, ids in kept.items():
        ordered = [Drawn(i, key) for i in sorted(ids, key=lambda i: (rank(seed, i), i))]
        size = shares[key]
        sample += ordered[:size]
        if size:
            reserve += ordered[size : 2 * size + EXTRA_RESERVE]

    def place(one: Drawn) -> tuple[str, int]:
        return rank(seed, one.call_id), one.call_id

    return Draw(tuple(sorted(sample, key=place)), tuple(sorted(reserve, key=place)))
