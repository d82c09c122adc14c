"""What the pages of calls send: filters in the address, metadata, corrections, imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateTimeLocalField,
    HiddenField,
    MultipleFileField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from callcoach.analysis.model import AgentChannel, Cause, Valence
from callcoach.calls.models import Call, CallKind, CallState, Outcome
from callcoach.calls.presenters import channel_label, kind_label, outcome_label
from callcoach.calls.queries import CallFilters, ImportChoices
from callcoach.calls.tags import MAX_LENGTH
from callcoach.web.forms import Form, day_of

_Word = TypeVar("_Word", bound=StrEnum)

#: Names of the filters in the address, in the order of the page.
FILTER_NAMES = (
    "q",
    "since",
    "until",
    "team",
    "agent",
    "campaign",
    "outcome",
    "kind",
    "state",
    "moment",
    "tag",
)


@dataclass(frozen=True, slots=True)
class ListState:
    """The list as the address describes it: filters, page, and the words to write them back."""

    filters: CallFilters
    page: int
    values: Mapping[str, str]

    @property
    def is_filtered(self) -> bool:
        return any(self.values.values())

    def query(self, **changes: str | int) -> dict[str, str]:
        """Parameters of an address with these filters; an empty change drops one."""
        merged = {**self.values, **{name: str(value) for name, value in changes.items()}}
        return {name: value for name, value in merged.items() if value}


def read_list_state(args: Mapping[str, str], *, zone: str = "Europe/Paris") -> ListState:
    """Filters from an address, days in `zone`. What cannot be read counts as not set: addresses get shared, cut
    and typed, and a list is better than an error.
    """
    moment = args.get("moment", "")
    valence = moment if moment in tuple(Valence) else ""
    cause = moment if moment in tuple(Cause) else ""
    filters = CallFilters(
        text=" ".join(args.get("q", "").split())[:200],
        team_id=_number(args.get("team")),
        agent_id=_number(args.get("agent")),
        campaign_id=_number(args.get("campaign")),
        state=_word(CallState, args.get("state")),
        kind=_word(CallKind, args.get("kind")),
        outcome=_word(Outcome, args.get("outcome")),
        since=day_of(args.get("since", "")),
        until=day_of(args.get("until", "")),
        cause=cause,
        valence=valence,
        tag=" ".join(args.get("tag", "").split())[:MAX_LENGTH],
        timezone=zone,
    )
    values = {
        "q": filters.text,
        "since": filters.since.isoformat() if filters.since else "",
        "until": filters.until.isoformat() if filters.until else "",
        "team": str(filters.team_id or ""),
        "agent": str(filters.agent_id or ""),
        "campaign": str(filters.campaign_id or ""),
        "outcome": filters.outcome or "",
        "kind": filters.kind or "",
        "state": filters.state or "",
        "moment": valence or cause,
        "tag": filters.tag,
    }
    return ListState(filters, max(1, _number(args.get("page")) or 1), values)


def _number(raw: str | None) -> int | None:
    return int(raw) if raw and raw.isascii() and raw.isdecimal() and len(raw) < 10 else None


def _word(words: type[_Word], raw: str | None) -> _Word | None:
    return words(raw) if raw and raw in tuple(words) else None


class MetadataForm(Form):
    """What is known of a call; its team is fixed at import, so it is not asked."""

    prospect_name = StringField(_l("Prospect"), validators=[Length(max=120)])
    persona = StringField(_l("Persona"), validators=[Length(max=80)])
    company = StringField(_l("Company"), validators=[Length(max=160)])
    prospect_phone = StringField(_l("Telephone"), validators=[Length(max=30)])
    agent_id = SelectField(_l("Agent"))
    campaign_id = SelectField(_l("Campaign"))
    started_at = DateTimeLocalField(
        _l("Date and time"),
        format=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"],
        validators=[InputRequired()],
    )
    kind = SelectField(_l("Who was reached"))
    outcome = SelectField(_l("Outcome"))
    agent_channel = SelectField(_l("The agent's channel"))

    def offer(self, call: Call, choices: ImportChoices, *, zone: str) -> None:
        """Fill the choices, keeping what the call has even where it is no longer offered."""
        agents = {agent.id: agent.name for agent in choices.agents}
        if call.agent is not None:
            agents.setdefault(call.agent.id, call.agent.name)
        campaigns = {
            campaign.id: f"{campaign.sponsor.name} · {campaign.name}"
            for campaign in choices.campaigns
        }
        campaigns.setdefault(
            call.campaign_id, f"{call.campaign.sponsor.name} · {call.campaign.name}"
        )
        self.agent_id.choices = [("", _l("Not known")), *_pairs(agents)]
        self.campaign_id.choices = _pairs(campaigns)
        self.kind.choices = [(kind.value, kind_label(kind)) for kind in CallKind]
        self.outcome.choices = [(item.value, outcome_label(item)) for item in Outcome]
        self.agent_channel.choices = [(item.value, channel_label(item)) for item in AgentChannel]
        if not self.is_submitted():
            # The field shows wall-clock time: the reader's, not the stored one
            self.started_at.data = call.started_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)

    def changes(self, *, zone: str) -> dict[str, Any]:
        """What `operations.edit_call` takes."""
        moment: datetime = self.started_at.data
        return {
            "prospect_name": self.prospect_name.data or "",
            "persona": self.persona.data or "",
            "company": self.company.data or "",
            "prospect_phone": self.prospect_phone.data or "",
            "agent_id": _number(self.agent_id.data),
            "campaign_id": int(self.campaign_id.data),
            "started_at": moment.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
            "kind": self.kind.data,
            "outcome": self.outcome.data,
        }


def _pairs(names: Mapping[int, str]) -> list[tuple[str, str]]:
    return [(str(number), name) for number, name in names.items()]


class CorrectionForm(Form):
    """The corrected words of a turn; an empty text says that nothing was said."""

    text = TextAreaField(_l("What was said"), validators=[Length(max=10_000)])
    based_on = HiddenField()


class ImportForm(Form):
    """Recordings, and what holds for all of them where neither calls.csv nor the name says."""

    files = MultipleFileField(_l("Recordings"))
    team_id = SelectField(_l("Team"))
    campaign_id = SelectField(_l("Campaign"))
    agent_id = SelectField(_l("Agent"))
    persona = StringField(_l("Persona"), validators=[Length(max=80)])
    agent_channel = SelectField(_l("The agent's channel"))
    language = SelectField(_l("Language spoken"))
    started_at = DateTimeLocalField(
        _l("Date and time"),
        format=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"],
        validators=[Optional()],
    )
    timezone = SelectField(_l("Time zone of times that carry none"))
    source_path = HiddenField()

    def offer(self, choices: ImportChoices, *, zone: str) -> None:
        """Fill the choices."""
        teams = [(str(team.id), team.name) for team in choices.teams]
        self.team_id.choices = teams if len(teams) == 1 else [("", _l("As the file says")), *teams]
        self.campaign_id.choices = [
            ("", _l("As the file says")),
            *(
                (str(campaign.id), f"{campaign.sponsor.name} · {campaign.name}")
                for campaign in choices.campaigns
            ),
        ]
        self.agent_id.choices = [
            ("", _l("As the file says")),
            *((str(agent.id), agent.name) for agent in choices.agents),
        ]
        self.agent_channel.choices = [
            (item.value, channel_label(item))
            for item in (
                AgentChannel.AUTO,
                AgentChannel.LEFT,
                AgentChannel.RIGHT,
                AgentChannel.MIXED,
            )
        ]
        self.language.choices = [
            ("", _l("The campaign's")),
            ("fr", _l("French")),
            ("en", _l("English")),
        ]
        zones = sorted(name for name in available_timezones() if "/" in name)
        self.timezone.choices = [(name, name) for name in zones if not name.startswith("Etc/")]
        if self.timezone.data is None:
            self.timezone.data = zone
