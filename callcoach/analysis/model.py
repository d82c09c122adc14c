"""The shapes of an analysis: the single source for the command's JSON, the database and the page.

All times are seconds from the start of the recording, intervals half-open ``[start_s, end_s)``.
`to_dict` on `CallAnalysis` gives the JSON object of ``callcoach analyze --json`` (schema 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from callcoach.analysis.norms import PACKAGED, Norms, TurnMeasure
from callcoach.analysis.tuning import Tuning


class Speaker(StrEnum):
    """Who speaks a turn."""

    AGENT = "agent"
    PROSPECT = "prospect"
    UNKNOWN = "unknown"


class Channels(StrEnum):
    """What the file really carries, after the dual-mono check."""

    STEREO = "stereo"
    DUAL_MONO = "dual_mono"
    MONO = "mono"


class AgentChannel(StrEnum):
    """On which channel the agent is; `MIXED` means both voices on one channel."""

    LEFT = "left"
    RIGHT = "right"
    MIXED = "mixed"
    AUTO = "auto"


class Kind(StrEnum):
    """Who was reached."""

    TARGET = "target"
    GATEKEEPER = "gatekeeper"
    WRONG_PERSON = "wrong_person"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"


class Valence(StrEnum):
    NEGATIVE = "negative"
    POSITIVE = "positive"


class Cause(StrEnum):
    """The closed vocabulary of causes."""

    MONOLOGUE = "monologue"
    RUSHED = "rushed"
    INSISTENCE = "insistence"
    INTERRUPTION = "interruption"
    BOOKISH = "bookish"
    WRONG_REGISTER = "wrong_register"
    RECITED_SCRIPT = "recited_script"
    IGNORED_OBJECTION = "ignored_objection"
    MISSED_BUYING_SIGNAL = "missed_buying_signal"
    MISSED_HESITATION = "missed_hesitation"
    MISHANDLED_SILENCE = "mishandled_silence"
    OVERPROMISE = "overpromise"
    AMBIGUOUS_CLAIM = "ambiguous_claim"
    SELF_BELITTLING = "self_belittling"
    REFORMULATION = "reformulation"
    OPEN_QUESTION = "open_question"
    BUYING_SIGNAL_TAKEN = "buying_signal_taken"
    OBJECTION_HANDLED = "objection_handled"
    USEFUL_SILENCE = "useful_silence"
    ADJUSTMENT = "adjustment"
    COMMITMENT_WON = "commitment_won"

    @property
    def valence(self) -> Valence:
        """Every cause belongs to exactly one valence."""
        return Valence.POSITIVE if self in _POSITIVE else Valence.NEGATIVE


_POSITIVE = frozenset(
    {
        Cause.REFORMULATION,
        Cause.OPEN_QUESTION,
        Cause.BUYING_SIGNAL_TAKEN,
        Cause.OBJECTION_HANDLED,
        Cause.USEFUL_SILENCE,
        Cause.ADJUSTMENT,
        Cause.COMMITMENT_WON,
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """A stretch of time, ``[start_s, end_s)``, ``0 <= start_s <= end_s``."""

    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        if not 0 <= self.start_s <= self.end_s:
            raise ValueError(f"segment [{self.start_s}, {self.end_s}) is not an interval from 0")

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s

    def overlap_s(self, other: Segment) -> float:
        """Length shared with `other`, in seconds, 0 when apart."""
        return max(0.0, min(self.end_s, other.end_s) - max(self.start_s, other.start_s))


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word. `word` keeps the recogniser's leading space; `probability` in [0, 1]."""

    word: str
    start_s: float
    end_s: float
    probability: float


