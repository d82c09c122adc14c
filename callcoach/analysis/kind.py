"""Who was reached: most dials are not conversations.

A guess from observable facts only: which side speaks, in which order, and phrases that machines,
receptionists and strangers say (``data/kind/*.toml``). Where they show nothing but a conversation, a
second opinion by meaning is asked for (`kind_meaning`), if the sentence model is there. A conversation wrongly hidden is worse than a
voicemail wrongly shown, so whatever is not plainly something else is a target conversation: with
little confidence where something spoke against it.

Does not detect: beeps and ringing (voice activity leaves them out; what is left of them is a side
that never answers), who a voice belongs to, or a receptionist who takes part like a buyer.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from callcoach.analysis import kind_meaning
from callcoach.analysis.embedding import Embedder
from callcoach.analysis.lexicon import LANGUAGES, Hit, Phrases, ReadTurn, find, prepare, read_turn
from callcoach.analysis.model import CallContext, Kind, KindGuess, Message, Speaker, Turn
from callcoach.analysis.text import fold, questions, word_count

#: The caller alone with at most this many words has called out and hung up; more is speech to
#: somebody: the longest such end of the tuning dialogues has 9.
ALONE_WORDS = 14
#: Voice of the other side, in seconds, that nobody could read and that still may be a person: above
#: it "nobody answered" would be a guess. The single "allô" of the labelled calls lasts 0.5 to 1.2 s.
UNREAD_S = 1.5
#: A machine that is named by no phrase: its one turn lasts this long at least, in seconds. People
#: pick up in 0.5 to 3.2 s in the 56 labelled calls.
LONG_OPENING_S = 6.0
#: The other side alone with this many words, and nobody answers it: an announcement. People who pick
#: up say 5 words at most in 55 of the 56 labelled calls.
ANNOUNCED_WORDS = 8
#: A message left: in this many turns at most, this long at least, in seconds; a goodbye to somebody
#: who hung up is shorter.
MESSAGE_TURNS = 2
MESSAGE_S = 3.0
#: After "you have the wrong number" a call is over; with more turns of the other side than this the
#: two did talk.
WRONG_TAIL_TURNS = 5
#: A stranger says so among the first turns; later, "vous vous êtes trompé" is an objection.
WRONG_FIRST_TURNS = 5
#: A receptionist's last words come near the end: more turns of the other side after them, and the
#: person asked for may have come on unnoticed.
GATE_TAIL_TURNS = 8
#: Where nobody could tell the voices apart, turns run together and either side may have said a
#: phrase: a stranger's call is then known only while it is this short, in words.
MIXED_WORDS = 60
#: Evidence for a receptionist that is needed, in the weights below. Two things said, or one with
#: the caller asking for somebody.
GATE_FLOOR = 3.0
#: Who takes the line says a name, or little more, in words ("Didier.", "Oui, Garnier.").
BARE_ANSWER_WORDS = 3
#: Turns of the other side after the caller has greeted anew: a goodbye takes one ("merci, bonjour").
STAYING_TURNS = 2
#: Weight of each different fact; chosen so that nothing the caller says decides alone, and no
#: single phrase of the other side.
GATE_WEIGHTS: Mapping[str, float] = {
    "gate": 2.0,
    "refusing_calls": 2.0,
    "passing": 1.5,
    "absent": 1.5,
    "reception": 1.0,
    "elsewhere": 1.0,
    "asking": 1.0,
}
#: At least one of these must be said by the other side.
GATE_STRONG = ("gate", "refusing_calls", "passing", "absent")
#: A fact counts this often at most: the same phrase said again is no new evidence.
GATE_REPEATS = 2
#: What speaks for oneself: taken off for each different phrase.
OWN_WEIGHT = 1.5


@dataclass(frozen=True, slots=True)
class _Said:
    """A turn with its place in time among all turns, read once."""

    place: int
    turn: Turn
    read: ReadTurn

    @property
    def words(self) -> int:
        return word_count(self.turn.text)


class _Call:
    """The turns of a call by side, and the phrases found in them."""

    def __init__(self, turns: Iterable[Turn], language: str) -> None:
        ordered = sorted(turns, key=lambda turn: (turn.start_s, turn.end_s))
        said = [_Said(place, turn, read_turn(turn, language)) for place, turn in enumerate(ordered)]
        self.language = language if language in LANGUAGES else "fr"
        #: Both voices are in one row where nobody could tell them apart.
        self.is_mixed = any(one.turn.speaker is Speaker.UNKNOWN for one in said)
        self.ours = [one for one in said if one.turn.speaker is Speaker.AGENT]
        self.theirs = [one for one in said if one.turn.speaker is not Speaker.AGENT]
        self._found: dict[tuple[int, str], tuple[Hit, ...]] = {}

    def hits(self, one: _Said, name: str) -> tuple[Hit, ...]:
        key = (one.place, name)
        if key not in self._found:
            self._found[key] = find(one.read, _lists(self.language)[name])
        return self._found[key]

    def first(self, said: Iterable[_Said], *names: str) -> Hit | None:
        """The first phrase of any of these lists."""
        return next((hit for one in said for name in names for hit in self.hits(one, name)), None)

    def places(self, said: Iterable[_Said], name: str) -> list[int]:
        return [one.place for one in said if self.hits(one, name)]


def classify_kind(
    turns: Iterable[Turn],
    *,
    duration_s: float,
    language: str = "fr",
    context: CallContext | None = None,
    embedder: Embedder | None = None,
) -> KindGuess:
    """Guess who was reached.

    Args:
        turns: of the whole call, in any order; a turn that could not be read has empty text.
        duration_s: length of the recording, seconds.
        language: spoken, "fr" or "en"; anything else is read as French.
        context: of it only the persona is read: whoever calls receptionists on purpose hears
            them more often.
        embedder: reads the meaning of sentences; without one the rules decide alone.

    Returns:
        `Kind.TARGET` whenever it is unclear, then with a confidence of 0.5 or less: a conversation
        wrongly hidden costs more than a voicemail wrongly shown. Moving everything in time, or
        silence before and after, changes nothing.
    """
    turns = tuple(turns)
    call = _Call(turns, language)
    persona = (context or CallContext()).persona
    return (
        _by_rules(call, duration_s, persona) or _by_meaning(call, turns, embedder) or _target(call)
    )


def is_left_open(turns: Iterable[Turn], *, duration_s: float, language: str = "fr") -> bool:
    """Whether the rules leave it to what the words mean who was reached."""
    call = _Call(turns, language)
    return _by_rules(call, duration_s, "") is None and _is_open(call)


def _by_rules(call: _Call, duration_s: float, persona: str) -> KindGuess | None:
    """What is plainly no conversation."""
    return (
        _nobody_answers(call, duration_s)
        or _machine(call)
        or _wrong_person(call, call.theirs)
        or _gatekeeper(call, persona)
    )


def _guess(kind: Kind, confidence: float, *reasons: Message) -> KindGuess:
    return KindGuess(kind, round(min(1.0, max(0.0, confidence)), 2), reasons)


def _quote(key: str, hit: Hit) -> Message:
    return Message(f"kind.{key}", {"quote": hit.quote})


# ---------------------------------------------------------------- nobody, or the caller alone
def _nobody_answers(call: _Call, duration_s: float) -> KindGuess | None:
    """No voice at all, or nothing but the caller's."""
    if not call.ours and not call.theirs:
        return _guess(Kind.NO_ANSWER, 0.95, Message("kind.silence", {"seconds": round(duration_s)}))
    read = [one for one in call.theirs if one.words]
    if call.is_mixed:
        # A voice that calls out again and again, and nothing else: the caller's
        if len(read) > 1 and not call.ours and all(_only_calls_out(call, one) for one in read):
            return _guess(Kind.NO_ANSWER, 0.6, Message("kind.calling_out"))
        return None
    unread_s = sum(one.turn.end_s - one.turn.start_s for one in call.theirs if not one.words)
    if read or not call.ours:
        return None
    if unread_s > UNREAD_S:
        return None  # somebody may have spoken
    leaving = call.first(call.ours, "leaving")
    if leaving is not None:
        return _guess(Kind.VOICEMAIL, 0.75, _quote("leaves_message", leaving))
    if sum(one.words for one in call.ours) <= ALONE_WORDS:
        return _guess(Kind.NO_ANSWER, 0.85 if unread_s == 0 else 0.7, Message("kind.caller_alone"))
    # Whoever greets and takes leave in one breath talks to a machine; else a channel may be missing
    is_whole = call.first(call.ours, "greeting") and call.first(call.ours, "closing")
    if unread_s == 0 and is_whole and _asks_nothing(call.ours):
        return _guess(Kind.VOICEMAIL, 0.6, Message("kind.caller_alone"))
    return None


