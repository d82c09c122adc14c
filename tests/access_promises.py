"""Who proposes, approves and reads promises; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_row import Row

PROMISES: tuple[Row, ...] = ()
