"""D14, wrong register: too familiar, or technical words that this person does not use.

Source: TIPPING.md §4.1, D14 (second person singular in a call held in *vous*, slang twice a minute)
and D15 (a listener who asks what it means). A pronoun with its verb is needed, because recognition
confuses "tu", "tout" and "t'es", and the words have to be certain.

Does not detect: a tone, "tu vois" as a mere tag, reported speech, or words that the prospect said
first.
"""

from __future__ import annotations

from collections.abc import Iterator

from callcoach.analysis.detectors import Candidate, Detector, clamp, measure, quote
from callcoach.analysis.lexicon import Hit
from callcoach.analysis.model import Cause, Turn
from callcoach.analysis.scene import Moment, Scene, words_in
from callcoach.analysis.text import tokens

#: Long words, in letters: a proxy for administrative and technical vocabulary (TIPPING.md §1: word
#: length tells planned from spontaneous speech, AUC 0.87).
LONG_WORD = 10
#: A turn needs this many words for their length to say something.
MIN_WORDS = 12
#: First words of the second person singular, folded.
_THOU = ("tu ", "t ", "je te ", "je t ", "je vais te ", "je vais t ", "je veux te", "je peux te")
#: An imperative that is also "j'écoute": what may stand before it then.
_LISTEN = ("ecoute ", "super alors ecoute")
_SUBJECTS = frozenset({"j", "je", "vous", "on", "il", "elle", "nous", "l", "d"})
#: What is said as a tag to anybody.
_TAGS = ("tu vois", "tu sais")


def detect(scene: Scene) -> Iterator[Candidate]:
    """Yield familiar turns and turns full of technical words."""
    for moment in scene.moments:
        found = _familiar(scene, moment) or _technical(scene, moment)
        if found is not None:
            yield found


def _familiar(scene: Scene, moment: Moment) -> Candidate | None:
    if any(scene.has(said, "familiar") for said in moment.before):
        return None
    turn = moment.turn
    hits = _certain(scene, turn)
    if not hits:
        return None
    thou = [hit for hit in hits if _says_thou(turn, hit)]
    since = turn.end_s - scene.bound("wrong_register.slang_window_s")
    nearby = hits + [
        hit
        for earlier in scene.moments[max(0, moment.place - 4) : moment.place]
        for hit in _certain(scene, earlier.turn)
        if hit.start_s >= since
    ]
    limit = scene.bound("wrong_register.slang_count")
    if not thou and len(nearby) < limit:
        return None
    strength = 0.35 + 0.2 * clamp(len(hits) / 3) + 0.1 * (len(hits) > 1)
    first = (thou or hits)[0]
    return _candidate(
        turn,
        first,
        strength,
        "familiar",
        count=len(hits) if thou else len(nearby),
        bound=1.0 if thou else limit,
        severity=3 if thou else 2,
    )


def _says_thou(turn: Turn, hit: Hit) -> bool:
    """Whether the hit is in the second person singular; "écoute" only without a subject before it."""
    if hit.phrase.startswith(_LISTEN):
        before = [token for word in turn.words[: hit.first] for token in tokens(word.word)]
        return not before or before[-1] not in _SUBJECTS
    return f"{hit.phrase} ".startswith(_THOU)


def _certain(scene: Scene, turn: Turn) -> list[Hit]:
    """Familiar words that were surely said, to the listener and by the agent."""
    if scene.has(turn, "quoting"):
        return []
    sure = scene.bound("wrong_register.word_ratio")
    return [
        hit
        for hit in scene.hits(turn, "familiar")
        if hit.phrase not in _TAGS
        and min(word.probability for word in turn.words[hit.first : hit.last + 1]) >= sure
    ]


def _technical(scene: Scene, moment: Moment) -> Candidate | None:
    turn = moment.turn
    used = {hit.phrase for said in moment.before for hit in scene.hits(said, "jargon")}
    jargon = [hit for hit in scene.hits(turn, "jargon") if hit.phrase not in used]
    jargon = [hit for hit in jargon if not scene.is_campaign_word(hit.phrase)]
    words = scene.read(turn).text.split()
    long_share = sum(len(word) >= LONG_WORD for word in words) / max(len(words), 1)
    limit = scene.bound("wrong_register.jargon_count")
    dense = long_share > scene.bound("wrong_register.long_ratio") and words_in(turn) > MIN_WORDS
    if not jargon or (len(jargon) < limit and not dense):
        return None
    strength = 0.2 + 0.15 * clamp(len(jargon) / 4) + 1.5 * clamp(long_share, 0.0, 0.2)
    return _candidate(
        turn, jargon[0], strength, "technical", count=len(jargon), bound=limit, severity=2
    )


def _candidate(
    turn: Turn, hit: Hit, strength: float, variant: str, *, count: int, bound: float, severity: int
) -> Candidate:
    return Candidate(
        "D14",
        Cause.WRONG_REGISTER,
        turn.index,
        hit.start_s,
        turn.end_s,
        clamp(strength),
        (quote(turn, hit=hit), measure(variant, float(count), "count", bound, turn)),
        severity=severity,
        variant=variant,
        values={"words": hit.quote},
    )


DETECTOR = Detector("D14", Cause.WRONG_REGISTER, detect)
