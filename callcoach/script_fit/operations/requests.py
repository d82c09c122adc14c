"""Requests to change the script: asked with evidence, declined with an answer, merged into a draft,
and told to the agents whose moments spoke for them once their words are in force.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.calls.access import can_read_call
from callcoach.calls.models import Call, Decision, Verdict
from callcoach.coaching.access import can_read_note
from callcoach.coaching.models import Note, Visibility
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices
from callcoach.script_fit import floor
from callcoach.script_fit.line_access import works_on
from callcoach.script_fit.models import ChangeRequest, RequestEvidence, RequestState
from callcoach.script_library.document import MAX_LINE, MAX_SHORT, Document, SectionKind
from callcoach.script_library.in_force import version_in_force
from callcoach.script_library.models import (
    PUBLISHED,
    Script,
    ScriptLine,
    ScriptRelease,
    ScriptVersion,
    VersionState,
)
from callcoach.script_library.operations import drafting
from callcoach.script_library.queries import personas_of

#: Longest reason and answer, characters: a paragraph; the evidence says the rest.
MAX_REASON = 1_000
#: Most notes and flags that speak for one request; more is read by nobody.
MAX_EVIDENCE = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for.

    Args:
        line_id: the line to change; None asks for a new one in `section_kind`.
        persona: whose variant it is, "" for the common words.
    """

    title: str
    proposed_text: str
    reason: str = ""
    line_id: int | None = None
    section_kind: str = ""
    persona: str = ""


def subject_of(request: ChangeRequest) -> str:
    """What notices about a request are about."""
    return f"change_request:{request.id}"


def words_in(document: Document, key: str, persona: str) -> str | None:
    """What a document lets a line say to a persona; None when it has no such line."""
    line = document.line(key)
    return line.said_to(persona) if line else None


def current_words(line: ScriptLine, persona: str) -> str:
    """A line's words today: in the newest published version, or as the line's row keeps them."""
    version = db.session.scalar(
        select(ScriptVersion)
        .where(ScriptVersion.script_id == line.script_id, ScriptVersion.state.in_(PUBLISHED))
        .order_by(ScriptVersion.number.desc())
        .limit(1)
    )
    found = words_in(version.document, line.key, persona) if version else None
    return line.text if found is None else found


def ask(
    viewer: Viewer,
    script: Script,
    wish: Wish,
    *,
    note_ids: Sequence[int] = (),
    verdict_ids: Sequence[int] = (),
    kept_id: int = 0,
) -> ChangeRequest:
    """Ask for a change.

    Args:
        note_ids, verdict_ids: what speaks for it.
        kept_id: of what was kept from the floor, which speaks for it too; 0 of nothing.

    Raises:
        NotFound: the script, the line, or a piece of evidence is not the viewer's.
        InvalidInput: no title or no words, too long, or too much evidence.
    """
    _require(viewer, script)
    request = ChangeRequest(script_id=script.id, author_id=viewer.user_id)
    _write(request, script, wish)
    if kept_id:
        request.finding = dict(floor.evidence(viewer, script.campaign, kept_id))
    db.session.add(request)
    add_evidence(viewer, request, note_ids=note_ids, verdict_ids=verdict_ids)
    db.session.flush()
    record(viewer.user_id, "request.made", subject_kind="change_request", subject_id=request.id)
    return request


def edit(viewer: Viewer, request: ChangeRequest, wish: Wish, *, based_on: int) -> ChangeRequest:
    """Change what an open request says.

    Raises:
        NotFound, InvalidInput: as `ask`.
        Conflict: it was decided.
        StaleVersion: somebody saved it since; ``values`` carry ``title``, ``proposed_text`` and
            ``reason`` as they are now, and ``row_version``.
    """
    _lock(viewer, request)
    _require_open(request)
    same = (wish.title.strip(), wish.proposed_text.strip(), wish.reason.strip()) == (
        request.title,
        request.proposed_text,
        request.reason,
    )
    if based_on != request.row_version and not same:
        raise StaleVersion(
            "Somebody changed this request meanwhile; compare before you save.",
            title=request.title,
            proposed_text=request.proposed_text,
            reason=request.reason,
            row_version=request.row_version,
        )
    if not same:
        _write(request, request.script, wish, keeps_place=True)
        request.row_version += 1
    db.session.flush()
    return request


