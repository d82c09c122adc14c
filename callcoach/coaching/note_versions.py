"""Versions of a note beside each other: what a save changed, and two people's texts at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.calls import queries as calls
from callcoach.calls.presenters import heading, language, spoken_duration
from callcoach.coaching.models import Note, NoteAim
from callcoach.coaching.note_diff import Part, is_rewritten, side, word_diff
from callcoach.coaching.note_presenters import (
    aim_label,
    cause_label,
    hears_label,
    instead_label,
    scope_label,
    visibility_label,
)
from callcoach.coaching.note_text import NoteText
from callcoach.coaching.queries import notes as queries
from callcoach.coaching.queries.note_people import names_of
from callcoach.coaching.queries.script_lines import texts_of


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """A field in two versions, each with its own words marked; `is_text` for what people wrote.

    `together` is both in one, unless so much differs that it would read as a jumble.
    """

    label: str
    before: tuple[Part, ...]
    after: tuple[Part, ...]
    together: tuple[Part, ...]
    is_text: bool


def field_diffs(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldDiff]:
    """The fields that differ between two versions of a note (fields of `NoteText`)."""
    diffs = []
    was, now = NoteText.kept(before), NoteText.kept(after)
    names = names_of({*was.readers, *now.readers})
    about = _headings({*was.other_calls, *now.other_calls})
    for name, label in _labels(is_keep=now.aim == NoteAim.KEEP).items():
        if name == "voice":
            one, other = (_spoken(int(values.get("voice_ms", 0))) for values in (before, after))
        else:
            one, other = _shown(name, was, names, about), _shown(name, now, names, about)
        if one == other:
            continue
        is_text = name in ("quote", "hears", "instead")
        parts = word_diff(one, other) if is_text else _replaced(one, other)
        diffs.append(
            FieldDiff(
                label=label,
                before=side(parts, new=False),
                after=side(parts, new=True),
                together=_replaced(one, other) if is_rewritten(parts) else parts,
                is_text=is_text,
            )
        )
    return diffs


def _replaced(one: str, other: str) -> tuple[Part, ...]:
    parts = (Part(one, is_gone=True), Part(other, is_new=True))
    return tuple(part for part in parts if part.text)


def _labels(*, is_keep: bool) -> dict[str, str]:
    return {
        "instead": instead_label(is_keep=is_keep),
        "hears": hears_label(is_keep=is_keep),
        "quote": _("What was said"),
        "moment": _("Moment"),
        "cause": _("Cause"),
        "aim": _("What for"),
        "scope": _("About"),
        "other_calls": _("Other calls"),
        "visibility": _("Who reads it"),
        "readers": _("Named"),
        "voice": _("Spoken"),
        "script_line": _("Line of the script"),
        "wording": _("Proposed as new wording"),
    }


def _spoken(milliseconds: int) -> str:
    """How long the spoken part of a version lasts; "" for none."""
    return spoken_duration(milliseconds) if milliseconds else ""


def _headings(call_ids: Collection[int]) -> Mapping[int, str]:
    """What the calls of a series are called: the viewer reads them all, as they read the note."""
    found = calls.calls_by_id(Viewer.system(), call_ids) if call_ids else []
    return {call.id: heading(call) for call in found}


def _shown(name: str, values: NoteText, names: Mapping[int, str], about: Mapping[int, str]) -> str:
    """A field's value in words."""
    if name == "moment":
        if not values.is_moment:
            return ""
        return f"{tenths(values.start_ms)} – {tenths(values.end_ms)}"
    if name == "readers":
        return ", ".join(names.get(user_id, "") for user_id in values.readers)
    if name == "script_line":
        line_id = values.script_line_id
        return texts_of({line_id}).get(line_id, _("a line that is gone")) if line_id else ""
    if name == "wording":
        return _("yes") if values.proposes_wording else ""
    if name == "other_calls":
        return ", ".join(about.get(call_id, _("a call")) for call_id in values.other_calls)
    value = str(getattr(values, name))
    if name == "cause":
        return cause_label(value)
    if name == "aim":
        return aim_label(value)
    if name == "visibility":
        return visibility_label(value)
    if name == "scope":
        return scope_label(value)
    return value


def tenths(ms: int) -> str:
    r"""A place in a call to the tenth of a second, such as ``0:12,2``."""
    whole, rest = divmod(round(ms / 100), 10)
    comma = "," if language() == "fr" else "."
    return f"{whole // 60}:{whole % 60:02d}{comma}{rest}"


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Two people's versions of one note, or one person's from two windows (`is_own`)."""

    author: str
    at: datetime
    is_own: bool
    diffs: list[FieldDiff]


def conflict_view(
    theirs: Mapping[str, Any], mine: Mapping[str, Any], *, author: str, at: datetime, is_own: bool
) -> ConflictView:
    """What was saved in between beside what the viewer wrote."""
    return ConflictView(author, at, is_own, field_diffs(theirs, mine))


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One saved version: who, when, and what changed from the one before (all of it at first)."""

    number: int
    author: str
    at: datetime
    diffs: list[FieldDiff]
    first: NoteText | None


def revision_views(viewer: Viewer, note: Note) -> list[RevisionView]:
    """The versions of a sent note that the viewer reads, newest first."""
    views = []
    before: Mapping[str, Any] | None = None
    for revision in queries.revisions_of(viewer, note):
        content = revision.content
        views.append(
            RevisionView(
                number=revision.number,
                author=revision.author.name if revision.author else "",
                at=revision.created_at,
                diffs=field_diffs(before, content) if before is not None else [],
                first=NoteText.kept(content) if before is None else None,
            )
        )
        before = content
    return views[::-1]
