"""What people decide on the ledger: whether a kind of flag is shown, and from which confidence on.

Each takes what the page showed: between looking and deciding the figures, or a colleague, may have
changed it. They flush and never commit.
"""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.campaigns.models import Campaign
from callcoach.errors import InvalidInput, StaleVersion
from callcoach.learning.operations import facts_of, lock_campaign
from callcoach.learning.queries import reliability_of
from callcoach.tuning.models import Standing, TuningChange
from callcoach.tuning.operations import require_tuner, set_floor, set_standing
from callcoach.tuning.queries import standings_of

#: What a person may ask for: hold back, show whatever the figures say, or leave it to them.
FIGURES = "figures"
CHOICES = (Standing.RETIRED.value, Standing.KEPT.value, FIGURES)

_STALE = "This was changed while you were looking; look before you change it."


def decide_standing(
    viewer: Viewer, campaign: Campaign, detector: str, cause: str, choice: str, *, seen: str
) -> TuningChange:
    """Retire a kind of flag, keep it, or leave it to the figures, which then say at once how it
    stands.

    Args:
        choice: one of `CHOICES`.
        seen: the standing that the page showed.

    Raises:
        NotFound: outside the viewer's scope, or not theirs to tune.
        InvalidInput: not a choice, no such kind, or how it stands already.
        StaleVersion: it stands otherwise by now.
    """
    require_tuner(viewer, campaign)
    if choice not in CHOICES:
        raise InvalidInput("A kind of flag is retired, kept, or left to the figures.")
    lock_campaign(campaign.id)
    row = standings_of(campaign.id).get((detector, cause))
    if seen != (row.standing if row else Standing.ACTIVE):
        raise StaleVersion(_STALE)
    found = reliability_of(campaign.id, detector, cause)
    if choice == FIGURES:
        wanted = Standing.HIDDEN if found.should_hide else Standing.ACTIVE
    else:
        wanted = Standing(choice)
    return set_standing(viewer, campaign, detector, cause, wanted, reason=facts_of(found))


def decide_floor(
    viewer: Viewer, campaign: Campaign, detector: str, cause: str, floor: float, *, seen: float
) -> TuningChange:
    """Set the least confidence of a kind of flag; 0 shows all.

    Args:
        seen: the floor that the page showed.

    Raises:
        NotFound: outside the viewer's scope, or not theirs to tune.
        InvalidInput: no such kind, not from 0 to 1, or the floor it has.
        StaleVersion: it has another one by now.
    """
    require_tuner(viewer, campaign)
    lock_campaign(campaign.id)
    row = standings_of(campaign.id).get((detector, cause))
    if not abs(seen - (row.floor if row else 0.0)) <= 1e-6:  # nor where it is no number
        raise StaleVersion(_STALE)
    return set_floor(viewer, campaign, detector, cause, floor)