def _only_calls_out(call: _Call, one: _Said) -> bool:
    """Whether a turn is nothing but "allô ?" and its like."""
    spoken = {
        index for hit in call.hits(one, "calling_out") for index in range(hit.first, hit.last + 1)
    }
    return len(spoken) >= len(one.read.words) > 0


# ---------------------------------------------------------------- machines
def _machine(call: _Call) -> KindGuess | None:
    """A voicemail or an operator's announcement that nobody comes on after."""
    recorded, persons = _split_recorded(call)
    if not recorded or not _nobody_after(call, recorded, persons):
        return None
    announced = call.first(recorded, "announcement")
    leaving = call.first(call.ours or persons, "leaving")
    if announced is not None:
        reasons = [_quote("announcement", announced)]
        if leaving is not None:
            reasons.append(_quote("leaves_message", leaving))
        sure = 0.9 if announced.score >= 0.9 or leaving is not None else 0.8
        return _guess(Kind.VOICEMAIL, sure if not call.is_mixed else sure - 0.2, *reasons)
    unreachable = call.first(recorded, "unreachable")
    if unreachable is not None and sum(one.words for one in call.ours) > ALONE_WORDS:
        return _guess(
            Kind.VOICEMAIL, 0.6, _quote("operator", unreachable), Message("kind.caller_alone")
        )
    if unreachable is not None:
        return _guess(Kind.NO_ANSWER, 0.85, _quote("operator", unreachable))
    if (alone := _announced(call, recorded, persons)) is not None:
        return alone
    longest_s = max(one.turn.end_s - one.turn.start_s for one in recorded)
    if call.is_mixed or longest_s < LONG_OPENING_S:
        return None
    if leaving is not None:
        return _guess(
            Kind.VOICEMAIL, 0.65, Message("kind.long_opening"), _quote("leaves_message", leaving)
        )
    if _is_message(call, recorded):
        return _guess(Kind.VOICEMAIL, 0.55, Message("kind.long_opening"))
    return None


