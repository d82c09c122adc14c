"""Decisions as pages show them: who sees to them, by when, what they change, and what speaks for
their being done. What the viewer may not see of it is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask import render_template, url_for
from flask_babel import get_timezone
from flask_babel import gettext as _
from markupsafe import Markup

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.debriefs.access import can_lead
from callcoach.debriefs.minutes import without_names
from callcoach.debriefs.models import Debrief, Decision, DecisionState
from callcoach.debriefs.queries import decision_links as links
from callcoach.debriefs.queries import decisions as queries
from callcoach.debriefs.queries.effects import Summary, summary
from callcoach.debriefs.queries.minutes import hides_of
from callcoach.extensions import utc_now


@dataclass(frozen=True, slots=True)
class LinkView:
    """A thing that a decision changes.

    Args:
        word: what kind of thing it is.
        url: where it is; "" where the viewer has no page for it.
        finished: why the decision may be done, a question; "" as long as the thing is not finished.
    """

    kind: str
    word: str
    label: str
    url: str
    finished: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision.

    Args:
        is_late: open, and its day is past.
        proposes: why it may be done, a question; "" when nothing says so.
        can_lead: whether the viewer changes and drops it.
        can_finish: whether the viewer says that it is done.
        can_reopen: whether the viewer takes its end back.
        state_word, state_sign: open, done or dropped, as a word and a shape.
        effect: what is heard since; None where nothing is looked for, or the viewer does not lead.
    """

    decision_id: int
    text: str
    owner: str
    is_mine: bool
    due_on: date | None
    is_late: bool
    state: str
    state_word: str
    state_sign: str
    closing_text: str
    closed_at: datetime | None
    debrief_id: int
    debrief_title: str
    debrief_at: datetime
    item_title: str
    links: tuple[LinkView, ...]
    proposes: str
    can_lead: bool
    can_finish: bool
    can_reopen: bool
    row_version: int
    effect: Summary | None


def today() -> date:
    """The reader's day."""
    zone = get_timezone()
    now = utc_now()
    return (now.astimezone(zone) if zone else now).date()


def view_of(
    viewer: Viewer, decision: Decision, *, on: date | None = None, is_shared: bool = False
) -> DecisionView:
    """One decision for the viewer.

    Args:
        on: the reader's day; looked up when None.
        is_shared: others may look over the viewer's shoulder: left out is what is about one agent.
    """
    leads = can_lead(viewer, decision.debrief)
    is_mine = viewer.user_id is not None and decision.owner_id == viewer.user_id
    is_open = decision.state == DecisionState.OPEN
    found = tuple(
        link
        for link in _links(viewer, decision)
        if not is_shared or link.kind not in ("objective", "note")
    )
    day = on or today()
    return DecisionView(
        decision_id=decision.id,
        text=_shared_text(decision) if is_shared else decision.text,
        owner=decision.owner.name if decision.owner else "",
        is_mine=is_mine,
        due_on=decision.due_on,
        is_late=is_open and decision.due_on is not None and decision.due_on < day,
        state=str(decision.state),
        state_word=state_word(decision.state),
        state_sign={"open": "○", "done": "✓", "dropped": "×"}[str(decision.state)],
        closing_text=decision.closing_text,
        closed_at=decision.closed_at,
        debrief_id=decision.debrief_id,
        debrief_title=decision.debrief.title,
        debrief_at=decision.debrief.starts_at,
        # What an item is called may speak of a difficult moment
        item_title=decision.item.title if decision.item is not None and leads else "",
        links=found,
        proposes=next((link.finished for link in found if link.finished), "") if is_open else "",
        can_lead=leads,
        can_finish=is_open and (leads or is_mine),
        can_reopen=not is_open and (leads or (is_mine and decision.closed_by_id == viewer.user_id)),
        row_version=decision.row_version,
        effect=summary(decision.effect) if decision.effect is not None and leads else None,
    )


def views_of(
    viewer: Viewer, found: Iterable[Decision], *, is_shared: bool = False
) -> list[DecisionView]:
    """Several, in their order."""
    day = today()
    return [view_of(viewer, decision, on=day, is_shared=is_shared) for decision in found]


def open_panel(viewer: Viewer, debrief: Debrief, *, back: str = "") -> Markup:
    """What earlier debriefs decided and is still open, for the top of the agenda and of the
    presenter's page; "" when nothing is. It may be on a shared screen.

    Args:
        back: path of the page that it stands on, to return to after a change.
    """
    found = views_of(viewer, queries.open_before(viewer, debrief), is_shared=True)
    if not found:
        return Markup("")
    return Markup(  # noqa: S704 - our own template, which escapes
        render_template("debriefs/_open_decisions.html", decisions=found, back=back)
    )


def state_word(state: str) -> str:
    """Open, done, dropped."""
    words = {
        DecisionState.OPEN: _("To do"),
        DecisionState.DONE: _("Carried out"),
        DecisionState.DROPPED: _("Given up"),
    }
    return str(words[DecisionState(state)])


def _shared_text(decision: Decision) -> str:
    """Its words without whose difficult moment it was taken on."""
    item = decision.item
    return without_names(decision.text, hides_of(decision.debrief, item) if item else ())


def _links(viewer: Viewer, decision: Decision) -> Iterable[LinkView]:
    is_agent = viewer.role is Role.AGENT
    request = links.request_of(viewer, decision)
    if request is not None:
        yield LinkView(
            "request",
            _("Script change"),
            request.title,
            url_for("script_fit.show_request", request_id=request.id),
            _("The words are in the script: is this done?") if links.is_merged(request) else "",
        )
    objective = links.objective_of(viewer, decision)
    if objective is not None:
        page = (
            url_for("progress.my_progress", _anchor="objectives")
            if is_agent
            else url_for("progress.show_agent", agent_id=objective.agent_id, _anchor="objectives")
        )
        is_closed = objective.closed_at is not None
        yield LinkView(
            "objective",
            _("Objective"),
            objective.text,
            page,
            _("The objective is closed: is this done?") if is_closed else "",
        )
    drill = links.drill_of(viewer, decision)
    if drill is not None:
        page = (
            url_for("drills.my_drills")
            if is_agent
            else url_for("drills.show_drill", drill_id=drill.id)
        )
        is_done = links.is_done_by_all(decision.debrief, drill)
        yield LinkView(
            "drill",
            _("Drill"),
            drill.title,
            page,
            _("Everybody has done the drill: is this done?") if is_done else "",
        )
    note = links.note_of(viewer, decision)
    if note is not None:
        page = (
            url_for("coaching.my_note", note_id=note.id)
            if is_agent
            else url_for("coaching.desk", call_id=note.call_id, _anchor=f"note-{note.id}")
        )
        yield LinkView("note", _("Note"), links.note_words(note), page, "")
