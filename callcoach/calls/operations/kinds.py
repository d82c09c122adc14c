"""Who was reached: guessed by the analysis, corrected by people.

What an export or a person said stays through every new analysis.
"""

from __future__ import annotations

from callcoach.accounts.access import Viewer
from callcoach.calls.events import details_changed
from callcoach.calls.metadata import read_kind
from callcoach.calls.models import AnalysisRun, Call, CallKind, KindSource
from callcoach.calls.operations.editing import log_access, require_edit
from callcoach.extensions import db


def take_guessed_kind(call: Call, run: AnalysisRun | None) -> None:
    """Make the analysis' guess the call's kind, unless somebody said otherwise; a call without a
    guess is a target conversation.
    """
    if call.kind_source == KindSource.ANALYSIS:
        call.kind = CallKind(run.kind) if run is not None and run.kind else CallKind.TARGET


def set_kind(viewer: Viewer, call: Call, kind: str) -> Call:
    """Say who was reached, also where that only confirms the guess.

    Raises:
        NotFound, NotAllowed: as `require_edit`.
        InvalidInput: not a kind of call.
    """
    require_edit(viewer, call)
    wanted = read_kind(kind)
    if call.kind != wanted or call.kind_source != KindSource.PERSON:
        log_access(viewer, "call.kind_set", call, before=str(call.kind), after=wanted.value)
        call.kind, call.kind_source = wanted, KindSource.PERSON
    db.session.flush()
    details_changed(call)
    return call


def leave_kind_to_analysis(viewer: Viewer, call: Call) -> Call:
    """Take back what people said: the call is of the kind that was heard, now and later.

    Raises:
        NotFound, NotAllowed: as `require_edit`.
    """
    require_edit(viewer, call)
    before = str(call.kind)
    call.kind_source = KindSource.ANALYSIS
    take_guessed_kind(call, call.current_analysis)
    log_access(viewer, "call.kind_set", call, before=before, after=str(call.kind), heard=True)
    db.session.flush()
    details_changed(call)
    return call
