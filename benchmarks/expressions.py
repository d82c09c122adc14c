"""How well set phrases are found in calls, in what was really said and in what was recognised.

`python benchmarks/expressions.py SAMPLES [TRAINING] [--tracks FOLDER]`

`data/expressions.json` says in which turns of the calls each phrase is said, as a person reads them;
in every other turn of that speaker it is not. In recognised words a phrase is looked for where the
turn was spoken. Compared with the packaged lists' matcher (`analysis.lexicon`) on the same phrases.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from callcoach.analysis import expressions, lexicon
from callcoach.analysis.model import Turn

from corpus import PERFECT, RECOGNISED, Call, load_calls  # isort: skip

LABELS = Path(__file__).parent / "data" / "expressions.json"
#: A turn as recognised may begin and end this much beside the one that was spoken, seconds.
_SLACK_S = 1.0

#: (turn, phrase) -> spans found, seconds.
Finder = Callable[[Turn, str], list[tuple[float, float]]]


@dataclass
class Score:
    """Hits, misses and false alarms, with the words of the latter two."""

    hits: int = 0
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)

    def row(self, name: str) -> str:
        """A line of the table."""
        found, wanted = self.hits + len(self.false), self.hits + len(self.missed)
        precision = f"{self.hits / found:.2f}" if found else "–"
        recall = f"{self.hits / wanted:.2f}" if wanted else "–"
        counts = f"{self.hits} | {len(self.missed)} | {len(self.false)}"
        return f"| {name} | {counts} | {precision} | {recall} |"


def by_expressions(turn: Turn, phrase: str) -> list[tuple[float, float]]:
    """As this product marks them."""
    said = expressions.read_turn(turn)
    matches = expressions.find(said, expressions.read_phrase(phrase))
    return [(match.start_s, match.end_s) for match in matches]


def by_lexicon(turn: Turn, phrase: str) -> list[tuple[float, float]]:
    """Word for word, and bent as a whole."""
    hits = lexicon.find(lexicon.read_turn(turn), lexicon.prepare([phrase]))
    return [(hit.start_s, hit.end_s) for hit in hits]


def measure(calls: Iterable[Call], find: Finder) -> Score:
    """Look for every phrase in every call."""
    labels = json.loads(LABELS.read_text(encoding="utf-8"))
    score = Score()
    for call in calls:
        for label in labels:
            wanted = {turn for name, turn in label["said"] if name == call.name}
            places = {
                turn["index"]: (turn["start_s"] - _SLACK_S, turn["end_s"] + _SLACK_S)
                for turn in call.truth.turns
                if turn["index"] in wanted
            }
            met: set[int] = set()
            for turn in call.conversation.turns:
                if turn.speaker.value != label["who"] or not turn.words:
                    continue
                for start_s, end_s in find(turn, label["phrase"]):
                    here = [i for i, (a, b) in places.items() if start_s < b and a < end_s]
                    met.update(here)
                    if not here:
                        score.false.append(f"{call.name}: {label['phrase']}: {turn.text[:90]}")
            score.hits += len(met)
            score.missed += [f"{call.name} {i}: {label['phrase']}" for i in sorted(wanted - met)]
    return score


def main() -> None:
    """Print the table and what went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--tracks", type=Path)
    asked = parser.parse_args()
    calls = [call for folder in asked.folders for call in load_calls(folder, asked.tracks)]
    print("| words | matcher | hits | misses | false alarms | precision | recall |")
    for form in (PERFECT, RECOGNISED):
        chosen = [call for call in calls if call.form == form]
        for name, find in (("expressions", by_expressions), ("lists", by_lexicon)):
            score = measure(chosen, find)
            print(score.row(f"{form}, {len(chosen)} calls | {name}"))
            for what in ("missed", "false"):
                for line in getattr(score, what):
                    print(f"    {what}: {line}")


if __name__ == "__main__":
    main()
