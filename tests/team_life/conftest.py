"""One call of one agent, and the people of its team."""

from tests.coaching.conftest import desk, windows  # noqa: F401
