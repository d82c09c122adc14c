"""Which version of the script a call is measured against: the one its team said when it was made.

Set when a call comes in, and again when its campaign or its time is changed. When a first version
is said to have been in force since an earlier day, past calls without one are pinned to it.
"""

from __future__ import annotations

from sqlalchemy import update

from callcoach.calls.models import Call
from callcoach.extensions import db
from callcoach.script_library.events import on_put_in_force
from callcoach.script_library.in_force import version_in_force
from callcoach.script_library.models import ScriptRelease


def pin(call: Call) -> bool:
    """Set the version that was in force for the call's team when it took place, none before the
    first; needs no identity of the call yet.

    Returns:
        Whether it is another one than before.
    """
    with db.session.no_autoflush:  # a call that is being made is not written half
        found = version_in_force(call.campaign_id, call.team_id, call.started_at)
    version_id = found.id if found else None
    is_other = version_id != call.script_version_id
    call.script_version_id = version_id
    return is_other


@on_put_in_force
def pin_past_calls(release: ScriptRelease) -> None:
    """Pin the calls that were made since a release started, however long ago: in one statement.

    A call that has a version keeps it: only a team that never had another one is given a release
    that started in the past.
    """
    version = release.version
    db.session.flush()
    db.session.execute(
        update(Call)
        .where(
            Call.campaign_id == version.script.campaign_id,
            Call.team_id == release.team_id,
            Call.started_at >= release.starts_at,
            Call.script_version_id.is_(None),
        )
        .values(script_version_id=version.id)
        .execution_options(synchronize_session="fetch")
    )
