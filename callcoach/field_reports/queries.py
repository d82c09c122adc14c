"""Reads of this room, scoped by a `Viewer`: outside the scope a thing does not exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select

from callcoach.accounts.access import Viewer
from callcoach.accounts.models import Role
from callcoach.analysis import expressions as matching
from callcoach.analysis.model import Kind, Speaker
from callcoach.calls.models import Call, Turn
from callcoach.calls.queries import in_scope
from callcoach.campaigns.models import Campaign, Sponsor, SponsorSeat
from callcoach.campaigns.queries import get_campaign, visible_campaigns
from callcoach.errors import NotFound
from callcoach.extensions import db
from callcoach.field_reports.access import can_read_letter, can_report
from callcoach.field_reports.models import KeptFinding, Signal, SponsorLetter, Watched
from callcoach.field_reports.rising import Count, rising
from callcoach.field_reports.signals import Subject, own, packaged

#: Weeks that a week is compared with.
WEEKS_BEFORE = 4
#: Weeks follow the clock of the market called.
ZONE = ZoneInfo("Europe/Paris")
#: Moments shown of one subject.
SHOWN = 8
#: Campaigns that the home page tells of: each is read by itself.
HOME = 5

_NONE = "There is no such page."


@dataclass(frozen=True, slots=True)
class Moment:
    """Where a prospect said something: a turn, milliseconds, half-open."""

    call_id: int
    start_ms: int
    end_ms: int
    quote: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """A subject in a week.

    Args:
        now, before: calls in which prospects said it, that week and in the `WEEKS_BEFORE`.
        rises: surely more often than before, see `rising`.
        moments: of the week, newest first, `SHOWN` at most.
    """

    subject: Subject
    now: Count
    before: Count
    rises: bool
    moments: Sequence[Moment]


@dataclass(frozen=True, slots=True)
class Report:
    """A week of a campaign in the viewer's scope.

    Args:
        calls, calls_before: conversations with the person looked for that were listened through.
        findings: what was said that week, the most frequent of each signal first.
        silent: how many subjects were looked for and not heard that week.
    """

    week: date
    calls: int
    calls_before: int
    findings: Sequence[Finding]
    silent: int


def monday_of(day: date) -> date:
    """The Monday of a day's week.

    >>> monday_of(date(2026, 11, 22))
    datetime.date(2026, 11, 16)
    """
    return day - timedelta(days=day.weekday())


def this_week(now: datetime) -> date:
    """The Monday of the week of a moment, on the market's clock."""
    return monday_of(now.astimezone(ZONE).date())


def get_reported(viewer: Viewer, campaign_id: int) -> Campaign:
    """A campaign whose weeks the viewer reads.

    Raises:
        NotFound: there is none: nobody else needs to know that there is such a page.
    """
    campaign = get_campaign(viewer, campaign_id)
    if not can_report(viewer, [link.team_id for link in campaign.teams]):
        raise NotFound(_NONE)
    return campaign


def report(viewer: Viewer, campaign: Campaign, week: date) -> Report:
    """What prospects said in a week, in the calls that the viewer may read.

    Args:
        week: its Monday.
    """
    start, end = _bounds(week)
    first = _bounds(week - timedelta(weeks=WEEKS_BEFORE))[0]
    listened = (
        Call.campaign_id == campaign.id,
        Call.deleted_at.is_(None),
        Call.current_analysis_id.is_not(None),
        Call.kind == Kind.TARGET,
        Call.started_at >= first,
        Call.started_at < end,
        in_scope(viewer),
    )
    calls = {
        row.id: row.started_at
        for row in db.session.execute(select(Call.id, Call.started_at).where(*listened))
    }
    said = _said(campaign, listened)
    counted: list[tuple[Subject, Count, Count, list[Moment]]] = []
    now_total = sum(1 for at in calls.values() if at >= start)
    for subject in subjects_of(campaign):
        turns = [turn for turn in said[subject.signal, subject.key] if turn[0] in calls]
        in_week = [
            Moment(call_id, from_ms, to_ms, text, calls[call_id])
            for call_id, from_ms, to_ms, text in turns
            if calls[call_id] >= start
        ]
        in_week.sort(key=lambda found: (found.started_at, -found.start_ms), reverse=True)
        earlier = {turn[0] for turn in turns if calls[turn[0]] < start}
        counted.append(
            (
                subject,
                Count(len({moment.call_id for moment in in_week}), now_total),
                Count(len(earlier), len(calls) - now_total),
                in_week,
            )
        )
    marks = rising([(now, before) for _, now, before, _ in counted])
    findings = [
        Finding(subject, now, before, rises, moments[:SHOWN])
        for (subject, now, before, moments), rises in zip(counted, marks, strict=True)
        if now.count
    ]
    place = {signal: number for number, signal in enumerate(Signal)}
    findings.sort(key=lambda found: (place[found.subject.signal], -found.now.count))
    return Report(week, now_total, len(calls) - now_total, findings, len(counted) - len(findings))


