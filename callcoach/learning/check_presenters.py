"""What the pages of the daily check print and play. Rows in, plain values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from callcoach.analysis import wording
from callcoach.analysis.model import Valence
from callcoach.calls.bare_presenters import bare_data
from callcoach.calls.call_presenters import (
    Fact,
    MomentView,
    TurnView,
    moments,
    speaker_names,
    turn_views,
)
from callcoach.calls.heard_presenters import HeardTurn, heard_turns, ordered_facts, stretch_of
from callcoach.calls.judging import Moment, same_among
from callcoach.calls.mapping import ShownTurn, talk_start_ms
from callcoach.calls.models import Call, Decision, TippingPoint, Verdict
from callcoach.calls.presenters import cause_choices, clock, heading, language
from callcoach.learning.checks import compare
from callcoach.learning.drawing import BLIND_MS
from callcoach.learning.models import BlindMark, Check, CheckKind

_SHAPES = {Valence.NEGATIVE.value: "▼", Valence.POSITIVE.value: "▲"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the day: what is to be heard, and how long it takes."""

    check_id: int
    kind: str
    word: str
    title: str
    length: str


@dataclass(frozen=True, slots=True)
class Card:
    """A moment to judge, as the listening feed shows one; nothing of what anybody said of it."""

    check_id: int
    language: str
    valence: str
    mark: str
    word: str
    title: str
    who: str
    turns: tuple[HeardTurn, ...]
    facts: tuple[Fact, ...]
    suggestion: str


@dataclass(frozen=True, slots=True)
class MarkView:
    """A mark of the listener's; `label` is "" while the cause is not named."""

    mark_id: int
    clock: str
    valence: str
    shape: str
    word: str
    cause: str
    label: str
    start_ms: int
    end_ms: int

    @property
    def is_negative(self) -> bool:
        return self.valence == Valence.NEGATIVE


@dataclass(frozen=True, slots=True)
class Row:
    """One moment of a call that was marked blind.

    Args:
        key: stable within the page.
        found_by: ``both``, ``you`` or ``engine``.
        mark_id, point_id: 0 where there is none.
        decision: ``confirmed``, ``rejected``, or "" while nobody has judged or kept it.
        from_ms, to_ms: what is played.
    """

    key: str
    found_by: str
    mark_id: int
    point_id: int
    valence: str
    shape: str
    word: str
    cause: str
    label: str
    clock: str
    explanation: str
    quote: str
    decision: str
    from_ms: int
    to_ms: int


def kind_word(kind: CheckKind | str) -> str:
    """What a check asks for, in a few words."""
    return str(
        {
            CheckKind.BLIND: _("Call to mark"),
            CheckKind.EXPLORE: _("Drawn moment"),
            CheckKind.SECOND: _("Second opinion"),
        }[CheckKind(kind)]
    )


def kind_reason(kind: CheckKind | str) -> str:
    """Why it is asked for, in a sentence."""
    return str(
        {
            CheckKind.BLIND: _(
                "One call in twenty is marked without its flags: only so can be known what the "
                "engine misses."
            ),
            CheckKind.EXPLORE: _(
                "One flag in ten is drawn by lot, shown or held back: so the ones that nobody "
                "would see are measured too."
            ),
            CheckKind.SECOND: _(
                "A colleague has judged this moment. Two opinions, given apart, tell how far "
                "people agree; no engine can do better."
            ),
        }[CheckKind(kind)]
    )


def entry(check: Check) -> Entry:
    """A line of the day; which moment of which call is not told before it is heard."""
    return Entry(
        check_id=check.id,
        kind=str(check.kind),
        word=kind_word(check.kind),
        title=heading(check.call) if check.kind == CheckKind.BLIND else "",
        length=clock(check.length_ms),
    )


