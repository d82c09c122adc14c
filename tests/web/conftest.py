"""An application as strict as in production, and pages made to fail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from callcoach.app import create_app
from callcoach.config import Settings
from callcoach.errors import NotAllowed, NotFound, RecordingRejected, StaleVersion
from callcoach.extensions import _write_intent, db, limiter
from callcoach.web.gate import lock_late, public


@pytest.fixture
def strict_app(app: Flask, settings: Settings) -> Iterator[Flask]:
    """Like `app` and on its database, with CSRF, rate limits and error pages on."""
    strict = create_app(settings, RATELIMIT_ENABLED=True)
    limiter.reset()

    @strict.get("/made/boom")
    @public
    def boom():
        raise RuntimeError("made to fail")

    @strict.get("/made/missing")
    @public
    def missing():
        raise NotFound("This call does not exist.")

    @strict.get("/made/forbidden")
    @public
    def forbidden():
        raise NotAllowed("Only %(role)s may do this.", role="<b>admins</b>")

    @strict.get("/made/stale")
    @public
    def stale():
        raise StaleVersion("Saved in between.", theirs="their <i>text</i>", yours="my text")

    @strict.get("/made/rejected")
    @public
    def rejected():
        raise RecordingRejected("silent", "This recording is silent.")

    @strict.get("/made/intent")
    @public
    def reading():
        return str(_write_intent.get())

    @strict.post("/made/intent")
    @public
    def writing():
        return str(_write_intent.get())

    @strict.post("/made/late")
    @public
    @lock_late
    def late():
        return str(_write_intent.get())

    yield strict
    with strict.app_context():
        db.engine.dispose()


@pytest.fixture
def stranger(strict_app: Flask):
    """A stranger's browser on the strict application."""
    return strict_app.test_client()
