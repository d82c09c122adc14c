"""How often the standing of a call to a promise is right: precision and recall of each class.

    python benchmarks/alignment.py LABELS --calls FOLDER [--calls FOLDER …] --tracks FOLDER
                                   [--no-meaning] [--show]

LABELS is ``tests/analysis/data/alignment_tuning.toml`` or ``alignment_heldout.toml``; the calls are
read as they were really said and as they were recognised. ``alignment_senders.txt``, lines that
claim a false sender or do not, needs no calls. Intervals: Wilson, 95 %. "Unwanted" is the
table that matters most: a forbidden or ambiguous statement that was said, and a false sender, jump a
queue. Deterministic. ``--show`` prints what was missed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import PERFECT, RECOGNISED, Call, load_calls

from callcoach.analysis.alignment import (
    SURE,
    DisclosureKind,
    Facts,
    Found,
    Statement,
    StatementKind,
    align,
    false_senders,
)
from callcoach.analysis.alignment.statements import UNWANTED
from callcoach.analysis.claims import Standing
from callcoach.analysis.embedding import Embedder, load_sentence_model
from callcoach.analysis.model import Kind, Speaker, Turn
from callcoach.analysis.proportions import wilson
from callcoach.analysis.wording import render

LETTERS = {
    "f": Standing.FAITHFUL,
    "d": Standing.DISTORTED,
    "o": Standing.OVERPROMISED,
    "m": Standing.OMITTED,
    "n": Standing.NOT_APPLICABLE,
}
#: Calls that stayed with somebody else than the person sought, as their truth files say.
AT_RECEPTION = frozenset(
    {"voltaneo-03-standard-logistique", "grainville-accueil-hautmont", "batisene-portes-depot"}
)
#: Confidences of the table that says how far they may be believed.
BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 1.01)


@dataclass(frozen=True)
class Campaign:
    """The statements of a sponsor and what each call makes of them, None where it is not asked."""

    sponsor: str
    statements: tuple[Statement, ...]
    labels: dict[str, tuple[Standing | None, ...]]


@dataclass(frozen=True)
class Case:
    """One call and statement."""

    call: str
    form: str
    statement: Statement
    truth: Standing
    found: Found

    @property
    def is_right(self) -> bool:
        return self.truth is self.found.standing


def read_labels(path: Path) -> list[Campaign]:
    """Every labelled campaign.

    Raises:
        ValueError: a call has not one letter for each statement.
    """
    campaigns = []
    for item in tomllib.loads(path.read_text(encoding="utf-8"))["campaigns"]:
        statements = tuple(_statement(each) for each in item["statements"])
        labels = {}
        for call, letters in item["calls"].items():
            if len(letters) != len(statements):
                raise ValueError(f"{call}: {len(letters)} letters for {len(statements)} statements")
            labels[call] = tuple(LETTERS.get(letter) for letter in letters)
        campaigns.append(Campaign(item["sponsor"], statements, labels))
    return campaigns


def _statement(item: dict[str, Any]) -> Statement:
    disclosure = item.get("disclosure")
    return Statement(
        key=item["key"],
        kind=StatementKind(item["kind"]),
        text=item["text"],
        nuances=tuple(item.get("nuances", ())),
        condition=item.get("condition", ""),
        disclosure=DisclosureKind(disclosure) if disclosure else None,
    )


def agents_of(folders: Iterable[Path]) -> dict[str, str]:
    """The agent's name by call, as the truth files have it."""
    return {
        path.name.removesuffix(".truth.json"): json.loads(path.read_text(encoding="utf-8"))["agent"]
        for folder in folders
        for path in folder.glob("*.truth.json")
    }


def cases_of(
    campaigns: Iterable[Campaign],
    calls: Iterable[Call],
    agents: Mapping[str, str],
    embedder: Embedder | None,
) -> list[Case]:
    """Every labelled call and statement in every form that there is."""
    by_name = {(call.name, call.form): call for call in calls}
    cases: list[Case] = []
    for campaign in campaigns:
        for name, letters in campaign.labels.items():
            asked = [
                (statement, truth)
                for statement, truth in zip(campaign.statements, letters, strict=True)
                if truth is not None
            ]
            for form in (PERFECT, RECOGNISED):
                call = by_name.get((name, form))
                if call is None:
                    continue
                found = align(
                    [statement for statement, _ in asked],
                    call.conversation.turns,
                    facts=Facts(
                        kind=Kind.GATEKEEPER if name in AT_RECEPTION else Kind.TARGET,
                        sponsor=campaign.sponsor,
                        agent=agents.get(name, ""),
                    ),
                    embedder=embedder,
                )
                cases += [
                    Case(name, form, statement, truth, item)
                    for (statement, truth), item in zip(asked, found, strict=True)
                ]
    return cases


def share(part: int, whole: int) -> str:
    """A proportion with its interval."""
    if not whole:
        return "      –           "
    low, high = wilson(part, whole, 0.95)
    return f"{part / whole:4.0%} [{low:3.0%}–{high:4.0%}]"


