"""The draft editor: lines and sections in place, each save by itself, each taken back by one key.

To htmx the actions answer with the body of the editor, to a browser without scripts with the page.
"""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.campaigns.models import PromiseKind
from callcoach.errors import InvalidInput, NotFound
from callcoach.extensions import db
from callcoach.script_library import editing, panels, presenters, queries
from callcoach.script_library.blueprint import bp
from callcoach.script_library.document import (
    MAX_LINE,
    MAX_SHORT,
    Document,
    Line,
    Section,
    SectionKind,
    new_key,
)
from callcoach.script_library.labels import (
    action_label,
    address_choices,
    kind_choices,
    section_title,
)
from callcoach.script_library.line_forms import ReadLine, read_line
from callcoach.script_library.models import ScriptEdit, ScriptVersion, VersionState
from callcoach.script_library.operations import drafting
from callcoach.web.requests import is_htmx
from callcoach.web.toasts import notify, with_toast

#: What a line can be there for: what is to be said.
_SERVED = (
    PromiseKind.APPROVED,
    PromiseKind.CONDITIONAL,
    PromiseKind.DISCLOSURE,
    PromiseKind.POSITIONING,
)


@bp.get("/campaigns/scripts/<int:version_id>/edit")
def edit_version(version_id: int) -> ResponseReturnValue:
    """The editor of a draft; with ``line``, the form of that line open."""
    viewer = current_viewer()
    version = _draft(viewer, version_id)
    if VersionState(version.state) is not VersionState.DRAFT:
        return redirect(url_for("script_library.show_version", version_id=version_id))
    key = request.args.get("line", "")
    line = version.document.line(key)
    form = _form(version, ReadLine(line)) if line else None
    return _page(viewer, version, key if form else "", form or "")


@bp.get("/campaigns/scripts/<int:version_id>/lines/<key>")
def show_line(version_id: int, key: str) -> ResponseReturnValue:
    """One line of the editor as it is now; to a browser, the editor."""
    viewer = current_viewer()
    version = _draft(viewer, version_id)
    if not is_htmx():
        return redirect(_address(version, key))
    return _line(viewer, version, key)


@bp.get("/campaigns/scripts/<int:version_id>/lines/<key>/edit")
def edit_line(version_id: int, key: str) -> ResponseReturnValue:
    """The form of one line."""
    version = _draft(current_viewer(), version_id)
    line = version.document.line(key)
    if line is None:
        raise NotFound("This version has no such line.")
    if not is_htmx():
        return redirect(url_for("script_library.edit_version", version_id=version.id, line=key))
    return _form(version, ReadLine(line))


@bp.post("/campaigns/scripts/<int:version_id>/lines/<key>")
def save_line(version_id: int, key: str) -> ResponseReturnValue:
    """Keep what a line says now; where somebody changed the same words, both are shown."""
    viewer = current_viewer()
    version = _draft(viewer, version_id)
    typed = read_line(request.form, key)
    if typed.errors:
        return _again(viewer, version, typed, 422)
    try:
        done = drafting.edit(
            viewer,
            version,
            editing.ReplaceLine(typed.line),
            seen_revision=request.form.get("seen", type=int),
        )
    except drafting.EditConflict as conflict:
        db.session.rollback()
        version = queries.get_version(viewer, version_id)
        return _again(viewer, version, ReadLine(conflict.mine), 409, conflict)
    except InvalidInput as error:
        db.session.rollback()
        version = queries.get_version(viewer, version_id)
        field = str(error.values.get("field", ""))
        return _again(viewer, version, ReadLine(typed.line, {field: str(_(error.message))}), 422)
    db.session.commit()
    if not is_htmx():
        return _done(viewer, version, done, key)
    return _told(make_response(_line(viewer, version, key)), version, done)


@bp.post("/campaigns/scripts/<int:version_id>/lines")
def add_line(version_id: int) -> ResponseReturnValue:
    """A new line in a section, behind the line ``after`` or at its end."""
    viewer = current_viewer()
    version = _draft(viewer, version_id)
    text = " ".join(request.form.get("text", "").split())
    if not text:
        raise InvalidInput("Write what is to be said.", field="text")
    document = version.document
    section_key = request.form.get("section", "")
    after = document.place_of(request.form.get("after", ""))
    index = after.index + 1 if after and after.section.key == section_key else None
    line = Line(new_key(), text)
    done = drafting.edit(viewer, version, editing.AddLine(section_key, line, index))
    db.session.commit()
    return _done(viewer, version, done, line.key)


@bp.post("/campaigns/scripts/<int:version_id>/lines/<key>/remove")
def remove_line(version_id: int, key: str) -> ResponseReturnValue:
    """Take a line out."""
    viewer = current_viewer()
    version = _draft(viewer, version_id)
    document = version.document
    keys = [line.key for line in document.lines()]
    seen = request.form.get("seen", type=int)
    done = drafting.edit(viewer, version, editing.RemoveLine(key), seen_revision=seen)
    db.session.commit()
    at = keys.index(key) if key in keys else 0
    rest = [each for each in keys if each != key]
    return _done(viewer, version, done, rest[min(at, len(rest) - 1)] if rest else "")


