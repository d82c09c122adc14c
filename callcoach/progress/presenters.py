"""What the pages of rechecks print: counts as sentences, signs in words, a moment to hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from callcoach.accounts.access import Viewer
from callcoach.analysis import wording
from callcoach.analysis.figures import UNITS
from callcoach.analysis.model import Figure
from callcoach.calls.access import can_read_call
from callcoach.calls.call_presenters import speaker_names
from callcoach.calls.heard_presenters import HeardTurn, heard_turns, stretch_of
from callcoach.calls.mapping import ShownTurn, talk_start_ms
from callcoach.calls.models import Call
from callcoach.calls.presenters import heading, language
from callcoach.progress.counting import Saying, Share, Tally
from callcoach.progress.models import Recheck, RecheckListen, RecheckState, SignKind
from callcoach.progress.operations.following import sign_of
from callcoach.progress.queries.rechecks import Forecast, counted, forecast, tally_of
from callcoach.progress.signs import Sign
from callcoach.web.filters import percent

#: Letters of a text that a line shows.
_LINE_LETTERS = 160
#: A shape beside the word of a state, never colour alone.
_SHAPES = {
    RecheckState.RUNNING: ("…", "chip-busy"),
    RecheckState.HELD: ("✓", "chip-click"),
    RecheckState.CAME_BACK: ("↺", "chip-break"),
    RecheckState.ENDED: ("–", ""),
}


@dataclass(frozen=True, slots=True)
class Became:
    """What became of one note.

    Args:
        state, word, shape, chip: how far it has come.
        about: what the note asks for, in a line.
        sign: what would show that it came back.
        counts: the counts in a sentence.
        detail: the same with intervals, line by line.
        proposal: the way to end that the counts allow, "" for none; `proposal_word` says it.
        quota: when an answer can be expected, "" once it has ended.
        to_hear: later calls that wait for an ear.
    """

    recheck_id: int
    note_id: int
    url: str
    state: str
    word: str
    shape: str
    chip: str
    who: str
    title: str
    about: str
    language: str
    sent_at: datetime | None
    sign: str
    counts: str
    detail: tuple[str, ...]
    proposal: str
    proposal_word: str
    quota: str
    to_hear: int
    reopened: int


def state_word(state: RecheckState | str) -> str:
    """How far a recheck has come."""
    return str(
        {
            RecheckState.RUNNING: _("Being followed"),
            RecheckState.HELD: _("Held"),
            RecheckState.CAME_BACK: _("Came back"),
            RecheckState.ENDED: _("Too early to say"),
        }[RecheckState(state)]
    )


def became(recheck: Recheck) -> Became:
    """For whoever follows the note."""
    counts = tally_of(recheck)
    state = RecheckState(recheck.state)
    is_open = state is RecheckState.RUNNING
    saying = counts.saying
    shape, chip = _SHAPES[state]
    note = recheck.note
    return Became(
        recheck_id=recheck.id,
        note_id=note.id,
        url=url_for("progress.show_recheck", recheck_id=recheck.id),
        state=state.value,
        word=state_word(state),
        shape=shape,
        chip=chip,
        who=recheck.agent.name if recheck.agent else "",
        title=heading(note.call),
        about=_cut(note.instead or note.hears or note.quote),
        language=note.call.language,
        sent_at=note.sent_at,
        sign=sign_words(sign_of(recheck)),
        counts=counts_sentence(recheck, counts),
        detail=details(recheck, counts),
        proposal="" if not is_open or saying is Saying.TOO_EARLY else saying.value,
        proposal_word=_proposal(saying) if is_open else "",
        quota=quota_sentence(forecast(recheck)) if is_open else "",
        to_hear=counts.to_hear,
        reopened=recheck.reopened,
    )


def my_became(recheck: Recheck) -> Became:
    """For the agent: only what a person heard, and what it ended with. What was merely detected
    is not told.
    """
    counts = tally_of(recheck)
    state = RecheckState(recheck.state)
    shape, chip = _SHAPES[state]
    note = recheck.note
    return Became(
        recheck_id=recheck.id,
        note_id=note.id,
        url=url_for("coaching.my_note", note_id=note.id),
        state=state.value,
        word=state_word(state),
        shape=shape,
        chip=chip,
        who=note.author.name if note.author else "",
        title=heading(note.call),
        about=_cut(note.instead or note.hears or note.quote),
        language=note.call.language,
        sent_at=note.sent_at,
        sign="",
        counts=heard_sentence(counts.heard),
        detail=(),
        proposal="",
        proposal_word="",
        quota="",
        to_hear=0,
        reopened=recheck.reopened,
    )


def counts_sentence(recheck: Recheck, counts: Tally) -> str:
    """« 3 of 11 calls before, 1 of 9 since: too early to say »; what may be said only while it
    runs, its state says it afterwards.
    """
    if recheck.sign == SignKind.EARS:
        words = heard_sentence(counts.heard)
    else:
        words = _before_and_since(counts)
    words = words[:1].upper() + words[1:]
    if recheck.state != RecheckState.RUNNING:
        return words
    saying = {
        Saying.HELD: _("it holds"),
        Saying.CAME_BACK: _("it came back"),
        Saying.TOO_EARLY: _("too early to say"),
    }[counts.saying]
    return str(_("%(counts)s: %(saying)s", counts=words.rstrip("."), saying=saying))


def _before_and_since(counts: Tally) -> str:
    if not counts.before.total and not counts.after.total:
        return str(_("No call to count yet, before or since"))
    if not counts.before.total:
        return ngettext(
            "no call to count before, %(since)s of %(num)s call since",
            "no call to count before, %(since)s of %(num)s calls since",
            counts.after.total,
            since=counts.after.count,
        )
    if not counts.after.total:
        return ngettext(
            "%(before)s of %(num)s call before, none since yet",
            "%(before)s of %(num)s calls before, none since yet",
            counts.before.total,
            before=counts.before.count,
        )
    return str(
        _(
            "%(before)s of %(calls_before)s calls before, %(since)s of %(calls_since)s since",
            before=counts.before.count,
            calls_before=counts.before.total,
            since=counts.after.count,
            calls_since=counts.after.total,
        )
    )


def heard_sentence(heard: Share) -> str:
    """What people heard on later calls."""
    if not heard.total:
        return str(_("Nobody has listened to a later call yet."))
    if not heard.count:
        return ngettext(
            "Heard on %(num)s later call: it did not come back.",
            "Heard on %(num)s later calls: it did not come back.",
            heard.total,
        )
    return ngettext(
        "Heard on %(num)s later call: it came back in %(count)s.",
        "Heard on %(num)s later calls: it came back in %(count)s.",
        heard.total,
        count=heard.count,
    )


def details(recheck: Recheck, counts: Tally) -> tuple[str, ...]:
    """Counts with n and interval, for who asks."""
    lines = []
    if recheck.sign != SignKind.EARS:
        lines.append(_("Before the note: %(share)s", share=share_words(counts.before)))
        lines.append(_("Since, found or heard: %(share)s", share=share_words(counts.after)))
    lines.append(_("Since, heard by a person: %(share)s", share=share_words(counts.heard)))
    if counts.picked.total:
        lines.append(
            _(
                "Calls added by hand stand apart: came back in %(count)s of %(total)s.",
                count=counts.picked.count,
                total=counts.picked.total,
            )
        )
    return tuple(str(line) for line in lines)


def share_words(share: Share) -> str:
    """« 4 of 9, between 24 % and 69 % of calls (90 % interval) »."""
    if not share.total:
        return str(_("no call yet (n = 0)"))
    low, high = share.interval
    return str(
        _(
            "%(count)s of %(total)s, between %(low)s and %(high)s of calls (90 %% interval)",
            count=share.count,
            total=share.total,
            low=percent(low),
            high=percent(high),
        )
    )


def quota_sentence(found: Forecast) -> str:
    """« 2 calls a week: an answer in about 5 weeks »."""
    if found.calls == 0:
        return str(_("The calls there are allow an answer."))
    weekly = _weekly_words(found)
    if found.weeks is None:
        return str(_("%(weekly)s: too few for an answer within a year.", weekly=weekly))
    weeks = ngettext("%(num)s week", "%(num)s weeks", found.weeks)
    return str(_("%(weekly)s: an answer in about %(weeks)s.", weekly=weekly, weeks=weeks))


def following_sentence(found: Forecast) -> str:
    """What is said before a note is sent: that it is followed, and what the quota allows."""
    weekly = _weekly_words(found)
    if found.weeks is None:
        return str(_("Followed on later calls. %(weekly)s: too few for an answer.", weekly=weekly))
    weeks = ngettext("%(num)s week", "%(num)s weeks", found.weeks)
    return str(
        _(
            "Followed on later calls. %(weekly)s: an answer in %(weeks)s at the earliest.",
            weekly=weekly,
            weeks=weeks,
        )
    )


def _weekly_words(found: Forecast) -> str:
    weekly = ngettext("%(num)s call a week", "%(num)s calls a week", found.weekly)
    if found.period is not None:
        weekly = _(
            "%(weekly)s, and up to %(daily)s a day in the coaching period",
            weekly=weekly,
            daily=found.period.daily_quota,
        )
    return str(weekly)


def sign_words(sign: Sign) -> str:
    """What would show that it came back."""
    if sign.kind == SignKind.CAUSE:
        return wording.cause_label(sign.subject, language())
    if sign.kind == SignKind.EXPRESSION:
        return str(_("“%(words)s”", words=sign.subject))
    if sign.kind == SignKind.FIGURE:
        label = wording.figure_label(sign.subject, language())
        bound = wording.figure_text(Figure(sign.bound, UNITS[sign.subject]), language())
        if sign.is_upper:
            return str(_("%(figure)s above %(bound)s", figure=label, bound=bound))
        return str(_("%(figure)s below %(bound)s", figure=label, bound=bound))
    return str(_("Cannot be counted: some later moments wait for a person’s ear"))


def figure_choices() -> list[tuple[str, str, str]]:
    """Figures to name in a sign: (name, label, unit as typed)."""
    found = []
    for name, unit in UNITS.items():
        shown = "%" if unit == "ratio" else wording.unit_label(unit, language())
        found.append(
            (name, wording.figure_label(name, language()), "" if unit == "count" else shown)
        )
    return found


@dataclass(frozen=True, slots=True)
class Card:
    """A later moment to hear.

    Args:
        was_found: the sign was found there; otherwise a lot drew the call.
        asked: what the note asks for, and what was said then.
    """

    listen_id: int
    recheck_id: int
    language: str
    title: str
    who: str
    sign: str
    was_found: bool
    is_picked: bool
    value: str
    asked: str
    quote: str
    counts: str
    turns: tuple[HeardTurn, ...]


def hear_card(listen: RecheckListen, turns: Sequence[ShownTurn]) -> Card:
    """What a supervisor is to hear, with what it was about."""
    call, recheck = listen.call, listen.recheck
    note = recheck.note
    from_ms, to_ms = heard_stretch(listen, turns)
    names = speaker_names(call.agent.name if call.agent else "", call.prospect_name)
    sign = sign_of(recheck)
    value = ""
    if listen.value is not None and sign.kind == SignKind.FIGURE:
        value = wording.figure_text(Figure(listen.value, UNITS[sign.subject]), language())
    return Card(
        listen_id=listen.id,
        recheck_id=recheck.id,
        language=call.language,
        title=heading(call),
        who=" · ".join(filter(None, (call.agent.name if call.agent else "", call.persona))),
        sign=sign_words(sign),
        was_found=bool(listen.is_detected),
        is_picked=not listen.is_drawn,
        value=value,
        asked=note.instead or note.hears,
        quote=note.quote,
        counts=counts_sentence(recheck, tally_of(recheck)),
        turns=tuple(
            heard_turns(turns, from_ms, to_ms, names, pins=(), all_words=listen.start_ms is None)
        ),
    )


class Moment(Protocol):
    """A moment of a call that is to be heard: milliseconds, none for the whole call."""

    @property
    def id(self) -> int: ...

    @property
    def call(self) -> Call: ...

    @property
    def start_ms(self) -> int | None: ...

    @property
    def end_ms(self) -> int | None: ...


def heard_stretch(listen: Moment, turns: Sequence[ShownTurn]) -> tuple[int, int]:
    """What is played, milliseconds."""
    talk_ms = talk_start_ms(turns, language=listen.call.language)
    return stretch_of(listen.start_ms, talk_ms, listen.call.duration_ms)


def hear_data(listen: Moment, turns: Sequence[ShownTurn]) -> dict[str, Any]:
    """What the page's script plays and draws; times in milliseconds."""
    call = listen.call
    from_ms, to_ms = heard_stretch(listen, turns)
    analysis = call.current_analysis
    separate = analysis is not None and analysis.channels == "stereo"
    recording = call.recording
    peaks = recording.peaks if recording is not None else None
    return {
        "claim": listen.id,
        "wholeCall": listen.start_ms is None,
        "start": from_ms if listen.start_ms is None else listen.start_ms,
        "end": to_ms if listen.end_ms is None else listen.end_ms,
        "from": from_ms,
        "to": to_ms,
        "durationMs": call.duration_ms,
        "separate": separate,
        "agentChannel": analysis.agent_channel if analysis is not None and separate else None,
        "turns": [
            {"start": turn.start_ms, "end": turn.end_ms, "speaker": turn.speaker}
            for turn in turns
            if turn.start_ms < to_ms and turn.end_ms > from_ms
        ],
        "audioUrl": url_for("calls.audio", call_id=call.id),
        "peaksUrl": url_for("calls.peaks", call_id=call.id, version=peaks.sha256[:16])
        if peaks
        else "",
    }


