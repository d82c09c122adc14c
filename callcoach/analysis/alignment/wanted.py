"""Statements that are to be said: approved, conditional, positioning.

A stretch that speaks of the statement is judged by what it changes: a figure, a negation, a missing
condition, a limit left out, an absolute added. What was said best decides, unless another place
promises more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callcoach.analysis.alignment.matching import NEAR, Match, Sayings, Wording, alike, read_wording
from callcoach.analysis.alignment.quantities import Quantity
from callcoach.analysis.alignment.reading import Token
from callcoach.analysis.alignment.statements import Statement, StatementKind
from callcoach.analysis.alignment.words import occurrences
from callcoach.analysis.claims import Standing
from callcoach.analysis.model import Message

#: `Match.score` from which a stretch speaks of a statement, and from which it says it beyond doubt;
#: with meaning and without. Chosen on the tuning calls (docs/alignment.md).
SPEAKS, CLEAR = 0.5, 0.75
SPEAKS_WORDS, CLEAR_WORDS = 0.5, 0.8
#: Without a figure of its own a stretch must speak this clearly of a statement with a figure; of
#: statements of up to so many words nearly all must be there.
UNFIGURED, SHORT, SHORT_SCORE = 0.7, 2.0, 0.75
#: Places judged of a statement: the best, and others that may say something worse.
PLACES = 6
#: How much less surely than the best a place may speak of the statement and still count against it.
NEARLY = 0.2
#: Share of a condition's words, or its nearness in meaning, by which it counts as said.
CONDITION_SHARE, CONDITION_NEAR = 0.5, 0.45
#: Clauses of the same side before and after in which a condition may stand.
CONDITION_CLAUSES = 4
#: Words around a statement's own words among which an absolute is about it.
ABSOLUTE_REACH = 8


@dataclass(frozen=True, slots=True)
class Judged:
    """What one place makes of a statement; tokens ``[first, end)``."""

    standing: Standing
    confidence: float
    reason: Message
    first: int
    end: int


def judge(
    statement: Statement, sayings: Sayings, names: frozenset[str]
) -> tuple[Judged | None, float]:
    """What was made of a statement that is to be said, None when nothing speaks of it; and how near
    the nearest stretch came to speaking of it, 0 to 1.
    """
    language = sayings.side.language
    wordings = [read_wording(text, language, names) for text in statement.wordings]
    speaks, clear = (SPEAKS, CLEAR) if sayings.has_meaning else (SPEAKS_WORDS, CLEAR_WORDS)
    places: list[Match] = []
    found = sayings.matches([w for w in wordings if w.words or w.figures])
    for match in found:
        if match.score < speaks or len(places) == PLACES:
            break
        if _is_claim(match, sayings) and not any(_overlap(match, other) for other in places):
            places.append(match)
    judged = [
        (match, _judge(statement, match, sayings, names, (match.score - speaks) / (clear - speaks)))
        for match in places
    ]
    if not judged:
        return None, min(1.0, found[0].score / speaks) if found else 0.0
    return _worst(judged), 1.0


def _worst(judged: Sequence[tuple[Match, Judged]]) -> Judged:
    """What counts of several places, the best match first."""
    best = judged[0]
    if best[1].standing is Standing.OVERPROMISED:
        return best[1]
    over = [
        found
        for match, found in judged[1:]
        if found.standing is Standing.OVERPROMISED and match.score >= best[0].score - NEARLY
    ]
    if over:
        return max(over, key=lambda found: found.confidence)
    faithful = [
        found
        for match, found in judged
        if found.standing is Standing.FAITHFUL and match.score >= best[0].score - NEARLY
    ]
    # A figure that is put right elsewhere was said right
    return max(faithful, key=lambda found: found.confidence) if faithful else best[1]


def _overlap(one: Match, other: Match) -> bool:
    return one.stretch.first < other.stretch.end and other.stretch.first < one.stretch.end


def _core(match: Match) -> list[int]:
    """The tokens that say the wording, in order."""
    return sorted({place for place in match.pairs if place >= 0})


def _is_claim(match: Match, sayings: Sayings) -> bool:
    """Whether the stretch claims something: neither a question nor somebody else's words."""
    tokens = sayings.side.tokens
    wording = match.wording
    core = _core(match) or list(range(match.stretch.first, match.stretch.end))
    dimensions = {figure.dimension for figure in match.stretch.figures}
    is_short = sum(weight for _, weight, _ in wording.words) <= SHORT
    is_figured = any(figure.dimension in dimensions for figure in wording.telling)
    if wording.figures and not is_figured and (is_short or match.score < UNFIGURED):
        return False
    if is_short and match.score < SHORT_SCORE and (match.near or 0.0) < NEAR:
        return False
    asked = sum(tokens[place].is_asked for place in core)
    quoted = sum(tokens[place].is_quoted for place in core)
    return asked * 2 <= len(core) and quoted * 2 <= len(core)


