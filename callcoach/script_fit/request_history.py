"""Why a script changed: the requests behind a version, or behind all that lie between two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from callcoach.calls.models import Call, Decision, Verdict
from callcoach.coaching.models import Note, Visibility
from callcoach.extensions import db
from callcoach.script_fit.models import ChangeRequest, RequestEvidence, RequestState
from callcoach.script_fit.operations.requests import ancestry
from callcoach.script_library.models import ScriptVersion


@dataclass(frozen=True, slots=True)
class EvidenceCount:
    """How much speaks for requests; what was withdrawn or put aside since does not count."""

    notes: int = 0
    moments: int = 0

    def words(self) -> str:
        """The counts in words; "" when nothing speaks for it."""
        parts = [
            (self.notes, ngettext("%(num)s note", "%(num)s notes", self.notes)),
            (
                self.moments,
                ngettext("%(num)s confirmed moment", "%(num)s confirmed moments", self.moments),
            ),
        ]
        return ", ".join(text for count, text in parts if count)


def merged_between(base: ScriptVersion | None, version: ScriptVersion) -> list[ChangeRequest]:
    """Requests whose words came in between two versions of a script, in the order of the versions:
    those of the versions that `version` was begun from and `base` was not; without a `base`, all.
    Where `version` is one that `base` was begun from, those that came since.
    """
    mine = set(ancestry(version))
    others = set(ancestry(base)) if base is not None else set()
    between = mine - others or others - mine
    return list(
        db.session.scalars(
            _merged_in(between).options(
                joinedload(ChangeRequest.line),
                joinedload(ChangeRequest.author),
                selectinload(ChangeRequest.evidence),
            )
        )
    )


def count_evidence(requests: Iterable[ChangeRequest]) -> EvidenceCount:
    """What speaks for some requests together; what speaks for two of them counts once."""
    ids = [request.id for request in requests]
    counts = []
    for standing, column in (
        (_standing_notes(), RequestEvidence.note_id),
        (_standing_moments(), RequestEvidence.verdict_id),
    ):
        chosen = standing.where(RequestEvidence.request_id.in_(ids))
        counts.append(
            db.session.scalar(chosen.with_only_columns(func.count(column.distinct()))) or 0
        )
    return EvidenceCount(*counts)


def asked_for(versions: Sequence[ScriptVersion]) -> Mapping[int, Sequence[str]]:
    """What was asked for in each version, a sentence a request."""
    requests = db.session.scalars(_merged_in({version.id for version in versions})).all()
    counts = _counts([request.id for request in requests])
    found: dict[int, list[str]] = {}
    for request in requests:
        if request.merged_version_id is not None:
            evidence = counts.get(request.id, EvidenceCount()).words()
            sentence = (
                _("Asked for: “%(title)s” (%(evidence)s)", title=request.title, evidence=evidence)
                if evidence
                else _("Asked for: “%(title)s”", title=request.title)
            )
            found.setdefault(request.merged_version_id, []).append(sentence)
    return found


def _merged_in(version_ids: set[int]) -> Select[ChangeRequest]:
    return (
        select(ChangeRequest)
        .join(ScriptVersion, ScriptVersion.id == ChangeRequest.merged_version_id)
        .where(
            ScriptVersion.id.in_(version_ids),
            ChangeRequest.state == RequestState.MERGED.value,
        )
        .order_by(ScriptVersion.number, ChangeRequest.id)
    )


def _counts(request_ids: Sequence[int]) -> dict[int, EvidenceCount]:
    """What speaks for each request, by its number."""
    notes = _standing_notes().where(RequestEvidence.request_id.in_(request_ids)).subquery()
    moments = _standing_moments().where(RequestEvidence.request_id.in_(request_ids)).subquery()
    found: dict[int, list[int]] = {}
    for at, rows in enumerate((notes, moments)):
        grouped = select(rows.c.request_id, func.count()).group_by(rows.c.request_id)
        counted: Any = db.session.execute(grouped)
        for request_id, count in counted:
            found.setdefault(request_id, [0, 0])[at] = count
    return {request_id: EvidenceCount(*counts) for request_id, counts in found.items()}


def _standing_notes() -> Select[int, int | None]:
    """Notes that speak for requests: sent, not private, and there."""
    return (
        select(RequestEvidence.request_id, RequestEvidence.note_id)
        .join(Note, Note.id == RequestEvidence.note_id)
        .join(Call, Call.id == Note.call_id)
        .where(
            Note.sent_at.is_not(None),
            Note.deleted_at.is_(None),
            Note.visibility != Visibility.PRIVATE.value,
            Call.deleted_at.is_(None),
        )
    )


def _standing_moments() -> Select[int, int | None]:
    """Flags that speak for requests and are still confirmed."""
    return (
        select(RequestEvidence.request_id, RequestEvidence.verdict_id)
        .join(Verdict, Verdict.id == RequestEvidence.verdict_id)
        .join(Call, Call.id == Verdict.call_id)
        .where(
            Verdict.decision == Decision.CONFIRMED.value,
            Verdict.withdrawn_at.is_(None),
            Call.deleted_at.is_(None),
        )
    )
