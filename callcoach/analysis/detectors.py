"""The base of all detectors and their registry.

A detector looks at a scene and yields candidates: moments that may be a tipping point, each with its
evidence and a strength in [0, 1]. It judges the agent's turn and what came before; whether the call
really turned is judged afterwards, the same way for all, in `fusion`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from callcoach.analysis.lexicon import Hit
from callcoach.analysis.model import Cause, Evidence, Message, Turn
from callcoach.analysis.scene import Scene, once


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible tipping point.

    Args:
        turn: index of the agent's turn that may cause the change.
        start_s, end_s: the place inside that turn.
        strength: how clear the cue is, in [0, 1], before looking at what follows.
        values: for the explanation, whose key is ``explanation.<cause>`` unless `variant` says
            ``explanation.<cause>_<variant>``.
        inferred: no detector saw this cause; the explanation, ``explanation.inferred_<valence>``,
            says so.
    """

    detector: str
    cause: Cause
    turn: int
    start_s: float
    end_s: float
    strength: float
    evidence: tuple[Evidence, ...]
    severity: int = 1
    variant: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    inferred: bool = False

    @property
    def explanation(self) -> Message:
        if self.inferred:
            return Message(f"explanation.inferred_{self.cause.valence.value}", self.values)
        key = f"explanation.{self.cause.value}" + (f"_{self.variant}" if self.variant else "")
        return Message(key, self.values)

    @property
    def suggestion(self) -> Message:
        return Message(f"suggestion.{self.cause.value}")


#: Variants of candidates whose words the campaign itself lists.
LISTED, FORBIDDEN = "listed", "forbidden"


@dataclass(frozen=True, slots=True)
class Detector:
    """A registered detector."""

    id: str
    cause: Cause
    detect: Callable[[Scene], Iterable[Candidate]]
    needs_channels: bool = False


#: Why a detector is on or off.
ABOVE, NOT_ABOVE, NOT_MEASURED = "above_base_rate", "not_above_base_rate", "not_measured"

