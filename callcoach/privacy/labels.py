"""How what is struck out is called on pages."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from callcoach.analysis.redaction import Sensitive
from callcoach.privacy.spans import OTHER, UNHEARD

#: By kind, in the order in which they are offered; what is not heard is no choice.
KIND_LABELS: Mapping[str, LazyString] = {
    Sensitive.NAME.value: _l("Name"),
    Sensitive.PHONE.value: _l("Telephone"),
    Sensitive.EMAIL.value: _l("E-mail"),
    Sensitive.ADDRESS.value: _l("Address"),
    Sensitive.IBAN.value: _l("Bank account"),
    Sensitive.CARD.value: _l("Card"),
    Sensitive.NUMBER.value: _l("Other number"),
    OTHER: _l("Other"),
    UNHEARD: _l("Voice without words"),
}
#: What a person may strike something as; the place in it is its key.
CHOICES = tuple(kind for kind in KIND_LABELS if kind != UNHEARD)


def kind_label(kind: str) -> str:
    """One kind, as pages say it."""
    return str(KIND_LABELS.get(kind, kind))
