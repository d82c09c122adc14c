"""People named with @ in a text. Pure: who may be named is asked elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

#: An @ that begins a name: after nothing, a space or a mark, and before a letter. So addresses of
#: e-mail and hours (« @14h ») are none.
_AT = re.compile(r"(?<![\w.@])@(?=[^\W\d_])")
_WORD = re.compile(r"[\w'’-]+")


@dataclass(frozen=True, slots=True)
class Nameable:
    """Somebody who can be named: `login` tells two of one name apart."""

    user_id: int
    name: str
    login: str


def handles(people: Collection[Nameable]) -> Mapping[int, str]:
    """What is written after the @, for each person: the name, where that is only theirs.

    >>> handles([Nameable(1, "Miora A.", "miora"), Nameable(2, "Hanta", "h1"),
    ...          Nameable(3, "Hanta", "h2")])
    {1: 'Miora A.', 2: 'Hanta (h1)', 3: 'Hanta (h2)'}
    """
    same = Counter(_plain(person.name) for person in people)
    return {
        person.user_id: person.name
        if same[_plain(person.name)] == 1
        else f"{person.name} ({person.login})"
        for person in people
    }


@dataclass(frozen=True, slots=True)
class Named:
    """Who is named in a text; `unknown` is what follows an @ and is nobody's name."""

    user_ids: frozenset[int]
    unknown: tuple[str, ...]


def named_in(text: str, people: Collection[Nameable]) -> Named:
    """Read the names after each @ of a text; of names that begin alike, the longest counts."""
    known = sorted(
        ((_plain(handle), user_id) for user_id, handle in handles(people).items()),
        key=lambda item: -len(item[0]),
    )
    found: set[int] = set()
    unknown: list[str] = []
    plain = _plain(text)
    for match in _AT.finditer(plain):
        rest = plain[match.end() :]
        user_id = next((one for handle, one in known if _begins(rest, handle)), None)
        if user_id is not None:
            found.add(user_id)
        else:
            word = _WORD.match(text[match.end() :])
            unknown.append(word[0] if word else "")
    return Named(frozenset(found), tuple(unknown))


def _begins(text: str, handle: str) -> bool:
    """A name ends where its word does; its own full stop (« Miora A. ») may be left out."""
    for name in (handle, handle.rstrip(".")):
        if name and text.startswith(name):
            after = text[len(name) : len(name) + 1]
            return name.endswith((".", ")")) or not (after.isalnum() or after == "_")
    return False


def _plain(text: str) -> str:
    """As names are compared; as long as `text`, so that places in one are places in the other."""
    return "".join(
        "'" if sign == "’" else lower if len(lower := sign.lower()) == 1 else sign for sign in text
    )
