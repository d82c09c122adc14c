"""The situations of a cold call in the floor's own words: a closed list, so that a library can be
searched and a set put together.
"""

from __future__ import annotations

import re

from callcoach.analysis.text import fold
from callcoach.errors import N_

#: value -> how it is said.
SITUATIONS: dict[str, str] = {
    "opening": N_("The first ten seconds"),
    "gatekeeper": N_("Getting past the gatekeeper"),
    "what_is_it": N_("“What is it about?”"),
    "not_interested": N_("“I’m not interested”"),
    "no_time": N_("“I don’t have time”"),
    "send_mail": N_("“Send me an e-mail”"),
    "has_provider": N_("“We already have a provider”"),
    "price": N_("“It’s too expensive”"),
    "not_me": N_("“I’m not the right person”"),
    "call_back": N_("“Call me back later”"),
    "hesitation": N_("The prospect hesitates"),
    "interest": N_("The prospect shows interest"),
    "silence": N_("Nobody says anything"),
    "discovery": N_("Asking questions"),
    "closing": N_("Agreeing on the next step"),
    "annoyed": N_("The prospect is short with you"),
}

#: What a prospect says in some of them, folded; French and English. A proposal that a person
#: corrects, so few and sure. Order decides where two fit.
_SAID = (
    ("what_is_it", r"c est a quel sujet|c est pour quoi|c est de la part|what is it about"),
    ("not_me", r"pas moi qui|pas la bonne personne|not the right person"),
    (
        "price",
        r"\btrop cher|\bcombien (ca|cela) coute|\bquel prix|\bbudget\b|too expensive|how much",
    ),
    (
        "send_mail",
        r"(envoyez|envoyer|ecrivez).{0,20}\b(mail|e mail|documentation|doc)\b|send me an? e? ?mail",
    ),
    (
        "has_provider",
        (
            r"\bdeja\b.{0,25}\b(outil|prestataire|fournisseur|logiciel|quelqu un|solution|equipes?)\b"
            r"|on est equipes?|already have"
        ),
    ),
    ("no_time", r"pas le temps|en reunion|no time|don t have time"),
    ("call_back", r"rappele[zr]|call (me )?back"),
    ("not_interested", r"pas interesse|interesse pas|ca ne m interesse|not interested"),
    ("hesitation", r"\bje ne sais pas|\bfaut voir|\bfaut que je (voie|reflechisse)|not sure"),
)


def guess_situation(prospect_text: str, *, is_first: bool = False) -> str:
    """The situation that the prospect's words speak of; "" when none is sure.

    Args:
        is_first: nothing was said by the prospect before.

    >>> guess_situation("On a déjà un prestataire, merci."), guess_situation("Oui.")
    ('has_provider', '')
    """
    folded = fold(prospect_text)
    for situation, pattern in _SAID:
        if re.search(pattern, folded):
            return situation
    return "opening" if is_first else ""