def card(check: Check, turns: Sequence[ShownTurn]) -> Card:
    """The moment of a check that asks for a judgement."""
    call = check.call
    from_ms, to_ms = heard_stretch(check, turns)
    moment = _moment(check, turns)
    names = _names(call)
    return Card(
        check_id=check.id,
        language=call.language,
        valence=moment.valence,
        mark=moment.mark,
        word=_capital(moment.word),
        title=_capital(moment.label),
        who=" · ".join(filter(None, (call.agent.name if call.agent else "", call.persona))),
        turns=tuple(heard_turns(turns, from_ms, to_ms, names, pins=(moment,), all_words=False)),
        facts=ordered_facts(moment),
        suggestion=moment.suggestion,
    )


def heard_stretch(check: Check, turns: Sequence[ShownTurn]) -> tuple[int, int]:
    """What is played of a check that asks for a judgement, milliseconds."""
    talk_ms = talk_start_ms(turns, language=check.call.language)
    return stretch_of(check.start_ms, talk_ms, check.call.duration_ms)


def card_data(check: Check, turns: Sequence[ShownTurn], urls: Mapping[str, str]) -> dict[str, Any]:
    """What the card's script plays and draws; times in milliseconds."""
    from_ms, to_ms = heard_stretch(check, turns)
    return {
        "claim": check.id,
        "wholeCall": False,
        "start": check.start_ms,
        "end": check.end_ms,
        "from": from_ms,
        "to": to_ms,
        **_sound(check.call, turns),
        **urls,
    }


def blind_turns(check: Check, turns: Sequence[ShownTurn]) -> list[TurnView]:
    """The transcript of what is to be heard, without anything that was found in it."""
    return turn_views(
        [turn for turn in turns if turn.start_ms < limit_ms(check)], (), _names(check.call)
    )


def blind_data(check: Check, turns: Sequence[ShownTurn]) -> dict[str, Any]:
    """As `bare_data`, up to where it is to be heard, with what is marked."""
    start_ms = talk_start_ms(turns, language=check.call.language)
    words = {
        "chosen": _("Chosen:"),
        "marked": _("Marked at {time}."),
        "removed": _("The mark is removed."),
        "heard": _("{percent} per cent heard"),
        "left": _("Listen to {percent} % more: {time} are left."),
        "failed": _("This could not be kept. Check the connection, then try again."),
        "beyond": _("Only the first five minutes are marked."),
    }
    return bare_data(
        check.call,
        turns,
        words,
        talkStart=start_ms if start_ms < limit_ms(check) else 0,
        limit=limit_ms(check),
        marks=mark_data(check.marks),
    )


def limit_ms(check: Check) -> int:
    """How far a call is marked, milliseconds from its start."""
    return min(check.call.duration_ms, BLIND_MS)


def mark_views(marks: Iterable[BlindMark]) -> list[MarkView]:
    """The listener's marks, by start."""
    return [
        MarkView(
            mark_id=mark.id,
            clock=clock(mark.start_ms),
            valence=mark.valence,
            shape=_SHAPES[mark.valence],
            word=_capital(wording.valence_label(mark.valence, language())),
            cause=mark.cause,
            label=wording.cause_label(mark.cause, language()) if mark.cause else "",
            start_ms=mark.start_ms,
            end_ms=mark.end_ms,
        )
        for mark in sorted(marks, key=lambda mark: (mark.start_ms, mark.id))
    ]


def mark_data(marks: Iterable[BlindMark]) -> list[dict[str, Any]]:
    """Marks as the overlay draws moments."""
    return [
        {
            "key": f"m{view.mark_id}",
            "id": view.mark_id,
            "number": number,
            "valence": view.valence,
            "mark": view.shape,
            "label": ", ".join(filter(None, (view.word, view.label, view.clock))),
            "start": view.start_ms,
            "end": view.end_ms,
            "from": max(0, view.start_ms - 3000),
        }
        for number, view in enumerate(mark_views(marks), start=1)
    ]


def causes_by_valence() -> dict[str, list[tuple[str, str]]]:
    """Causes to name, by which way they turn a call."""
    found: dict[str, list[tuple[str, str]]] = {}
    for value, label, valence in cause_choices():
        found.setdefault(valence, []).append((value, label))
    return found


