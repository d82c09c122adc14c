"""Words and plain values of this room's pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from callcoach.analysis.claims import Standing
from callcoach.audits.frames import Exclusion
from callcoach.audits.models import Audit, AuditCall, AuditState, LeftOut, SampleState
from callcoach.audits.results import UNWANTED, Share, is_aligned, standings_of
from callcoach.campaigns.models import PromiseKind
from callcoach.promises.labels import STANDINGS
from callcoach.web.filters import number, percent

#: Mark, word and look of how far an audit has come.
STATES: Mapping[AuditState, tuple[str, LazyString, str]] = {
    AuditState.DRAFT: ("✎", _l("Draft"), ""),
    AuditState.DRAWN: ("◔", _l("Being judged"), "busy"),
    AuditState.CLOSED: ("✓", _l("Closed"), "good"),
    AuditState.ABANDONED: ("×", _l("Given up"), ""),
}

#: Why calls of the campaign and period are not in the frame.
EXCLUSIONS: Mapping[Exclusion, LazyString] = {
    Exclusion.PUT_ASIDE: _l("put aside"),
    Exclusion.OBJECTION: _l("the prospect objected"),
    Exclusion.OTHER_KIND: _l("not with the person to be reached"),
    Exclusion.OTHER_TEAM: _l("of another team"),
    Exclusion.OTHER_OUTCOME: _l("ended otherwise"),
    Exclusion.OTHER_LENGTH: _l("too short or too long"),
    Exclusion.NO_PROMISE: _l("before any promise was in force"),
    Exclusion.NO_TRANSCRIPT: _l("without transcript"),
    Exclusion.AUDIO_DELETED: _l("sound deleted"),
}

#: Why a sampled call may be left out.
LEFT_OUT: Mapping[LeftOut, LazyString] = {
    LeftOut.WRONG_KIND: _l("Wrong kind of call"),
    LeftOut.INAUDIBLE: _l("Inaudible"),
    LeftOut.OBJECTION: _l("The prospect objected"),
    LeftOut.ERASED: _l("Erased"),
}

#: Never told by colour alone.
SIGNS: Mapping[Standing, str] = {
    Standing.FAITHFUL: "✓",
    Standing.DISTORTED: "≠",
    Standing.OVERPROMISED: "▲",
    Standing.OMITTED: "∅",
    Standing.NOT_APPLICABLE: "–",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One way in which a call can stand to a promise, with its key."""

    key: str
    standing: str
    sign: str
    label: str
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An audit in a list."""

    audit: Audit
    sign: str
    state: str
    look: str
    sampled: int
    judged: int


def choices_of(kind: PromiseKind | str) -> list[Choice]:
    """What can be said of a call and a promise of this kind: 1 is always what is wanted, 5 that
    there was no occasion.
    """
    possible = standings_of(kind)
    keys = "125" if len(possible) == len("125") else "12345"
    return [
        Choice(key, standing.value, sign_of(kind, standing), label_of(kind, standing), key == "1")
        for key, standing in zip(keys, possible, strict=True)
    ]


def label_of(kind: PromiseKind | str, standing: Standing | str) -> str:
    """How a call stands, in the words for a promise of this kind."""
    standing = Standing(standing)
    if PromiseKind(kind) in UNWANTED and standing is not Standing.NOT_APPLICABLE:
        return _("Was not said") if standing is Standing.OMITTED else _("Was said")
    return str(STANDINGS[standing])


def sign_of(kind: PromiseKind | str, standing: Standing | str) -> str:
    """A mark for it: a tick is always what is wanted."""
    standing = Standing(standing)
    if PromiseKind(kind) in UNWANTED and standing is not Standing.NOT_APPLICABLE:
        return "✓" if standing is Standing.OMITTED else "▲"
    return SIGNS[standing]


def look_of(kind: PromiseKind | str, standing: Standing | str) -> str:
    """Look of its chip."""
    if Standing(standing) is Standing.NOT_APPLICABLE:
        return ""
    return "good" if is_aligned(kind, standing) else "break"


def audit_row(audit: Audit) -> AuditRow:
    """An audit as lists show it."""
    sign, label, look = STATES[AuditState(audit.state)]
    sample = sample_of(audit)
    judged = sum(one.judged_at is not None for one in sample)
    return AuditRow(audit, sign, str(label), look, len(sample), judged)


def sample_of(audit: Audit) -> list[AuditCall]:
    """Its sample as it stands."""
    return [one for one in audit.calls if one.state == SampleState.SAMPLED]


def share_text(share: Share) -> str:
    """« 93 % [82–98] »; a dash of nothing."""
    if share.value is None:
        return "–"
    low, high = (number(100 * bound) for bound in (share.low, share.high))
    return f"{percent(share.value)} [{low}–{high}]"


def counted(reasons: Mapping[str, int], words: Mapping[str, LazyString]) -> list[tuple[str, int]]:
    """Reasons in words, in the order of `words`, with how many calls each; those that occur."""
    return [(str(label), reasons[key]) for key, label in words.items() if reasons.get(key)]


def exclusions(
    excluded: Sequence[tuple[int, str]] | Sequence[list[object]],
) -> list[tuple[str, int]]:
    """How many calls are outside the frame for which reason."""
    found: dict[str, int] = {}
    for _call_id, reason in excluded:
        found[str(reason)] = found.get(str(reason), 0) + 1
    return counted(found, {key.value: label for key, label in EXCLUSIONS.items()})
