"""What this room does when something happens below it."""

from __future__ import annotations

from callcoach.promises.operations.enforcing import enforce_with_release
from callcoach.script_library import events
from callcoach.script_library.models import ScriptRelease


@events.on_put_in_force
def script_was_released(release: ScriptRelease) -> None:
    """What was approved to come with a version of the script is in force with its first release."""
    enforce_with_release(release)
