"""Weeks and letters as this room's pages print them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from callcoach.analysis.redaction import Sensitive
from callcoach.calls.presenters import clock
from callcoach.campaigns.models import Campaign
from callcoach.coaching.home_presenters import desk_url
from callcoach.errors import N_
from callcoach.field_reports.letters import Letter
from callcoach.field_reports.models import KeptFinding, Signal, SponsorLetter, Use
from callcoach.field_reports.queries import Finding, Report
from callcoach.field_reports.rising import Count
from callcoach.field_reports.signals import SUBJECTS

#: Order and names of the parts of a week.
SIGNALS: Mapping[Signal, str] = {
    Signal.COMPETITOR: N_("Competitors named"),
    Signal.OBJECTION: N_("Objections"),
    Signal.PRIORITY: N_("What occupies them"),
    Signal.ALREADY_CALLED: N_("Called already"),
}
USES: Mapping[Use, str] = {
    Use.DEBRIEF: N_("Next debrief"),
    Use.REQUEST: N_("Change of the script"),
    Use.LETTER: N_("Letter to the sponsor"),
}
_STRUCK: Mapping[Sensitive, str] = {
    Sensitive.NAME: N_("name"),
    Sensitive.PHONE: N_("telephone number"),
    Sensitive.EMAIL: N_("e-mail address"),
    Sensitive.IBAN: N_("bank account"),
    Sensitive.CARD: N_("card number"),
    Sensitive.ADDRESS: N_("address"),
    Sensitive.NUMBER: N_("number"),
}


@dataclass(frozen=True, slots=True)
class MomentView:
    """A prospect's words with the way to hear them."""

    url: str
    clock: str
    day: date
    quote: str


@dataclass(frozen=True, slots=True)
class KeptView:
    """A use that a finding is kept for."""

    kept_id: int
    label: str
    remark: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """A subject in a week: its counts in words, and its moments."""

    signal: str
    key: str
    label: str
    said: str
    interval: str
    before: str
    rises: bool
    moments: Sequence[MomentView]
    kept: Sequence[KeptView]
    free_uses: Sequence[tuple[str, str]]
    request_url: str


def subject_label(signal: str, key: str) -> str:
    """The name of a subject, in the language of the moment."""
    known = SUBJECTS.get(Signal(signal), {})
    return _(known[key]) if key in known else key


def week_title(week: date) -> str:
    """“16 to 22 November 2026”."""
    end = week + timedelta(days=6)
    return _("%(start)s to %(end)s", start=format_date(week, "d MMM"), end=format_date(end, "long"))


def said_in(count: Count) -> str:
    """“5 of 12 calls”."""
    return ngettext(
        "%(num)s call of %(total)s", "%(num)s calls of %(total)s", count.count, total=count.total
    )


def groups(
    campaign: Campaign, report: Report, kept: Sequence[KeptFinding]
) -> list[tuple[str, list[FindingView]]]:
    """The findings by signal; a signal without any is left out."""
    found: list[tuple[str, list[FindingView]]] = []
    for signal, title in SIGNALS.items():
        views = [
            _finding(campaign, finding, kept)
            for finding in report.findings
            if finding.subject.signal == signal
        ]
        if views:
            found.append((_(title), views))
    return found


def in_short(report: Report) -> str:
    """A week in a sentence: how many subjects rise, or the most frequent one; "" of nothing said."""
    rising = sum(1 for finding in report.findings if finding.rises)
    if rising:
        return ngettext("%(num)s subject rises", "%(num)s subjects rise", rising)
    if not report.findings:
        return ""
    most = max(report.findings, key=lambda finding: finding.now.count)
    label = subject_label(most.subject.signal, most.subject.key)
    return _("most often: %(subject)s, %(said)s", subject=label, said=said_in(most.now))


def kept_rows(kept: Sequence[KeptFinding]) -> list[tuple[str, list[tuple[KeptFinding, str, str]]]]:
    """What was kept, by use: each with its name and counts in words."""
    return [
        (
            _(title),
            [
                (row, subject_label(row.signal, row.label), counts_said(row))
                for row in kept
                if row.used_for == use
            ],
        )
        for use, title in USES.items()
        if any(row.used_for == use for row in kept)
    ]


def counts_said(row: KeptFinding) -> str:
    """“5 of 12 calls; 4 of 51 in the four weeks before”."""
    return said_of(row.counts)


def said_of(counts: Mapping[str, int]) -> str:
    """The same of counts as they are kept."""
    return _both(
        Count(counts.get("now", 0), counts.get("of", 0)),
        Count(counts.get("before", 0), counts.get("of_before", 0)),
    )


def request_url(campaign_id: int, signal: str, key: str, said: str, kept_id: int | None) -> str:
    """The form of a request to change the script, filled in; with what was kept as its evidence."""
    return url_for(
        "script_fit.new_request",
        campaign_id=campaign_id,
        title=_("What to answer: %(subject)s", subject=subject_label(signal, key))[:200],
        reason=said,
        section_kind="objection" if signal == Signal.OBJECTION else None,
        kept=kept_id,
    )


def _both(now: Count, before: Count) -> str:
    if not before.total:
        return said_in(now)
    return _(
        "%(now)s; in the four weeks before, %(before)s", now=said_in(now), before=said_in(before)
    )


def struck_labels() -> dict[Sensitive, str]:
    """What stands in the place of what was struck out."""
    return {kind: _(message) for kind, message in _STRUCK.items()}


def paper(row: SponsorLetter) -> dict[str, Any]:
    """The data of the letter's PDF, in the language of the moment."""
    letter = Letter.from_dict(row.content)
    return {
        "title": _("From the floor"),
        "subtitle": f"{row.campaign.name} · {week_title(row.week)}",
        "language": row.campaign.language,
        "foot": _("Written by the supervisors; names and numbers are struck out."),
        **letter.to_dict(),
        "points": [asdict(point) for point in letter.shown],
    }


def _finding(campaign: Campaign, finding: Finding, kept: Sequence[KeptFinding]) -> FindingView:
    subject = finding.subject
    label = subject_label(subject.signal, subject.key)
    mine = [row for row in kept if (row.signal, row.label) == (subject.signal, subject.key)]
    used = {row.used_for for row in mine}
    kept_id = next((row.id for row in mine if row.used_for == Use.REQUEST), None)
    said = _both(finding.now, finding.before)
    low, high = finding.now.interval
    return FindingView(
        signal=str(subject.signal),
        key=subject.key,
        label=label,
        said=said_in(finding.now),
        interval=_("%(low)s to %(high)s %%", low=round(100 * low), high=round(100 * high)),
        before=said_in(finding.before) if finding.before.total else "",
        rises=finding.rises,
        moments=[
            MomentView(
                desk_url(moment.call_id, moment.start_ms),
                clock(moment.start_ms),
                moment.started_at.date(),
                moment.quote,
            )
            for moment in finding.moments
        ],
        kept=[KeptView(row.id, _(USES[Use(row.used_for)]), row.remark) for row in mine],
        free_uses=[(use.value, _(title)) for use, title in USES.items() if use not in used],
        request_url=request_url(campaign.id, subject.signal, subject.key, said, kept_id),
    )
