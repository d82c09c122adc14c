"""Who prepares debriefs and their agenda; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_row import Row

DEBRIEFS: tuple[Row, ...] = ()
