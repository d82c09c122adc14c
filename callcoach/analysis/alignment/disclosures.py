"""Mandatory disclosures: who calls, for whom, to sell what, that it is recorded, how to object.

Code de la consommation, article L221-16: said at the start of the conversation, so only the first
minute with the person sought counts; a receptionist who transfers the call starts it anew.

Does not detect: whether a name given is the true one; a name that recognition lost altogether.
"""

from __future__ import annotations

from collections.abc import Sequence

from callcoach.analysis.alignment.matching import Sayings, read_wording
from callcoach.analysis.alignment.reading import Side
from callcoach.analysis.alignment.senders import claims_of, find_name
from callcoach.analysis.alignment.statements import DisclosureKind, Facts, Statement
from callcoach.analysis.alignment.wanted import Judged
from callcoach.analysis.alignment.words import occurrences
from callcoach.analysis.claims import Standing
from callcoach.analysis.model import Message, Speaker, Turn
from callcoach.analysis.text import tokens as words_of

#: The opening, seconds from the agent's first word to the person sought.
OPENING_S = 60.0
#: Words after "de la société" among which a company's name stands.
_NAME_WORDS = 4
#: Nearness in meaning, or share of words, from which a disclosure's own wording is said.
NEAR, SHARE = 0.55, 0.75
#: Turns of the caller in which names are given.
_NAMING_TURNS = 4


def opening_from_s(turns: Sequence[Turn], sayings: Sayings) -> float:
    """When the person sought comes on: the agent's first word, or that after a transfer."""
    listed = sayings.words.lists["disclosures.transfers"]
    agent = [turn.start_s for turn in turns if turn.speaker is Speaker.AGENT]
    start_s = min(agent, default=0.0)
    for turn in turns:
        if turn.speaker is Speaker.PROSPECT and occurrences(words_of(turn.text), listed):
            after = [at for at in agent if at >= turn.end_s]
            start_s = min(after, default=start_s)
    return start_s


def judge(statement: Statement, sayings: Sayings, facts: Facts, from_s: float) -> Judged | None:
    """How a disclosure was made; None when it was not, nowhere in the call."""
    side = sayings.side
    found = _found(statement, sayings, facts)
    if found is None:
        return None
    start_s = side.words(found.first, found.end)[0].start_s
    if found.standing is Standing.FAITHFUL and start_s >= from_s + OPENING_S:
        return Judged(
            Standing.OMITTED, 0.8, Message("alignment.disclosure_late"), found.first, found.end
        )
    return found


def _found(statement: Statement, sayings: Sayings, facts: Facts) -> Judged | None:
    side = sayings.side
    kind = statement.disclosure
    candidates: list[Judged | None] = [_worded(statement, sayings)]
    if kind is DisclosureKind.IDENTITY:
        candidates.append(_identity(sayings, facts))
    elif kind is DisclosureKind.ON_BEHALF:
        candidates.append(_on_behalf(sayings, facts))
    elif kind is DisclosureKind.COMMERCIAL:
        candidates += [
            _listed(sayings, "commercial_sure", 0.9),
            _listed(sayings, "commercial", 0.6),
        ]
    elif kind is DisclosureKind.RECORDING:
        candidates.append(_listed(sayings, "recording", 0.85))
    elif kind is DisclosureKind.OBJECTION:
        candidates.append(_listed(sayings, "objection", 0.85))
    made = [found for found in candidates if found is not None]
    if not made:
        return None
    if wrong := [found for found in made if found.standing is not Standing.FAITHFUL]:
        return max(wrong, key=lambda found: found.confidence)
    # Of equal sureness the first: later ones may come too late
    return max(made, key=lambda found: (round(found.confidence, 1), -side.tokens[found.first].turn))


def _said(side: Side, first: int, end: int, confidence: float) -> Judged:
    quote = Message("alignment.said", {"quote": side.quote(*side.widened(first, end))})
    return Judged(Standing.FAITHFUL, confidence, quote, *side.widened(first, end))


