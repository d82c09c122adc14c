"""How each call stands to the promises in force when it took place, as the analysis proposes it.

The checks of a call are replaced whole. They belong to one engine, one state of its words and one set
of promises; anything newer makes them out of date, and they are made again in the background, newest
calls first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256

from sqlalchemy import Select, delete, exists, or_, select
from sqlalchemy.orm import aliased

from callcoach.accounts.access import Viewer
from callcoach.analysis.alignment import (
    ENGINE,
    DisclosureKind,
    Facts,
    Found,
    Statement,
    StatementKind,
    align,
    false_senders,
)
from callcoach.analysis.embedding import Embedder
from callcoach.analysis.model import Kind, Speaker, Turn, Word
from callcoach.calls.events import on_details_changed, on_words_changed
from callcoach.calls.mapping import ShownTurn, to_ms, to_s
from callcoach.calls.models import Call
from callcoach.calls.operations.reanalysis import subject_column
from callcoach.calls.queries import turns_of
from callcoach.calls.subjects import subject_of
from callcoach.campaigns.models import Promise
from callcoach.extensions import db
from callcoach.jobs import feeding
from callcoach.jobs import operations as jobs
from callcoach.jobs.models import Job
from callcoach.promises import changes, events
from callcoach.promises.models import PromiseCheck, PromiseVersion, ProposalState
from callcoach.promises.queries import for_call

#: Check one call against its promises.
CHECK = "promises.check"
#: Find calls for `CHECK`, a slice at a time.
FEED = "promises.feed_checks"
#: Behind everything that a person waits for; a call that has just come in goes before past ones.
LOW_PRIORITY, NEW_PRIORITY = -12, -4
#: Most past calls that wait to be checked at any time, and seconds between two slices.
SLICE, EVERY_S = 50, 30
#: A call whose check failed is tried again after this: an upgrade may have mended it.
FAILED_RESTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be checked, in plain values.

    Args:
        fingerprint: of the words, the facts and the promises: another one makes the result stale.
    """

    call_id: int
    transcript_id: int | None
    statements: tuple[Statement, ...]
    turns: tuple[Turn, ...]
    facts: Facts
    fingerprint: str


def read_task(call_id: int) -> Task | None:
    """What there is to check; None for a call without an analysis, or put aside. Without promises
    there is still who the agent claims to be sent by, for the rooms above.
    """
    call = db.session.get(Call, call_id)
    if call is None or call.deleted_at is not None or call.current_analysis is None:
        return None
    statements = tuple(statement_of(version) for version in for_call(call))
    turns = spoken_turns(call)
    facts = facts_of(call)
    told = repr((statements, facts, [(turn.speaker, turn.words) for turn in turns]))
    return Task(
        call_id=call.id,
        transcript_id=call.current_transcript_id,
        statements=statements,
        turns=turns,
        facts=facts,
        fingerprint=sha256(told.encode()).hexdigest(),
    )


def statement_of(version: PromiseVersion) -> Statement:
    """A version of a promise as the analysis reads it."""
    return Statement(
        key=str(version.id),
        kind=StatementKind(version.kind),
        text=version.text,
        nuances=tuple(version.nuances),
        condition=version.condition,
        disclosure=DisclosureKind(version.disclosure) if version.disclosure else None,
        note=version.note,
    )


def facts_of(call: Call) -> Facts:
    """What is true of a call."""
    return Facts(
        kind=Kind(call.kind),
        sponsor=call.campaign.sponsor.name,
        agent=call.agent.name if call.agent is not None else "",
        language=call.language,
    )


def spoken_turns(call: Call) -> tuple[Turn, ...]:
    """The turns as a page shows them, corrections included."""
    return tuple(_turn(number, turn) for number, turn in enumerate(turns_of(call)))


def senders_claimed(call: Call) -> tuple[Found, ...]:
    """Where the agent claims to be sent by somebody other than the sponsor, whatever the promises."""
    facts = facts_of(call)
    return false_senders(spoken_turns(call), sponsor=facts.sponsor, language=facts.language)


def align_task(task: Task, embedder: Embedder | None) -> tuple[Found, ...]:
    """Do the work; pure, and takes a second or two with a sentence model."""
    return align(task.statements, task.turns, facts=task.facts, embedder=embedder)


def store(task: Task, found: Sequence[Found]) -> list[PromiseCheck] | None:
    """Keep what came out in place of what was kept, and tell the rooms above. None when the words,
    the call or its promises have changed meanwhile: that asked for another check. Flushes.
    """
    now = read_task(task.call_id)
    if now is None or now.fingerprint != task.fingerprint:
        return None
    call = db.session.get_one(Call, task.call_id)
    forget(call.id)
    checks = [_row(task, item) for item in found]
    db.session.add_all(checks)
    db.session.flush()
    events.call_checked(call, checks)
    return checks


def check(call: Call, embedder: Embedder | None = None) -> list[PromiseCheck]:
    """Check a call at once; words alone unless an embedder is given. Flushes."""
    task = read_task(call.id)
    if task is None:
        forget(call.id)
        return []
    return store(task, align_task(task, embedder)) or []


