"""What became of each line of the script in a call: said, said otherwise, skipped, or not called for.

Source: TIPPING.md §2 (script adherence by token local alignment; meaning by an intent score) and §4.1,
D16 (what counts as read out). A script is a support: that a line was skipped is a fact and no fault,
own words that take up what the prospect said are a strength, and words read past the prospect a
weakness. How often this is right: docs/adherence.md.

Does not detect: negation; a line said in words and meaning that neither shares with it; whether what
was said is true. Without a sentence model only words are compared, and fewer lines said otherwise are
found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from callcoach.analysis.adherence_passages import Passage, PassageValues, compare, passages_of
from callcoach.analysis.adherence_words import Alignment, align, pattern, stream_of
from callcoach.analysis.embedding import Embedder
from callcoach.analysis.model import Kind, Speaker, Turn
from callcoach.analysis.text import content_words, is_question, overlap, sentences
from callcoach.analysis.turns import Conversation

#: Raised with everything that changes what comes out: calls are fitted again.
ENGINE = 1

#: Sections due in calls of one kind only, as `script_library.document.SectionKind` names them.
VOICEMAIL, RECEPTIONIST = "voicemail", "receptionist"


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on something counts; measured on labelled calls (docs/adherence.md).

    Args:
        said: share of a line's words found in order.
        said_short: the same, of a line whose own words weigh less than `short`.
        otherwise: nearness in meaning and share of words in one passage, added up.
        otherwise_words: share of words in one passage, where no sentence model is at hand.
        raised, raised_words: the same two of an objection in what the prospect said.
    """

    said: float = 0.55
    said_short: float = 0.85
    short: float = 2.0
    otherwise: float = 0.6
    otherwise_words: float = 0.35
    raised: float = 0.8
    raised_words: float = 0.5


LIMITS = Limits()

#: Word for word: TIPPING.md §4.1, D16 (alignment 0.75 or more over 40 words or more).
READ_SHARE, READ_WORDS = 0.75, 40
#: Not taking up what the prospect just said: D16, shared content under 0.05; from this many content
#: words on, the prospect said something to take up (`recited_script.told_words`).
TAKEN_SHARE, TOLD_WORDS = 0.05, 3
#: The prospect's last turns that own words may take up; own words they are up to this share of the
#: line's (above it, what differs may be recognition's doing).
HEARD_TURNS, OWN_SHARE = 2, 0.5


class Said(StrEnum):
    """What became of a line in a call."""

    #: In its words, as far as recognition lets one tell.
    SAID = "said"
    #: In other words.
    OTHERWISE = "otherwise"
    SKIPPED = "skipped"
    #: Nothing called for it: an objection that was not raised, a voicemail that was not reached.
    NOT_DUE = "not_due"


@dataclass(frozen=True, slots=True)
class WantedLine:
    """A line of the script as it is said to the person called.

    Args:
        key: tells lines apart.
        text: its words; ``{prénom}`` stands for anything short.
        section: kind of its section, see `VOICEMAIL` and `RECEPTIONIST`.
        answers: the objection that it answers, in a prospect's words; "" for none.
        is_disclosure: the law wants it said: never blamed for being read out.
    """

    key: str
    text: str
    section: str = ""
    answers: str = ""
    is_disclosure: bool = False


@dataclass(frozen=True, slots=True)
class LineFit:
    """What became of one line.

    Args:
        start_s, end_s: where it was said, in seconds; None when it was not.
        words: what was said there, as recognised; "" when it was not.
        share: weighted share of its words found in order, 0 to 1.
        nearness: how near in meaning the nearest passage is, 0 to 1; None without a sentence model.
        is_recited: read out word for word past what the prospect had just said.
        is_apt: own words that take up what the prospect had said.
    """

    key: str
    said: Said
    start_s: float | None = None
    end_s: float | None = None
    words: str = ""
    share: float = 0.0
    nearness: float | None = None
    is_recited: bool = False
    is_apt: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """From word `first` of turn `turn` to word `last` of turn `last_turn`."""

    turn: int
    first: int
    last_turn: int
    last: int


