"""Who redacts calls and releases them; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_row import Row

PRIVACY: tuple[Row, ...] = ()
