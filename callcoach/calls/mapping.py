"""Between the core's shapes and the tables: the one place that converts seconds and milliseconds.

The core speaks seconds (float); the tables hold integer milliseconds, half-open ``[start, end)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from callcoach.analysis.model import CallAnalysis, CallContext, Evidence, Message, ScriptLine
from callcoach.analysis.model import TippingPoint as FoundPoint
from callcoach.analysis.model import Turn as FoundTurn
from callcoach.analysis.opening import talk_start_s
from callcoach.calls.models import AnalysisRun, TippingPoint, Turn, TurnCorrection
from callcoach.campaigns.models import Campaign, PromiseKind
from callcoach.script_library.document import without_placeholders
from callcoach.script_library.in_force import phrases_of
from callcoach.script_library.models import ExpressionKind, ScriptVersion
from callcoach.tuning.queries import tuning_of

#: A correction shows on a turn when they share more than this part of both: less, and the bounds
#: have changed so much that the corrected text would hide words it was not made for.
CORRECTION_OVERLAP = 0.5


def to_ms(seconds: float) -> int:
    """Seconds to whole milliseconds, nearest."""
    return round(seconds * 1000)


def to_s(milliseconds: int) -> float:
    """Whole milliseconds to seconds."""
    return milliseconds / 1000


def analysis_rows(
    analysis: CallAnalysis, *, call_id: int, transcript_id: int, number: int
) -> AnalysisRun:
    """The rows of one analysis version, not yet added to a session."""
    run = AnalysisRun(
        call_id=call_id,
        transcript_id=transcript_id,
        number=number,
        agent_channel=analysis.agent_channel,
        channels=analysis.channels.value,
        engine=_plain(analysis.engine),
        figures={name: asdict(figure) for name, figure in analysis.figures.items()},
        engagement=[asdict(point) for point in analysis.engagement],
        analysis_version=int(analysis.engine.get("analysis", 0)),
        tuning=str(analysis.engine.get("tuning", "")),
        breaks=[asdict(item) for item in analysis.breaks],
        holds=[asdict(item) for item in analysis.holds],
        participation=[measure.to_list() for measure in analysis.participation],
        kind=analysis.kind.kind,
        kind_confidence=analysis.kind.confidence,
        kind_reasons=[_message_data(reason) for reason in analysis.kind.reasons],
    )
    run.turns = [_turn_row(turn) for turn in analysis.turns]
    run.tipping_points = [_point_row(point, analysis.turns) for point in analysis.tipping_points]
    return run


def _turn_row(turn: FoundTurn) -> Turn:
    return Turn(
        index=turn.index,
        speaker=turn.speaker.value,
        channel=turn.channel,
        start_ms=to_ms(turn.start_s),
        end_ms=to_ms(turn.end_s),
        text=turn.text,
        words=[
            [word.word, to_ms(word.start_s), to_ms(word.end_s), round(word.probability, 3)]
            for word in turn.words
        ],
    )


def _point_row(point: FoundPoint, turns: Sequence[FoundTurn]) -> TippingPoint:
    return TippingPoint(
        turn_index=point.turn,
        channel=turns[point.turn].channel,
        start_ms=to_ms(point.start_s),
        end_ms=to_ms(point.end_s),
        valence=point.valence.value,
        cause=point.cause.value,
        severity=point.severity,
        confidence=point.confidence,
        detector=point.detector,
        quote=next((item.quote for item in point.evidence if item.quote), ""),
        evidence=[_evidence_data(item) for item in point.evidence],
        explanation=_message_data(point.explanation),
        suggestion=_message_data(point.suggestion),
    )


def _evidence_data(item: Evidence) -> dict[str, Any]:
    data = {name: _plain(getattr(item, name)) for name in item.__dataclass_fields__}
    data["message"] = _message_data(item.message) if item.message else None
    return data


def _message_data(message: Message) -> dict[str, Any]:
    return {"key": message.key, "values": _plain(message.values)}


def _plain(value: Any) -> Any:
    """JSON types only: mappings, tuples and numpy numbers become what a JSON column takes."""
    if isinstance(value, Message):
        return _message_data(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item) for item in value]
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        return value.item()
    return value


def message_of(data: Mapping[str, Any]) -> Message:
    """A stored message, for `callcoach.analysis.wording`."""
    values = {name: _revived(value) for name, value in (data.get("values") or {}).items()}
    return Message(key=data["key"], values=values)


def _revived(value: Any) -> Any:
    """A value that was itself a message becomes one again."""
    if isinstance(value, dict) and set(value) == {"key", "values"}:
        return message_of(value)
    return value


def context_of(
    campaign: Campaign, persona: str = "", script: ScriptVersion | None = None
) -> CallContext:
    """What the analysis should know of a call's campaign, and what the campaign changes in it.

    Args:
        script: the version that was in force when the call took place; its lines are read as they
            are said to the persona.
    """
    phrases = {
        kind: tuple(p.text for p in campaign.promises if p.kind == kind) for kind in PromiseKind
    }
    said = phrases_of(campaign.id)
    forbidden = phrases[PromiseKind.FORBIDDEN] + said[ExpressionKind.FORBIDDEN]
    ambiguous = phrases[PromiseKind.AMBIGUOUS] + said[ExpressionKind.AMBIGUOUS]
    return CallContext(
        campaign=campaign.name,
        persona=persona,
        vocabulary=tuple(campaign.vocabulary),
        approved=phrases[PromiseKind.APPROVED] + phrases[PromiseKind.CONDITIONAL],
        forbidden=tuple(dict.fromkeys(forbidden)),
        ambiguous=tuple(dict.fromkeys(ambiguous)),
        script_lines=_script_lines(script, persona) if script else (),
        tuning=tuning_of(campaign.id),
    )


def _script_lines(script: ScriptVersion, persona: str) -> tuple[ScriptLine, ...]:
    """Lines in reading order; what the agent fills in is nobody's words."""
    return tuple(
        ScriptLine(without_placeholders(place.line.said_to(persona)), place.section.kind.value)
        for place in script.document.places()
    )


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """A turn as a page shows it.

    Args:
        turn_id: row of the turn in the analysis shown.
        start_ms, end_ms: half-open, milliseconds from the start of the recording.
        text: corrected, where somebody corrected it.
        recognised_text: as recognised.
        words: ``(word, start_ms, end_ms, probability)``; as recognised, also under a correction.
        correction_id: what `operations.correct_turn` takes as `based_on`; 0 without one.
    """

    turn_id: int
    index: int
    speaker: str
    channel: int
    start_ms: int
    end_ms: int
    text: str
    recognised_text: str
    words: tuple[tuple[str, int, int, float], ...]
    correction_id: int

    @property
    def is_corrected(self) -> bool:
        return self.text != self.recognised_text


