"""What the judging page prints and plays. Before a call is done nothing of what the machine proposed
is read here, so that nothing of it can be in the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from callcoach.analysis.claims import Standing
from callcoach.audits.blindness import Seen, seen_before
from callcoach.audits.models import AuditCall, Judgement
from callcoach.audits.operations.judging import judgement_of, promises_of
from callcoach.audits.presenters import Choice, choices_of, label_of, look_of, sign_of
from callcoach.calls.bare_presenters import bare_data
from callcoach.calls.call_presenters import TurnView, speaker_names, turn_views, worded
from callcoach.calls.mapping import ShownTurn, talk_start_ms
from callcoach.calls.models import Call
from callcoach.calls.presenters import clock
from callcoach.extensions import db
from callcoach.promises.hiding import is_hidden
from callcoach.promises.labels import KINDS
from callcoach.promises.labels import SIGNS as KIND_SIGNS
from callcoach.promises.models import PromiseCheck, PromiseVersion


@dataclass(frozen=True, slots=True)
class PromiseView:
    """One promise to judge, and what was said of it so far; `standing` is "" while nothing was."""

    version_id: int
    number: int
    kind: str
    kind_sign: str
    text: str
    nuances: tuple[str, ...]
    condition: str
    note: str
    choices: tuple[Choice, ...]
    standing: str
    label: str
    quote: str
    clock: str
    channel: int | None
    start_ms: int | None
    end_ms: int | None
    comment: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A judged promise beside what the machine had proposed; `machine` is "" where it had nothing."""

    finding: Judgement
    number: int
    text: str
    kind: str
    sign: str
    label: str
    look: str
    first: str
    choices: tuple[Choice, ...]
    machine: str
    machine_sign: str
    machine_quote: str
    reason: str
    is_same: bool
    clock: str
    machine_start_ms: int | None
    not_compared: str = ""


def promise_views(sampled: AuditCall) -> list[PromiseView]:
    """What the call is judged by, in the order of the page."""
    return [
        promise_view(version, place, judgement_of(sampled, version.id))
        for place, version in enumerate(promises_of(sampled), start=1)
    ]


def promise_view(version: PromiseVersion, number: int, found: Judgement | None) -> PromiseView:
    """One promise to judge."""
    standing = Standing(found.standing).value if found else ""
    start_ms = found.start_ms if found else None
    return PromiseView(
        version_id=version.id,
        number=number,
        kind=str(KINDS[version.kind]),
        kind_sign=KIND_SIGNS[version.kind],
        text=version.text,
        nuances=tuple(version.nuances),
        condition=version.condition,
        note=version.note,
        choices=tuple(choices_of(version.kind)),
        standing=standing,
        label=label_of(version.kind, standing) if standing else "",
        quote=found.quote if found else "",
        clock=clock(start_ms) if start_ms is not None else "",
        channel=found.channel if found else None,
        start_ms=start_ms,
        end_ms=found.end_ms if found else None,
        comment=found.comment if found else "",
    )


def transcript(call: Call, turns: Sequence[ShownTurn]) -> list[TurnView]:
    """The words without anything that was found in them, and without who said them by name."""
    return turn_views(turns, (), names())


def names() -> dict[str, str]:
    """Nobody is named while a call is judged."""
    return dict(speaker_names("", ""))


def judge_data(
    call: Call, turns: Sequence[ShownTurn], views: Iterable[PromiseView]
) -> dict[str, Any]:
    """As `bare_data`, with the promises in the order of the page."""
    words = {
        "chosen": _("Chosen:"),
        "kept": _("{number}: {label}. Kept."),
        "undone": _("Taken back."),
        "nothing": _("There is nothing to undo."),
        "open": _("Still open: {left}."),
        "failed": _("This could not be kept. Check the connection, then try again."),
        "choose": _("Select words in the transcript first."),
        "first": _("Judge the promise first, then comment on it."),
    }
    return bare_data(
        call,
        turns,
        words,
        talkStart=talk_start_ms(turns, language=call.language),
        promises=[view.version_id for view in views],
    )


