"""The statements that something sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

from callcoach.extensions import db


@contextmanager
def counting(app: Flask) -> Iterator[list[str]]:
    """The statements sent to the database inside."""
    sent: list[str] = []

    def _note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", _note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", _note)
