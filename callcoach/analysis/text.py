"""Words as the detectors see them: folded, tokenised, counted in orthographic syllables.

Pure functions on strings. Recognised telephone French carries 25 to 30 % word errors, so nothing
here depends on an exact spelling: accents, case, apostrophes and punctuation are folded away.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TOKEN = re.compile(r"[a-z0-9]+(?:%)?")
_VOWELS = re.compile(r"[aeiouy]+")
_QUESTION_END = re.compile(r"\?\s*[»\"”]?\s*$")

#: Words that carry grammar rather than content; kept short on purpose (folded spelling).
STOPWORDS = frozenset(
    """a ah ai ainsi alors apres au aussi autre aux avant avec avez avoir avons bah beaucoup ben bien
    bon bonjour c ca car ce cela ces cet cette ceux chez ci comme comment d dans de des dire dit donc
    du elle elles en encore enfin entre es est et etait ete etes etre eu euh eux fait faire fais faut
    hein hum ici il ils j jamais je jour juste l la le les leur leurs lui m ma madame mais me meme mes
    mieux moi moins mon monsieur n ne ni non nos notre nous on ont ou oui par parce pas peu peut peux
    plus plutot pour pourquoi pouvez pas quand que quel quelle quelles quels quelque qui quoi qu s sa
    sais sans se sera serait ses si son sont sous suis sur t ta te tes toi ton tous tout toute toutes
    tres trop tu un une va vais vers veut veux voila vos votre vous vraiment vu y
    the a an and or of to in on for is are was were be i you he she it we they my your our their this
    that not no yes so but if with at as do does did have has had can could would will""".split()  # noqa: SIM905 - a word list reads better so
)

#: Numbers in letters, folded; "un" and "one" are articles and pronouns more often.
_NUMBERS = frozenset(
    """zero deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt
    trente quarante cinquante soixante septante octante nonante cent cents mille virgule
    two three four five seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand""".split()  # noqa: SIM905 - a word list reads better so
)

#: Turn endings that only seek assent and are not questions to answer.
_TAGS = frozenset(
    {"hein", "non", "d accord", "vous voyez", "tu vois", "quoi", "ok", "n est ce pas"}
)

_QUESTION_STARTS = (
    "est ce que",
    "qu est ce",
    "combien",
    "comment",
    "pourquoi",
    "quel",
    "quelle",
    "quels",
    "quelles",
    "a quel",
    "a quelle",
    "avez vous",
    "etes vous",
    "pouvez vous",
    "voulez vous",
    "disposez vous",
    "seriez vous",
    "auriez vous",
    "souhaitez vous",
)

#: Unmistakable anywhere in a sentence; recognition often loses the question mark.
_QUESTION_INSIDE = re.compile(
    r"\b(qu est ce qu|est ce que (vous|ca|c|je|on|il|elle)|c est quoi|ca se passe comment|ca donne quoi|"
    r"vous etes combien|vous en etes ou|vous faites comment|ca vous (irait|va|dirait)|c est combien|"
    r"how (much|many|long)|do you|would you|could you)\b"
)
#: Interrogative words that end a sentence without its mark ("ça coûte combien").
_QUESTION_LAST = re.compile(
    r"\b(comment|combien|quand|lequel|laquelle|a qui|c est qui|pour qui|et vous)$"
)


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Lower case, no accents, apostrophes and hyphens as spaces, single spaces.

    >>> fold("Qu’est-ce que ça VOUS coûte ?")
    'qu est ce que ca vous coute ?'
    """
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("æ", "ae"))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return re.sub(r"\s+", " ", re.sub(r"['’ʼ‐‑–—-]", " ", plain)).strip()


@lru_cache(maxsize=8192)
def tokens(text: str) -> tuple[str, ...]:
    """Folded words and numbers, without punctuation.

    >>> tokens("C’est 100 % sûr, non ?")
    ('c', 'est', '100', 'sur', 'non')
    """
    return tuple(_TOKEN.findall(fold(text)))


def content_words(text: str) -> frozenset[str]:
    """Stems of words that carry content: no grammar word, four letters at least, cut at six.

    Cutting at six letters stands in for lemmas: it joins "facture" and "factures", "ressaisit"
    and "ressaisir", and forgives an ending that the recogniser got wrong.

    >>> sorted(content_words("Les factures que vous ressaisissez"))
    ['factur', 'ressai']
    """
    return frozenset(
        word[:6]
        for word in tokens(text)
        if word not in STOPWORDS and (len(word) >= 4 or word.isdigit())
    )