def quote_of(turns: Iterable[ShownTurn], channel: int, start_ms: int, end_ms: int) -> str:
    """The words of one voice in a stretch of the call, as the page shows them: of a turn that was
    corrected, all of it.
    """
    said: list[str] = []
    for turn in turns:
        if turn.channel != channel or turn.end_ms <= start_ms or turn.start_ms >= end_ms:
            continue
        if turn.is_corrected:
            said.append(turn.text.strip())
            continue
        inside = [word[0] for word in turn.words if start_ms <= (word[1] + word[2]) / 2 < end_ms]
        said.append("".join(inside).strip())
    return " ".join(filter(None, said))


def compared(sampled: AuditCall) -> list[Compared]:
    """Judgements beside proposals, of a call that is done; without them as long as the same call is
    still to be judged in another audit.
    """
    checks = {
        check.promise_version_id: check
        for check in db.session.query(PromiseCheck).where(PromiseCheck.call_id == sampled.call_id)
    }
    order = {version.id: place for place, version in enumerate(promises_of(sampled))}
    findings = sorted(
        sampled.judgements, key=lambda one: (order.get(one.promise_version_id, 999), one.id)
    )
    seen = seen_before(findings)
    rows = [
        _compared(
            finding,
            place,
            checks.get(finding.promise_version_id),
            why_not_blind(seen.get(finding.id)),
        )
        for place, finding in enumerate(findings, start=1)
    ]
    if sampled.call_id is None or not is_hidden(sampled.call_id):
        return rows
    return [_without_machine(row) for row in rows]


def _without_machine(row: Compared) -> Compared:
    return replace(
        row,
        machine="",
        machine_sign="",
        machine_quote="",
        reason="",
        is_same=True,
        machine_start_ms=None,
        not_compared=_("Shown once the call is judged in its other audit too."),
    )


def why_not_blind(seen: Seen | None) -> str:
    """Why a judgement is not compared with the machine; "" where it was blind."""
    if seen is None:
        return ""
    if seen is Seen.OTHER_AUDIT:
        return _("Not compared: this call was judged in another audit before.")
    return _("Not compared: an incident about this promise was decided before.")


def _compared(
    finding: Judgement, number: int, check: PromiseCheck | None, not_compared: str
) -> Compared:
    version = finding.version
    kind, final = version.kind, finding.final
    # what is shown is what was kept when the call was done; its reason only if it is still the same
    kept = check if check is not None and check.standing == finding.machine else None
    reason = worded(kept.reason) if kept is not None else ""
    return Compared(
        finding=finding,
        number=number,
        text=version.text,
        kind=str(KINDS[kind]),
        sign=sign_of(kind, final),
        label=label_of(kind, final),
        look=look_of(kind, final),
        first=label_of(kind, finding.standing) if finding.standing != final else "",
        choices=tuple(choices_of(kind)),
        machine=label_of(kind, finding.machine) if finding.machine else "",
        machine_sign=sign_of(kind, finding.machine) if finding.machine else "",
        # most reasons quote the words themselves
        machine_quote=kept.quote if kept is not None and kept.quote not in reason else "",
        reason=reason,
        is_same=finding.machine is None or finding.machine == finding.standing,
        clock=clock(finding.start_ms) if finding.start_ms is not None else "",
        machine_start_ms=kept.start_ms if kept is not None else None,
        not_compared=not_compared if finding.machine is None else "",
    )


def back_urls(sampled: AuditCall) -> dict[str, str]:
    """Sound of the call and its drawing."""
    call = sampled.call
    peaks = call.recording.peaks if call is not None and call.recording is not None else None
    if call is None:
        return {"audio": "", "peaks": ""}
    return {
        "audio": url_for("calls.audio", call_id=call.id),
        "peaks": url_for("calls.peaks", call_id=call.id, version=peaks.sha256[:16])
        if peaks is not None
        else "",
    }