def compared(
    check: Check,
    points: Sequence[TippingPoint],
    verdicts: Sequence[Verdict],
    turns: Sequence[ShownTurn],
) -> list[Row]:
    """A marked call beside its flags, by start.

    Args:
        points: of the analysis that the call is compared with, those put before people.
        verdicts: in force on the call.
    """
    shown = [point for point in points if point.start_ms < limit_ms(check)]
    marks = sorted(check.marks, key=lambda mark: (mark.start_ms, mark.id))
    views = moments([Moment(point, None) for point in shown], turns)
    by_mark = dict(zip((mark.id for mark in marks), mark_views(marks), strict=True))
    found = compare(shown, marks, check.analysis)
    rows = [
        _row(check, "both", shown[i], verdicts, mark=by_mark[marks[j].id], moment=views[i])
        for i, j in found.both
    ]
    rows += [
        _row(check, "you", marks[j], verdicts, mark=by_mark[marks[j].id]) for j in found.only_marked
    ]
    rows += [_row(check, "engine", shown[i], verdicts, moment=views[i]) for i in found.only_flagged]
    return sorted(rows, key=lambda row: (row.from_ms, row.key))


def rows_data(
    check: Check, rows: Iterable[Row], turns: Sequence[ShownTurn], urls: Mapping[str, str]
) -> list[dict[str, Any]]:
    """What the comparison's script plays."""
    sound = _sound(check.call, turns)
    return [
        {"claim": row.key, "from": row.from_ms, "to": row.to_ms, **sound, **urls} for row in rows
    ]


def _row(
    check: Check,
    found_by: str,
    source: TippingPoint | BlindMark,
    verdicts: Iterable[Verdict],
    *,
    mark: MarkView | None = None,
    moment: MomentView | None = None,
) -> Row:
    verdict = _verdict_on(source, verdicts)
    # A verdict says what a mark was kept as
    cause = moment.cause if moment else (verdict.cause if verdict else source.cause)
    from_ms, to_ms = stretch_of(source.start_ms, 0, check.call.duration_ms)
    quote = next((quote.text for quote in moment.quotes if quote.is_cause), "") if moment else ""
    return Row(
        key=f"m{mark.mark_id}" if mark else f"p{source.id}",
        found_by=found_by,
        mark_id=mark.mark_id if mark else 0,
        point_id=moment.point_id if moment else 0,
        valence=source.valence,
        shape=_SHAPES[source.valence],
        word=_capital(wording.valence_label(source.valence, language())),
        cause=cause,
        label=_capital(wording.cause_label(cause, language())) if cause else "",
        clock=clock(source.start_ms),
        explanation=moment.explanation if moment else "",
        quote=quote,
        decision=str(verdict.decision) if verdict else "",
        from_ms=from_ms,
        to_ms=to_ms,
    )


def _verdict_on(source: TippingPoint | BlindMark, verdicts: Iterable[Verdict]) -> Verdict | None:
    """What was said of a flag, or what a mark was kept as."""
    if isinstance(source, TippingPoint) or source.cause:
        return same_among(verdicts, source)
    kept = [
        verdict
        for verdict in verdicts
        if verdict.decision == Decision.CONFIRMED
        and verdict.channel == source.channel
        and (verdict.start_ms, verdict.end_ms) == (source.start_ms, source.end_ms)
    ]
    return kept[0] if kept else None


def _moment(check: Check, turns: Sequence[ShownTurn]) -> MomentView:
    """The flag; one that the present analysis does not raise any more, as it was when judged."""
    shown = Moment(check.point, None) if check.point else Moment(None, check.verdict)
    return moments([shown], turns)[0]


def _sound(call: Call, turns: Iterable[ShownTurn]) -> dict[str, Any]:
    analysis = call.current_analysis
    separate = analysis is not None and analysis.channels == "stereo"
    return {
        "durationMs": call.duration_ms,
        "separate": separate,
        "agentChannel": analysis.agent_channel if analysis is not None and separate else None,
        "turns": [
            {"start": turn.start_ms, "end": turn.end_ms, "speaker": turn.speaker} for turn in turns
        ],
    }


def _names(call: Call) -> Mapping[str, str]:
    return speaker_names(call.agent.name if call.agent else "", call.prospect_name)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
