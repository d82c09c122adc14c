"""What a debrief dealt with waits for no further one: findings kept for it, and pairs offered to it."""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.campaigns.models import Campaign
from callcoach.debriefs.events import on_ended
from callcoach.debriefs.models import Debrief
from callcoach.extensions import db
from callcoach.field_reports import operations
from callcoach.field_reports.models import DebriefedPair, Use


@on_ended
def finish(debrief: Debrief) -> None:
    """Be done with what was before the team; what nobody got to goes on waiting. Told twice, it is
    done once.
    """
    if debrief.is_one_to_one:
        return
    system = Viewer.system()
    for item in debrief.items:
        if item.opened_at is None:
            continue
        finding, pair = item.finding, item.pair
        if finding is not None and finding.used_for == Use.DEBRIEF and finding.done_at is None:
            campaign = db.session.get_one(Campaign, finding.campaign_id)
            operations.finish_finding(system, campaign, finding)
        if pair is not None:
            done = db.session.get(DebriefedPair, pair.id)
            if done is None or (pair.offered_at is not None and done.done_at < pair.offered_at):
                operations.finish_pair(system, pair.recheck.note.call.campaign, pair)
