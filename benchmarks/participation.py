"""What the curve of participation shows at labelled moments, and how the ends of calls are told.

    python benchmarks/participation.py FOLDER --tracks FOLDER

`FOLDER` holds ``*.truth.json``, ``--tracks`` recognised tracks (``<stem>.json``). For each form of the
words: how far the change of the curve strays at ordinary turns, as a share of a point's standard
deviation (`effect.CHANGE_SHARE`); how often a change is visible at ruptures, openings and ordinary
turns, and its direction right; how often a fall had begun before; the usual length and content of
prospect turns (`norms.Norms`); and which end was found for each outcome.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median

from corpus import Call, load_calls

from callcoach.analysis.effect import CHANGE_SHARE, Course, effect_at
from callcoach.analysis.endings import ending_of
from callcoach.analysis.engagement import engagement_curve, is_falling_before, measures
from callcoach.analysis.kind import classify_kind
from callcoach.analysis.model import Valence
from callcoach.analysis.norms import ROBUST

#: A labelled point belongs to the turn that it starts in, give or take this, seconds.
MARGIN_S = 1.0
ORDINARY = "ordinary"


def spread(values: list[float]) -> float:
    """Robust standard deviation."""
    centre = median(values)
    return ROBUST * median(abs(value - centre) for value in values)


def report(calls: list[Call], outcomes: dict[str, str]) -> None:
    """Print the figures of calls in one form."""
    changes: dict[str, list[float]] = defaultdict(list)
    falling: Counter[str] = Counter()
    ends: dict[str, Counter[str]] = defaultdict(Counter)
    lengths: list[float] = []
    infos: list[float] = []
    for call in calls:
        scene = call.scene()
        kind = classify_kind(call.conversation.turns, duration_s=call.truth.duration_s)
        ending = ending_of(scene, kind.kind)
        found = "none" if ending is None else "left" if ending.value < 0 else "agreed"
        ends[outcomes.get(call.name, "unknown")][found] += 1
        curve = engagement_curve(scene, ending)
        lengths += [item.length for item in measures(scene)]
        infos += [item.info for item in measures(scene) if item.info is not None]
        for moment in scene.moments:
            turn = moment.turn
            effect = effect_at(curve, turn, Valence.POSITIVE)
            if effect.course is Course.UNKNOWN:
                continue
            label = next(
                (
                    point.valence.value
                    for point in call.truth.points
                    if turn.start_s - MARGIN_S <= point.start_s <= turn.end_s + MARGIN_S
                ),
                ORDINARY,
            )
            changes[label].append(effect.z)
            falling[label] += is_falling_before(scene, turn)
    print(f"  strays by {CHANGE_SHARE * spread(changes[ORDINARY]):.2f} of a point's deviation")
    right = [-z for z in changes["negative"]] + changes["positive"]
    visible = [z for z in right if abs(z) >= 1]
    print(f"  direction right in {sum(z > 0 for z in visible)} of {len(visible)} visible changes")
    for label, found_z in changes.items():
        down, up = sum(z <= -1 for z in found_z), sum(z >= 1 for z in found_z)
        print(
            f"  {label}: {len(found_z)} turns, visibly lower after {down}, higher after {up},"
            f" falling before {falling[label]}"
        )
    for name, values in (("length", lengths), ("info", infos)):
        print(f"  {name}: median {median(values):.2f}, spread {spread(values):.2f}")
    for outcome, counts in sorted(ends.items()):
        print(f"  end of {outcome}: {', '.join(f'{n} {name}' for name, n in counts.items())}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tracks", type=Path)
    arguments = parser.parse_args()
    calls = load_calls(arguments.folder, arguments.tracks)
    outcomes = {
        path.name.removesuffix(".truth.json"): str(
            json.loads(path.read_text(encoding="utf-8")).get("outcome", "unknown")
        )
        for path in arguments.folder.glob("*.truth.json")
    }
    for form in dict.fromkeys(call.form for call in calls):
        print(form)
        report([call for call in calls if call.form == form], outcomes)


if __name__ == "__main__":
    main()
