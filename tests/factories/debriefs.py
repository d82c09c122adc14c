"""Debriefs, their agenda and what comes of them, for tests."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from callcoach.accounts.models import Team, User
from callcoach.calls.models import Call, Excerpt
from callcoach.debriefs.effect_models import Effect, EffectListen
from callcoach.debriefs.models import (
    AgendaItem,
    Attendance,
    Debrief,
    DebriefSeries,
    DebriefState,
    DebriefTeam,
    Decision,
    DecisionState,
    ItemAnswer,
    ItemKind,
    LiveState,
    Presence,
    Remark,
    SeriesTeam,
)
from callcoach.extensions import db, utc_now
from callcoach.lessons.models import Lesson, LessonState, LessonTeam
from callcoach.progress.models import SharingConsent, SignKind
from callcoach.storage.operations import put_file
from callcoach.team_life.models import TeamObjective, TeamStandard
from tests.factories.progress import create_objective

#: What is said in `tests.factories.calls`' call from 9.6 s on, pseudonymised.
SAID = [
    {
        "speaker": "prospect",
        "start_ms": 9600,
        "end_ms": 12_000,
        "text": "On a déjà un outil, depuis l'an dernier.",
    },
    {
        "speaker": "agent",
        "start_ms": 12_200,
        "end_ms": 24_000,
        "text": "Je vous propose une démonstration mardi ou jeudi.",
    },
]


def create_series(teams: Iterable[Team], host: User | None = None, **values: Any) -> DebriefSeries:
    """Every Friday at 16:00, Paris time, since the beginning of 2026."""
    series = DebriefSeries(
        **{
            "title": "Débrief du vendredi",
            "weekday": 4,
            "starts_at_minute": 16 * 60,
            "timezone": "Europe/Paris",
            "starts_on": date(2026, 1, 1),
            "host_id": host.id if host else None,
            **values,
        }
    )
    series.teams = [SeriesTeam(team_id=team.id) for team in teams]
    db.session.add(series)
    db.session.commit()
    return series


def create_debrief(
    teams: Iterable[Team], host: User | None = None, state: str = "planned", **values: Any
) -> Debrief:
    """One of half an hour: planned for tomorrow, begun a quarter of an hour ago, or held an hour
    ago. With `agent_id`, a one-to-one.
    """
    now = utc_now()
    starts_at = {
        "running": now - timedelta(minutes=15),
        "done": now - timedelta(hours=1),
    }.get(state, now + timedelta(days=1))
    debrief = Debrief(
        **{
            "title": "Débrief de la semaine",
            "starts_at": starts_at,
            "timezone": "Europe/Paris",
            "state": DebriefState(state),
            "host_id": host.id if host else None,
            "started_at": starts_at if state in ("running", "done") else None,
            "ended_at": starts_at + timedelta(minutes=30) if state == "done" else None,
            "skip_reason": "Tout le monde était en appel." if state == "skipped" else "",
            **values,
        }
    )
    debrief.teams = [DebriefTeam(team_id=team.id) for team in teams]
    db.session.add(debrief)
    db.session.flush()
    if state == "running":
        db.session.add(LiveState(debrief_id=debrief.id))
    db.session.commit()
    return debrief


def create_item(debrief: Debrief | None, kind: str = "theme", **values: Any) -> AgendaItem:
    """An item at the end of an agenda; without a debrief name the team that it waits for."""
    position = len(debrief.items) if debrief is not None else 0
    item = AgendaItem(
        **{
            "debrief_id": debrief.id if debrief is not None else None,
            "kind": ItemKind(kind),
            "title": "Les objections",
            "position": position,
            **values,
        }
    )
    db.session.add(item)
    db.session.commit()
    if debrief is not None:
        db.session.refresh(debrief)
    return item


def create_moment(debrief: Debrief | None, call: Call, **values: Any) -> AgendaItem:
    """The objection of `tests.factories.calls`' call; it stops where the agent begins to answer."""
    facts: dict[str, Any] = {
        "title": "Une objection, et l’argumentaire déroulé",
        "call_id": call.id,
        "agent_id": call.agent_id,
        "channel": 0,
        "start_ms": 9600,
        "end_ms": 24_000,
        "ask_ms": 12_100,
        "question": "Que diriez-vous ici ?",
        "said": SAID,
        "reformulation": "D’accord, vous êtes équipé. Vous clôturez en combien de jours ?",
        "cause": "ignored_objection",
    }
    return create_item(debrief, "moment", **{**facts, **values})


