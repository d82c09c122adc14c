"""What the analysis proposes of a call and its promises, beside the words on the supervisor's desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from flask_babel import get_locale
from flask_babel import gettext as _

from callcoach.accounts.access import Viewer
from callcoach.analysis.alignment import SURE
from callcoach.analysis.claims import Standing
from callcoach.analysis.wording import LANGUAGES, render
from callcoach.calls.mapping import message_of
from callcoach.calls.models import Call
from callcoach.calls.presenters import clock
from callcoach.campaigns.models import PromiseKind
from callcoach.coaching.note_panels import add_call_panel
from callcoach.extensions import db
from callcoach.promises.access import can_propose
from callcoach.promises.hiding import is_hidden
from callcoach.promises.labels import SIGNS, STANDINGS
from callcoach.promises.models import PromiseCheck, PromiseVersion
from callcoach.promises.queries import for_call

#: What is wanted of each kind: said, or not said.
_UNWANTED = frozenset({PromiseKind.FORBIDDEN, PromiseKind.AMBIGUOUS})
_MARKS = {
    Standing.FAITHFUL: "✓",
    Standing.DISTORTED: "≠",
    Standing.OVERPROMISED: "!",
    Standing.OMITTED: "–",
    Standing.NOT_APPLICABLE: "·",
}
#: What a person should hear first.
_FIRST = (Standing.OVERPROMISED, Standing.DISTORTED, Standing.FAITHFUL, Standing.OMITTED)


@dataclass(frozen=True, slots=True)
class CheckView:
    """One promise as the panel shows it; `clock` is "" where nothing was said."""

    kind: str
    text: str
    mark: str
    word: str
    reason: str
    quote: str
    start_ms: int | None
    clock: str
    is_unsure: bool
    is_problem: bool


@add_call_panel
def checks_panel(viewer: Viewer, call: Call) -> str:
    """Promises in this call, for those who answer for them; nothing while people have to judge first."""
    if call.current_analysis_id is None or not can_propose(viewer, call.campaign):
        return ""
    versions = for_call(call)
    if not versions:
        return ""
    if is_hidden(call.id):
        return render_template("promises/_checks.html", is_hidden=True, is_waiting=False, checks=[])
    found = {
        check.promise_version_id: check
        for check in db.session.query(PromiseCheck).filter(
            PromiseCheck.call_id == call.id,
            PromiseCheck.transcript_id == call.current_transcript_id,
        )
    }
    checks = [(version, found[version.id]) for version in versions if version.id in found]
    shown = [
        (version, check) for version, check in checks if check.standing != Standing.NOT_APPLICABLE
    ]
    shown.sort(key=lambda pair: _FIRST.index(Standing(pair[1].standing)))
    rest = [pair for pair in shown if _is_uneventful(*pair)]
    return render_template(
        "promises/_checks.html",
        is_hidden=False,
        is_waiting=len(checks) < len(versions),
        checks=_views([pair for pair in shown if pair not in rest]),
        rest=_views(rest),
        not_applicable=len(checks) - len(shown),
    )


def _is_uneventful(version: PromiseVersion, check: PromiseCheck) -> bool:
    """What must not be said, and surely was not."""
    return (
        version.kind in _UNWANTED
        and check.standing == Standing.OMITTED
        and check.confidence >= SURE
    )


def _views(pairs: Sequence[tuple[PromiseVersion, PromiseCheck]]) -> list[CheckView]:
    return [_view(version, check) for version, check in pairs]


def _view(version: PromiseVersion, check: PromiseCheck) -> CheckView:
    standing = Standing(check.standing)
    is_unwanted = version.kind in _UNWANTED
    word = str(STANDINGS[standing])
    if is_unwanted:
        word = _("Was not said") if standing is Standing.OMITTED else _("Was said")
    language = str(get_locale() or "fr")[:2]
    return CheckView(
        kind=SIGNS[version.kind],
        text=version.text,
        mark="✓" if is_unwanted and standing is Standing.OMITTED else _MARKS[standing],
        word=word,
        reason=render(message_of(check.reason), language if language in LANGUAGES else "fr"),
        quote=check.quote,
        start_ms=check.start_ms,
        clock=clock(check.start_ms) if check.start_ms is not None else "",
        is_unsure=check.confidence < SURE,
        is_problem=standing in (Standing.OVERPROMISED, Standing.DISTORTED),
    )
