"""How much of what tells who somebody is the rules find, on sentences marked by hand.

    python benchmarks/redaction.py [--misses]

Reads ``tests/analysis/data/redaction_*.txt``: sentences as a small recogniser writes them, with what is to
be struck out in braces. A mark counts as found when every word of it is struck; a stretch that is struck
counts as right when it touches a mark. Nothing is told to the rules beforehand (no known names), but the
words of the campaign that may be said, as in the application.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from callcoach.analysis.proportions import wilson
from callcoach.analysis.redaction import Sensitive, Span, find

DATA = Path(__file__).parents[1] / "tests" / "analysis" / "data"
KINDS = {
    "n": Sensitive.NAME,
    "p": Sensitive.PHONE,
    "e": Sensitive.EMAIL,
    "i": Sensitive.IBAN,
    "c": Sensitive.CARD,
    "a": Sensitive.ADDRESS,
    "x": Sensitive.NUMBER,
}
SPARED = ("Comptaclair", "Voltaneo", "Sage", "Cegid")
#: They tell nobody, and may stand.
TITLES = frozenset(["monsieur", "madame", "m", "maître", "docteur"])
_MARK = re.compile(r"\{([npeicax]):([^}]*)\}")
_WORD = re.compile(r"\w+")


@dataclass
class Counts:
    """Marks by kind, those found, and what was struck."""

    marks: Counter[Sensitive] = field(default_factory=Counter)
    found: Counter[Sensitive] = field(default_factory=Counter)
    struck: int = 0
    right: int = 0
    #: Sentences without a mark, and those of them in which nothing was struck.
    clean: int = 0
    left_alone: int = 0
    misses: list[str] = field(default_factory=list)


def read(path: Path) -> Iterator[tuple[str, list[Span]]]:
    """Sentences without their marks, with what was marked.

    >>> list(read_line("Ici {n:Paul}."))
    [('Ici Paul.', [Span(start=4, end=8, kind=<Sensitive.NAME: 'name'>, is_sure=True)])]
    """
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield from read_line(line)


def read_line(line: str) -> Iterator[tuple[str, list[Span]]]:
    """As `read`, of one line."""
    text, marks, at = "", [], 0
    for match in _MARK.finditer(line):
        text += line[at : match.start()]
        marks.append(Span(len(text), len(text) + len(match[2]), KINDS[match[1]]))
        text += match[2]
        at = match.end()
    yield text + line[at:], marks


def count(path: Path) -> Counts:
    """Compare what the rules strike with what was marked."""
    counts = Counts()
    for text, marks in read(path):
        spans = find(text, spared=SPARED)
        for mark in marks:
            counts.marks[mark.kind] += 1
            words = [match.span() for match in _WORD.finditer(text, mark.start, mark.end)]
            telling = [at for at in words if text[at[0] : at[1]].casefold() not in TITLES]
            if all(any(s.start <= a and b <= s.end for s in spans) for a, b in telling):
                counts.found[mark.kind] += 1
            else:
                counts.misses.append(
                    f"missed {mark.kind:8} {text[mark.start : mark.end]!r} in {text!r}"
                )
        counts.struck += len(spans)
        for span in spans:
            if any(span.start < mark.end and mark.start < span.end for mark in marks):
                counts.right += 1
            else:
                counts.misses.append(
                    f"wrongly {span.kind:7} {text[span.start : span.end]!r} in {text!r}"
                )
        if not marks:
            counts.clean += 1
            counts.left_alone += not spans
    return counts


def share(part: int, whole: int) -> str:
    """``41 of 44, 0.93 [0.82–0.98]``."""
    low, high = wilson(part, whole)
    return f"{part} of {whole}, {part / whole:.2f} [{low:.2f}–{high:.2f}]" if whole else "none"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--misses", action="store_true", help="print each of the tuning set's")
    wanted = parser.parse_args()
    for name in ("tuning", "heldout"):
        counts = count(DATA / f"redaction_{name}.txt")
        print(f"\n{name}")
        for kind in Sensitive:
            print(f"  {kind:8} found {share(counts.found[kind], counts.marks[kind])}")
        print(f"  all      found {share(counts.found.total(), counts.marks.total())}")
        print(f"  struck   right {share(counts.right, counts.struck)}")
        print(f"  clean sentences left alone {share(counts.left_alone, counts.clean)}")
        if wanted.misses and name == "tuning":
            print("\n".join(f"    {miss}" for miss in counts.misses))


if __name__ == "__main__":
    main()
