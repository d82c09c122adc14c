"""Words and rows for the pages of calls: what templates print, already chosen and worded.

Knows rows and the language, not the request. Labels are here because lists, pages, forms and
exports must say the same word for the same thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from callcoach.analysis import wording
from callcoach.analysis.model import Cause, Valence
from callcoach.calls.models import Call, CallKind, CallState, KindSource, Outcome
from callcoach.jobs.models import fill_reason

#: States in which a worker still has something to do.
RUNNING = frozenset(
    {CallState.QUEUED, CallState.DECODING, CallState.TRANSCRIBING, CallState.ANALYSING}
)

_NARROW_SPACE = "\u202f"


def language() -> str:
    """The page's language, one that `analysis.wording` knows."""
    locale = get_locale()
    code = locale.language if locale is not None else "fr"
    return code if code in wording.LANGUAGES else "en"


def state_label(state: str) -> str:
    """How far a call has come, in a word or two."""
    return str(
        {
            CallState.QUEUED: _("Waiting"),
            CallState.DECODING: _("Reading the audio"),
            CallState.TRANSCRIBING: _("Transcribing"),
            CallState.ANALYSING: _("Analysing"),
            CallState.READY: _("Ready"),
            CallState.FAILED: _("Failed"),
            CallState.CANCELLED: _("Cancelled"),
        }[CallState(state)]
    )


def kind_label(kind: str) -> str:
    """Who was reached."""
    return str(
        {
            CallKind.TARGET: _("Target reached"),
            CallKind.GATEKEEPER: _("Gatekeeper"),
            CallKind.WRONG_PERSON: _("Wrong person"),
            CallKind.VOICEMAIL: _("Voicemail"),
            CallKind.NO_ANSWER: _("No answer"),
        }[CallKind(kind)]
    )


def outcome_label(outcome: str) -> str:
    """How the call ended."""
    return str(
        {
            Outcome.MEETING: _("Meeting"),
            Outcome.CALLBACK: _("Call back"),
            Outcome.EMAIL: _("E-mail to send"),
            Outcome.REFUSAL: _("Refusal"),
            Outcome.HUNG_UP: _("Hung up"),
            Outcome.NONE: _("No outcome"),
        }[Outcome(outcome)]
    )


def channel_label(agent_channel: str) -> str:
    """On which side the agent is."""
    return str(
        {
            "auto": _("Automatic (left when stereo)"),
            "left": _("Left"),
            "right": _("Right"),
            "mixed": _("Both voices on one channel"),
        }[agent_channel]
    )


def clock(milliseconds: int) -> str:
    """A position as players write it.

    >>> clock(17_900), clock(3_723_000)
    ('0:17', '1:02:03')
    """
    seconds = max(0, milliseconds) // 1000
    hours, minutes = divmod(seconds // 60, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{seconds % 60:02d}"
    return f"{minutes}:{seconds % 60:02d}"


def spoken_duration(milliseconds: int) -> str:
    r"""A length in words, such as ``1 min 22 s``, of whole seconds as `clock` counts them; "" when
    not known yet.

    >>> ascii(spoken_duration(82_000))
    "'1\\u202fmin 22\\u202fs'"
    """
    if milliseconds <= 0:
        return ""
    seconds = max(1, milliseconds // 1000)
    hours, minutes = divmod(seconds // 60, 60)
    parts = []
    if hours:
        parts.append(f"{hours}{_NARROW_SPACE}h")
    if minutes:
        parts.append(f"{minutes}{_NARROW_SPACE}min")
    if not hours and (seconds % 60 or not parts):
        parts.append(f"{seconds % 60}{_NARROW_SPACE}s")
    return " ".join(parts)


def cause_choices() -> list[tuple[str, str, str]]:
    """Every cause as (value, label, valence), negative ones first, each group by its label."""
    rows = [
        (cause.value, wording.cause_label(cause, language()), cause.valence.value)
        for cause in Cause
    ]
    return sorted(rows, key=lambda row: (row[2] != Valence.NEGATIVE, row[1]))


def person_called(call: Call) -> str:
    """Who was called, as a heading names them."""
    if call.prospect_name:
        return call.prospect_name
    if call.prospect_phone:
        return call.prospect_phone
    return str(_("Unknown prospect"))


def heading(call: Call) -> str:
    """Prospect, persona and company: "M. Roussel, DAF · Mécalor Industrie"."""
    person = person_called(call)
    if call.persona:
        person = f"{person}, {call.persona}"
    return f"{person} · {call.company}" if call.company else person


@dataclass(frozen=True, slots=True)
class Counts:
    """How many moments of each valence the viewer may see."""

    negative: int = 0
    positive: int = 0

    @property
    def negative_text(self) -> str:
        return str(ngettext("%(num)d break", "%(num)d breaks", self.negative))

    @property
    def positive_text(self) -> str:
        return str(ngettext("%(num)d opening", "%(num)d openings", self.positive))


@dataclass(frozen=True, slots=True)
class Row:
    """One call in the list.

    `is_guess`: the analysis alone says that somebody else than the target was reached.
    `progress` is a whole percentage, or None when nothing runs; `counts` holds what the viewer may
    see, and says "none" only to who sees all (`sees_all_moments`); `tags` are those it sees.
    `note_group` is the same for calls that one note can be about, "" for those that none can be, and
    None when the viewer writes no notes.
    """

    call_id: int
    started_at: datetime
    prospect: str
    company: str
    persona: str
    agent: str
    team: str
    campaign: str
    duration: str
    kind: str
    kind_label: str
    is_guess: bool
    outcome: str
    outcome_label: str
    state: str
    state_label: str
    progress: int | None
    failure: str
    counts: Counts | None
    sees_all_moments: bool
    can_edit: bool
    can_delete: bool
    note_group: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def result(self) -> str:
        """Outcome of a conversation with the target; who answered otherwise."""
        if self.kind != CallKind.TARGET:
            return self.kind_label
        return self.outcome_label if self.outcome != Outcome.NONE else ""


def row(
    call: Call,
    *,
    progress: float | None,
    counts: Counts | None,
    sees_all_moments: bool,
    can_edit: bool,
    can_delete: bool,
    can_judge: bool = False,
    tags: Sequence[str] = (),
) -> Row:
    """Prepare one row; `progress` is a share in [0, 1] or None."""
    is_ready = call.state == CallState.READY and call.agent_id is not None
    group = f"{call.agent_id}-{call.team_id}" if is_ready else ""
    running = call.state in RUNNING
    return Row(
        call_id=call.id,
        started_at=call.started_at,
        prospect=person_called(call),
        company=call.company,
        persona=call.persona,
        agent=call.agent.name if call.agent else "",
        team=call.team.name,
        campaign=call.campaign.name,
        duration=spoken_duration(call.duration_ms),
        kind=str(call.kind),
        kind_label=kind_label(call.kind),
        is_guess=call.kind != CallKind.TARGET and call.kind_source == KindSource.ANALYSIS,
        outcome=str(call.outcome),
        outcome_label=outcome_label(call.outcome),
        state=str(call.state),
        state_label=state_label(call.state),
        progress=round(100 * (progress or 0.0)) if running else None,
        failure=fill_reason(call.failure, call.failure_values or {}, _),
        counts=counts if call.state == CallState.READY else None,
        sees_all_moments=sees_all_moments,
        can_edit=can_edit,
        can_delete=can_delete,
        note_group=group if can_judge else None,
        tags=tuple(tags),
    )
