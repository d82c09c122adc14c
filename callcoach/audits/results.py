"""What the judgements of a sample say, promise by promise. Pure: no database, no request.

Rows go in, one for each sampled call × promise that a person judged; shares come out, each with its
number of cases and its interval. One version of a promise is one line of the results: a statement
that was reworded within the period was judged by its wording of the day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from callcoach.analysis.claims import Standing
from callcoach.analysis.proportions import wilson
from callcoach.campaigns.models import PromiseKind

#: How sure the interval of an audited share is: the level that audits by sample are customarily read
#: at. The floor's own figures use 90 %.
CONFIDENCE = 0.95

#: Below this many judged calls a share is said to rest on few: its interval spans 50 points or more
#: at worst (Wilson, 95 %, half of 12: 25 to 75 %).
FEW = 12

#: What must not be said: there "omitted" is what was wanted.
UNWANTED = frozenset({PromiseKind.FORBIDDEN, PromiseKind.AMBIGUOUS})

Group = TypeVar("Group", bound=Hashable)


def is_aligned(kind: PromiseKind | str, standing: Standing | str) -> bool:
    """Whether what was said is what the sponsor decided.

    >>> is_aligned(PromiseKind.APPROVED, Standing.FAITHFUL)
    True
    >>> is_aligned(PromiseKind.FORBIDDEN, Standing.OMITTED)
    True
    >>> is_aligned(PromiseKind.DISCLOSURE, Standing.OMITTED)
    False
    """
    wanted = Standing.OMITTED if PromiseKind(kind) in UNWANTED else Standing.FAITHFUL
    return Standing(standing) is wanted


def standings_of(kind: PromiseKind | str) -> tuple[Standing, ...]:
    """How a call can stand to a statement of this kind, what is wanted first. What must not be said
    was said or not; to what extent makes no difference.

    >>> [standing.value for standing in standings_of(PromiseKind.FORBIDDEN)]
    ['omitted', 'overpromised', 'not_applicable']
    """
    kind = PromiseKind(kind)
    if kind in UNWANTED:
        said = Standing.OVERPROMISED if kind is PromiseKind.FORBIDDEN else Standing.DISTORTED
        return Standing.OMITTED, said, Standing.NOT_APPLICABLE
    return tuple(Standing)


@dataclass(frozen=True, slots=True)
class Judged:
    """One sampled call × promise as a person judged it.

    Args:
        judgement_id: of the finding.
        sampled_id: of the call within its sample.
        version_id: of the promise.
        kind: of the promise, in that version.
        standing: what the figures use: after a correction, after a joint calibration.
        first: the first judgement, before the machine's proposal was shown.
        machine: what the machine had proposed; None when it proposed nothing.
        week: the Monday of the call's week in the campaign's market; None when not known.
        script_version_id: of the script the call was made with; None when not known.
    """

    judgement_id: int
    sampled_id: int
    version_id: int
    kind: PromiseKind
    standing: Standing
    first: Standing
    machine: Standing | None = None
    week: date | None = None
    script_version_id: int | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the interval of the share.

    Args:
        count: 0 to `n`.
        n: cases.
        low, high: 0 to 1, Wilson, `CONFIDENCE`; (0, 1) of nothing.
    """

    count: int
    n: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.count / self.n if self.n else None

    @property
    def is_small(self) -> bool:
        """Too few cases for the share to say much."""
        return self.n < FEW


def share_of(count: int, n: int) -> Share:
    """A share with its interval.

    Raises:
        ValueError: `count` is not between 0 and `n`.

    >>> found = share_of(41, 44)
    >>> round(found.low, 2), round(found.high, 2)
    (0.82, 0.98)
    """
    low, high = wilson(count, n, CONFIDENCE)
    return Share(count, n, low, high)


@dataclass(frozen=True, slots=True)
class Cell:
    """The aligned share of one promise in one week or with one script, and which findings it is of.

    Args:
        aligned: n counts all but those the call gave no occasion to.
        counts: judged calls by standing, every standing present.
        judgement_ids: in the order of the draw, those without occasion included.
    """

    aligned: Share
    counts: Mapping[Standing, int]
    judgement_ids: tuple[int, ...] = ()

    @property
    def judged(self) -> int:
        """All that were judged, with and without occasion."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the machine's proposals are those of people who had not seen them.

    Args:
        same: proposals that are the first judgement, of all where there is one.
        kappa: Cohen's, -1 to 1; None when nothing could be different by chance (both always said
            one and the same thing), or without cases.
        alarms: of the proposals that say "not aligned", those that people also found not aligned.
        caught: of what people found not aligned, what the machine proposed as not aligned.
    """

    same: Share
    kappa: float | None
    alarms: Share
    caught: Share


@dataclass(frozen=True, slots=True)
class PromiseResult:
    """What the sample says of one version of one promise."""

    version_id: int
    kind: PromiseKind
    total: Cell
    by_week: Mapping[date, Cell]
    by_script: Mapping[int | None, Cell]
    agreement: Agreement

    @property
    def counts(self) -> Mapping[Standing, int]:
        """Judged calls by standing."""
        return self.total.counts

    @property
    def aligned(self) -> int:
        """Calls as the sponsor decided."""
        return self.total.aligned.count

    @property
    def n(self) -> int:
        """Calls that gave occasion to it."""
        return self.total.aligned.n

    @property
    def interval(self) -> tuple[float, float]:
        """Of the aligned share, 0 to 1, Wilson at `CONFIDENCE`."""
        return self.total.aligned.low, self.total.aligned.high


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """How the sample came about and what became of it.

    Args:
        population: calls of the frame when it was drawn.
        wanted: size chosen.
        seed: of the draw.
        sampled: calls in the sample now.
        judged: of these, those wholly judged.
        erased: of these, those whose words are gone.
        excluded: calls of the campaign and period outside the frame, by reason.
        left_out: drawn calls that were left out, by reason.
        unreplaced: left out without a reserve to take the place.
        is_final: closed: the figures no longer change but by a joint calibration.
    """

    population: int
    wanted: int
    seed: int | None
    sampled: int
    judged: int
    erased: int = 0
    excluded: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    unreplaced: int = 0
    is_final: bool = False

    @property
    def is_census(self) -> bool:
        """Every call of the frame was judged: there is nothing left to infer about these calls."""
        return 0 < self.population == self.judged