def shown_turns(turns: Iterable[Turn], corrections: Iterable[TurnCorrection]) -> list[ShownTurn]:
    """Turns with the newest correction that covers each."""
    newest_first = sorted(corrections, key=lambda item: item.id, reverse=True)
    return [_shown_turn(turn, newest_first) for turn in turns]


def _shown_turn(turn: Turn, newest_first: Sequence[TurnCorrection]) -> ShownTurn:
    correction = correction_for(turn, newest_first)
    return ShownTurn(
        turn_id=turn.id,
        index=turn.index,
        speaker=turn.speaker,
        channel=turn.channel,
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
        text=correction.text if correction else turn.text,
        recognised_text=turn.text,
        words=tuple((str(w[0]), int(w[1]), int(w[2]), float(w[3])) for w in turn.words),
        correction_id=correction.id if correction else 0,
    )


def correction_for(turn: Turn, newest_first: Iterable[TurnCorrection]) -> TurnCorrection | None:
    """The newest correction on the turn's channel that covers largely the same stretch."""
    for item in newest_first:
        if item.channel != turn.channel:
            continue
        shared = min(item.end_ms, turn.end_ms) - max(item.start_ms, turn.start_ms)
        longer = max(item.end_ms - item.start_ms, turn.end_ms - turn.start_ms)
        if shared > CORRECTION_OVERLAP * longer:
            return item
    return None


@dataclass(frozen=True, slots=True)
class _Said:
    """A turn of the database in seconds, as `callcoach.analysis.opening` reads it."""

    speaker: str
    start_s: float
    end_s: float
    text: str


def talk_start_ms(turns: Iterable[Turn | ShownTurn], *, language: str = "fr") -> int:
    """Where the conversation proper starts, for players to skip ringing and greetings.

    As `callcoach.analysis.opening.talk_start_s`, of rows or of what a page shows of them. Swapped
    channels matter: `turns` are those of the analysis in force.
    """
    said = (_Said(t.speaker, to_s(t.start_ms), to_s(t.end_ms), t.text) for t in turns)
    return to_ms(talk_start_s(said, language=language))
