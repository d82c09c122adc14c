"""Base of all forms: translated messages, trimmed text, lists of errors ready to show; and the days
that forms and addresses send.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import get_locale
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.i18n import get_translations


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Options of a select or of radio buttons from (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]


def day_of(text: str) -> date | None:
    """A day as a form or an address sends it; None when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _trim(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


class Form(FlaskForm):
    """A form whose built-in messages follow the reader's language.

    Text is trimmed at both ends, secrets are not: a space may be part of one.
    """

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            # WTForms' own catalogues; ours hold the messages written in this code.
            locale = get_locale()
            return get_translations([locale.language if locale else "fr"])

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            kind = unbound_field.field_class
            is_text = issubclass(kind, StringField | TextAreaField)
            if is_text and not issubclass(kind, PasswordField):
                filters = unbound_field.kwargs.get("filters", ())
                unbound_field.kwargs["filters"] = [_trim, *(f for f in filters if f is not _trim)]
            return unbound_field.bind(form=form, **options)

    def first_error(self) -> Field | None:
        """The first field that was refused, to put the focus on."""
        return next((field for field in self if field.errors), None)
