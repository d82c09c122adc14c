"""What the pages of people and teams send: filters in the address, people, teams."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from callcoach.accounts.labels import ROLES
from callcoach.accounts.models import Role, Team, User
from callcoach.accounts.operations import MAX_NAME
from callcoach.accounts.people_operations import MAX_PSEUDONYM, PersonValues
from callcoach.accounts.people_queries import PeopleFilters
from callcoach.accounts.team_operations import MAX_TEAM_NAME
from callcoach.web.countries import country_choices
from callcoach.web.forms import Form, choices
from callcoach.web.i18n import LOCALES

#: Zones of sites that call into France and Germany, offered first.
_USUAL_ZONES = (
    "Europe/Paris",
    "Europe/Berlin",
    "Africa/Tunis",
    "Africa/Casablanca",
    "Africa/Dakar",
    "Africa/Abidjan",
    "Africa/Porto-Novo",
    "Africa/Douala",
    "Indian/Antananarivo",
    "Indian/Mauritius",
)


#: Native market of a new person that is left to what their role suggests.
_USUAL_MARKET = "usual"


@dataclass(frozen=True, slots=True)
class PeopleState:
    """The list of people as the address describes it."""

    filters: PeopleFilters
    values: Mapping[str, str]

    @property
    def is_filtered(self) -> bool:
        return any(self.values.values())


def read_people_state(args: Mapping[str, str]) -> PeopleState:
    """Read ``q``, ``role``, ``team`` and ``account``; what is unreadable narrows nothing."""
    text = args.get("q", "").strip()[:120]
    role = args.get("role", "") if args.get("role", "") in set(Role) else ""
    team = args.get("team", "") if args.get("team", "").isascii() else ""
    team = team if team.isdigit() and len(team) < 10 else ""
    account = args.get("account", "") if args.get("account", "") in ("open", "closed") else ""
    filters = PeopleFilters(
        text=text,
        role=Role(role) if role else None,
        team_id=int(team) if team else None,
        is_enabled={"open": True, "closed": False}.get(account),
    )
    return PeopleState(filters, {"q": text, "role": role, "team": team, "account": account})


class _CheckboxesField(SelectMultipleField):
    """Several of a short list, each with its own box."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PersonForm(Form):
    """A person, new or known."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=MAX_NAME)])
    login = StringField(_l("Login"), [DataRequired(), Length(max=80)])
    email = StringField(_l("E-mail, if there is one"), [Length(max=254)])
    role = SelectField(_l("Role"), choices=choices((role.value, ROLES[role]) for role in Role))
    team_ids = _CheckboxesField(_l("Teams"), coerce=int)
    telephony_ids = StringField(_l("Telephony ids"), [Length(max=600)])
    pseudonym = StringField(_l("Pseudonym for sponsors"), [Length(max=MAX_PSEUDONYM)])
    locale = SelectField(_l("Language"), choices=choices(LOCALES.items()))
    native_market = SelectField(_l("Native market"), choices=[], validate_choice=False)

    def offer_markets(self, *, is_new: bool) -> None:
        """Set the countries to choose from; for a new person, also what their role suggests."""
        usual = [(_USUAL_MARKET, _l("As usual: France for sales supervisors"))] if is_new else []
        self.native_market.choices = choices([*usual, ("", _l("Not said")), *country_choices()])

    def offer_teams(self, teams: Iterable[Team]) -> None:
        """Set the teams to choose from."""
        self.team_ids.choices = choices((team.id, team.name) for team in teams)

    def show(self, user: User) -> None:
        """Fill in what is known of `user`."""
        self.name.data, self.login.data, self.email.data = user.name, user.login, user.email
        self.role.data, self.locale.data = str(user.role), user.locale
        self.pseudonym.data = user.pseudonym
        self.native_market.data = user.native_market
        self.team_ids.data = [membership.team_id for membership in user.memberships]
        self.telephony_ids.data = ", ".join(sorted(item.value for item in user.telephony_ids))

    def values(self) -> PersonValues:
        """What was sent, once validated."""
        return PersonValues(
            name=self.name.data or "",
            login=self.login.data or "",
            role=Role(self.role.data),
            email=self.email.data or "",
            team_ids=tuple(self.team_ids.data or ()),
            telephony_ids=tuple(re.split(r"[,;\n]", self.telephony_ids.data or "")),
            locale=self.locale.data or "fr",
            pseudonym=self.pseudonym.data or "",
            native_market=None
            if self.native_market.data == _USUAL_MARKET
            else self.native_market.data,
        )


class TeamForm(Form):
    """A team, new or known."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=MAX_TEAM_NAME)])
    timezone = SelectField(_l("Time zone of the site"), choices=[])

    def offer_zones(self, present: str | None = None) -> None:
        """Set the zones to choose from; `present` is kept whatever it is."""
        kept = [present] if present and present not in _zones() else []
        self.timezone.choices = choices((zone, zone) for zone in [*kept, *_zones()])


@cache
def _zones() -> list[str]:
    """The usual zones first, then all others with a place in their name."""
    others = sorted(zone for zone in available_timezones() if "/" in zone)
    return [
        *_USUAL_ZONES,
        *(z for z in others if z not in _USUAL_ZONES and not z.startswith("Etc/")),
    ]