def add_evidence(
    viewer: Viewer,
    request: ChangeRequest,
    *,
    note_ids: Sequence[int] = (),
    verdict_ids: Sequence[int] = (),
) -> None:
    """Let notes and confirmed flags speak for a request; those that do already stay.

    Raises:
        NotFound: one is not the viewer's to read, of another campaign, private, or not confirmed.
        InvalidInput: more than `MAX_EVIDENCE` in all.
    """
    script = request.script or db.session.get_one(Script, request.script_id)
    known = {("note", row.note_id) for row in request.evidence}
    known |= {("verdict", row.verdict_id) for row in request.evidence}
    for note_id in dict.fromkeys(note_ids):
        if ("note", note_id) not in known:
            _check_note(viewer, script, note_id)
            request.evidence.append(RequestEvidence(note_id=note_id))
    for verdict_id in dict.fromkeys(verdict_ids):
        if ("verdict", verdict_id) not in known:
            _check_verdict(viewer, script, verdict_id)
            request.evidence.append(RequestEvidence(verdict_id=verdict_id))
    if len(request.evidence) > MAX_EVIDENCE:
        raise InvalidInput("Choose %(limit)s at most.", limit=MAX_EVIDENCE)
    db.session.flush()


def support(viewer: Viewer, request: ChangeRequest, note_ids: Sequence[int]) -> ChangeRequest:
    """Let further notes speak for an open request.

    Raises:
        NotFound, InvalidInput: as `add_evidence`.
        Conflict: it was decided.
    """
    _lock(viewer, request)
    _require_open(request)
    add_evidence(viewer, request, note_ids=note_ids)
    return request


def decline(viewer: Viewer, request: ChangeRequest, answer: str) -> ChangeRequest:
    """Say no, and why; `reopen` takes it back.

    Raises:
        NotFound: it is not the viewer's.
        Conflict: it was decided.
        InvalidInput: no answer, or too long a one.
    """
    _lock(viewer, request)
    _require_open(request)
    answer = answer.strip()
    if not answer:
        raise InvalidInput("Say why, so that whoever asked learns it.", field="answer")
    _check_length(answer, MAX_REASON, "answer")
    request.state, request.answer = RequestState.DECLINED, answer
    _decided(viewer, request, "request.declined")
    if request.author_id != viewer.user_id:
        notices.notify(
            request.author_id,
            "script.request_answered",
            subject_of(request),
            f"/campaigns/scripts/requests/{request.id}",
        )
    return request


def reopen(viewer: Viewer, request: ChangeRequest) -> ChangeRequest:
    """Take a decision back: what was declined, or merged into a draft that does not matter any more.
    The draft keeps its words.

    Raises:
        NotFound: it is not the viewer's.
        Conflict: its words were published.
    """
    _lock(viewer, request)
    version = request.merged_version
    if version is not None and version.state != VersionState.DRAFT:
        raise Conflict("Its words are in a version that is no longer a draft.")
    request.state, request.answer = RequestState.OPEN, ""
    request.merged_version_id = request.decided_by_id = request.decided_at = None
    request.row_version += 1
    notices.take_back("script.request_answered", subject_of(request))
    db.session.flush()
    return request


def remove(viewer: Viewer, request: ChangeRequest) -> None:
    """Take a request back that was made by mistake: the viewer's own, not decided yet.

    Raises:
        NotFound: it is not the viewer's.
        Conflict: it was decided.
    """
    _lock(viewer, request)
    if request.author_id != viewer.user_id:
        raise NotFound("There is no such request.")
    _require_open(request)
    db.session.delete(request)
    db.session.flush()