def consent_to(item: AgendaItem, **values: Any) -> SharingConsent:
    """The agent of a moment lets colleagues hear all of it."""
    consent = SharingConsent(
        **{
            "agent_id": item.agent_id,
            "call_id": item.call_id,
            "start_ms": item.start_ms,
            "end_ms": item.end_ms,
            "given_at": utc_now(),
            **values,
        }
    )
    db.session.add(consent)
    db.session.commit()
    return consent


def create_decision(debrief: Debrief, owner: User | None = None, **values: Any) -> Decision:
    """An open decision, due in a week."""
    decision = Decision(
        **{
            "client_id": str(uuid.uuid4()),
            "debrief_id": debrief.id,
            "text": "On reformule avant de répondre.",
            "owner_id": owner.id if owner else None,
            "due_on": (utc_now() + timedelta(days=7)).date(),
            **values,
        }
    )
    db.session.add(decision)
    db.session.commit()
    return decision


def create_answer(
    item: AgendaItem, user: User, text: str = "Vous clôturez comment ?"
) -> ItemAnswer:
    """What an agent would say there."""
    answer = ItemAnswer(client_id=str(uuid.uuid4()), item_id=item.id, user_id=user.id, text=text)
    db.session.add(answer)
    db.session.commit()
    return answer


def create_effect(team: Team, **values: Any) -> Effect:
    """Whether an objection is left unanswered in calls since a month ago."""
    effect = Effect(
        **{
            "team_id": team.id,
            "sign": SignKind.CAUSE,
            "subject": "ignored_objection",
            "started_at": utc_now() - timedelta(days=30),
            **values,
        }
    )
    db.session.add(effect)
    db.session.commit()
    return effect


def create_lesson(call: Call, team: Team, **values: Any) -> Lesson:
    """A lesson that a team learnt and took."""
    lesson = Lesson(
        **{
            "campaign_id": call.campaign_id,
            "title": "Reformuler avant de répondre",
            "text": "« Vous êtes équipé » d’abord, la question ensuite.",
            "sign": SignKind.EXPRESSION,
            "subject": "vous êtes équipé",
            **values,
        }
    )
    lesson.teams = [
        LessonTeam(team_id=team.id, state=LessonState.TAKEN, is_origin=True, decided_at=utc_now())
    ]
    db.session.add(lesson)
    db.session.commit()
    return lesson


def create_standard(team: Team, **values: Any) -> TeamStandard:
    """How a team works."""
    standard = TeamStandard(**{"team_id": team.id, "text": "On laisse deux secondes.", **values})
    db.session.add(standard)
    db.session.commit()
    return standard


def create_team_objective(team: Team, **values: Any) -> TeamObjective:
    """What a team aims at for three weeks from today."""
    today = datetime.now(UTC).date()
    objective = TeamObjective(
        **{
            "team_id": team.id,
            "text": "Moins d’objections laissées sans réponse",
            "measure": "cause",
            "subject": "ignored_objection",
            "bound": 2.0,
            "starts_on": today,
            "ends_on": today + timedelta(weeks=3),
            **values,
        }
    )
    db.session.add(objective)
    db.session.commit()
    return objective


def add_excerpt(call: Call, start_ms: int, end_ms: int) -> Excerpt:
    """A stretch's sound as a worker writes it; its bytes are no sound."""
    excerpt = Excerpt(call_id=call.id, start_ms=start_ms, end_ms=min(end_ms, call.duration_ms))
    excerpt.file = put_file(io.BytesIO(b"moment" * 50), kind="excerpt", media_type="audio/mp4")
    db.session.add(excerpt)
    db.session.commit()
    return excerpt