def _judge(
    statement: Statement, match: Match, sayings: Sayings, names: frozenset[str], clearness: float
) -> Judged:
    side = sayings.side
    core = _core(match) or [match.stretch.first, match.stretch.end - 1]
    figures = [
        Quantity(
            f.value,
            f.dimension,
            f.first + match.stretch.first,
            f.end + match.stretch.first,
            f.is_about,
        )
        for f in match.stretch.figures
    ]
    first, end = side.widened(core[0], core[-1] + 1)
    clearness = min(1.0, max(0.0, clearness))
    trust = _trust(sayings, core)

    def found(standing: Standing, base: float, key: str, **values: str) -> Judged:
        confidence = (base - 0.3 * (1 - clearness)) * trust
        return Judged(
            standing,
            min(0.97, max(0.05, confidence)),
            Message(f"alignment.{key}", values),
            first,
            end,
        )

    if denied := _contrary(match, sayings):
        return found(Standing.DISTORTED, 0.8, "negated", words=side.quote(denied, denied + 1))
    quote = side.quote(first, end)
    if conflict := _conflict(match, figures, sayings):
        approved, said = conflict
        texts = {
            "said": side.quote(said.first, said.end),
            "approved": _text(match.wording, approved),
        }
        sure = min((word.probability for word in side.words(said.first, said.end)), default=1.0)
        base = 0.85 if sure >= 0.6 else 0.55
        if promises_more(match.wording, approved, said, sayings):
            return found(Standing.OVERPROMISED, base, "figure_more", **texts)
        return found(Standing.DISTORTED, base, "figure", **texts)
    if absolute := _absolute(statement, match, core, sayings):
        return found(
            Standing.OVERPROMISED, 0.85, "absolute", words=side.quote(absolute[0], absolute[1])
        )
    if bound := _lost_bound(match, figures, sayings, first, end):
        return found(Standing.OVERPROMISED, 0.7, "bound_lost", words=bound)
    if (
        statement.kind is StatementKind.CONDITIONAL
        and statement.condition.strip()
        and not _has_condition(statement.condition, match, sayings, names)
    ):
        return found(Standing.DISTORTED, 0.75, "condition_missing", condition=statement.condition)
    if match.wording.figures and not match.has_figure:
        missing = _text(match.wording, match.wording.figures[0])
        return found(Standing.FAITHFUL, 0.55, "figure_unsaid", approved=missing)
    return found(Standing.FAITHFUL, 0.95, "said", quote=quote)


def _trust(sayings: Sayings, core: Sequence[int]) -> float:
    """How far recognition may be believed there, 0.6 to 1."""
    words = [word for place in core for word in sayings.side.words(place, place + 1)]
    if not words:
        return 1.0
    return 0.6 + 0.4 * min(1.0, sum(word.probability for word in words) / len(words) / 0.8)


def _text(wording: Wording, figure: Quantity) -> str:
    """A figure in the words of the wording."""
    parts = wording.text.split()
    chosen = wording.tokens[figure.first : figure.end]
    return " ".join(parts[chosen[0].first : chosen[-1].last + 1]).strip(".,;: ")


def _contrary(match: Match, sayings: Sayings) -> int:
    """A word that is denied where the wording is not, or the other way round; 0 for none."""
    tokens = sayings.side.tokens
    said = [
        (value, denied, place)
        for (_, value, denied), place in zip(match.wording.words, match.pairs, strict=True)
        if place >= 0
    ]
    # One word may stand for two of the wording ("investisseur … sans investissement")
    right = {place for _, denied, place in said if tokens[place].is_denied == denied}
    against = [place for _, _, place in said if place not in right]
    weight = sum(value for value, _, place in said if place not in right)
    total = sum(value for value, _, _ in said)
    if against and weight > 0.5 * total:
        return against[0]
    # Everything the wording denies ("sans le nom du salarié") is affirmed
    affirmed = {place for _, denied, place in said if not denied}
    kept = [
        place
        for (word, _, denied), place in zip(match.wording.words, match.pairs, strict=True)
        if denied and place not in {-1, *affirmed} and alike(word, tokens[place].text)
    ]
    return kept[0] if kept and not any(tokens[place].is_denied for place in kept) else 0


