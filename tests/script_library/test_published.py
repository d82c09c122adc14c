"""A published version says for ever what was approved."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from callcoach.extensions import db, utc_now
from callcoach.script_library.models import VersionState
from tests.factories.scripts import create_version, document


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content", document("Autre chose.").to_dict()),
        ("reason", "une autre"),
        ("number", 7),
        ("state", VersionState.DRAFT),
    ],
)
def test_nothing_of_a_published_version_changes(app: Flask, name: str, value: Any) -> None:
    with app.app_context():
        version = create_version()
        setattr(version, name, value)
        with pytest.raises(RuntimeError, match="published"):
            db.session.flush()
        db.session.rollback()


def test_a_draft_changes_and_a_published_version_is_retired(app: Flask) -> None:
    with app.app_context():
        draft = create_version(state=VersionState.DRAFT)
        draft.content = document("Autre chose.").to_dict()
        draft.state, draft.needed_approval = VersionState.APPROVED, True
        db.session.commit()
        draft.state, draft.retired_at = VersionState.RETIRED, utc_now()
        db.session.commit()
        assert draft.document.lines()[0].text == "Autre chose."
