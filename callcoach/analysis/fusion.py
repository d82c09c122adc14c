"""From moments to tipping points: did the call really turn here, and for which cause?

A cue in the agent's words is not a tipping point; it becomes one when the prospect's behaviour
changes from there on. For each moment the cues (detector strengths) and what lies around it
(`reaction`, `surroundings`: lengths, delays, refusal and interest words, questions; `course`: the same
beside how much this prospect varies anyway) give one probability a valence, by a ridge-penalised
logistic regression and by boosted trees (`trees`), averaged. A choice among the causes of that valence
names the cause from what lies around and from the likeness of the words to labelled ones (`likeness`);
a detector's cue weighs in it and gives the evidence. Where the cause has no cue the point says so. The
weights are packaged in ``data/fusion.json``, fitted by ``benchmarks/fit_fusion.py`` on 48 spoken and
60 written simulated calls. Moments below the floor are dropped: a call may have no tipping point at
all. We say that a moment coincides with a change, never that it caused it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from callcoach.analysis.course import course
from callcoach.analysis.detectors import Candidate, may_explain, quote, run_detectors
from callcoach.analysis.effect import course_fact, effect_at, effects, fact
from callcoach.analysis.engagement import is_falling_before
from callcoach.analysis.lexical.reformulation import rephrasing
from callcoach.analysis.likeness import Likeness, load_likeness
from callcoach.analysis.model import (
    Cause,
    EngagementPoint,
    Evidence,
    Message,
    TippingPoint,
    Valence,
)
from callcoach.analysis.reaction import describe
from callcoach.analysis.scene import Moment, Scene
from callcoach.analysis.surroundings import surroundings
from callcoach.analysis.trees import Trees, load_trees, probability_of

#: A call in which no moment is likelier than not to be a turn gets no point at all: several weak
#: ones are not one clear one (TIPPING.md §4.3, abstention).
CALL_FLOOR = 0.5
#: On one mixed channel the evidence is at most this sure, because nobody's voice stands apart
#: (TIPPING.md §2 and §4.3, mono cap). It bounds what is said of a point once the point is chosen: to
#: choose by it would silence whole calls, whose floors were fitted on what was measured.
MIXED_CAP = 0.5
#: Two moments of one valence this close are one tipping point (TIPPING.md §4.3).
MERGE_S = 10.0
#: Share of the probability kept when the fall was already under way (TIPPING.md §4.2 halves the
#: effect; the effect is about half of the evidence).
PRE_TREND_FACTOR = 0.85
#: What a page opens with: at most so many, so far apart (TIPPING.md §4.3).
CARDS = {Valence.NEGATIVE: 3, Valence.POSITIVE: 2}
CARDS_APART_S = 15.0
#: Detector of a point whose cause no detector saw; the change in the prospect's behaviour raised it.
INFERRED = "R0"
#: Prospect turns looked at for a refusal or an exit: the call was lost here.
LOST_WITHIN = 2


@dataclass(frozen=True, slots=True)
class Weights:
    """Fitted weights: for every feature its mean, its scale and a weight a valence.

    `cause` holds for every cause a weight a feature and its bias under ``""``; `strength_weight`
    is what a full cue of a cause adds to it. `likeness` adds what the words resemble, where the scene
    has the embedder for it. `trees` give a second opinion on whether the call turns; the two are
    averaged.
    """

    mean: Mapping[str, float]
    scale: Mapping[str, float]
    weight: Mapping[Valence, Mapping[str, float]]
    bias: Mapping[Valence, float]
    floor: Mapping[Valence, float]
    cause: Mapping[Cause, Mapping[str, float]]
    strength_weight: float
    likeness: Likeness | None = None
    trees: Mapping[Valence, Trees] = field(default_factory=dict)

    def probability(self, valence: Valence, features: Mapping[str, float]) -> float:
        """Probability in (0, 1) that the call turns this way at a moment with these features."""
        linear = probability_of(self.bias[valence] + self._sum(self.weight[valence], features))
        if valence not in self.trees:
            return linear
        return (linear + self.trees[valence].probability(features)) / 2

    def likeliest_cause(
        self,
        valence: Valence,
        features: Mapping[str, float],
        cues: Mapping[Cause, float],
        alike: Mapping[Cause, float],
    ) -> Cause:
        """The cause of this valence that fits these features, cue strengths and likenesses best."""
        return max(
            (cause for cause in Cause if cause.valence is valence),
            key=lambda cause: (
                self.cause[cause][""]
                + self._sum(self.cause[cause], features)
                + self.strength_weight * cues.get(cause, 0.0)
                + alike.get(cause, 0.0)
            ),
        )

    def _sum(self, weights: Mapping[str, float], features: Mapping[str, float]) -> float:
        return sum(
            weight * (features[name] - self.mean[name]) / self.scale[name]
            for name, weight in weights.items()
            if name
        )


@cache
def load_weights() -> Weights:
    """The packaged weights."""
    resource = files("callcoach.analysis") / "data" / "fusion.json"
    data = json.loads(resource.read_text(encoding="utf-8"))
    return Weights(
        mean=data["mean"],
        scale=data["scale"],
        weight={Valence(name): weights for name, weights in data["weight"].items()},
        bias={Valence(name): value for name, value in data["bias"].items()},
        floor={Valence(name): value for name, value in data["floor"].items()},
        cause={Cause(name): weights for name, weights in data["cause"].items()},
        strength_weight=data["strength_weight"],
        likeness=load_likeness(),
        trees=load_trees(),
    )


def features_of(scene: Scene, moment: Moment, candidates: Sequence[Candidate]) -> dict[str, float]:
    """All features of a moment: what lies around it and the strength of every cue in it."""
    features = {
        **describe(scene, moment),
        **surroundings(scene, moment),
        **course(scene, moment),
    }
    for cause in Cause:
        features[f"cue_{cause.value}"] = max(
            (c.strength for c in candidates if c.cause is cause), default=0.0
        )
    for valence in Valence:
        strengths = [c.strength for c in candidates if c.cause.valence is valence]
        features[f"strongest_{valence.value}"] = max(strengths, default=0.0)
        features[f"sum_{valence.value}"] = min(2.0, sum(strengths))
    features["rephrasing"] = rephrasing(scene, moment)
    return features


def by_turn(candidates: Sequence[Candidate]) -> dict[int, list[Candidate]]:
    """Candidates grouped by the turn that they blame or praise."""
    grouped: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        grouped.setdefault(candidate.turn, []).append(candidate)
    return grouped


def find_tipping_points(
    scene: Scene, engagement: Sequence[EngagementPoint], weights: Weights | None = None
) -> tuple[TippingPoint, ...]:
    """Everything above the abstention floor, sorted by start; empty when nothing clearly turns.

    `weights` replace the packaged ones.
    """
    weights = load_weights() if weights is None else weights
    grouped = by_turn(run_detectors(scene))
    found: list[TippingPoint] = []
    for moment in scene.moments:
        if not moment.turn.words or not (moment.before or moment.after):
            continue
        candidates = grouped.get(moment.turn.index, [])
        features = features_of(scene, moment, candidates)
        falling = is_falling_before(scene, moment.turn)
        best = _best(weights, features, falling=falling)
        if best is not None:
            valence, probability = best
            own = [c for c in candidates if c.cause.valence is valence and may_explain(c)]
            cues = _strongest(own)
            alike = _alike(weights, scene, moment)
            cause = weights.likeliest_cause(valence, features, cues, alike)
            ordered = _ordered(own, cause, moment)
            point = _point(scene, moment, ordered, probability, falling=falling)
            effect = effect_at(engagement, moment.turn, valence, falling=falling)
            course = course_fact(effect, moment.turn, valence)
            if course is not None:
                point = replace(point, evidence=(*point.evidence, course))
            found.append(point)
    if all(point.confidence < CALL_FLOOR for point in found):
        return ()
    kept = _merge(found)
    if scene.conversation.separate:
        return kept
    return tuple(replace(point, confidence=min(point.confidence, MIXED_CAP)) for point in kept)


def _best(
    weights: Weights, features: Mapping[str, float], *, falling: bool
) -> tuple[Valence, float] | None:
    """The valence furthest above its floor."""
    best: tuple[float, Valence, float] | None = None
    for valence in Valence:
        probability = weights.probability(valence, features)
        if falling and valence is Valence.NEGATIVE:
            probability *= PRE_TREND_FACTOR
        margin = probability / weights.floor[valence]
        if margin >= 1 and (best is None or margin > best[0]):
            best = (margin, valence, probability)
    return best[1:] if best else None


def _alike(weights: Weights, scene: Scene, moment: Moment) -> Mapping[Cause, float]:
    """How much the words of `moment` resemble those of each cause."""
    if weights.likeness is None:
        return {}
    answer = moment.next.text if moment.next is not None else ""
    return weights.likeness.scores(scene.embedder, moment.turn.text, answer)


def _strongest(candidates: Sequence[Candidate]) -> Mapping[Cause, float]:
    """The strongest cue of each cause."""
    cues: dict[Cause, float] = {}
    for candidate in candidates:
        cues[candidate.cause] = max(cues.get(candidate.cause, 0.0), candidate.strength)
    return cues


def _ordered(candidates: Sequence[Candidate], cause: Cause, moment: Moment) -> list[Candidate]:
    """`candidates`, those of `cause` first, then the strongest.

    Without a cue of that cause the list opens with one made of the moment itself.
    """
    own = list(candidates)
    if all(candidate.cause is not cause for candidate in own):
        own.append(_inferred(cause, moment))
    return sorted(own, key=lambda c: (c.cause is not cause, -c.strength))


def _inferred(cause: Cause, moment: Moment) -> Candidate:
    """A candidate for a cause that no detector saw: the moment resembles labelled ones."""
    turn = moment.turn
    said = [quote(moment.last)] if moment.last is not None and moment.last.text else []
    return Candidate(
        INFERRED,
        cause,
        turn.index,
        turn.start_s,
        turn.end_s,
        0.0,
        (*said, quote(turn)),
        severity=2,
        inferred=True,
    )


def _point(
    scene: Scene,
    moment: Moment,
    ordered: Sequence[Candidate],
    probability: float,
    *,
    falling: bool,
) -> TippingPoint:
    """The point of `moment`; `ordered` holds the candidates of its valence, likeliest first."""
    main = ordered[0]
    evidence = [*main.evidence, *effects(scene, moment)]
    if falling and main.cause.valence is Valence.NEGATIVE:
        evidence.append(fact("context", "already_falling", moment.turn))
    other = next((c for c in ordered[1:] if c.cause is not main.cause and c.strength >= 0.5), None)
    if other is not None:
        evidence.append(
            Evidence(
                "also",
                "",
                None,
                "",
                None,
                other.start_s,
                other.end_s,
                Message(f"evidence.also_{other.cause.value}"),
            )
        )
    start = min(max(main.start_s, moment.turn.start_s), moment.turn.end_s)
    return TippingPoint(
        start_s=start,
        end_s=min(max(main.end_s, start), moment.turn.end_s),
        turn=moment.turn.index,
        valence=main.cause.valence,
        cause=main.cause,
        severity=_severity(scene, moment, main),
        confidence=round(probability, 3),
        detector=main.detector,
        evidence=tuple(evidence),
        explanation=main.explanation,
        suggestion=main.suggestion,
    )


def _severity(scene: Scene, moment: Moment, main: Candidate) -> int:
    """The cue's own severity; 3 when the prospect refuses or leaves within two turns."""
    if main.cause.valence is Valence.NEGATIVE and any(
        scene.has(turn, "refusal") for turn in moment.after[:LOST_WITHIN]
    ):
        return 3
    return max(1, min(3, int(main.severity)))


def _merge(points: Sequence[TippingPoint]) -> tuple[TippingPoint, ...]:
    """One point where two of a valence start within `MERGE_S`: the surer one stays."""
    kept: list[TippingPoint] = []
    for point in sorted(points, key=lambda p: -p.confidence):
        if all(
            point.valence is not other.valence or abs(point.start_s - other.start_s) > MERGE_S
            for other in kept
        ):
            kept.append(point)
    return tuple(sorted(kept, key=lambda p: (p.start_s, p.end_s, p.valence)))


def opening_cards(points: Sequence[TippingPoint]) -> tuple[TippingPoint, ...]:
    """Which points a page opens with: the gravest and surest, few and apart, sorted by start.

    >>> opening_cards([])
    ()
    """
    chosen: list[TippingPoint] = []
    for point in sorted(points, key=lambda p: (-p.severity * p.confidence, p.start_s)):
        same = [other for other in chosen if other.valence is point.valence]
        near = any(abs(other.start_s - point.start_s) < CARDS_APART_S for other in chosen)
        if len(same) < CARDS[point.valence] and not near:
            chosen.append(point)
    return tuple(sorted(chosen, key=lambda p: p.start_s))
