"""The desk's call and people."""

from tests.coaching.conftest import desk  # noqa: F401
