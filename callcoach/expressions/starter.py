"""Expressions to begin with: packaged, offered one by one, never there by themselves."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from callcoach.analysis.text import fold, tokens
from callcoach.errors import NotFound
from callcoach.expressions.operations import Saying
from callcoach.script_library.models import Expression

#: Who hears it -> how the packaged set calls them, and words by which a campaign's persona is known.
_PERSONAS = {
    "finance": ("DAF", ("daf", "financ", "comptab", "cfo")),
    "head": (
        "Dirigeant",
        ("dirigeant", "gerant", "pdg", "patron", "directeur general", "ceo", "md"),
    ),
    "technical": ("Responsable technique", ("techni", "dsi", "informatique", "maintenance", "cto")),
}
_PERSONAS_EN = {"finance": "CFO", "head": "Managing director", "technical": "Technical manager"}


@dataclass(frozen=True, slots=True)
class Starter:
    """One proposal; `key` names it in an address."""

    key: str
    saying: Saying


@lru_cache(maxsize=4)
def _packaged(language: str) -> tuple[Starter, ...]:
    resource = files("callcoach.expressions") / "starter.toml"
    data = tomllib.loads(resource.read_text(encoding="utf-8"))
    return tuple(
        Starter(
            entry["key"],
            Saying(
                entry["kind"],
                entry["phrase"],
                dict(entry.get("hears", {})),
                entry.get("instead", ""),
            ),
        )
        for entry in data.get(language, data["fr"])
    )


def starters(
    language: str, personas: Iterable[str], known: Iterable[Expression]
) -> tuple[Starter, ...]:
    """Proposals that the campaign does not have yet, put for its own personas.

    Args:
        personas: names of the campaign's.
        known: its expressions.
    """
    names = _names(language, list(personas))
    had = {tokens(row.phrase) for row in known}
    return tuple(
        Starter(item.key, _named(item.saying, names))
        for item in _packaged(language)
        if tokens(item.saying.phrase) not in had
    )


def get_starter(language: str, personas: Iterable[str], key: str) -> Starter:
    """One proposal.

    Raises:
        NotFound: there is none of this name.
    """
    for item in starters(language, personas, ()):
        if item.key == key:
            return item
    raise NotFound("There is no such proposal.")


def _names(language: str, personas: list[str]) -> Mapping[str, str]:
    found = {"": ""}
    for key, (name, words) in _PERSONAS.items():
        own = next((p for p in personas if any(word in fold(p) for word in words)), "")
        found[key] = own or (_PERSONAS_EN[key] if language == "en" else name)
    return found


def _named(saying: Saying, names: Mapping[str, str]) -> Saying:
    hears = {names.get(key, key): text for key, text in saying.hears.items()}
    return Saying(saying.kind, saying.phrase, hears, saying.instead)
