"""What detectors look at: the conversation as a row of moments.

A moment is one turn of the agent that takes the floor, with what the prospect did before and after
it. All that a detector may ask twice (lexicon hits, polarity, contents) is computed once here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from callcoach.analysis.embedding import LETTERS, Embedder
from callcoach.analysis.intents import Intents
from callcoach.analysis.lanes import ms
from callcoach.analysis.lexicon import (
    Hit,
    Lexicon,
    Phrases,
    ReadTurn,
    find,
    prepare,
    read_turn,
    tuned_lexicon,
)
from callcoach.analysis.model import CallContext, Speaker, Turn
from callcoach.analysis.text import content_words, questions, tokens, word_count
from callcoach.analysis.thresholds import bound
from callcoach.analysis.turns import Conversation, Exchange

#: Turns looked back and ahead to compare the prospect's behaviour (TIPPING.md §4.2: 3 turns or 30 s;
#: two, because calls have about nine prospect turns).
SPAN_TURNS = 2
#: Words a minute of call that the sentence model reads for a campaign's own sentences, and what a
#: turn costs before its first word: 18 ms for 7 words and 61 ms for 35 on one core, which leaves the
#: whole analysis above 200 times real time (``benchmarks/analysis_speed.py``).
READ_PER_MINUTE, READ_ALWAYS, READ_AT_MOST = 50, 10, 60
#: Content words that make a sentence: a longer turn does not come before it.
READ_CONTENT = 6
#: An unfinished turn of up to this many words was broken off to think; a longer one only trails off.
BROKEN_OFF_WORDS = 12
#: Openings that grant and take back, folded.
_OPENS_WITH_BUT = (
    "oui mais ", "oui apres ", "oui oui ", "non mais ", "yes but ", "yeah but ", "no but ", "sure but ",
)  # fmt: skip


_Rest = ParamSpec("_Rest")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Moment:
    """One floor-taking turn of the agent and the prospect's turns around it.

    Args:
        turn: the agent's turn.
        place: index in `Scene.moments`.
        before: prospect's floor turns since the start, the latest last.
        after: prospect's floor turns until the end, the next one first.
        exchange_in: how the agent took the floor; None when it did not pass from the prospect.
        exchange_out: how the prospect answered; None when no answer follows directly.
    """

    turn: Turn
    place: int
    before: tuple[Turn, ...]
    after: tuple[Turn, ...]
    exchange_in: Exchange | None
    exchange_out: Exchange | None

    @property
    def last(self) -> Turn | None:
        """What the prospect said just before, if it was the floor turn just before."""
        return self.before[-1] if self.before and self.exchange_in else None

    @property
    def next(self) -> Turn | None:
        """The prospect's answer."""
        return self.after[0] if self.after and self.exchange_out else None

    @property
    def length_s(self) -> float:
        return length_s(self.turn)