@dataclass(frozen=True, slots=True)
class ListenRow:
    """A later call of a recheck, for its page."""

    listen_id: int
    call_id: int
    title: str
    started_at: datetime
    found: str
    heard: str
    is_picked: bool
    url: str
    can_hear: bool


def listen_rows(viewer: Viewer, recheck: Recheck) -> list[ListenRow]:
    """Later calls that the viewer may open, newest first: what was found, what was heard. An agent of
    two teams has calls that count here and are not theirs to read.
    """
    rows = []
    for item in sorted(counted(recheck), key=lambda each: each.call.started_at, reverse=True):
        call = item.call
        if item.is_before or not can_read_call(viewer, call):
            continue
        rows.append(
            ListenRow(
                listen_id=item.id,
                call_id=call.id,
                title=heading(call),
                started_at=call.started_at,
                found=_found_word(item.is_detected),
                heard=heard_word(item.heard),
                is_picked=not item.is_drawn,
                url=url_for("progress.hear", listen_id=item.id),
                can_hear=call.recording is not None and call.recording.playback_id is not None,
            )
        )
    return rows


def heard_word(heard: str | None) -> str:
    """What somebody heard; "" while nobody did."""
    if heard is None:
        return ""
    words = {"came_back": _("came back"), "held": _("held"), "not_applicable": _("did not arise")}
    return str(words[heard])


def _found_word(is_detected: bool | None) -> str:
    if is_detected is None:
        return str(_("not countable"))
    return str(_("to hear: the sign was found") if is_detected else _("sign not found"))


def _proposal(saying: Saying) -> str:
    if saying is Saying.HELD:
        return str(_("The counts allow it: close as held"))
    if saying is Saying.CAME_BACK:
        return str(_("A person heard it: close as come back"))
    return ""


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    if len(plain) <= _LINE_LETTERS:
        return plain
    return plain[:_LINE_LETTERS].rpartition(" ")[0].rstrip(" ,;:") + "\u2026"
