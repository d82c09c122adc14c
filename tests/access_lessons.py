"""Who reads and shares lessons; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_row import Row

LESSONS: tuple[Row, ...] = ()
