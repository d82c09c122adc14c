"""Words by which `analysis.redaction` tells what is no name. Pure."""

from __future__ import annotations

import re

import simplemma

from callcoach.analysis.text import fold

#: Numbers as they are spoken.
UNITS = [
    "zéro",
    "zero",
    "un",
    "une",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "vingt",
    "vingts",
    "trente",
    "quarante",
    "cinquante",
    "soixante",
    "septante",
    "huitante",
    "octante",
    "nonante",
    "cent",
    "cents",
    "mille",
]
#: Languages whose words open a sentence without being a name.
LANGUAGES = ("fr", "en")

#: Whom one calls "monsieur le …".
OFFICES = frozenset(
    re.findall(
        r"\w+",
        "directeur directrice maire president presidente gerant gerante responsable docteur professeur "
        "comptable dirigeant dirigeante proviseur procureur juge notaire tresorier tresoriere patron",
    )
)
#: Capitalised words that name nobody: salutations, days, what every call says.
SAID_FIRST = frozenset(
    re.findall(
        r"\w+",
        "oui non ouais mouais nan euh ben allô allo très est là combien plutôt beaucoup "
        "pourquoi peut être jamais aïe qui quoi donc bref alors voilà tiens enfin bonne bon "
        "merci désolé okay super aujourd hui",
    )
)
#: Words that open a sentence before a name.
BEFORE_NAMES = frozenset(
    fold(word)
    for word in re.findall(
        r"\w+",
        "avec pour chez dans mais quand comme parce cette notre votre voici appelez appelle demandez "
        "passez dites sans selon contactez c'était madame monsieur garage",
    )
)
#: They never tell somebody, whatever their capital.
COMMON = frozenset(
    fold(word)
    for word in [
        "Bonjour",
        "Société",
        "Maître",
        "Docteur",
        "Service",
        "Services",
        "Bonsoir",
        "Allô",
        "Merci",
        "Monsieur",
        "Madame",
        "Mademoiselle",
        "Oui",
        "Non",
        "France",
        "Paris",
        "Europe",
        "Lundi",
        "Mardi",
        "Mercredi",
        "Jeudi",
        "Vendredi",
        "Samedi",
        "Dimanche",
        "Janvier",
        "Février",
        "Mars",
        "Avril",
        "Mai",
        "Juin",
        "Juillet",
        "Août",
        "Septembre",
        "Octobre",
        "Novembre",
        "Décembre",
        "Noël",
        "Excel",
        "Google",
        "Internet",
        "Teams",
        "Zoom",
        "LinkedIn",
        "TVA",
        "RH",
        "DAF",
        "PME",
        "TPE",
        "PDG",
        "DG",
        "SARL",
        "SAS",
        "SIRET",
        "RGPD",
        "CNIL",
        "Hello",
        "Good",
        "Yes",
        "No",
        "I",
        "Sir",
    ]
)


def is_word(word: str) -> bool:
    """Whether it is a word of French or English; the lemmatiser's lists lack adverbs, numbers and
    what one says on the telephone.
    """
    low = word.lower()
    if low in UNITS or low in SAID_FIRST or low.endswith("ment"):
        return True
    return any(simplemma.is_known(low, lang=language) for language in LANGUAGES)
