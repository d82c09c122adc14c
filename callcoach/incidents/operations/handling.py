"""What is done about an open incident: telling the sponsor, calling back, putting right, briefing."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.campaigns.models import PromiseKind
from callcoach.debriefs import candidates
from callcoach.debriefs.operations import adding
from callcoach.errors import Conflict, InvalidInput, StaleVersion
from callcoach.extensions import db, utc_now
from callcoach.incidents.labels import STEPS
from callcoach.incidents.models import EventKind, Incident, IncidentState, Step
from callcoach.incidents.operations import telling
from callcoach.incidents.operations.rights import clean, note, require_handler
from callcoach.incidents.queries import people_who_call_back
from callcoach.privacy.presenters import text_of
from callcoach.privacy.queries import released_for

_KIND_OF_STEP = {
    Step.RECONTACT: EventKind.RECONTACT,
    Step.RECTIFIED: EventKind.RECTIFIED,
    Step.BRIEFING: EventKind.BRIEFING,
}


def proposed_account(incident: Incident) -> str:
    """Words to begin the sponsor's account with: what was said as a person released it, nothing of it
    while the call is not released, and what the sponsor had decided. A person reads and changes them
    before anybody else does.
    """
    redaction = released_for(incident.call)
    quote = ""
    if redaction is not None:
        quote = text_of(redaction, incident.start_ms, incident.end_ms, incident.channel)
    quote = quote.rstrip(".")
    said = str(_("In a call, an agent said: “%(quote)s”.", quote=quote)) if quote else ""
    if incident.version is None:
        return said
    text = incident.version.text.rstrip(".")
    if incident.version.kind == PromiseKind.FORBIDDEN:
        about = str(_("You decided that this is never said: “%(text)s”.", text=text))
    else:
        about = str(_("You decided: “%(text)s”.", text=text))
    return f"{said} {about}".strip()


def save_account(viewer: Viewer, incident: Incident, text: str, *, based_on: int) -> None:
    """Write what the sponsor is to read, while they have not been told.

    Raises:
        NotFound, Conflict: not the viewer's, not open, or told already.
        StaleVersion: somebody wrote in between.
    """
    _must_be_open(viewer, incident)
    if incident.told_at is not None:
        raise Conflict("The sponsor has read it; write them a remark instead.")
    account = clean(text)
    if incident.account == account:
        return
    if incident.row_version != based_on:
        raise StaleVersion(
            "Somebody changed this meanwhile. Your text is below: compare, then save again.",
            theirs=incident.account,
            yours=account,
        )
    incident.account = account
    incident.row_version += 1
    db.session.flush()


def tell(viewer: Viewer, incident: Incident) -> int:
    """Tell the sponsor: they read the account from now on, and are told so. Twice is once.

    Returns:
        How many people of the sponsor's were told.

    Raises:
        NotFound, Conflict: not the viewer's, or not open.
        InvalidInput: no account is written.
    """
    _must_be_open(viewer, incident)
    if incident.told_at is not None:
        return 0
    if not incident.account:
        raise InvalidInput("Write first what the sponsor is to read.")
    incident.told_at, incident.told_by_id = utc_now(), viewer.user_id
    note(viewer, incident, EventKind.TOLD, is_shared=True)
    telling.forget_reminders(incident)
    return telling.tell_sponsor(incident)


def plan_recontact(viewer: Viewer, incident: Incident, by_id: int, due_on: date) -> None:
    """Say who calls the prospect back, and until when; they are told.

    Raises:
        NotFound, Conflict: not the viewer's, or not open.
        InvalidInput: they could not read the incident, or the day is over.
    """
    _must_be_open(viewer, incident)
    people = {person.id: person.name for person in people_who_call_back(incident)}
    if by_id not in people:
        raise InvalidInput("Choose somebody who may read the incident.")
    if due_on < utc_now().date():
        raise InvalidInput("This day is over.")
    if (incident.recontact_by_id, incident.recontact_due_on) == (by_id, due_on):
        return
    incident.recontact_by_id, incident.recontact_due_on = by_id, due_on
    _needed(incident, Step.RECONTACT)
    note(viewer, incident, EventKind.RECONTACT, f"{people[by_id]} → {due_on.isoformat()}")
    telling.ask_to_call_back(viewer, incident)


def was_recontacted(viewer: Viewer, incident: Incident, words: str = "") -> None:
    """The prospect was called back. Twice is once."""
    _must_be_open(viewer, incident)
    if incident.recontacted_at is not None:
        return
    incident.recontacted_at = utc_now()
    _needed(incident, Step.RECONTACT)
    note(viewer, incident, EventKind.RECONTACT, words, is_shared=False)


def rectify(viewer: Viewer, incident: Incident, words: str, *, is_shared: bool) -> None:
    """Write what was put right with the prospect.

    Args:
        is_shared: whether the sponsor reads these words.
    """
    _must_be_open(viewer, incident)
    said = clean(words)
    if not said:
        raise InvalidInput("Write what was put right.")
    if incident.rectified == said:
        return
    incident.rectified = said
    _needed(incident, Step.RECTIFIED)
    note(viewer, incident, EventKind.RECTIFIED, said, is_shared=is_shared)


def brief(viewer: Viewer, incident: Incident, words: str) -> None:
    """Write how the team was briefed."""
    _must_be_open(viewer, incident)
    said = clean(words)
    if not said:
        raise InvalidInput("Write how the team was briefed.")
    if incident.briefing == said:
        return
    incident.briefing = said
    _needed(incident, Step.BRIEFING)
    note(viewer, incident, EventKind.BRIEFING, said)


def brief_in_debrief(viewer: Viewer, incident: Incident) -> bool:
    """Put the moment on the team's next debrief. It is played there with its agent's yes alone.

    Returns:
        False when it was there already.

    Raises:
        NotFound, Conflict: not the viewer's, or not open; or as `adding.add_to_next`.
    """
    _must_be_open(viewer, incident)
    source = f"call:{incident.call_id}:{incident.start_ms}-{incident.end_ms}"
    try:
        item = adding.add_to_next(viewer, candidates.find(viewer, source))
        is_new = True
    except adding.AlreadyThere as error:
        item, is_new = error.item, False
    if incident.item_id == item.id:
        return False
    incident.item_id = item.id
    _needed(incident, Step.BRIEFING)
    note(viewer, incident, EventKind.BRIEFING, str(_("On the agenda of a debrief")))
    return is_new


def mark_not_needed(viewer: Viewer, incident: Incident, step: str, reason: str) -> None:
    """A step is not needed, and why.

    Raises:
        NotFound, Conflict: not the viewer's, or not open.
        InvalidInput: there is no such step, or no reason.
    """
    _must_be_open(viewer, incident)
    if step not in set(Step):
        raise InvalidInput("There is no such step.")
    why = clean(reason)
    if not why:
        raise InvalidInput("Say in a few words why it is not needed.")
    chosen = Step(step)
    if incident.not_needed.get(chosen) == why:
        return
    incident.not_needed = {**incident.not_needed, chosen.value: why}
    words = str(_("Not needed: %(reason)s", reason=why))
    note(viewer, incident, _KIND_OF_STEP[chosen], words)


def remark(viewer: Viewer, incident: Incident, text: str, *, is_shared: bool) -> None:
    """Write a line into the history; shared, the sponsor reads it once they were told.

    Raises:
        NotFound: outside the viewer's scope.
        InvalidInput: nothing is written.
    """
    require_handler(viewer, incident)
    said = clean(text)
    if not said:
        raise InvalidInput("Write something first.")
    note(viewer, incident, EventKind.COMMENT, said, is_shared=is_shared)


def close(viewer: Viewer, incident: Incident) -> None:
    """Close it: the sponsor was told, and each step is done or not needed. Twice is once.

    Raises:
        NotFound, Conflict: not the viewer's, not open, or something is left to do.
    """
    require_handler(viewer, incident)
    if incident.state == IncidentState.CLOSED:
        return
    _must_be_open(viewer, incident)
    if left := left_to_do(incident):
        raise Conflict("Still to be done: %(steps)s.", steps=", ".join(left))
    incident.state = IncidentState.CLOSED
    incident.closed_at, incident.closed_by_id = utc_now(), viewer.user_id
    note(viewer, incident, EventKind.CLOSED, is_shared=True)


def left_to_do(incident: Incident) -> list[str]:
    """What keeps it from being closed, in words."""
    left = [] if incident.told_at is not None else [str(_("Tell the sponsor"))]
    return left + [str(STEPS[step]) for step in Step if not is_done(incident, step)]


def is_done(incident: Incident, step: Step) -> bool:
    """Whether a step is done or not needed. What is on an agenda is done when the debrief is."""
    if step.value in incident.not_needed:
        return True
    if step is Step.RECONTACT:
        return incident.recontacted_at is not None
    if step is Step.RECTIFIED:
        return bool(incident.rectified)
    return bool(incident.briefing) or is_briefed(incident)


def is_briefed(incident: Incident) -> bool:
    """Whether the debrief on whose agenda it stands has taken place."""
    item = incident.item
    return item is not None and item.debrief is not None and item.debrief.ended_at is not None


def _needed(incident: Incident, step: Step) -> None:
    """It is dealt with after all."""
    incident.not_needed = {
        name: why for name, why in incident.not_needed.items() if name != step.value
    }


def _must_be_open(viewer: Viewer, incident: Incident) -> None:
    require_handler(viewer, incident)
    if incident.state != IncidentState.OPEN:
        raise Conflict("This incident is not open (any more); look at it again.")
