"""Reads of change requests, and how pages print them.

Evidence is shown to whoever reads the note or the call that it comes from; of the rest only the
number is told, and only to those who work on the script.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from callcoach.accounts.access import Viewer
from callcoach.calls.access import can_read_call
from callcoach.calls.models import Call
from callcoach.campaigns.models import Campaign
from callcoach.coaching.access import can_read_note
from callcoach.coaching.models import Visibility
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.script_fit import floor
from callcoach.script_fit.line_access import works_on
from callcoach.script_fit.line_presenters import MomentView, flag_moment, note_moment
from callcoach.script_fit.models import ChangeRequest, RequestEvidence, RequestState
from callcoach.script_fit.operations.requests import is_open, words_in
from callcoach.script_library.changes import Words, compare_words
from callcoach.script_library.document import SectionKind
from callcoach.script_library.labels import kind_label
from callcoach.script_library.models import Script, ScriptLine, ScriptVersion, VersionState

STATES = tuple(state.value for state in RequestState)


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request in a list."""

    request_id: int
    title: str
    url: str
    state: str
    sign: str
    word: str
    place: str
    pieces: Sequence[Words]
    reason: str
    author: str
    at: datetime
    evidence_count: int
    is_from_floor: bool
    version: str
    version_url: str
    answer: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a request: `moments` that the viewer reads, how many they do not, and what
    prospects say more and more.
    """

    moments: Sequence[MomentView]
    hidden: int
    from_floor: floor.Spoken | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A draft that a request can be merged into.

    Args:
        present: the words of the line there; None for a new line.
        is_missing: the draft has no such line.
        has_changed: they are not what they were when the change was asked for.
        pieces: the words there woven with those proposed.
    """

    value: str
    label: str
    present: str | None
    is_missing: bool
    has_changed: bool
    pieces: Sequence[Words]


def get_request(viewer: Viewer, request_id: int) -> ChangeRequest:
    """A request on a script that the viewer works on.

    Raises:
        NotFound: there is none.
    """
    request = db.session.get(ChangeRequest, request_id)
    if request is None or not works_on(viewer, request.script.campaign):
        raise NotFound("There is no such request.")
    return request


def list_requests(script: Script, state: str = "") -> list[ChangeRequest]:
    """Requests of a script, open ones first, then the newest.

    Args:
        state: one of `STATES`, or "" for all.
    """
    statement = select(ChangeRequest).where(ChangeRequest.script_id == script.id)
    if state == RequestState.OPEN:
        statement = statement.where(_is_open())
    elif state:
        statement = statement.where(ChangeRequest.state == state, ~_is_open())
    found = db.session.scalars(
        statement.options(
            joinedload(ChangeRequest.author),
            joinedload(ChangeRequest.line),
            joinedload(ChangeRequest.merged_version),
            selectinload(ChangeRequest.evidence),
        ).order_by(ChangeRequest.created_at.desc(), ChangeRequest.id.desc())
    ).all()
    return sorted(found, key=lambda request: not is_open(request))


def kept_without_request(viewer: Viewer, script: Script) -> list[floor.Kept]:
    """What was kept from the floor for a request that nobody has made."""
    statement = select(ChangeRequest.finding).where(ChangeRequest.script_id == script.id)
    findings: Sequence[floor.Evidence] = db.session.scalars(statement).all()
    asked = {floor.key_of(finding) for finding in findings if finding}
    return floor.waiting(viewer, script.campaign, asked)


def count_open(campaign: Campaign) -> int:
    """How many requests of a campaign wait for a decision."""
    statement = (
        select(func.count(ChangeRequest.id))
        .join(ChangeRequest.script)
        .where(Script.campaign_id == campaign.id, _is_open())
    )
    return db.session.scalar(statement) or 0


def open_requests_of(line: ScriptLine) -> list[ChangeRequest]:
    """Open requests about a line, newest first."""
    return list(
        db.session.scalars(
            select(ChangeRequest)
            .where(ChangeRequest.line_id == line.id, _is_open())
            .order_by(ChangeRequest.id.desc())
        )
    )


