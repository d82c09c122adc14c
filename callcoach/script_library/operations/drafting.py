"""Writing scripts: drafts, their edits, taking edits back, restoring and forking.

Several people may write in one draft. An edit says on which revision it was made: what others did
to other lines meanwhile stays, and where they changed the same words the save is refused with both
texts. Every edit keeps the document that it replaced.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.campaigns.models import Campaign, Promise
from callcoach.errors import N_, Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.script_library import editing
from callcoach.script_library.access import can_edit_script, can_read_version
from callcoach.script_library.document import (
    Document,
    Line,
    Section,
    SectionKind,
    check,
    new_key,
)
from callcoach.script_library.models import (
    PUBLISHED,
    Script,
    ScriptEdit,
    ScriptLine,
    ScriptVersion,
    VersionState,
)

#: Sections of a script that is begun from nothing.
OUTLINE = (
    SectionKind.OPENING,
    SectionKind.REASON,
    SectionKind.DISCOVERY,
    SectionKind.ARGUMENT,
    SectionKind.OBJECTION,
    SectionKind.CLOSING,
)
#: Longest reason of a version, characters.
MAX_REASON = 500


class EditConflict(Conflict):
    """Somebody changed the same words meanwhile; nothing was saved.

    Args:
        mine: what "keep mine" saves: theirs, and mine where I changed something.
        theirs: what is there now.
        revision: the revision that `theirs` belongs to; saving on it settles the conflict.
    """

    def __init__(self, mine: Line, theirs: Line, revision: int) -> None:
        super().__init__(
            N_("Somebody changed the same words meanwhile. Nothing was lost: choose."),
            yours=mine.text,
            theirs=theirs.text,
        )
        self.mine = mine
        self.theirs = theirs
        self.revision = revision


def require_editor(viewer: Viewer, campaign: Campaign) -> None:
    """Raises NotAllowed for whoever may read the campaign and not write its script."""
    if not can_edit_script(viewer, campaign):
        raise NotAllowed("You may read this script; the campaign’s supervisors change it.")


def begin_script(viewer: Viewer, campaign: Campaign) -> Script:
    """The script of a campaign: the one there is, or a new one without a version.

    Raises:
        NotAllowed: the viewer does not write this script.
    """
    require_editor(viewer, campaign)
    # One at a time: two clicks at once begin one script
    db.session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())
    known = db.session.scalar(select(Script).where(Script.campaign_id == campaign.id))
    if known is not None:
        return known
    script = Script(campaign_id=campaign.id)
    db.session.add(script)
    db.session.flush()
    return script


def begin_draft(
    viewer: Viewer, script: Script, based_on: ScriptVersion | None, reason: str
) -> ScriptVersion:
    """A new draft that says what `based_on` says, or the empty sections of a call.

    Raises:
        NotAllowed, NotFound: the viewer does not write this script, or does not read `based_on`.
        InvalidInput: the reason is too long, or `based_on` belongs to another script.
    """
    require_editor(viewer, script.campaign)
    if based_on is not None:
        if not can_read_version(viewer, based_on):
            raise NotFound("There is no such version.")
        if based_on.script_id != script.id:
            raise InvalidInput("This version belongs to another script; take it over instead.")
    outline = Document(tuple(Section(new_key(), kind) for kind in OUTLINE))
    content = based_on.document if based_on else outline
    return _new_version(viewer, script, content, based_on, reason)


def restore(viewer: Viewer, version: ScriptVersion, reason: str) -> ScriptVersion:
    """A new draft that says what a former version said; counted from the newest published one, so
    that its differences show what comes back.

    Raises:
        NotAllowed, NotFound, InvalidInput: as `begin_draft`.
    """
    script = version.script
    require_editor(viewer, script.campaign)
    if not can_read_version(viewer, version):
        raise NotFound("There is no such version.")
    return _new_version(
        viewer, script, version.document, newest_published(script) or version, reason
    )


def fork(
    viewer: Viewer, version: ScriptVersion, campaign: Campaign, reason: str = ""
) -> ScriptVersion:
    """Take a version over into the script of another campaign, as a draft there.

    Lines keep their keys; promises are the other campaign's and are left behind.

    Raises:
        NotAllowed, NotFound: the viewer does not write there, or does not read `version`.
        InvalidInput: it is the same campaign.
    """
    require_editor(viewer, campaign)
    if not can_read_version(viewer, version):
        raise NotFound("There is no such version.")
    if version.script.campaign_id == campaign.id:
        raise InvalidInput("Choose another campaign.", field="campaign_id")
    script = begin_script(viewer, campaign)
    content = Document(
        tuple(
            replace(section, lines=tuple(replace(line, promise_id=None) for line in section.lines))
            for section in version.document.sections
        )
    )
    return _new_version(viewer, script, content, version, reason)


def describe(viewer: Viewer, version: ScriptVersion, reason: str) -> None:
    """Say why a draft is made.

    Raises:
        NotAllowed, Conflict, InvalidInput: as `edit`.
    """
    lock_draft(viewer, version)
    version.reason = _reason(reason)
    db.session.flush()


def discard_draft(viewer: Viewer, version: ScriptVersion) -> None:
    """Delete a draft; nothing else says what it said.

    Raises:
        NotAllowed, Conflict: as `edit`.
    """
    lock_draft(viewer, version)
    db.session.delete(version)
    db.session.flush()


def edit(
    viewer: Viewer,
    version: ScriptVersion,
    change: editing.Change,
    *,
    seen_revision: int | None = None,
) -> ScriptEdit | None:
    """Change a draft.

    Args:
        seen_revision: the revision on which the change was made; None for the present one.

    Returns:
        None when nothing changes by it.

    Raises:
        NotAllowed: the viewer does not write this script.
        Conflict: it is no longer a draft, or what the change is about is gone.
        EditConflict: the same words were changed since `seen_revision`.
        InvalidInput: the document may not be kept so.
    """
    lock_draft(viewer, version)
    current = version.document
    base = current if seen_revision is None else _document_at(version, seen_revision)
    found = editing.merge(base, current, change)
    if found is None:
        theirs = current.line(change.subject)
        was = base.line(change.subject)
        if isinstance(change, editing.ReplaceLine) and theirs is not None and was is not None:
            mine = editing.prefer_mine(was, change.line, theirs)
            raise EditConflict(mine, theirs, version.revision)
        raise Conflict("Somebody changed this section meanwhile. Reload and look at it.")
    return _save(viewer, version, found, change.action, change.subject)


def replace_line(
    viewer: Viewer, version: ScriptVersion, line_key: str, persona: str, text: str
) -> ScriptEdit | None:
    """Give a line other words for a persona, "" for everybody.

    Raises:
        NotFound: the draft has no such line.
        NotAllowed, Conflict, InvalidInput: as `edit`.
    """
    lock_draft(viewer, version)
    line = version.document.line(line_key)
    if line is None:
        raise NotFound("This version has no such line.")
    return edit(
        viewer, version, editing.ReplaceLine(editing.set_wording(line, persona, text.strip()))
    )


def add_line(
    viewer: Viewer, version: ScriptVersion, section_kind: SectionKind, text: str
) -> ScriptEdit | None:
    """Put a line at the end of the last section of a kind, which is made when there is none.

    Returns:
        The edit; its `subject` is the key of the new line.

    Raises:
        NotAllowed, Conflict, InvalidInput: as `edit`.
    """
    lock_draft(viewer, version)
    document = version.document
    known = [section for section in document.sections if section.kind is section_kind]
    section = known[-1] if known else Section(new_key(), section_kind)
    line = Line(new_key(), text.strip())
    if not known:
        document = editing.AddSection(section).apply(document)
    found = editing.AddLine(section.key, line).apply(document)
    return _save(viewer, version, found, editing.AddLine.action, line.key)


def undo_edit(viewer: Viewer, version: ScriptVersion, revision: int) -> ScriptEdit | None:
    """Take back the edit that made `revision`; edits of other lines since then stay.

    Raises:
        NotFound: no such edit.
        NotAllowed, Conflict: as `edit`; also when what it did was changed again since.
    """
    lock_draft(viewer, version)
    done = _edit_that_made(version, revision)
    if done is None:
        raise NotFound("There is no such change.")
    later = _edit_that_made(version, revision + 1)
    after = Document.from_dict(later.before) if later else version.document
    before = Document.from_dict(done.before)
    subject = done.subject
    if done.action == "undone":
        # Its subject is the revision taken back; putting it back is about the same line
        first = _edit_that_made(version, int(subject))
        subject = first.subject if first else ""
    found = editing.revert(version.document, before, after, subject)
    return _save(viewer, version, found, "undone", str(revision))


def last_own_revision(viewer: Viewer, version: ScriptVersion) -> int | None:
    """The newest edit of the viewer's that still stands; what "undo" would take back."""
    rows = db.session.execute(
        select(ScriptEdit.revision, ScriptEdit.action, ScriptEdit.subject, ScriptEdit.author_id)
        .where(ScriptEdit.version_id == version.id)
        .order_by(ScriptEdit.revision.desc())
    )
    gone: set[int] = set()
    for revision, action, subject, author_id in rows:
        if revision in gone:
            continue
        if action == "undone":
            gone.add(int(subject))
        elif author_id == viewer.user_id:
            return int(revision)
    return None


