"""What is listened for: packaged phrases by subject, and what a campaign watches itself.

The phrases are data files, French and English. Names of competitors come from the campaign alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from callcoach.analysis.expressions import Pattern, read_phrase
from callcoach.errors import N_
from callcoach.field_reports.models import Signal, Watched

LANGUAGES = ("fr", "en")

#: Subjects that come with the product, by signal, as message ids.
SUBJECTS: Mapping[Signal, Mapping[str, str]] = {
    Signal.OBJECTION: {
        "has_supplier": N_("“We already have a supplier”"),
        "no_need": N_("“We do not need it”"),
        "no_interest": N_("“Not interested”"),
        "no_time": N_("“No time”"),
        "too_dear": N_("“Too dear, no budget”"),
        "not_the_decider": N_("“I do not decide”"),
        "send_a_mail": N_("“Send me an e-mail”"),
        "call_later": N_("“Call later”"),
        "bad_experience": N_("“We were disappointed before”"),
        "dislikes_calls": N_("“No cold calls”"),
    },
    Signal.ALREADY_CALLED: {
        "by_us": N_("“You called me already”"),
        "by_many": N_("“Everybody calls me”"),
    },
    Signal.PRIORITY: {
        "e_invoicing": N_("Electronic invoicing"),
        "hiring": N_("Hiring"),
        "cash": N_("Cash and unpaid invoices"),
        "cost_cutting": N_("Cutting costs"),
        "new_software": N_("New software"),
        "security": N_("Cyber-security"),
        "energy": N_("Energy prices"),
        "reorganisation": N_("Reorganisation, takeover, move"),
        "closing_accounts": N_("Closing the accounts"),
    },
}


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that is listened for.

    Args:
        key: of `SUBJECTS`, or the label of what a campaign watches.
        is_own: the campaign's own, so that `key` is shown as it is.
    """

    signal: Signal
    key: str
    patterns: tuple[Pattern, ...]
    is_own: bool = False

    @property
    def message(self) -> str:
        """The message id of its name; its own name where the campaign gave one."""
        return self.key if self.is_own else SUBJECTS[self.signal][self.key]


@lru_cache(maxsize=len(LANGUAGES))
def packaged(language: str) -> tuple[Subject, ...]:
    """The subjects that come with the product, in a language; French where there is none."""
    name = language if language in LANGUAGES else LANGUAGES[0]
    text = files("callcoach.field_reports.data").joinpath(f"{name}.toml").read_text("utf-8")
    read = tomllib.loads(text)
    return tuple(
        Subject(signal, key, tuple(read_phrase(phrase, name) for phrase in read[signal][key]))
        for signal, subjects in SUBJECTS.items()
        for key in subjects
    )


def own(watched: Watched, language: str) -> Subject:
    """What a campaign watches, ready to be looked for."""
    spellings = (watched.label, *watched.spellings)
    return Subject(
        Signal(watched.signal),
        watched.label,
        tuple(read_phrase(spelling, language) for spelling in spellings),
        is_own=True,
    )