def _worded(statement: Statement, sayings: Sayings) -> Judged | None:
    """The disclosure in its own words or meaning."""
    language = sayings.side.language
    for match in sayings.matches(
        [read_wording(text, language, frozenset()) for text in statement.wordings]
    )[:3]:
        if match.share >= SHARE or (match.near is not None and match.near >= NEAR):
            tokens = sayings.side.tokens[match.stretch.first : match.stretch.end]
            if not any(token.is_asked or token.is_denied for token in tokens):
                value = 0.85 if match.share >= SHARE else 0.55
                return _said(sayings.side, match.stretch.first, match.stretch.end, value)
    return None


def _listed(sayings: Sayings, name: str, confidence: float) -> Judged | None:
    """The first of a list's phrases; denied, it says the contrary."""
    side = sayings.side
    for first, end in occurrences(side.texts, sayings.words.lists[f"disclosures.{name}"]):
        tokens = side.tokens[first:end]
        if any(t.turn != tokens[0].turn for t in tokens) or tokens[0].is_quoted:
            continue
        if tokens[-1].is_denied and not any(token.is_no for token in tokens):
            words = side.quote(first, end)
            return Judged(
                Standing.DISTORTED,
                confidence - 0.1,
                Message("alignment.negated", {"words": words}),
                *side.widened(first, end),
            )
        return _said(side, first, end, confidence)
    return None


def _opening(side: Side) -> int:
    """How many tokens the caller's first turns have."""
    return sum(token.turn < _NAMING_TURNS for token in side.tokens)


def _identity(sayings: Sayings, facts: Facts) -> Judged | None:
    """The caller's own name, or the words with which one gives it."""
    side = sayings.side
    end = _opening(side)
    name = facts.agent.split(" ")[0] if facts.agent else ""
    if name and (found := find_name(side, name, 0, end)):
        return _said(side, found[0], found[1], 0.6 + 0.35 * found[2])
    listed = sayings.words.lists["disclosures.identity"]
    for first, stop in occurrences(side.texts[:end], listed):
        following = side.words(stop, stop + 1) if stop < len(side.tokens) else ()
        named = bool(following) and following[0].word.strip()[:1].isupper()
        size = len(side.texts[first:stop])
        if (named or size >= 3) and not side.tokens[first].is_asked:
            return _said(side, first, stop, 0.75 if named else 0.6)
    # "Bonjour madame, … de la société …": what stands before the company is a name, however bent
    for first, _ in occurrences(side.texts[:end], sayings.words.lists["disclosures.company"]):
        token = side.tokens[first]
        before = side.words(first - 1, first) if first else ()
        apart = not before or side.tokens[first - 1].turn != token.turn
        if (
            not apart
            and before[0].word.strip()[:1].isupper()
            and token.turn < _NAMING_TURNS - 1
            and find_name(side, facts.sponsor, first, min(end, first + _NAME_WORDS + 3))
        ):
            return _said(side, first - 1, first, 0.55)
    return None


def _on_behalf(sayings: Sayings, facts: Facts) -> Judged | None:
    """The sponsor's name; another's in its place is the wrong one."""
    side = sayings.side
    false = claims_of(side, facts.sponsor)
    if false:
        worst = max(false, key=lambda claim: claim.confidence)
        words = side.quote(worst.first, worst.end)
        return Judged(
            Standing.DISTORTED,
            worst.confidence,
            Message("alignment.sender", {"who": worst.who, "words": words}),
            *side.widened(worst.first, worst.end),
        )
    end = len(side.tokens)
    if facts.sponsor and (found := find_name(side, facts.sponsor, 0, end)):
        return _said(side, found[0], found[1], 0.6 + 0.35 * found[2])
    # Recognition bends names beyond knowing: where a company is named, a person is asked
    for first, stop in occurrences(
        side.texts[: _opening(side)], sayings.words.lists["disclosures.company"]
    ):
        following = side.words(stop, stop + 1) if stop < len(side.tokens) else ()
        if stop - first >= 2 and following and following[0].word.strip()[:1].isupper():
            return _said(side, first, min(stop + _NAME_WORDS, len(side.tokens)), 0.5)
    return None