def print_classes(title: str, cases: Sequence[Case]) -> None:
    """Precision, recall and F1 of each class."""
    right = sum(case.is_right for case in cases)
    print(f"{title}: n {len(cases)}, right {share(right, len(cases))}")
    for standing in Standing:
        true = sum(case.truth is standing for case in cases)
        taken = sum(case.found.standing is standing for case in cases)
        hit = sum(case.truth is standing and case.is_right for case in cases)
        if true or taken:
            f1 = 2 * hit / (true + taken)
            print(
                f"   {standing.value:15} n {true:3}  precision {share(hit, taken)}"
                f"  recall {share(hit, true)}  F1 {f1:.2f}"
            )


def print_queue(title: str, cases: Sequence[Case]) -> None:
    """Whether something was said that must not be, whatever the class."""
    said = [case for case in cases if case.truth is not Standing.OMITTED]
    taken = [case for case in cases if case.found.standing is not Standing.OMITTED]
    hits = [case for case in said if case.found.standing is not Standing.OMITTED]
    print(
        f"{title}: said n {len(said)} of {len(cases)}, recall {share(len(hits), len(said))}, "
        f"precision {share(len(hits), len(taken))}"
    )


def print_confidence(cases: Sequence[Case]) -> None:
    """How often what is said with a confidence is right, and what goes to a person."""
    asked = [case for case in cases if case.found.confidence < SURE]
    kept = [case for case in cases if case.found.confidence >= SURE]
    print(
        f"to a person {share(len(asked), len(cases))}; right beyond {SURE}: "
        f"{share(sum(case.is_right for case in kept), len(kept))}"
    )
    for low, high in itertools.pairwise(BINS):
        inside = [case for case in cases if low <= case.found.confidence < high]
        mean = sum(case.found.confidence for case in inside) / max(len(inside), 1)
        print(
            f"   confidence {low:.1f}–{min(high, 1):.1f}: n {len(inside):3}, mean {mean:.2f}, "
            f"right {share(sum(case.is_right for case in inside), len(inside))}"
        )


def is_about_sender(case: Case) -> bool:
    return case.statement.key in ("state", "health", "sender")


def print_senders(path: Path) -> None:
    """Lines that claim a false sender, and lines that do not."""
    counts = Counter[tuple[bool, bool]]()
    missed = []
    for line in path.read_text(encoding="utf-8").splitlines():
        mark, _, text = line.partition(" ")
        if mark not in ("+", "-"):
            continue
        turn = Turn(0, Speaker.AGENT, 0, 0.0, 5.0, text)
        found = bool(false_senders([turn], sponsor="Voltaneo"))
        counts[mark == "+", found] += 1
        if found != (mark == "+"):
            missed.append(line)
    right, taken = counts[True, True], counts[True, True] + counts[False, True]
    said = counts[True, True] + counts[True, False]
    print(f"false senders, {sum(counts.values())} lines: recall {share(right, said)}, ", end="")
    print(f"precision {share(right, taken)}")
    print("\n".join(f"   missed: {line}" for line in missed))


def report(cases: Sequence[Case]) -> None:
    """All tables, form by form."""
    for form in (PERFECT, RECOGNISED):
        mine = [case for case in cases if case.form == form]
        if not mine:
            continue
        print(f"\n== {form}: {len({case.call for case in mine})} calls")
        print_classes("all", mine)
        for kind in StatementKind:
            of_kind = [case for case in mine if case.statement.kind is kind]
            if of_kind:
                print_classes(kind.value, of_kind)
        unwanted = [case for case in mine if case.statement.kind in UNWANTED]
        print_queue("unwanted", unwanted)
        print_queue("forbidden", [c for c in mine if c.statement.kind is StatementKind.FORBIDDEN])
        print_queue("false sender", [case for case in unwanted if is_about_sender(case)])
        print_confidence(mine)


def show(cases: Iterable[Case]) -> None:
    """What was missed."""
    print()
    for case in cases:
        if not case.is_right:
            print(
                f"{case.form:10} {case.call:30} {case.statement.key:10} {case.truth.value[:9]:9} "
                f"→ {case.found.standing.value[:9]:9} {case.found.confidence:.2f} "
                f"{render(case.found.reason, 'fr')[:80]} | {case.found.quote[:110]}"
            )


def main(argv: Sequence[str] | None = None) -> None:
    counts = Counter[str]()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("--calls", type=Path, action="append", default=[])
    parser.add_argument("--tracks", type=Path)
    parser.add_argument("--no-meaning", action="store_true")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args(argv)
    if options.labels.suffix == ".txt":
        print_senders(options.labels)
        return
    campaigns = read_labels(options.labels)
    calls = [call for folder in options.calls for call in load_calls(folder, options.tracks)]
    embedder = None if options.no_meaning else load_sentence_model()
    print(f"meaning: {embedder.name if embedder is not None else 'words alone'}")
    cases = cases_of(campaigns, calls, agents_of(options.calls), embedder)
    counts.update(case.truth.value for case in cases if case.form == PERFECT)
    print("labels: " + ", ".join(f"{name} {count}" for name, count in sorted(counts.items())))
    report(cases)
    if options.show:
        show(cases)


if __name__ == "__main__":
    main()