def _conflict(
    match: Match, figures: Sequence[Quantity], sayings: Sayings
) -> tuple[Quantity, Quantity] | None:
    """A figure of the wording that is said otherwise; None when it is said right, or not at all."""
    for wanted in match.wording.figures:
        same = [figure for figure in figures if figure.dimension == wanted.dimension]
        if not same or any(figure.equals(wanted) for figure in same):
            continue
        others = [
            figure
            for figure in same
            if not any(figure.equals(other) for other in match.wording.figures)
            and not sayings.side.tokens[figure.first].is_denied
        ]
        if others:
            core = _core(match)
            return wanted, min(
                others, key=lambda f: min((abs(f.first - c) for c in core), default=0)
            )
    return None


def promises_more(wording: Wording, approved: Quantity, said: Quantity, sayings: Sayings) -> bool:
    """Whether the figure said is better for the customer than the approved one."""
    words = sayings.words
    before = [token.text for token in wording.tokens[: approved.first]]
    around = [token.text for token in wording.tokens]

    def has(name: str, texts: Sequence[str]) -> bool:
        listed = words.single(f"better.{name}")
        return any(alike(text, word) for text in texts for word in listed)

    if approved.dimension == "duration":
        if has("longer", around):
            return said.value > approved.value
        if has("more", around) and not has("shorter", before):
            return said.value > approved.value
        return has("shorter", before or around) and said.value < approved.value
    if approved.dimension == "money" and has("less", around) and not has("more", before):
        return said.value < approved.value
    if approved.dimension not in ("money", "percent") or not has("more", around):
        return False
    return said.value > approved.value


def _absolute(
    statement: Statement, match: Match, core: Sequence[int], sayings: Sayings
) -> tuple[int, int] | None:
    """An absolute about the statement that no wording of it has."""
    side = sayings.side
    listed = sayings.words.lists["absolutes"]
    own = [
        t.text
        for w in statement.wordings
        for t in read_wording(w, side.language, frozenset()).tokens
    ]
    low, high = core[0], core[-1] + 1
    while low > max(0, core[0] - ABSOLUTE_REACH) and _joined(side.tokens, low - 1, core[0]):
        low -= 1
    last = min(len(side.tokens), core[-1] + 1 + ABSOLUTE_REACH)
    while high < last and _joined(side.tokens, high, core[-1]):
        high += 1
    texts = side.texts[low:high]
    for first, end in occurrences(texts, listed):
        tokens = side.tokens[low + first : low + end]
        denied = tokens[-1].is_denied and not any(token.is_no for token in tokens)
        if denied or tokens[0].is_quoted or tokens[0].is_asked:
            continue
        phrase = tuple(texts[first:end])
        if phrase not in {tuple(own[a:b]) for a, b in occurrences(own, listed)} and not any(
            alike(token.text, word) for token in tokens if token.has_content for word in own
        ):
            return low + first, low + end
    return None


def _joined(tokens: Sequence[Token], one: int, other: int) -> bool:
    return tokens[one].turn == tokens[other].turn and tokens[one].sentence == tokens[other].sentence


def _lost_bound(
    match: Match, figures: Sequence[Quantity], sayings: Sayings, first: int, end: int
) -> str:
    """The limit of a figure ("jusqu'à") that was left out; "" when none was."""
    listed = sayings.words.lists["bounds"]
    own = [token.text for token in match.wording.tokens]
    limits = occurrences(own, listed)
    if not limits or not match.has_figure:
        return ""
    said = sayings.side.texts[first:end]
    if occurrences(said, listed) or occurrences(said, sayings.words.lists["hedges"]):
        return ""
    if any(figure.is_about for figure in figures):
        return ""
    start, stop = limits[0]
    chosen = match.wording.tokens[start:stop]
    parts = match.wording.text.split()
    return " ".join(parts[chosen[0].first : chosen[-1].last + 1])


def _has_condition(condition: str, match: Match, sayings: Sayings, names: frozenset[str]) -> bool:
    """Whether the condition is said in the statement's clauses or a few around them."""
    side = sayings.side
    wording = read_wording(condition, side.language, names)
    units = {unit[0] for unit in sayings.words.units} if not wording.figures else set()
    clauses = side.clauses
    at = [
        n for n, (a, b) in enumerate(clauses) if a < match.stretch.end and match.stretch.first < b
    ]
    low = clauses[max(0, at[0] - CONDITION_CLAUSES)][0]
    high = clauses[min(len(clauses) - 1, at[-1] + CONDITION_CLAUSES)][1]
    for found in sayings.matches([wording])[:8]:
        if found.stretch.first < low or found.stretch.end > high:
            continue
        if wording.figures and not found.has_figure:
            continue
        pairs = zip(wording.words, found.pairs, strict=True)
        if any(word in units and place < 0 for (word, _, _), place in pairs):
            continue  # "avant la fin du mois" is not "avant la fin de l'année"
        if found.share >= CONDITION_SHARE and wording.words:
            return True
        if found.near is not None and found.near >= CONDITION_NEAR:
            return True
    return False
