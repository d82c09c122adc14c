"""What alignment is worth on calls as they were recognised may not fall (docs/alignment.md).

``alignment_recognised.json`` has the turns of the labelled calls as Whisper base read them, a digit a
word for its probability; the labels are those of `benchmarks/alignment.py`.
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from callcoach.analysis.alignment import (
    SURE,
    DisclosureKind,
    Facts,
    Statement,
    StatementKind,
    align,
    false_senders,
)
from callcoach.analysis.alignment.statements import UNWANTED
from callcoach.analysis.claims import Standing
from callcoach.analysis.model import Kind, Speaker, Turn, Word

DATA = Path(__file__).parent / "data"
LETTERS = dict(zip("fdomn", Standing, strict=True))
AT_RECEPTION = {
    "voltaneo-03-standard-logistique",
    "grainville-accueil-hautmont",
    "batisene-portes-depot",
}


def _turns(rows: list[list[Any]]) -> list[Turn]:
    turns = []
    for index, (speaker, start_s, end_s, text, sure) in enumerate(rows):
        parts = text.split()
        step = (end_s - start_s) / max(len(parts), 1)
        words = tuple(
            Word(f" {part}", start_s + n * step, start_s + (n + 1) * step, int(digit) / 10 + 0.05)
            for n, (part, digit) in enumerate(zip(parts, sure, strict=True))
        )
        side = Speaker.AGENT if speaker == "a" else Speaker.PROSPECT
        turns.append(Turn(index, side, int(speaker == "p"), start_s, end_s, text, words))
    return turns


def _cases(part: str) -> list[tuple[StatementKind, Standing, Standing, float]]:
    """Kind, truth, what was found and how surely, of every labelled call and statement."""
    calls = json.loads((DATA / "alignment_recognised.json").read_text(encoding="utf-8"))
    labels = tomllib.loads((DATA / f"alignment_{part}.toml").read_text(encoding="utf-8"))
    cases = []
    for campaign in labels["campaigns"]:
        statements = [
            Statement(
                item["key"],
                StatementKind(item["kind"]),
                item["text"],
                tuple(item.get("nuances", ())),
                item.get("condition", ""),
                DisclosureKind(item["disclosure"]) if "disclosure" in item else None,
            )
            for item in campaign["statements"]
        ]
        for name, letters in campaign["calls"].items():
            kind = Kind.GATEKEEPER if name in AT_RECEPTION else Kind.TARGET
            facts = Facts(kind, campaign["sponsor"], calls[name]["agent"])
            asked = [s for s, letter in zip(statements, letters, strict=True) if letter != "-"]
            found = align(asked, _turns(calls[name]["turns"]), facts=facts)
            truths = [LETTERS[letter] for letter in letters if letter != "-"]
            cases += [
                (statement.kind, truth, item.standing, item.confidence)
                for statement, truth, item in zip(asked, truths, found, strict=True)
            ]
    return cases


@pytest.mark.parametrize(
    ("part", "right", "right_when_sure", "unwanted_found"),
    [("tuning", 0.85, 0.95, 0.8), ("heldout", 0.76, 0.93, 0.7)],
)
def test_recognised_calls_are_judged_as_well_as_documented(
    part: str, right: float, right_when_sure: float, unwanted_found: float
) -> None:
    cases = _cases(part)
    hits = [truth is found for _, truth, found, _ in cases]
    sure = [truth is found for _, truth, found, confidence in cases if confidence >= SURE]
    said = [
        found is not Standing.OMITTED
        for kind, truth, found, _ in cases
        if kind in UNWANTED and truth is not Standing.OMITTED
    ]
    wrongly = [
        found
        for kind, truth, found, _ in cases
        if kind in UNWANTED and truth is Standing.OMITTED and found is not Standing.OMITTED
    ]
    assert sum(hits) / len(hits) >= right
    assert sum(sure) / len(sure) >= right_when_sure
    assert sum(said) / len(said) >= unwanted_found
    assert len(wrongly) <= 1


def test_false_senders_are_found_in_written_lines() -> None:
    found = {"+": [0, 0], "-": [0, 0]}
    for line in (DATA / "alignment_senders.txt").read_text(encoding="utf-8").splitlines():
        mark, _, text = line.partition(" ")
        if mark in found:
            turn = Turn(0, Speaker.AGENT, 0, 0.0, 5.0, text)
            found[mark][bool(false_senders([turn], sponsor="Voltaneo"))] += 1
    assert found["+"][1] >= 0.95 * sum(found["+"])
    assert found["-"][1] <= 0.05 * sum(found["-"])
