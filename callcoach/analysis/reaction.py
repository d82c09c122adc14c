"""How the prospect's behaviour changed around one turn of the agent, as plain numbers.

Only observable behaviour: lengths, delays, overlaps and words said. Nothing here judges a voice or
an emotion. The same numbers feed the engagement curve's polarity and the fusion's weights.
"""

from __future__ import annotations

from math import log1p

from callcoach.analysis.model import Turn
from callcoach.analysis.scene import Moment, Scene, length_s, mean_length_s, words_in

#: Delays beyond this say nothing more, seconds (TIPPING.md §1: p99 3.1 s).
LATENCY_CAP_S = 3.0
#: A delay above the telephone's median of 0.75 s that gives a short answer reads as distance, one
#: that gives a long answer as thinking (TIPPING.md §0.5).
LATE_S = 0.9
SHORT_S, LONG_S = 4.0, 6.0
#: Lists of what prospects say that count for or against taking part.
AGAINST = ("rebuke", "refusal", "exit", "brushoff", "doubt")
FOR = ("warm", "disclosure", "accepted", "buying")

#: Polarity of a prospect turn by list (TIPPING.md §4.2, `pol`), strongest against first.
POLARITY: tuple[tuple[str, float], ...] = (
    ("exit", -2.0),
    ("refusal", -1.5),
    ("rebuke", -1.2),
    ("brushoff", -1.0),
    ("objection", -1.0),
    ("doubt", -0.5),
    ("accepted", 1.5),
    ("buying", 1.0),
    ("warm", 0.7),
    ("disclosure", 0.5),
)


def polarity(scene: Scene, turn: Turn | None) -> float:
    """What the words of `turn` say about going on, in [-2, 1.5]; 0 when they say nothing."""
    against = [value for name, value in POLARITY if value < 0 and scene.has(turn, name)]
    favour = [value for name, value in POLARITY if value > 0 and scene.has(turn, name)]
    if against and favour:
        return (min(against) + max(favour)) / 2
    return min(against, default=0.0) + max(favour, default=0.0)


def describe(scene: Scene, moment: Moment) -> dict[str, float]:
    """The numbers of one moment; names are stable, they key the fitted weights."""
    following, last = moment.next, moment.last
    before_s = mean_length_s(moment.before[-2:])
    next_s = length_s(following)
    latency = moment.exchange_out.latency_s if moment.exchange_out else 0.0
    waited = moment.exchange_in.latency_s if moment.exchange_in else 0.0
    late = latency >= LATE_S
    agent_turns = len(scene.moments)
    numbers = {
        "next_length": log1p(next_s),
        "length_gain": log1p(next_s) - log1p(before_s),
        "later_length": log1p(mean_length_s(moment.after[:2]))
        - log1p(mean_length_s(moment.before[-2:])),
        "last_length": log1p(length_s(last)),
        "latency": max(-1.0, min(latency, LATENCY_CAP_S)),
        "late_short": float(late and next_s < SHORT_S),
        "late_long": float(late and next_s >= LONG_S),
        "cut_short": float(latency <= -0.4),
        "waited": max(0.0, min(waited, LATENCY_CAP_S)),
        "cut_in": max(0.0, min(-waited, 2.0)),
        "agent_length": log1p(moment.length_s),
        "agent_asks": float(scene.is_asking(moment.turn)),
        "next_asks": float(scene.is_asking(following)),
        "last_asks": float(scene.is_asking(last)),
        "no_answer": float(following is None),
        "first_turn": float(moment.place == 0),
        "early": float(moment.place <= 2),
        "closing": float(moment.place >= agent_turns - 2),
        "few_words_next": float(0 < words_in(following) <= 3),
        "polarity_next": polarity(scene, following),
        "polarity_last": polarity(scene, last),
    }
    for name in (*AGAINST, *FOR):
        numbers[f"next_{name}"] = float(scene.has(following, name))
    for name in ("rebuke", "objection", "hesitation", "buying", "brushoff", "refusal", "warm"):
        numbers[f"last_{name}"] = float(scene.has(last, name))
    for name in ("deaf", "acknowledging", "proposing", "adjusting"):
        numbers[f"agent_{name}"] = float(scene.has(moment.turn, name))
    return numbers
