"""Words with their forms: what counts as the same word in French and English conversation.

Elision, agreement, conjugation, the address (tu or vous), numbers in letters and what speech drops
("ne") are folded away, each as a form that two words may share. Lemmas come from simplemma's
dictionaries; no network, no model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from callcoach.analysis.text import STOPWORDS, fold

#: What elision leaves of a word, and the word.
_ELIDED = {
    "j": "je",
    "d": "de",
    "l": "le",
    "n": "ne",
    "s": "se",
    "m": "me",
    "t": "te",
    "c": "ce",
    "qu": "que",
    "jusqu": "jusque",
    "lorsqu": "lorsque",
    "puisqu": "puisque",
    "quoiqu": "quoique",
    "quelqu": "quelque",
}
#: English contractions, folded: the apostrophe is a space by then.
_CONTRACTED = {
    "m": ("am",),
    "re": ("are",),
    "ve": ("have",),
    "ll": ("will",),
    "don": ("do",),
    "doesn": ("does",),
    "didn": ("did",),
    "isn": ("is",),
    "aren": ("are",),
    "wasn": ("was",),
    "wouldn": ("would",),
    "couldn": ("could",),
    "won": ("will",),
    "can": ("can",),
    "cannot": ("can", "not"),
}
#: Written together, apart or short.
_WRITTEN = {
    "rdv": ("rendez", "vous"),
    "rendezvous": ("rendez", "vous"),
    "email": ("mail",),
    "emails": ("mail",),
    "%": ("pour", "cent"),
    "pourcent": ("pour", "cent"),
    "pourcents": ("pour", "cent"),
}
#: Words that stand for each other whoever speaks: number, gender, address. The first names the class.
_CLASSES_FR = (
    "je on nous me moi",
    "vous tu te toi",
    "notre nos mon ma mes",
    "votre vos ton ta tes",
    "le la les un une des du",
    "ce ca cela se",
    "ce cet cette ces",
    "de des du",
    "etre suis es est sommes etes sont etais etait etions etiez etaient sera seront serait soit",
    "avoir ai as a avons avez ont avais avait avions aviez avaient aura auront aurait",
    "aller vais vas va allons allez vont ira iront irait",
    "pouvoir peux peut pouvons pouvez peuvent pourrais pourrait pourriez pourra",
    "vouloir veux veut voulons voulez veulent voudrais voudrait voudriez",
    "faire fais fait faisons faites font ferai fera feront ferait",
)
_CLASSES_EN = ("i we me us", "my our", "the a an", "be am is are was were", "have has had")
_NUMBERS = {
    word: str(value)
    for value, word in enumerate(
        "zero - deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze".split()  # noqa: SIM905 - a word list reads better so
    )
} | {
    "seize": "16",
    "vingt": "20",
    "trente": "30",
    "quarante": "40",
    "cinquante": "50",
    "soixante": "60",
    "cent": "100",
}
_NUMBERS_EN = {
    word: str(value)
    for value, word in enumerate(
        "zero - two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905 - so too
    )
} | {"twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "hundred": "100"}
#: Words that deny what stands beside them.
NEGATIONS = {
    "fr": frozenset({"pas", "jamais", "rien", "aucun", "aucune", "sans", "ni", "nullement"}),
    "en": frozenset({"not", "never", "no", "without", "nothing", "none", "nor"}),
}
#: Words that may slip into a set phrase without making another one of it, beside grammar words.
_SMALL = frozenset(
    """petit petite petits petites simplement juste vraiment rapide rapidement tranquillement vite
    gentiment eventuellement effectivement evidemment forcement directement absolument totalement
    entierement completement certainement normalement honnetement franchement surement bien plutot
    toujours tout toute maintenant aujourd hui monsieur madame hein voila quoi genre un peu
    really just simply quick quickly absolutely totally completely please actually maybe""".split()  # noqa: SIM905 - a word list reads better so
)
#: Of the recogniser's spelling: a sentence ends, or a clause does.
_SENTENCE_END, _CLAUSE_END = re.compile(r"[.!?…]+[»\"”)]*\s*$"), re.compile(r"[,;:]\s*$")
_TOKEN = re.compile(r"[^\W_]+|%")
#: Participles whose verb is found by another ending: (ending, of the infinitive).
_PARTICIPLES = (("é", "er"), ("i", "ir"), ("is", "ir"), ("u", "re"), ("u", "oir"))
#: Endings of verbs in -er and -ir, folded, longest first; least letters that stay before one.
_ENDINGS = (
    *("issaient", "issons", "issent", "issait", "issez", "eraient", "erions"),
    *("aient", "erons", "erait", "erais", "eront", "erez", "erai", "era", "ent"),
    *("ons", "ant", "ais", "ait", "ees", "er", "ez", "ir", "is", "it", "es", "ee", "e", "i"),
)
_LEAST_STEM = 4
#: Longest word that is looked up.
_MAX_LETTERS = 40


@dataclass(frozen=True, slots=True)
class Token:
    """One word as it is compared.

    Args:
        text: folded, elision undone.
        forms: everything that it counts as, `text` included.
        word: index of the word that it stands in.
        is_verb: an inflected verb, as far as its spelling tells.
        after_ne: "ne" stood before it and was dropped.
        ends_clause, ends_sentence: by the punctuation after it.
    """

    text: str
    forms: frozenset[str]
    word: int = 0
    is_verb: bool = False
    after_ne: bool = False
    ends_clause: bool = False
    ends_sentence: bool = False

    @property
    def is_small(self) -> bool:
        """Whether it may stand inside a set phrase that does not have it."""
        return (
            self.text in STOPWORDS
            or self.text in _SMALL
            or len(self.text) <= 2
            or (self.text.endswith("ment") and len(self.text) > 6)
        )


def tokenise(words: Iterable[str], language: str = "fr") -> tuple[Token, ...]:
    """The words' tokens, without what speech drops ("ne", the "il" of "il faut" and "il y a"); an
    unknown language reads as French.

    >>> [token.text for token in tokenise(["Je", " n'ai", " pas", " le", " temps."])]
    ['je', 'ai', 'pas', 'le', 'temps']
    >>> [token.text for token in tokenise(["qu’il", " y", " a"])]
    ['que', 'y', 'a']
    """
    found: list[Token] = []
    had_ne = False
    for index, word in enumerate(words):
        pieces = _pieces(word, language)
        for piece in pieces:
            if piece == "ne" and language != "en":
                had_ne = True
                continue
            if piece in ("faut", "y") and found and found[-1].text == "il":
                found.pop()
            token = _token(piece, language)
            found.append(replace(token, word=index, after_ne=had_ne))
            had_ne = False
        # a mark that stands alone, as French puts it, ends what was said before it
        if found and (not pieces or found[-1].word == index):
            if _SENTENCE_END.search(word):
                found[-1] = replace(found[-1], ends_sentence=True, ends_clause=True)
            elif _CLAUSE_END.search(word):
                found[-1] = replace(found[-1], ends_clause=True)
    return tuple(found)


@lru_cache(maxsize=8192)
def _pieces(word: str, language: str) -> tuple[str, ...]:
    """Lower-case pieces with their accents, elision and contraction undone."""
    text = unicodedata.normalize("NFC", word.lower())
    parts = _TOKEN.findall(text)
    elides = any(mark in text for mark in "'’ʼ")
    if len(parts) > 1 and parts[0] == "e" and parts[1].startswith("mail"):
        parts = parts[1:]
    pieces: list[str] = []
    for place, part in enumerate(parts):
        if language == "en":
            if part == "t" and place and elides:
                pieces.append("not")
            else:
                known = _CONTRACTED if elides or part == "cannot" else _WRITTEN
                pieces += known.get(part, (part,))
        elif part in _ELIDED:
            pieces.append(_ELIDED[part])
        else:
            pieces += _WRITTEN.get(part, (part,))
    return tuple(pieces)


def _classes(language: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _CLASSES_EN if language == "en" else _CLASSES_FR:
        words = line.split()
        for word in words:
            found.setdefault(word, set()).add(f"={words[0]}:{len(words)}")
    return {word: frozenset(names) for word, names in found.items()}


_CLASS_OF = {"fr": _classes("fr"), "en": _classes("en")}
_NUMBER_OF = {"fr": _NUMBERS, "en": _NUMBERS_EN}
#: Verbs that the dictionary does not give away by their ending.
_AUXILIARIES = frozenset(word for line in _CLASSES_FR[-6:] for word in line.split())


@lru_cache(maxsize=16384)
def _token(piece: str, language: str) -> Token:
    known = language if language in _CLASS_OF else "fr"
    text = fold(piece) or piece
    forms = {text, *_CLASS_OF[known].get(text, ())}
    if number := _NUMBER_OF[known].get(text):
        forms.add(number)
    is_verb = known == "fr" and text in _AUXILIARIES
    if text not in STOPWORDS and len(text) > 2 and not text.isdigit():
        lemmas = _lemmas(piece[:_MAX_LETTERS], known)
        forms |= {fold(lemma) for lemma in lemmas}
        is_verb = is_verb or any(
            lemma != piece and lemma.endswith(("er", "ir", "re")) for lemma in lemmas
        )
        if known == "fr":
            forms |= _stems(text, lemmas)
    return Token(text, frozenset(forms), is_verb=is_verb)


def _lemmas(piece: str, language: str) -> frozenset[str]:
    """Dictionary forms of a word; its verb too where it may be a participle."""
    import simplemma  # 0.3 s: only where phrases are matched

    lemma = str(simplemma.lemmatize(piece, lang=language))
    if language != "fr":
        return frozenset({lemma})
    verbs = (
        lemma.removesuffix(ending) + infinitive
        for ending, infinitive in _PARTICIPLES
        if lemma.endswith(ending)
    )
    return frozenset({lemma, *(verb for verb in verbs if simplemma.is_known(verb, lang="fr"))})


def _stems(text: str, lemmas: frozenset[str]) -> set[str]:
    """What is left of a verb without its ending, marked by "~": a word whose accents were lost is in
    no dictionary ("interesse"), and meets its verb by this.
    """
    import simplemma

    verbs = [fold(lemma) for lemma in lemmas if lemma.endswith(("er", "ir"))]
    stems = {f"~{verb[:-2]}" for verb in verbs if len(verb) > 2 + _LEAST_STEM}
    if not verbs and not simplemma.is_known(text, lang="fr"):
        for ending in _ENDINGS:
            if text.endswith(ending) and len(text) >= len(ending) + _LEAST_STEM:
                stems.add(f"~{text.removesuffix(ending)}")
                break
    return stems
