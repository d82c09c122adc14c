"""The desk's call and people, with drills on the call's objection."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from callcoach.drills.models import Assignment, Drill
from callcoach.extensions import db
from tests.coaching.conftest import (  # noqa: F401
    Desk,
    audible,
    desk,
    transcriber,
    windows,
)
from tests.factories.drills import create_drill, give


@dataclass(frozen=True)
class Given:
    """Ids of a drill and of what Hanta was given of it."""

    drill_id: int
    assignment_id: int

    @property
    def drill(self) -> Drill:
        return db.session.get_one(Drill, self.drill_id, populate_existing=True)

    @property
    def assignment(self) -> Assignment:
        return db.session.get_one(Assignment, self.assignment_id, populate_existing=True)


def given_drill(desk: Desk, kind: str = "reformulate") -> Given:  # noqa: F811 - the fixture
    """A drill on the desk's call, given by Claire to Hanta."""
    drill = create_drill(desk.call, desk.user("claire"), kind)
    return Given(drill.id, give(desk.user("agent"), drill, desk.user("claire")).id)


@pytest.fixture
def given(app: Flask, desk: Desk) -> Given:  # noqa: F811
    with app.app_context():
        return given_drill(desk)
