"""The call page's parts: turns cut into pieces, moments as cards, figures, and the data that the
player draws from. Plain values in, plain values out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count, groupby
from typing import Any

from flask_babel import gettext as _

from callcoach.analysis import wording
from callcoach.analysis.model import Figure, Speaker, Valence
from callcoach.calls.judging import Moment, Stretch, shared_ms
from callcoach.calls.mapping import ShownTurn, message_of
from callcoach.calls.models import AnalysisRun, Decision
from callcoach.calls.presenters import clock, language

#: A word below this probability is tinted. Whisper's word probabilities are not calibrated;
#: over 48 simulated telephone calls (base, 14 900 words) 61 % of the words below it were wrong, 14 %
#: of those above, aligned with what was really said.
UNSURE_BELOW = 0.45
#: How long before a moment listening starts: what led to it matters as much as the words.
LEAD_IN_MS = 8000
#: The page opens with this many cards; the others follow, folded.
OPEN_CARDS = 5
#: A card quotes this many words at most; the transcript has them all.
QUOTED_WORDS = 32
#: Of what the prospect said just before, a card quotes the last so many words, and nothing that
#: ended longer before the moment than this (milliseconds): it would not be what was answered.
CONTEXT_WORDS = 16
CONTEXT_MS = 15_000
#: A card names this many facts that a moment coincides with (TIPPING.md §4.4).
MOST_EFFECTS = 3
#: A turn shorter than this (milliseconds) with few words is set small.
_SMALL_TURN_MS = 1200
_SMALL_TURN_WORDS = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words alike; `moment` is the number of the moment that they cause, or 0."""

    text: str
    moment: int = 0
    valence: str = ""
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class TurnView:
    """A turn as the transcript prints it; `pins` are the moments that it causes."""

    index: int
    speaker: str
    name: str
    start_ms: int
    end_ms: int
    clock: str
    pieces: tuple[Piece, ...]
    text: str
    recognised_text: str
    correction_id: int
    pins: tuple[MomentView, ...]
    is_small: bool
    is_corrected: bool

    @property
    def is_unread(self) -> bool:
        """Somebody speaks, and no word could be read."""
        return not self.text


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a card; `kind` is ``measure``, ``effect`` or ``also``."""

    term: str
    text: str
    kind: str = "measure"


@dataclass(frozen=True, slots=True)
class Quote:
    """Exact words on a card, in time; `is_cause` marks the words of the moment itself, `speaker` is
    "" where it is not known.
    """

    text: str
    is_cause: bool
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class MomentView:
    """A tipping point as flag, pin and card. `number` counts through the call, in time.

    `point_id` is 0 for a confirmed moment that the present analysis does not flag (`is_kept`);
    `decision` is ``confirmed``, ``rejected`` or "" and `verdict_id` 0 while nobody judged it;
    `turn_index` is -1 where no turn holds the moment any more.
    """

    key: str
    point_id: int
    verdict_id: int
    decision: str
    judged_by: str
    judged_at: datetime | None
    is_kept: bool
    number: int
    valence: str
    mark: str
    word: str
    cause: str
    label: str
    severity: str
    weight: float
    turn_index: int
    channel: int
    start_ms: int
    end_ms: int
    clock: str
    play_from_ms: int
    quotes: tuple[Quote, ...]
    facts: tuple[Fact, ...]
    explanation: str
    suggestion: str
    detector: str = ""
    reason: str = ""
    is_missed: bool = False
    is_held_back: bool = False
    is_open: bool = True

    @property
    def is_negative(self) -> bool:
        return self.valence == Valence.NEGATIVE

    @property
    def is_confirmed(self) -> bool:
        return self.decision == Decision.CONFIRMED

    @property
    def is_rejected(self) -> bool:
        return self.decision == Decision.REJECTED


def speaker_names(agent: str, prospect: str) -> Mapping[str, str]:
    """Who speaks, as the transcript names them."""
    return {
        Speaker.AGENT: agent or _("Agent"),
        Speaker.PROSPECT: prospect or _("Prospect"),
        Speaker.UNKNOWN: _("Unidentified voice"),
    }


def worded(data: Mapping[str, Any] | None) -> str:
    """A stored message in the page's language; "" for one that today's catalogue does not know
    (an analysis made by an older version outlives its wording).
    """
    if not data:
        return ""
    try:
        return wording.render(message_of(data), language())
    except KeyError:
        return ""


def moments(found: Sequence[Moment], turns: Sequence[ShownTurn]) -> tuple[MomentView, ...]:
    """The moments that the viewer may see, numbered in time without those held back. Confirmed ones
    are open, and of those still to be judged the strongest, up to `OPEN_CARDS`.
    """
    by_index = {turn.index: turn for turn in turns}
    numbers = count(1)
    views = []
    for moment in found:
        turn = by_index.get(moment.turn_index) if moment.turn_index is not None else None
        number = 0 if moment.is_held_back else next(numbers)
        views.append(_moment(moment, number, turn or turn_at(turns, moment), turns))
    unjudged = sorted(
        (view for view in views if not view.decision and not view.is_held_back),
        key=lambda view: -view.weight,
    )
    strongest = {view.number for view in unjudged[:OPEN_CARDS]}
    return tuple(
        replace(view, is_open=view.is_confirmed or view.number in strongest) for view in views
    )


def turn_at(turns: Iterable[ShownTurn], stretch: Stretch) -> ShownTurn | None:
    """The turn on the stretch's channel that shares most time with it; None without any."""
    found = max(turns, key=lambda turn: shared_ms(turn, stretch), default=None)
    return found if found is not None and shared_ms(found, stretch) > 0 else None


