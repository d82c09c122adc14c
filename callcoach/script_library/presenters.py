"""Prepared values for the pages of scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from callcoach.campaigns.models import Promise
from callcoach.script_library import changes
from callcoach.script_library.document import (
    Document,
    Line,
    Register,
    Section,
    Variant,
    split_fields,
)
from callcoach.script_library.labels import (
    action_label,
    decision_label,
    kind_label,
    section_title,
    state_mark,
    what_label,
)
from callcoach.script_library.models import ScriptDecision, ScriptEdit, ScriptVersion, VersionState
from callcoach.script_library.queries import InForce

#: A space that French puts before a mark or inside guillemets.
_LOOSE = re.compile(r"(?<=\S) (?=[?!;:»](?:\s|$))|(?<=«) ")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line; a field stands for what the agent fills in."""

    text: str
    is_field: bool = False


@dataclass(frozen=True, slots=True)
class RegisterView:
    """How it is said; "" and empty where nothing is noted."""

    address: str
    pace: str
    use: tuple[str, ...]
    avoid: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.address or self.pace or self.use or self.avoid)


@dataclass(frozen=True, slots=True)
class VariantView:
    """A line as it is said to one kind of person."""

    persona: str
    text: str
    pieces: tuple[Piece, ...]
    register: RegisterView


@dataclass(frozen=True, slots=True)
class LineView:
    """A line on a page.

    Args:
        promise: words of the promise that it serves, or "".
    """

    key: str
    text: str
    pieces: tuple[Piece, ...]
    variants: tuple[VariantView, ...]
    register: RegisterView
    answers: str
    promise: str
    promise_id: int | None
    is_disclosure: bool
    is_required: bool


@dataclass(frozen=True, slots=True)
class SectionView:
    """A section on a page."""

    key: str
    kind: str
    kind_name: str
    own_title: str
    title: str
    is_objections: bool
    lines: tuple[LineView, ...]


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version in lists and heads of pages."""

    version_id: int
    number: int
    state: str
    sign: str
    word: str
    reason: str
    author: str
    at: datetime
    published_at: datetime | None
    is_draft: bool
    is_published: bool
    based_on: str
    in_force: tuple[str, ...]
    line_count: int
    can_restore: bool
    url: str
    edit_url: str
    diff_url: str


@dataclass(frozen=True, slots=True)
class DetailView:
    """One thing of a line that differs; `parts` are woven words as (op, text)."""

    label: str
    before: str
    after: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LineChangeView:
    """A line in a difference."""

    key: str
    status: str
    text: str
    answers: str
    is_moved: bool
    moved_from: str
    details: tuple[DetailView, ...]
    variants: tuple[VariantView, ...]


@dataclass(frozen=True, slots=True)
class SectionChangeView:
    """A section in a difference; lines that did not change are folded by the page."""

    key: str
    status: str
    title: str
    old_title: str
    is_moved: bool
    is_change: bool
    lines: tuple[LineChangeView | int, ...]


@dataclass(frozen=True, slots=True)
class EditView:
    """One edit of a draft in its history."""

    revision: int
    action: str
    words: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What a person of the sponsor's said of a version."""

    words: str
    who: str
    comment: str
    at: datetime


@dataclass(frozen=True, slots=True)
class TeamView:
    """What one team says now and next: number, since when, and the page."""

    team: str
    number: int | None
    url: str
    since: datetime | None
    upcoming: tuple[tuple[int, str, datetime], ...]


def pieces(text: str) -> tuple[Piece, ...]:
    """A line cut at its fields, as it is set: no mark begins a row of its own in French."""
    return tuple(Piece(part, is_field) for part, is_field in split_fields(tight(text)))


def tight(text: str) -> str:
    """A text whose ``?``, ``!``, ``;``, ``:`` and guillemets stay with the words beside them."""
    return _LOOSE.sub("\u00a0", text)


def sections(document: Document, promises: Mapping[int, Promise]) -> list[SectionView]:
    """All that a version says."""
    return [
        SectionView(
            key=section.key,
            kind=section.kind.value,
            kind_name=kind_label(section.kind),
            own_title=section.title,
            title=section_title(section),
            is_objections=section.kind.value == "objection",
            lines=tuple(line_view(line, promises) for line in section.lines),
        )
        for section in document.sections
    ]


def line_view(line: Line, promises: Mapping[int, Promise]) -> LineView:
    """One line."""
    promise = promises.get(line.promise_id) if line.promise_id else None
    return LineView(
        key=line.key,
        text=line.text,
        pieces=pieces(line.text),
        variants=tuple(variant_view(variant) for variant in line.variants),
        register=register_view(line.register),
        answers=line.answers,
        promise=promise.text if promise else "",
        promise_id=line.promise_id,
        is_disclosure=line.is_disclosure,
        is_required=line.is_required,
    )


def variant_view(variant: Variant) -> VariantView:
    """A line to one kind of person."""
    return VariantView(
        variant.persona, variant.text, pieces(variant.text), register_view(variant.register)
    )


def register_view(register: Register) -> RegisterView:
    """How it is said."""
    return RegisterView(register.address.value, register.pace, register.use, register.avoid)


