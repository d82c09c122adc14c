"""What a notice says: one sentence for each kind, in the reader's language.

Names and counts only; what a note or an answer says stays behind the sign-in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from callcoach.errors import N_

#: Kind of notice -> sentence. `name` is who did it, where somebody did.
SENTENCES: Mapping[str, str] = {
    "note.sent": N_("%(name)s wrote you a note."),
    "note.changed": N_("%(name)s changed a note for you."),
    "note.answered": N_("%(name)s answered under a note."),
    "note.mention": N_("%(name)s named you in a note."),
    "request.asked": N_("%(name)s asks you to listen to a call."),
    "request.answered": N_("%(name)s answered your request to listen."),
    "dispute.opened": N_("%(name)s sees a note otherwise."),
    "dispute.answered": N_("%(name)s answered how you see it."),
    "drill.assigned": N_("A drill waits for you."),
    "drill.submitted": N_("%(name)s sent a try at a drill."),
    "drill.marked": N_("%(name)s answered your try at a drill."),
    "progress.pair": N_("A before and after of yours is ready to be heard."),
    "progress.period": N_("%(name)s announces a coaching period from %(start)s to %(end)s."),
    "progress.objective": N_("%(name)s proposes an objective."),
    "progress.objective_answered": N_("%(name)s answered about an objective."),
    "progress.consent": N_("%(name)s asks whether a moment of yours may be played to the team."),
    "script.submitted": N_(
        "%(name)s asks you to approve version %(number)s of the script “%(campaign)s”."
    ),
    "script.reminded": N_(
        "Version %(number)s of the script “%(campaign)s” still waits for your approval."
    ),
    "script.deputy": N_(
        "Version %(number)s of the script “%(campaign)s” waits for you, as a deputy, to approve it."
    ),
    "script.approved": N_("%(name)s approved version %(number)s of the script “%(campaign)s”."),
    "script.sent_back": N_("%(name)s sent version %(number)s of the script “%(campaign)s” back."),
    "script.unasked": N_(
        "Version %(number)s of the script “%(campaign)s” did not need your approval; you may "
        "suspend it."
    ),
    "script.suspended": N_("%(name)s suspended version %(number)s of the script “%(campaign)s”."),
    "script.changed_back": N_(
        "The script “%(campaign)s” is another one again: read it before your next call."
    ),
    "script.briefing": N_("The script of %(campaign)s changes: read what."),
    "script.changed_by_you": N_("A line of the script changed thanks to your call."),
    "debrief.invited": N_(
        "A debrief of your team takes place: “%(title)s”, on %(day)s at %(time)s."
    ),
    "debrief.one_to_one": N_("%(name)s proposes a one-to-one on %(day)s at %(time)s."),
    "debrief.moved": N_("The debrief “%(title)s” moves to %(day)s at %(time)s."),
    "debrief.skipped": N_("The debrief “%(title)s” of %(day)s does not take place."),
    "debrief.started": N_("The debrief “%(title)s” has begun: join it."),
    "debrief.catch_up": N_("You missed the debrief “%(title)s”: catch up with it."),
    "debrief.minutes": N_("The minutes of the debrief “%(title)s” are there."),
    "debrief.decision": N_("A debrief gave you something to do by %(day)s."),
    "debrief.decision_open": N_("A debrief gave you something to do."),
    "lesson.proposed": N_("%(name)s proposes a lesson to your team: “%(title)s”."),
    "lesson.taken": N_("The team %(team)s took up the lesson “%(title)s”."),
    "team.objective": N_("Your team has a new objective."),
    "portal.commented": N_("The client of %(campaign)s commented on a finding."),
    "portal.agreed": N_("The client of %(campaign)s agrees with a finding."),
    "portal.contested": N_("The client of %(campaign)s contests a finding: hear it again."),
    "portal.calibrated": N_("The client of %(campaign)s answered in a joint calibration."),
    "portal.incident_commented": N_("The client of %(campaign)s commented on an incident."),
    "portal.wording": N_("The first calls with a new wording of %(campaign)s are drawn."),
    "audit.closed": N_("The audit “%(title)s” is closed: read what it found."),
    "audit.commented": N_("The floor of %(campaign)s commented on a finding."),
    "audit.calibrated": N_("The floor of %(campaign)s answered in a joint calibration."),
    "field.letter": N_("A letter from the floor of %(campaign)s has come."),
    "incident.suspected": N_(
        "In a call for “%(campaign)s” something may have been said that must not be: listen to it first."
    ),
    "incident.tell_soon": N_("The sponsor of “%(campaign)s” is still to be told of an incident."),
    "incident.overdue": N_(
        "The time in which the sponsor of “%(campaign)s” was to be told of an incident is over."
    ),
    "incident.recontact": N_(
        "%(name)s asks you to call a prospect of “%(campaign)s” back by %(day)s."
    ),
    "incident.told": N_(
        "An incident of “%(campaign)s”: read what happened and what is done about it."
    ),
    "promise.proposed": N_("%(name)s asks you to decide on a promise of “%(campaign)s”."),
    "promise.reminded": N_("A promise of “%(campaign)s” still waits for your decision."),
    "promise.deputy": N_("A promise of “%(campaign)s” waits for you, as a deputy, to decide."),
    "promise.approved": N_("%(name)s approved what you proposed for “%(campaign)s”."),
    "promise.declined": N_("%(name)s declined what you proposed for “%(campaign)s”, and says why."),
    "promise.recorded": N_(
        "%(name)s recorded an approval in your name, of a promise of “%(campaign)s”: given by %(who)s "
        "on %(day)s (%(how)s)."
    ),
    "script.request_answered": N_("Your request to change the script was answered."),
}


def sentence(kind: str, values: Mapping[str, Any]) -> str:
    """The sentence of a notice, in the language of the moment."""
    return _(SENTENCES[kind], **dict(values))