@dataclass(frozen=True, slots=True)
class Track:
    """What was found on one channel or, in a mixed recording, for one speaker on channel 0.

    Args:
        channel: 0 (left or only) or 1 (right).
        voice: speech regions from voice activity, sorted, disjoint.
        words: recognised words, sorted by start.
        speaker: set only in a mixed recording (by diarisation, `Speaker.UNKNOWN` when it did not
            succeed); None on separate channels, where the channel map tells.
    """

    channel: int
    voice: tuple[Segment, ...]
    words: tuple[Word, ...]
    speaker: Speaker | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's uninterrupted stretch, bounds from voice activity.

    ``text == "".join(w.word for w in words).strip()``; a turn whose speech could not be read has
    empty text and no words. An interjection of the other side does not split a turn.
    """

    index: int
    speaker: Speaker
    channel: int
    start_s: float
    end_s: float
    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """Words to show: a message key and its values, rendered by `analysis.wording`."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KindGuess:
    """Who was probably reached (`analysis.kind`).

    Args:
        confidence: in [0, 1]; for `Kind.TARGET` how sure it is that nothing else applies.
        reasons: what it rests on, rendered by `analysis.wording`; never empty.
    """

    kind: Kind
    confidence: float
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact behind a tipping point.

    Args:
        kind: stable word, such as ``quote``, ``measure``, ``effect``.
        quote: exact words, or "".
        value: what was measured, in `unit`, or None.
        unit: ``s``, ``syll/s``, ``ratio``, ``count``, ``words`` or "".
        bound: the threshold that `value` was held against, same unit, or None.
        start_s, end_s: where in the recording.
        message: how to say it (rendered by `analysis.wording`).
    """

    kind: str
    quote: str
    value: float | None
    unit: str
    bound: float | None
    start_s: float
    end_s: float
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class TippingPoint:
    """The moment where the call turns; `start_s`/`end_s` lie inside the turn that causes it.

    `severity` 1 slight, 2 clear, 3 lost or won here; `confidence` in [0, 1]; `detector` is the
    stable id of the detector that raised it, such as ``D09``.
    """

    start_s: float
    end_s: float
    turn: int
    valence: Valence
    cause: Cause
    severity: int
    confidence: float
    detector: str
    evidence: tuple[Evidence, ...]
    explanation: Message
    suggestion: Message


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; `value` None means it cannot be computed, `reason` says why (a stable
    key such as ``mono``, ``no_speech``, ``too_short``, rendered by `analysis.wording`).
    """

    value: float | None
    unit: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class EngagementPoint:
    """The prospect's participation over a stretch; all three in [-1, 1], low <= value <= high. A
    point without duration is no turn: it says how the call ended.
    """

    start_s: float
    end_s: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class UnexplainedBreak:
    """A place where the prospect's participation drops and no detector says why.

    Never a tipping point: it names no cause and blames nobody. `turn` is the prospect's turn with
    which the change begins; `drop` how far the curve falls there, in its own unit (0 to 2).
    """

    start_s: float
    end_s: float
    turn: int
    drop: float


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """A line of the script in force, as context."""

    text: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class CallContext:
    """What is known of a call beside its sound; every part may be empty.

    `campaign` and `persona` are names, `tuning` is what the campaign changes in the engine, `norms`
    how much its prospects usually say; the rest are phrases in the call's language. Two contexts are
    the same whatever their norms, which move with every call of the campaign.
    """

    campaign: str = ""
    persona: str = ""
    vocabulary: tuple[str, ...] = ()
    approved: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    script_lines: tuple[ScriptLine, ...] = ()
    tuning: Tuning = field(default_factory=Tuning)
    norms: Norms = field(default=PACKAGED, compare=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read the ``--context`` JSON object.

        Raises:
            ValueError: a key is unknown or has the wrong type; the message names it.
        """
        known = set(cls.__dataclass_fields__)
        if unknown := sorted(set(data) - known):
            raise ValueError(
                f"unknown context key {unknown[0]!r}; known: {', '.join(sorted(known))}"
            )
        values: dict[str, Any] = {}
        for key, value in data.items():
            if key in ("campaign", "persona"):
                if not isinstance(value, str):
                    raise ValueError(f"context {key!r} must be a string")
                values[key] = value
            elif key == "tuning":
                if not isinstance(value, dict):
                    raise ValueError("context 'tuning' must be an object")
                values[key] = Tuning.from_dict(value)
            elif key == "norms":
                if not isinstance(value, dict):
                    raise ValueError("context 'norms' must be an object")
                values[key] = Norms.from_dict(value)
            elif not isinstance(value, list):
                raise ValueError(f"context {key!r} must be a list")
            elif key == "script_lines":
                values[key] = tuple(_script_line(item) for item in value)
            elif not all(isinstance(item, str) for item in value):
                raise ValueError(f"context {key!r} must be a list of strings")
            else:
                values[key] = tuple(value)
        return cls(**values)


def _script_line(item: Any) -> ScriptLine:
    if isinstance(item, str):
        return ScriptLine(item)
    if isinstance(item, dict) and isinstance(item.get("text"), str):
        return ScriptLine(item["text"], str(item.get("section", "")))
    raise ValueError("context 'script_lines' must hold strings or objects with 'text'")


@dataclass(frozen=True, slots=True)
class CallAnalysis:
    """All that one analysis says of one recording.

    Args:
        duration_s: length of the recording, seconds.
        channels: what the file carries.
        agent_channel: 0, 1 or None (mixed): the channel map that was applied.
        engine: names and versions of what produced this (model, library, settings, detectors).
        turns: sorted by start; `Turn.index` is the position.
        figures: name -> figure; a name is always present, its value may be None with a reason.
        engagement: empty when not computed.
        tipping_points: everything above the abstention floor, sorted by start.
        kind: who was probably reached.
        breaks: unexplained breaks, sorted by start.
        holds: stretches that a player may skip because nobody converses (waiting music, transfer),
            sorted, disjoint; ringing and greeting before the talk are not among them.
        participation: what the prospect's turns say of taking part, before any scale; for the norms
            of the campaign, not part of the JSON.
    """

    duration_s: float
    channels: Channels
    agent_channel: int | None
    engine: Mapping[str, Any]
    turns: tuple[Turn, ...]
    figures: Mapping[str, Figure]
    engagement: tuple[EngagementPoint, ...]
    tipping_points: tuple[TippingPoint, ...]
    kind: KindGuess
    breaks: tuple[UnexplainedBreak, ...] = ()
    holds: tuple[Segment, ...] = ()
    participation: tuple[TurnMeasure, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of schema 1; words are rendered in French and English."""
        from callcoach.analysis.wording import render_both  # wording reads this module's types

        points = []
        for point in self.tipping_points:
            data = asdict(point)
            data["explanation"] = render_both(point.explanation)
            data["suggestion"] = render_both(point.suggestion)
            for item, evidence in zip(data["evidence"], point.evidence, strict=True):
                item["message"] = render_both(evidence.message) if evidence.message else None
            points.append(data)
        return {
            "schema": 1,
            "duration_s": round(self.duration_s, 3),
            "channels": self.channels.value,
            "agent_channel": self.agent_channel,
            "engine": dict(self.engine),
            "turns": [asdict(turn) for turn in self.turns],
            "figures": {name: asdict(figure) for name, figure in self.figures.items()},
            "engagement": [asdict(point) for point in self.engagement],
            "tipping_points": points,
            "kind": {
                "kind": self.kind.kind.value,
                "confidence": self.kind.confidence,
                "reasons": [render_both(reason) for reason in self.kind.reasons],
            },
            "breaks": [asdict(item) for item in self.breaks],
            "holds": [asdict(item) for item in self.holds],
        }
