"""Removes lines that the recogniser made up.

Whisper was trained on subtitles and writes their small print where nobody speaks: "Sous-titres
réalisés par la communauté d'Amara.org". Others are a phrase repeated without end, or more words
than the sound has time for. A line is judged by its text, by the recogniser's own confidence and
by how much voice there is under it; a doubtful line with voice under it stays, since dropping what
was said is the worse error. Does not find invented lines that are plausible, confident and paced
like speech.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from statistics import fmean

from rapidfuzz import fuzz

from callcoach.analysis.model import Segment, Word

#: Words further apart than this belong to different lines.
LINE_GAP_S = 1.0
#: How alike a line and a known invention must be, of 100: survives a misspelt word.
ALIKE = 88.0
#: Known phrases of one word, such as "Musique", could be said: dropped only below this mean
#: probability. Of 1961 lines recognised in sample and training calls, one in twenty is below 0.56,
#: one in a hundred below 0.38.
DOUBTFUL_PROBABILITY = 0.45
#: Below this mean probability a short line is noise turned into words.
NOISE_PROBABILITY = 0.2
#: More letters than this a second were not spoken: of the same lines half have 17, one in a hundred
#: more than 29, and those are mostly misplaced.
MAX_LETTERS_PER_S = 35.0
#: The same words this many times in a row are a loop, not emphasis ("non non non").
LOOP_REPEATS = 5
#: Longest repeated phrase looked for, in words.
LOOP_MAX_WORDS = 8


def without_inventions(
    words: Sequence[Word], voice: Sequence[Segment], *, language: str
) -> tuple[Word, ...]:
    """The words that were probably said.

    Args:
        words: sorted by start.
        voice: where somebody speaks, sorted, disjoint.
        language: two-letter code; the list of known inventions is per language.
    """
    kept: list[Word] = []
    for line in _lines(_without_loops(words)):
        if not is_invented(line, voice, language=language):
            kept += line
    return tuple(kept)


def is_invented(line: Sequence[Word], voice: Sequence[Segment], *, language: str) -> bool:
    """Whether a line, at least one word, was made up."""
    text = normalise("".join(word.word for word in line))
    if not text:
        return True  # signs only, such as "..." or "♪"
    probability = fmean(word.probability for word in line)
    span = Segment(line[0].start_s, max(line[0].start_s, line[-1].end_s))
    voiced_s = sum(span.overlap_s(region) for region in voice)
    if _is_known(text, probability, language):
        return True
    if voiced_s <= 0:
        return True
    if len(text.replace(" ", "")) / max(voiced_s, 0.1) > MAX_LETTERS_PER_S:
        # so short a voice also carries real words whose times are a little off
        return probability < DOUBTFUL_PROBABILITY or len(line) > 3
    return probability < NOISE_PROBABILITY and len(line) <= 3


def normalise(text: str) -> str:
    """Lower case, no accents, no signs, single spaces."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", bare))


@cache
def known_inventions(language: str) -> tuple[str, ...]:
    """The normalised phrases for a language; English ones turn up in every language."""
    phrases: dict[str, None] = {}
    for code in dict.fromkeys((language, "en")):
        source = files("callcoach.speech") / "data" / f"inventions.{code}.txt"
        if not source.is_file():
            continue
        for line in source.read_text(encoding="utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                phrases[normalise(line)] = None
    return tuple(phrases)


def _is_known(text: str, probability: float, language: str) -> bool:
    for phrase in known_inventions(language):
        if " " not in phrase:
            if text == phrase and probability < DOUBTFUL_PROBABILITY:
                return True
        elif fuzz.ratio(text, phrase) >= ALIKE:
            return True
    return "amara org" in text or "sous titreur" in text or "soustitreur" in text


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    """Words cut into lines at pauses and after a sentence's end."""
    lines: list[list[Word]] = []
    for word in words:
        last = lines[-1][-1] if lines else None
        if (
            last is None
            or word.start_s - last.end_s > LINE_GAP_S
            or (last.word.rstrip().endswith((".", "!", "?")) and word.word.startswith(" "))
        ):
            lines.append([])
        lines[-1].append(word)
    return lines


def _without_loops(words: Sequence[Word]) -> list[Word]:
    """`words` with every endless repetition cut down to its first occurrence."""
    tokens = [normalise(word.word) for word in words]
    kept: list[Word] = []
    at = 0
    while at < len(words):
        size, repeats = _loop_at(tokens, at)
        kept += words[at : at + size]
        at += size * repeats
    return kept


def _loop_at(tokens: Sequence[str], at: int) -> tuple[int, int]:
    """Length of the phrase at `at` and how often it comes in a row; (1, 1) without a loop."""
    for size in range(1, LOOP_MAX_WORDS + 1):
        phrase = tokens[at : at + size]
        if len(phrase) < size or not any(phrase):
            break
        repeats = 1
        while tokens[at + repeats * size : at + (repeats + 1) * size] == phrase:
            repeats += 1
        if repeats >= LOOP_REPEATS:
            return size, repeats
    return 1, 1
