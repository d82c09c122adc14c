"""What a campaign's phrase may be: names of lists and intents, and what a text must look like."""

from __future__ import annotations

import unicodedata

from callcoach.analysis.intents import load_intents
from callcoach.analysis.lexicon import list_names, read_lexicon
from callcoach.analysis.model import Cause, Speaker
from callcoach.analysis.text import tokens
from callcoach.analysis.tuning import MAX_PHRASE
from callcoach.errors import InvalidInput
from callcoach.tuning.models import PhraseRole

#: What a pattern of the packaged lists begins with. People give words, never patterns: the engine
#: reads a campaign's phrase as words, and one bad pattern could hold up every analysis.
_PATTERN = "re:"


def intents(language: str, speaker: Speaker | str | None = None) -> tuple[str, ...]:
    """What sentences can be given for: the phrase lists that intents of the engine stand for, all
    or those of one speaker.
    """
    found = (
        intent.list_name
        for intent in load_intents(language).values()
        if speaker is None or intent.speaker == speaker
    )
    return tuple(dict.fromkeys(name for name in found if name))


def packaged_phrases(list_name: str, language: str) -> tuple[str, ...]:
    """The phrases of a list of the engine as written, patterns among them.

    Raises:
        InvalidInput: no list that a campaign may edit has this name.
    """
    if list_name not in list_names(language):
        raise InvalidInput("There is no phrase list of this name.", list_name=list_name)
    entry = read_lexicon(language)[list_name]
    return tuple(dict.fromkeys([*entry.get("phrases", ()), *entry.get("general", ())]))


def same_words(text: str) -> str:
    """What two phrases share that the engine reads alike: folded words.

    >>> same_words("Zéro  risque !") == same_words("zero risque")
    True
    """
    return " ".join(tokens(text))


def checked_text(text: str) -> str:
    """`text` on one line, without what cannot be seen.

    Raises:
        InvalidInput: it holds no word, is too long, or is a pattern.
    """
    seen = "".join(letter for letter in text if letter.isprintable() or letter.isspace())
    text = " ".join(unicodedata.normalize("NFC", seen).split())
    if len(text) > MAX_PHRASE:
        raise InvalidInput("A phrase has at most %(limit)s characters.", limit=MAX_PHRASE)
    if text.startswith(_PATTERN):
        raise InvalidInput("Write the words that are said, not a pattern.")
    if not same_words(text):
        raise InvalidInput("Write the words that are said.")
    return text


def checked_list(role: PhraseRole, list_name: str, language: str) -> str:
    """The list or intent that a phrase of this role belongs to; "" for a background sentence.

    Raises:
        InvalidInput: there is none of this name.
    """
    if role is PhraseRole.BACKGROUND:
        return ""
    if role is PhraseRole.PROTOTYPE:
        if list_name not in intents(language):
            raise InvalidInput("There is no intent of this name.", list_name=list_name)
        return list_name
    packaged_phrases(list_name, language)
    return list_name


def checked_kind(detector: str, cause: Cause | str) -> tuple[str, str]:
    """A kind of flag.

    Raises:
        InvalidInput: the detector's name is empty or too long, or there is no such cause.
    """
    try:
        found = Cause(cause)
    except ValueError:
        raise InvalidInput("There is no such kind of flag.", cause=cause) from None
    if not detector or len(detector) > 40 or "/" in detector:
        raise InvalidInput("There is no such kind of flag.", detector=detector)
    return detector, found.value
