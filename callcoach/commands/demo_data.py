"""The fictitious floor of `callcoach demo`: two sponsors, two teams, ten people.

Names, companies and promises are those of `recordings_sample/README.md`; nobody is real.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from callcoach.accounts.models import Role
from callcoach.commands.demo_promises import COMPTACLAIR, VOLTANEO, PromiseSeed

#: One secret for all demo people; production refuses to start while they exist.
PASSWORD = "bonjour-callcoach"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Person:
    """A demo user."""

    login: str
    name: str
    role: Role
    teams: tuple[str, ...] = ()
    telephony_ids: tuple[str, ...] = ()
    pseudonym: str = ""
    sponsor: str = ""
    locale: str = "fr"


@dataclass(frozen=True, slots=True)
class CampaignSeed:
    """A demo campaign."""

    sponsor: str
    name: str
    purpose: str
    vocabulary: tuple[str, ...]
    personas: tuple[tuple[str, str], ...]
    promises: tuple[PromiseSeed, ...]


TANA = "Équipe Antananarivo"
TUNIS = "Équipe Tunis"

#: name -> IANA zone
TEAMS = {TANA: "Indian/Antananarivo", TUNIS: "Africa/Tunis"}

PEOPLE = (
    Person("admin", "Administration", Role.ADMIN),
    Person("claire", "Claire Morel", Role.SUPERVISOR, (TANA, TUNIS)),
    Person("thomas", "Thomas Keller", Role.SUPERVISOR, (TUNIS,), locale="en"),
    Person("miora", "Miora Rasoa", Role.TEAM_LEAD, (TANA,)),
    Person("hanta", "Hanta R.", Role.AGENT, (TANA,), ("HANTA",), "Agent 1"),
    Person("patrice", "Patrice A.", Role.AGENT, (TANA,), ("PATRICE",), "Agent 2"),
    Person("yassine", "Yassine B.", Role.AGENT, (TUNIS,), ("YASSINE",), "Agent 3"),
    Person("fatou", "Fatou D.", Role.AGENT, (TUNIS,), ("FATOU",), "Agent 4"),
    Person("comptaclair", "Sophie Lambert", Role.SPONSOR, sponsor="Comptaclair"),
    Person("voltaneo", "Julien Perrin", Role.SPONSOR, sponsor="Voltaneo"),
)

#: Since when what the sponsors decided holds: before the first sample call.
PROMISES_SINCE = datetime(2026, 1, 5, tzinfo=UTC)

CAMPAIGNS = (
    CampaignSeed(
        sponsor="Comptaclair",
        name="Clôture mensuelle DAF",
        purpose=(
            "Obtenir trente minutes de visio avec un directeur financier d’une société de 50 à "
            "500 salariés, pour regarder sa dernière clôture mensuelle."
        ),
        vocabulary=("Comptaclair", "Sage", "Cegid", "DAF", "clôture mensuelle", "piste d’audit"),
        personas=(
            ("DAF", "Vouvoiement, concret, chiffres. Peu de temps en période de clôture."),
            ("DSI", "Parler d’intégration à Sage et Cegid ; ne pas vendre de la comptabilité."),
        ),
        promises=COMPTACLAIR,
    ),
    CampaignSeed(
        sponsor="Voltaneo",
        name="Ombrières de parking",
        purpose=(
            "Proposer une étude de faisabilité aux sociétés dont le parking dépasse 1 500 m² et "
            "que la loi oblige à l’ombrager."
        ),
        vocabulary=("Voltaneo", "ombrières", "photovoltaïque", "tiers investisseur", "loi APER"),
        personas=(
            ("dirigeant", "Aller au fait : la loi, le délai, qui paie."),
            ("responsable immobilier", "Technique et calendrier des sites."),
            ("office manager", "Standard : demander de l’aide, ne pas argumenter."),
        ),
        promises=VOLTANEO,
    ),
)
