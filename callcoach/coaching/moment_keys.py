"""Names of moments for those who do not see every flag. Pure."""

from __future__ import annotations

from typing import Protocol


class Placed(Protocol):
    """What a name is made of."""

    @property
    def channel(self) -> int: ...

    @property
    def start_ms(self) -> int: ...

    @property
    def end_ms(self) -> int: ...

    @property
    def cause(self) -> str: ...


def place_key(moment: Placed) -> str:
    """A name that says nothing of what is hidden: numbers of flags and verdicts have gaps where
    there are others.
    """
    return f"m{moment.channel}-{moment.start_ms}-{moment.end_ms}-{moment.cause}"