def sync_lines(version: ScriptVersion) -> None:
    """See that each line of a version has its row, with its words in the newest version that was
    published, or in the newest draft before that.
    """
    db.session.flush()
    script_id = version.script_id
    rows = {
        row.key: row
        for row in db.session.scalars(select(ScriptLine).where(ScriptLine.script_id == script_id))
    }
    newer: Iterable[dict[str, Any]] = db.session.scalars(
        select(ScriptVersion.content).where(
            ScriptVersion.script_id == script_id,
            ScriptVersion.id != version.id,
            ScriptVersion.state.in_(PUBLISHED),
            # A draft gives way to all that was published
            *(
                [ScriptVersion.number > version.number]
                if VersionState(version.state).is_published
                else []
            ),
        )
    )
    said_by_newer = {
        line["key"]
        for content in newer
        for section in content["sections"]
        for line in section["lines"]
    }
    for line in version.document.lines():
        row = rows.get(line.key)
        if row is None:
            db.session.add(ScriptLine(script_id=script_id, key=line.key, text=line.text))
        elif line.key not in said_by_newer and row.text != line.text:
            row.text = line.text
    db.session.flush()


def newest_published(script: Script) -> ScriptVersion | None:
    """The published version with the highest number."""
    return db.session.scalar(
        select(ScriptVersion)
        .where(ScriptVersion.script_id == script.id, ScriptVersion.state.in_(PUBLISHED))
        .order_by(ScriptVersion.number.desc())
        .limit(1)
    )