def merge(
    viewer: Viewer, request: ChangeRequest, version: ScriptVersion, text: str, *, seen: str
) -> ChangeRequest:
    """Put the words into a draft.

    Args:
        text: the words to put there; what was proposed, or both texts made one.
        seen: the line's words in the draft as the viewer had them before them; "" for a new line.

    Raises:
        NotFound: the request or the version is not the viewer's.
        Conflict: it was decided, the version is no draft, or it has no such line.
        StaleVersion: the draft says something else than `seen`; ``values["theirs"]`` is what.
        InvalidInput: the words cannot be kept.
    """
    _lock(viewer, request)
    _require_open(request)
    if version.script_id != request.script_id:
        raise NotFound("There is no such version.")
    drafting.lock_draft(viewer, version)
    text = _checked_words(text)
    if request.line is None and not request.section_kind:
        raise Conflict("The line that this is about is gone. Ask for a new one.")
    line = request.line
    present = words_in(version.document, line.key, request.persona) if line else None
    if present is None and request.section_kind:
        # A draft that had taken the new line in was deleted, or another one is chosen
        _merge_new(viewer, request, version, text)
    elif line is not None:
        if present is None:
            raise Conflict("This draft does not have the line. Choose another one.")
        if present not in (seen, text):
            raise StaleVersion(
                "The words of the line have changed. Look at both before you merge.",
                theirs=present,
            )
        drafting.replace_line(viewer, version, line.key, request.persona, text)
    request.proposed_text = text
    request.state, request.merged_version_id = RequestState.MERGED, version.id
    _decided(viewer, request, "request.merged")
    return request


def tell_in_force(release: ScriptRelease) -> None:
    """Tell the agents whose moments spoke for what a version changes that it is in force.

    Idempotent: a request is told once (`told_at`), however many teams and releases follow.
    """
    version = release.version
    requests = db.session.scalars(
        select(ChangeRequest).where(
            ChangeRequest.state == RequestState.MERGED.value,
            ChangeRequest.merged_version_id.in_(ancestry(version)),
            ChangeRequest.told_at.is_(None),
        )
    )
    document = version.document
    for request in requests.all():
        line = request.line
        if line is None or words_in(document, line.key, request.persona) in (
            None,
            request.current_text,
        ):
            continue  # a later version took it back
        request.told_at = utc_now()
        for agent_id, path in _agents_of(request).items():
            notices.notify(agent_id, "script.changed_by_you", subject_of(request), path)
    db.session.flush()


def in_force_words(request: ChangeRequest, team_id: int) -> str | None:
    """What the line of a request says to a team today; None when the team has it not."""
    if request.line is None:
        return None
    version = version_in_force(request.script.campaign_id, team_id, utc_now())
    if version is None:
        return None
    return words_in(version.document, request.line.key, request.persona)


def ancestry(version: ScriptVersion) -> list[int]:
    """A version and those of its script that it was begun from, one after the other, by number."""
    found: list[int] = []
    step: ScriptVersion | None = version
    while step is not None and step.script_id == version.script_id and step.id not in found:
        found.append(step.id)
        step = step.based_on
    return found


def _agents_of(request: ChangeRequest) -> dict[int, str]:
    """The agents whose moments are its evidence, and where each finds theirs; a note first."""
    found: dict[int, str] = {}
    for row in request.evidence:
        note, verdict = row.note, row.verdict
        if note is not None and note.agent_id is not None and _is_agents(note):
            found[note.agent_id] = f"/my/notes/{note.id}"
        elif verdict is not None and verdict.withdrawn_at is None:
            call = db.session.get_one(Call, verdict.call_id)
            if call.agent_id is not None and call.deleted_at is None:
                path = f"/calls/{call.id}?t={verdict.start_ms / 1000:g}"
                found.setdefault(call.agent_id, path)
    return found


def _is_agents(note: Note) -> bool:
    """Whether the agent reads the note: else they are told of nothing."""
    return (
        not note.is_draft
        and note.deleted_at is None
        and note.visibility != Visibility.PRIVATE
        and note.call.deleted_at is None
        and note.call.agent_id == note.agent_id
    )


