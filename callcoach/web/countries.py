"""Countries, by ISO 3166 code, as people read them."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from flask_babel import get_locale

#: Two letters of Babel's that name no country: unions, test regions, "unknown".
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
#: Called first of all, or called from: offered before the others.
_USUAL = ("FR", "BE", "CH", "LU", "CA", "GB", "DE")


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    """All codes, ``FR``."""
    codes = map(str, Locale("en").territories)
    return frozenset(
        code for code in codes if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    )


def country_choices() -> list[tuple[str, str]]:
    """Code and name in the reader's language: the usual ones first, then by name."""
    names = [(code, country_name(code)) for code in country_codes()]
    names.sort(key=lambda item: (item[0] not in _USUAL, *_place(item)))
    return names


def country_name(code: str) -> str:
    """The name in the reader's language; the code itself when it names none, "" for ""."""
    locale = get_locale() or Locale("fr")
    return str(locale.territories.get(code, code))


def _place(item: tuple[str, str]) -> tuple[int, str]:
    code, name = item
    usual = _USUAL.index(code) if code in _USUAL else 0
    # « Égypte » stands at E
    return usual, name.translate(str.maketrans("ÉÎÅÔéî", "EIAOei")).casefold()
