"""How far each detector's cue is above chance on calls whose phrases were held out.

    python benchmarks/ledger.py TRAINING_FOLDER SAMPLES_FOLDER --tracks FOLDER [--write]

For every moment at which a detector raises its cue (recognised words, and calls that were only
written; entries that are said only in
the moment's own group of calls are taken out of the lists, see `corpus`), truth says whether the
call turns there for this very cause. A detector whose share of right cues is not above the share of
all moments that have this cause (lower end of Wilson's 90 % interval) ships disabled: its cue may
not name the cause nor be the evidence, and only weighs in whether the call turns. ``--write`` stores this in ``callcoach/analysis/data/ledger.json``, which `callcoach.analysis.detectors` reads.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from corpus import (
    RECOGNISED,
    WRITTEN,
    lexicon_without,
    load_calls,
    load_written,
    support_of,
)
from fit_fusion import Row, rows_of

from callcoach.analysis import fusion
from callcoach.analysis.detectors import ABOVE, NOT_ABOVE, NOT_MEASURED, registry
from callcoach.analysis.proportions import wilson

#: Where a cause is rare, a single right cue would lift the interval's lower end above it.
LEAST_RIGHT = 2


def _why(cues: int, *, enabled: bool) -> str:
    """A detector that never spoke was not measured."""
    if not cues:
        return NOT_MEASURED
    return ABOVE if enabled else NOT_ABOVE


def ledger(rows: list[Row]) -> list[dict[str, Any]]:
    """One entry a detector, in their order; each is measured by its own cues alone."""
    out: list[dict[str, Any]] = []
    for detector in registry():
        cause = detector.cause
        raised = [
            row
            for row in rows
            if any(c.detector == detector.id and c.cause is cause for c in row.candidates)
        ]
        right = sum(cause in row.truth[cause.valence] for row in raised)
        placed = sum(bool(row.truth[cause.valence]) for row in raised)
        base = sum(cause in row.truth[cause.valence] for row in rows) / len(rows)
        low, high = (round(bound, 3) for bound in wilson(right, len(raised)))
        base = round(base, 3)
        enabled = low > base and right >= LEAST_RIGHT
        out.append(
            {
                "detector": detector.id,
                "cause": cause.value,
                "cues": len(raised),
                "right": right,
                "in_place": placed,
                "precision": round(right / len(raised), 3) if raised else None,
                "low": low,
                "high": high,
                "base_rate": base,
                "enabled": enabled,
                "why": _why(len(raised), enabled=enabled),
            }
        )
    return out


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("training", type=Path)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--tracks", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    spoken = load_calls(args.training, args.tracks)
    support = support_of([*spoken, *load_calls(args.samples, args.tracks)])
    calls = [*spoken, *load_written()]
    rows: list[Row] = []
    for group in sorted({call.group for call in calls}):
        lexicon = lexicon_without({group}, support)
        for call in calls:
            if call.group == group and call.form in (RECOGNISED, WRITTEN):
                rows += rows_of(call, lexicon)
    entries = ledger(rows)
    for entry in entries:
        print(
            f"{entry['detector']:<4} {entry['cause']:<22} cues {entry['cues']:3d}  right {entry['right']:3d}"
            f"  in place {entry['in_place']:3d}  [{entry['low']:.2f}, {entry['high']:.2f}]"
            f"  base {entry['base_rate']:.3f}  {'on' if entry['enabled'] else 'OFF'}"
        )
    if args.write:
        path = Path(fusion.__file__).parent / "data" / "ledger.json"
        path.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {path}")


if __name__ == "__main__":
    main()