@bp.post("/campaigns/scripts/<int:version_id>/lines/<key>/move")
def move_line(version_id: int, key: str) -> ResponseReturnValue:
    """Put a line elsewhere: to ``index`` in ``section``, or ``by`` one up or down, over the end of
    its section into the next.
    """
    viewer = current_viewer()
    version = _draft(viewer, version_id)
    by = request.form.get("by", type=int)
    if by is not None:
        place = editing.step(version.document, key, 1 if by > 0 else -1)
    else:
        place = request.form.get("section", ""), request.form.get("index", 0, type=int)
    done = drafting.edit(viewer, version, editing.MoveLine(key, *place)) if place else None
    db.session.commit()
    return _done(viewer, version, done, key)


@bp.post("/campaigns/scripts/<int:version_id>/sections")
def add_section(version_id: int) -> ResponseReturnValue:
    """A new section, where its kind stands in a call."""
    viewer = current_viewer()
    version = _draft(viewer, version_id)
    section = Section(new_key(), _kind(), _title())
    done = drafting.edit(viewer, version, editing.AddSection(section))
    db.session.commit()
    return _done(viewer, version, done, section.key)


@bp.post("/campaigns/scripts/<int:version_id>/sections/<key>")
def change_section(version_id: int, key: str) -> ResponseReturnValue:
    """Another kind or title."""
    viewer = current_viewer()
    version = _draft(viewer, version_id)
    seen = request.form.get("seen", type=int)
    change = editing.ChangeSection(key, _kind(), _title())
    done = drafting.edit(viewer, version, change, seen_revision=seen)
    db.session.commit()
    return _done(viewer, version, done, key)


@bp.post("/campaigns/scripts/<int:version_id>/sections/<key>/remove")
def remove_section(version_id: int, key: str) -> ResponseReturnValue:
    """Take a section out with its lines."""
    viewer = current_viewer()
    version = _draft(viewer, version_id)
    done = drafting.edit(viewer, version, editing.RemoveSection(key))
    db.session.commit()
    return _done(viewer, version, done, "")


@bp.post("/campaigns/scripts/<int:version_id>/sections/<key>/move")
def move_section(version_id: int, key: str) -> ResponseReturnValue:
    """One up or down."""
    viewer = current_viewer()
    version = _draft(viewer, version_id)
    keys = [section.key for section in version.document.sections]
    by = 1 if request.form.get("by", 0, type=int) > 0 else -1
    index = min(max(keys.index(key) + by, 0), len(keys) - 1) if key in keys else 0
    done = drafting.edit(viewer, version, editing.MoveSection(key, index))
    db.session.commit()
    return _done(viewer, version, done, key)


@bp.post("/campaigns/scripts/<int:version_id>/undo")
def undo_edit(version_id: int) -> ResponseReturnValue:
    """Take back the edit that made ``revision``, or the viewer's last one."""
    viewer = current_viewer()
    version = _draft(viewer, version_id)
    revision = request.args.get("revision", type=int)
    if revision is None:
        revision = drafting.last_own_revision(viewer, version)
    if revision is None:
        raise InvalidInput("There is nothing of yours to take back here.")
    done = drafting.undo_edit(viewer, version, revision)
    db.session.commit()
    return _done(viewer, version, done, _subject_of(version, revision))


@bp.post("/campaigns/scripts/<int:version_id>/reason")
def describe_version(version_id: int) -> ResponseReturnValue:
    """Say why this version is made."""
    viewer = current_viewer()
    version = _draft(viewer, version_id)
    drafting.describe(viewer, version, request.form.get("reason", ""))
    db.session.commit()
    if is_htmx():
        return with_toast(make_response(_body(viewer, version)), _("Saved."))
    notify(_("Saved."))
    return redirect(_address(version, ""))


@bp.post("/campaigns/scripts/<int:version_id>/discard")
def discard_version(version_id: int) -> ResponseReturnValue:
    """Delete a draft."""
    viewer = current_viewer()
    version = _draft(viewer, version_id)
    campaign_id, number = version.script.campaign_id, version.number
    drafting.discard_draft(viewer, version)
    db.session.commit()
    notify(_("The draft of version %(number)s is deleted.", number=number))
    return redirect(url_for("script_library.show_script", campaign_id=campaign_id))


def _draft(viewer: Viewer, version_id: int) -> ScriptVersion:
    """A version that the viewer writes; whether it still is a draft, the operation says."""
    version = queries.get_version(viewer, version_id)
    drafting.require_editor(viewer, version.script.campaign)
    return version


def _address(version: ScriptVersion, key: str) -> str:
    return url_for(
        "script_library.edit_version", version_id=version.id, _anchor=f"at-{key}" if key else None
    )


def _kind() -> SectionKind:
    try:
        return SectionKind(request.form.get("kind", ""))
    except ValueError:
        raise InvalidInput("Choose what part of the call this is.", field="kind") from None


def _title() -> str:
    title = " ".join(request.form.get("title", "").split())
    if len(title) > MAX_SHORT:
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_SHORT, field="title")
    return title


