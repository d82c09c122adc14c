"""Fit the second opinion by meaning on who was reached (`callcoach.analysis.kind_meaning`).

    python benchmarks/fit_kinds.py tests/analysis/data/call_kinds_*.txt --truth FOLDER … \\
        [--tracks FOLDER] [--errors 0.25] [--show] [--write]

Learns from the dialogues given, from those of ``examples/kinds.fr.txt`` and from the truth files of
each `FOLDER`, also as recognised (``--tracks``); nearly all of these are conversations, and each is
read whole and as if it had been cut off early. Prints how good the rules and the fit are together on
dialogues whose file (whose writer, for truth files) the fit has not seen, with the floor that hides
almost no conversation; ``--errors`` bends or drops that share of the words of the measured dialogues.
``--write`` stores the weights, fitted on everything, in ``callcoach/analysis/data/kinds.npz``.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from call_kinds import print_matrix
from corpus import read_tracks

from callcoach.analysis import kind_meaning
from callcoach.analysis.embedding import Embedder, load_sentence_model
from callcoach.analysis.kind import classify_kind, is_left_open
from callcoach.analysis.kind_meaning import LENGTH, PARTS, Exchange, KindWeights
from callcoach.analysis.model import Kind, KindGuess, Segment, Speaker, Track, Turn
from callcoach.analysis.scripted import read_dialogues, with_errors
from callcoach.analysis.truth import load_truth, tracks_from_turns
from callcoach.analysis.turns import build_conversation

EXAMPLES = Path(__file__).parent / "examples" / "kinds.fr.txt"
OUT = Path(__file__).parents[1] / "callcoach" / "analysis" / "data" / "kinds.npz"
#: What is told apart in each form, conversations first. On one channel the rules cannot see that
#: nobody answers a machine; announcements of operators are too few, and too short, to learn from.
KINDS = {
    "separate": (Kind.TARGET, Kind.GATEKEEPER, Kind.WRONG_PERSON),
    "mixed": (Kind.TARGET, Kind.GATEKEEPER, Kind.WRONG_PERSON, Kind.VOICEMAIL),
}
#: Files by the same hands, and written with the phrase lists: held out together.
FIRST_HAND = ("call_kinds_tuning", "call_kinds_heldout", "call_kinds_guides")
#: Calls whose truth is neither: a clerk who takes calls for another, and decides a little.
UNCLEAR = ("perrelle-notaire-voeux",)
#: A conversation of the truth files as it would be, had it ended after so many turns of the other side.
CUTS = (2, 3, 4, 6)
#: Weight of a call that was cut, and of one as recognised, beside a dialogue.
CUT, RECOGNISED = 0.3, 0.5
#: Ridge penalty: a plateau from 1 to 3.
PENALTY = 2.0
#: Share of the conversations held out that may be hidden; sets the floor.
HIDDEN = 0.01
#: The floor is no lower than this, however few conversations it is measured on.
LEAST_FLOOR = 0.3


@dataclass(frozen=True)
class Case:
    """One exchange. `weight` is beside a whole dialogue; `rule` what the rules alone guess,
    and `is_asked` whether they leave it to the meaning."""

    name: str
    group: str
    kind: Kind
    weight: float
    exchange: Exchange
    rule: KindGuess
    is_asked: bool


def make_case(
    name: str, group: str, kind: str, turns: Sequence[Turn], duration_s: float, *, weight: float
) -> Case:
    rule = classify_kind(turns, duration_s=duration_s)
    exchange = kind_meaning.read_exchange(turns)
    is_asked = exchange.is_readable and is_left_open(turns, duration_s=duration_s)
    return Case(name, group, Kind(kind), weight, exchange, rule, is_asked)


def scripted(path: Path, *, separate: bool, errors: float = 0.0) -> Iterable[Case]:
    group = "first hand" if path.stem in FIRST_HAND else path.stem
    for dialogue in read_dialogues(path):
        if dialogue.language in kind_meaning.LANGUAGES:
            heard = with_errors(dialogue, share=errors, seed=0) if errors else dialogue
            turns = heard.turns(separate=separate)
            yield make_case(
                dialogue.name, group, dialogue.kind, turns, dialogue.duration_s, weight=1.0
            )


def recorded(folder: Path, tracks_folder: Path | None, *, separate: bool) -> Iterable[Case]:
    """Calls of truth files, whole and cut; as recognised too where the voices are apart."""
    for path in sorted(folder.glob("*.truth.json")):
        truth, stem = load_truth(path), path.name.removesuffix(".truth.json")
        outcome = json.loads(path.read_text(encoding="utf-8"))["outcome"]
        kind = outcome if outcome in set(Kind) else "target"
        if stem in UNCLEAR:
            continue
        forms = [(stem, tracks_from_turns(truth.turns), 0, 1.0)]
        if separate and tracks_folder is not None and (tracks_folder / f"{stem}.json").exists():
            tracks, channel = read_tracks(tracks_folder / f"{stem}.json")
            forms.append((f"{stem}, recognised", tracks, channel, RECOGNISED))
        starts = [turn["start_s"] for turn in truth.turns if turn["speaker"] != "agent"]
        for name, tracks, channel, weight in forms:
            for count in (None, *CUTS):
                if count is not None and count >= len(starts):
                    continue
                end_s = truth.duration_s if count is None else starts[count]
                turns = turns_of(cut(tracks, end_s), end_s, channel, separate=separate)
                yield make_case(
                    name if count is None else f"{name}, cut",
                    truth.writer or "samples",
                    kind,
                    turns,
                    end_s,
                    weight=weight if count is None else weight * CUT,
                )


def cut(tracks: Sequence[Track], end_s: float) -> list[Track]:
    """The tracks of a call that ended at `end_s`."""
    return [
        replace(
            track,
            voice=tuple(
                Segment(one.start_s, min(one.end_s, end_s))
                for one in track.voice
                if one.start_s < end_s
            ),
            words=tuple(word for word in track.words if word.end_s <= end_s),
        )
        for track in tracks
    ]


def turns_of(
    tracks: Sequence[Track], duration_s: float, channel: int | None, *, separate: bool
) -> tuple[Turn, ...]:
    if not separate:
        tracks = [replace(track, speaker=Speaker.UNKNOWN, channel=0) for track in tracks]
    separate = len({track.channel for track in tracks}) > 1
    conversation = build_conversation(
        tracks,
        duration_s=duration_s,
        agent_channel=channel if separate else None,
        separate=separate,
    )
    return conversation.turns


class Fit:
    """Ridge regression from the parts of an exchange to its kind."""

    def __init__(self, cases: Sequence[Case], embedder: Embedder, kinds: Sequence[Kind]) -> None:
        self.cases, self.embedder, self.kinds = cases, embedder, tuple(kinds)
        self.vectors = np.array([kind_meaning.vectors_of(c.exchange, embedder) for c in cases])

    def weights(self, chosen: np.ndarray, floor: float = 0.0) -> KindWeights:
        """Fitted on the `chosen` cases; every kind weighs the same."""
        at = [i for i in np.flatnonzero(chosen) if self.cases[i].kind in self.kinds]
        raw = self.vectors[at]
        kinds = np.array([self.kinds.index(self.cases[i].kind) for i in at])
        weigh = np.array([self.cases[i].weight for i in at])
        total, count = weigh.sum(), len(self.kinds)
        for kind in range(count):
            weigh[kinds == kind] *= total / count / weigh[kinds == kind].sum()
        heard = raw.any(axis=2, keepdims=True)
        centre = raw.sum(axis=0) / np.maximum(heard.sum(axis=0), 1)
        scale = np.array(list(PARTS.values()))[:, None] / LENGTH
        x = (np.where(heard, raw - centre, 0.0) * scale).reshape(len(raw), -1)
        y = np.eye(count)[kinds]
        mean_x, mean_y = weigh @ x / weigh.sum(), weigh @ y / weigh.sum()
        x = x - mean_x
        solved = x.T @ np.linalg.solve(x @ x.T + PENALTY * np.diag(1 / weigh), y - mean_y)
        bias = mean_y - mean_x @ solved
        fitted = solved.T.reshape(count, *raw.shape[1:]) * scale
        return KindWeights(
            embedder=self.embedder.name,
            kinds=self.kinds[1:],
            centre=centre,
            weights=fitted[1:] - fitted[0],
            bias=bias[1:] - bias[0],
            floor=floor,
        )

    def unseen_scores(self) -> np.ndarray:
        """Scores of every case but the examples, by weights fitted without its group."""
        groups = np.array([case.group for case in self.cases])
        scores = np.full((len(self.cases), len(self.kinds) - 1), -1.0)
        for group in sorted(set(groups) - {EXAMPLES.stem}):
            weights = self.weights(groups != group)
            for i in np.flatnonzero(groups == group):
                scores[i] = weights.scores(self.cases[i].exchange, self.embedder)
        return scores


def choose_floor(cases: Sequence[Case], scores: np.ndarray) -> float:
    """The least score above which no more than `HIDDEN` of the conversations lie, by weight."""
    found = [
        (float(score.max()), case.weight if case.is_asked else 0.0)
        for case, score in zip(cases, scores, strict=True)
        if case.kind is Kind.TARGET and case.group != EXAMPLES.stem
    ]
    total, hidden = sum(weight for _, weight in found), 0.0
    for score, weight in sorted(found, reverse=True):
        hidden += weight
        if hidden > HIDDEN * total:
            return max(LEAST_FLOOR, round(score + 0.005, 2))
    return LEAST_FLOOR


def judged(
    cases: Sequence[Case], scores: np.ndarray, kinds: Sequence[Kind], floor: float
) -> list[KindGuess]:
    """What rules and fit guess together."""
    guesses = []
    for case, score in zip(cases, scores, strict=True):
        best = kinds[1 + int(np.argmax(score))]
        spoken = case.is_asked and float(score.max()) >= floor
        guesses.append(replace(case.rule, kind=best) if spoken else case.rule)
    return guesses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dialogues", nargs="+", type=Path)
    parser.add_argument("--truth", nargs="*", type=Path, default=[])
    parser.add_argument("--tracks", type=Path)
    parser.add_argument("--errors", type=float, default=0.0)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    embedder = load_sentence_model()
    if embedder is None:
        raise SystemExit("the sentence model is not installed: the extra `meaning`")
    stored: dict[str, np.ndarray] = {}
    counts: dict[str, int] = {}
    for form in kind_meaning.FORMS:
        separate = form == "separate"
        every = [
            *(c for p in (*options.dialogues, EXAMPLES) for c in scripted(p, separate=separate)),
            *(
                c
                for folder in options.truth
                for c in recorded(folder, options.tracks, separate=separate)
            ),
        ]
        cases = [case for case in every if case.exchange.theirs]
        kinds = KINDS[form]
        fit = Fit(cases, embedder, kinds)
        scores = fit.unseen_scores()
        floor = choose_floor(cases, scores)
        print(f"# {form}: {len(cases)} cases, floor {floor:.2f}\n")
        report(every, cases, judged(cases, scores, kinds, floor), options.dialogues)
        print_nearest(cases, scores)
        if options.errors:
            print_bent(fit, options.dialogues, options.errors, floor, separate=separate)
        if options.show:
            print_misses(cases, scores, kinds, floor)
        weights = fit.weights(np.ones(len(cases), dtype=bool), floor)
        stored |= {
            f"{form}_centre": weights.centre.astype(np.float16),
            f"{form}_weights": weights.weights.astype(np.float16),
            f"{form}_bias": weights.bias,
            f"{form}_floor": np.array(floor),
            f"{form}_kinds": np.array([kind.value for kind in weights.kinds]),
        }
        counts |= {f"{form}, {kind.value}": sum(c.kind is kind for c in cases) for kind in kinds}
    if options.write:
        card = {
            "made": datetime.now(UTC).date().isoformat(),
            "cases": counts,
            "dialogues": [path.name for path in (*options.dialogues, EXAMPLES)],
            "penalty": PENALTY,
            "hidden": HIDDEN,
        }
        np.savez(
            OUT,
            card=np.array(json.dumps(card)),
            embedder=np.array(embedder.name),
            **stored,
        )


def report(
    every: Sequence[Case],
    cases: Sequence[Case],
    guesses: Sequence[KindGuess],
    paths: Sequence[Path],
) -> None:
    """The matrix of each file of dialogues, rules alone and with the fit that has not seen it."""
    together = {id(case): guess for case, guess in zip(cases, guesses, strict=True)}
    for group in dict.fromkeys(
        "first hand" if path.stem in FIRST_HAND else path.stem for path in paths
    ):
        mine = [case for case in every if case.group == group]
        for title in ("rules alone", "with meaning"):
            print(f"{group}, {title}")
            pick = (
                (lambda c: together.get(id(c), c.rule))
                if title != "rules alone"
                else (lambda c: c.rule)
            )
            print_matrix([(c.name, c.kind.value, pick(c)) for c in mine], repeats=1)


def print_nearest(cases: Sequence[Case], scores: np.ndarray, count: int = 8) -> None:
    """The conversations that look least like one, by weights that have not seen them."""
    targets = [
        (float(score.max()), case)
        for case, score in zip(cases, scores, strict=True)
        if case.kind is Kind.TARGET and case.group != EXAMPLES.stem
    ]
    asked = sorted(((s, c) for s, c in targets if c.is_asked), key=lambda each: -each[0])
    print(
        f"{len(targets)} conversations, cut ones included, {len(asked)} asked about; the nearest:"
    )
    for score, case in asked[:count]:
        print(f"  {score:.2f} {case.name}: {case.exchange.theirs[:3]}")
    print()


def print_bent(
    fit: Fit, paths: Sequence[Path], errors: float, floor: float, *, separate: bool
) -> None:
    groups = np.array([case.group for case in fit.cases])
    for path in paths:
        bent = [c for c in scripted(path, separate=separate, errors=errors) if c.exchange.theirs]
        if not bent:
            continue
        weights = fit.weights(groups != bent[0].group)
        scores = np.array([weights.scores(c.exchange, fit.embedder) for c in bent])
        guesses = judged(bent, scores, fit.kinds, floor)
        print(f"{path.stem}, {errors:.2f} of the words bent or lost")
        print_matrix(
            [(c.name, c.kind.value, g) for c, g in zip(bent, guesses, strict=True)], repeats=1
        )


def print_misses(
    cases: Sequence[Case], scores: np.ndarray, kinds: Sequence[Kind], floor: float
) -> None:
    for case, score, guess in zip(cases, scores, judged(cases, scores, kinds, floor), strict=True):
        if guess.kind is not case.kind and case.group != EXAMPLES.stem and "cut" not in case.name:
            print(f"{case.name}: {case.kind.value} {score.round(2)} {case.exchange.theirs[:4]}")
    print()


if __name__ == "__main__":
    main()
