"""What can be measured of one answer: facts of timing and words, never a score. Pure.

The same measures as for a call, with bounds that fit an answer of a few seconds. A figure that
cannot be computed is None with its reason, as in `callcoach.analysis.figures`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from rapidfuzz import fuzz

from callcoach.analysis import expressions as matching
from callcoach.analysis.figures import PAUSE_S
from callcoach.analysis.lexicon import find, phrases, prepare, read_turn
from callcoach.analysis.model import CallContext, Segment, Speaker, Turn, Word
from callcoach.analysis.text import STOPWORDS, count_syllables, questions, tokens, word_count
from callcoach.script_library.document import without_placeholders

#: A rate of an answer needs this much voice: a call's five seconds would leave most answers without
#: one, and under two a single long word decides it.
MIN_RATE_VOICE_S = 2.0
#: Two content words count as the same from this similarity on, 0 to 100: an ending or a recognition
#: error apart ("clôturer", "clôturez" 88), not another word ("facture", "fracture" 93 is the price).
SAME_WORD = 82.0
#: Shares of common content words from which an answer is called close, or partly so. Judged by eye
#: on reformulations of one's own examples: another good wording shares about a third of the words.
CLOSE, PARTLY = 0.6, 0.3
#: Packaged lists of expressions that a note may ask to avoid, and what they are called.
LISTS = ("self_belittling", "bookish", "familiar", "jargon", "absolute")

Measures = dict[str, dict[str, Any]]


def measure_text(
    text: str,
    *,
    example: str = "",
    approved: str = "",
    language: str = "fr",
    context: CallContext | None = None,
) -> Measures:
    """What the words alone tell; all of a typed answer's measures.

    Args:
        example: what the supervisor would say.
        approved: a line of the script; what the agent fills in is nobody's words.
    """
    found = expressions(spoken_turn(text), language, context or CallContext())
    asked = questions(text)
    ends = bool(asked) and text.strip().endswith(asked[-1].strip())
    near, near_script = closeness(text, example), closeness(text, without_placeholders(approved))
    said = bool(text.strip())
    return {
        "words": _figure(float(word_count(text)), "count"),
        "ends_with_question": _figure(float(ends) if said else None, "flag", "no_words"),
        "expressions": {**_figure(float(len(found)), "count"), "quotes": found},
        "closeness": _figure(near, "ratio", "no_words" if example.strip() else "no_example"),
        "script_closeness": _figure(
            near_script, "ratio", "no_words" if approved.strip() else "no_line"
        ),
    }


def measure_speech(
    text: str,
    voice: Sequence[Segment],
    *,
    duration_s: float,
    example: str = "",
    approved: str = "",
    language: str = "fr",
    context: CallContext | None = None,
) -> Measures:
    """What sound and words tell together.

    Args:
        text: as recognised.
        voice: where somebody speaks, sorted and disjoint, seconds from the start of the take.
        duration_s: of the take.
        example, approved: as `measure_text`.
    """
    gaps = [after.start_s - before.end_s for before, after in pairwise(voice)]
    pauses = [gap for gap in gaps if gap >= PAUSE_S]
    voiced_s = sum(part.duration_s for part in voice)
    spoken_s = voice[-1].end_s - voice[0].start_s if voice else None
    rate = count_syllables(text) / voiced_s if text and voiced_s >= MIN_RATE_VOICE_S else None
    return {
        "silence_s": _figure(silence_s(voice, duration_s), "s"),
        "speech_s": _figure(spoken_s, "s", "no_speech"),
        "rate": _figure(rate, "syll/s", "too_short" if voice and text else "no_words"),
        "pauses": _figure(float(len(pauses)) if voice else None, "count", "no_speech"),
        "longest_pause_s": _figure(max(pauses, default=0.0) if voice else None, "s", "no_speech"),
        **measure_text(
            text, example=example, approved=approved, language=language, context=context
        ),
    }


def measure_original(
    text: str,
    words: Iterable[tuple[float, float]],
    *,
    asked_s: float,
    language: str,
    context: CallContext,
) -> Measures:
    """The same of what was answered in the call, to stand beside a try.

    Args:
        text: as a page shows it.
        words: start and end of its words, seconds; nearer than a pause they are one voice, as the
            detector that hears a take has it.
        asked_s: when the prospect's line ends; an answer that begins over it follows no silence.
    """
    voice: list[Segment] = []
    for start_s, end_s in sorted(words):
        if voice and start_s - voice[-1].end_s < PAUSE_S:
            last = voice.pop()
            voice.append(Segment(last.start_s, max(last.end_s, end_s)))
        else:
            voice.append(Segment(start_s, end_s))
    if not voice:
        return measure_text(text, language=language, context=context)
    from_s = min(asked_s, voice[0].start_s)
    heard = [Segment(part.start_s - from_s, part.end_s - from_s) for part in voice]
    return measure_speech(
        text, heard, duration_s=heard[-1].end_s, language=language, context=context
    )


def silence_s(voice: Sequence[Segment], duration_s: float) -> float:
    """How long nobody speaks at the start of a take; all of it when nobody does."""
    return voice[0].start_s if voice else duration_s


def expressions(turn: Turn, language: str, context: CallContext) -> list[dict[str, str]]:
    """Expressions a note may ask to avoid: their words as said, and the list each is on.

    The campaign's own are found as in a call's words (`analysis.expressions`): denied ones are not.
    What the campaign allows is left out, as in a call's analysis.
    """
    read, said = read_turn(turn), matching.read_turn(turn, language)
    named = {(hit.first, hit.last) for hit in find(read, prepare(context.vocabulary))}
    own = (("forbidden", context.forbidden), ("ambiguous", context.ambiguous))
    spans = [
        (match.first, match.last, match.quote, name)
        for name, wanted in own
        for phrase in wanted
        for match in matching.find(said, matching.read_phrase(phrase, language))
    ]
    spans += [
        (hit.first, hit.last, hit.quote.strip(), name)
        for name in LISTS
        for hit in find(read, phrases(name, language))
    ]
    found: list[tuple[int, int, str, str]] = []
    for first, last, quote, name in spans:
        is_known = any(first <= other[1] and other[0] <= last for other in found)
        if not is_known and (first, last) not in named:
            found.append((first, last, quote, name))
    return [{"quote": quote, "list": name} for _, _, quote, name in sorted(found)]


def closeness(text: str, example: str) -> float | None:
    """How many content words two texts share, 0 to 1 (F-measure); None when either has none.

    Says how alike they are worded, not which is better.

    >>> closeness("Vous clôturez en combien de jours ?", "En combien de jours clôturez-vous ?")
    1.0
    >>> closeness("Bonjour.", "") is None
    True
    """
    said, wanted = _content(text), _content(example)
    if not said or not wanted:
        return None
    common = (_shared(said, wanted) / len(said), _shared(wanted, said) / len(wanted))
    return round(2 * common[0] * common[1] / sum(common), 3) if sum(common) else 0.0


def likeness(value: float | None) -> str:
    """``close``, ``partly``, ``otherwise``, or "" when it was not measured."""
    if value is None:
        return ""
    return "close" if value >= CLOSE else "partly" if value >= PARTLY else "otherwise"


def spoken_turn(text: str, words: Sequence[Word] = ()) -> Turn:
    """An answer as a turn; typed words get a second each, which nothing reads."""
    if not words:
        parts = text.split()
        words = [Word(f" {part}", at, at + 1.0, 1.0) for at, part in enumerate(parts)]
    end_s = words[-1].end_s if words else 0.0
    return Turn(0, Speaker.AGENT, 0, 0.0, end_s, text, tuple(words))


def _content(text: str) -> list[str]:
    """Words that carry content, each once; short ones too, which answers are made of."""
    kept = [t for t in tokens(text) if t not in STOPWORDS and (len(t) >= 3 or t.isdigit())]
    return list(dict.fromkeys(kept))


def _shared(these: Iterable[str], those: Sequence[str]) -> int:
    return sum(any(fuzz.ratio(this, that) >= SAME_WORD for that in those) for this in these)


def _figure(value: float | None, unit: str, reason: str | None = None) -> dict[str, Any]:
    if value is None:
        return {"value": None, "unit": unit, "reason": reason}
    return {"value": round(value, 3), "unit": unit, "reason": None}


def figure(measures: Mapping[str, Any], name: str) -> float | None:
    """A measure's value; None when there is none."""
    return (measures.get(name) or {}).get("value")
