"""One call aligned with the version that was in force when it took place, and kept.

What is kept belongs to one analysis, one version and one engine; anything newer makes it out of date
and is fitted again in the background, newest calls first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import (
    Select,
    delete,
    exists,
    select,
)

from callcoach.accounts.access import Viewer
from callcoach.analysis.adherence import (
    ENGINE,
    LIMITS,
    LineFit,
    WantedLine,
    fit_lines,
    why_not,
)
from callcoach.analysis.embedding import Embedder
from callcoach.analysis.model import Kind, Speaker, Turn, Word
from callcoach.analysis.turns import Conversation, is_backchannel
from callcoach.calls.events import on_details_changed, on_words_changed
from callcoach.calls.mapping import ShownTurn, to_ms, to_s
from callcoach.calls.models import Call
from callcoach.calls.operations.reanalysis import subject_column
from callcoach.calls.queries import turns_of
from callcoach.calls.subjects import subject_of
from callcoach.extensions import db, utc_now
from callcoach.jobs import feeding
from callcoach.jobs import operations as jobs
from callcoach.jobs.models import Job
from callcoach.script_fit.models import BriefingReading, CallFit, LineUse
from callcoach.script_library.document import Document
from callcoach.script_library.events import on_put_in_force
from callcoach.script_library.in_force import releases_before
from callcoach.script_library.models import ScriptLine, ScriptRelease, ScriptVersion

#: Align one call with its version.
FIT = "script_fit.fit"
#: Find calls for `FIT`, a slice at a time.
FEED = "script_fit.feed"
#: Behind everything that a person waits for; a call that has just come in goes before past ones.
LOW_PRIORITY, NEW_PRIORITY = -12, -5
#: Most past calls that wait to be fitted at any time, and seconds between two slices.
SLICE, EVERY_S = 50, 30
#: A call whose fit failed is tried again after this: an upgrade may have mended it.
FAILED_RESTS = timedelta(days=1)
#: A shorter turn that is nothing but assent takes no floor, seconds (`turns.INTERJECTION_S`).
_SHORT_S = 1.2
#: By how much more the old words of a changed line must be found than the new ones, for a call to
#: follow the older version: less is within what recognition errors make of one wording.
_OLDER_BY = 0.25


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be aligned, in plain values; `before` are the lines that the version changed, as
    the version that the call's team said before has them.
    """

    call_id: int
    version_id: int
    analysis_id: int
    conversation: Conversation
    lines: Sequence[WantedLine]
    before: Sequence[WantedLine]
    kind: Kind
    language: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came out.

    Args:
        reason: a word for why nothing could be said (`adherence.why_not`), or "".
        follows_older: the call has the words of the version before, where this one changed them.
    """

    reason: str
    fits: tuple[LineFit, ...]
    follows_older: bool


def read_task(call_id: int) -> Task | None:
    """What there is to align; None for a call without a version or an analysis, or put aside."""
    call = db.session.get(Call, call_id)
    if call is None or call.deleted_at is not None:
        return None
    version, analysis = call.script_version, call.current_analysis
    if version is None or analysis is None:
        return None
    lines = _wanted(version.document, call.persona)
    base = _said_before(call, version)
    older = _wanted(base.document, call.persona) if base is not None else []
    texts = {line.key: line.text for line in lines}
    return Task(
        call_id=call.id,
        version_id=version.id,
        analysis_id=analysis.id,
        conversation=_conversation(turns_of(call), call.duration_ms),
        lines=lines,
        before=[line for line in older if line.text != texts.get(line.key, line.text)],
        kind=Kind(call.kind),
        language=call.language,
    )


def align_call(task: Task, embedder: Embedder | None) -> Result:
    """Do the work; pure, and takes a second or two with a sentence model."""
    reason = why_not(task.conversation)
    if reason:
        return Result(reason, (), follows_older=False)
    fits = fit_lines(
        task.conversation,
        task.lines,
        kind=task.kind,
        language=task.language,
        embedder=embedder,
    )
    return Result("", fits, _follows_older(task, fits))


def store(task: Task, result: Result) -> CallFit | None:
    """Keep what came out in place of what was kept; None when the call has changed meanwhile, which
    has another fit asked for. Flushes.
    """
    call = db.session.get(Call, task.call_id)
    if (
        call is None
        or call.script_version_id != task.version_id
        or call.current_analysis_id != task.analysis_id
    ):
        return None
    forget(call.id)
    keys = {line.key for line in task.lines}
    rows: dict[str, int] = dict(
        db.session.execute(
            select(ScriptLine.key, ScriptLine.id)
            .join(ScriptVersion, ScriptVersion.script_id == ScriptLine.script_id)
            .where(ScriptVersion.id == task.version_id, ScriptLine.key.in_(keys))
        ).all()
    )
    fit = CallFit(
        call_id=call.id,
        version_id=task.version_id,
        analysis_id=task.analysis_id,
        engine=ENGINE,
        reason=result.reason,
        is_outdated=result.follows_older and _was_briefed(call),
        fitted_at=utc_now(),
    )
    db.session.add(fit)
    db.session.flush()
    db.session.add_all(
        _use(call.id, rows[item.key], item) for item in result.fits if item.key in rows
    )
    db.session.flush()
    return fit


def forget(call_id: int) -> None:
    """Drop what was kept of a call."""
    db.session.execute(delete(LineUse).where(LineUse.call_id == call_id))
    db.session.execute(delete(CallFit).where(CallFit.call_id == call_id))


def ask_for_fit(call_id: int, *, is_new: bool = False) -> Job:
    """Have a call aligned; asked for again while it is worked on, it is done once more."""
    return jobs.enqueue(
        FIT,
        subject_of(call_id),
        viewer=Viewer.system(),
        priority=NEW_PRIORITY if is_new else LOW_PRIORITY,
        again=True,
    )


@on_words_changed
def fit_read_call(call: Call) -> None:
    """A new analysis, exchanged channels, a corrected turn."""
    if call.script_version_id is not None:
        ask_for_fit(call.id, is_new=True)


@on_details_changed
def fit_described_call(call: Call) -> None:
    """Another kind, persona, campaign or time: other lines may be due, of another version. The words
    stay as they are.
    """
    if call.script_version_id is None:
        forget(call.id)
    elif call.current_analysis_id is not None:
        ask_for_fit(call.id, is_new=True)


@on_put_in_force
def fit_pinned_calls(_release: ScriptRelease) -> None:
    """A first version may have been pinned to past calls."""
    feed_fitting()


def outdated_fits(campaign_id: int | None = None) -> Select[int]:
    """Numbers of the calls whose fit is missing or not of today's words, version and engine, newest
    first.
    """
    statement = select(Call.id).where(
        Call.deleted_at.is_(None),
        Call.script_version_id.is_not(None),
        Call.current_analysis_id.is_not(None),
        ~exists().where(
            CallFit.call_id == Call.id,
            CallFit.version_id == Call.script_version_id,
            CallFit.analysis_id == Call.current_analysis_id,
            CallFit.engine == ENGINE,
        ),
    )
    if campaign_id is not None:
        statement = statement.where(Call.campaign_id == campaign_id)
    return statement.order_by(Call.started_at.desc(), Call.id.desc())


def fit_outdated() -> int:
    """Ask for the next slice of outdated fits.

    Returns:
        How many wait now, or are being worked on; 0 when nothing is left to do.
    """
    return feeding.top_up(
        FIT,
        outdated_fits(),
        ask_for_fit,
        subject=subject_column(),
        size=SLICE,
        rests=FAILED_RESTS,
    )


def feed_fitting(*, after: str | None = None) -> Job:
    """Have outdated fits found and made; asked for any number of times at once, it is done once.

    Args:
        after: subject of the feeding job that asks for the next one; None has it done at once.
    """
    return feeding.feed(
        FEED, viewer=Viewer.system(), every_s=EVERY_S, priority=LOW_PRIORITY, after=after
    )


def feed_if_needed() -> bool:
    """Start the feeding when there is something to do: a worker starts, perhaps after an upgrade."""
    is_needed = db.session.scalar(outdated_fits().limit(1)) is not None
    if is_needed:
        feed_fitting()
    return is_needed


def _said_before(call: Call, version: ScriptVersion) -> ScriptVersion | None:
    """What the call's team said until the call's version came to it; None for its first one. What a
    version is based on may never have been said there.
    """
    came = [
        release
        for release in version.releases
        if release.team_id == call.team_id and release.starts_at <= call.started_at
    ]
    if not came:
        return None
    earlier = releases_before(max(came, key=lambda release: (release.starts_at, release.id)))
    return earlier[0].version if earlier else None


def _wanted(document: Document, persona: str) -> list[WantedLine]:
    """The lines as they are said to a persona."""
    return [
        WantedLine(
            key=place.line.key,
            text=place.line.said_to(persona),
            section=str(place.section.kind),
            answers=place.line.answers,
            is_disclosure=place.line.is_disclosure,
        )
        for place in document.places()
    ]


def _conversation(shown: Sequence[ShownTurn], duration_ms: int) -> Conversation:
    """The turns as a page shows them; corrected words are spread over their turn."""
    turns = tuple(_turn(number, turn) for number, turn in enumerate(shown))
    return Conversation(
        duration_s=to_s(duration_ms),
        units=(),
        turns=turns,
        interjections=frozenset(
            turn.index
            for turn in turns
            if turn.end_s - turn.start_s <= _SHORT_S and is_backchannel(turn.text)
        ),
        separate=len({turn.channel for turn in turns}) > 1,
    )


def _turn(index: int, shown: ShownTurn) -> Turn:
    if shown.is_corrected:
        texts = shown.text.split()
        step = (shown.end_ms - shown.start_ms) / max(len(texts), 1)
        words = tuple(
            Word(
                f" {text}",
                to_s(round(shown.start_ms + number * step)),
                to_s(round(shown.start_ms + (number + 1) * step)),
                1.0,
            )
            for number, text in enumerate(texts)
        )
    else:
        words = tuple(Word(w[0], to_s(w[1]), to_s(w[2]), w[3]) for w in shown.words)
    return Turn(
        index=index,
        speaker=Speaker(shown.speaker),
        channel=shown.channel,
        start_s=to_s(shown.start_ms),
        end_s=to_s(shown.end_ms),
        text="".join(word.word for word in words).strip(),
        words=words,
    )


def _follows_older(task: Task, fits: Sequence[LineFit]) -> bool:
    """Whether a line that the version changed is said in its old words, and none in the new ones."""
    if not task.before:
        return False
    now: Mapping[str, LineFit] = {fit.key: fit for fit in fits}
    changed = [now.get(line.key) for line in task.before]
    if any(fit is not None and fit.share >= LIMITS.said for fit in changed):
        return False
    plain = [replace(line, answers="") for line in task.before]
    older = fit_lines(task.conversation, plain, kind=task.kind, language=task.language)
    return any(
        fit.share >= LIMITS.said and fit.share >= (new.share if new is not None else 0) + _OLDER_BY
        for fit, new in zip(older, changed, strict=True)
    )


def _was_briefed(call: Call) -> bool:
    """Whether the agent had confirmed what the version changes before the call."""
    return (
        db.session.scalar(
            select(BriefingReading.id).where(
                BriefingReading.version_id == call.script_version_id,
                BriefingReading.user_id == call.agent_id,
                BriefingReading.confirmed_at <= call.started_at,
            )
        )
        is not None
    )


def _use(call_id: int, line_id: int, fit: LineFit) -> LineUse:
    return LineUse(
        call_id=call_id,
        line_id=line_id,
        said=fit.said,
        start_ms=None if fit.start_s is None else to_ms(fit.start_s),
        end_ms=None if fit.end_s is None else to_ms(fit.end_s),
        words=fit.words,
        share=fit.share,
        nearness=fit.nearness,
        is_recited=fit.is_recited,
        is_apt=fit.is_apt,
    )