def campaigns_with_calls(viewer: Viewer, week: date) -> list[Campaign]:
    """Campaigns with calls of the viewer's scope in a week, `HOME` at most, by name."""
    start, end = _bounds(week)
    called = select(Call.campaign_id).where(
        Call.deleted_at.is_(None),
        Call.current_analysis_id.is_not(None),
        Call.kind == Kind.TARGET,
        Call.started_at >= start,
        Call.started_at < end,
        in_scope(viewer),
    )
    query = visible_campaigns(viewer).where(Campaign.id.in_(called))
    return list(db.session.scalars(query.order_by(Campaign.name, Campaign.id).limit(HOME)))


def subjects_of(campaign: Campaign) -> list[Subject]:
    """What is listened for in a campaign: its own first, which take the place of a packaged one
    of the same name.
    """
    watched = [own(row, campaign.language) for row in watched_of(campaign.id)]
    return [*watched, *packaged(campaign.language)]


def watched_of(campaign_id: int, *, removed: bool = False) -> list[Watched]:
    """What a campaign watches itself, by signal and name."""
    rows = db.session.scalars(
        select(Watched)
        .where(
            Watched.campaign_id == campaign_id,
            Watched.removed_at.is_not(None) if removed else Watched.removed_at.is_(None),
        )
        .order_by(Watched.signal, Watched.label)
    )
    return list(rows)


def kept_of(campaign_id: int, week: date) -> list[KeptFinding]:
    """What was kept of a week, in the order in which it was."""
    return list(
        db.session.scalars(
            select(KeptFinding)
            .where(KeptFinding.campaign_id == campaign_id, KeptFinding.week == week)
            .order_by(KeptFinding.id)
        )
    )


def letter_of(campaign_id: int, week: date) -> SponsorLetter | None:
    """The letter of a week, a draft or sent."""
    return db.session.scalar(
        select(SponsorLetter).where(
            SponsorLetter.campaign_id == campaign_id, SponsorLetter.week == week
        )
    )


def get_letter(viewer: Viewer, letter_id: int) -> SponsorLetter:
    """One letter.

    Raises:
        NotFound: there is none, or it is not the viewer's to read.
    """
    found = db.session.get(SponsorLetter, letter_id)
    if found is None or not can_read_letter(
        viewer,
        [link.team_id for link in found.campaign.teams],
        [seat.user_id for seat in found.campaign.sponsor.seats],
        is_sent=found.sent_at is not None,
    ):
        raise NotFound("There is no such letter.")
    return found


def sent_letters(viewer: Viewer) -> list[SponsorLetter]:
    """The letters that a sponsor's person was sent, newest first; nothing to anybody else."""
    if viewer.role is not Role.SPONSOR:
        return []
    return list(
        db.session.scalars(
            select(SponsorLetter)
            .join(SponsorLetter.campaign)
            .join(Sponsor, Sponsor.id == Campaign.sponsor_id)
            .join(SponsorSeat, SponsorSeat.sponsor_id == Sponsor.id)
            .where(SponsorSeat.user_id == viewer.user_id, SponsorLetter.sent_at.is_not(None))
            .order_by(SponsorLetter.week.desc(), SponsorLetter.id.desc())
        )
    )


def known_names(campaign: Campaign, call_ids: Sequence[int]) -> tuple[str, ...]:
    """Names that must not leave the house: of the prospects, companies and agents of these calls."""
    calls = db.session.scalars(select(Call).where(Call.id.in_(call_ids))).all()
    names = {name for call in calls for name in (call.prospect_name, call.company)}
    names |= {call.agent.name for call in calls if call.agent}
    return tuple(sorted(name for name in names if name))


def _bounds(week: date) -> tuple[datetime, datetime]:
    start = datetime.combine(week, time(), ZONE)
    end = datetime.combine(week + timedelta(days=7), time(), ZONE)
    return start.astimezone(UTC), end.astimezone(UTC)


def _said(
    campaign: Campaign, listened: Sequence[ColumnElement[bool]]
) -> dict[tuple[Signal, str], list[tuple[int, int, int, str]]]:
    """Turns of prospects that say something listened for: call, start and end in ms, words."""
    found: dict[tuple[Signal, str], list[tuple[int, int, int, str]]] = defaultdict(list)
    subjects = subjects_of(campaign)
    turns = db.session.execute(
        select(Call.id, Turn.start_ms, Turn.end_ms, Turn.text)
        .join(Turn, Turn.analysis_id == Call.current_analysis_id)
        .where(*listened, Turn.speaker == Speaker.PROSPECT, Turn.text != "")
        .order_by(Call.id, Turn.start_ms)
    )
    for call_id, start_ms, end_ms, text in turns:
        said = matching.read_text(text, campaign.language)
        for subject in subjects:
            if any(matching.find(said, pattern) for pattern in subject.patterns):
                found[subject.signal, subject.key].append((call_id, start_ms, end_ms, text))
    return found