def _subject_of(version: ScriptVersion, revision: int) -> str:
    subject = db.session.scalar(
        db.select(ScriptEdit.subject).where(
            ScriptEdit.version_id == version.id, ScriptEdit.revision == revision
        )
    )
    return subject or ""


def _facts(viewer: Viewer, version: ScriptVersion) -> dict[str, object]:
    document = version.document
    return {
        "version": presenters.version_view(version),
        "revision": version.revision,
        "sections": presenters.sections(document, queries.promises_of(version.script.campaign)),
        "line_panels": panels.line_panels(viewer, version, [line.key for line in document.lines()]),
        "kinds": kind_choices(),
        "edits": presenters.edit_views(queries.edits_of(version, 30), document),
        "max_line": MAX_LINE,
        "max_short": MAX_SHORT,
        "max_reason": drafting.MAX_REASON,
        "open_key": "",
        "open_form": "",
        "focus": "",
    }


def _page(viewer: Viewer, version: ScriptVersion, open_key: str, open_form: str) -> str:
    campaign = version.script.campaign
    facts = _facts(viewer, version) | {"open_key": open_key, "open_form": open_form}
    return render_template(
        "script_library/edit.html",
        campaign=campaign,
        version_panels=panels.version_panels(viewer, version),
        **facts,
    )


def _body(viewer: Viewer, version: ScriptVersion, focus: str = "") -> str:
    return render_template(
        "script_library/_editor.html", **(_facts(viewer, version) | {"focus": focus})
    )


def _line(viewer: Viewer, version: ScriptVersion, key: str) -> str:
    document = version.document
    place = document.place_of(key)
    if place is None:
        raise NotFound("This version has no such line.")
    view = presenters.sections(
        Document((place.section,)), queries.promises_of(version.script.campaign)
    )[0]
    return render_template(
        "script_library/_editor_line.html",
        version=presenters.version_view(version),
        revision=version.revision,
        section=view,
        line=view.lines[place.index],
        line_panels=panels.line_panels(viewer, version, [key]),
        is_alone=True,
    )


def _form(
    version: ScriptVersion, typed: ReadLine, conflict: drafting.EditConflict | None = None
) -> str:
    campaign = version.script.campaign
    promises = queries.promises_of(campaign)
    line = typed.line
    place = version.document.place_of(line.key)
    said = {variant.persona: variant for variant in line.variants}
    personas = list(dict.fromkeys([*queries.personas_of(campaign), *said]))
    return render_template(
        "script_library/_line_form.html",
        version_id=version.id,
        revision=conflict.revision if conflict else version.revision,
        seen=request.form.get("seen", type=int) if typed.errors else None,
        line=line,
        errors=typed.errors,
        personas=[(persona, said.get(persona)) for persona in personas],
        promises=[
            (promise.id, promise.text)
            for promise in promises.values()
            if (promise.kind in _SERVED and promise.is_in_force) or promise.id == line.promise_id
        ],
        addresses=address_choices(),
        is_objection=place is not None and place.section.kind is SectionKind.OBJECTION,
        section_title=section_title(place.section) if place else "",
        conflict=_conflict_facts(conflict) if conflict else None,
        max_line=MAX_LINE,
        max_short=MAX_SHORT,
        language=campaign.language,
    )


def _conflict_facts(conflict: drafting.EditConflict) -> dict[str, object]:
    theirs, mine = conflict.theirs, conflict.mine
    pairs = [("", theirs.text, mine.text)]
    personas = dict.fromkeys(v.persona for line in (theirs, mine) for v in line.variants)
    words = [{v.persona: v.text for v in line.variants} for line in (theirs, mine)]
    pairs += [(name, words[0].get(name, ""), words[1].get(name, "")) for name in personas]
    return {
        "pairs": [
            {
                "persona": persona,
                "theirs": before,
                "mine": after,
                "parts": presenters.woven(before, after),
            }
            for persona, before, after in pairs
            if before != after or not persona
        ]
    }


def _again(
    viewer: Viewer,
    version: ScriptVersion,
    typed: ReadLine,
    status: int,
    conflict: drafting.EditConflict | None = None,
) -> Response:
    """The form once more, with what is wrong or both texts."""
    form = _form(version, typed, conflict)
    response = make_response(form if is_htmx() else _page(viewer, version, typed.line.key, form))
    response.status_code = status
    return response


def _done(
    viewer: Viewer, version: ScriptVersion, done: ScriptEdit | None, focus: str
) -> ResponseReturnValue:
    """After an edit: the body of the editor to htmx, else the page."""
    if is_htmx():
        return _told(make_response(_body(viewer, version, focus)), version, done)
    if done is not None:
        notify(action_label(done.action) + ".", undo=_undo(version, done))
    return redirect(_address(version, focus))


def _told(response: Response, version: ScriptVersion, done: ScriptEdit | None) -> Response:
    if done is None:
        return response
    return with_toast(response, action_label(done.action) + ".", undo=_undo(version, done))


def _undo(version: ScriptVersion, done: ScriptEdit) -> str:
    return url_for("script_library.undo_edit", version_id=version.id, revision=done.revision)
