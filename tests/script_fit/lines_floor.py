"""A desk's call with a script of two lines in force, for tests of lines, requests and briefings."""

from __future__ import annotations

from dataclasses import dataclass

from callcoach.extensions import db
from callcoach.script_library.document import Document, Line, Section, SectionKind
from callcoach.script_library.models import Script, ScriptLine, ScriptVersion
from tests.coaching.conftest import Desk
from tests.factories.scripts import create_script, create_version, line, line_row

OPENING = "Bonjour {prénom}, Hanta de la société Comptaclair."
DEMO = "Je vous propose une démonstration, mardi ou jeudi ?"
ASKED = "Comment clôturez-vous aujourd’hui ?"


@dataclass(frozen=True)
class Floor:
    """Ids of the script, its first version, and its lines."""

    script_id: int
    version_id: int
    opening: int
    demo: int

    @property
    def script(self) -> Script:
        return db.session.get_one(Script, self.script_id)

    @property
    def version(self) -> ScriptVersion:
        return db.session.get_one(ScriptVersion, self.version_id)

    def line(self, line_id: int) -> ScriptLine:
        return db.session.get_one(ScriptLine, line_id)


def opening_of(*lines: Line) -> Document:
    """A document whose one section is the same in all versions."""
    return Document((Section("opening", SectionKind.OPENING, "", lines),))


def lay(desk: Desk) -> Floor:
    """Put a first version in force for the desk's team, long ago."""
    script = create_script(desk.call.campaign)
    lines = line(OPENING), line(DEMO)
    version = create_version(script, opening_of(*lines), in_force_for=[desk.call.team])
    opening, demo = (line_row(script, each.key).id for each in lines)
    return Floor(script.id, version.id, opening, demo)
