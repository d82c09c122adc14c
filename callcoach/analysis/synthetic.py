"""Seeded synthetic calls with planted events, to test the pipeline.

They test time stamps, regressions and extremes; scores reached on them are never accuracy
(TIPPING.md §3): the same hands wrote the events and the detectors.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from callcoach.analysis.model import Cause, Track
from callcoach.analysis.truth import Truth, TruthPoint, tracks_from_turns

#: Letters per second of ordinary and of hurried telephone speech (about 5.3 and 8 syllables a
#: second, TIPPING.md §1).
LETTERS_PER_S = 15.0
HURRIED_LETTERS_PER_S = 24.0

#: Ordinary exchanges, agent then prospect, none of which turns a call.
_NEUTRAL: tuple[tuple[str, str], ...] = (
    ("Vous avez combien de sites en France ?", "Trois sites, un à Lille et deux à Nantes."),
    ("Et vous travaillez avec un prestataire local ?", "Oui, avec un monsieur de la région."),
    ("Il passe combien de fois par an ?", "Deux fois par an, au printemps et en automne."),
    ("Et les rapports, vous les recevez sur papier ?", "Sur papier, dans un classeur vert."),
    ("Le bâtiment date de quelle année ?", "Des années quatre-vingt, à peu près."),
    ("Les horaires sont les mêmes partout ?", "Les mêmes, de huit heures à dix-sept heures."),
)


@dataclass(frozen=True, slots=True)
class Event:
    """A planted event: what the prospect says first, the agent's turn, the prospect's answer.

    `gap_s` is the delay before the agent's turn (negative interrupts), `delay_s` the one before the
    answer; `hurried` speeds the agent's turn up.
    """

    cause: Cause
    before: str
    agent: str
    answer: str
    gap_s: float = 0.4
    delay_s: float = 0.5
    hurried: bool = False


_LONG_TALK = (
    "Alors notre société existe depuis vingt ans et nous avons quatorze agences avec des équipes qui "
    "interviennent sur la couverture, les façades, les quais et les portes, et ce qui compte c'est que "
    "chaque client a son interlocuteur, son tableau de suivi et son rapport, et puis nous avons aussi "
    "une filiale pour le gros œuvre, une autre pour les espaces verts, et un bureau d'études qui fait "
    "les plans, les calculs et les dossiers, donc vraiment nous couvrons tout le bâtiment"
)

EVENTS: tuple[Event, ...] = (
    Event(
        Cause.MONOLOGUE,
        "J'ai une fuite au-dessus du quai, je voudrais que ce soit réglé avant l'hiver.",
        _LONG_TALK,
        "Hum. Oui.",
        delay_s=1.6,
    ),
    Event(
        Cause.INTERRUPTION,
        "Ce qui m'inquiète en ce moment, c'est le plafond, parce que l'expert vient demain matin",
        "Oui oui et donc pour le contrat annuel on est bien d'accord.",
        "Vous me laissez finir ? On va s'arrêter là.",
        gap_s=-1.8,
    ),
    Event(
        Cause.SELF_BELITTLING,
        "Oui, je vous écoute.",
        "Je suis désolé de vous déranger, je sais que vous avez mieux à faire, ce n'est pas grand-chose.",
        "Bon, faites vite alors.",
        delay_s=1.2,
    ),
    Event(
        Cause.WRONG_REGISTER,
        "Dites-moi en deux mots ce que vous faites, je vous écoute volontiers.",
        "Super, alors écoute, je vais pas te faire un dessin, tu vas gagner du temps.",
        "Pardon ? On se connaît ?",
        delay_s=1.5,
    ),
    Event(
        Cause.OPEN_QUESTION,
        "On a nos habitudes, oui.",
        "Et la dernière fois que c'est tombé en panne, comment ça s'est passé ?",
        "Ah ça, ne m'en parlez pas. On a attendu quatre jours, les équipes venaient me voir une par une, "
        "et franchement le dépanneur est venu sans la pièce. En fait personne ne savait qui appeler.",
        delay_s=1.3,
    ),
    Event(
        Cause.COMMITMENT_WON,
        "Il faudrait que je voie ça noir sur blanc.",
        "Je vous propose qu'on se voie vingt minutes, jeudi à quatorze heures, ça vous irait ?",
        "Attendez, j'ouvre mon agenda. Jeudi quinze heures, plutôt. Ça me va, je le note, et je préviens mon responsable.",
        delay_s=0.9,
    ),
)


@dataclass(frozen=True, slots=True)
class SyntheticCall:
    """Tracks, agent on channel 0, with what was planted in them."""

    tracks: tuple[Track, Track]
    duration_s: float
    truth: Truth


def make_call(
    seed: int, events: Sequence[Event] = EVENTS[:2], *, neutral: int = 6
) -> SyntheticCall:
    """A call with `events` planted, in order, among `neutral` ordinary exchanges.

    The same seed gives the same call.

    >>> make_call(3).truth.points == make_call(3).truth.points
    True
    """
    source = random.Random(seed)
    places = sorted(source.sample(range(1, neutral + 1), min(len(events), neutral)))
    turns: list[dict[str, Any]] = []
    points: list[TruthPoint] = []
    at = _say(turns, "prospect", "Allô, bonjour, Dupont à l'appareil.", 1.0)
    for number in range(neutral):
        question, answer = source.choice(_NEUTRAL)
        at = _say(turns, "agent", question, at + source.uniform(0.2, 0.6))
        at = _say(turns, "prospect", answer, at + source.uniform(0.3, 0.8))
        for event, place in zip(events, places, strict=False):
            if place == number + 1:
                at = _plant(turns, points, event, at + 0.5)
    at = _say(turns, "agent", "Merci à vous, bonne journée.", at + 0.4)
    at = _say(turns, "prospect", "Bonne journée, au revoir.", at + 0.4)
    truth = Truth(f"synthetic-{seed}", "synthetic", at + 1.0, tuple(points), tuple(turns))
    return SyntheticCall(tracks_from_turns(turns), at + 1.0, truth)


def _say(
    turns: list[dict[str, Any]], speaker: str, text: str, start: float, rate: float = LETTERS_PER_S
) -> float:
    end = start + max(0.4, len(text) / rate)
    turns.append(
        {
            "index": len(turns),
            "speaker": speaker,
            "start_s": round(start, 3),
            "end_s": round(end, 3),
            "text": text,
        }
    )
    return end


def _plant(
    turns: list[dict[str, Any]], points: list[TruthPoint], event: Event, start: float
) -> float:
    at = _say(turns, "agent", "D'accord, je vous écoute.", start)
    at = _say(turns, "prospect", event.before, at + 0.4)
    begin = max(at + event.gap_s, turns[-1]["start_s"] + 0.5)
    rate = HURRIED_LETTERS_PER_S if event.hurried else LETTERS_PER_S
    end = _say(turns, "agent", event.agent, begin, rate)
    points.append(
        TruthPoint(
            round(begin, 3), round(begin, 3), round(end, 3), event.cause.valence, event.cause, 2
        )
    )
    return _say(turns, "prospect", event.answer, end + event.delay_s)