def lock_draft(viewer: Viewer, version: ScriptVersion) -> None:
    """One writer at a time, who sees what the last one wrote.

    Raises:
        NotAllowed: the viewer does not write this script.
        Conflict: it is no longer a draft.
    """
    require_editor(viewer, version.script.campaign)
    db.session.flush()
    db.session.refresh(version, with_for_update={"of": ScriptVersion})
    if version.state != VersionState.DRAFT:
        raise Conflict(
            "This version is no longer a draft. Begin a new one from it to change something."
        )


def _new_version(
    viewer: Viewer,
    script: Script,
    content: Document,
    based_on: ScriptVersion | None,
    reason: str,
) -> ScriptVersion:
    db.session.execute(select(Script.id).where(Script.id == script.id).with_for_update())
    number = db.session.scalar(
        select(func.max(ScriptVersion.number)).where(ScriptVersion.script_id == script.id)
    )
    version = ScriptVersion(
        script_id=script.id,
        number=(number or 0) + 1,
        state=VersionState.DRAFT,
        based_on_id=based_on.id if based_on else None,
        content=content.to_dict(),
        reason=_reason(reason),
        author_id=viewer.user_id,
    )
    db.session.add(version)
    db.session.flush()
    db.session.expire(script, ["versions"])
    sync_lines(version)
    return version


def _save(
    viewer: Viewer, version: ScriptVersion, found: Document, action: str, subject: str
) -> ScriptEdit | None:
    before: dict[str, Any] = version.content
    after = found.to_dict()
    if after == before:
        return None
    try:
        check(found)
    except ValueError as error:
        raise InvalidInput("This cannot be kept: %(why)s.", why=str(error)) from None
    _check_promises(version, found.lines())
    version.content = after
    version.revision += 1
    done = ScriptEdit(
        version_id=version.id,
        revision=version.revision,
        author_id=viewer.user_id,
        at=utc_now(),
        action=action,
        subject=subject,
        before=before,
    )
    db.session.add(done)
    sync_lines(version)
    return done


def _check_promises(version: ScriptVersion, lines: Iterable[Line]) -> None:
    """Raises InvalidInput for a line that serves another campaign's promise."""
    served = {line.promise_id for line in lines if line.promise_id is not None}
    known = select(Promise.id).where(Promise.campaign_id == version.script.campaign_id)
    was = {line.promise_id for line in version.document.lines()}
    # One that was removed from the campaign may stay where it was
    if served - was - set(db.session.scalars(known)):
        raise InvalidInput("Choose a promise of this campaign.", field="promise_id")


def _document_at(version: ScriptVersion, revision: int) -> Document:
    """What a draft said at a revision.

    Raises:
        InvalidInput: it never had this revision.
    """
    if revision == version.revision:
        return version.document
    later = _edit_that_made(version, revision + 1)
    if later is None:
        raise InvalidInput("This page does not belong to this draft. Reload it.")
    return Document.from_dict(later.before)


def _edit_that_made(version: ScriptVersion, revision: int) -> ScriptEdit | None:
    return db.session.scalar(
        select(ScriptEdit).where(
            ScriptEdit.version_id == version.id, ScriptEdit.revision == revision
        )
    )


def _reason(text: str) -> str:
    reason = text.strip()
    if len(reason) > MAX_REASON:
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_REASON, field="reason")
    return reason
