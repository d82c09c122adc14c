"""Writes about other people: create, change, close and open accounts, give temporary secrets.

All flush, none commits; each leaves a line in the access log. Nobody is ever deleted: calls and
the log keep their meaning.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from callcoach.accounts import passwords
from callcoach.accounts.access import Viewer, can_disable, can_manage_people, can_reset_secret
from callcoach.accounts.access_log import record
from callcoach.accounts.folding import fold
from callcoach.accounts.models import Membership, Role, Team, TelephonyId, User
from callcoach.accounts.operations import MAX_NAME
from callcoach.errors import Conflict, InvalidInput, NotAllowed
from callcoach.extensions import db
from callcoach.web.countries import country_codes

#: What a login is made of: easy to type on any keyboard, and never to be taken for an e-mail.
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,79}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
#: Longest telephony id and pseudonym, as the columns hold them.
MAX_TELEPHONY_ID = 80
MAX_PSEUDONYM = 60
#: Supervisors are native sales managers of the market that is called, France unless told.
SUPERVISORS_MARKET = "FR"
#: Shortest part of a name that would give its owner away inside a pseudonym.
_TELLING = 3

# Temporary secrets are read out on the phone: no letter that sounds or looks like another.
_CONSONANTS = "bdfgjklmnprstvz"
_VOWELS = "aiou"


@dataclass(frozen=True, slots=True)
class PersonValues:
    """What an administrator says of a person.

    Args:
        name: as colleagues read it.
        login: typed at sign-in, whatever its case.
        role: what they may do.
        email: none for most agents.
        team_ids: teams they belong to or answer for; none for sponsors.
        telephony_ids: names under which the telephony knows them, in any writing.
        locale: ``fr`` or ``en``.
        pseudonym: as sponsors read it; proposed for an agent when empty.
        native_market: country whose language and manners are their own, "" when not said; None
            keeps what is known, and is `SUPERVISORS_MARKET` for a new supervisor.
    """

    name: str
    login: str
    role: Role
    email: str = ""
    team_ids: tuple[int, ...] = ()
    telephony_ids: tuple[str, ...] = ()
    locale: str = "fr"
    pseudonym: str = ""
    native_market: str | None = None


def create_person(
    viewer: Viewer, values: PersonValues, *, secret: str | None = None
) -> tuple[User, str]:
    """Add a person who may sign in at once.

    Args:
        viewer: who does it.
        values: what is known of them.
        secret: chosen by whoever runs the command line; generated when None.

    Returns:
        The person, and the secret: it is kept as a hash only, so this is the one time to show it.

    Raises:
        NotAllowed: the viewer does not manage people.
        InvalidInput, Conflict: a value is out of range or taken; ``values["field"]`` says which.
    """
    _must_manage(viewer)
    user = User(theme="auto", is_enabled=True, password_hash="")
    _apply(user, values)
    chosen = _choose_secret(user, secret)
    db.session.add(user)
    _flush_unique()
    _log(viewer, "user.created", user, role=str(user.role))
    return user, chosen


def update_person(viewer: Viewer, user: User, values: PersonValues) -> None:
    """Change a person; raises as `create_person`, and:

    Raises:
        NotAllowed: one would take one's own role, or leave no administrator.
    """
    _must_manage(viewer)
    if values.role != user.role:
        if user.id == viewer.user_id:
            raise NotAllowed("You cannot change your own role; ask another administrator.")
        if user.role == Role.ADMIN:
            _must_leave_an_admin(user)
    before = _facts(user)
    _apply(user, values)
    _flush_unique()
    changed = sorted(name for name, value in _facts(user).items() if value != before[name])
    _log(viewer, "user.changed", user, changed=changed)


def set_teams(viewer: Viewer, user: User, team_ids: Iterable[int]) -> None:
    """Put a person into exactly these teams; raises as `update_person`."""
    values = PersonValues(
        name=user.name,
        login=user.login,
        role=Role(user.role),
        email=user.email or "",
        team_ids=tuple(team_ids),
        telephony_ids=tuple(item.value for item in user.telephony_ids),
        locale=user.locale,
        pseudonym=user.pseudonym,
    )
    update_person(viewer, user, values)


def reset_secret(viewer: Viewer, user: User, *, secret: str | None = None) -> str:
    """Give a person a new secret and end their open sessions.

    Args:
        viewer: who does it.
        user: whose secret.
        secret: chosen by whoever runs the command line; generated when None.

    Returns:
        The secret, to be told to its owner: it is kept as a hash only.

    Raises:
        NotAllowed: administrators do this for others, supervisors for the agents of their teams.
        InvalidInput: `secret` is too easy to guess.
    """
    if user.id == viewer.user_id:
        raise NotAllowed("Change your own password in your settings.")
    if not can_reset_secret(viewer, user.id, user.role, {m.team_id for m in user.memberships}):
        raise NotAllowed("You may give a temporary password to the agents of your teams only.")
    chosen = _choose_secret(user, secret)
    user.session_epoch += 1
    db.session.flush()
    _log(viewer, "user.secret_reset", user)
    return chosen


def disable_person(viewer: Viewer, user: User) -> None:
    """Close an account and end its open sessions; closing a closed one is fine.

    Raises:
        NotAllowed: the viewer does not manage people, it is their own account, or the last
            administrator's.
    """
    _must_manage(viewer)
    if not can_disable(viewer, user.id):
        raise NotAllowed("You cannot disable your own account; ask another administrator.")
    if not user.is_enabled:
        return
    if user.role == Role.ADMIN:
        _must_leave_an_admin(user)
    user.is_enabled = False
    user.session_epoch += 1
    db.session.flush()
    _log(viewer, "user.disabled", user)


def enable_person(viewer: Viewer, user: User) -> None:
    """Open an account again, with the secret it had; opening an open one is fine."""
    _must_manage(viewer)
    if user.is_enabled:
        return
    user.is_enabled = True
    db.session.flush()
    _log(viewer, "user.enabled", user)


def propose_pseudonym() -> str:
    """The next “Agent 7” that no person has."""
    taken = db.session.scalars(select(User.pseudonym).where(User.pseudonym != ""))
    numbers = [int(found[1]) for text in taken if (found := re.fullmatch(r"Agent (\d+)", text))]
    return f"Agent {max(numbers, default=0) + 1}"


def generate_secret() -> str:
    """Four short words to read out, two digits: ``bavo-zimu-tola-nidu-47``.

    60 possible syllables, eight of them, and two digits: 53 bits, far beyond what the limits on
    signing in let anybody try.
    """
    syllables = [secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(8)]
    words = ["".join(syllables[at : at + 2]) for at in range(0, 8, 2)]
    return "-".join([*words, f"{secrets.randbelow(90) + 10}"])


def _must_manage(viewer: Viewer) -> None:
    if not can_manage_people(viewer):
        raise NotAllowed("Administrators manage people and teams.")


def _must_leave_an_admin(user: User) -> None:
    """Two administrators who disable each other at once wait here for one another."""
    others = db.session.scalars(
        select(User.id)
        .where(User.role == Role.ADMIN, User.is_enabled.is_(True))
        .order_by(User.id)
        .with_for_update()
    ).all()
    if not set(others) - {user.id}:
        raise NotAllowed("This is the last administrator. Name another one first.")


def _apply(user: User, values: PersonValues) -> None:
    """Check `values` and take them over; nothing is taken when one is refused."""
    name = " ".join(values.name.split())
    if not name or len(name) > MAX_NAME:
        raise InvalidInput(
            "Write a name of 1 to %(count)s characters.", count=MAX_NAME, field="name"
        )
    login, email = _free_login(user, values.login), _free_email(user, values.email)
    teams = _teams(user, values)
    telephony_ids = _free_telephony_ids(user, values.telephony_ids)
    pseudonym = _free_pseudonym(user, name, values)
    market = _market(user, values)
    user.name, user.login, user.email = name, login, email
    user.native_market = market
    user.role, user.locale, user.pseudonym = values.role, values.locale, pseudonym
    kept = {m.team_id: m for m in user.memberships}
    user.memberships = [kept.get(team.id) or Membership(team_id=team.id) for team in teams]
    known = {item.value: item for item in user.telephony_ids}
    user.telephony_ids = [known.get(value) or TelephonyId(value=value) for value in telephony_ids]


def _market(user: User, values: PersonValues) -> str:
    if values.native_market is None:
        if user.native_market is not None:  # none before a new person is written
            return user.native_market
        return SUPERVISORS_MARKET if values.role is Role.SUPERVISOR else ""
    if values.native_market and values.native_market not in country_codes():
        raise InvalidInput("There is no such country.", field="native_market")
    return values.native_market


def _free_login(user: User, login: str) -> str:
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise InvalidInput(
            "Write a login of 2 to 80 letters without accents, digits, dots, dashes.", field="login"
        )
    owner = _other(user, User.login == login)
    if owner is not None:
        raise Conflict(
            "The login “%(login)s” is %(name)s’s. Choose another.",
            login=login,
            name=owner.name,
            field="login",
        )
    return login


def _free_email(user: User, email: str) -> str | None:
    email = email.strip().lower()
    if not email:
        return None
    if not _EMAIL.fullmatch(email) or len(email) > 254:
        raise InvalidInput("Write an e-mail such as name@company.com, or none.", field="email")
    owner = _other(user, User.email == email)
    if owner is not None:
        raise Conflict(
            "The e-mail “%(email)s” is %(name)s’s. Write another, or none.",
            email=email,
            name=owner.name,
            field="email",
        )
    return email


def _free_telephony_ids(user: User, raw: Iterable[str]) -> list[str]:
    values = list(dict.fromkeys(folded for item in raw if (folded := fold(item))))
    for value in values:
        if len(value) > MAX_TELEPHONY_ID:
            raise InvalidInput(
                "A telephony id has at most %(count)s characters.",
                count=MAX_TELEPHONY_ID,
                field="telephony_ids",
            )
    taken = db.session.scalars(select(TelephonyId).where(TelephonyId.value.in_(values)))
    for item in taken:
        if item.user_id != user.id:
            raise Conflict(
                "The telephony id “%(value)s” already belongs to %(name)s: calls would be filed "
                "under the wrong person. Take it from them first, or correct it here.",
                value=item.value,
                name=item.user.name,
                field="telephony_ids",
            )
    return values


def _teams(user: User, values: PersonValues) -> list[Team]:
    if values.role == Role.SPONSOR and values.team_ids:
        raise InvalidInput("A sponsor’s person belongs to no team.", field="team_ids")
    wanted = sorted(set(values.team_ids))
    teams = list(db.session.scalars(select(Team).where(Team.id.in_(wanted)).order_by(Team.id)))
    kept = {membership.team_id for membership in user.memberships}
    closed = [team for team in teams if team.is_archived and team.id not in kept]
    if len(teams) != len(wanted) or closed:
        raise InvalidInput("One of the teams is archived or gone. Choose again.", field="team_ids")
    return teams


def _free_pseudonym(user: User, name: str, values: PersonValues) -> str:
    pseudonym = " ".join(values.pseudonym.split())
    if values.role != Role.AGENT:
        return pseudonym if len(pseudonym) <= MAX_PSEUDONYM else ""
    if not pseudonym:
        return user.pseudonym or propose_pseudonym()
    if len(pseudonym) > MAX_PSEUDONYM:
        raise InvalidInput(
            "Write at most %(count)s characters.", count=MAX_PSEUDONYM, field="pseudonym"
        )
    parts = [part for part in re.split(r"[^\w]+", fold(name)) if len(part) >= _TELLING]
    if any(part in re.split(r"[^\w]+", fold(pseudonym)) for part in parts):
        raise InvalidInput(
            "Sponsors read the pseudonym: it must not hold a part of the name.", field="pseudonym"
        )
    owner = _other(user, func.lower(User.pseudonym) == pseudonym.lower())
    if owner is not None:
        raise Conflict(
            "The pseudonym “%(pseudonym)s” is %(name)s’s. Choose another.",
            pseudonym=pseudonym,
            name=owner.name,
            field="pseudonym",
        )
    return pseudonym


def _other(user: User, condition: Any) -> User | None:
    """Somebody else for whom `condition` holds."""
    query = select(User).where(condition)
    if user.id is not None:
        query = query.where(User.id != user.id)
    return db.session.scalars(query.limit(1)).first()


def _choose_secret(user: User, secret: str | None) -> str:
    if secret is None:
        secret = generate_secret()
    else:
        passwords.check_new_password(secret, about=(user.login, user.name, user.email))
    user.password_hash = passwords.hash_password(secret)
    return secret


def _facts(user: User) -> dict[str, Any]:
    names = ("name", "login", "email", "role", "locale", "pseudonym", "native_market")
    return {
        **{name: getattr(user, name) for name in names},
        "teams": sorted(membership.team_id for membership in user.memberships),
        "telephony_ids": sorted(item.value for item in user.telephony_ids),
    }


def _flush_unique() -> None:
    """Flush; what two people saved in the same moment is a conflict, not a breakdown."""
    try:
        db.session.flush()
    except IntegrityError as error:
        db.session.rollback()
        raise Conflict(
            "Somebody saved the same login, e-mail or telephony id at this moment. Try again."
        ) from error


def _log(viewer: Viewer, action: str, user: User, **detail: Any) -> None:
    record(viewer.user_id, action, subject_kind="user", subject_id=user.id, **detail)
    db.session.flush()
