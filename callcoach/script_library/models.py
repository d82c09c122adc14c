"""Tables of scripts, their versions, what the sponsor decided, and what is in force where.

What a version says is one JSON document (`script_library.document`), written once: after it was
published neither its words nor its reason change. A draft's document is replaced by each edit, and
each replaced one is kept (`ScriptEdit`), so that every edit can be taken back.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from callcoach.accounts.models import Team, User
from callcoach.campaigns.models import Campaign
from callcoach.extensions import UtcDateTime, db, utc_now
from callcoach.script_library.document import Document
from callcoach.storage.models import StoredFile


class VersionState(StrEnum):
    """How far a version has come. Whether one is in force is said by its releases."""

    #: Being written.
    DRAFT = "draft"
    #: Waits for the sponsor; nobody may change it, its authors may take it back.
    SUBMITTED = "submitted"
    #: Published: approved by the sponsor, or nothing in it needed to be.
    APPROVED = "approved"
    #: Published once, and not to be put in force again.
    RETIRED = "retired"

    @property
    def is_published(self) -> bool:
        return self in PUBLISHED


#: States in which a version never changes again.
PUBLISHED = (VersionState.APPROVED, VersionState.RETIRED)


class DecisionKind(StrEnum):
    """What the sponsor said of a version."""

    APPROVED = "approved"
    #: With a comment: it is a draft again.
    SENT_BACK = "sent_back"
    #: Of a version in force that had not needed their approval.
    SUSPENDED = "suspended"


class EndReason(StrEnum):
    """Why a version is no longer in force for a team although none took its place."""

    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


class Script(db.Model):
    """The script of a campaign; one each, so that a call has one version in force."""

    __tablename__ = "scripts"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id", ondelete="CASCADE"), unique=True
    )
    #: Person of the sponsor's who approves, and who does when they do not answer in time; without
    #: one, everybody of the sponsor's may.
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: Hours in which the approver is to answer: reminded after half of them, and after all of them
    #: the deputy is asked.
    approval_hours: Mapped[int] = mapped_column(default=48)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    campaign: Mapped[Campaign] = relationship()
    versions: Mapped[list[ScriptVersion]] = relationship(
        back_populates="script", cascade="all, delete-orphan", order_by="ScriptVersion.number"
    )


class ScriptVersion(db.Model):
    """One version: a draft, or published and immutable."""

    __tablename__ = "script_versions"
    __table_args__ = (UniqueConstraint("script_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    script_id: Mapped[int] = mapped_column(ForeignKey("scripts.id", ondelete="CASCADE"))
    #: 1, 2, 3 … within the script, in the order in which they were begun.
    number: Mapped[int]
    state: Mapped[VersionState] = mapped_column(
        String(10),
        default=VersionState.DRAFT,
        active_history=True,  # what it was is needed by `_keep_published`
    )
    #: The version from which it was begun; its differences are counted from there. The first version
    #: of a script may be based on one of another campaign's.
    based_on_id: Mapped[int | None] = mapped_column(
        ForeignKey("script_versions.id", ondelete="SET NULL")
    )
    #: `Document.to_dict`.
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: Why it was made, in its author's words.
    reason: Mapped[str] = mapped_column(Text, default="")
    #: Raised by each edit of the draft.
    revision: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Whether the sponsor had to approve it; None until it is submitted or published.
    needed_approval: Mapped[bool | None]
    #: When the approver was reminded, since it was last submitted.
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When the deputy was asked, since it was last submitted.
    deputy_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    script: Mapped[Script] = relationship(back_populates="versions")
    author: Mapped[User | None] = relationship(foreign_keys=author_id)
    based_on: Mapped[ScriptVersion | None] = relationship(
        remote_side="ScriptVersion.id", foreign_keys=based_on_id
    )
    decisions: Mapped[list[ScriptDecision]] = relationship(
        back_populates="version", cascade="all, delete-orphan", order_by="ScriptDecision.id"
    )
    releases: Mapped[list[ScriptRelease]] = relationship(
        back_populates="version", cascade="all, delete-orphan", order_by="ScriptRelease.id"
    )

    @property
    def document(self) -> Document:
        return Document.from_dict(self.content)


#: What a published version may still change: it is retired.
_MAY_CHANGE = frozenset({"state", "retired_at"})


@event.listens_for(ScriptVersion, "before_update")
def _keep_published(_mapper: Any, _connection: Any, version: ScriptVersion) -> None:
    """Whatever the code above does: calls are measured against what a published version says, and
    the sponsor has approved those very words.

    Raises:
        RuntimeError: a published version was about to change; the transaction is lost.
    """
    state: Any = inspect(version)
    old = state.attrs.state.history.deleted
    if not VersionState(old[0] if old else version.state).is_published:
        return
    columns = inspect(ScriptVersion).column_attrs.keys()
    changed = {name for name in columns if state.attrs[name].history.has_changes()}
    if not VersionState(version.state).is_published or changed - _MAY_CHANGE:
        raise RuntimeError(
            f"version {version.id} is published and cannot change: {', '.join(sorted(changed))}"
        )


class ScriptLine(db.Model):
    """A line through all versions of its script: what notes, figures and trials hang on."""

    __tablename__ = "script_lines"
    __table_args__ = (UniqueConstraint("script_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    script_id: Mapped[int] = mapped_column(ForeignKey("scripts.id", ondelete="CASCADE"))
    #: `document.Line.key`.
    key: Mapped[str] = mapped_column(String(32))
    #: Its words in the newest version that has it, drafts last; for lists.
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    script: Mapped[Script] = relationship()


class ScriptEdit(db.Model):
    """One edit of a draft: who did what, and the document as it was before."""

    __tablename__ = "script_edits"
    __table_args__ = (UniqueConstraint("version_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("script_versions.id", ondelete="CASCADE"))
    #: The revision that it made.
    revision: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: What was done: ``line_changed``, ``line_added``, ``line_removed``, ``line_moved``,
    #: ``section_…``, ``imported``, ``restored``, ``merged``, ``undone``.
    action: Mapped[str] = mapped_column(String(20))
    #: Key of the line or section, or ""; of an ``undone``, the revision that was taken back.
    subject: Mapped[str] = mapped_column(String(32), default="")
    before: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)

    author: Mapped[User | None] = relationship()


class ScriptDecision(db.Model):
    """What a person of the sponsor's said of a version."""

    __tablename__ = "script_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(
        ForeignKey("script_versions.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    kind: Mapped[DecisionKind] = mapped_column(String(10))
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)

    version: Mapped[ScriptVersion] = relationship(back_populates="decisions")
    user: Mapped[User | None] = relationship()


