"""Who draws audits and judges their calls; rows of `tests.access_table`."""

from __future__ import annotations

from tests.access_row import Row

AUDITS: tuple[Row, ...] = ()