def _moment(
    point: Moment, number: int, turn: ShownTurn | None, turns: Sequence[ShownTurn]
) -> MomentView:
    negative = point.valence == Valence.NEGATIVE
    verdict = point.verdict
    return MomentView(
        key=point.key,
        point_id=point.point.id if point.point else 0,
        verdict_id=verdict.id if verdict else 0,
        decision=str(verdict.decision) if verdict else "",
        judged_by=verdict.author.name if verdict and verdict.author else "",
        judged_at=verdict.created_at if verdict else None,
        is_kept=point.is_kept,
        number=number,
        valence=point.valence,
        mark="▼" if negative else "▲",
        word=wording.valence_label(point.valence, language()),
        cause=point.cause,
        label=wording.cause_label(point.cause, language()),
        severity=wording.severity_label(point.severity, language()),
        weight=point.severity * point.confidence,
        turn_index=turn.index if turn else -1,
        channel=point.channel,
        start_ms=point.start_ms,
        end_ms=point.end_ms,
        clock=clock(point.start_ms),
        play_from_ms=max(0, point.start_ms - LEAD_IN_MS),
        quotes=tuple(_quotes(point, turn, turns)),
        facts=tuple(_facts(point.evidence)),
        explanation=worded(point.explanation),
        suggestion=worded(point.suggestion),
        detector=point.detector,
        reason=str(verdict.reason) if verdict else "",
        is_missed=point.is_missed,
        is_held_back=point.is_held_back,
    )


def _quotes(point: Moment, turn: ShownTurn | None, turns: Sequence[ShownTurn]) -> Iterable[Quote]:
    """The words of the moment among those that the evidence quotes, in time, after what the
    prospect had just said.
    """
    cause = _words_between(turn, point.start_ms, point.end_ms) or point.quote
    lines = {cause: point.start_ms} if cause else {}
    for item in sorted(point.evidence, key=lambda item: float(item["start_s"])):
        quote = item.get("quote", "")
        if quote and not any(_folded(quote) in _folded(line) for line in lines):
            lines[quote] = round(float(item["start_s"]) * 1000)
    speakers = {text: _speaker_of(text, at_ms, turns) for text, at_ms in lines.items()}
    if cause and turn is not None:
        speakers[cause] = turn.speaker
    heard = any(
        who == Speaker.PROSPECT and lines[text] <= point.start_ms for text, who in speakers.items()
    )
    if cause and not heard:
        before = _said_before(point, turns)
        if before:
            yield Quote(before, is_cause=False, speaker=Speaker.PROSPECT.value)
    for text, _start_ms in sorted(lines.items(), key=lambda line: line[1]):
        yield Quote(text, text == cause, speakers[text])


