"""Tables of people, teams and what was looked at."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_login import UserMixin
from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.extensions import UtcDateTime, db, utc_now


class Role(StrEnum):
    """What a person may do; see `callcoach.accounts.access`."""

    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    TEAM_LEAD = "team_lead"
    AGENT = "agent"
    SPONSOR = "sponsor"


class User(UserMixin, db.Model):
    """A person who signs in."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Identifier typed at sign-in, lower case; agents often have no work e-mail.
    login: Mapped[str] = mapped_column(String(80), unique=True)
    #: Work e-mail, lower case, or none.
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    #: As colleagues read it.
    name: Mapped[str] = mapped_column(String(120))
    #: As sponsors read it; agents are never named to them.
    pseudonym: Mapped[str] = mapped_column(String(60), default="")
    #: argon2 hash; never the secret.
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(String(20))
    #: ``fr`` or ``en``.
    locale: Mapped[str] = mapped_column(String(5), default="fr")
    #: ``auto``, ``light`` or ``dark``.
    theme: Mapped[str] = mapped_column(String(10), default="auto")
    #: Country whose language and manners are the person's own (ISO 3166, ``FR``); "" when not said.
    #: Only verdicts of people native to a campaign's market teach what its register is.
    native_market: Mapped[str] = mapped_column(String(2), default="", server_default="")
    is_enabled: Mapped[bool] = mapped_column(default=True)
    #: Created by the demo; refused in production.
    is_demo: Mapped[bool] = mapped_column(default=False)
    #: Raised to end every open session of this person.
    session_epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )
    telephony_ids: Mapped[list[TelephonyId]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )

    @property
    def is_active(self) -> bool:
        """Flask-Login's word for "may sign in"."""
        return self.is_enabled

    @property
    def timezone(self) -> str | None:
        """Zone of the site an agent or floor supervisor works at; none for everybody else."""
        if self.role not in (Role.AGENT, Role.TEAM_LEAD):
            return None
        zones = {membership.team.timezone for membership in self.memberships}
        return zones.pop() if len(zones) == 1 else None

    def get_id(self) -> str:
        """Session id: changes with the epoch, which ends older sessions."""
        return f"{self.id}.{self.session_epoch}"


class TelephonyId(db.Model):
    """A name under which the telephony knows an agent (``YASSINE``, ``1042``)."""

    __tablename__ = "telephony_ids"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    #: Folded to lower case without accents, so that exports match.
    value: Mapped[str] = mapped_column(String(80), unique=True)

    user: Mapped[User] = relationship(back_populates="telephony_ids")


class Team(db.Model):
    """People who call together at one site."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    #: IANA zone of the site.
    timezone: Mapped[str] = mapped_column(String(60), default="Europe/Paris")
    is_archived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="team", cascade="all, delete-orphan"
    )


class Membership(db.Model):
    """A person in a team; what they may do there follows from their role."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("user_id", "team_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    user: Mapped[User] = relationship(back_populates="memberships")
    team: Mapped[Team] = relationship(back_populates="memberships")


class AccessEvent(db.Model):
    """One line of the access log: who did what to which thing, when."""

    __tablename__ = "access_events"
    __table_args__ = (Index("ix_access_events_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now, index=True)
    #: Kept when the person is deleted, as an id without a name.
    actor_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="SET NULL"), index=True
    )
    #: ``call.read``, ``call.heard``, ``user.signed_in`` …
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None]
    #: Plain facts; never secrets.
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