class Scene:
    """A conversation with its context, ready to be searched by detectors.

    `lexicon` holds the phrase lists to use; without it the packaged ones of `language` with the
    changes of the campaign's `Tuning`. `embedder` reads meaning; without it likeness is spelling's.
    """

    def __init__(
        self,
        conversation: Conversation,
        context: CallContext,
        language: str,
        lexicon: Lexicon | None = None,
        embedder: Embedder | None = None,
    ) -> None:
        self.conversation = conversation
        self.embedder = embedder
        self.context = context
        self.language = language
        self.lexicon = tuned_lexicon(language, context.tuning) if lexicon is None else lexicon
        self._intents = Intents(embedder or LETTERS, language, context.tuning)
        self._read: dict[int, ReadTurn] = {}
        self._hits: dict[tuple[int, str], tuple[Hit, ...]] = {}
        #: by list, which turns were searched: most searches find nothing, and four hours have many
        self._searched: dict[str, bytearray] = {}
        self._context_phrases: dict[str, Phrases] = {}
        self._vocabulary: str | None = None
        #: answers of functions that are asked `once` for a scene
        self.answers: dict[Any, Any] = {}

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """The agent's floor turns in order."""
        floor = self.conversation.floor
        prospect = [turn for turn in floor if turn.speaker is Speaker.PROSPECT]
        into = {exchange.after: exchange for exchange in self.conversation.exchanges}
        out = {exchange.before: exchange for exchange in self.conversation.exchanges}
        found: list[Moment] = []
        done = 0
        for turn in floor:
            if turn.speaker is not Speaker.AGENT:
                done += turn.speaker is Speaker.PROSPECT
                continue
            found.append(
                Moment(
                    turn,
                    len(found),
                    tuple(prospect[max(0, done - 4) : done]),
                    tuple(prospect[done : done + 4]),
                    into.get(turn.index),
                    out.get(turn.index),
                )
            )
        return tuple(found)

    def read(self, turn: Turn) -> ReadTurn:
        if turn.index not in self._read:
            self._read[turn.index] = read_turn(turn, self.language)
        return self._read[turn.index]

    def hits(self, turn: Turn | None, name: str) -> tuple[Hit, ...]:
        """Phrases of the list `name` said in `turn`; else the words near a campaign's sentence."""
        if turn is None:
            return ()
        if name not in self._searched:
            self._searched[name] = bytearray(len(self.conversation.turns))
        searched = self._searched[name]
        if not searched[turn.index]:
            found = find(self.read(turn), self.lexicon[name])
            if not found and turn.index in self._worth_reading:
                found = self._intents.hits(turn, name)
            searched[turn.index] = True
            if found:
                self._hits[turn.index, name] = found
        return self._hits.get((turn.index, name), ())

    @cached_property
    def _worth_reading(self) -> frozenset[int]:
        """Turns whose meaning is looked at: all of them by spelling; by the sentence model as many
        as `READ_PER_MINUTE` allows from the first to the last turn, those that say most first.
        """
        turns = [turn for turn in self.conversation.turns if self._intents.reads(turn.speaker)]
        if self.embedder is None:
            return frozenset(turn.index for turn in turns)
        left = max(1.0, self._talk_s / 60) * READ_PER_MINUTE
        chosen = []
        for turn in sorted(turns, key=_says_little):
            cost = READ_ALWAYS + min(words_in(turn), READ_AT_MOST)
            if cost <= left:
                left -= cost
                chosen.append(turn.index)
        return frozenset(chosen)

    @property
    def _talk_s(self) -> float:
        """From the first to the last turn: silence around the talk changes nothing."""
        turns = self.conversation.turns
        return ms(max(turn.end_s for turn in turns) - turns[0].start_s) if turns else 0.0

    def context_hits(self, turn: Turn, name: str) -> tuple[Hit, ...]:
        """Phrases of the context's `approved`, `forbidden` or `ambiguous` said in `turn`."""
        if name not in self._context_phrases:
            self._context_phrases[name] = prepare(getattr(self.context, name), self.language)
        return find(self.read(turn), self._context_phrases[name])

    def bound(self, name: str) -> float:
        """The value of a threshold (`thresholds`), as this campaign sets it."""
        return bound(self.context.tuning, name)

    def has(self, turn: Turn | None, *names: str) -> bool:
        """Whether any phrase of any of these lists is said in `turn`."""
        return any(self.hits(turn, name) for name in names)

    def opens_with_but(self, turn: Turn) -> bool:
        """Whether `turn` opens by granting and taking back at once ("oui mais")."""
        return self.read(turn).text.lstrip().startswith(_OPENS_WITH_BUT)

    def is_thinking(self, turn: Turn | None) -> bool:
        """Whether the prospect said that a moment is needed, or broke off while counting."""
        if turn is None:
            return False
        broken = turn.text.endswith(("…", "...")) and words_in(turn) <= BROKEN_OFF_WORDS
        return broken or self.has(turn, "thinking")

    def is_campaign_word(self, phrase: str) -> bool:
        """Whether the campaign's own vocabulary, name or persona holds this folded phrase."""
        if self._vocabulary is None:
            own = (self.context.campaign, self.context.persona, *self.context.vocabulary)
            self._vocabulary = "".join(f" {' '.join(tokens(text))} " for text in own)
        return f" {phrase} " in self._vocabulary

    def is_asking(self, turn: Turn | None) -> bool:
        return turn is not None and bool(questions(turn.text))


def once(
    ask: Callable[Concatenate[Scene, _Rest], _Answer],
) -> Callable[Concatenate[Scene, _Rest], _Answer]:
    """Keep what `ask` answers with the scene it was asked about, and no longer than that: a cache of
    its own would hold the last call, however long, until the next one is analysed.
    """

    @wraps(ask)
    def asked(scene: Scene, /, *rest: _Rest.args, **more: _Rest.kwargs) -> _Answer:
        key = (ask, rest, tuple(more.items()))
        if key not in scene.answers:
            scene.answers[key] = ask(scene, *rest, **more)
        return cast("_Answer", scene.answers[key])

    return asked


def _says_little(turn: Turn) -> tuple[int, int]:
    """Order of reading: most content first (what is beyond a sentence's worth counts no more), then
    the earlier one.
    """
    return -min(len(content_words(turn.text)), READ_CONTENT), turn.index


def length_s(turn: Turn | None) -> float:
    """Duration of a turn on the millisecond grid, 0 for none."""
    return ms(turn.end_s - turn.start_s) if turn else 0.0


def mean_length_s(turns: Sequence[Turn]) -> float:
    """Mean duration, 0 for none."""
    return sum(length_s(turn) for turn in turns) / len(turns) if turns else 0.0


def new_content(turn: Turn | None, known: Sequence[Turn]) -> int:
    """Content words of `turn` that none of `known` said."""
    if turn is None:
        return 0
    said: set[str] = set()
    for other in known:
        said |= content_words(other.text)
    return len(content_words(turn.text) - said)


def words_in(turn: Turn | None) -> int:
    """Words of a turn, 0 for none."""
    return word_count(turn.text) if turn else 0