def debrief_things(
    team: Team, call: Call, agent: User, colleague: User, supervisor: User, mark: str
) -> dict[str, int]:
    """One of everything of these rooms, for the matrix of rights: ids by name."""
    telling = {"remark": f"Pourlhote-{mark}"}
    planned = create_debrief([team], supervisor, title=f"Debrief-{mark}")
    running = create_debrief([team], supervisor, "running", title=f"Encours-{mark}")
    done = create_debrief(
        [team], supervisor, "done", title=f"Tenu-{mark}", minutes_sent_at=utc_now()
    )
    skipped = create_debrief([team], supervisor, "skipped", title=f"Saute-{mark}")
    deleted = create_debrief([team], supervisor, "deleted", title=f"Efface-{mark}")
    alone = create_debrief([team], supervisor, title=f"Teteatete-{mark}", agent_id=agent.id)
    met = create_debrief(
        [team], supervisor, "running", title=f"Entretien-{mark}", agent_id=agent.id
    )
    item = create_moment(planned, call, **telling)
    create_item(skipped, title=f"Reste-{mark}")
    live = create_moment(running, call, **telling)
    past = create_moment(done, call, opened_at=utc_now(), closed_at=utc_now(), **telling)
    met_item = create_moment(met, call, **telling)
    consent_to(item)
    unasked = create_moment(planned, call, start_ms=100, end_ms=2000, ask_ms=None)
    asked = create_moment(planned, call, start_ms=27_000, end_ms=29_900, ask_ms=None)
    consent_to(asked, given_at=None)
    read = create_moment(
        planned,
        call,
        reread_file=put_file(io.BytesIO(b"said" * 50), kind="voice", media_type="audio/mp4"),
    )
    removed = create_item(
        None, title=f"Retire-{mark}", removed_from=f"debrief:{planned.id}", removed_at=utc_now()
    )
    for start_ms, end_ms in ((9600, 12_100), (12_100, 24_000), (9600, 24_000)):
        add_excerpt(call, start_ms, end_ms)
    for debrief, shown in ((running, live), (met, met_item)):
        state = db.session.get_one(LiveState, debrief.id)
        state.item_id = shown.id
        state.phase = "asking"
        shown.opened_at = state.item_since = utc_now()
    db.session.add(Attendance(debrief_id=done.id, user_id=colleague.id, presence=Presence.ABSENT))
    remark = Remark(
        client_id=str(uuid.uuid4()), debrief_id=running.id, item_id=live.id, text=f"Vu-{mark}"
    )
    db.session.add(remark)
    effect = create_effect(team)
    listen = EffectListen(
        effect_id=effect.id, call_id=call.id, is_detected=True, start_ms=9600, end_ms=12_000
    )
    db.session.add(listen)
    decision = create_decision(
        running, agent, text=f"Decide-{mark}", item_id=live.id, effect_id=effect.id
    )
    aim = create_objective(agent, call.campaign_id, supervisor, text=f"Cap-a-deux-{mark}")
    create_decision(met, agent, objective_id=aim.id)
    lesson = create_lesson(call, team, title=f"Lecon-{mark}", item_id=past.id)
    offered = create_lesson(call, team, title=f"Proposee-{mark}")
    offered.teams[0].state, offered.teams[0].is_origin = LessonState.PROPOSED, False
    db.session.commit()
    return {
        "debrief_series": create_series([team], supervisor, title=f"Rituel-{mark}").id,
        "archived_series": create_series([team], supervisor, archived_at=utc_now()).id,
        "debrief": planned.id,
        "running_debrief": running.id,
        "done_debrief": done.id,
        "skipped_debrief": skipped.id,
        "deleted_debrief": deleted.id,
        "one_to_one": alone.id,
        "running_one_to_one": met.id,
        "agenda_item": item.id,
        "unasked_item": unasked.id,
        "asked_item": asked.id,
        "read_item": read.id,
        "removed_item": removed.id,
        "second_item": create_item(planned, title=f"Theme-{mark}", **telling).id,
        "live_item": live.id,
        "done_item": past.id,
        "met_item": met_item.id,
        "met_objective": aim.id,
        "waiting_item": create_item(None, team_id=team.id, title=f"Attend-{mark}").id,
        "debrief_answer": create_answer(live, colleague, f"Reponse-{mark}").id,
        "debrief_remark": remark.id,
        "decision": decision.id,
        "closed_decision": create_decision(
            done, supervisor, state=DecisionState.DONE, closed_at=utc_now()
        ).id,
        "bare_decision": create_decision(done, supervisor, text=f"Retenu-{mark}").id,
        "effect": effect.id,
        "effect_listen": listen.id,
        "lesson": lesson.id,
        "offered_lesson": offered.id,
        "standard": create_standard(team, text=f"Standard-{mark}").id,
        "retired_standard": create_standard(team, retired_at=utc_now()).id,
        "team_objective": create_team_objective(team, text=f"Cap-{mark}").id,
        "closed_team_objective": create_team_objective(
            team, closed_at=utc_now(), closing="reached"
        ).id,
    }