def why_not(conversation: Conversation) -> str:
    """Why nothing can be said of this call: ``no_words``, ``speakers_unknown``, or "" when it can."""
    if not any(turn.words for turn in conversation.turns):
        return "no_words"
    return "" if conversation.speakers_known else "speakers_unknown"


def fit_lines(
    conversation: Conversation,
    lines: Sequence[WantedLine],
    *,
    kind: Kind = Kind.TARGET,
    language: str = "fr",
    embedder: Embedder | None = None,
    limits: Limits = LIMITS,
) -> tuple[LineFit, ...]:
    """What became of each line, in the order of `lines`, whatever the order in which they were said.

    Args:
        kind: who was reached; lines for the person sought are not due at a reception or a machine,
            but count where they were said all the same.
        embedder: compares meanings; without one, words alone.
    """
    agent = [turn for turn in conversation.turns if turn.speaker is Speaker.AGENT]
    stream = stream_of(agent)
    passages = passages_of(agent, conversation.duration_s)
    values = compare([line.text for line in lines], passages, language, embedder)
    heard = _Heard(conversation, lines, language, embedder, limits)
    fits: list[LineFit] = []
    for number, line in enumerate(lines):
        found = align(pattern(line.text), stream) if _counts(line, kind) else None
        fit = LineFit(
            line.key,
            Said.SKIPPED,
            share=found.share if found is not None else 0.0,
            nearness=values.nearness(number),
        )
        raised_s = heard.raised_s(number)
        if found is not None and _is_said(line, found, limits):
            first, last = stream[found.first], stream[found.last]
            place = _Place(first.turn, first.first, last.turn, last.last)
            fits.append(_placed(conversation, fit, Said.SAID, place))
        elif raised_s is None or not _counts(line, kind):
            fits.append(replace(fit, said=Said.NOT_DUE))
        elif passage := _otherwise(values, number, passages, raised_s, limits):
            place = _Place(passage.turn.index, passage.first, passage.turn.index, passage.end - 1)
            fits.append(_placed(conversation, fit, Said.OTHERWISE, place))
        else:
            fits.append(fit if _is_due(line, kind) else replace(fit, said=Said.NOT_DUE))
    return _marked(conversation, lines, fits)


def _counts(line: WantedLine, kind: Kind) -> bool:
    """Whether the line can have been said in a call of this kind at all."""
    if line.section == VOICEMAIL:
        return kind is Kind.VOICEMAIL
    if line.section == RECEPTIONIST:
        return kind is Kind.GATEKEEPER
    return kind is not Kind.NO_ANSWER


def _is_due(line: WantedLine, kind: Kind) -> bool:
    return _counts(line, kind) and (
        kind is Kind.TARGET or line.section in (VOICEMAIL, RECEPTIONIST)
    )


def _is_said(line: WantedLine, found: Alignment, limits: Limits) -> bool:
    is_short = sum(pattern(line.text).weights) < limits.short
    return found.share >= (limits.said_short if is_short else limits.said)


def _otherwise(
    values: PassageValues, number: int, passages: Sequence[Passage], after_s: float, limits: Limits
) -> Passage | None:
    """The passage that says the line in other words, from `after_s` on; None when none does."""
    limit = limits.otherwise if values.has_meaning else limits.otherwise_words
    allowed = [at for at, passage in enumerate(passages) if passage.start_s >= after_s]
    best = max(allowed, key=lambda at: values.value(number, at), default=None)
    return passages[best] if best is not None and values.value(number, best) >= limit else None


