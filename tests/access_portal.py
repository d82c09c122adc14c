"""Who sees what in the portal of the sponsors; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_row import Row

PORTAL: tuple[Row, ...] = ()
