"""Who reads minutes and decides; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_row import Row

DEBRIEF_OUTCOME: tuple[Row, ...] = ()
