"""Which of several wordings was said in a call. Pure.

Recognised telephone speech is wrong in every fourth word, and wordings of one line share half of
theirs, so a wording is never looked for word by word: the likeness of letters to the best stretch
of what the agent said decides whether the line was said at all, and the words in which the wordings
differ decide which one it was.

It does not tell a third wording of the agent's own from one of the trial's that was recognised
badly: both are "none of them".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from callcoach.analysis.adherence_words import weight
from callcoach.analysis.text import tokens

#: Likeness, 0 to 100, of a wording to the best stretch of what was said, from which on it counts as
#: said: just above what other lines of a call come to (60; see docs/trials.md).
SAID_FROM = 63.0
#: How much liker, 0 to 100, the best wording must be than the second: closer is a toss-up.
CLEAR_BY = 5.0
#: Likeness, 0 to 100, of two wordings above which recognition errors make one of the other: with a
#: fourth of the words wrong, what was said is about 80 like what was meant.
ALIKE_FROM = 80.0
#: Weight of the words that not all wordings share; among them, what carries content weighs more.
_OWN_WEIGHT = 0.5
#: Likeness of two words that are one, misheard.
_WORD_FROM = 75.0
#: Letters around the best stretch that are still read: it may begin within a word.
_MARGIN = 12

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def wording_heard(said: Sequence[str], wordings: Sequence[str]) -> int | None:
    """Index of the wording that was said.

    Args:
        said: what the agent said, turn by turn.
        wordings: at least one, all different; placeholders in braces may be filled with anything.

    Returns:
        None when it was none of them, or when two are as likely.

    >>> wordings = ["Puis-je vous déranger deux minutes ?", "Je vous appelle à froid, vous raccrochez ?"]
    >>> wording_heard(["Bonjour.", "euh je vous appelle a froid là vous raccrocher"], wordings)
    1
    >>> wording_heard(["Bonjour, madame Delattre."], wordings) is None
    True
    """
    spoken = " ".join(" ".join(tokens(part)) for part in said)
    if not spoken:
        return None
    likeness = _likeness(spoken, [tokens(_PLACEHOLDER.sub(" ", each)) for each in wordings])
    order = sorted(range(len(wordings)), key=lambda i: -likeness[i])
    best = order[0]
    if likeness[best] < SAID_FROM:
        return None
    if len(order) > 1 and likeness[best] - likeness[order[1]] < CLEAR_BY:
        return None
    return best


def _likeness(spoken: str, wordings: Sequence[tuple[str, ...]]) -> list[float]:
    shared = frozenset.intersection(*(frozenset(each) for each in wordings))
    found = []
    for words in wordings:
        text = " ".join(words)
        if not text:
            found.append(0.0)
            continue
        match = fuzz.partial_ratio_alignment(text, spoken)
        if match is None:
            found.append(0.0)
            continue
        # The shorter of the two is moved along the longer: what was said may be the shorter one
        whole = match.score if len(text) <= len(spoken) else fuzz.ratio(text, spoken)
        start, end = match.dest_start, match.dest_end
        stretch = spoken[max(0, start - _MARGIN) : end + _MARGIN].split()
        own = [word for word in words if word not in shared]
        if len(wordings) == 1 or not own:
            found.append(float(whole))
            continue
        heard = sum(
            weight(word)
            for word in own
            if any(fuzz.ratio(word, other) >= _WORD_FROM for other in stretch)
        )
        share = heard / sum(weight(word) for word in own)
        found.append((1 - _OWN_WEIGHT) * whole + _OWN_WEIGHT * 100 * share)
    return found


def can_be_told_apart(wordings: Sequence[str]) -> bool:
    """Whether each wording is heard as itself and as no other, also on a bad line.

    >>> can_be_told_apart(["Est-ce que je vous dérange ?", "Est-ce que je vous dérange, là ?"])
    False
    """
    plain = [" ".join(tokens(_PLACEHOLDER.sub(" ", each))) for each in wordings]
    pairs = ((a, b) for i, a in enumerate(plain) for b in plain[i + 1 :])
    if any(fuzz.ratio(a, b) > ALIKE_FROM for a, b in pairs):
        return False
    return all(wording_heard([text], wordings) == i for i, text in enumerate(wordings))
