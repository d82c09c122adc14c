"""The looks in which pages are examined: light and dark, on a laptop and on a phone.

Each theme and each size once; all four combinations where ``CALLCOACH_TEST_ALL_LOOKS`` is set.
"""

from __future__ import annotations

import os

import pytest

_LOOKS = [
    pytest.param("light", False, id="laptop-light"),
    pytest.param("dark", True, id="phone-dark"),
    pytest.param("light", True, id="phone-light"),
    pytest.param("dark", False, id="laptop-dark"),
]

#: Parameters `scheme` and `phone`.
every_look = pytest.mark.parametrize(
    ("scheme", "phone"), _LOOKS if os.environ.get("CALLCOACH_TEST_ALL_LOOKS") else _LOOKS[:2]
)
