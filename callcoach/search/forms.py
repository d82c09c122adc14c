"""What the search page is asked in its address, and what saving a search sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField

from callcoach.analysis.model import Cause, Speaker
from callcoach.calls.forms import read_list_state
from callcoach.search.models import EntryKind
from callcoach.search.queries import SearchFilters
from callcoach.search.syntax import MAX_LENGTH, Query, parse
from callcoach.web.forms import Form

#: Names that the filters share with the list of calls.
_OF_CALLS = ("since", "until", "team", "agent", "campaign", "outcome", "kind", "tag")


@dataclass(frozen=True, slots=True)
class SearchState:
    """The search as the address describes it, and the words to write it back."""

    text: str
    query: Query
    filters: SearchFilters
    page: int
    values: Mapping[str, str]

    @property
    def is_filtered(self) -> bool:
        return any(value for name, value in self.values.items() if name != "q")

    def args(self, **changes: str) -> dict[str, str]:
        """Parameters of an address with this search; an empty change drops one."""
        merged = {**self.values, **changes}
        return {name: value for name, value in merged.items() if value}


def read_search(args: Mapping[str, str], *, zone: str) -> SearchState:
    """The search in an address, days in `zone`; what cannot be read counts as not set."""
    listed = read_list_state(args, zone=zone)
    text = " ".join(args.get("q", "").split())[:MAX_LENGTH]
    where = args.get("in", "")
    kind = EntryKind(where) if where in tuple(EntryKind) else None
    speaker = args.get("speaker", "")
    speaker = speaker if speaker in (Speaker.AGENT, Speaker.PROSPECT) else ""
    cause = args.get("cause", "")
    cause = cause if cause in tuple(Cause) else ""
    values = {name: listed.values[name] for name in _OF_CALLS}
    return SearchState(
        text=text,
        query=parse(text),
        filters=SearchFilters(
            calls=replace(listed.filters, text="", state=None, cause="", valence=""),
            kind=kind,
            speaker=speaker,
            cause=cause,
        ),
        page=listed.page,
        values={"q": text, "in": kind or "", "speaker": speaker, "cause": cause, **values},
    )


class SaveViewForm(Form):
    """A name for the search that the page shows; its length is judged by the operation."""

    name = StringField(_l("Name of this search"))
    query = HiddenField()
