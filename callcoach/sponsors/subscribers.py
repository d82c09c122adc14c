"""What this room does when something happens below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.analysis.claims import Standing
from callcoach.calls.models import Call
from callcoach.privacy.waiting import Wanted, add_source
from callcoach.promises.events import on_checked
from callcoach.promises.models import PromiseCheck
from callcoach.script_library.events import on_put_in_force
from callcoach.script_library.models import ScriptRelease
from callcoach.sponsors import wordings
from callcoach.sponsors.operations.drawing import look_soon


@on_put_in_force
def script_is_in_force(_release: ScriptRelease) -> None:
    """From now on calls may say what the client approved."""
    look_soon()


@on_checked
def promise_was_said(_call: Call, checks: Sequence[PromiseCheck]) -> None:
    """One call more that may say what was approved."""
    if any(check.standing == Standing.FAITHFUL for check in checks):
        look_soon()


@add_source
def drawn_for_wordings(_viewer: Viewer) -> Iterable[Wanted]:
    """Drawn calls that the client waits to hear."""
    for drawn in wordings.waiting_calls():
        since = drawn.draw.drawn_at
        if since is not None:
            why = _("Drawn by lot for the client.")
            yield Wanted(drawn.call_id, why, since)
