"""How much prospects of one campaign usually say: the scale on which its engagement curves lie.

Source: TIPPING.md §4.2: features are standardised on the campaign's median and median absolute
deviation with 20 pseudo-calls of the defaults of §1, and the curve starts from the campaign's mean
for the phase. Pure: measures of past calls in, one `Norms` out. Norms move the curve that is shown,
never which moments are chosen: a call is not judged otherwise because colleagues made more calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite, log1p, tanh
from statistics import fmean, median
from typing import Any, Self

#: How many calls the packaged values stand for (TIPPING.md §4.2).
PSEUDO_CALLS = 20
#: Features are cut off there, in robust standard deviations (TIPPING.md §4.2).
CLIP = 2.5
#: Weights of TIPPING.md §4.2 [design defaults] of the two standardised features.
WEIGHT_LENGTH, WEIGHT_INFO = 0.2, 0.2
#: Median absolute deviation to standard deviation, of a normal distribution.
ROBUST = 1.4826
#: Least spread of a feature: calls in which nothing varies make no mountain of a trifle.
LEAST_SPREAD = 0.2
#: Digits that are kept of every measure.
_DIGITS = 3


def clip(value: float) -> float:
    """`value` inside [-`CLIP`, `CLIP`].

    >>> clip(-7.0)
    -2.5
    """
    return max(-CLIP, min(CLIP, value))


@dataclass(frozen=True, slots=True)
class Scale:
    """The median of a feature and its spread as a robust standard deviation, above 0."""

    centre: float
    spread: float

    def z(self, value: float) -> float:
        """`value` in spreads from the centre, cut off at ±`CLIP`."""
        return clip((value - self.centre) / self.spread)


@dataclass(frozen=True, slots=True)
class TurnMeasure:
    """What one prospect turn that takes the floor says of taking part, before any scale.

    Args:
        length: logarithm of one second plus its duration.
        info: logarithm of one plus its new content words, and 0.3 for each number or name; None
            where the turn could not be read.
        rest: the weighted sum of what needs no scale (delay, encouragement, polarity, question).
        is_opening: whether it falls into the opening of the call.
    """

    length: float
    info: float | None
    rest: float
    is_opening: bool

    def to_list(self) -> list[Any]:
        """JSON types, rounded."""
        info = None if self.info is None else round(self.info, _DIGITS)
        return [
            round(self.length, _DIGITS),
            info,
            round(self.rest, _DIGITS),
            int(self.is_opening),
        ]

    @classmethod
    def from_list(cls, data: Any) -> Self:
        """Read what `to_list` wrote.

        Raises:
            ValueError: it is something else.
        """
        try:
            length, info, rest, is_opening = data
            found = cls(
                float(length),
                None if info is None else float(info),
                float(rest),
                bool(is_opening),
            )
        except (TypeError, ValueError) as error:
            raise ValueError(f"{data!r} is not the measure of a turn") from error
        if not all(isfinite(value) for value in (found.length, found.info or 0.0, found.rest)):
            raise ValueError(f"{data!r} is not the measure of a turn")
        return found


@dataclass(frozen=True, slots=True)
class Norms:
    """What is usual in a campaign.

    Args:
        length, info: scales of the features of the same name of `TurnMeasure`.
        opening, talk: mean of the observations in [-1, 1] in the opening and afterwards, from which
            a curve starts.
        calls: how many calls of the campaign stand behind it; 0 for the packaged values.
    """

    #: TIPPING.md §1, telephone: turn length p50 2.3 s, p75 4.6 s.
    length: Scale = Scale(log1p(2.3), (log1p(4.6) - log1p(2.3)) * ROBUST)
    #: Median and spread of the recognised words of 48 simulated calls: §1 counts no content.
    info: Scale = Scale(log1p(4.0), 0.76)
    opening: float = 0.0
    talk: float = 0.0
    calls: int = 0

    def value(self, turn: TurnMeasure) -> float:
        """How far this turn takes part, in (-1, 1)."""
        total = WEIGHT_LENGTH * self.length.z(turn.length) + turn.rest
        if turn.info is not None:
            total += WEIGHT_INFO * self.info.z(turn.info)
        return tanh(total)

    def to_dict(self) -> dict[str, Any]:
        """JSON types."""
        return {
            "length": [self.length.centre, self.length.spread],
            "info": [self.info.centre, self.info.spread],
            "opening": self.opening,
            "talk": self.talk,
            "calls": self.calls,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; any part may be missing.

        Raises:
            ValueError: a key is unknown or has a value that cannot be; the message names it.
        """
        if unknown := sorted(set(data) - set(cls.__dataclass_fields__)):
            raise ValueError(f"unknown norms key {unknown[0]!r}")
        values: dict[str, Any] = {}
        for key, value in data.items():
            try:
                if key in ("length", "info"):
                    centre, spread = value
                    values[key] = Scale(_finite(centre), _finite(spread))
                    is_possible = values[key].spread > 0
                elif key == "calls":
                    values[key] = int(value)
                    is_possible = values[key] >= 0
                else:
                    values[key] = _finite(value)
                    is_possible = -1 <= values[key] <= 1
            except (TypeError, ValueError) as error:
                raise ValueError(f"norms {key!r} cannot be {value!r}") from error
            if not is_possible:
                raise ValueError(f"norms {key!r} cannot be {value!r}")
        return cls(**values)