class _Heard:
    """Which objections the prospect raised, and when."""

    def __init__(
        self,
        conversation: Conversation,
        lines: Sequence[WantedLine],
        language: str,
        embedder: Embedder | None,
        limits: Limits,
    ) -> None:
        prospect = [turn for turn in conversation.turns if turn.speaker is Speaker.PROSPECT]
        answering = [number for number, line in enumerate(lines) if line.answers]
        # Several set phrases may stand for one objection: the nearest tells
        asked = [
            (number, phrase)
            for number in answering
            for phrase in (sentences(lines[number].answers) or (lines[number].answers,))
        ]
        passages = passages_of(prospect, conversation.duration_s)
        values = compare(
            [phrase for _, phrase in asked], passages, language, embedder, is_form_free=True
        )
        limit = limits.raised if values.has_meaning else limits.raised_words
        self._raised: dict[int, float | None] = dict.fromkeys(answering)
        for row, (number, _) in enumerate(asked):
            for at, passage in enumerate(passages):
                known = self._raised[number]
                if values.value(row, at) >= limit and (known is None or passage.end_s < known):
                    self._raised[number] = passage.end_s

    def raised_s(self, number: int) -> float | None:
        """When the objection that a line answers was first told, in seconds; 0 for a line that
        answers none, None when it was not raised.
        """
        return self._raised.get(number, 0.0)


def _placed(conversation: Conversation, fit: LineFit, said: Said, place: _Place) -> LineFit:
    """The fit with where and in which words it was said."""
    turns = conversation.turns
    words = [
        word
        for turn in turns[place.turn : place.last_turn + 1]
        if turn.speaker is Speaker.AGENT
        for word in turn.words[
            place.first if turn.index == place.turn else 0 : place.last + 1
            if turn.index == place.last_turn
            else None
        ]
    ]
    start_s = turns[place.turn].words[place.first].start_s
    end_s = turns[place.last_turn].words[place.last].end_s
    return replace(
        fit,
        said=said,
        start_s=start_s,
        end_s=max(start_s, end_s),
        words="".join(word.word for word in words).strip(),
    )


def _marked(
    conversation: Conversation, lines: Sequence[WantedLine], fits: Sequence[LineFit]
) -> tuple[LineFit, ...]:
    """The fits with what was read out past the prospect, and what was aptly put."""
    known = frozenset[str]().union(*(content_words(line.text) for line in lines))
    holding = [_turn_at(conversation, fit) for fit in fits]
    read: dict[int, int] = {}
    for line, fit, turn in zip(lines, fits, holding, strict=True):
        if turn is not None and _is_word_for_word(fit) and not line.is_disclosure:
            read[turn.index] = read.get(turn.index, 0) + len(pattern(line.text).words)
    marked = []
    for line, fit, turn in zip(lines, fits, holding, strict=True):
        if turn is None or fit.start_s is None:
            marked.append(fit)
            continue
        last = _heard_before(conversation, fit.start_s)
        is_recited = (
            read.get(turn.index, 0) >= READ_WORDS
            and _is_word_for_word(fit)
            and not line.is_disclosure
            and not line.answers
            and bool(last)
            and _is_passed_over(last[-1], turn)
        )
        taken = content_words(fit.words) & content_words(" ".join(each.text for each in last))
        is_own = fit.said is Said.OTHERWISE and fit.share <= OWN_SHARE and not line.is_disclosure
        is_apt = is_own and bool(taken - known)
        marked.append(replace(fit, is_recited=is_recited, is_apt=is_apt))
    return tuple(marked)


def _is_word_for_word(fit: LineFit) -> bool:
    return fit.said is Said.SAID and fit.share >= READ_SHARE


def _is_passed_over(heard: Turn, said: Turn) -> bool:
    """Whether the prospect told something of which the agent takes up nothing."""
    parts = sentences(heard.text)
    if len(content_words(heard.text)) < TOLD_WORDS or (parts and is_question(parts[-1])):
        return False
    return overlap(heard.text, said.text) < TAKEN_SHARE


def _turn_at(conversation: Conversation, fit: LineFit) -> Turn | None:
    """The agent's turn in which a line begins."""
    if fit.start_s is None:
        return None
    return next(
        turn
        for turn in conversation.turns
        if turn.speaker is Speaker.AGENT and any(word.start_s == fit.start_s for word in turn.words)
    )


def _heard_before(conversation: Conversation, at_s: float) -> tuple[Turn, ...]:
    """The prospect's last turns on the floor that began before a moment, oldest first."""
    found = [
        turn
        for turn in conversation.floor
        if turn.speaker is Speaker.PROSPECT and turn.start_s < at_s and turn.text
    ]
    return tuple(found[-HEARD_TURNS:])
