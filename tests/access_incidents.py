"""Who hears of incidents and deals with them; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_row import Row

INCIDENTS: tuple[Row, ...] = ()
