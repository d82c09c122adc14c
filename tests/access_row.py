"""One line of the table of rights, and the sets of roles that its lines name; see `access_table`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.factories.two_sites import Site

ROLES = (
    "agent",
    "colleague",
    "team_lead",
    "supervisor",
    "other_supervisor",
    "sponsor",
    "other_sponsor",
    "admin",
)

ALL = frozenset(ROLES)
ADMIN = frozenset({"admin"})
AGENTS = frozenset({"agent", "colleague"})
SPONSORS = frozenset({"sponsor", "other_sponsor"})
SUPERVISORS = frozenset({"supervisor", "other_supervisor"})
LEADS = SUPERVISORS | {"team_lead"}
#: Whose call it is, and those who answer for the team.
HEARS = frozenset({"agent", "team_lead", "supervisor", "admin"})
EDITS = HEARS - {"agent"}
DELETES = EDITS - {"team_lead"}
#: Who reads a campaign: its teams and its sponsor.
CAMPAIGN = ALL - {"other_supervisor", "other_sponsor"}
CHANGES_CAMPAIGN = frozenset({"supervisor", "admin"})
#: Who sees the people of a team.
SEES_PEOPLE = frozenset({"team_lead", "supervisor", "admin"})


@dataclass(frozen=True)
class Row:
    """One endpoint under one method.

    Args:
        endpoint: its name in `app.url_map`.
        method: GET or POST.
        may: roles that are answered with `status`.
        refused: roles that see the thing but may not do this (403).
        status: the answer to those who may.
        values: parts of the address, as names of fields of `Site` or as numbers.
        data: what the form sends.
        public: strangers are let in too, and are answered with `stranger_status`.
        stranger_writes: what the address holds is proof enough to change something.
        writes: whether those who may change the database by this.
        foreign: what the roles of this site get for a thing of the other one.
        but: roles that are answered otherwise, and change nothing.
    """

    endpoint: str
    method: str = "GET"
    may: frozenset[str] = ALL
    refused: frozenset[str] = frozenset()
    status: int = 200
    values: Mapping[str, str | int] = field(default_factory=dict)
    data: Callable[[Site], Mapping[str, object]] = lambda _site: {}
    public: bool = False
    stranger_status: int = 200
    stranger_writes: bool = False
    writes: bool | None = None
    foreign: int = 404
    but: Mapping[str, int] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return self.endpoint, self.method

    @property
    def must_write(self) -> bool:
        return self.method == "POST" if self.writes is None else self.writes

    def expected(self, role: str) -> int:
        if role in self.but:
            return self.but[role]
        if role in self.may:
            return self.status
        return 403 if role in self.refused else 404


def post(endpoint: str, **facts: object) -> Row:
    return Row(endpoint, "POST", **{"status": 302, **facts})  # type: ignore[arg-type]
