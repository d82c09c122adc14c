"""What a change would have found on past calls, before it is saved.

Words are looked for at once, with the matcher that the analysis uses. What changes meaning or a
threshold takes the analysis itself: a job runs it on the last calls, with the change and without.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from callcoach import pipeline
from callcoach.accounts.access import Viewer
from callcoach.analysis.engine import ANALYSIS_VERSION
from callcoach.analysis.lexicon import Phrases, ReadTurn, find, prepare, read_turn
from callcoach.analysis.model import AgentChannel, CallContext, Speaker, Word
from callcoach.analysis.model import Turn as SaidTurn
from callcoach.analysis.tuning import Tuning
from callcoach.calls.judging import same_among
from callcoach.calls.mapping import analysis_rows, context_of, to_ms, to_s
from callcoach.calls.models import AnalysisRun, Call, TippingPoint, Transcript, Turn
from callcoach.calls.queries import calls_by_id, past_words
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db
from callcoach.jobs import operations as jobs
from callcoach.jobs.models import Job
from callcoach.learning.phrase_changes import Proposal, applied
from callcoach.pipeline import TranscriptData

#: Last calls in which words are looked for, and on which the analysis is run again.
WORD_CALLS, ANALYSED_CALLS = 200, 50
#: Most places that are shown of those found.
SHOWN = 20
#: Count the flags of the last calls with a change and without.
COUNT_FLAGS = "learning.count_flags"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something would come or go; times in milliseconds."""

    call_id: int
    channel: int
    start_ms: int
    end_ms: int
    speaker: str = ""
    quote: str = ""
    cause: str = ""
    valence: str = ""


@dataclass(frozen=True, slots=True)
class WordPreview:
    """Where words are said in the last calls.

    Args:
        calls: how many calls were looked at.
        count: how often the words would count (or no longer count).
        before: how often the words that they take the place of count; None for new ones.
        places: the first of them.
    """

    calls: int
    count: int
    in_calls: int
    before: int | None
    places: list[Place]


def preview_words(
    viewer: Viewer, campaign: Campaign, text: str, *, before: str = ""
) -> WordPreview:
    """Look for a phrase, written as the lists are, in what was said.

    Args:
        before: the phrase that `text` would take the place of.
    """
    call_ids = _last_calls(viewer, campaign, WORD_CALLS)
    wanted, old = prepare([text]), prepare([before]) if before else None
    found: list[tuple[int, int]] = []
    count = count_before = 0
    # Without the words' times: a turn's text alone tells whether it is said
    for turn_id, call_id, said in db.session.execute(past_words.turn_texts(call_ids)):
        read = _read_text(said)
        if hits := len(find(read, wanted)):
            count += hits
            found.append((turn_id, call_id))
        if old is not None:
            count_before += len(find(read, old))
    by_call = {number: place for place, number in enumerate(call_ids)}
    found.sort(key=lambda item: (by_call[item[1]], item[0]))
    return WordPreview(
        calls=len(call_ids),
        count=count,
        in_calls=len({call_id for _, call_id in found}),
        before=count_before if old is not None else None,
        places=_places(found[:SHOWN], wanted)[:SHOWN],
    )


def ask_for_count(viewer: Viewer, campaign: Campaign, proposal: Proposal) -> Job:
    """Have the last calls analysed with the change and without; the job's payload tells in the end.

    Args:
        proposal: checked.
    """
    call_ids = _last_calls(viewer, campaign, ANALYSED_CALLS)
    return jobs.enqueue(
        COUNT_FLAGS,
        f"try:{campaign.id}:{viewer.user_id}:{proposal.digest}",
        viewer=viewer,
        payload={"campaign": campaign.id, "calls": call_ids, "proposal": asdict(proposal)},
        priority=5,  # somebody waits for it, and it takes seconds
    )


@dataclass(frozen=True, slots=True)
class FlagPreview:
    """Flags that would come and go on the last calls."""

    calls: int
    come: list[Place]
    go: list[Place]


def result_of(viewer: Viewer, job: Job) -> FlagPreview | None:
    """What a job has counted, as far as the viewer may still see it; None before it is done."""
    result: Mapping[str, Any] | None = job.payload.get("result")
    if result is None:
        return None
    places = {name: [Place(**item) for item in result[name]] for name in ("come", "go")}
    numbers = {place.call_id for found in places.values() for place in found}
    visible = {call.id for call in calls_by_id(viewer, numbers)}
    shown = {
        name: [place for place in found if place.call_id in visible]
        for name, found in places.items()
    }
    return FlagPreview(int(result["calls"]), shown["come"], shown["go"])


