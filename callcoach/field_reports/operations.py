"""Writes of this room; they flush and never commit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from callcoach.accounts.access import Viewer
from callcoach.analysis.expressions import read_phrase
from callcoach.campaigns.models import Campaign
from callcoach.errors import Conflict, InvalidInput, NotAllowed, NotFound
from callcoach.extensions import db, utc_now
from callcoach.field_reports.access import can_report
from callcoach.field_reports.models import DebriefedPair, KeptFinding, Signal, Use, Watched
from callcoach.field_reports.queries import Finding
from callcoach.progress.models import BeforeAfter

#: Longest name of something watched, and of one spelling of it, characters.
MAX_LABEL = 80
#: Most spellings of one thing, and most things that a campaign watches of its own.
MAX_SPELLINGS, MAX_WATCHED = 12, 60
#: Longest remark, characters.
MAX_REMARK = 300


def watch(
    viewer: Viewer, campaign: Campaign, signal: str, label: str, spellings: Iterable[str] = ()
) -> Watched:
    """Listen for a name or a subject from now on; one that was put aside comes back.

    Raises:
        NotAllowed: the viewer does not answer for the campaign.
        InvalidInput: nothing to listen for, or too much.
        Conflict: it is watched already.
    """
    _require(viewer, campaign)
    if signal not in set(Signal):
        raise InvalidInput("Choose what it is.")
    name = " ".join(label.split())
    others = [" ".join(each.split()) for each in spellings]
    others = list(dict.fromkeys(each for each in others if each and each != name))
    if not name or read_phrase(name, campaign.language).is_empty:
        raise InvalidInput("Write the name or the words to listen for.")
    if len(name) > MAX_LABEL or any(len(each) > MAX_LABEL for each in others):
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_LABEL)
    if len(others) > MAX_SPELLINGS:
        raise InvalidInput(
            "At most %(most)s other ways of saying it.",
            most=MAX_SPELLINGS,
        )
    known = db.session.scalars(
        select(Watched).where(Watched.campaign_id == campaign.id, Watched.signal == signal)
    ).all()
    same = next((row for row in known if row.label.casefold() == name.casefold()), None)
    if same is not None and same.removed_at is None:
        raise Conflict("This is listened for already.")
    if sum(1 for row in known if row.removed_at is None) >= MAX_WATCHED:
        raise InvalidInput("Put something aside first: this list is long enough.")
    row = same or Watched(campaign_id=campaign.id, signal=Signal(signal), label=name)
    row.spellings, row.author_id, row.removed_at = others, viewer.user_id, None
    db.session.add(row)
    db.session.flush()
    return row


def unwatch(viewer: Viewer, watched: Watched) -> None:
    """Listen for it no longer; what was kept of it stays.

    Raises:
        NotAllowed: the viewer does not answer for the campaign.
    """
    _require(viewer, watched.campaign)
    watched.removed_at = watched.removed_at or utc_now()
    db.session.flush()


def watch_again(viewer: Viewer, watched: Watched) -> None:
    """Take `unwatch` back.

    Raises:
        NotAllowed: the viewer does not answer for the campaign.
    """
    _require(viewer, watched.campaign)
    watched.removed_at = None
    db.session.flush()


def keep(
    viewer: Viewer,
    campaign: Campaign,
    week: date,
    finding: Finding,
    *,
    used_for: str,
    remark: str = "",
) -> KeptFinding:
    """Keep something of a week for a use, with the counts of the moment; again, it is renewed.

    Raises:
        NotAllowed: the viewer does not answer for the campaign.
        InvalidInput: an unknown use, or too long a remark.
    """
    _require(viewer, campaign)
    if used_for not in set(Use):
        raise InvalidInput("Choose what it is kept for.")
    text = remark.strip()
    if len(text) > MAX_REMARK:
        raise InvalidInput("At most %(most)s characters are kept.", most=MAX_REMARK)
    row = db.session.scalar(
        select(KeptFinding).where(
            KeptFinding.campaign_id == campaign.id,
            KeptFinding.week == week,
            KeptFinding.signal == finding.subject.signal,
            KeptFinding.label == finding.subject.key,
            KeptFinding.used_for == used_for,
        )
    )
    if row is None:
        row = KeptFinding(
            campaign_id=campaign.id,
            week=week,
            signal=finding.subject.signal,
            label=finding.subject.key,
            used_for=Use(used_for),
        )
        db.session.add(row)
    row.counts = {
        "now": finding.now.count,
        "of": finding.now.total,
        "before": finding.before.count,
        "of_before": finding.before.total,
    }
    row.remark = text or row.remark or ""
    row.kept_by_id, row.kept_at, row.done_at = viewer.user_id, utc_now(), None
    db.session.flush()
    return row


def drop(viewer: Viewer, campaign: Campaign, kept: KeptFinding) -> None:
    """No longer keep it.

    Raises:
        NotAllowed: the viewer does not answer for the campaign.
        NotFound: it is another campaign's.
    """
    _require(viewer, campaign)
    if kept.campaign_id != campaign.id:
        raise NotFound("There is no such finding.")
    db.session.delete(kept)
    db.session.flush()


def finish_finding(
    viewer: Viewer, campaign: Campaign, kept: KeptFinding, *, undo: bool = False
) -> None:
    """A debrief is done with something kept for it; what was counted stays.

    Raises:
        NotAllowed: the viewer does not answer for the campaign.
        NotFound: it is another campaign's, or kept for something else.
    """
    _require(viewer, campaign)
    if kept.campaign_id != campaign.id or kept.used_for != Use.DEBRIEF:
        raise NotFound("There is no such finding.")
    kept.done_at = None if undo else kept.done_at or utc_now()
    db.session.flush()


def finish_pair(
    viewer: Viewer, campaign: Campaign, pair: BeforeAfter, *, undo: bool = False
) -> None:
    """A debrief is done with a pair; the agent's offer stays theirs.

    Raises:
        NotAllowed: the viewer does not answer for the campaign.
    """
    _require(viewer, campaign)
    row = db.session.get(DebriefedPair, pair.id)
    if undo:
        if row is not None:
            db.session.delete(row)
    elif row is None:
        db.session.add(DebriefedPair(pair_id=pair.id, done_by_id=viewer.user_id))
    else:
        row.done_by_id, row.done_at = viewer.user_id, utc_now()
    db.session.flush()


def _require(viewer: Viewer, campaign: Campaign) -> None:
    if not can_report(viewer, [link.team_id for link in campaign.teams]):
        raise NotAllowed("The supervisors of this campaign change that.")
    # One after the other: what is looked for and then added must not be added in between
    db.session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())
