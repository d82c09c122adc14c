"""From units to turns, overlaps and response latencies.

A turn is one speaker's uninterrupted stretch. An interjection of the other side ("oui", "d'accord",
"hum hum") is a turn of its own but does not split the turn that it falls into; neither does speech
that lies wholly inside the other's voice. Speech that could not be read is a turn with empty text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from statistics import median

from callcoach.analysis.lanes import Unit, build_units, ms
from callcoach.analysis.model import Segment, Speaker, Track, Turn, Word
from callcoach.analysis.text import is_question, tokens

#: A pause of one's own longer than this starts a new turn even when nobody else speaks: mutual
#: silence has its 99th percentile at 3.1 s on the telephone (TIPPING.md §1).
TURN_BREAK_S = 4.0
#: The same where the speakers are not known: there a pause is the only sign of a change.
UNKNOWN_BREAK_S = 1.0
#: Who goes on after a pause this short, while the other has already begun, is still in the same turn:
#: the other came in on a breath (TIPPING.md §1: pauses p90 1.0 s).
RESUME_S = 1.0
#: Interjections: half of the commonest short turns on the telephone last under a second
#: (TIPPING.md §1, turns < 1 s: 18 %).
INTERJECTION_S = 1.2
#: Without recognised words only a very short sound is taken for an interjection.
WORDLESS_INTERJECTION_S = 0.7
#: The other side must hold the floor around it: speak until this shortly before, and from this
#: shortly after.
FLOOR_BEFORE_S = 1.5
FLOOR_AFTER_S = 1.5
#: Response latencies of the telephone, seconds, (median, spread) towards which a short call is
#: drawn (TIPPING.md §0.5: near end 0.16 s, far end 0.75 s; spread from the quartiles of §1).
LATENCY_PRIOR = {Speaker.AGENT: (0.3, 0.5), Speaker.PROSPECT: (0.6, 0.6)}
#: How many imagined latencies the prior stands for.
LATENCY_PRIOR_WEIGHT = 3.0

#: Folded words that make an interjection (TIPPING.md §1: commonest short turns of Simsamu).
BACKCHANNEL_WORDS = frozenset(
    """oui ouais ouai mh mm hm hmm hum humm mmh heu euh ah oh ok okay d accord voila bien sur
    exactement tout a fait effectivement absolument je vois c est ca marche entendu tres parfait
    super bon ben eh hein non si yes yeah right sure uh huh i see vrai aie ha he""".split()  # noqa: SIM905 - a word list reads better so
)
_BACKCHANNEL_MAX_WORDS = 4


@dataclass(frozen=True, slots=True)
class Overlap:
    """Both sides speak during ``[start_s, end_s)``; `second` started while `first` spoke."""

    start_s: float
    end_s: float
    first: Unit
    second: Unit

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Exchange:
    """A change of floor from turn `before` to turn `after` (indices).

    `latency_s` is negative when the answer overlaps; `z` is how unusual it is for that side in
    this call (robust, drawn to the telephone's usual values in short calls).
    """

    before: int
    after: int
    latency_s: float
    z: float


@dataclass(frozen=True)
class Conversation:
    """A call as detectors read it; everything is sorted by start.

    Args:
        units: inter-pausal units of all lanes.
        turns: what the transcript shows, interjections included.
        interjections: indices of turns that are only interjections.
        separate: each side has its own channel, so that overlap can be measured.
    """

    duration_s: float
    units: tuple[Unit, ...]
    turns: tuple[Turn, ...]
    interjections: frozenset[int]
    separate: bool

    @cached_property
    def speakers_known(self) -> bool:
        """Whether both sides, or at least one of them, could be told apart."""
        return any(turn.speaker is not Speaker.UNKNOWN for turn in self.turns)

    @cached_property
    def floor(self) -> tuple[Turn, ...]:
        """The turns that take the floor: all but interjections."""
        return tuple(turn for turn in self.turns if turn.index not in self.interjections)

    @cached_property
    def overlaps(self) -> tuple[Overlap, ...]:
        return find_overlaps(self.units)

    @cached_property
    def exchanges(self) -> tuple[Exchange, ...]:
        return find_exchanges(self.floor)

    @cached_property
    def silences(self) -> tuple[Segment, ...]:
        """Stretches between the first and the last voice where nobody speaks."""
        gaps: list[Segment] = []
        reached = self.units[0].end_s if self.units else 0.0
        for unit in self.units:
            if unit.start_s > reached:
                gaps.append(Segment(reached, unit.start_s))
            reached = max(reached, unit.end_s)
        return tuple(gaps)

    def units_of(self, turn: Turn) -> tuple[Unit, ...]:
        """The units that make up `turn`."""
        return self._units_by_turn[turn.index]

    @cached_property
    def _units_by_turn(self) -> dict[int, tuple[Unit, ...]]:
        lanes: dict[tuple[Speaker, int], list[Unit]] = {}
        for unit in self.units:
            lanes.setdefault((unit.speaker, unit.channel), []).append(unit)
        starts = {key: [unit.start_s for unit in units] for key, units in lanes.items()}
        found: dict[int, tuple[Unit, ...]] = {}
        for turn in self.turns:
            key = (turn.speaker, turn.channel)
            first = bisect_left(starts[key], turn.start_s)
            last = bisect_left(starts[key], turn.end_s)
            found[turn.index] = tuple(lanes[key][first:last])
        return found


def build_conversation(
    tracks: Sequence[Track], *, duration_s: float, agent_channel: int | None, separate: bool
) -> Conversation:
    """Turn tracks into a conversation; no tracks, no voice and no words give one without turns."""
    units = build_units(tracks, agent_channel=agent_channel)
    groups = _group(units)
    shaped = sorted(
        ((_turn(group), interjection) for group, interjection in groups),
        key=lambda item: (item[0].start_s, item[0].end_s, item[0].speaker, item[0].channel),
    )
    turns = tuple(
        Turn(index, turn.speaker, turn.channel, turn.start_s, turn.end_s, turn.text, turn.words)
        for index, (turn, _) in enumerate(shaped)
    )
    return Conversation(
        duration_s=duration_s,
        units=units,
        turns=turns,
        interjections=frozenset(i for i, (_, interjection) in enumerate(shaped) if interjection),
        separate=separate,
    )


def is_backchannel(text: str) -> bool:
    """Whether `text` is nothing but an interjection.

    >>> is_backchannel("Hum hum."), is_backchannel("Oui, jeudi."), is_backchannel("")
    (True, False, False)
    """
    words = tokens(text)
    return 0 < len(words) <= _BACKCHANNEL_MAX_WORDS and all(w in BACKCHANNEL_WORDS for w in words)


def _turn(units: Sequence[Unit]) -> Turn:
    words: tuple[Word, ...] = tuple(word for unit in units for word in unit.words)
    text = "".join(word.word for word in words).strip()
    first = units[0]
    return Turn(0, first.speaker, first.channel, first.start_s, units[-1].end_s, text, words)


def _group(units: Sequence[Unit]) -> list[tuple[list[Unit], bool]]:
    """Units gathered into turns, each with whether it is an interjection."""
    floor = [True] * len(units)
    for index in range(len(units)):
        floor[index] = not _is_interjection(units, index)
    groups: list[tuple[list[Unit], bool]] = []
    open_turns: dict[int, list[Unit]] = {}
    #: per lane the floor-taking unit that ended last, to see who spoke since
    latest: dict[int, Unit] = {}
    for index, unit in enumerate(units):
        if not floor[index]:
            groups.append(([unit], True))
            continue
        current = open_turns.get(unit.lane)
        if current is not None and _continues(current[-1], unit, latest):
            current.append(unit)
        else:
            open_turns[unit.lane] = [unit]
            groups.append((open_turns[unit.lane], False))
        if unit.lane not in latest or unit.end_s > latest[unit.lane].end_s:
            latest[unit.lane] = unit
    return groups


def _continues(last: Unit, unit: Unit, latest: dict[int, Unit]) -> bool:
    """Whether `unit` goes on with the turn that `last` ended, in one lane."""
    limit = UNKNOWN_BREAK_S if unit.speaker is Speaker.UNKNOWN else TURN_BREAK_S
    pause = ms(unit.start_s - last.end_s)
    if pause > limit:
        return False
    return all(
        other.end_s <= last.end_s or (pause <= RESUME_S and other.end_s > unit.start_s)
        for lane, other in latest.items()
        if lane != unit.lane
    )


def _is_interjection(units: Sequence[Unit], index: int) -> bool:
    """An isolated short sound or assent while the other side holds the floor."""
    unit = units[index]
    if unit.speaker is Speaker.UNKNOWN:
        return False
    text = unit.text
    if text:
        if unit.duration_s > INTERJECTION_S or not is_backchannel(text):
            return False
    elif unit.duration_s > WORDLESS_INTERJECTION_S:
        return False
    before = _neighbour(units, index, -1, same_lane=False)
    after = _neighbour(units, index, 1, same_lane=False)
    if before is None or after is None:
        return False
    if (
        ms(unit.start_s - before.end_s) > FLOOR_BEFORE_S
        or ms(after.start_s - unit.end_s) > FLOOR_AFTER_S
    ):
        return False
    overlapped = before.end_s > unit.start_s
    if not overlapped and _asks(before):
        return False
    own_next = _neighbour(units, index, 1, same_lane=True)
    own_last = _neighbour(units, index, -1, same_lane=True)
    if own_next is not None and own_next.start_s < max(after.start_s, unit.end_s + 0.6):
        return False
    return not (own_last is not None and own_last.end_s > before.start_s and not overlapped)


def _asks(unit: Unit) -> bool:
    text = unit.text
    return bool(text) and is_question(text.split(". ")[-1])


def _neighbour(units: Sequence[Unit], index: int, step: int, *, same_lane: bool) -> Unit | None:
    """The nearest unit in time order of the same or of another lane, a few steps at most."""
    position = index + step
    for _ in range(12):
        if not 0 <= position < len(units):
            return None
        if (units[position].lane == units[index].lane) is same_lane:
            return units[position]
        position += step
    return None


def find_overlaps(units: Sequence[Unit]) -> tuple[Overlap, ...]:
    """Stretches where two lanes speak at once, sorted by start."""
    found: list[Overlap] = []
    active: list[Unit] = []
    for unit in units:
        active = [other for other in active if other.end_s > unit.start_s]
        found += [
            Overlap(unit.start_s, min(other.end_s, unit.end_s), other, unit)
            for other in active
            if other.lane != unit.lane and min(other.end_s, unit.end_s) > unit.start_s
        ]
        active.append(unit)
    return tuple(found)


def find_exchanges(floor: Sequence[Turn]) -> tuple[Exchange, ...]:
    """Changes of floor between known speakers, with their latencies."""
    raw = [
        (before.index, after.index, after.speaker, ms(after.start_s - before.end_s))
        for before, after in pairwise(floor)
        if before.speaker is not after.speaker
        and Speaker.UNKNOWN not in (before.speaker, after.speaker)
    ]
    scales = {
        side: latency_scale([r[3] for r in raw if r[2] is side], side) for side in LATENCY_PRIOR
    }
    return tuple(
        Exchange(before, after, latency, (latency - scales[side][0]) / scales[side][1])
        for before, after, side, latency in raw
    )


def latency_scale(latencies: Sequence[float], side: Speaker) -> tuple[float, float]:
    """Centre and spread of one side's latencies, drawn towards the prior in short calls."""
    centre, spread = LATENCY_PRIOR[side]
    if not latencies:
        return centre, spread
    own = median(latencies)
    own_spread = 1.4826 * median(abs(value - own) for value in latencies)
    weight = len(latencies) / (len(latencies) + LATENCY_PRIOR_WEIGHT)
    return (
        weight * own + (1 - weight) * centre,
        max(0.15, weight * own_spread + (1 - weight) * spread),
    )