def version_view(version: ScriptVersion, newest: ScriptVersion | None = None) -> VersionView:
    """One version, for lists.

    Args:
        newest: the newest published one, which need not be brought back.
    """
    state = VersionState(version.state)
    sign, word = state_mark(state)
    return VersionView(
        version_id=version.id,
        number=version.number,
        state=state.value,
        sign=sign,
        word=word,
        reason=version.reason,
        author=version.author.name if version.author else "",
        at=version.published_at or version.submitted_at or version.created_at,
        published_at=version.published_at,
        is_draft=state is VersionState.DRAFT,
        is_published=state.is_published,
        based_on=_based_on(version),
        in_force=(),
        line_count=sum(len(section["lines"]) for section in version.content["sections"]),
        can_restore=state.is_published and newest is not None and newest.id != version.id,
        url=url_for("script_library.show_version", version_id=version.id),
        edit_url=url_for("script_library.edit_version", version_id=version.id),
        diff_url=url_for("script_library.show_diff", version_id=version.id),
    )


def team_views(rows: Iterable[InForce]) -> list[TeamView]:
    """What each team says."""
    return [
        TeamView(
            team=row.team.name,
            number=row.release.version.number if row.release else None,
            url=(
                url_for("script_library.show_version", version_id=row.release.version_id)
                if row.release
                else ""
            ),
            since=row.release.starts_at if row.release else None,
            upcoming=tuple(
                (
                    coming.version.number,
                    url_for("script_library.show_version", version_id=coming.version_id),
                    coming.starts_at,
                )
                for coming in row.upcoming
            ),
        )
        for row in rows
    ]


def difference(
    found: changes.Difference, promises: Mapping[int, Promise]
) -> list[SectionChangeView]:
    """What differs, in the order of the newer version; runs of unchanged lines as their number."""
    return [
        SectionChangeView(
            key=section.key,
            status=section.status.value,
            title=section_title(_shown(section)),
            old_title=(
                section_title(section.before)
                if section.status is changes.Status.CHANGED and section.before
                else ""
            ),
            is_moved=section.is_moved,
            is_change=section.is_change,
            lines=tuple(_folded(section.lines, promises)),
        )
        for section in found.sections
        if section.is_change
    ]


def decision_view(decision: ScriptDecision) -> DecisionView:
    """What the sponsor said."""
    return DecisionView(
        words=decision_label(decision.kind),
        who=decision.user.name if decision.user else "",
        comment=decision.comment,
        at=decision.at,
    )


def woven(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """Two texts as (op, text)."""
    return tuple((part.op.value, part.text) for part in changes.compare_words(before, after))


def edit_views(edits: Sequence[ScriptEdit], document: Document) -> list[EditView]:
    """What was done to a draft; lines that are gone have no words here."""
    words = {line.key: line.text for line in document.lines()}
    words |= {section.key: section_title(section) for section in document.sections}
    return [
        EditView(
            revision=edit.revision,
            action=action_label(edit.action),
            words=words.get(edit.subject, ""),
            author=edit.author.name if edit.author else "",
            at=edit.at,
        )
        for edit in edits
    ]


def _shown(section: changes.SectionChange) -> Section:
    found = section.after or section.before
    assert found is not None  # a section of neither document is not compared
    return found


def _folded(
    lines: Sequence[changes.LineChange], promises: Mapping[int, Promise]
) -> Iterable[LineChangeView | int]:
    same = 0
    for line in lines:
        if not line.is_change:
            same += 1
            continue
        if same:
            yield same
            same = 0
        yield _line_change(line, promises)
    if same:
        yield same


def _line_change(line: changes.LineChange, promises: Mapping[int, Promise]) -> LineChangeView:
    shown = line.after or line.before
    assert shown is not None
    return LineChangeView(
        key=line.key,
        status=line.status.value,
        text=shown.text,
        answers=shown.answers,
        is_moved=line.is_moved,
        moved_from=section_title(line.moved_from) if line.moved_from else "",
        details=tuple(_detail(detail, promises) for detail in line.details),
        variants=(
            tuple(variant_view(variant) for variant in shown.variants)
            if line.status in (changes.Status.ADDED, changes.Status.REMOVED)
            else ()
        ),
    )


def _detail(detail: changes.Detail, promises: Mapping[int, Promise]) -> DetailView:
    label = what_label(detail.what)
    before, after = detail.before, detail.after
    if detail.what is changes.What.PROMISE:
        before, after = _promise(before, promises), _promise(after, promises)
    elif detail.what in (changes.What.DISCLOSURE, changes.What.REQUIRED):
        before, after = (str(_("yes")) if each else str(_("no")) for each in (before, after))
    return DetailView(
        label=f"{label} · {detail.persona}" if detail.persona else label,
        before=before,
        after=after,
        parts=tuple((part.op.value, part.text) for part in detail.words),
    )


def _promise(number: str, promises: Mapping[int, Promise]) -> str:
    promise = promises.get(int(number)) if number else None
    return promise.text if promise else ""


def _based_on(version: ScriptVersion) -> str:
    base = version.based_on
    if base is None:
        return ""
    if base.script_id == version.script_id:
        return str(_("from version %(number)s", number=base.number))
    return str(
        _(
            "from version %(number)s of %(campaign)s",
            number=base.number,
            campaign=base.script.campaign.name,
        )
    )