def _announced(
    call: _Call, recorded: Sequence[_Said], persons: Sequence[_Said]
) -> KindGuess | None:
    """An announcement that no phrase names: a side that speaks at length, and to nobody.

    Its words say whether a message may be left.
    """
    said = [one for one in recorded if one.words]
    if call.is_mixed or persons or max((one.words for one in said), default=0) < ANNOUNCED_WORDS:
        return None
    if call.ours and not _asks_nothing(call.ours):
        return None
    wants = call.first(said, "message_word")
    if wants is not None:
        return _guess(Kind.VOICEMAIL, 0.7, _quote("announcement", wants))
    if not call.ours and not any(questions(one.turn.text) for one in said):
        return _guess(Kind.NO_ANSWER, 0.6, Message("kind.announced"))
    return None


def _is_message(call: _Call, recorded: Sequence[_Said]) -> bool:
    """Whether the caller, once and at length, says something that asks nothing, to nobody."""
    heard = [one for one in call.ours if one.place > recorded[0].place]
    spoken_s = sum(one.turn.end_s - one.turn.start_s for one in heard)
    return spoken_s >= MESSAGE_S and _asks_nothing(heard)


def _asks_nothing(said: Sequence[_Said]) -> bool:
    """Whether these are few turns, and none of them a question: what is said to a machine."""
    return 0 < len(said) <= MESSAGE_TURNS and not any(questions(one.turn.text) for one in said)


