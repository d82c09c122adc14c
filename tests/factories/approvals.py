"""A script at every step between its writer and its sponsor, for the matrix of rights."""

from __future__ import annotations

from typing import Any

from callcoach.accounts.models import Team, User
from callcoach.campaigns.models import Sponsor
from callcoach.extensions import utc_now
from callcoach.script_library.models import VersionState

from .campaigns import create_campaign
from .scripts import create_script, create_version, document, line


def approval_things(team: Team, sponsor: Sponsor, supervisor: User, mark: str) -> dict[str, Any]:
    """One version in each state, by name; what is in force needed no approval."""
    campaign = create_campaign([team], sponsor, name=f"Accord-{mark}")
    script = create_script(campaign)
    law = line(f"Appel enregistré pour {mark}.", is_disclosure=True)
    create_version(script, document(law), needed_approval=True, in_force_for=[team])
    told = {"author_id": supervisor.id, "reason": f"Motif-{mark}"}
    harmless = document(law, line(f"Bonjour de {mark}."))
    idle = create_version(script, harmless, needed_approval=False, published_at=utc_now(), **told)
    unasked = create_version(
        script, harmless, needed_approval=False, in_force_for=[team], since=utc_now(), **told
    )
    return {
        "approval_campaign": campaign.id,
        "approval_idle": idle.id,
        "approval_unasked": unasked.id,
        "approval_draft": create_version(
            script, document(line()), state=VersionState.DRAFT, **told
        ).id,
        "approval_harmless": create_version(script, harmless, state=VersionState.DRAFT, **told).id,
        "approval_submitted": create_version(
            script,
            document(line(f"Promesse de {mark}.")),
            state=VersionState.SUBMITTED,
            submitted_at=utc_now(),
            submitted_by_id=supervisor.id,
            needed_approval=True,
            **told,
        ).id,
    }