def word_count(text: str) -> int:
    """Number of words, an elided article counting for one.

    >>> word_count("L’an dernier, oui.")
    4
    """
    return len(tokens(text))


def number_share(text: str) -> float:
    """Share of the words of `text` that are numbers, in digits or in letters; 0 without words.

    >>> number_share("le zéro six, douze")
    0.75
    """
    words = tokens(text)
    return sum(word in _NUMBERS or word[0].isdigit() for word in words) / max(len(words), 1)


#: A word that begins with a capital letter and goes on in small ones, as names are recognised.
_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+")
#: Written with a capital, and no name.
_TITLES = frozenset("monsieur madame mademoiselle messieurs mesdames mr mrs ms miss".split())  # noqa: SIM905


def named(text: str) -> int:
    """Numbers and names in `text`, those in a row counted once ("vingt-deux", "Lucie Morel").

    A capital at the start of a sentence makes no name, nor does a title.

    >>> named("Voyez Paul Garnier, le 06 12, ou Lille.")
    3
    >>> named("Bonjour madame. Oui ?")
    0
    """
    count = 0
    for sentence in sentences(text):
        last = ""
        for place, word in enumerate(re.split(r"[\s'’-]+", sentence)):
            plain = fold(word).strip('.,;:!?…«»"()')
            kind = ""
            if plain in _NUMBERS or plain[:1].isdigit():
                kind = "number"
            elif place and _NAME.match(word) and plain not in _TITLES and plain not in STOPWORDS:
                kind = "name"
            count += bool(kind) and kind != last
            last = kind if not word.endswith((",", ";", ":")) else ""
    return count


def count_syllables(text: str) -> int:
    """Orthographic syllables: groups of vowels, a mute final e aside, at least one a word.

    Against the syllables of the Rhapsodie corpus in windows of 10 s this kind of counter
    correlates at 0.93 with an error of 7 % (TIPPING.md §2), so a change under 12 % is noise.

    >>> count_syllables("la clôture mensuelle")
    5
    >>> count_syllables("")
    0
    """
    total = 0
    for word in tokens(text):
        if word.isdigit():
            total += 2 * len(word)  # a spoken digit and its rank: about two syllables
            continue
        groups = len(_VOWELS.findall(word))
        if groups > 1 and re.search(r"[^aeiouy](e|es|ent)$", word):
            groups -= 1
        total += max(1, groups) if len(word) > 1 or word in "ay" else 0
    return total


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[str, ...]:
    """Sentences with their closing mark; text without any mark is one sentence.

    >>> sentences("Neuf, dix jours. Et vous ? Oui…")
    ('Neuf, dix jours.', 'Et vous ?', 'Oui…')
    """
    parts = re.findall(r"[^.!?…]+[.!?…]*\s*", text)
    return tuple(part.strip() for part in parts if tokens(part))


def is_question(sentence: str) -> bool:
    """Whether one sentence asks something; bare tags such as "hein ?" do not count.

    The recogniser's question mark is trusted; without it, only unmistakable openings count.

    >>> is_question("Elle dure combien de jours ?"), is_question("D’accord ?")
    (True, False)
    >>> is_question("Est-ce que ça vous parle")
    True
    """
    folded = " ".join(tokens(sentence))
    if not folded or folded in _TAGS:
        return False
    return bool(
        _QUESTION_END.search(sentence)
        or folded.startswith(_QUESTION_STARTS)
        or _QUESTION_INSIDE.search(folded)
        or _QUESTION_LAST.search(folded)
    )


def questions(text: str) -> tuple[str, ...]:
    """The sentences of `text` that ask something."""
    return tuple(sentence for sentence in sentences(text) if is_question(sentence))


def overlap(first: str, second: str) -> float:
    """Share of the content words of `first` found again in `second`, in [0, 1]; 0 without any.

    >>> overlap("les factures non parvenues", "les factures, toujours")
    0.5
    """
    wanted = content_words(first)
    return len(wanted & content_words(second)) / len(wanted) if wanted else 0.0
