"""Who may do what with lines of the script, requests, examples and briefings; rows of
`tests.access_table`.
"""

from __future__ import annotations

from tests.access_row import Row

SCRIPT_FIT: tuple[Row, ...] = ()