def _merge_new(viewer: Viewer, request: ChangeRequest, version: ScriptVersion, text: str) -> None:
    done = drafting.add_line(viewer, version, SectionKind(request.section_kind), text)
    key = done.subject if done else ""
    request.line = db.session.scalar(
        select(ScriptLine).where(ScriptLine.script_id == version.script_id, ScriptLine.key == key)
    )


def _write(
    request: ChangeRequest, script: Script, wish: Wish, *, keeps_place: bool = False
) -> None:
    title, reason = wish.title.strip(), wish.reason.strip()
    if not title:
        raise InvalidInput("Give it a title that says what is to change.", field="title")
    _check_length(title, MAX_SHORT, "title")
    _check_length(reason, MAX_REASON, "reason")
    request.title, request.reason = title, reason
    request.proposed_text = _checked_words(wish.proposed_text)
    if keeps_place:
        return
    if wish.line_id is None:
        if wish.section_kind not in set(SectionKind):
            raise InvalidInput("Choose where the new line stands.", field="section_kind")
        request.section_kind = wish.section_kind
        return
    line = db.session.get(ScriptLine, wish.line_id)
    if line is None or line.script_id != script.id:
        raise NotFound("There is no such line.")
    if wish.persona and wish.persona not in personas_of(script.campaign):
        raise InvalidInput("Choose a persona of this campaign.", field="persona")
    request.line_id, request.persona = line.id, wish.persona
    request.current_text = current_words(line, wish.persona)


def _checked_words(text: str) -> str:
    words = text.strip()
    if not words:
        raise InvalidInput("Write the words that the line is to have.", field="proposed_text")
    _check_length(words, MAX_LINE, "proposed_text")
    return words


def _check_length(text: str, limit: int, field: str) -> None:
    if len(text) > limit:
        raise InvalidInput("At most %(most)s characters are kept.", most=limit, field=field)


def _check_note(viewer: Viewer, script: Script, note_id: int) -> None:
    note = db.session.get(Note, note_id)
    is_there = (
        note is not None
        and not note.is_draft
        and note.deleted_at is None
        and note.visibility != Visibility.PRIVATE
        and note.call.deleted_at is None
        and note.call.campaign_id == script.campaign_id
        and can_read_note(viewer, note, note.call)
    )
    if not is_there:
        raise NotFound("There is no such note.")


def _check_verdict(viewer: Viewer, script: Script, verdict_id: int) -> None:
    verdict = db.session.get(Verdict, verdict_id)
    call = db.session.get(Call, verdict.call_id) if verdict else None
    is_there = (
        verdict is not None
        and call is not None
        and verdict.withdrawn_at is None
        and verdict.decision == Decision.CONFIRMED
        and call.deleted_at is None
        and call.campaign_id == script.campaign_id
        and can_read_call(viewer, call)
    )
    if not is_there:
        raise NotFound("There is no such moment.")


def _decided(viewer: Viewer, request: ChangeRequest, action: str) -> None:
    request.decided_by_id, request.decided_at = viewer.user_id, utc_now()
    request.row_version += 1
    record(viewer.user_id, action, subject_kind="change_request", subject_id=request.id)
    db.session.flush()


def is_open(request: ChangeRequest) -> bool:
    """Waits for a decision; so does one whose draft was thrown away."""
    return request.state == RequestState.OPEN or (
        request.state == RequestState.MERGED and request.merged_version_id is None
    )


def _require_open(request: ChangeRequest) -> None:
    if not is_open(request):
        raise Conflict("This request was decided already.")


def _require(viewer: Viewer, script: Script) -> None:
    if not works_on(viewer, script.campaign):
        raise NotFound("There is no such page.")


def _lock(viewer: Viewer, request: ChangeRequest) -> None:
    """One writer at a time, who sees what the last one wrote."""
    _require(viewer, request.script)
    db.session.flush()
    db.session.refresh(request, with_for_update={"of": ChangeRequest})