class ScriptRelease(db.Model):
    """A published version put in force for a team from a moment on.

    In force for a team at a moment is the version of the latest release that has started and not
    ended; ending the newest brings the one before back.
    """

    __tablename__ = "script_releases"
    __table_args__ = (Index("ix_script_releases_team", "team_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(
        ForeignKey("script_versions.id", ondelete="CASCADE"), index=True
    )
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[EndReason | None] = mapped_column(String(10))
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: When its team was told that there is something to read.
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    version: Mapped[ScriptVersion] = relationship(back_populates="releases")
    team: Mapped[Team] = relationship()


class ExpressionKind(StrEnum):
    """What is to be done with an expression."""

    #: The agent is not to say it.
    FORBIDDEN = "forbidden"
    #: The agent is not to say it without making clear what is meant.
    AMBIGUOUS = "ambiguous"
    #: The agent had better say it so.
    PREFER = "prefer"
    #: A prospect says it and often means something else.
    DECODED = "decoded"


class Expression(db.Model):
    """A set phrase of a campaign: what people hear in it and what to say instead."""

    __tablename__ = "expressions"
    __table_args__ = (Index("ix_expressions_campaign", "campaign_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    kind: Mapped[ExpressionKind] = mapped_column(String(10))
    phrase: Mapped[str] = mapped_column(String(200))
    #: What the people called hear in it, by name of a persona; "" for everybody.
    hears: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    #: What to say instead or, to a prospect's phrase, what to answer.
    instead: Mapped[str] = mapped_column(Text, default="")
    #: How a native says it; its length, and what was recognised.
    voice_file_id: Mapped[int | None] = mapped_column(
        ForeignKey("stored_files.id", ondelete="SET NULL")
    )
    voice_ms: Mapped[int] = mapped_column(default=0)
    voice_text: Mapped[str] = mapped_column(Text, default="")
    #: The exercise that was made of it.
    drill_id: Mapped[int | None] = mapped_column(ForeignKey("drills.id", ondelete="SET NULL"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    #: Raised by each save.
    row_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: Put aside; undone by another click.
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    campaign: Mapped[Campaign] = relationship()
    author: Mapped[User | None] = relationship()
    voice_file: Mapped[StoredFile | None] = relationship()
    edits: Mapped[list[ExpressionEdit]] = relationship(
        back_populates="expression",
        cascade="all, delete-orphan",
        order_by="ExpressionEdit.id.desc()",
    )


class ExpressionEdit(db.Model):
    """One change of an expression: who did what, and what it said afterwards."""

    __tablename__ = "expression_edits"

    id: Mapped[int] = mapped_column(primary_key=True)
    expression_id: Mapped[int] = mapped_column(
        ForeignKey("expressions.id", ondelete="CASCADE"), index=True
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    #: ``added``, ``changed``, ``removed``, ``restored``, ``undone``, ``spoken``, ``unspoken``.
    action: Mapped[str] = mapped_column(String(10))
    #: ``kind``, ``phrase``, ``hears``, ``instead``.
    said: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    expression: Mapped[Expression] = relationship(back_populates="edits")
    author: Mapped[User | None] = relationship()
