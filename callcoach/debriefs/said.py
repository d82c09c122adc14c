"""What is said in a stretch of a call, as colleagues may read it: without names, numbers, addresses.

Pure but for `said_in`. Colleagues recognise a voice, and a name even more: the agent's never stays,
also where recognition misspelt or split it. Names are found in whole turns, and then what lies in
the stretch is taken, so that a number which begins before it is still known as one. Words that
recognition is not sure of are left out as well: nobody knows what was said there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from statistics import fmean
from typing import Any

from rapidfuzz import fuzz

from callcoach.analysis.model import Segment, Word
from callcoach.analysis.redaction import LIKE_NAME, SHORTEST_FUZZY, Sensitive, find_in_words
from callcoach.analysis.text import fold
from callcoach.calls import queries as calls
from callcoach.calls.call_presenters import UNSURE_BELOW
from callcoach.calls.mapping import ShownTurn, to_s
from callcoach.calls.models import Call
from callcoach.speech.inventions import is_invented

#: What stands where something was struck out, in the language of the call.
LABELS: Mapping[str, Mapping[Sensitive, str]] = {
    "fr": {
        Sensitive.NAME: "nom",
        Sensitive.PHONE: "numéro de téléphone",
        Sensitive.EMAIL: "adresse e-mail",
        Sensitive.IBAN: "compte bancaire",
        Sensitive.CARD: "numéro de carte",
        Sensitive.ADDRESS: "adresse",
        Sensitive.NUMBER: "numéro",
    },
    "en": {
        Sensitive.NAME: "name",
        Sensitive.PHONE: "telephone number",
        Sensitive.EMAIL: "e-mail address",
        Sensitive.IBAN: "bank account",
        Sensitive.CARD: "card number",
        Sensitive.ADDRESS: "address",
        Sensitive.NUMBER: "number",
    },
}
#: Where a word was not heard well enough to be shown.
UNHEARD = "…"
#: Parts of names that every sentence has: struck out, nothing could be read.
PARTICLES = frozenset(
    [
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "et",
        "von",
        "van",
        "el",
        "ben",
        "al",
        "au",
        "aux",
        "m",
        "mr",
        "mme",
        "mlle",
        "mrs",
        "ms",
        "monsieur",
        "madame",
        "sa",
        "sas",
        "sarl",
        "the",
        "of",
        "and",
    ]
)
#: Recognition takes a name for this many words at most.
_MOST_PARTS = 3
_SIGNS = re.compile(r"[,.;:?!…]+$")


@dataclass(frozen=True, slots=True)
class Secrets:
    """Whom a text must not tell.

    Args:
        names: the agent's, the prospect's, the company's: found also misspelt, without a capital,
            and taken for several words.
        spared: names that may be said: the sponsor's, the campaign's vocabulary.
    """

    names: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """Of the names, without particles that are no name of their own."""
        return tuple(part for name in self.names for part in parts_of(name))


def parts_of(name: str) -> list[str]:
    """The words of a name that tell whose it is: of at least two letters, no particle.

    >>> parts_of("Mme Jeanne de la Tour")
    ['Jeanne', 'Tour']
    """
    return [part for part in re.findall(r"\w{2,}", name) if fold(part) not in PARTICLES]


def said_in(
    call: Call, start_ms: int, end_ms: int, cuts: Iterable[int] = ()
) -> list[dict[str, Any]] | None:
    """What is said in ``[start_ms, end_ms)`` of a call, as `between` gives it; None without a
    transcript.
    """
    if call.current_analysis is None:
        return None
    return between(
        calls.turns_of(call),
        start_ms,
        end_ms,
        cuts,
        secrets=secrets_of(call),
        language=call.language,
    )


def secrets_of(call: Call) -> Secrets:
    """Whom the words of a call must not tell."""
    agent = call.agent.name if call.agent is not None else ""
    return Secrets(
        names=tuple(name for name in (agent, call.prospect_name, call.company) if name),
        spared=(call.campaign.sponsor.name, *call.campaign.vocabulary),
    )


def between(
    turns: Iterable[ShownTurn],
    start_ms: int,
    end_ms: int,
    cuts: Iterable[int] = (),
    *,
    secrets: Secrets,
    language: str,
) -> list[dict[str, Any]]:
    """What is said in a stretch: ``{speaker, start_ms, end_ms, text}``, by start.

    A word belongs to where its middle lies. A turn over a cut becomes two: what comes after it can
    be held back.

    Args:
        cuts: places within the stretch, milliseconds.
        language: of the call, two letters.
    """
    labels = LABELS.get(language, LABELS["en"])
    edges = sorted({start_ms, end_ms, *(cut for cut in cuts if start_ms < cut < end_ms)})
    said: list[dict[str, Any]] = []
    for turn in sorted(turns, key=lambda item: (item.start_ms, item.index)):
        if turn.end_ms <= start_ms or turn.start_ms >= end_ms:
            continue
        words = timed_words(turn)
        if not words or (not turn.is_corrected and _is_invented(words, turn, language)):
            continue
        marks = _marks(words, secrets, labels)
        for first_ms, last_ms in pairwise(edges):
            text = _text_of(words, marks, to_s(first_ms), to_s(last_ms))
            if text:
                said.append(
                    {
                        "speaker": turn.speaker,
                        "start_ms": max(turn.start_ms, first_ms),
                        "end_ms": min(turn.end_ms, last_ms),
                        "text": text,
                    }
                )
    return sorted(said, key=lambda part: (part["start_ms"], part["end_ms"]))


def timed_words(turn: ShownTurn) -> list[Word]:
    """The words of a turn with their times; those of a correction take the times of what they stand
    for, and are sure.
    """
    heard = [Word(word, to_s(start), to_s(end), sure) for word, start, end, sure in turn.words]
    if not turn.is_corrected:
        return heard
    written = turn.text.split()
    blocks = SequenceMatcher(
        a=[fold(word.word.strip()) for word in heard],
        b=[fold(word) for word in written],
        autojunk=False,
    ).get_opcodes()
    words: list[Word] = []
    for _tag, first, after, low, high in blocks:
        start_s = heard[first].start_s if first < len(heard) else to_s(turn.end_ms)
        end_s = heard[after - 1].end_s if after > first else start_s
        step_s = (end_s - start_s) / max(1, high - low)
        words += [
            Word(f" {word}", start_s + step_s * at, start_s + step_s * (at + 1), 1.0)
            for at, word in enumerate(written[low:high])
        ]
    return words


def _is_invented(words: Sequence[Word], turn: ShownTurn, language: str) -> bool:
    voice = [Segment(to_s(turn.start_ms), to_s(turn.end_ms))]
    is_doubtful = fmean(word.probability for word in words) < UNSURE_BELOW
    return is_doubtful or is_invented(words, voice, language=language)


def _marks(
    words: Sequence[Word], secrets: Secrets, labels: Mapping[Sensitive, str]
) -> list[str | None]:
    """For each word what stands for it; None where the word itself is shown."""
    marks: list[str | None] = [
        UNHEARD if word.probability < UNSURE_BELOW else None for word in words
    ]
    struck = [
        *((first, after, Sensitive.NAME) for first, after in _sounding_like(words, secrets.names)),
        *find_in_words(words, names=secrets.parts, spared=secrets.spared),
    ]
    for first, after, kind in struck:
        marks[first:after] = [f"[{labels[kind]}]"] * (after - first)
    return marks


def _sounding_like(words: Sequence[Word], names: Collection[str]) -> list[tuple[int, int]]:
    """Words that are like a name, alone or joined: first, and after the last. What is like one by
    itself is not joined with its neighbours.
    """
    wanted = {fold(part) for name in names for part in parts_of(name)}
    wanted |= {"".join(fold(part) for part in parts_of(name)) for name in names}
    wanted = {name for name in wanted if len(name) >= SHORTEST_FUZZY}
    bare = [re.sub(r"\W", "", fold(word.word)) for word in words]
    found: list[tuple[int, int]] = []
    for count in range(1, _MOST_PARTS + 1):
        for first in range(len(words) - count + 1):
            after = first + count
            if any(first < last and start < after for start, last in found):
                continue
            joined = "".join(bare[first:after])
            if any(fuzz.ratio(joined, name) >= LIKE_NAME for name in wanted):
                found.append((first, after))
    return found


def _text_of(
    words: Sequence[Word], marks: Sequence[str | None], start_s: float, end_s: float
) -> str:
    parts: list[str] = []
    last = ""  # what stands for the words just before; neighbours are struck out together
    for word, mark in zip(words, marks, strict=True):
        if not start_s <= (word.start_s + word.end_s) / 2 < end_s:
            continue
        if mark is None:
            parts.append(word.word)
            last = ""
            continue
        if mark != last:
            parts.append(f" {mark}")
        signs = _SIGNS.search(word.word) if mark != UNHEARD else None
        parts.append(signs.group() if signs is not None else "")
        last = mark if signs is None else ""
    text = re.sub(r"\s+", " ", "".join(parts)).strip()
    return text if re.search(r"\w", text) else ""