def _said_before(point: Moment, turns: Iterable[ShownTurn]) -> str:
    """The end of the prospect's last words before the moment; "" when they are too long ago."""
    said = [
        turn
        for turn in turns
        if turn.speaker == Speaker.PROSPECT
        and turn.text
        and turn.start_ms < point.start_ms
        and turn.end_ms > point.start_ms - CONTEXT_MS
    ]
    if not said:
        return ""
    words = said[-1].text.split()
    text = " ".join(words[-CONTEXT_WORDS:])
    return f"…{text}" if len(words) > CONTEXT_WORDS else text


def _speaker_of(text: str, at_ms: int, turns: Iterable[ShownTurn]) -> str:
    """Who says words that were heard at a time; "" where that is not sure."""
    here = [turn for turn in turns if turn.start_ms - 500 <= at_ms < turn.end_ms + 500]
    wanted = _folded(text.removesuffix("…"))
    found = {turn.speaker for turn in here if wanted and wanted in _folded(turn.recognised_text)}
    speakers = found or {turn.speaker for turn in here}
    return speakers.pop() if len(speakers) == 1 else ""


def _words_between(turn: ShownTurn | None, start_ms: int, end_ms: int) -> str:
    """What was recognised in a stretch of a turn, shortened to a card's length."""
    if turn is None:
        return ""
    words = [word[0] for word in turn.words if start_ms <= (word[1] + word[2]) / 2 < end_ms]
    text = "".join(words[:QUOTED_WORDS]).strip()
    return f"{text}…" if len(words) > QUOTED_WORDS else text


def _folded(text: str) -> str:
    return text.casefold().strip(" .,…?!;:")


def _facts(evidence: Sequence[Mapping[str, Any]]) -> Iterable[Fact]:
    """What was measured and what it coincides with, one line a kind."""
    terms = {
        "measure": _("Measured"),
        "effect": _("Coincides with"),
        "context": _("Effect"),
        "also": _("Also"),
    }
    lines: dict[str, list[str]] = {}
    for item in evidence:
        text = worded(item.get("message")) or _measured(item)
        if not text:
            continue
        kind = item["kind"] if item["kind"] in terms else "measure"
        lines.setdefault(kind, []).append(text)
    between = "\u202f; " if language() == "fr" else "; "
    for kind, texts in lines.items():
        told = list(dict.fromkeys(texts))
        if kind == "effect":
            told = told[:MOST_EFFECTS]
        yield Fact(terms[kind], between.join(told), kind)


def _measured(item: Mapping[str, Any]) -> str:
    """A bare measure with its bound; "" for evidence that measures nothing."""
    if item.get("value") is None:
        return ""
    value = wording.figure_text(Figure(float(item["value"]), item.get("unit", "")), language())
    if item.get("bound") is None:
        return value
    bound = wording.figure_text(Figure(float(item["bound"]), item.get("unit", "")), language())
    return str(_("%(value)s (mark: %(bound)s)", value=value, bound=bound))


def turn_views(
    turns: Sequence[ShownTurn], shown_moments: Sequence[MomentView], names: Mapping[str, str]
) -> list[TurnView]:
    """Every turn, cut into pieces and carrying its pins."""
    by_turn: dict[int, list[MomentView]] = {}
    for moment in shown_moments:
        by_turn.setdefault(moment.turn_index, []).append(moment)
    return [turn_view(turn, by_turn.get(turn.index, []), names) for turn in turns]


def turn_view(turn: ShownTurn, pins: Sequence[MomentView], names: Mapping[str, str]) -> TurnView:
    """One turn; under a correction the words' times no longer hold, so it is one piece."""
    pieces = (Piece(turn.text),) if turn.is_corrected else tuple(_pieces(turn, pins))
    short = turn.end_ms - turn.start_ms < _SMALL_TURN_MS
    return TurnView(
        index=turn.index,
        speaker=turn.speaker,
        name=names[Speaker(turn.speaker)],
        start_ms=turn.start_ms,
        end_ms=turn.end_ms,
        clock=clock(turn.start_ms),
        pieces=pieces,
        text=turn.text,
        recognised_text=turn.recognised_text,
        correction_id=turn.correction_id,
        pins=tuple(pins),
        is_small=short and len(turn.text.split()) <= _SMALL_TURN_WORDS and not pins,
        is_corrected=turn.is_corrected,
    )


