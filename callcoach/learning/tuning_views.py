"""What the pages that change a campaign's engine share: who may, and taking a change back."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.accounts.session import current_viewer
from callcoach.campaigns.models import Campaign
from callcoach.campaigns.queries import get_campaign
from callcoach.errors import CallCoachError, NotFound
from callcoach.extensions import db
from callcoach.tuning.operations import require_tuner, undo_change
from callcoach.web.errors import explain
from callcoach.web.toasts import notify


def tuned(campaign_id: int) -> tuple[Viewer, Campaign]:
    """The viewer and the campaign, for those who may look into its engine; for others there is no
    such page.
    """
    viewer = current_viewer()
    campaign = get_campaign(viewer, campaign_id)
    require_tuner(viewer, campaign)
    return viewer, campaign


def take_back(campaign_id: int, change_id: int, *, endpoint: str, back: str) -> ResponseReturnValue:
    """Take a change back; that can be taken back too.

    Args:
        endpoint: of the address that does this.
        back: the page to go on with.
    """
    viewer, campaign = tuned(campaign_id)
    try:
        change = undo_change(viewer, campaign, change_id)
    except NotFound:
        raise
    except CallCoachError as error:
        db.session.rollback()
        flash(explain(error), "error")
        return redirect(back)
    undo = url_for(endpoint, campaign_id=campaign_id, change_id=change.id)
    db.session.commit()
    notify(_("Taken back."), undo=undo)
    return redirect(back)
