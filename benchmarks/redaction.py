"""How much of what tells who somebody is the rules find, on sentences marked by hand.

    python benchmarks/redaction.py [--misses]

Reads ``tests/analysis/data/redaction_*.txt``: sentences as a small recogniser writes them, and (recognised)
what it did write of real sample calls, with what is to be struck out in braces. A mark counts as found when
every word of it is struck; a stretch that is struck counts as right when it touches a mark. Nothing is told to
the rules beforehand, but the words of the campaign that may be said; the recognised text is counted once more
with the names that the application knows of each call (agent, prospect, company), as it does it.
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
from callcoach.calls.mapping import ShownTurn
from callcoach.debriefs.said import Secrets
from callcoach.privacy.spans import proposed

DATA = Path(__file__).parents[1] / "tests" / "analysis" / "data"
KINDS: dict[str, Sensitive | None] = {
    "n": Sensitive.NAME,
    "p": Sensitive.PHONE,
    "e": Sensitive.EMAIL,
    "i": Sensitive.IBAN,
    "c": Sensitive.CARD,
    "a": Sensitive.ADDRESS,
    "x": Sensitive.NUMBER,
    # said there, and no longer to be read: only the sound tells it
    "s": None,
}
SPARED = ("Comptaclair", "Voltaneo", "Sage", "Cegid")
#: They tell nobody, and may stand.
TITLES = frozenset(["monsieur", "madame", "m", "maître", "docteur"])
_MARK = re.compile(r"\{([npeicaxs]):([^}]*)\}")
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
    #: Said and no longer to be read, and those of them that are struck all the same.
    garbled: int = 0
    covered: int = 0


@dataclass(frozen=True)
class Mark:
    """What is to be struck out, characters, half-open; `kind` None where only the sound tells it."""

    start: int
    end: int
    kind: Sensitive | None


@dataclass(frozen=True)
class Line:
    """A sentence without its marks, what was marked, and the names known of its call."""

    text: str
    marks: tuple[Mark, ...]
    names: tuple[str, ...] = ()


def read(path: Path) -> Iterator[Line]:
    """Every sentence of a file; a line with @ tells the names of what follows."""
    names: tuple[str, ...] = ()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            names = tuple(part.strip() for part in line[1:].split("|"))
        elif line.strip() and not line.startswith("#"):
            yield read_line(line, names)


def read_line(line: str, names: tuple[str, ...] = ()) -> Line:
    """One sentence.

    >>> read_line("Ici {n:Paul}.").text
    'Ici Paul.'
    """
    text, at = "", 0
    marks: list[Mark] = []
    for match in _MARK.finditer(line):
        text += line[at : match.start()]
        marks.append(Mark(len(text), len(text) + len(match[2]), KINDS[match[1]]))
        text += match[2]
        at = match.end()
    return Line(text + line[at:], tuple(marks), names)


def struck_in(line: Line, *, told: bool) -> list[Span]:
    """What is struck out of one sentence; `told`: as the application does it, with the names."""
    if not told:
        return list(find(line.text, spared=SPARED))
    secrets = Secrets(names=line.names[:2], spared=SPARED)
    words = line.text.split()
    step = [(f" {word}", 300 * at, 300 * at + 300, 0.9) for at, word in enumerate(words)]
    text = " ".join(words)
    turn = ShownTurn(0, 0, "agent", 0, 0, 300 * len(words), text, text, tuple(step), 0)
    known = {kind.value: kind for kind in Sensitive}
    return [
        Span(strike.start, strike.end, known.get(strike.kind, Sensitive.NAME), strike.is_sure)
        for strike in proposed([turn], secrets, company="".join(line.names[2:]))
    ]


def count(path: Path, *, told: bool = False) -> Counts:
    """Compare what the rules strike with what was marked."""
    counts = Counts()
    for line in read(path):
        text, marks = line.text, line.marks
        spans = struck_in(line, told=told)
        for mark in marks:
            words = [match.span() for match in _WORD.finditer(text, mark.start, mark.end)]
            telling = [at for at in words if text[at[0] : at[1]].casefold() not in TITLES]
            is_found = all(any(s.start <= a and b <= s.end for s in spans) for a, b in telling)
            if mark.kind is None:
                counts.garbled += 1
                counts.covered += is_found
                continue
            counts.marks[mark.kind] += 1
            if is_found:
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
    for name, told in (
        ("tuning", False),
        ("heldout", False),
        ("recognised", False),
        ("recognised", True),
    ):
        counts = count(DATA / f"redaction_{name}.txt", told=told)
        print(f"\n{name}{', with the names known of each call' if told else ''}")
        for kind in Sensitive:
            if counts.marks[kind]:
                print(f"  {kind:8} found {share(counts.found[kind], counts.marks[kind])}")
        print(f"  all      found {share(counts.found.total(), counts.marks.total())}")
        if counts.garbled:
            print(f"  garbled  covered {share(counts.covered, counts.garbled)}")
        print(f"  struck   right {share(counts.right, counts.struck)}")
        print(f"  clean sentences left alone {share(counts.left_alone, counts.clean)}")
        if wanted.misses and (name == "tuning" or told):
            print("\n".join(f"    {miss}" for miss in counts.misses))


if __name__ == "__main__":
    main()
