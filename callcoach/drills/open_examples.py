"""Spoken examples that were recorded for everybody who calls for a campaign, and not for one agent.

They are kept by a room above, which registers how to ask for them here.
"""

from __future__ import annotations

from collections.abc import Callable

#: id of a file -> whether it was recorded for everybody of its campaign.
OpenExamples = Callable[[int], bool]

_sources: list[OpenExamples] = []


def on_example_asked(source: OpenExamples) -> OpenExamples:
    """Register whose examples are open, as a decorator; once, however often its module is imported."""
    if source not in _sources:
        _sources.append(source)
    return source


def is_open_example(file_id: int) -> bool:
    """Whether whoever has a drill to do hears this example of it."""
    return any(source(file_id) for source in _sources)
