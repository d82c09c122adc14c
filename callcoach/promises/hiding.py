"""Where the machine's proposals of a call must not be seen yet: people judge first.

Rooms above register who says so; one of them is enough. Asked again whenever a proposal would show.
"""

from __future__ import annotations

from collections.abc import Callable

from callcoach.extensions import Registry

#: Whether the proposals of a call are hidden, given its number.
Hider = Callable[[int], bool]

_hiders: Registry[Hider] = Registry()

#: Registers a predicate, as a decorator.
hides = _hiders.add


def is_hidden(call_id: int) -> bool:
    """Whether some room hides what the machine proposes of this call."""
    return any(hider(call_id) for hider in _hiders)
