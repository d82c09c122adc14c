"""What the form of a note offers: who can read it, which calls it can be about as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from callcoach.accounts.access import Viewer
from callcoach.accounts.labels import role_label
from callcoach.accounts.models import Role
from callcoach.calls.models import Call
from callcoach.calls.presenters import heading, spoken_duration
from callcoach.coaching.models import NoteAim
from callcoach.coaching.note_forms import NoteForm
from callcoach.coaching.note_mentions import handles
from callcoach.coaching.queries import note_people


@dataclass(frozen=True, slots=True)
class PersonChoice:
    """Somebody who can be chosen; colleagues (`is_colleague`) only for something to keep."""

    user_id: int
    name: str
    role: str
    is_colleague: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class CallChoice:
    """A call of the same agent and team."""

    call_id: int
    label: str
    length: str
    at: datetime
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Mentionable:
    """Somebody whom an @ can name; `handle` is what is written after it."""

    handle: str
    role: str
    is_colleague: bool


@dataclass(frozen=True, slots=True)
class FormChoices:
    """All that the form of one note offers."""

    people: Sequence[PersonChoice]
    calls: Sequence[CallChoice]
    mentions: Sequence[Mentionable]


def form_choices(viewer: Viewer, call: Call, form: NoteForm) -> FormChoices:
    """What `viewer` is offered for a note on `call`, as the form stands."""
    return FormChoices(
        people=_people(viewer, call, form.ids_of("readers")),
        calls=call_choices(viewer, call, form.ids_of("other_calls")),
        mentions=mentions_of(viewer, call),
    )


def _people(viewer: Viewer, call: Call, chosen: Sequence[int]) -> list[PersonChoice]:
    """The author reads their own note, and the agent every note that is not kept to oneself."""
    return [
        PersonChoice(
            user_id=user.id,
            name=user.name,
            role=role_label(user.role),
            is_colleague=user.role == Role.AGENT,
            is_chosen=user.id in chosen,
        )
        for user in note_people.nameable(call, NoteAim.KEEP)
        if user.id not in (viewer.user_id, call.agent_id)
    ]


def call_choices(
    viewer: Viewer, call: Call, chosen: Sequence[int], text: str = ""
) -> list[CallChoice]:
    """Calls that can be put beside this one: those chosen first, then the newest that match."""
    kept = note_people.same_agents_calls(viewer, call, chosen)
    offered = note_people.calls_beside(viewer, call, text)
    known = {other.id for other in kept}
    return [
        CallChoice(
            call_id=other.id,
            label=heading(other),
            length=spoken_duration(other.duration_ms),
            at=other.started_at,
            is_chosen=other.id in known,
        )
        for other in (*kept, *(other for other in offered if other.id not in known))
    ]


def mentions_of(viewer: Viewer, call: Call, aim: str = NoteAim.KEEP) -> list[Mentionable]:
    """Whom an @ can name in a note on the call, or in an answer to it; nobody names themselves."""
    people = note_people.mentionable(call, aim)
    written = handles(people)
    roles = {user.id: Role(user.role) for user in note_people.nameable(call, aim)}
    return [
        Mentionable(
            handle=written[person.user_id],
            role=role_label(roles.get(person.user_id, Role.AGENT)),
            is_colleague=roles.get(person.user_id) is Role.AGENT
            and person.user_id != call.agent_id,
        )
        for person in people
        if person.user_id != viewer.user_id
    ]
