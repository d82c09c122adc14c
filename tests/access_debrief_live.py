"""Who runs and attends debriefs; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_row import Row

DEBRIEF_LIVE: tuple[Row, ...] = ()
