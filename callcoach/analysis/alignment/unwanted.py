"""Statements that are not to be said: forbidden claims and ambiguous wordings.

A forbidden statement may be the words themselves ("zéro risque") or tell of a claim ("économies
chiffrées avant l'étude", "se dire mandaté par l'État"). All of its words must be there, denied where
it denies them: "aucun risque" says "zéro risque", and "ce n'est pas gratuit" does not say "gratuit".
"""

from __future__ import annotations

import itertools

from callcoach.analysis.adherence_words import Token as WordToken
from callcoach.analysis.adherence_words import align, pattern
from callcoach.analysis.alignment.matching import Sayings, Wording, read_wording
from callcoach.analysis.alignment.quantities import quantities
from callcoach.analysis.alignment.reading import Side
from callcoach.analysis.alignment.senders import claims_of
from callcoach.analysis.alignment.statements import Facts, Statement, StatementKind
from callcoach.analysis.alignment.wanted import Judged
from callcoach.analysis.alignment.words import starts_with
from callcoach.analysis.claims import Standing
from callcoach.analysis.model import Message

#: Words between the first and the last word of a forbidden phrase, beyond its own.
LOOSE = 5
#: Nearness in meaning from which a clause says a forbidden sentence that its words do not.
NEAR = 0.62
#: Shares of the words of a long description that must be there.
MOST_OF = 0.75
#: Share of the words of a sentence of at least so many in order, from which it is said although
#: recognition bent some: a person is asked.
BENT, BENT_WORDS = 0.65, 4
#: How sure: word for word, in kindred words, by meaning alone, as a question.
EXACT, KINDRED, BY_MEANING, ASKED = 0.9, 0.78, 0.5, 0.5
#: Words of a description that say how, not what.
_TELLING = frozenset(
    """dire laisser entendre annoncer promettre parler presenter comme faire croire affirmer pretendre
    evoquer donner citer jamais avant etude client prospect offre appel say imply claim promise
    announce before present mention""".split()  # noqa: SIM905 - a word list reads better so
)
_DEFINITE = frozenset({"le", "la", "les", "l", "vos", "votre", "nos", "ces", "the", "your"})
_FIGURED = frozenset(
    """chiffre chiffrees chiffree chiffres precis precise precises montant montants exact exacts exactes
    figure figures amount precisely""".split()  # noqa: SIM905 - a word list reads better so
)


def judge(
    statement: Statement, sayings: Sayings, facts: Facts, names: frozenset[str]
) -> Judged | None:
    """Where the unwanted is said; None when it is not."""
    found: list[Judged] = []
    standing = (
        Standing.OVERPROMISED if statement.kind is StatementKind.FORBIDDEN else Standing.DISTORTED
    )
    for text in statement.wordings:
        wording = read_wording(text, sayings.side.language, names)
        if _is_about_sender(wording, sayings):
            found += _senders(sayings, facts, standing)
        if _is_about_figures(wording):
            found += _figured(wording, sayings, standing)
        else:
            found += _said(wording, sayings, standing)
            found += _meant(wording, sayings, standing)
            found += _bent(wording, sayings, standing)
    return max(found, key=lambda judged: (judged.confidence, -judged.first)) if found else None


def _is_about_sender(wording: Wording, sayings: Sayings) -> bool:
    """Whether the statement forbids a claim about who sent the caller."""
    texts = [token.text for token in wording.tokens]
    authorities = sayings.words.lists["senders.authorities"]
    return any(starts_with(texts, at, authorities) for at in range(len(texts)))


def _senders(sayings: Sayings, facts: Facts, standing: Standing) -> list[Judged]:
    side = sayings.side
    return [
        Judged(
            standing,
            claim.confidence,
            Message(
                "alignment.sender", {"who": claim.who, "words": side.quote(claim.first, claim.end)}
            ),
            *side.widened(claim.first, claim.end),
        )
        for claim in claims_of(side, facts.sponsor)
    ]


def _is_about_figures(wording: Wording) -> bool:
    return any(token.text in _FIGURED for token in wording.tokens)


def _figured(wording: Wording, sayings: Sayings, standing: Standing) -> list[Judged]:
    """A figure beside the thing of which none may be given ("économies chiffrées")."""
    side = sayings.side
    things = [word for word, _, _ in wording.words if word not in _FIGURED | _TELLING]
    if not things:
        return []
    found: list[Judged] = []
    for first, end in side.clauses:
        figures = [
            figure
            for figure in quantities(side.tokens[first:end], sayings.words)
            if figure.dimension in ("percent", "money")
        ]
        near_first, near_end = max(0, first - LOOSE), min(len(side.tokens), end + LOOSE)
        said = [
            place
            for place in range(near_first, near_end)
            if side.tokens[place].turn == side.tokens[first].turn
            and any(sayings.worth(word, place) for word in things)
        ]
        if not figures or not said:
            continue
        at = first + figures[0].first
        token = side.tokens[at]
        if token.is_denied or token.is_quoted or token.is_asked:
            continue
        words = side.quote(at, first + figures[0].end)
        found.append(
            Judged(standing, 0.8, Message("alignment.figure_given", {"words": words}), first, end)
        )
    return found


def _said(wording: Wording, sayings: Sayings, standing: Standing) -> list[Judged]:
    """Places where the words of the statement stand close together."""
    side = sayings.side
    wanted = [w for w, _, _ in wording.words if w not in _TELLING] or [
        w for w, _, _ in wording.words
    ]
    denies = any(is_denied for _, _, is_denied in wording.words)
    if len(wanted) == 1 and len(wording.tokens) > 2:
        # "vous êtes sûr de recruter": its small words make it what it is
        wanted += [
            token.text
            for token in wording.tokens
            if not token.has_content and not token.is_no and len(token.text) > 3
        ]
    if not wanted:
        return []
    needed = len(wanted) if len(wanted) <= 3 else round(MOST_OF * len(wanted))
    span = len(wording.tokens) + LOOSE
    found: list[Judged] = []
    worth = [[sayings.worth(word, at) for at in range(len(side.tokens))] for word in wanted]
    for first in range(len(side.tokens)):
        if not any(row[first] for row in worth):
            continue
        sentence = side.tokens[first].sentence
        places: list[int] = []
        values: list[float] = []
        for row in worth:
            best = max(
                (
                    (row[at], -at)
                    for at in range(first, min(len(side.tokens), first + span))
                    if row[at]
                    and side.tokens[at].sentence == sentence
                    and not side.tokens[at].is_quoted
                ),
                default=None,
            )
            if best is not None:
                values.append(best[0])
                places.append(-best[1])
        if len(places) < needed or min(places) != first:
            continue
        if any(side.tokens[place].is_denied for place in places) != denies:
            continue
        if denies and any(_is_of_a_thing(side, place) for place in places):
            continue
        last = max(places)
        asked = side.tokens[first].is_asked
        exact = all(value >= 0.99 for value in values) and len(values) == len(wanted)
        sure = min(w.probability for place in places for w in side.words(place, place + 1))
        confidence = ASKED if asked else EXACT if exact else KINDRED
        confidence *= 0.75 + 0.25 * min(1.0, sure / 0.6)
        words = side.quote(first, last + 1)
        found.append(
            Judged(
                standing,
                confidence,
                Message("alignment.unwanted_said", {"words": words}),
                *side.widened(first, last + 1),
            )
        )
    return found


def _is_of_a_thing(side: Side, place: int) -> bool:
    """Whether what is denied is said of something known: "ça n'empêche pas les pertes" does not say
    that there are none.
    """
    before = side.tokens[max(0, place - 2) : place]
    return any(one.is_no and two.text in _DEFINITE for one, two in itertools.pairwise(before))


def _bent(wording: Wording, sayings: Sayings, standing: Standing) -> list[Judged]:
    """The place where most of a sentence stands in order, a word of it bent by recognition."""
    side = sayings.side
    if len(wording.tokens) < BENT_WORDS:
        return []
    stream = tuple(
        WordToken(token.text, token.turn, place, place) for place, token in enumerate(side.tokens)
    )
    place = align(pattern(wording.text), stream)
    if place is None or place.share < BENT:
        return []
    first, end = place.first, place.last + 1
    tokens = side.tokens[first:end]
    no = sum(token.is_no for token in tokens) > sum(token.is_no for token in wording.tokens)
    if no or end - first > len(wording.tokens) + LOOSE:
        return []
    if any(token.is_quoted or token.is_asked for token in tokens):
        return []
    reason = Message("alignment.unwanted_said", {"words": side.quote(first, end)})
    return [Judged(standing, BY_MEANING, reason, *side.widened(first, end))]


def _meant(wording: Wording, sayings: Sayings, standing: Standing) -> list[Judged]:
    """The clause nearest in meaning, where only a sentence model can tell."""
    if not sayings.has_meaning or len(wording.tokens) < 3:
        return []
    side = sayings.side
    denied = any(is_denied for _, _, is_denied in wording.words)
    best = max(sayings.matches([wording]), key=lambda match: match.near or 0.0, default=None)
    if best is None or (best.near or 0.0) < NEAR:
        return []
    tokens = side.tokens[best.stretch.first : best.stretch.end]
    if any(t.is_denied for t in tokens) != denied or any(t.is_asked or t.is_quoted for t in tokens):
        return []
    words = side.quote(best.stretch.first, best.stretch.end)
    return [
        Judged(
            standing,
            BY_MEANING,
            Message("alignment.unwanted_meant", {"words": words}),
            best.stretch.first,
            best.stretch.end,
        )
    ]
