"""Scripts, versions and what is in force, for tests."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role, Team, User
from callcoach.campaigns.models import Campaign, Sponsor
from callcoach.extensions import db
from callcoach.script_library.document import Document, Line, Section, SectionKind, new_key
from callcoach.script_library.editing import AddSection
from callcoach.script_library.models import (
    PUBLISHED,
    Script,
    ScriptLine,
    ScriptRelease,
    ScriptVersion,
    VersionState,
)
from callcoach.script_library.operations import drafting
from tests.factories.campaigns import create_campaign

#: Since when versions put in force by `create_version` are, unless told.
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_numbers = itertools.count(1)


def line(text: str = "", **values: Any) -> Line:
    """A line; without a text, one of its own."""
    return Line(**{"key": new_key(), "text": text or f"Bonjour, ligne {next(_numbers)}.", **values})


def document(*lines: Line | str, kind: SectionKind = SectionKind.OPENING) -> Document:
    """A document of one section."""
    found = tuple(line(each) if isinstance(each, str) else each for each in lines)
    return Document((Section(new_key(), kind, "", found),))


def create_script(campaign: Campaign | None = None, **values: Any) -> Script:
    """A script without a version."""
    script = Script(**{"campaign_id": (campaign or create_campaign()).id, **values})
    db.session.add(script)
    db.session.commit()
    return script


def create_version(
    script: Script | None = None,
    content: Document | None = None,
    *,
    in_force_for: Sequence[Team] = (),
    since: datetime = LONG_AGO,
    **values: Any,
) -> ScriptVersion:
    """A published version, in force for some teams since `since`; a draft when `state` says so."""
    script = script or create_script()
    content = content or document(line())
    version = ScriptVersion(
        **{
            "script_id": script.id,
            "number": len(script.versions) + 1,
            "state": VersionState.APPROVED,
            "content": content.to_dict(),
            **values,
        }
    )
    if version.state in PUBLISHED and version.published_at is None:
        version.published_at = since
    version.releases = [ScriptRelease(team_id=team.id, starts_at=since) for team in in_force_for]
    db.session.add(version)
    known = set(db.session.scalars(db.select(ScriptLine.key).filter_by(script_id=script.id)))
    db.session.add_all(
        ScriptLine(script_id=script.id, key=each.key, text=each.text)
        for each in content.lines()
        if each.key not in known
    )
    db.session.commit()
    db.session.refresh(script)
    return version


def line_row(script: Script, key: str) -> ScriptLine:
    """The row of a line."""
    return db.session.execute(
        db.select(ScriptLine).filter_by(script_id=script.id, key=key)
    ).scalar_one()


def script_things(team: Team, sponsor: Sponsor, supervisor: User) -> dict[str, Any]:
    """One of everything of this room, for the matrix of rights: ids and keys by name."""
    campaign = create_campaign([team], sponsor, name=f"Script de {sponsor.name}")
    version = create_version(create_script(campaign), in_force_for=[team])
    viewer = Viewer(supervisor.id, Role.SUPERVISOR, frozenset({team.id}))
    draft = drafting.begin_draft(viewer, version.script, version, "")
    section = draft.document.sections[0]
    drafting.add_line(viewer, draft, section.kind, f"Phrase de {sponsor.name}.")
    drafting.edit(viewer, draft, AddSection(Section(new_key(), SectionKind.VOICEMAIL)))
    db.session.commit()
    return {
        "script_campaign": campaign.id,
        "script_version": version.id,
        "script_draft": draft.id,
        "script_line": section.lines[0].key,
        "script_section": section.key,
    }