#: A kind of flag: the detector and the cause that it names.
Kind = tuple[str, Cause]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What is known of one detector's cue on labelled calls whose phrases were held out.

    Args:
        detector: its id.
        cause: the cause that it names.
        cues: moments at which it raised its cue.
        right: of these, moments at which the call turns for this very cause.
        in_place: of these, moments at which the call turns this way for any cause.
        precision: `right` of `cues`, None without cues; in [`low`, `high`] with 90 % confidence.
        base_rate: share of all moments at which the call turns for this cause.
        enabled: `low` is above `base_rate`; otherwise the detector ships disabled (`may_explain`).
        why: `ABOVE`, `NOT_ABOVE` or `NOT_MEASURED`.
    """

    detector: str
    cause: Cause
    cues: int
    right: int
    in_place: int
    precision: float | None
    low: float
    high: float
    base_rate: float
    enabled: bool
    why: str


#: Detectors that had another id before version 3 of the analysis, by the kind of flag as it was
#: called then. What people said of these flags still speaks of the same detector.
FORMER_IDS: Mapping[Kind, str] = {
    ("D09", Cause.OBJECTION_HANDLED): "P1",
    ("D07", Cause.USEFUL_SILENCE): "P2",
    ("D20", Cause.ADJUSTMENT): "P3",
    ("D12", Cause.COMMITMENT_WON): "P4",
}


def present_id(detector: str, cause: Cause | str) -> str:
    """What the detector of a stored flag is called today.

    >>> present_id("D07", "useful_silence"), present_id("D07", "mishandled_silence")
    ('P2', 'D07')
    """
    return next(
        (new for (old, of), new in FORMER_IDS.items() if old == detector and of == cause), detector
    )


def stored_ids(detector: str, cause: Cause | str) -> tuple[str, ...]:
    """Every id under which flags of this kind may be stored, today's first.

    >>> stored_ids("P2", "useful_silence"), stored_ids("D02", "monologue")
    (('P2', 'D07'), ('D02',))
    """
    former = (old for (old, of), new in FORMER_IDS.items() if new == detector and of == cause)
    return (detector, *former)


@cache
def load_ledger() -> Mapping[Kind, LedgerEntry]:
    """The packaged ledger, one entry for each registered detector, in their order.

    Written by ``benchmarks/ledger.py``; a detector that it does not know yet is not measured, and
    therefore disabled.
    """
    resource = files("callcoach.analysis") / "data" / "ledger.json"
    measured: dict[Kind, LedgerEntry] = {}
    for item in json.loads(resource.read_text(encoding="utf-8")):
        entry = LedgerEntry(**{**item, "cause": Cause(item["cause"])})
        measured[entry.detector, entry.cause] = entry
    return {
        (detector.id, detector.cause): measured.get(
            (detector.id, detector.cause), _unmeasured(detector)
        )
        for detector in registry()
    }


def _unmeasured(detector: Detector) -> LedgerEntry:
    return LedgerEntry(
        detector.id, detector.cause, 0, 0, 0, None, 0.0, 1.0, 0.0, enabled=False, why=NOT_MEASURED
    )


#: One module a detector; each has `DETECTOR`. Several may name one cause.
_MODULES = (
    "timing.breathless",
    "timing.monologue",
    "timing.rushed",
    "timing.interruption",
    "timing.reflex_reply",
    "timing.dead_air",
    "timing.smothered_question",
    "timing.useful_silence",
    "lexical.missed_hesitation",
    "lexical.ignored_objection",
    "lexical.insistence",
    "lexical.missed_buying_signal",
    "lexical.buying_signal_taken",
    "lexical.miscalibrated_wording",
    "lexical.wrong_register",
    "lexical.bookish",
    "lexical.calques",
    "lexical.recited_script",
    "lexical.overpromise",
    "lexical.closed_interrogation",
    "lexical.failed_opening",
    "lexical.ambiguous_claim",
    "lexical.reformulation",
    "lexical.open_question",
    "lexical.objection_handled",
    "lexical.adjustment",
    "lexical.commitment_won",
)


@cache
def registry() -> tuple[Detector, ...]:
    """All detectors, those disabled by the ledger included, in a fixed order.

    Ids are those of TIPPING.md §4.1 (D01 to D20); N1 and P1 to P4 are the detectors that it does not
    number. An id and a cause together name one detector.
    """
    return tuple(import_module(f"callcoach.analysis.{name}").DETECTOR for name in _MODULES)


def may_explain(candidate: Candidate) -> bool:
    """Whether this cue may name a point's cause and be its evidence.

    A detector that the ledger disables may not: its cue stays one number among those that tell
    whether the call turns. Words that the campaign itself lists always may: a person wrote them.
    """
    if candidate.variant in (LISTED, FORBIDDEN):
        return True
    return load_ledger()[candidate.detector, candidate.cause].enabled


@once
def run_detectors(scene: Scene) -> tuple[Candidate, ...]:
    """Candidates of every detector that this recording allows, sorted by start.

    Those of the last scene are kept: tipping points and unexplained breaks ask for the same.
    """
    candidates: list[Candidate] = []
    for detector in registry():
        if detector.needs_channels and not scene.conversation.separate:
            continue
        candidates += detector.detect(scene)
    return tuple(sorted(candidates, key=lambda c: (c.start_s, c.detector, c.cause)))


def quote(turn: Turn, *, kind: str = "quote", hit: Hit | None = None) -> Evidence:
    """Exact words as evidence: those of `hit`, else the first words of `turn`."""
    if hit is not None:
        return Evidence(kind, hit.quote, None, "", None, hit.start_s, hit.end_s)
    return Evidence(kind, shorten(turn.text), None, "", None, turn.start_s, turn.end_s)


def measure(
    name: str, value: float, unit: str, bound: float | None, turn: Turn, **values: Any
) -> Evidence:
    """A measured fact, worded by ``evidence.<name>`` with `value` and `bound`; ratios as percent."""
    shown = (value, bound)
    if unit == "ratio":
        shown = (round(100 * value), None if bound is None else round(100 * bound))
    message = Message(f"evidence.{name}", {"value": shown[0], "bound": shown[1], **values})
    return Evidence(
        "measure", "", round(float(value), 3), unit, bound, turn.start_s, turn.end_s, message
    )


def shorten(text: str, limit: int = 120) -> str:
    """`text` cut at a word before `limit` characters.

    >>> shorten("un deux trois", 9)
    'un deux…'
    """
    if len(text) <= limit:
        return text
    return text[:limit].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def last_words(turn: Turn, limit: int = 120) -> str:
    """The end of a turn's text."""
    text = turn.text
    if len(text) <= limit:
        return text
    return "…" + text[-limit:].split(" ", 1)[-1]


def clamp(value: float, low: float = 0.0, high: float = 1.0) -> float:
    """`value` inside [low, high]."""
    return min(high, max(low, value))