@dataclass(frozen=True, slots=True)
class Trial:
    """What it takes to analyse one call twice."""

    call_id: int
    transcript: Mapping[str, Any]
    agent_channel: AgentChannel
    context: CallContext
    #: Flags of the analysis that is shown, when today's engine and campaign made it.
    present: tuple[Place, ...] | None


def read_trial(call_id: int) -> Trial | None:
    """What the trial of a call needs, as plain values; None when it has gone."""
    call: Call | None = db.session.get(Call, call_id)
    if call is None or call.current_transcript_id is None or call.current_analysis is None:
        return None
    context = context_of(call.campaign, call.persona, call.script_version)
    run: AnalysisRun = call.current_analysis
    is_current = (
        run.analysis_version == ANALYSIS_VERSION and run.tuning == context.tuning.fingerprint
    )
    return Trial(
        call_id=call_id,
        transcript=db.session.get_one(Transcript, call.current_transcript_id).data,
        agent_channel=AgentChannel(call.agent_channel),
        context=context,
        present=tuple(_flags(call_id, run.tipping_points)) if is_current else None,
    )


def compare(trial: Trial, tuning: Tuning) -> tuple[list[Place], list[Place]]:
    """Flags of a call that come and go with `tuning`. No database."""
    before = trial.present
    if before is None:
        before = tuple(_analysed(trial, trial.context))
    after = _analysed(trial, replace(trial.context, tuning=tuning))
    come = [place for place in after if same_among(before, place) is None]
    go = [place for place in before if same_among(after, place) is None]
    return come, go


def tuning_with(campaign_id: int, proposal: Mapping[str, Any]) -> Tuning:
    """The campaign's tuning with a proposal as `ask_for_count` keeps it."""
    return applied(db.session.get_one(Campaign, campaign_id), Proposal(**proposal))


def _analysed(trial: Trial, context: CallContext) -> list[Place]:
    analysis = pipeline.analyse_transcript(
        TranscriptData.from_dict(trial.transcript),
        agent_channel=trial.agent_channel,
        context=context,
    )
    run = analysis_rows(analysis, call_id=trial.call_id, transcript_id=0, number=0)
    return _flags(trial.call_id, run.tipping_points)


def _flags(call_id: int, points: Iterable[TippingPoint]) -> list[Place]:
    return [
        Place(
            call_id=call_id,
            channel=point.channel,
            start_ms=point.start_ms,
            end_ms=point.end_ms,
            cause=str(point.cause),
            valence=str(point.valence),
        )
        for point in points
    ]


def _last_calls(viewer: Viewer, campaign: Campaign, limit: int) -> list[int]:
    last = past_words.last_analysed(viewer, campaign.id, limit)
    return list(db.session.scalars(last.where(Call.current_transcript_id.is_not(None))))


def _read_text(text: str) -> ReadTurn:
    """A text as the matcher reads a turn, all of it one word: it tells whether, not when."""
    word = Word(text, 0.0, 1.0, 1.0)
    return read_turn(SaidTurn(0, Speaker.UNKNOWN, 0, 0.0, 1.0, text, (word,)))


def _places(found: Sequence[tuple[int, int]], wanted: Phrases) -> list[Place]:
    """The exact moments in these turns, in their order."""
    rows = past_words.turns_with_words([turn_id for turn_id, _ in found])
    return [
        Place(
            call_id=call_id,
            channel=rows[turn_id].channel,
            start_ms=to_ms(hit.start_s),
            end_ms=to_ms(hit.end_s),
            speaker=rows[turn_id].speaker,
            quote=hit.quote,
        )
        for turn_id, call_id in found
        for hit in find(read_turn(_said(rows[turn_id])), wanted)
    ]


def _said(turn: Turn) -> SaidTurn:
    words = past_words.words_of(turn)
    return SaidTurn(
        index=0,
        speaker=Speaker(turn.speaker),
        channel=turn.channel,
        start_s=to_s(turn.start_ms),
        end_s=to_s(turn.end_ms),
        text="".join(word.word for word in words).strip(),
        words=words,
    )