@dataclass(frozen=True, slots=True)
class Results:
    """Everything the judgements of one audit, or of several, say.

    Args:
        promises: in the order of their first appearance in the rows.
        weeks: Mondays with a judged call, ascending.
        scripts: ids of script versions with a judged call, ascending, None last.
        calls: judged calls.
        agreement: over all promises.
    """

    promises: tuple[PromiseResult, ...]
    weeks: tuple[date, ...]
    scripts: tuple[int | None, ...]
    calls: int
    agreement: Agreement

    def of(self, version_id: int) -> PromiseResult | None:
        """The line of one version of a promise."""
        return next((line for line in self.promises if line.version_id == version_id), None)


def results(rows: Iterable[Judged]) -> Results:
    """Count, promise by promise; empty for no rows.

    >>> row = Judged(1, 0, 5, PromiseKind.APPROVED, Standing.FAITHFUL, Standing.FAITHFUL)
    >>> results([row]).promises[0].aligned
    1
    """
    ordered = list(rows)
    lines = _grouped(ordered, lambda row: row.version_id)
    return Results(
        promises=tuple(_line(version_id, of_it) for version_id, of_it in lines.items()),
        weeks=tuple(sorted({row.week for row in ordered if row.week is not None})),
        scripts=tuple(
            sorted(
                {row.script_version_id for row in ordered},
                key=lambda script: (script is None, script or 0),
            )
        ),
        calls=len({row.sampled_id for row in ordered}),
        agreement=agreement_of(ordered),
    )


def _line(version_id: int, rows: Sequence[Judged]) -> PromiseResult:
    """One promise's results; `rows` are all its own and not empty."""
    weeks = _grouped([row for row in rows if row.week is not None], lambda row: row.week)
    scripts = _grouped(rows, lambda row: row.script_version_id)
    return PromiseResult(
        version_id=version_id,
        kind=rows[0].kind,
        total=cell_of(rows),
        by_week={week: cell_of(of_it) for week, of_it in weeks.items() if week is not None},
        by_script={script: cell_of(of_it) for script, of_it in scripts.items()},
        agreement=agreement_of(rows),
    )


def cell_of(rows: Sequence[Judged]) -> Cell:
    """The aligned share of some rows of one promise."""
    found = Counter(row.standing for row in rows)
    aligned = sum(is_aligned(row.kind, row.standing) for row in rows)
    return Cell(
        aligned=share_of(aligned, len(rows) - found[Standing.NOT_APPLICABLE]),
        counts={standing: found[standing] for standing in Standing},
        judgement_ids=tuple(row.judgement_id for row in rows),
    )


def agreement_of(rows: Iterable[Judged]) -> Agreement:
    """First judgements against the proposals, where there is one."""
    compared = [(row, row.machine) for row in rows if row.machine is not None]
    pairs = [(row.first, machine) for row, machine in compared]
    same = sum(first is machine for first, machine in pairs)
    alarms = [row for row, machine in compared if _departs(row.kind, machine)]
    departures = [row for row, _machine in compared if _departs(row.kind, row.first)]
    both = sum(_departs(row.kind, row.first) for row in alarms)
    return Agreement(
        same=share_of(same, len(pairs)),
        kappa=cohens_kappa(pairs),
        alarms=share_of(both, len(alarms)),
        caught=share_of(both, len(departures)),
    )


def _departs(kind: PromiseKind, standing: Standing) -> bool:
    """Neither as decided nor without occasion."""
    return standing is not Standing.NOT_APPLICABLE and not is_aligned(kind, standing)


def cohens_kappa(pairs: Sequence[tuple[Standing, Standing]]) -> float | None:
    """Agreement beyond chance (Cohen 1960).

    Returns:
        -1 to 1; None without pairs, or when both only ever said one and the same thing.

    >>> yes, no = Standing.FAITHFUL, Standing.OMITTED
    >>> cohens_kappa([(yes, yes), (yes, no), (no, no), (no, no)])
    0.5
    >>> cohens_kappa([(yes, yes)]) is None
    True
    """
    n = len(pairs)
    if not n:
        return None
    ones, others = Counter(one for one, _ in pairs), Counter(other for _, other in pairs)
    by_chance = sum(ones[standing] * others[standing] for standing in Standing) / n**2
    if by_chance == 1:
        return None
    seen = sum(one is other for one, other in pairs) / n
    return (seen - by_chance) / (1 - by_chance)


def monday_of(day: date) -> date:
    """The first day of its ISO week.

    >>> monday_of(date(2026, 9, 20)).isoformat()
    '2026-09-14'
    """
    return day - timedelta(days=day.weekday())


def _grouped(rows: Iterable[Judged], key: Callable[[Judged], Group]) -> dict[Group, list[Judged]]:
    """Rows by `key`, in the order in which each first appears."""
    groups: dict[Group, list[Judged]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups
