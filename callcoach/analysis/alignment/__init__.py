"""How a call stands to each statement the sponsor decided on: said faithfully, distorted,
over-promised, omitted, or not applicable; where, in which words, how surely and why.

Rules (figures, negations, conditions, absolutes, who is claimed to have sent the caller) decide on
what was changed; words and, where a sentence model is at hand, meaning decide what is spoken of. Pure.
How often this is right: docs/alignment.md.

Does not detect: what is false and said in nobody's words; irony; a statement spread over the agent's
and the prospect's words. The prospect's words are never the agent's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import fmean

from callcoach.analysis.alignment import disclosures, unwanted, wanted
from callcoach.analysis.alignment.matching import Sayings
from callcoach.analysis.alignment.reading import Side, read_side
from callcoach.analysis.alignment.senders import claims_of
from callcoach.analysis.alignment.statements import (
    ENGINE,
    SURE,
    UNWANTED,
    DisclosureKind,
    Facts,
    Found,
    Statement,
    StatementKind,
)
from callcoach.analysis.alignment.wanted import Judged
from callcoach.analysis.claims import Standing
from callcoach.analysis.embedding import Embedder
from callcoach.analysis.model import Kind, Message, Speaker, Turn
from callcoach.analysis.text import tokens

__all__ = [
    "ENGINE",
    "SURE",
    "DisclosureKind",
    "Facts",
    "Found",
    "Statement",
    "StatementKind",
    "align",
    "false_senders",
]

#: The offer was reached when one of its statements was said, or when the agent, after the first words,
#: told something in one sentence of this many words: of the tuning calls those that ended before the
#: offer have 16 at most.
OFFER_WORDS = 18
#: How surely nothing unwanted was said.
_UNSAID_UNWANTED = (0.65, 0.92)
#: The least and the most, by how well it was heard, and of what is to be said how near anything came.
_UNSAID = (0.4, 0.9)
#: A word recognised with less may be another one.
UNSURE = 0.6
#: Kinds of call in which the person sought was not reached.
_NOT_REACHED = frozenset({Kind.GATEKEEPER, Kind.WRONG_PERSON, Kind.VOICEMAIL, Kind.NO_ANSWER})


def align(
    statements: Sequence[Statement],
    turns: Sequence[Turn],
    *,
    facts: Facts | None = None,
    embedder: Embedder | None = None,
) -> tuple[Found, ...]:
    """How the call stands to each statement, in the order of `statements`.

    Args:
        turns: of the whole call, in any order, both sides.
        embedder: compares meanings; without one, words alone.
    """
    facts = facts or Facts()
    ordered = sorted(turns, key=lambda turn: (turn.start_s, turn.end_s))
    agent = [turn for turn in ordered if turn.speaker is Speaker.AGENT]
    side = read_side(agent, facts.language)
    if not side.tokens:
        return tuple(_unheard(statement, ordered) for statement in statements)
    names = frozenset(tokens(facts.sponsor))
    prospect = [turn for turn in ordered if turn.speaker is Speaker.PROSPECT]
    sayings = Sayings(side, embedder, names, read_side(prospect, facts.language))
    from_s = disclosures.opening_from_s(ordered, sayings)
    judged: list[Judged | None] = []
    nearly: list[float] = []
    for statement in statements:
        near = 0.0
        if statement.kind in UNWANTED:
            judged.append(unwanted.judge(statement, sayings, facts, names))
        elif statement.kind is StatementKind.DISCLOSURE:
            judged.append(disclosures.judge(statement, sayings, facts, from_s))
        else:
            found, near = wanted.judge(statement, sayings, names)
            judged.append(found)
        nearly.append(near)
    offered = _longest_told(side) >= OFFER_WORDS or any(
        found is not None
        for statement, found in zip(statements, judged, strict=True)
        if statement.kind not in UNWANTED and statement.kind is not StatementKind.DISCLOSURE
    )
    return tuple(
        _placed(statement, found, sayings)
        if found is not None and _counts(statement, facts)
        else _unsaid(statement, facts, _heard_well(side, statement) * (1 - near), offered=offered)
        for statement, found, near in zip(statements, judged, nearly, strict=True)
    )


def false_senders(
    turns: Sequence[Turn], *, sponsor: str = "", language: str = "fr"
) -> tuple[Found, ...]:
    """Every place where the agent claims to come from somebody other than the sponsor.

    For a queue that such a claim jumps, whatever the statements of the campaign; `Found.key` is "".
    """
    side = read_side([turn for turn in turns if turn.speaker is Speaker.AGENT], language)
    found: list[Found] = []
    for claim in claims_of(side, sponsor):
        words = side.quote(claim.first, claim.end)
        judged = Judged(
            Standing.OVERPROMISED,
            claim.confidence,
            Message("alignment.sender", {"who": claim.who, "words": words}),
            *side.widened(claim.first, claim.end),
        )
        found.append(_located("", judged, Sayings(side, None)))
    return tuple(found)


def _longest_told(side: Side) -> int:
    """Words of the longest sentence that tells something, after the agent's first turn."""
    told = Counter(token.sentence for token in side.tokens if token.turn > 0 and not token.is_asked)
    return max(told.values(), default=0)


def _counts(statement: Statement, facts: Facts) -> bool:
    """Whether what was said counts: a disclosure is owed to the person sought alone."""
    return statement.kind is not StatementKind.DISCLOSURE or facts.kind not in _NOT_REACHED


def _unheard(statement: Statement, turns: Sequence[Turn]) -> Found:
    """Without words of the agent's nothing can be said; who said them may only be unknown."""
    unknown = any(turn.speaker is Speaker.UNKNOWN and turn.text.strip() for turn in turns)
    reason = Message("alignment.speakers_unknown" if unknown else "alignment.no_words")
    confidence = 0.0 if unknown else 0.8
    return Found(statement.key, Standing.NOT_APPLICABLE, "", None, None, None, confidence, reason)


def _heard_well(side: Side, statement: Statement) -> float:
    """How far recognition may be believed where the statement would stand, 0 to 1: it hides names
    above all, which are said once, at the start.
    """
    is_named = statement.kind is StatementKind.DISCLOSURE
    turns = side.turns[:3] if is_named else side.turns
    sure = [word.probability for turn in turns for word in turn.words]
    if not sure:
        return 0.0
    if is_named:
        return max(0.0, 1 - 4 * sum(value < UNSURE for value in sure) / len(sure))
    return min(1.0, max(0.0, (fmean(sure) - 0.5) / 0.45))


def _unsaid(statement: Statement, facts: Facts, clear: float, *, offered: bool) -> Found:
    least, most = _UNSAID_UNWANTED if statement.kind in UNWANTED else _UNSAID
    standing, confidence = Standing.OMITTED, least + (most - least) * clear
    reason = Message("alignment.unsaid")
    if statement.kind in UNWANTED:
        reason = Message("alignment.rightly_unsaid")
        if facts.kind is Kind.NO_ANSWER:
            standing, reason = Standing.NOT_APPLICABLE, Message("alignment.not_reached")
    elif facts.kind in _NOT_REACHED:
        standing, confidence = Standing.NOT_APPLICABLE, 0.9
        reason = Message("alignment.not_reached")
    elif statement.kind is StatementKind.DISCLOSURE:
        reason = Message("alignment.disclosure_unsaid")
    elif not offered:
        standing, confidence = Standing.NOT_APPLICABLE, 0.6
        reason = Message("alignment.offer_unreached")
    return Found(statement.key, standing, "", None, None, None, round(confidence, 3), reason)


def _placed(statement: Statement, judged: Judged, sayings: Sayings) -> Found:
    return _located(statement.key, judged, sayings)


def _located(key: str, judged: Judged, sayings: Sayings) -> Found:
    side = sayings.side
    words = side.words(judged.first, judged.end)
    turn = side.turns[side.tokens[judged.first].turn]
    last = side.turns[side.tokens[judged.end - 1].turn]
    start_s = min(max(words[0].start_s, turn.start_s), turn.end_s)
    return Found(
        key=key,
        standing=judged.standing,
        quote=side.quote(judged.first, judged.end),
        start_s=start_s,
        end_s=max(start_s, min(words[-1].end_s, last.end_s)),
        channel=turn.channel,
        confidence=round(min(1.0, max(0.0, judged.confidence)), 3),
        reason=judged.reason,
    )
