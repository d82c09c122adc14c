"""The measured figures of a call: facts of timing and words, each with its unit or its reason.

Every name of `NAMES` is always present. A figure that cannot be computed is None with a reason:
``no_speech`` (nobody speaks), ``mono`` (both voices on one channel and not told apart, or overlap
on one channel), ``unknown_speakers`` (separate channels, but nobody said who is the agent),
``no_words`` (nothing was recognised), ``too_few`` (too few cases for a median). No figure rates a
person, and none has a "good" value here: norms belong to the floor's own calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import median

from callcoach.analysis.lanes import Unit
from callcoach.analysis.model import Figure, Speaker, Turn
from callcoach.analysis.text import count_syllables, questions
from callcoach.analysis.turns import Conversation, Overlap, is_backchannel

#: An overlap this long, with speech going on, takes the floor (TIPPING.md §4.1, D04).
INTERRUPTION_OVERLAP_S = 0.5
#: The one interrupted had been speaking at least this long (TIPPING.md §4.1, D04).
INTERRUPTED_AFTER_S = 1.0
#: Latencies need this many cases for a median to mean anything.
MIN_LATENCIES = 3
#: A rate needs this much recognised speech (TIPPING.md §2: error 7 % in windows of 10 s).
MIN_RATE_SPEECH_S = 5.0
#: A pause inside a turn counts from here on (TIPPING.md §1: pauses p50 0.38 s).
PAUSE_S = 0.3

#: name -> unit, in the order in which a page lists them.
UNITS: Mapping[str, str] = {
    "agent_talk_share": "ratio",
    "agent_speech_s": "s",
    "prospect_speech_s": "s",
    "silence_share": "ratio",
    "longest_silence_s": "s",
    "longest_monologue_s": "s",
    "prospect_longest_turn_s": "s",
    "agent_mean_turn_s": "s",
    "prospect_mean_turn_s": "s",
    "turns_per_minute": "per_min",
    "agent_response_latency_s": "s",
    "prospect_response_latency_s": "s",
    "overlap_share": "ratio",
    "agent_interruptions": "count",
    "prospect_interruptions": "count",
    "agent_rate": "syll/s",
    "prospect_rate": "syll/s",
    "agent_pause_s": "s",
    "agent_questions": "count",
    "prospect_questions": "count",
}
NAMES = tuple(UNITS)


def compute_figures(conversation: Conversation) -> dict[str, Figure]:
    """All figures of `conversation`, in the order of `NAMES`."""
    return {name: _figure(name, conversation) for name in NAMES}


def _figure(name: str, conversation: Conversation) -> Figure:
    unit = UNITS[name]
    if not conversation.turns:
        return Figure(None, unit, "no_speech")
    if name not in _WITHOUT_SPEAKERS and not conversation.speakers_known:
        return Figure(None, unit, "unknown_speakers" if conversation.separate else "mono")
    if name in _NEEDS_CHANNELS and not conversation.separate:
        return Figure(None, unit, "mono")
    value = _MEASURES[name](conversation)
    if isinstance(value, str):
        return Figure(None, unit, value)
    return Figure(round(float(value), 3), unit)


def _speech_s(conversation: Conversation, speaker: Speaker) -> float:
    return sum(unit.duration_s for unit in conversation.units if unit.speaker is speaker)


def _talk_share(conversation: Conversation) -> float:
    agent = _speech_s(conversation, Speaker.AGENT)
    return agent / (agent + _speech_s(conversation, Speaker.PROSPECT))


def _silence_share(conversation: Conversation) -> float | str:
    length = max(unit.end_s for unit in conversation.units) - conversation.units[0].start_s
    return (
        sum(gap.duration_s for gap in conversation.silences) / length if length > 0 else "no_speech"
    )


def _longest_silence(conversation: Conversation) -> float:
    return max((gap.duration_s for gap in conversation.silences), default=0.0)


def _floor_turns(conversation: Conversation, speaker: Speaker) -> list[Turn]:
    return [turn for turn in conversation.floor if turn.speaker is speaker]


def _longest_turn(speaker: Speaker) -> Callable[[Conversation], float | str]:
    def measure(conversation: Conversation) -> float | str:
        return _largest(turn.end_s - turn.start_s for turn in _floor_turns(conversation, speaker))

    return measure


def _largest(values: Iterable[float]) -> float:
    return max(values, default=0.0)


def _mean_turn(speaker: Speaker) -> Callable[[Conversation], float | str]:
    def measure(conversation: Conversation) -> float | str:
        turns = _floor_turns(conversation, speaker)
        if not turns:
            return "too_few"
        return sum(turn.end_s - turn.start_s for turn in turns) / len(turns)

    return measure


def _turns_per_minute(conversation: Conversation) -> float | str:
    floor = conversation.floor
    if not floor:
        return "too_few"
    minutes = (max(turn.end_s for turn in floor) - floor[0].start_s) / 60
    return len(floor) / minutes if minutes > 0 else "too_few"


def _latency(speaker: Speaker) -> Callable[[Conversation], float | str]:
    def measure(conversation: Conversation) -> float | str:
        values = [
            exchange.latency_s
            for exchange in conversation.exchanges
            if conversation.turns[exchange.after].speaker is speaker
        ]
        return median(values) if len(values) >= MIN_LATENCIES else "too_few"

    return measure


def _overlap_share(conversation: Conversation) -> float:
    voiced = sum(unit.duration_s for unit in conversation.units)
    shared = sum(overlap.duration_s for overlap in conversation.overlaps)
    return shared / (voiced - shared) if voiced > shared else 0.0


def find_interruptions(conversation: Conversation, speaker: Speaker) -> tuple[Overlap, ...]:
    """Overlaps in which `speaker` takes the floor from the other, who had it and gives it up.

    Short overlaps are normal on the telephone (25 % of transitions overlap by 0.32 s, TIPPING.md
    §4.1, D04); interjections never interrupt.
    """
    return tuple(overlap for overlap in conversation.overlaps if _interrupts(overlap, speaker))


def _interrupts(overlap: Overlap, speaker: Speaker) -> bool:
    first, second = overlap.first, overlap.second
    return (
        second.speaker is speaker
        and first.speaker is not Speaker.UNKNOWN
        and overlap.duration_s >= INTERRUPTION_OVERLAP_S
        and overlap.start_s - first.start_s >= INTERRUPTED_AFTER_S
        and second.end_s > first.end_s
        and not is_backchannel(second.text)
    )


def _interruptions(speaker: Speaker) -> Callable[[Conversation], float | str]:
    return lambda conversation: float(len(find_interruptions(conversation, speaker)))


def speaking_rate(turns: Sequence[Turn], conversation: Conversation) -> float | None:
    """Orthographic syllables per second of voice over `turns`; None below `MIN_RATE_SPEECH_S`."""
    syllables, voiced = 0, 0.0
    for turn in turns:
        for unit in conversation.units_of(turn):
            if unit.words:
                syllables += count_syllables(unit.text)
                voiced += unit.duration_s
    return syllables / voiced if voiced >= MIN_RATE_SPEECH_S else None


def _rate(speaker: Speaker) -> Callable[[Conversation], float | str]:
    def measure(conversation: Conversation) -> float | str:
        rate = speaking_rate(_floor_turns(conversation, speaker), conversation)
        return "too_few" if rate is None else rate

    return measure


def _agent_pause(conversation: Conversation) -> float | str:
    pauses = [
        after.start_s - before.end_s
        for turn in _floor_turns(conversation, Speaker.AGENT)
        for before, after in _pairs(conversation, turn)
        if after.start_s - before.end_s >= PAUSE_S
    ]
    return median(pauses) if len(pauses) >= MIN_LATENCIES else "too_few"


def _pairs(conversation: Conversation, turn: Turn) -> Iterable[tuple[Unit, Unit]]:
    units = conversation.units_of(turn)
    return pairwise(units)


def _questions(speaker: Speaker) -> Callable[[Conversation], float | str]:
    def measure(conversation: Conversation) -> float | str:
        if not any(turn.text for turn in conversation.turns):
            return "no_words"
        return float(
            sum(len(questions(turn.text)) for turn in conversation.turns if turn.speaker is speaker)
        )

    return measure


_WITHOUT_SPEAKERS = frozenset({"silence_share", "longest_silence_s"})
_NEEDS_CHANNELS = frozenset({"overlap_share", "agent_interruptions", "prospect_interruptions"})
_MEASURES: Mapping[str, Callable[[Conversation], float | str]] = {
    "agent_talk_share": _talk_share,
    "agent_speech_s": lambda conversation: _speech_s(conversation, Speaker.AGENT),
    "prospect_speech_s": lambda conversation: _speech_s(conversation, Speaker.PROSPECT),
    "silence_share": _silence_share,
    "longest_silence_s": _longest_silence,
    "longest_monologue_s": _longest_turn(Speaker.AGENT),
    "prospect_longest_turn_s": _longest_turn(Speaker.PROSPECT),
    "agent_mean_turn_s": _mean_turn(Speaker.AGENT),
    "prospect_mean_turn_s": _mean_turn(Speaker.PROSPECT),
    "turns_per_minute": _turns_per_minute,
    "agent_response_latency_s": _latency(Speaker.AGENT),
    "prospect_response_latency_s": _latency(Speaker.PROSPECT),
    "overlap_share": _overlap_share,
    "agent_interruptions": _interruptions(Speaker.AGENT),
    "prospect_interruptions": _interruptions(Speaker.PROSPECT),
    "agent_rate": _rate(Speaker.AGENT),
    "prospect_rate": _rate(Speaker.PROSPECT),
    "agent_pause_s": _agent_pause,
    "agent_questions": _questions(Speaker.AGENT),
    "prospect_questions": _questions(Speaker.PROSPECT),
}