def _pieces(turn: ShownTurn, pins: Sequence[MomentView]) -> Iterable[Piece]:
    """Words grouped by what is said of them. The space between two pieces belongs to neither mark:
    it is a piece of its own, so that underlines end with the words.
    """
    first = True
    for (number, valence, unsure), group in groupby(
        _written_words(turn), key=lambda word: (*_pin_at(word[1], pins), word[2] < UNSURE_BELOW)
    ):
        text = "".join(word[0] for word in group)
        if first:
            text, first = text.lstrip(), False
        elif text.startswith(" ") and (number or unsure):
            yield Piece(" ")
            text = text[1:]
        if text:
            yield Piece(text, number, valence, unsure)


def _written_words(turn: ShownTurn) -> Iterable[tuple[str, float, float]]:
    """Words as they are written, with the middle of their time and their lowest probability: the
    recogniser gives "l" and "'an" apart, and half a tinted word reads like an error of the page.
    """
    text, start_ms, end_ms, probability = "", 0, 0, 1.0
    for word, word_start_ms, word_end_ms, word_probability in turn.words:
        if text and word.startswith(" "):
            yield text, (start_ms + end_ms) / 2, probability
            text = ""
        if not text:
            start_ms, probability = word_start_ms, 1.0
        text += word
        end_ms = word_end_ms
        if any(character.isalnum() for character in word):  # a full stop is never worth a doubt
            probability = min(probability, word_probability)
    if text:
        yield text, (start_ms + end_ms) / 2, probability


def _pin_at(middle_ms: float, pins: Sequence[MomentView]) -> tuple[int, str]:
    """Number and valence of the moment that a word belongs to; 0 and "" outside all."""
    for pin in pins:
        if pin.start_ms <= middle_ms < pin.end_ms:
            return pin.number, pin.valence
    return 0, ""


def moment_marks(shown_moments: Iterable[MomentView]) -> list[dict[str, Any]]:
    """What the overlay draws of each moment; times in milliseconds."""
    return [
        {
            "number": moment.number,
            "key": moment.key,
            "decision": moment.decision,
            "verdict": moment.verdict_id,
            "point": moment.point_id,
            "valence": moment.valence,
            "mark": moment.mark,
            "label": f"{moment.word} {moment.number}, {moment.label}, {moment.clock}",
            "channel": moment.channel,
            "start": moment.start_ms,
            "end": moment.end_ms,
            "from": moment.play_from_ms,
            "turn": moment.turn_index,
        }
        for moment in shown_moments
    ]


def player_data(
    *,
    duration_ms: int,
    analysis: AnalysisRun | None,
    turns: Sequence[ShownTurn],
    shown_moments: Sequence[MomentView],
    with_engagement: bool,
) -> dict[str, Any]:
    """What the player draws and follows. Times in milliseconds, engagement in [-1, 1]; `words` is
    flat: start, then length in UTF-16 units as browsers count, for each word of the shown text.
    """
    separate = analysis is not None and analysis.channels == "stereo"
    return {
        "durationMs": duration_ms,
        "agentChannel": analysis.agent_channel if analysis is not None and separate else None,
        "separate": separate,
        "turns": [
            {
                "index": turn.index,
                "start": turn.start_ms,
                "end": turn.end_ms,
                "speaker": turn.speaker,
                "channel": turn.channel,
                "words": [] if turn.is_corrected else _word_offsets(turn),
            }
            for turn in turns
        ],
        "moments": moment_marks(shown_moments),
        "engagement": [
            [
                round(point["start_s"] * 1000),
                round(point["end_s"] * 1000),
                round(point["value"], 3),
                round(point["low"], 3),
                round(point["high"], 3),
            ]
            for point in (analysis.engagement if analysis is not None and with_engagement else [])
        ],
    }


def _word_offsets(turn: ShownTurn) -> list[int]:
    offsets: list[int] = []
    for position, (word, start_ms, _end_ms, _probability) in enumerate(turn.words):
        shown = word.lstrip() if position == 0 else word
        offsets += [start_ms, len(shown.encode("utf-16-le")) // 2]
    return offsets
