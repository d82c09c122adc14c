"""Scripts, versions and what is in force, for tests."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from callcoach.accounts.models import Team
from callcoach.campaigns.models import Campaign
from callcoach.extensions import db
from callcoach.script_library.document import Document, Line, Section, SectionKind, new_key
from callcoach.script_library.models import (
    PUBLISHED,
    Script,
    ScriptLine,
    ScriptRelease,
    ScriptVersion,
    VersionState,
)
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
