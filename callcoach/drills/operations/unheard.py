"""A drill on no call: a line that a prospect might say, in words alone."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.campaigns.models import Campaign
from callcoach.drills.access import can_read_drill
from callcoach.drills.models import Drill, DrillKind, DrillStep
from callcoach.drills.operations.making import LIMITS
from callcoach.drills.situations import guess_situation
from callcoach.errors import NotFound
from callcoach.extensions import db


def make_without_call(viewer: Viewer, campaign: Campaign, *, title: str, line: str) -> Drill:
    """A reformulation to practise where no call of the campaign has the moment.

    Args:
        line: what the prospect says; there is no sound of it.

    Raises:
        NotFound: the campaign is outside of what the viewer makes drills for.
    """
    if not can_read_drill(viewer, [link.team_id for link in campaign.teams]):
        raise NotFound("There is no such campaign.")
    drill = Drill(
        campaign_id=campaign.id,
        kind=DrillKind.REFORMULATE,
        title=title[: LIMITS["title"]],
        situation=guess_situation(line),
        instructions="",
        author_id=viewer.user_id,
    )
    drill.steps.append(
        DrillStep(
            position=1,
            call_id=None,
            start_ms=0,
            end_ms=1,
            prospect_text=line,
            original_text="",
            example_text="",
            is_audible=True,
        )
    )
    db.session.add(drill)
    db.session.flush()
    return drill
