"""Ids that a page makes itself, so that what is sent twice arrives once. Pure."""

from __future__ import annotations

import re

from callcoach.errors import InvalidInput

_PATTERN = re.compile(r"[0-9A-Za-z-]{8,36}")


def checked_client_id(client_id: str) -> str:
    """The id, when it can be one: 8 to 36 letters, digits and hyphens.

    >>> checked_client_id("3f2504e0-4f89-41d3-9a0c-0305e82c3301")
    '3f2504e0-4f89-41d3-9a0c-0305e82c3301'

    Raises:
        InvalidInput: it cannot.
    """
    if not _PATTERN.fullmatch(client_id):
        raise InvalidInput("This page is out of date. Reload it, then send again.")
    return client_id