def _finite(value: Any) -> float:
    number = float(value)
    if not isfinite(number):
        raise ValueError(f"{value!r} is not finite")
    return number


#: The packaged values.
PACKAGED = Norms()


@dataclass(slots=True)
class _Phase:
    """Observations of one phase, a mean for each call that has any."""

    means: list[float] = field(default_factory=list)

    def add(self, values: list[float]) -> None:
        if values:
            self.means.append(fmean(values))

    def drawn(self, packaged: float) -> float:
        """The mean over calls, drawn to the packaged value."""
        return _drawn(fmean(self.means) if self.means else packaged, packaged, len(self.means))


def norms_of(calls: Iterable[Iterable[TurnMeasure]]) -> Norms:
    """The norms of a campaign from the prospect's turns of its conversations, a row a call.

    A call without such a turn does not count. With few calls the packaged values weigh most: they
    stand for `PSEUDO_CALLS` calls.

    >>> norms_of([]) == PACKAGED
    True
    """
    known = [turns for turns in map(tuple, calls) if turns]
    every = [turn for turns in known for turn in turns]
    length = _scale([turn.length for turn in every], PACKAGED.length, len(known))
    infos = [turn.info for turn in every if turn.info is not None]
    read = sum(any(turn.info is not None for turn in turns) for turns in known)
    scaled = Norms(length, _scale(infos, PACKAGED.info, read))
    opening, talk = _Phase(), _Phase()
    for turns in known:
        opening.add([scaled.value(turn) for turn in turns if turn.is_opening])
        talk.add([scaled.value(turn) for turn in turns if not turn.is_opening])
    return Norms(
        scaled.length,
        scaled.info,
        opening.drawn(PACKAGED.opening),
        talk.drawn(PACKAGED.talk),
        len(known),
    )


def _scale(values: list[float], packaged: Scale, calls: int) -> Scale:
    """Median and spread of `values` of so many calls, drawn to the packaged ones."""
    if not values:
        return packaged
    centre = median(values)
    spread = ROBUST * median(abs(value - centre) for value in values)
    return Scale(
        round(_drawn(centre, packaged.centre, calls), _DIGITS),
        max(LEAST_SPREAD, round(_drawn(spread, packaged.spread, calls), _DIGITS)),
    )


def _drawn(own: float, packaged: float, calls: int) -> float:
    """`own` of so many calls, drawn to the packaged value of `PSEUDO_CALLS`."""
    return (own * calls + packaged * PSEUDO_CALLS) / (calls + PSEUDO_CALLS)
