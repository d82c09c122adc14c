"""Minutes: edited, written anew, sent to who took part; what a debrief did not reach waits again."""

from __future__ import annotations

from sqlalchemy import func, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.access_log import record
from callcoach.debriefs.access import can_lead
from callcoach.debriefs.events import on_ended, on_reopened
from callcoach.debriefs.minutes import lines_of
from callcoach.debriefs.models import AgendaItem, Debrief, DebriefState
from callcoach.debriefs.operations.agenda import waiting_for
from callcoach.debriefs.queries.debriefs import participants
from callcoach.debriefs.queries.fitting import misfits
from callcoach.errors import Conflict, InvalidInput, NotFound, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.notices import operations as notices

#: Longest minutes, characters: six pages; longer ones are read by nobody.
MAX_TEXT = 20_000
#: Begins the `AgendaItem.source` of what stands in the minutes for an item that waits for the next
#: debrief; the id of that item follows.
MOVED = "moved:"


def edit(
    viewer: Viewer, debrief: Debrief, text: str, *, based_on: int, automatic: str = ""
) -> Debrief:
    """Keep minutes as edited.

    Args:
        based_on: the `minutes_version` that was read.
        automatic: lines of minutes written automatically; those of them in the text are shown only
            as long as they still would be written.

    Raises:
        NotFound: it is not the viewer's to lead.
        InvalidInput: no words, or too many.
        Conflict: it is not over.
        StaleVersion: somebody edited them meanwhile; ``values["theirs"]`` is their text.
    """
    _lock(viewer, debrief)
    _require_current(debrief, based_on, yours=text)
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise InvalidInput("Minutes without a word say nothing. Write them anew instead.")
    if len(text) > MAX_TEXT:
        raise InvalidInput("Write %(limit)s characters at most.", field="text", limit=MAX_TEXT)
    written = lines_of(debrief.minutes_base) | lines_of(automatic)
    debrief.minutes_base = "\n".join(sorted(lines_of(text) & written))
    debrief.minutes_text = f"{text}\n"
    debrief.minutes_version += 1
    db.session.flush()
    return debrief


def write_anew(viewer: Viewer, debrief: Debrief, *, based_on: int) -> Debrief:
    """Take what was edited away: the minutes are those of what happened again.

    Raises:
        As `edit`.
    """
    _lock(viewer, debrief)
    _require_current(debrief, based_on)
    debrief.minutes_text = debrief.minutes_base = ""
    debrief.minutes_version += 1
    db.session.flush()
    return debrief


def send(viewer: Viewer, debrief: Debrief) -> int:
    """Send the minutes to who was expected; how many were told. Sending again tells again.

    Raises:
        NotFound: it is not the viewer's to lead.
        Conflict: it is not over.
    """
    _lock(viewer, debrief)
    debrief.minutes_sent_at, debrief.minutes_sent_by_id = utc_now(), viewer.user_id
    told = notices.notify_each(
        [user.id for user in participants(debrief)],
        "debrief.minutes",
        subject_of(debrief),
        f"/debriefs/{debrief.id}/minutes",
        title=debrief.title,
    )
    record(viewer.user_id, "minutes.sent", subject_kind="debrief", subject_id=debrief.id)
    db.session.flush()
    return len(told)


def unsend(viewer: Viewer, debrief: Debrief) -> Debrief:
    """Take minutes back: who has not opened them yet is told of nothing. Doing it twice is doing it
    once.

    Raises:
        NotFound, Conflict: as `send`.
    """
    _lock(viewer, debrief)
    debrief.minutes_sent_at = debrief.minutes_sent_by_id = None
    notices.take_back("debrief.minutes", subject_of(debrief))
    record(viewer.user_id, "minutes.taken_back", subject_kind="debrief", subject_id=debrief.id)
    db.session.flush()
    return debrief


def subject_of(debrief: Debrief) -> str:
    """What notices about the minutes of a debrief are about."""
    return f"minutes:{debrief.id}"


@on_ended
def put_back(debrief: Debrief) -> None:
    """What was not reached waits for the next debrief of its team; its title stays for the minutes.
    In a one-to-one nothing waits: its two say what they take up again.
    """
    if debrief.state != DebriefState.DONE or debrief.agent_id is not None or not debrief.team_ids:
        return
    teams = {item.id: _team_of(item, debrief.team_ids) for item in debrief.items}
    waiting = {
        (item.team_id, item.source)
        for item in waiting_for(debrief.team_ids | set(teams.values()))
        if item.source
    }
    for item in list(debrief.items):
        team_id = teams[item.id]
        if item.opened_at is not None or item.source.startswith(MOVED):
            continue
        if (team_id, item.source) in waiting:
            continue
        db.session.add(
            AgendaItem(
                debrief_id=debrief.id,
                position=item.position,
                kind=item.kind,
                title=item.title,
                minutes=item.minutes,
                agent_id=item.agent_id,
                is_good=item.is_good,
                source=f"{MOVED}{item.id}",
            )
        )
        item.debrief_id, item.team_id = None, team_id
        item.row_version += 1
    db.session.flush()
    db.session.expire(debrief, ["items"])


def _team_of(item: AgendaItem, team_ids: frozenset[int]) -> int:
    """Whose an item is: the team of its call; otherwise the first whose agents are to see it."""
    if item.call is not None:
        return item.call.team_id
    fitting = [one for one in team_ids if not misfits([item], team_ids, {one})]
    return min(fitting or team_ids)


@on_reopened
def bring_back(debrief: Debrief) -> None:
    """Undo `put_back`, but for what was taken up, or taken away, since."""
    for stub in list(debrief.items):
        if not stub.source.startswith(MOVED):
            continue
        item = db.session.get(
            AgendaItem,
            int(stub.source.removeprefix(MOVED)),
            populate_existing=True,
            with_for_update={"of": AgendaItem},
        )
        # Where a later debrief did not reach it either, it waits because of that one
        last = select(func.max(AgendaItem.id)).where(AgendaItem.source == stub.source)
        if item is None or item.team_id is None or db.session.scalar(last) != stub.id:
            continue
        item.debrief_id, item.team_id, item.position = debrief.id, None, stub.position
        item.row_version += 1
        db.session.delete(stub)
    db.session.flush()
    db.session.expire(debrief, ["items"])


def _lock(viewer: Viewer, debrief: Debrief) -> None:
    if not can_lead(viewer, debrief):
        raise NotFound("There is no such debrief.")
    db.session.refresh(debrief, with_for_update={"of": Debrief})
    if debrief.state != DebriefState.DONE:
        raise Conflict("This debrief is not over. End it first.")


def _require_current(debrief: Debrief, based_on: int, **values: str) -> None:
    if debrief.minutes_version != based_on:
        raise StaleVersion(
            "Somebody edited these minutes meanwhile; compare before you save.",
            theirs=debrief.minutes_text,
            row_version=debrief.minutes_version,
            **values,
        )