def _split_recorded(call: _Call) -> tuple[list[_Said], list[_Said]]:
    """The other side's turns that may be a machine's, from the start, and what comes after them.

    Before the caller has spoken everything may be; afterwards only what sounds recorded.
    """
    answered = min((one.place for one in call.ours), default=-1 if call.is_mixed else None)
    recorded: list[_Said] = []
    for number, one in enumerate(call.theirs):
        is_before = answered is None or one.place < answered
        if one.words and not (is_before or _is_recorded(call, one)):
            return recorded, call.theirs[number:]
        recorded.append(one)
    return recorded, []


def _is_recorded(call: _Call, one: _Said) -> bool:
    return call.first([one], "announcement", "after_message", "unreachable") is not None


def _nobody_after(call: _Call, recorded: Sequence[_Said], persons: Sequence[_Said]) -> bool:
    """Whether no person speaks on the other side, as far as the channels tell."""
    if not call.is_mixed:
        # A person may take the line before the caller speaks at all
        last = next((one for one in reversed(recorded) if one.words), None)
        machine = call.first(recorded, "announcement", "unreachable")
        is_machine_last = last is None or machine is None or _is_recorded(call, last)
        return not persons and is_machine_last
    # Neither a machine nor a message left asks anything
    if any(questions(one.turn.text) for one in call.theirs):
        return False
    return not persons or (
        len(persons) == 1 and call.first(persons, "leaving", "calling_out") is not None
    )


# ---------------------------------------------------------------- strangers
def _wrong_person(call: _Call, theirs: Sequence[_Said]) -> KindGuess | None:
    """Somebody says that this is not, or no longer, whom we look for."""
    spoken = [one for one in theirs if one.words]
    if _arrival(call) is not None:
        return None
    if call.is_mixed and sum(one.words for one in spoken) > MIXED_WORDS:
        return None
    for number, one in enumerate(spoken[:WRONG_FIRST_TURNS]):
        tail = len(spoken) - number - 1
        if tail > WRONG_TAIL_TURNS:
            continue
        for name, sure in (("wrong", 0.9), ("gone", 0.85), ("not_mine", 0.65)):
            hit = call.first([one], name)
            if hit is None or (
                name == "not_mine" and _speaks_for_oneself(call, spoken[number + 1 :])
            ):
                continue
            return _guess(Kind.WRONG_PERSON, sure - 0.04 * tail, _quote("wrong_person_said", hit))
    return None


def _speaks_for_oneself(call: _Call, said: Iterable[_Said]) -> bool:
    return call.first(said, "own") is not None


# ---------------------------------------------------------------- receptionists
def _gatekeeper(call: _Call, persona: str) -> KindGuess | None:
    """Somebody who takes calls for others, and the person asked for never comes on."""
    if _arrival(call) is not None:
        return None
    spoken = [one for one in call.theirs if one.words]
    facts = {name: _distinct(call, spoken, name) for name in GATE_WEIGHTS if name != "asking"}
    facts["asking"] = _distinct(call, call.ours or spoken, "asking")[:1]
    strong = [hit for name in GATE_STRONG for hit in facts[name]]
    if not strong or (call.is_mixed and (facts["passing"] or _speaks_for_oneself(call, spoken))):
        return None
    weight = sum(
        GATE_WEIGHTS[name] * min(len(found), GATE_REPEATS) for name, found in facts.items()
    )
    weight -= OWN_WEIGHT * len(_distinct(call, spoken, "own"))
    weight += GATE_WEIGHTS["reception"] * bool(
        persona and call.language and _mentions(persona, _lists(call.language)["reception"])
    )
    last = max(one.place for one in spoken if call.first([one], *GATE_STRONG))
    tail = sum(one.place > last for one in spoken)
    if weight < GATE_FLOOR or tail > GATE_TAIL_TURNS:
        return None
    reasons = [_quote("receptionist", hit) for hit in strong[:2]]
    if facts["asking"]:
        reasons.append(_quote("asks_for", facts["asking"][0]))
    return _guess(Kind.GATEKEEPER, min(0.95, 0.45 + 0.1 * weight), *reasons)


def _distinct(call: _Call, said: Iterable[_Said], name: str) -> list[Hit]:
    """Hits by phrase, the first of each."""
    found: dict[str, Hit] = {}
    for one in said:
        for hit in call.hits(one, name):
            found.setdefault(hit.phrase, hit)
    return list(found.values())


