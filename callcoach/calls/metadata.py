"""What is known of a call beside its sound, and how people and exports write it.

Values come from a CSV row (or a JSON file beside the recording), from the file name and from a
form or command options; the first of these that says something wins, field by field.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

import phonenumbers

from callcoach.analysis.model import AgentChannel
from callcoach.calls.models import CallKind, Outcome
from callcoach.errors import InvalidInput

#: Longest texts, as the columns of `Call` take them.
CALL_LIMITS = {
    "external_id": 120,
    "persona": 80,
    "prospect_name": 120,
    "company": 160,
}
#: Country whose national numbers (``06 …``) are understood.
HOME_REGION = "FR"
DEFAULT_ZONE = "Europe/Paris"

_KINDS = {
    "target": CallKind.TARGET,
    "cible": CallKind.TARGET,
    "gatekeeper": CallKind.GATEKEEPER,
    "standard": CallKind.GATEKEEPER,
    "barrage": CallKind.GATEKEEPER,
    "wrong_person": CallKind.WRONG_PERSON,
    "mauvais_interlocuteur": CallKind.WRONG_PERSON,
    "voicemail": CallKind.VOICEMAIL,
    "repondeur": CallKind.VOICEMAIL,
    "messagerie": CallKind.VOICEMAIL,
    "no_answer": CallKind.NO_ANSWER,
    "pas_de_reponse": CallKind.NO_ANSWER,
    "sans_reponse": CallKind.NO_ANSWER,
}
_OUTCOMES = {
    "meeting": Outcome.MEETING,
    "rendez_vous": Outcome.MEETING,
    "rdv": Outcome.MEETING,
    "callback": Outcome.CALLBACK,
    "rappel": Outcome.CALLBACK,
    "a_rappeler": Outcome.CALLBACK,
    "email": Outcome.EMAIL,
    "mail": Outcome.EMAIL,
    "refusal": Outcome.REFUSAL,
    "refus": Outcome.REFUSAL,
    "hung_up": Outcome.HUNG_UP,
    "raccroche": Outcome.HUNG_UP,
    "none": Outcome.NONE,
    "aucun": Outcome.NONE,
}
_DIRECTIONS = {
    "outbound": "outbound",
    "out": "outbound",
    "sortant": "outbound",
    "inbound": "inbound",
    "in": "inbound",
    "entrant": "inbound",
}
_CHANNELS = {
    **{item.value: item for item in AgentChannel},
    "gauche": AgentChannel.LEFT,
    "droite": AgentChannel.RIGHT,
    "mixte": AgentChannel.MIXED,
    "mono": AgentChannel.MIXED,
}
_GROUPED = frozenset(("agent", "agent_id", "team", "team_id", "sponsor", "campaign", "campaign_id"))
_DATE_FORMATS = (
    "%Y%m%d-%H%M%S",
    "%Y%m%d_%H%M%S",
    "%Y%m%d%H%M%S",
    "%Y-%m-%d_%H-%M-%S",
    "%Y-%m-%d-%H-%M-%S",
    "%Y-%m-%d %H-%M-%S",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%Y-%m-%d %H:%M",
    "%Y%m%d-%H%M",
)


@dataclass(frozen=True, slots=True)
class CallMetadata:
    """What one source says of a call; None and "" mean that it says nothing.

    People, team and campaign are names, or numbers of rows (``…_id``) where a form chose them.
    """

    external_id: str = ""
    started_at: datetime | None = None
    direction: str = ""
    agent: str = ""
    agent_id: int | None = None
    team: str = ""
    team_id: int | None = None
    sponsor: str = ""
    campaign: str = ""
    campaign_id: int | None = None
    prospect_name: str = ""
    prospect_phone: str = ""
    company: str = ""
    persona: str = ""
    kind: CallKind | None = None
    outcome: Outcome | None = None
    agent_channel: AgentChannel | None = None
    language: str = ""

    @classmethod
    def from_values(cls, values: Mapping[str, Any], *, zone: str = DEFAULT_ZONE) -> Self:
        """Read texts as a person or an export writes them.

        Args:
            values: by field name; unknown names are ignored, blanks say nothing.
            zone: IANA name, for times that carry none.

        Raises:
            InvalidInput: a value cannot be read; the message names it.
        """
        texts = {name: _clean(value) for name, value in values.items()}
        read: dict[str, Any] = {
            name: texts[name]
            for name in ("agent", "team", "sponsor", "campaign", "language")
            if texts.get(name)
        }
        for name, limit in CALL_LIMITS.items():
            text = texts.get(name, "")
            if len(text) > limit:
                raise InvalidInput(
                    "%(field)s “%(value)s…” is longer than %(limit)s characters.",
                    field=name,
                    value=text[:30],
                    limit=str(limit),
                )
            read[name] = text
        for name in ("agent_id", "team_id", "campaign_id"):
            if texts.get(name):
                read[name] = _number(name, texts[name])
        if texts.get("started_at"):
            read["started_at"] = read_moment(texts["started_at"], zone=zone)
        if texts.get("direction"):
            read["direction"] = _choice("direction", texts["direction"], _DIRECTIONS)
        if texts.get("prospect_phone"):
            read["prospect_phone"] = read_phone(texts["prospect_phone"])
        if texts.get("kind"):
            read["kind"] = read_kind(texts["kind"])
        if texts.get("outcome"):
            kind, outcome = read_outcome(texts["outcome"], None)
            read["outcome"] = outcome
            if kind is not None:
                read["kind"] = kind
        if texts.get("agent_channel"):
            read["agent_channel"] = read_channel(texts["agent_channel"])
        if read.get("language"):
            read["language"] = _language(read["language"])
        return cls(**read)

    def over(self, weaker: CallMetadata) -> CallMetadata:
        """These values, and the weaker source's where this one says nothing.

        A name and a chosen row are one statement: a CSV that names an agent overrules the agent
        chosen in the form.
        """
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        for group in (("agent", "agent_id"), ("team", "team_id"), ("campaign", "campaign_id")):
            if not any(values[name] for name in group):
                values.update({name: getattr(weaker, name) for name in group})
        if not self.campaign and not self.campaign_id:
            values["sponsor"] = self.sponsor or weaker.sponsor
        for name, value in values.items():
            if name not in _GROUPED and value in (None, ""):
                values[name] = getattr(weaker, name)
        return replace(self, **values)


def read_moment(text: str, *, zone: str = DEFAULT_ZONE) -> datetime:
    """An aware moment; a time without a zone is taken to be in `zone`.

    Raises:
        InvalidInput: it is no date and time.
    """
    moment: datetime | None = None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        for pattern in _DATE_FORMATS:
            try:
                moment = datetime.strptime(text, pattern)  # noqa: DTZ007
                break
            except ValueError:
                continue
    if moment is None:
        raise InvalidInput(
            "“%(value)s” is not a date and time; write 2026-09-14T10:12:03+02:00.",
            value=text[:40],
        )
    try:
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    except (KeyError, ValueError) as error:
        raise InvalidInput("The time zone %(zone)s is not known.", zone=zone) from error


def read_phone(text: str) -> str:
    """A phone number as E.164; "" stays "".

    National French numbers, ``0033…``, ``+33…`` and the bare ``33…`` of dialers are understood.

    Raises:
        InvalidInput: it cannot be a phone number.
    """
    text = text.strip()
    if not text:
        return ""
    digits = "".join(letter for letter in text if letter.isdigit())
    candidates = [text, f"+{digits}"] if not text.startswith("+") else [text]
    for candidate in candidates:
        try:
            number = phonenumbers.parse(candidate, HOME_REGION)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise InvalidInput("“%(value)s” is not a phone number.", value=text[:40])


def read_kind(text: str) -> CallKind:
    """Who was reached; French words too.

    Raises:
        InvalidInput: not a kind of call.
    """
    return _choice("kind", text, _KINDS)


def read_outcome(text: str, kind: CallKind | None) -> tuple[CallKind | None, Outcome]:
    """How a call ended. Exports often put who was reached in the same column: then that is the
    kind, and the outcome none.

    Args:
        kind: what is known of it otherwise; returned when `text` does not say one.

    Raises:
        InvalidInput: neither an outcome nor a kind.
    """
    word = slug(text)
    if word in _KINDS and word not in _OUTCOMES:
        return _KINDS[word], Outcome.NONE
    return kind, _choice("outcome", text, _OUTCOMES)


def read_channel(text: str) -> AgentChannel:
    """A channel map.

    Raises:
        InvalidInput: not one.
    """
    return _choice("agent_channel", text, _CHANNELS)


def fold(text: str) -> str:
    """For comparing names: no accents, no case, single spaces.

    >>> fold("  Équipe  Antananarivo")
    'equipe antananarivo'
    """
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())


_Value = TypeVar("_Value")


def _choice(name: str, text: str, choices: Mapping[str, _Value]) -> _Value:
    try:
        return choices[slug(text)]
    except KeyError:
        raise InvalidInput(
            "“%(value)s” is not a value of “%(field)s”; write one of: %(known)s.",
            value=text[:40],
            field=name,
            known=", ".join(choices),
        ) from None


def slug(text: str) -> str:
    """A word for looking up: folded, with underscores for all that is no letter or digit.

    >>> slug("Raison sociale")
    'raison_sociale'
    """
    return "_".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


def _clean(value: Any) -> str:
    """A cell as one line of visible text."""
    if value is None:
        return ""
    text = "".join(letter if letter.isprintable() else " " for letter in str(value))
    return " ".join(text.split())


def _number(name: str, text: str) -> int:
    if not text.isdecimal():
        raise InvalidInput("%(field)s must be a number.", field=name)
    return int(text)


def _language(text: str) -> str:
    code = text.lower()[:5]
    if not (2 <= len(code) <= 3 and code.isalpha() and code.isascii()):
        raise InvalidInput("“%(value)s” is not a language code; write fr or en.", value=text[:20])
    return code
