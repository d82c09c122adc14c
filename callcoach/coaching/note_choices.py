"""What the form of a note offers: readers, further calls, people to name, templates; and a word on
balance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.labels import role_label
from callcoach.accounts.models import Role
from callcoach.analysis.model import Valence
from callcoach.calls.models import Call
from callcoach.calls.presenters import heading, spoken_duration
from callcoach.coaching.models import NoteAim
from callcoach.coaching.note_forms import NoteForm
from callcoach.coaching.note_mentions import handles
from callcoach.coaching.queries import note_people, templates
from callcoach.coaching.queries.balance import imbalance
from callcoach.coaching.queries.script_lines import (
    LineChoice,
    is_line_of,
    line_choices,
    texts_of,
)


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

    @property
    def as_data(self) -> dict[str, object]:
        """For the page's script: who, as what, and whether only in a note to keep."""
        return {"handle": self.handle, "role": self.role, "onlyKeep": self.is_colleague}


@dataclass(frozen=True, slots=True)
class TemplateChoice:
    """A saved note that can be applied; `owner` is "" for one's own."""

    template_id: int
    name: str
    owner: str
    use_url: str


@dataclass(frozen=True, slots=True)
class Nudge:
    """The agent had corrections this week and nothing to keep; `good_moments` leads to some."""

    sentence: str
    good_moments: str


@dataclass(frozen=True, slots=True)
class FormChoices:
    """All that the form of one note offers."""

    people: Sequence[PersonChoice]
    calls: Sequence[CallChoice]
    mentions: Sequence[Mentionable]
    templates: Sequence[TemplateChoice]
    nudge: Nudge | None
    lines: Sequence[LineChoice]


def form_choices(viewer: Viewer, call: Call, form: NoteForm) -> FormChoices:
    """What `viewer` is offered for a note on `call`, as the form stands."""
    return FormChoices(
        people=_people(viewer, call, form.ids_of("readers")),
        calls=call_choices(viewer, call, form.ids_of("other_calls")),
        mentions=mentions_of(viewer, call),
        templates=_templates(viewer),
        nudge=nudge_for(viewer, call),
        lines=_lines(call, form),
    )


def _lines(call: Call, form: NoteForm) -> list[LineChoice]:
    """The lines of the call's script; with the one that was chosen, should it be in none of them."""
    bounds = form.number_of("start_ms"), form.number_of("end_ms")
    found = line_choices(call, str(form.quote.data or ""), *bounds)
    chosen = form.number_of("script_line_id")
    if chosen and all(choice.line_id != chosen for choice in found):
        texts = texts_of({chosen}) if is_line_of(call, chosen) else {}
        found += [LineChoice(line_id, text, is_likely=False) for line_id, text in texts.items()]
    return found


def _templates(viewer: Viewer) -> list[TemplateChoice]:
    found = templates.list_templates(viewer)
    owners = note_people.names_of({each.owner_id for each in found} - {viewer.user_id or 0})
    return [
        TemplateChoice(
            template_id=template.id,
            name=template.name,
            owner=owners.get(template.owner_id, ""),
            use_url=url_for("coaching.use_template", template_id=template.id),
        )
        for template in found
    ]


def nudge_for(viewer: Viewer, call: Call) -> Nudge | None:
    """A quiet line for whoever writes one more correction; None when there is no reason for it."""
    found = imbalance(viewer, call)
    if found is None:
        return None
    moments = url_for(
        "calls.list_calls",
        agent=found.agent.id,
        since=found.since.isoformat(),
        moment=Valence.POSITIVE.value,
    )
    return Nudge(
        sentence=_(
            "This week %(name)s has only been told what to change, and nothing to keep.",
            name=found.agent.name,
        ),
        good_moments=moments,
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
    """Whom an @ can name in a note on the call, or in an answer to it; nobody names themselves, and
    agents name no colleagues, whose list is not theirs.
    """
    aim = NoteAim.CHANGE if viewer.role is Role.AGENT else aim
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