def _mentions(text: str, wanted: Phrases) -> bool:
    folded = fold(text)
    return any(phrase in folded for phrase in wanted.exact) or any(
        pattern.search(folded) for pattern in wanted.patterns
    )


def _arrival(call: _Call) -> Message | None:
    """Why the person asked for is thought to have come on; None when nothing says so."""
    spoken = [one for one in call.theirs if one.words]
    arrived = call.first(spoken, "arrived")
    if arrived is not None:
        return _quote("is_target", arrived)
    for place in call.places(spoken, "passing"):
        after = [one for one in spoken if one.place > place]
        for number, one in enumerate(after):
            if call.first([one], *GATE_STRONG) is not None:
                break  # the receptionist is back
            picked = call.first([one], "picking_up")
            rest = after[number + 1 :]
            if rest and one.words <= BARE_ANSWER_WORDS and _is_greeted(call, one):
                return Message("kind.put_through", {"quote": one.turn.text})
            if picked is not None and rest and call.first(rest[:2], *GATE_STRONG) is None:
                return _quote("put_through", picked)
    return _greeted_anew(call, spoken)


def _greeted_anew(call: _Call, spoken: Sequence[_Said]) -> Message | None:
    """Somebody else has come on, and stays: the caller greets a second time and asks for nobody."""
    greetings = [one for one in call.ours if call.hits(one, "greeting")]
    for one in greetings[1:]:
        before = [other for other in spoken if greetings[0].place < other.place < one.place]
        stays = sum(other.place > one.place for other in spoken) >= STAYING_TURNS
        if (
            before
            and stays
            and call.first([one], "asking") is None
            and call.first(before[-1:], *GATE_STRONG) is None
        ):
            return Message("kind.put_through", {"quote": before[-1].turn.text})
    return None


def _is_greeted(call: _Call, one: _Said) -> bool:
    """Whether the caller greets anew, and asks for nobody else: somebody else has come on."""
    answer = next((other for other in call.ours if other.place > one.place), None)
    return (
        answer is not None
        and call.first([answer], "greeting") is not None
        and call.first([answer], "asking") is None
    )


# ---------------------------------------------------------------- everybody else
def _is_open(call: _Call) -> bool:
    """Whether nothing said proves a conversation, in a language whose meaning is read.

    On one channel, whoever is put through cannot be told from who puts through.
    """
    if call.language not in kind_meaning.LANGUAGES or _arrival(call) is not None:
        return False
    return not call.is_mixed or call.first(call.theirs, "passing", "own") is None


def _by_meaning(call: _Call, turns: Sequence[Turn], embedder: Embedder | None) -> KindGuess | None:
    """What the words mean, where no phrase is plain."""
    if embedder is None or not _is_open(call):
        return None
    return kind_meaning.second_opinion(kind_meaning.read_exchange(turns), embedder)


def _target(call: _Call) -> KindGuess:
    """A conversation, or what cannot be told from one."""
    arrival = _arrival(call)
    if arrival is not None:
        return _guess(Kind.TARGET, 0.9, arrival)
    spoken = [one for one in call.theirs if one.words]
    if not spoken:
        return _guess(Kind.TARGET, 0.2, Message("kind.unread"))
    doubt = call.first(spoken, "announcement", "wrong", "gone", *GATE_STRONG)
    if doubt is not None:
        return _guess(Kind.TARGET, 0.4, _quote("doubt", doubt))
    if len(spoken) < 3 or not (call.ours or call.is_mixed):
        return _guess(Kind.TARGET, 0.5, Message("kind.short_talk"))
    return _guess(Kind.TARGET, 0.8, Message("kind.conversation"))


@lru_cache(maxsize=len(LANGUAGES))
def _lists(language: str) -> Mapping[str, Phrases]:
    """The packaged lists of a language, prepared."""
    resource = files("callcoach.analysis") / "data" / "kind" / f"{language}.toml"
    data = tomllib.loads(resource.read_text(encoding="utf-8"))
    return {name: prepare(entry["phrases"], language) for name, entry in data.items()}
