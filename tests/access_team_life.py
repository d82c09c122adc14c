"""Who reads and changes a team's page; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_row import Row

TEAM_LIFE: tuple[Row, ...] = ()
