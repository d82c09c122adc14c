"""Choosing a frame; nothing is drawn yet, everything can be changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from callcoach.accounts.access import Viewer
from callcoach.audits.candidates import candidates
from callcoach.audits.frames import Frame, population_of
from callcoach.audits.models import Audit
from callcoach.audits.operations.rights import (
    lock,
    log,
    require_auditor,
    require_draft,
    require_version,
)
from callcoach.audits.sizing import (
    LEAST_EXPECTED,
    LEAST_MARGIN,
    MOST_EXPECTED,
    MOST_MARGIN,
    margin_of,
    size_for,
)
from callcoach.calls.models import Outcome
from callcoach.campaigns.models import Campaign
from callcoach.errors import InvalidInput
from callcoach.extensions import db

MAX_TITLE = 120
#: A sample nobody could listen to in a month of days.
MAX_SIZE = 2000
#: An audit looks at most a year back: promises and scripts of longer ago are others.
MAX_DAYS = 366
_DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody chose for an audit; `frame.size` None lets the margin decide."""

    title: str
    starts_on: date
    ends_on: date
    frame: Frame
    margin: float
    expected: float


@dataclass(frozen=True, slots=True)
class Size:
    """What a plan comes to now.

    Args:
        population: calls of the frame.
        size: calls that would be drawn.
        margin: half width of the 95 % interval that they give; None without a call.
        strata: agents, or 1.
    """

    population: int
    size: int
    margin: float | None
    strata: int


def create_draft(viewer: Viewer, campaign: Campaign, plan: Plan) -> Audit:
    """Begin an audit.

    Raises:
        InvalidInput: the plan cannot be (`require_plan`).
        NotAllowed: the viewer does not audit this campaign.
    """
    require_auditor(viewer, campaign)
    audit = Audit(campaign_id=campaign.id, created_by_id=viewer.user_id)
    _fill(audit, require_plan(campaign, plan))
    db.session.add(audit)
    db.session.flush()
    log(viewer, "created", audit)
    return audit


def change_draft(viewer: Viewer, audit: Audit, plan: Plan, based_on: int) -> Audit:
    """Choose otherwise.

    Raises:
        Conflict: it was drawn.
        InvalidInput: the plan cannot be.
        StaleVersion: somebody changed it since.
    """
    require_auditor(viewer, audit.campaign)
    lock(audit)
    require_draft(audit)
    require_version(audit, based_on)
    _fill(audit, require_plan(audit.campaign, plan))
    audit.row_version += 1
    db.session.flush()
    return audit


def discard_draft(viewer: Viewer, audit: Audit) -> None:
    """Drop an audit of which nothing was drawn.

    Raises:
        Conflict: it was drawn: that is given up with a reason, and stays readable.
    """
    require_auditor(viewer, audit.campaign)
    lock(audit)
    require_draft(audit)
    log(viewer, "discarded", audit, title=audit.title)
    db.session.delete(audit)
    db.session.flush()


def require_plan(campaign: Campaign, plan: Plan) -> Plan:
    """The plan, its title trimmed.

    Raises:
        InvalidInput: what of it cannot be.
    """
    title, frame = plan.title.strip(), plan.frame
    if not title:
        raise InvalidInput("Give the audit a name.")
    if len(title) > MAX_TITLE:
        raise InvalidInput("A name has at most %(most)s characters.", most=MAX_TITLE)
    if plan.ends_on < plan.starts_on:
        raise InvalidInput("The last day comes before the first.")
    if (plan.ends_on - plan.starts_on).days >= MAX_DAYS:
        raise InvalidInput("A period has at most %(most)s days.", most=MAX_DAYS)
    known = {outcome.value for outcome in Outcome}
    if not set(frame.outcomes) <= known:
        raise InvalidInput("Choose outcomes from the list.")
    if not set(frame.team_ids) <= {link.team_id for link in campaign.teams}:
        raise InvalidInput("Choose teams that call for this campaign.")
    longest = _DAY_S if frame.max_s is None else frame.max_s
    if frame.min_s < 0 or longest > _DAY_S or longest < frame.min_s:
        raise InvalidInput("The longest duration comes before the shortest.")
    if frame.size is not None and not 1 <= frame.size <= MAX_SIZE:
        raise InvalidInput("A sample has between 1 and %(most)s calls.", most=MAX_SIZE)
    if not LEAST_MARGIN <= plan.margin <= MOST_MARGIN:
        raise InvalidInput(
            "The margin lies between %(least)s and %(most)s points.",
            least=round(100 * LEAST_MARGIN),
            most=round(100 * MOST_MARGIN),
        )
    if not LEAST_EXPECTED <= plan.expected <= MOST_EXPECTED:
        raise InvalidInput(
            "The expected share lies between %(least)s and %(most)s per cent.",
            least=round(100 * LEAST_EXPECTED),
            most=round(100 * MOST_EXPECTED),
        )
    return Plan(title, plan.starts_on, plan.ends_on, frame, plan.margin, plan.expected)


def size_of(campaign_id: int, plan: Plan) -> Size:
    """What a plan that can be comes to with the calls there are now."""
    found = population_of(candidates(campaign_id, plan.starts_on, plan.ends_on), plan.frame)
    return size_from(found.size, len(found.strata), plan)


def size_from(population: int, strata: int, plan: Plan) -> Size:
    """The size for a frame of so many calls of so many agents."""
    if not population:
        return Size(0, 0, None, 0)
    wanted = plan.frame.size or size_for(plan.margin, plan.expected, population)
    size = min(population, wanted)
    margin = margin_of(size, plan.expected, population)
    return Size(population, size, margin, strata)


def plan_of(audit: Audit) -> Plan:
    """What was chosen for an audit."""
    return Plan(
        audit.title,
        audit.starts_on,
        audit.ends_on,
        Frame.from_dict(audit.frame),
        audit.margin,
        audit.expected,
    )


def _fill(audit: Audit, plan: Plan) -> None:
    audit.title = plan.title
    audit.starts_on, audit.ends_on = plan.starts_on, plan.ends_on
    audit.frame = plan.frame.as_dict()
    audit.margin, audit.expected = plan.margin, plan.expected
