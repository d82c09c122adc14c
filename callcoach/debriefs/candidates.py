"""What can be put on an agenda, whatever it was made from: a note, a confirmed flag, a version …

`find` turns a source such as ``note:12`` into a candidate, in the viewer's scope. Modules of sources
register themselves; what is not to be put before others is refused there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.calls.models import Call
from callcoach.coaching.note_presenters import cause_label
from callcoach.debriefs.access import prepares
from callcoach.debriefs.models import ItemKind
from callcoach.debriefs.operations.agenda import MAX_TEXT, MAX_TITLE, MAX_WORDS
from callcoach.errors import NotFound
from callcoach.web.filters import local_date

#: Time budgets that are proposed, minutes; a moment is played, asked about and talked over.
MINUTES = {
    ItemKind.MOMENT: 6,
    ItemKind.THEME: 8,
    ItemKind.PROGRESS: 4,
    ItemKind.OBJECTIVE: 5,
    ItemKind.SCRIPT: 5,
    ItemKind.DRILL: 10,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A stretch of a call, milliseconds, half-open, and where it stops and asks."""

    call: Call
    start_ms: int
    end_ms: int
    ask_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What would be put on an agenda.

    Args:
        source: as `AgendaItem.source`.
        team_ids: teams of the viewer's for which it makes sense, by number.
        moment: of a call; then the words said there are kept with the item.
        only_with: it is between the host and this agent, and is for no team.
        facts: further columns of the item.
    """

    source: str
    kind: ItemKind
    title: str
    team_ids: tuple[int, ...] = ()
    moment: Moment | None = None
    is_good: bool = False
    only_with: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def minutes(self) -> int:
        """The time budget that is proposed."""
        return MINUTES[self.kind]


#: Takes who looks and what follows the colon of the source.
Finder = Callable[[Viewer, str], Candidate]

_finders: dict[str, Finder] = {}


def source_of(kind: str) -> Callable[[Finder], Finder]:
    """Registers how a kind of source is found, as a decorator."""

    def register(finder: Finder) -> Finder:
        _finders[kind] = finder
        return finder

    return register


def find(viewer: Viewer, source: str) -> Candidate:
    """What a source is, for whoever prepares debriefs and may read it.

    Raises:
        NotFound: there is no such thing for the viewer.
        Conflict: it is not to be put before others (yet).
    """
    kind, _sep, name = source.partition(":")
    finder = _finders.get(kind)
    if finder is None or not name or not prepares(viewer):
        raise NotFound("There is no such thing to put on an agenda.")
    return finder(viewer, name)


def number_of(name: str) -> int:
    """The row that a source names.

    Raises:
        NotFound: it names none.
    """
    if not (name.isascii() and name.isdigit() and len(name) < 10):
        raise NotFound("There is no such thing to put on an agenda.")
    return int(name)


def own_teams(viewer: Viewer, team_ids: set[int]) -> tuple[int, ...]:
    """Those of `team_ids` that the viewer answers for."""
    return tuple(sorted(team_ids if viewer.sees_everything else team_ids & viewer.team_ids))


def titled(text: str) -> str:
    """A text as the title of an item: one line, begun with a capital, cut where it is too long."""
    line = " ".join(text.split())
    return _cut(line[:1].upper() + line[1:], MAX_TITLE)


def worded(text: str) -> str:
    """A text as the words of an item."""
    return _cut(text.strip(), MAX_WORDS)


def long_worded(text: str) -> str:
    """A text as the reformulation of an item, or a remark."""
    return _cut(text.strip(), MAX_TEXT)


def moment_title(cause: str, call: Call, otherwise: str) -> str:
    """How a moment is called before everybody: by what it is, never by whose it is."""
    return titled(f"{cause_label(cause) or otherwise} · {local_date(call.started_at)}")


def pair_title(cause: str) -> str:
    """How a before and after is called."""
    about = cause_label(cause)
    return titled(_("Before and after: %(what)s", what=about) if about else _("Before and after"))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
