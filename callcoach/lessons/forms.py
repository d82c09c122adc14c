"""What the forms of this room say, as plain values."""

from __future__ import annotations

from flask import request

from callcoach.lessons.models import Lesson
from callcoach.lessons.operations.writing import Draft, sign_of
from callcoach.progress.forms import read_sign
from callcoach.progress.models import SignKind
from callcoach.progress.signs import Sign

#: A form before anybody filled it in: most lessons are words to hear.
EMPTY = Draft("", "", Sign(SignKind.EXPRESSION), is_wanted=True)


def read_draft() -> Draft:
    """What a person wrote of a lesson.

    Raises:
        InvalidInput: nobody said what would show it.
    """
    form = request.form
    return Draft(
        title=form.get("title", ""),
        text=form.get("text", ""),
        sign=read_sign(),
        is_wanted=form.get("wanted", "1") == "1",
        drill_id=form.get("drill_id", type=int),
    )


def draft_of(lesson: Lesson) -> Draft:
    """A lesson as its form shows it."""
    return Draft(lesson.title, lesson.text, sign_of(lesson), lesson.is_wanted, lesson.drill_id)