def request_row(request: ChangeRequest) -> RequestRow:
    """A request as lists print it."""
    state = RequestState.OPEN if is_open(request) else RequestState(request.state)
    version = request.merged_version
    return RequestRow(
        request_id=request.id,
        title=request.title,
        url=url_for("script_fit.show_request", request_id=request.id),
        state=state.value,
        sign={"open": "○", "merged": "✓", "declined": "×"}[state.value],
        word=state_label(state),
        place=place_of(request),
        pieces=compare_words(request.current_text, request.proposed_text),
        reason=request.reason,
        author=request.author.name if request.author else "",
        at=request.created_at,
        evidence_count=len(request.evidence),
        is_from_floor=bool(request.finding),
        version=_("version %(number)s", number=version.number) if version else "",
        version_url=url_for("script_library.show_version", version_id=version.id)
        if version
        else "",
        answer=request.answer,
    )


def state_label(state: str) -> str:
    """A state in a word or two."""
    return str(
        {
            RequestState.OPEN: _("To decide"),
            RequestState.MERGED: _("In a version"),
            RequestState.DECLINED: _("Declined"),
        }[RequestState(state)]
    )


def place_of(request: ChangeRequest) -> str:
    """What a request is about, in a few words."""
    if request.line is None and request.section_kind:
        return str(
            _("New line: %(section)s", section=kind_label(SectionKind(request.section_kind)))
        )
    return request.persona


def evidence_of(viewer: Viewer, request: ChangeRequest) -> Evidence:
    """What speaks for a request, as far as the viewer may read it."""
    moments = [_moment(viewer, row) for row in request.evidence]
    shown = [moment for moment in moments if moment is not None]
    from_floor = floor.spoken(viewer, request.script.campaign, request.finding)
    return Evidence(shown, len(moments) - len(shown), from_floor)


def targets_of(request: ChangeRequest) -> list[Target]:
    """Drafts of the script that the words can go into, newest first, and a new one."""
    drafts = db.session.scalars(
        select(ScriptVersion)
        .where(
            ScriptVersion.script_id == request.script_id,
            ScriptVersion.state == VersionState.DRAFT.value,
        )
        .order_by(ScriptVersion.number.desc())
    ).all()
    return [target_of(request, draft) for draft in drafts]


def target_of(request: ChangeRequest, version: ScriptVersion, *, is_new: bool = False) -> Target:
    """A version as a place for the words of a request."""
    line = request.line
    present = words_in(version.document, line.key, request.persona) if line else None
    label = (
        _("A new draft, from version %(number)s", number=version.number)
        if is_new
        else _("Draft %(number)s", number=version.number)
    )
    if version.reason and not is_new:
        label = f"{label} · {version.reason}"
    return Target(
        value="new" if is_new else str(version.id),
        label=label,
        present=present,
        is_missing=line is not None and present is None,
        has_changed=line is not None and present not in (None, request.current_text),
        pieces=compare_words(present or "", request.proposed_text),
    )


def empty_target(request: ChangeRequest) -> Target:
    """A first draft, where nothing was published yet."""
    is_missing = request.line is not None
    pieces = compare_words("", request.proposed_text)
    return Target("new", str(_("A new draft")), None, is_missing, has_changed=False, pieces=pieces)


def _moment(viewer: Viewer, row: RequestEvidence) -> MomentView | None:
    note, verdict = row.note, row.verdict
    if note is not None:
        is_shown = (
            note.deleted_at is None
            and not note.is_draft
            and note.visibility != Visibility.PRIVATE
            and note.call.deleted_at is None
            and can_read_note(viewer, note, note.call)
        )
        return note_moment(note) if is_shown else None
    call = db.session.get(Call, verdict.call_id) if verdict is not None else None
    if verdict is None or call is None or verdict.withdrawn_at is not None:
        return None
    return flag_moment(call, verdict) if _reads(viewer, call) else None


def _reads(viewer: Viewer, call: Call) -> bool:
    return call.deleted_at is None and can_read_call(viewer, call)


def _is_open() -> ColumnElement[bool]:
    """As `operations.requests.is_open`, in SQL."""
    return or_(
        ChangeRequest.state == RequestState.OPEN.value,
        and_(
            ChangeRequest.state == RequestState.MERGED.value,
            ChangeRequest.merged_version_id.is_(None),
        ),
    )