def forget(call_id: int) -> None:
    """Drop what was kept of a call."""
    db.session.execute(delete(PromiseCheck).where(PromiseCheck.call_id == call_id))


def ask_for_check(call_id: int, *, is_new: bool = False) -> Job:
    """Have a call checked; asked for again while it is worked on, it is done once more."""
    return jobs.enqueue(
        CHECK,
        subject_of(call_id),
        viewer=Viewer.system(),
        priority=NEW_PRIORITY if is_new else LOW_PRIORITY,
        again=True,
    )


@on_words_changed
def check_read_call(call: Call) -> None:
    """A new analysis, exchanged channels, a corrected turn."""
    if _is_worth_checking(call):
        ask_for_check(call.id, is_new=True)


@on_details_changed
def check_described_call(call: Call) -> None:
    """Another kind, agent, campaign or time: other promises, or other facts."""
    if _is_worth_checking(call):
        ask_for_check(call.id, is_new=True)


def _is_worth_checking(call: Call) -> bool:
    """Whether there are promises, checks of some that are none any more, or a false sender: such a
    claim counts in every campaign.
    """
    if call.current_analysis_id is None:
        return False
    kept = select(PromiseCheck.id).where(PromiseCheck.call_id == call.id).limit(1)
    return bool(for_call(call) or db.session.scalar(kept) is not None or senders_claimed(call))


@changes.on_in_force_changed
def check_past_calls(_version: PromiseVersion) -> None:
    """Calls since then are judged against another version."""
    feed_checks()


def outdated_checks() -> Select[int]:
    """Numbers of the calls with a promise in force that no check of today's words and engine speaks
    of, or with a check of a promise that was not in force, newest first.
    """
    version, promise, check_row = aliased(PromiseVersion), aliased(Promise), aliased(PromiseCheck)
    in_force = (
        promise.campaign_id == Call.campaign_id,
        version.promise_id == promise.id,
        version.state == ProposalState.APPROVED,
        version.is_removal.is_(False),
        version.in_force_from <= Call.started_at,
        or_(version.in_force_until.is_(None), version.in_force_until > Call.started_at),
    )
    is_fresh = exists().where(
        check_row.call_id == Call.id,
        check_row.promise_version_id == version.id,
        check_row.transcript_id == Call.current_transcript_id,
        check_row.engine == ENGINE,
    )
    is_missing = exists().where(*in_force, ~is_fresh)
    is_left_over = exists().where(
        PromiseCheck.call_id == Call.id,
        ~exists().where(*in_force, version.id == PromiseCheck.promise_version_id),
    )
    return (
        select(Call.id)
        .where(
            Call.deleted_at.is_(None),
            Call.current_analysis_id.is_not(None),
            or_(is_missing, is_left_over),
        )
        .order_by(Call.started_at.desc(), Call.id.desc())
    )


def check_outdated() -> int:
    """Ask for the next slice of outdated checks.

    Returns:
        How many wait now, or are being worked on; 0 when nothing is left to do.
    """
    return feeding.top_up(
        CHECK,
        outdated_checks(),
        ask_for_check,
        subject=subject_column(),
        size=SLICE,
        rests=FAILED_RESTS,
    )


def feed_checks(*, after: str | None = None) -> Job:
    """Have outdated checks found and made; asked for any number of times at once, it is done once.

    Args:
        after: subject of the feeding job that asks for the next one; None has it done at once.
    """
    return feeding.feed(
        FEED, viewer=Viewer.system(), every_s=EVERY_S, priority=LOW_PRIORITY, after=after
    )


def feed_if_unchecked() -> bool:
    """Start the feeding when there is something to do: a worker starts, perhaps after an upgrade."""
    is_needed = db.session.scalar(outdated_checks().limit(1)) is not None
    if is_needed:
        feed_checks()
    return is_needed


def _turn(index: int, shown: ShownTurn) -> Turn:
    """A turn for the core; of a corrected one the corrected text, spread over it by the core."""
    words = (
        ()
        if shown.is_corrected
        else tuple(Word(w[0], to_s(w[1]), to_s(w[2]), w[3]) for w in shown.words)
    )
    return Turn(
        index=index,
        speaker=Speaker(shown.speaker),
        channel=shown.channel,
        start_s=to_s(shown.start_ms),
        end_s=to_s(shown.end_ms),
        text=shown.text if shown.is_corrected else "".join(word.word for word in words).strip(),
        words=words,
    )


def _row(task: Task, found: Found) -> PromiseCheck:
    return PromiseCheck(
        call_id=task.call_id,
        promise_version_id=int(found.key),
        transcript_id=task.transcript_id,
        engine=ENGINE,
        standing=found.standing,
        channel=found.channel,
        start_ms=None if found.start_s is None else to_ms(found.start_s),
        end_ms=None if found.end_s is None else to_ms(found.end_s),
        quote=found.quote,
        confidence=found.confidence,
        reason=asdict(found.reason),
    )
