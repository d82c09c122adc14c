"""Drills, what agents were given of them, and tries, for tests."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from callcoach.accounts.models import User
from callcoach.calls.models import Call, Excerpt
from callcoach.drills.models import (
    Answer,
    Assignment,
    Attempt,
    AttemptState,
    Drill,
    DrillKind,
    DrillSet,
    DrillSetItem,
    DrillStep,
)
from callcoach.extensions import db, utc_now
from callcoach.storage.models import StoredFile
from callcoach.storage.operations import put_file

#: What the prospect says in `tests.factories.calls.DIALOGUE` before the long answer, and the answer.
LINE = "On a déjà un outil, depuis l'an dernier."
ORIGINAL = "Je vous propose une démonstration mardi ou jeudi."
EXAMPLE = "D’accord, vous êtes équipé. Vous clôturez en combien de jours ?"


def create_drill(
    call: Call, author: User | None = None, kind: str = "reformulate", **values: Any
) -> Drill:
    """A drill of one step on the call's objection; three steps when chained."""
    drill = Drill(
        campaign_id=call.campaign_id,
        kind=DrillKind(kind),
        author_id=author.id if author else None,
        **{"title": f"« {LINE} »", "situation": "has_provider", "instructions": "", **values},
    )
    for position in range(1, 4 if kind == "chained" else 2):
        drill.steps.append(
            DrillStep(
                position=position,
                call_id=call.id,
                start_ms=2700,
                end_ms=12_200,
                prospect_text=LINE,
                original_text=ORIGINAL,
                original_start_ms=12_200,
                original_end_ms=24_000,
                example_text=EXAMPLE,
                mark_ms=9600 if kind == "ear" else None,
                is_audible=True,
            )
        )
    db.session.add(drill)
    db.session.commit()
    return drill


def give(agent: User, drill: Drill | None, by: User | None = None, **values: Any) -> Assignment:
    """Something an agent has to do."""
    given = Assignment(
        agent_id=agent.id,
        drill_id=drill.id if drill else None,
        assigned_by_id=by.id if by else None,
        **values,
    )
    db.session.add(given)
    db.session.commit()
    return given


def sound_file(kind: str = "take") -> StoredFile:
    """A file in the store; its bytes are no sound."""
    return put_file(io.BytesIO(b"voice" * 40), kind=kind, media_type="audio/mp4")


def create_attempt(
    assignment: Assignment, state: str = "submitted", *, spoken: bool = True, **values: Any
) -> Attempt:
    """A try with an answer at the first step; `values` are the try's own."""
    drill = assignment.drill
    assert drill is not None, "a try is one at a drill"
    state = AttemptState(state)
    sent = None if state is AttemptState.TAKE else utc_now() - timedelta(minutes=5)
    attempt = Attempt(assignment_id=assignment.id, state=state, **{"submitted_at": sent, **values})
    answer = Answer(step_id=drill.steps[0].id, text="Vous clôturez comment ?", duration_ms=2500)
    answer.is_typed, answer.taps, answer.measures = not spoken, [], {}
    answer.state = "done"
    if spoken:
        answer.file = sound_file()
    attempt.answers.append(answer)
    if state is not AttemptState.TAKE:
        assignment.done_at = sent
    db.session.add(attempt)
    db.session.commit()
    return attempt


def create_set(call: Call, *drills: Drill, is_immersion: bool = False, **values: Any) -> DrillSet:
    """A set of drills; a path also begins with the call and ends with a review."""
    made = DrillSet(
        campaign_id=call.campaign_id, is_immersion=is_immersion, **{"name": "Objections", **values}
    )
    kinds: list[dict[str, Any]] = [{"kind": "drill", "drill_id": drill.id} for drill in drills]
    if is_immersion:
        kinds = [{"kind": "listen", "call_id": call.id}, *kinds, {"kind": "review"}]
    for position, facts in enumerate(kinds, start=1):
        made.items.append(DrillSetItem(position=position, **facts))
    db.session.add(made)
    db.session.commit()
    return made


def add_step_sounds(drill: Drill) -> None:
    """What a worker writes: the line and the first answer of every step."""
    known: set[tuple[int, int]] = set()
    for step in drill.steps:
        assert step.call_id and step.original_start_ms and step.original_end_ms
        for bounds in (
            (step.start_ms, step.end_ms),
            (step.original_start_ms, step.original_end_ms),
        ):
            if bounds in known:
                continue
            known.add(bounds)
            excerpt = Excerpt(call_id=step.call_id, start_ms=bounds[0], end_ms=bounds[1])
            excerpt.file = sound_file("excerpt")
            db.session.add(excerpt)
    db.session.commit()


def drill_things(call: Call, agent: User, colleague: User, supervisor: User) -> dict[str, Any]:
    """One of everything of this room, for the matrix of rights: ids by name."""
    drill = create_drill(call, supervisor)
    add_step_sounds(drill)
    drill.steps[0].example_file = sound_file("voice")
    given = give(agent, drill, supervisor)
    take = create_attempt(given, "take")
    sent = give(agent, create_drill(call, supervisor), supervisor)
    attempt = create_attempt(sent)
    marked = create_attempt(
        give(agent, create_drill(call, supervisor), supervisor),
        "marked",
        mark="almost",
        marked_by_id=supervisor.id,
        marked_at=utc_now(),
    )
    path = create_set(call, drill, create_drill(call), is_immersion=True)
    listen, review = path.items[0], path.items[-1]
    archived = create_set(call, drill, archived_at=utc_now())
    turns = call.current_analysis.turns if call.current_analysis else []
    return {
        "drill": drill.id,
        "drill_step": drill.steps[0].id,
        "drill_given": given.id,
        "drill_take": take.id,
        "drill_answer": attempt.answers[0].id,
        "drill_try": attempt.id,
        "drill_marked_try": marked.id,
        "drill_cancelled": give(
            agent, create_drill(call, supervisor), supervisor, cancelled_at=utc_now()
        ).id,
        "drill_set": path.id,
        "drill_item": path.items[1].id,
        "drill_archived_set": archived.id,
        "drill_listening": give(agent, None, supervisor, item_id=listen.id).id,
        "drill_review": give(agent, None, supervisor, item_id=review.id).id,
        "drill_reviewed": give(
            colleague, None, supervisor, item_id=review.id, done_at=utc_now()
        ).id,
        "chain_turns": tuple(turn.id for turn in turns if turn.speaker == "prospect"),
    }
